package story

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
)

// Account is a happening as its sources tell it, side by side.
type Account struct {
	ID         string
	Interval   timeline.Interval // the narrowest that is told; of those as narrow the first
	Precision  timeline.Precision
	Planned    bool      // by all that tell of it; else it is told to have happened
	First      time.Time // publication of the earliest source
	Publishers int
	All        int // mentions, those beyond Sources too

	Actors, Places []Named   // those that most publishers name first
	Sources        []Source  // in the order of publication
	Figures        []Figures // by kind, in the order in which they were first told
}

// Named is a name of the lexicon and how many publishers give it.
type Named struct {
	Name       string
	Publishers int
}

// Source is one article's telling.
type Source struct {
	timeline.FoundEvent

	Sentence string // that tells of it
	Denies   bool   // it says that it was not so, or not all of it
}

// Figures is what is said of one kind of count. Lo and Hi are the least and the
// most that stand, and Best what most publishers say, of as many the latest; nil
// when no number is said. Nothing is averaged.
type Figures struct {
	Kind         string
	Lo, Best, Hi *float64
	Said         []Said // in the order of publication
}

// Said is a count with who said it. A speaker's later value revises his earlier
// one, which does not stand any more; where no speaker is named, the publisher is
// it. Nor does stand what an article said before it was revised.
type Said struct {
	Count      timeline.Count
	Text       string // as written
	By         string
	Publisher  string
	Article    string // id
	URL        string
	Published  time.Time
	Revision   int       // of the article
	Until      time.Time // when the article was revised and said so no more; zero: it says so
	Revises    bool
	Superseded bool
}

// Tell gives the account of a happening.
func Tell(h *timeline.Happening) Account {
	a := Account{ID: h.ID, Planned: true, Publishers: h.Publishers, All: h.All}
	words := scanner{known: newVocabulary(), tells: true}
	actors, places := make(names), make(names)
	for i := range h.Mentions {
		m := &h.Mentions[i]
		e := &m.Event
		reading := m.Article.Reading()
		if i == 0 || narrows(e, &a, h) {
			a.Interval, a.Precision = e.Interval, e.Precision
		}
		a.Planned = a.Planned && e.Planned
		actors.add(e.Actors, m.Article.Publisher)
		places.add(e.Places, m.Article.Publisher)
		words.out, words.done = words.out[:0], words.done[:0]
		words.scan(e.Span.Of(reading), clauseTokens)
		denies := slices.Contains(words.done, deeds().denial) ||
			slices.ContainsFunc(m.Counts, func(c timeline.Count) bool { return c.Negated })
		a.Sources = append(a.Sources, Source{*m, strings.Join(strings.Fields(e.Sentence.Of(reading)), " "), denies})
	}
	slices.SortStableFunc(a.Sources, func(x, y Source) int { return x.Article.Published.Compare(y.Article.Published) })
	if len(a.Sources) > 0 {
		a.First = a.Sources[0].Article.Published
	}
	a.Actors, a.Places = actors.ranked(), places.ranked()
	a.Figures = figuresOf(a.Sources, h.Former)
	return a
}

// narrows reports whether an event's date is better known than that of the account:
// shorter, or as short and not only that of a headline.
func narrows(e *timeline.Event, a *Account, h *timeline.Happening) bool {
	was, is := a.Interval.Hi.Sub(a.Interval.Lo), e.Interval.Hi.Sub(e.Interval.Lo)
	return is < was || is == was && h.Mentions[0].Event.Relation == timeline.AboutDate && e.Relation != timeline.AboutDate &&
		a.Interval == h.Mentions[0].Event.Interval
}

// names is who gives a name.
type names map[string]map[string]bool

func (n names) add(given []string, publisher string) {
	for _, name := range given {
		if n[name] == nil {
			n[name] = make(map[string]bool)
		}
		n[name][publisher] = true
	}
}

func (n names) ranked() []Named {
	ranked := make([]Named, 0, len(n))
	for name, by := range n {
		ranked = append(ranked, Named{name, len(by)})
	}
	slices.SortFunc(ranked, func(a, b Named) int {
		return cmp.Or(cmp.Compare(b.Publishers, a.Publishers), cmp.Compare(a.Name, b.Name))
	})
	return ranked
}

// figuresOf puts the counts of the sources side by side. What one publisher says
// twice is said once, and what is negated is no figure.
func figuresOf(sources []Source, former []timeline.FormerCount) []Figures {
	var all []Figures
	say := func(said Said) {
		k := slices.IndexFunc(all, func(f Figures) bool { return f.Kind == said.Count.Kind })
		if k < 0 {
			k = len(all)
			all = append(all, Figures{Kind: said.Count.Kind})
		}
		if !slices.ContainsFunc(all[k].Said, func(x Said) bool {
			return x.By == said.By && x.Publisher == said.Publisher && x.Until.Equal(said.Until) && sameValue(&x.Count, &said.Count)
		}) {
			all[k].Said = append(all[k].Said, said)
		}
	}
	for i := range former {
		f := &former[i]
		if !f.Count.Negated {
			say(Said{
				Count: f.Count, Text: f.Text, By: f.Count.By, Publisher: f.Article.Publisher, Article: f.Article.ID, URL: f.Article.URL,
				Published: f.Article.Published, Revision: f.Revision, Until: f.Until, Superseded: true,
			})
		}
	}
	for i := range sources {
		s := &sources[i]
		for _, c := range s.Counts {
			if !c.Negated {
				say(Said{
					Count: c, Text: c.Span.Of(s.Article.Reading()), By: c.By, Publisher: s.Article.Publisher,
					Article: s.Article.ID, URL: s.Article.URL, Published: s.Article.Published, Revision: s.Article.Revision,
				})
			}
		}
	}
	for i := range all {
		slices.SortStableFunc(all[i].Said, func(x, y Said) int { return x.Published.Compare(y.Published) })
		all[i].markRevisions()
		all[i].settle()
	}
	return all
}

// speaker is who says it.
func (s *Said) speaker() string {
	if s.By != "" {
		return "by " + s.By
	}
	return s.Publisher
}

// markRevisions marks what a speaker said of the same things in a later article, and
// what an article says since it was revised. "At least 12" and "12" are one number.
func (f *Figures) markRevisions() {
	for i := range f.Said {
		later := &f.Said[i]
		for k := range f.Said[:i] {
			was := &f.Said[k]
			if sameNumber(&was.Count, &later.Count) || was.Count.Of != later.Count.Of {
				continue
			}
			switch {
			case was.Article == later.Article && later.Revision > was.Revision,
				was.speaker() == later.speaker() && was.Article != later.Article && was.Published.Before(later.Published):
				was.Superseded, later.Revises = true, true
			}
		}
	}
}

// settle gives the least, the most and the most told of what stands.
func (f *Figures) settle() {
	most := 0
	for i := range f.Said {
		s := &f.Said[i]
		if s.Superseded {
			continue
		}
		c := &s.Count
		f.Lo = extreme(f.Lo, firstOf(c.Lo, c.Best, c.Hi), func(v, than float64) bool { return v < than })
		f.Hi = extreme(f.Hi, firstOf(c.Hi, c.Best, c.Lo), func(v, than float64) bool { return v > than })
		best := firstOf(c.Best, c.Lo, c.Hi)
		if best == nil {
			continue
		}
		by := make(map[string]bool)
		for k := range f.Said {
			other := &f.Said[k]
			if v := firstOf(other.Count.Best, other.Count.Lo, other.Count.Hi); !other.Superseded && v != nil && *v == *best {
				by[other.Publisher] = true
			}
		}
		if len(by) >= most {
			most, f.Best = len(by), best
		}
	}
}

func firstOf(values ...*float64) *float64 {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

func extreme(was, is *float64, beyond func(v, than float64) bool) *float64 {
	if was == nil || is != nil && beyond(*is, *was) {
		return is
	}
	return was
}

func sameValue(a, b *timeline.Count) bool {
	same := func(x, y *float64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
	return a.Kind == b.Kind && a.Bound == b.Bound && same(a.Lo, b.Lo) && same(a.Best, b.Best) && same(a.Hi, b.Hi)
}

// sameNumber reports whether the numbers that are named are the same.
func sameNumber(a, b *timeline.Count) bool {
	x, y := firstOf(a.Best, a.Lo, a.Hi), firstOf(b.Best, b.Lo, b.Hi)
	return x == nil && y == nil || x != nil && y != nil && *x == *y && (a.Lo == nil || b.Lo == nil || *a.Lo == *b.Lo) && (a.Hi == nil || b.Hi == nil || *a.Hi == *b.Hi)
}

package extract

import (
	"fmt"
	"sync"

	"marsad/timeline"
	"marsad/timeline/text"
)

// Options say what a Reader knows beside its languages.
type Options struct {
	Kinds    Kinds
	Entities []timeline.Entity // named in Topics as @name, in counts as what they are said of
	Topics   []timeline.Topic
}

// Reader reads facts out of articles. It is safe for concurrent use.
type Reader struct {
	room    sync.Pool // of *scan: the room of readings that are over
	lexicon lexicon
	tellers *tellers
	matcher *Matcher
	version string
}

// New compiles a Reader. The errors of topics are those of [NewMatcher].
func New(o Options) (*Reader, error) {
	l, err := newLexicon(o.Kinds)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	t, err := newTellers()
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	m, err := NewMatcher(o.Topics, o.Entities)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(o)
	if err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	for _, language := range l {
		m.languages = append(m.languages, language)
	}
	return &Reader{lexicon: l, tellers: t, matcher: m, version: version}, nil
}

// Read reads everything there is in the article: dates, counts, other quantities,
// events and mentions, each in the order of the text. Spans count bytes of a.Reading();
// relative dates are resolved against a.Published in its own zone.
func (r *Reader) Read(a *timeline.Article) timeline.Facts {
	s := r.scan(a)
	defer r.room.Put(s)
	t := &s.Text
	for k, sentence := range t.Sentences {
		s.lo, s.hi = sentence.First, sentence.Last
		s.sentence = timeline.Span{Start: sentence.Start, End: sentence.End}
		if s.mute[k] {
			s.readDigits()
			continue
		}
		s.readSentence()
	}
	found := s.found
	found.search(r.matcher, t)
	s.facts.Mentions = r.matcher.mentions(found)
	s.events(a)
	if len(s.facts.Counts)+len(s.facts.Events) > 0 {
		entities := r.matcher.entitySpans(found)
		attribute(s, entities, r.matcher.firsts)
		s.furnish(entities)
	}
	return s.read()
}

// scan begins the reading of an article, in the room of one that is over where
// there is one.
func (r *Reader) scan(a *timeline.Article) *scan {
	s := r.enter()
	s.numerals, s.quantities = kept[numeral]{}, kept[quantity]{}
	s.facts = timeline.Facts{
		Version: r.version,
		Dates:   s.facts.Dates[:0], Counts: s.facts.Counts[:0], Other: s.facts.Other[:0], Events: s.facts.Events[:0],
	}
	s.lo, s.hi, s.year4, s.recent = 0, 0, 0, date{}
	s.trail = s.trail[:0]
	s.ref, s.american = a.Published, r.monthFirst(a)
	text.ReadInto(&s.Text, a.Reading())
	s.found.recognize(r.matcher, &s.Text)
	r.tongues(&s.tongues, a, &s.Text, s.found.forms)
	s.look()
	s.noteAnchors()
	return s
}

// enter gives the room of a reading that is over, or new room. It goes back to
// r.room.
func (r *Reader) enter() *scan {
	if s, ok := r.room.Get().(*scan); ok {
		return s
	}
	return &scan{found: newFindings(), families: families(), relatives: relativeFamilies()}
}

// Mentions reads the topics alone, at several times the speed of Read.
func (r *Reader) Mentions(a *timeline.Article) []timeline.Mention {
	s := r.enter()
	defer r.room.Put(s)
	text.ReadInto(&s.Text, a.Reading())
	s.found.recognize(r.matcher, &s.Text)
	s.found.search(r.matcher, &s.Text)
	return r.matcher.mentions(s.found)
}

// Hashes gives the hash of each topic's definition, by name.
func (r *Reader) Hashes() map[string]string { return r.matcher.Hashes() }

// read gives the facts that the scan has gathered: a copy, as the scan keeps its room.
func (s *scan) read() timeline.Facts {
	return timeline.Facts{
		Version: s.facts.Version, Mentions: s.facts.Mentions,
		Dates: append([]timeline.Date(nil), s.facts.Dates...), Counts: append([]timeline.Count(nil), s.facts.Counts...),
		Other: append([]timeline.Quantity(nil), s.facts.Other...), Events: append([]timeline.Event(nil), s.facts.Events...),
	}
}

// readSentence goes once through the sentence and takes at each token the longest
// expression that begins there.
func (s *scan) readSentence() {
	for i := s.lo; i < s.hi; {
		if s.glosses[i].role == 0 && s.Tokens[i].Script == text.Latin {
			i++ // most words
			continue
		}
		i = max(s.expression(i), i+1)
	}
}

// readDigits reads the dates of a sentence that are wholly in digits, which is all
// that is known of a language without words.
func (s *scan) readDigits() {
	for i := s.lo; i < s.hi; i++ {
		d, ok := s.numericDate(i)
		if !ok || d.rule != "date.numeric" {
			continue
		}
		d.first = i
		s.addDate(d)
		i = d.last - 1
	}
}

// expression reads what begins at token i and gives the token behind it.
func (s *scan) expression(i int) int {
	if !s.promising(i) {
		return i + 1
	}
	if s.any(i, classNames) {
		s.addOther(quantity{lo: nan(), best: nan(), hi: nan()}, ending{kind: typeName, first: i, last: s.after(i)})
		return s.after(i)
	}
	if s.any(i, classWeekdays) && s.articledBare(i) && s.glosses[i].tokens == 1 && s.surname(i) {
		s.addOther(quantity{lo: nan(), best: nan(), hi: nan()}, ending{kind: typeName, first: i, last: i + 1})
		return i + 1 // "محمد الخميس"
	}
	if s.number(i) || s.mark(i, "+") {
		if last, ok := s.signature(i); ok {
			return last
		}
	}
	if s.glosses[i].role.is(beginsDate) || s.number(i) || s.Tokens[i].Class == text.Punct || s.mark(i, article) {
		if d, ok := s.date(i); ok {
			s.addDate(d)
			return d.last
		}
	}
	if s.mark(i, "(") && s.yearAt(i+1) {
		return i + 1 // a year in brackets is no number in brackets
	}
	if at := s.after(i); s.any(i, classBetween, classFrom) || s.any(i, classBoundsAbout) && (s.yearAt(at) || s.any(at+1, classMonths)) {
		// The years of "from 2012 to 2014" are no range of a count, and "about 1950" is none.
		if d, ok := s.fromNow(at); ok {
			s.addDate(d)
			return d.last
		}
		if _, years := s.is(at, classTimeUnitsDual); years && s.definite(at) && s.yearAt(at+1) {
			at++ // "بين العامين 1910 و1912"
		}
		if d, ok := s.date(at); ok {
			s.addDate(d)
			return d.last
		}
	}
	if last, ok := s.ordinal(i); ok {
		return last
	}
	if s.anchored[i] {
		if last, ok := s.unitRange(i); ok {
			return last
		}
	}
	if q, ok := s.quantity(i); ok {
		return s.decide(q)
	}
	if last, ok := s.dual(i); ok {
		return last
	}
	for _, lone := range []struct {
		class class
		kind  string
	}{{classVagueTime, typeVagueTime}, {classTwice, typeFrequency}} {
		if x, ok := s.is(i, lone.class); ok && !x.weak {
			q := quantity{lo: nan(), best: nan(), hi: nan()}
			if x.value > 0 {
				q.best = x.value
			}
			s.addOther(q, ending{kind: lone.kind, first: i, last: s.after(i)})
			return s.after(i)
		}
	}
	return i + 1
}

// promising reports whether an expression may begin with token i. Words that
// open one and are frequent otherwise ("the", "in", "من") promise nothing unless
// what follows them does.
func (s *scan) promising(i int) bool {
	g := &s.glosses[i]
	if g.role.is(begins) {
		return true
	}
	if g.role.is(opens) {
		const longest = 4 // openers in a row: "over about the past"
		k := s.after(i)
		for range longest {
			if k >= s.hi || s.Tokens[k].Class != text.Word || s.glosses[k].role.is(begins) {
				return k < s.hi
			}
			if !s.glosses[k].role.is(opens) {
				return s.Tokens[k].Folded == article
			}
			k = s.after(k)
		}
		return false
	}
	token := &s.Tokens[i]
	if token.Class == text.Word {
		return token.Script == text.Arabic && (token.Folded == article || s.looksDual(i))
	}
	return token.Class == text.Number || token.Class == text.Punct && (token.Folded == "(" || s.signed(i)) ||
		token.Folded == "+" && s.number(i+1)
}

// decide records a quantity as what it turns out to be.
func (s *scan) decide(q quantity) int {
	if e, ok := s.ending(q); ok {
		if s.passed(q) >= 0 && q.bound == timeline.Exact {
			s.boundElsewhere(&q)
		}
		if e.kind == typeDuration {
			return s.addDuration(stretch{first: e.first, n: q.best, unit: e.unit, last: e.last}, q)
		}
		s.addOther(q, e)
		return e.last
	}
	s.addCount(q)
	return q.last
}

// ordinal reads "the third", "الثالثة", "22nd", "twenty-first": a place in an order.
func (s *scan) ordinal(i int) (last int, ok bool) {
	n, last, ok := s.place(i)
	if !ok {
		return 0, false
	}
	q := quantity{lo: nan(), best: n, hi: nan(), bound: timeline.Exact}
	s.addOther(q, ending{kind: typeOrdinal, first: i, last: last})
	return last, true
}

// unitRange reads the durations that have no numeral: "شهرين", "شهرا أو شهرين",
// "a week", "all week", "عام كامل".
func (s *scan) unitRange(i int) (last int, ok bool) {
	if w, ok := s.wholeUnit(i); ok {
		return s.addDuration(w, exactly(1)), true
	}
	a, ok := s.stretch(i)
	if !ok || s.number(i) {
		return 0, false
	}
	_, dual := s.is(i, classTimeUnitsDual)
	if s.any(a.last, classOr) {
		if b, ok := s.stretch(s.after(a.last)); ok && b.unit == a.unit && b.n > a.n {
			q := quantity{lo: a.n, best: nan(), hi: b.n, bound: timeline.Between}
			s.addOther(q, ending{kind: typeDuration, unit: a.unit, first: i, last: b.last})
			return b.last, true
		}
	}
	if !dual && !s.any(i, classArticle) && !s.compound(a) && (i > s.lo || a.last < s.hi) {
		return 0, false
	}
	a.first = i
	return s.addDuration(a, exactly(a.n)), true
}

package extract

import (
	"strings"

	"marsad/timeline"
	"marsad/timeline/text"
)

// occurs reports whether the date of the occasion is when something happened, and
// not a bound of what lasts, the date of what is said or of a paper, or part of a
// name. The clause is in the tokens [lo, hi).
func (s *scan) occurs(o occasion, lo, hi int) bool {
	d := &s.facts.Dates[o.narrowest]
	if !s.datesEvents(o) {
		return false
	}
	before, bare := s.leadIn(o, lo)
	return !s.names(o, d, bare, lo, hi) && !s.dateline(o, lo) && !s.speech(o, before, lo, hi) && !s.paper(o, before, lo)
}

// possessive reports whether the date owns what follows it: after Monday's attack.
func (s *scan) possessive(o occasion) bool {
	folded := s.Tokens[o.last-1].Folded
	return strings.HasSuffix(folded, "'s") || strings.HasSuffix(folded, "s'")
}

// leadIn gives the last token before the date that does not lead in to it, as
// prepositions, articles and "the day" do, and whether no preposition does.
func (s *scan) leadIn(o occasion, lo int) (before int, bare bool) {
	bare = s.glosses[o.first].prefix == "" || s.glosses[o.first].prefix == article
	before = o.first - 1
	for before >= lo && s.any(before, classIn, classOn, classArticle, classDay, classModifiers, classBoundsAbout, classFrom, classBetween) {
		if !s.any(before, classArticle, classDay) {
			bare = false
		}
		before--
	}
	return before, bare
}

// names reports whether a year or a month is of a thing rather than of what is
// told of it: "the 2015 law", "حرب 2003", "the budget for 2018". What is told from
// publication ("last year") is no name.
func (s *scan) names(o occasion, d *timeline.Date, bare bool, lo, hi int) bool {
	if d.Precision == timeline.Day || !d.Precision.IsCalendar() {
		return false
	}
	k := o.first - 1
	if s.any(k, classArticle) {
		k--
	}
	if as, ok := s.means(k, eventDocuments); ok && as == period && k >= lo || strings.HasPrefix(s.glosses[o.first].prefix, "ل") {
		return true
	}
	if !bare ||
		strings.Contains(d.Rule, "relative") || strings.Contains(d.Rule, "ago") || strings.Contains(d.Rule, "current") {
		return false
	}
	if s.clitics(o.first-1) && o.first > lo && s.number(o.first) && o.last == o.first+1 {
		return true
	}
	return !s.clitics(o.last) && o.last < hi && s.word(o.last) && s.content(o.last, o.last+1, 1) > 0
}

// dateline reports whether the date is in the line that places a dispatch:
// "BAGHDAD, May 12 (Reuters) - ".
func (s *scan) dateline(o occasion, lo int) bool {
	const longest = 6 // tokens before the date
	if lo != s.lo || o.first == lo || o.first > lo+longest {
		return false
	}
	k := o.last
	if s.mark(k, "(") {
		for k < s.hi && k < o.last+longest && !s.mark(k, ")") {
			k++
		}
		k++
	}
	return s.mark(k, "-") || s.mark(k, "–") || s.mark(k, "—") || s.mark(k, "ـ")
}

// speech reports whether the date is of what is said rather than of what it
// tells: "told Reuters on Monday", "قالت الوزارة الأحد إن", "On Monday the army said".
func (s *scan) speech(o occasion, before, lo, hi int) bool {
	const reach = 7 // tokens
	for k := before; k >= lo && k > before-reach && s.word(k); k-- {
		if _, says := s.means(k, eventSpeech); says {
			return true
		}
		if s.spaced(k) {
			if !s.capital(k) && !s.any(k, classSources, classArticle, classIn, classTo) {
				break
			}
		} else if s.any(k, classKind) && !s.any(k, classSources) || s.that(k) {
			break
		}
	}
	if s.content(lo, o.first, 1) > 0 {
		return false
	}
	for k := o.last; k < hi && k < o.last+reach; k++ {
		if _, says := s.means(k, eventSpeech); says {
			return true
		}
		if s.number(k) || s.any(k, classKind) || s.Tokens[k].Class == text.Punct && k > o.last {
			break
		}
	}
	return false
}

// that reports whether what is said begins at the Arabic word: "إن", "بأنه".
func (s *scan) that(i int) bool {
	w := strings.TrimPrefix(s.Tokens[i].Folded, "ب")
	rest, ok := strings.CutPrefix(w, "ان")
	return ok && len(rest) <= len("هما")
}

// paper reports whether the date tells a paper from others: "resolution 2254 of
// 18 December 2015", "قانون عام 2015", "a report dated 12 May".
func (s *scan) paper(o occasion, before, lo int) bool {
	tied := o.first-1 == before || !s.any(before+1, classOn) && s.any(before+1, classOf) && s.spaced(before+1) || strings.HasPrefix(s.glosses[o.first].prefix, "ل")
	const reach = 3 // words and numbers between the paper and its date
	for k := before; k >= lo && k > before-reach-1; k-- {
		as, ok := s.means(k, eventDocuments)
		switch {
		case ok && as == issued:
			tied = true
		case ok:
			return tied
		case !s.number(k):
			return false
		}
	}
	return false
}

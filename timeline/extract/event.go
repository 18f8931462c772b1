package extract

import (
	"cmp"
	"slices"

	"marsad/timeline"
	"marsad/timeline/text"
)

// occasion is a time that a clause speaks of: one date, or several that lie in
// each other or are counted up side by side.
type occasion struct {
	first, last int // tokens: from the first date to behind the last
	from, to    int // the dates, in facts.Dates
	narrowest   int // of them
	listed      bool
}

// events reads what is told to have happened at the dates of the text, and in
// the title to have happened on the day of publication.
func (s *scan) events(a *timeline.Article) {
	s.asides = s.asides[:0]
	s.headline(a)
	dates := s.facts.Dates
	for from := 0; from < len(dates); {
		to := from + 1
		for to < len(dates) && dates[to].Sentence == dates[from].Sentence {
			to++
		}
		s.sentence = dates[from].Sentence
		s.lo, s.hi = s.bounds(s.tokenAt(dates[from].Span.Start))
		s.sentenceEvents(from, to)
		from = to
	}
	slices.SortStableFunc(s.facts.Events, func(a, b timeline.Event) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
}

// sentenceEvents cuts the sentence into what is told for itself, which is what
// stands in brackets, behind a semicolon, or behind a word such as "while", and
// reads the events of each.
func (s *scan) sentenceEvents(from, to int) {
	var outside, inside []occasion
	begin, bracket, next := s.lo, -1, from
	for i := s.lo; i < s.hi; i++ {
		switch {
		case s.mark(i, "(") || s.mark(i, "["):
			bracket = i + 1
			outside, inside = append(outside, inside...), inside[:0]
		case bracket >= 0 && (s.mark(i, ")") || s.mark(i, "]")):
			if len(inside) > 0 && i > bracket {
				s.asides = append(s.asides, s.bytes(bracket, i))
			}
			s.clauses(bracket, i, inside)
			bracket, inside = -1, inside[:0]
		case bracket < 0 && i > begin && s.apart(i):
			s.clauses(begin, i, outside)
			begin, outside = i, outside[:0]
		}
		for next < to && s.facts.Dates[next].Span.Start < s.Tokens[i].End {
			o := s.occasion(next)
			if bracket >= 0 {
				inside = append(inside, o)
			} else {
				outside = append(outside, o)
			}
			next++
		}
	}
	s.clauses(begin, s.hi, append(outside, inside...))
}

// apart reports whether what begins at token i has no part in the date of what
// stands before it.
func (s *scan) apart(i int) bool {
	if s.mark(i, ";") || s.mark(i, "؛") {
		return true
	}
	as, ok := s.means(i, eventClauses)
	return ok && as == apart
}

func (s *scan) occasion(date int) occasion {
	span := s.facts.Dates[date].Span
	return occasion{
		first: s.tokenAt(span.Start), last: s.tokenAt(span.End-1) + 1,
		from: date, to: date + 1, narrowest: date,
	}
}

// clauses gives each of the occasions, which stand in the tokens [lo, hi), its
// clause, and records the events there are.
func (s *scan) clauses(lo, hi int, dates []occasion) {
	if len(dates) == 0 {
		return
	}
	o := dates[0]
	for _, next := range dates[1:] {
		if s.join(&o, next, hi) {
			continue
		}
		cut, strength := s.cut(o, next, lo)
		if cut < 0 && s.datesEvents(o) {
			continue
		}
		if first, ok := s.inRelative(o, lo); ok && strength < clauseBegins {
			s.addEvent(o, first, o.last) // "The army that took it in 2014 withdrew on Friday."
			s.asides = append(s.asides, s.bytes(first, o.last))
			o = next
			continue
		}
		if strength < clauseBegins && !s.datesEvents(o) {
			s.aside(o, lo) // "The camp, open since 2012, was closed on Wednesday."
			o = next
			continue
		}
		s.addEvent(o, lo, cut)
		o, lo = next, cut
	}
	s.addEvent(o, lo, hi)
}

// inRelative gives where the relative clause begins that the occasion is in, when
// something stands before it in the tokens from lo on.
func (s *scan) inRelative(o occasion, lo int) (first int, ok bool) {
	const longest = 32 // tokens of a relative clause before its date
	for k := o.first - 1; k > max(lo, o.first-longest); k-- {
		if as, begins := s.means(k, eventClauses); begins {
			if _, says := s.means(k-1, eventSpeech); as != relative || says {
				return 0, false
			}
			return k, s.content(lo, k, 1) > 0
		}
	}
	return 0, false
}

// aside leaves what is said of a date that is no event's to itself: its counts
// are not the clause's around it.
func (s *scan) aside(o occasion, lo int) {
	const longest = 32 // tokens before the date
	first := o.first
	for first > max(lo, o.first-longest) && !s.clauseEnd(first-1) {
		first--
	}
	if first > lo {
		s.asides = append(s.asides, s.bytes(first, o.last))
	}
}

// bytes gives the span of the tokens [first, last), which are not none.
func (s *scan) bytes(first, last int) timeline.Span {
	return timeline.Span{Start: s.Tokens[first].Start, End: s.Tokens[last-1].End}
}

// join adds the date of next to the occasion when both are of one clause: they
// lie in each other ("Friday ... in 2015"), or are counted up ("in 2014 and 2015").
func (s *scan) join(o *occasion, next occasion, hi int) bool {
	const farthest = 8 // tokens between dates that lie in each other
	if next.first < o.last {
		return true // one expression in another
	}
	was, is := s.facts.Dates[o.narrowest], s.facts.Dates[next.narrowest]
	nested := within(is.Interval, was.Interval) || within(was.Interval, is.Interval)
	separators, content := 0, s.content(o.last, next.first, 1) > 0
	for i := o.last; i < next.first; i++ {
		switch {
		case s.any(i, classAnd, classOr), s.joined(i), s.mark(i, ","), s.mark(i, "،"), s.mark(i, "/"), s.mark(i, "-"):
			separators++
		case s.Tokens[i].Class == text.Punct && !s.mark(i, "("):
			content = true
		}
	}
	if s.joined(next.first) {
		separators++
	}
	ends := s.content(next.last, hi, 1) == 0
	switch {
	case nested && (separators == 0 && next.first-o.last <= farthest || !content && separators <= 1):
		if narrower(is, was) {
			o.narrowest = next.narrowest
		}
	case !content && (separators == 1 || separators > 1 && ends) && s.datesEvents(*o) && s.datesEvents(next):
		o.listed = true
	default:
		return false
	}
	o.last, o.to = next.last, next.to
	return true
}

// datesEvents reports whether something may have happened at the occasion, by how
// its date is used.
func (s *scan) datesEvents(o occasion) bool {
	d := &s.facts.Dates[o.narrowest]
	stamp := d.Precision == timeline.Minute && o.first == s.lo // "May 12, 2017 5:00 AM The army ..."
	if d.Interval.Lo.IsZero() || d.Interval.Hi.IsZero() || stamp {
		return false
	}
	return d.Relation == timeline.On || d.Relation == timeline.BetweenDates || d.Relation == timeline.AboutDate || s.possessive(o)
}

func within(a, b timeline.Interval) bool {
	return !a.Lo.Before(b.Lo) && !a.Hi.After(b.Hi) && !a.Hi.IsZero() && !b.Hi.IsZero()
}

func narrower(a, b timeline.Date) bool {
	return a.Interval.Hi.Sub(a.Interval.Lo) < b.Interval.Hi.Sub(b.Interval.Lo)
}

// addEvent records what the clause in the tokens [lo, hi) tells to happen at the
// occasion, if it tells anything.
func (s *scan) addEvent(o occasion, lo, hi int) {
	cut := lo > s.lo && !s.opens(lo-1) || hi < s.hi && !s.closes(hi)
	for lo < o.first && (s.Tokens[lo].Class == text.Punct && !s.opens(lo) || s.any(lo, classAnd) && !s.clitics(lo)) {
		lo++
	}
	for cut && hi > o.last && s.Tokens[hi-1].Class == text.Punct && !s.closes(hi-1) {
		hi--
	}
	said := s.content(lo, o.first, 2) + s.content(o.last, hi, 2)
	if said == 0 || said == 1 && !cut && s.words(lo, o.first)+s.words(o.last, hi) < 3 || !s.occurs(o, lo, hi) {
		return // "Updated 12 May" is a label
	}
	d := s.facts.Dates[o.narrowest]
	e := timeline.Event{
		Span: s.bytes(lo, hi), Sentence: s.sentence,
		Interval: d.Interval, Precision: d.Precision, Relation: d.Relation, TIMEX3: d.TIMEX3, Rule: "event.dated",
	}
	if e.Relation != timeline.BetweenDates && e.Relation != timeline.AboutDate {
		e.Relation = timeline.On // "after Monday's attack" is told of Monday
	}
	for _, date := range s.facts.Dates[o.from:o.to] {
		e.Dates = append(e.Dates, date.Span)
		if o.listed {
			e.Interval = hull(e.Interval, date.Interval)
			e.Relation, e.TIMEX3, e.Rule = timeline.BetweenDates, "", "event.listed"
		}
	}
	e.Planned = e.Interval.Lo.After(s.ref) || e.Interval.Hi.After(s.ref) && s.comes(o.first)
	s.facts.Events = append(s.facts.Events, e)
}

// opens reports whether the mark at token i opens what another one closes.
func (s *scan) opens(i int) bool {
	return s.mark(i, "(") || s.mark(i, "[") || s.mark(i, "\"") || s.mark(i, "«") || s.mark(i, "“")
}

// closes reports whether the mark at token i closes what another one opens.
func (s *scan) closes(i int) bool {
	return s.mark(i, ")") || s.mark(i, "]") || s.mark(i, "\"") || s.mark(i, "»") || s.mark(i, "”")
}

func hull(a, b timeline.Interval) timeline.Interval {
	if b.Lo.Before(a.Lo) {
		a.Lo = b.Lo
	}
	if b.Hi.After(a.Hi) {
		a.Hi = b.Hi
	}
	return a
}

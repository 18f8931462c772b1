package extract

import (
	"cmp"
	"slices"
	"strings"

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

// cut gives the token at which the clause of next begins, between the two dates,
// and how well it separates them. A date that leads its clause has what stands
// behind it, one that trails what stands before it: of separators as good, the
// clause of the former ends with the last and that of the latter with the first.
// Where nothing separates them, a trailing date ends its clause and a leading one
// keeps all: the token is -1.
func (s *scan) cut(o, next occasion, lo int) (at, strength int) {
	leads := s.content(lo, o.first, 1) == 0
	at = -1
	for i := o.last; i < next.first; i++ {
		x := s.separation(i, next)
		if leads && s.content(o.last, i, 1) == 0 {
			x = 0 // "On Monday, ..."
		}
		if x > strength || leads && x > 0 && x == strength {
			strength, at = x, i
		}
	}
	switch {
	case at >= 0 && leads && strength == weakest && !s.clitics(at):
		return -1, 0 // "On Friday he spoke of Hiroshima and Nagasaki in 1945"
	case at >= 0:
		return at, strength
	case s.joined(next.first):
		return next.first, 0
	case leads && s.content(o.last, next.first, 1) > 0:
		return -1, 0
	}
	return o.last, 0
}

// How well words separate: "and" by itself, and what always begins a clause.
const (
	weakest      = 2
	clauseBegins = 5
)

// separation says how well the token separates the clause before it from the one
// that next is in; 0 for not at all.
func (s *scan) separation(i int, next occasion) (strength int) {
	const comma, and, stop = weakest, weakest, 7
	switch {
	case s.mark(i, ";"), s.mark(i, "؛"), s.mark(i, ":"), s.mark(i, "("), s.mark(i, ")"), s.mark(i, "—"), s.mark(i, "–"), s.mark(i, "•"), s.mark(i, "|"):
		return stop
	case s.mark(i, "-") && !s.touches(i):
		return stop
	case s.mark(i, ","), s.mark(i, "،"):
		strength = comma
		if _, begins := s.means(i+1, eventClauses); begins || s.any(i+1, classAnd) || s.joined(i+1) || s.clitics(i+1) && strings.HasPrefix(s.Tokens[i+1].Folded, "و") {
			return strength + and + 1
		}
	case s.any(i, classAnd), s.joined(i):
		strength = and
	default:
		if _, begins := s.means(i, eventClauses); begins {
			return clauseBegins
		}
		return 0
	}
	if s.content(i+1, next.first, 1) == 0 || s.number(i+1) || s.any(i+1, classNumbers) || s.any(i, classKind) || s.any(i+1, classKind) {
		strength++ // what begins there has a date, a count or a deed of its own
	}
	return strength
}

// content counts the words and numbers of the tokens [lo, hi) that say something,
// up to enough. What says nothing for longer than any clause does is not gone
// through to its end.
func (s *scan) content(lo, hi, enough int) (n int) {
	const longest = 64 // tokens
	lo = max(lo, s.lo)
	for i := lo; i < min(hi, s.hi, lo+longest) && n < enough; i++ {
		switch token := &s.Tokens[i]; token.Class {
		case text.Number:
			n++
		case text.Word:
			if !s.any(i, classFunction, classIn, classOn, classArticle, classDay, classAnd, classOr, classTo, classModifiers, classParts,
				classRelationsSince, classRelationsUntil, classRelationsBefore, classRelationsAfter, classRelationsBetween) &&
				len(token.Folded) > 1 {
				n++
			}
		case text.Punct, text.Symbol:
		}
	}
	return n
}

// words counts the words of the tokens [lo, hi) that do not lead in to a date.
func (s *scan) words(lo, hi int) (n int) {
	for i := lo; i < hi; i++ {
		if s.word(i) && !s.any(i, classIn, classOn, classArticle, classDay) {
			n++
		}
	}
	return n
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

// furnish gives each event the counts and the entities of its clause.
func (s *scan) furnish(entities []EntitySpan) {
	for i := range s.facts.Events {
		e := &s.facts.Events[i]
		counts := s.facts.Counts
		at, _ := slices.BinarySearchFunc(counts, e.Span.Start, func(c timeline.Count, start int) int { return c.Span.Start - start })
		for ; at < len(counts) && counts[at].Span.End <= e.Span.End; at++ {
			if !s.beside(e.Span, counts[at].Span) {
				e.Counts = append(e.Counts, counts[at].Span)
			}
		}
		at, _ = slices.BinarySearchFunc(entities, e.Span.Start, func(x EntitySpan, start int) int { return x.Span.Start - start })
		for ; at < len(entities) && entities[at].Span.End <= e.Span.End; at++ {
			names := &e.Actors
			if entities[at].Kind == placeKind {
				names = &e.Places
			}
			x := entities[at]
			if x.Kind == placeKind && s.origin(x.Span) {
				continue
			}
			if !slices.Contains(*names, x.Entity) {
				*names = append(*names, x.Entity)
			}
			if x.Kind == placeKind && x.Country != "" && !slices.Contains(e.Countries, x.Country) {
				e.Countries = append(e.Countries, x.Country)
			}
		}
	}
}

// beside reports whether the count is in an aside within the clause.
func (s *scan) beside(clause, count timeline.Span) bool {
	at, _ := slices.BinarySearchFunc(s.asides, count.Start, func(x timeline.Span, start int) int { return x.End - start })
	return at < len(s.asides) && s.asides[at].Contains(count) && !s.asides[at].Contains(clause)
}

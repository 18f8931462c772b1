package extract

import (
	"marsad/timeline"
	"marsad/timeline/text"
)

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

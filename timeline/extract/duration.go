package extract

import (
	"math"

	"marsad/timeline"
)

// wholeUnit reads one unit of time that is said to be whole: "all week", "a full
// month", "عام كامل", "طوال اليوم".
func (s *scan) wholeUnit(i int) (stretch, bool) {
	if s.any(i, classWhole) {
		at := s.after(i)
		if s.mark(at, "-") {
			at++
		}
		if x, ok := s.is(at, classDays); ok && x.value == 0 && s.clitics(at) {
			return stretch{first: i, n: 1, unit: unitDay, last: s.after(at)}, true // "طوال اليوم"
		}
		u, ok := s.is(at, classTimeUnits)
		if !ok || !s.singular(at) {
			return stretch{}, false
		}
		return stretch{first: i, n: 1, unit: u.text, last: s.after(at)}, true
	}
	u, ok := s.is(i, classTimeUnits)
	if !ok || !s.any(s.after(i), classWholeAfter) {
		return stretch{}, false
	}
	return stretch{first: i, n: 1, unit: u.text, last: s.after(s.after(i))}, true
}

// singular reports whether a unit of time stands at i in the singular.
func (s *scan) singular(i int) bool {
	return s.any(i, classTimeUnits) && !s.any(i, classUnitsPlural)
}

// exactly is a quantity of so many, without a numeral of its own.
func exactly(n float64) quantity {
	return quantity{lo: n, best: n, hi: n, bound: timeline.Exact}
}

// compound reports whether another stretch of time goes on from x: "a year and
// two months".
func (s *scan) compound(x stretch) bool {
	_, ok := s.more(x)
	return ok
}

// more reads the stretch that goes on from x, of a smaller unit, or the part of
// the unit of x that is added to it: "and a half".
func (s *scan) more(x stretch) (stretch, bool) {
	at, and := s.conjoined(x.last)
	if !and && s.mark(at, ",") {
		at, and = s.conjoined(at + 1)
		if !and && !s.number(at) {
			return stretch{}, false
		}
	}
	if and {
		if f, ok := s.part(at); ok && !s.any(f.last, classTimeUnits, classScales, classOf) {
			return stretch{first: x.first, n: f.value, unit: x.unit, last: f.last}, true
		}
	}
	if n, ok := s.simple(at); ok && x.unit == unitHour && n.value > 0 && n.value < 60 && s.clauseEnd(n.last) {
		return stretch{first: x.first, n: n.value, unit: unitMinute, last: n.last}, true // "2 hours ten"
	}
	y, ok := s.stretch(at)
	if !ok || y.unit == x.unit {
		return stretch{}, false
	}
	a, okA := unitSeconds(x.unit)
	b, okB := unitSeconds(y.unit)
	return y, okA && okB && (b < a || !and)
}

// addDuration records a duration that begins with x, whose quantity is q, and
// gives the token behind all of it.
func (s *scan) addDuration(x stretch, q quantity) int {
	e := ending{kind: typeDuration, unit: x.unit, first: x.first, last: x.last}
	y, ok := s.more(x)
	if !ok || math.IsNaN(q.best) {
		s.addOther(q, e)
		return e.last
	}
	seconds, _ := unitSeconds(x.unit)
	total := x.n * seconds
	parts := []stretch{x}
	for range 5 { // years, months, days, hours, minutes, seconds
		seconds, _ := unitSeconds(y.unit)
		total += y.n * seconds
		if y.unit == parts[len(parts)-1].unit {
			parts[len(parts)-1].n += y.n
		} else {
			parts = append(parts, y)
		}
		e.last = y.last
		if y, ok = s.more(y); !ok {
			break
		}
	}
	s.facts.Other = append(s.facts.Other, timeline.Quantity{
		Span: s.span(e.first, e.last-1), Sentence: s.sentence, Type: typeDuration,
		Value: s.side(total), Unit: x.unit, Text: isoParts(parts), Rule: "other.duration.compound",
	})
	return e.last
}

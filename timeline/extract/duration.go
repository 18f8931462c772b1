package extract

import (
	"math"
	"strconv"
	"strings"

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

// unitSeconds gives the nominal length of a unit of time: a year of 365 days, a
// month of 30.
func unitSeconds(unit string) (float64, bool) {
	const dayLong = 24 * 60 * 60
	switch unit {
	case unitSecond:
		return 1, true
	case unitMinute:
		return 60, true
	case unitHour:
		return 60 * 60, true
	case unitDay, unitWorkday:
		return dayLong, true
	case unitWeek:
		return 7 * dayLong, true
	case unitFortnight:
		return 14 * dayLong, true
	case unitMonth:
		return 30 * dayLong, true
	case unitYear:
		return 365 * dayLong, true
	case unitDecade:
		return 3650 * dayLong, true
	case unitCentury:
		return 36500 * dayLong, true
	}
	return 0, false
}

// isoDuration writes a duration as ISO 8601 has it, "" for one without a number.
func isoDuration(n float64, unit string) string {
	if n != n {
		return ""
	}
	return isoParts([]stretch{{n: n, unit: unit}})
}

// isoParts writes a duration of several parts as ISO 8601 has it: "P1Y1M21D".
func isoParts(parts []stretch) string {
	date, clock := "", ""
	for _, p := range parts {
		scale, designator := 1.0, ""
		switch p.unit {
		case unitSecond, unitMinute, unitHour:
			clock += strconv.FormatFloat(p.n, 'f', -1, 64) + strings.ToUpper(p.unit[:1])
			continue
		case unitDay, unitWorkday:
			designator = "D"
		case unitWeek:
			designator = "W"
		case unitFortnight:
			designator, scale = "W", 2
		case unitMonth:
			designator = "M"
		case unitYear:
			designator = "Y"
		case unitDecade:
			designator, scale = "Y", 10
		case unitCentury:
			designator, scale = "Y", 100
		}
		date += strconv.FormatFloat(p.n*scale, 'f', -1, 64) + designator
	}
	if clock != "" {
		clock = "T" + clock
	}
	return "P" + date + clock
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

package extract

import (
	"math"
	"time"

	"marsad/timeline"
)

// stretch is a length of time: a number, an article or nothing, and the unit.
type stretch struct {
	first int
	n     float64
	unit  string
	last  int // the token behind it
	bound timeline.Bound
}

// stretch reads "six years", "عامين", "شهر", "a week", "ثلاثة أشهر", "half an
// hour", "2h".
func (s *scan) stretch(i int) (stretch, bool) {
	if u, ok := s.is(i, classTimeUnitsDual); ok {
		return stretch{first: i, n: 2, unit: u.text, last: s.after(i)}, true
	}
	if u, ok := s.is(i, classTimeUnits); ok && !u.weak && s.clitics(i) && !s.articled(i) && !s.yearAt(i) && s.singular(i) {
		at := s.after(i)
		if x, ok := s.is(at, classNumbers); ok && x.value == 1 && !s.joined(at) {
			at = s.after(at) // "عام واحد"
		}
		return stretch{first: i, n: 1, unit: u.text, last: at}, true
	}
	if s.any(i, classArticle) && s.spaced(i) && !s.the(i) {
		if u, ok := s.is(s.after(i), classTimeUnits); ok {
			return stretch{first: i, n: 1, unit: u.text, last: s.after(s.after(i))}, true
		}
	}
	q, ok := s.quantity(i)
	if !ok || math.IsNaN(q.best) || q.best <= 0 || q.best > 10000 {
		return stretch{}, false
	}
	unit, last, ok := s.unitAfter(q)
	return stretch{i, q.best, unit, last, q.bound}, ok
}

// unitAfter reads the unit of time that a quantity is of: "hours", "-year", "more
// years", and behind a part "an hour" or "of an hour".
func (s *scan) unitAfter(q quantity) (unit string, last int, ok bool) {
	at := q.last
	if s.mark(at, "-") && s.touches(at) {
		at++
	}
	if q.n.digits && s.touches(at) {
		if u, ok := s.is(at, classTimeSuffixes); ok {
			return u.text, at + 1, true
		}
	}
	if s.spaced(at) {
		fractional := q.n.part || !math.IsNaN(q.best) && q.best != math.Trunc(q.best)
		if fractional && s.any(at, classOf) {
			at = s.after(at)
		}
		if q.n.part && s.any(at, classArticle) && !s.the(at) {
			at = s.after(at)
		}
		if s.any(at, classFurther) {
			at = s.after(at) // "2 more years"
		}
	}
	u, ok := s.is(at, classTimeUnits)
	if !ok || s.joined(at) || s.definite(at) && !s.clauseEnd(s.after(at)) {
		return "", 0, false
	}
	return u.text, s.after(at), true
}

// yearAt reports whether a year stands at i: "منذ عام 2012" is no year ago.
func (s *scan) yearAt(i int) bool {
	_, _, _, ok := s.yearNumber(i)
	return ok
}

// stretches reads a stretch of time with the smaller ones that go on from it.
type stretches struct {
	parts []stretch
	last  int
}

func (s *scan) stretches(i int) (stretches, bool) {
	x, ok := s.stretch(i)
	if !ok && s.any(i, classBoundsAbout, classBoundsMoreThan, classBoundsAtLeast, classBoundsLessThan) {
		x, ok = s.stretch(s.after(i)) // "نحو عامين", "about an hour": no numeral has taken the bound
	}
	if !ok {
		return stretches{}, false
	}
	all := stretches{parts: []stretch{x}, last: x.last}
	const most = 7 // units of time
	for len(all.parts) < most {
		if x, ok = s.more(x); !ok {
			break
		}
		all.parts = append(all.parts, x)
		all.last = x.last
	}
	return all, true
}

// shift moves a day by n units of time, of which the part of a unit is taken in
// smaller ones: a year and a half is eighteen months.
func shift(day time.Time, unit string, n float64) time.Time {
	const farthest = 10000 // units; beyond that the calendar has no years
	n = max(min(n, farthest), -farthest)
	whole, part := math.Modf(n)
	months := func(each float64) time.Time { return day.AddDate(0, int(math.Round(n*each)), 0) }
	switch unit {
	case unitDay:
		return day.AddDate(0, 0, int(whole))
	case unitWorkday:
		return workdays(day, int(whole))
	case unitWeek:
		return day.AddDate(0, 0, 7*int(whole)+int(math.Round(7*part)))
	case unitFortnight:
		return day.AddDate(0, 0, 14*int(whole)+int(math.Round(14*part)))
	case unitMonth:
		return day.AddDate(0, int(whole), int(math.Round(30*part)))
	case unitYear:
		return months(12)
	case unitDecade:
		return months(120)
	case unitCentury:
		return months(1200)
	}
	return day
}

// workdays moves a day by n days of which none is a Saturday or Sunday.
func workdays(day time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		n, step = -n, -1
	}
	for n > 0 {
		day = day.AddDate(0, 0, step)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day
}

// whole gives a number of units without its part.
func whole(n float64) int { return int(math.Floor(n)) }

package extract

import (
	"math"

	"marsad/timeline"
)

// rollingUnits reads "past 24 hours", "next 2 months", "الساعات الـ24 الماضية",
// "الأشهر الثلاثة المقبلة", "آخر 24 ساعة".
func (s *scan) rollingUnits(i int) (date, bool) {
	at, steps := i, 0
	if s.any(at, classThisBefore) && s.any(s.after(at), classRollingBefore) {
		at = s.after(at) // "these past three months"
	}
	switch {
	case s.any(at, classRollingBefore) && (s.spaced(at) || s.latest(at)):
		steps, at = -1, s.after(at)
	case s.any(at, classNextBefore):
		steps, at = 1, s.after(at)
	case s.any(at, classWithin) && (s.comes(i) || i == s.lo && s.spaced(i)):
		steps, at = 1, s.after(at)
	}
	if steps != 0 {
		past, _ := s.is(i, classLastBefore)
		if u, ok := s.is(at, classTimeUnits); ok && past.weak && !u.weak && s.the(i-1) {
			return s.rolled(u.text, -1, s.after(at)) // "past week"
		}
		x, ok := s.stretch(at)
		if !ok || s.clitics(at) && x.n < 2 || s.any(x.last, classOf) || x.bound == timeline.AtMost || s.any(i-1, classTo, classFuture) {
			return date{}, false // "آخر يوم", "the last 10 days of the month", "to last 9 months"
		}
		if _, _, told := s.wayBehind(x.last); told {
			return date{}, false // "خلال العامين المقبلين": the stretch says its way itself
		}
		if x.unit == unitHour && x.n != math.Trunc(x.n) {
			x.unit, x.n = unitMinute, 60*x.n // "within half an hour"
		}
		return s.rolled(x.unit, steps*whole(x.n), x.last)
	}
	// Arabic: the unit with its article, the number with its own; or number and unit.
	unit, n, last, ok := s.articledStretch(i)
	if !ok {
		x, plain := s.stretch(i) // "3 أيام القادمة"
		if !plain || !s.clitics(x.last-1) || x.n < 2 {
			return date{}, false
		}
		unit, n, last = x.unit, whole(x.n), x.last
	}
	if w, end, ok := s.wayBehind(last); ok && (w.steps == 1 || w.steps == -1) {
		return s.rolled(unit, w.steps*n, end)
	}
	return date{}, false
}

// latest reports whether آخر at i is said of time: behind a noun it means another.
func (s *scan) latest(i int) bool {
	return i == s.lo || s.any(s.before(i), classIn, classOf, classWhole) || s.futureVerb(i-1)
}

// articledStretch reads "الساعات الـ24", "الـ 24 ساعة", "الأشهر الثلاثة", "اليومين".
func (s *scan) articledStretch(i int) (unit string, n, last int, ok bool) {
	if u, ok := s.is(i, classTimeUnitsDual); ok && s.definite(i) {
		return u.text, 2, s.after(i), true
	}
	if u, ok := s.is(i, classTimeUnits); ok && s.clitics(i) {
		q, ok := s.numeral(s.after(i))
		if !ok || !q.definite {
			return "", 0, 0, false
		}
		return u.text, int(min(q.value, 10001)), q.last, true
	}
	q, ok := s.numeral(i)
	if !ok || !q.definite {
		return "", 0, 0, false
	}
	u, ok := s.is(q.last, classTimeUnits)
	if !ok {
		return "", 0, 0, false
	}
	return u.text, int(min(q.value, 10001)), s.after(q.last), true
}

func (s *scan) rolled(unit string, n, last int) (date, bool) {
	d, ok := rolling(s.ref, unit, n)
	d.last, d.rule = last, "date.rolling"
	return d, ok
}

// firstUnits reads the beginning or the end of a longer time by its length: "the
// first nine months of 2016", "last 10 days of May", "الأشهر الستة الأولى من 2016".
func (s *scan) firstUnits(i int) (date, bool) {
	at, place := i, 0.0
	if s.any(i, classLastBefore, classRollingBefore) {
		at, place = s.after(i), lastOf
	} else if n, last, ok := s.place(i); ok {
		at, place = last, n
	} else if !s.clitics(i) || !s.any(i, classTimeUnits, classTimeUnitsDual) {
		return date{}, false
	}
	var unit string
	var n int
	var last int
	if x, ok := s.stretch(at); ok && place != 0 && x.n >= 2 {
		unit, n, last = x.unit, whole(x.n), x.last
	} else {
		if unit, n, last, ok = s.articledStretch(i); !ok {
			return date{}, false
		}
		p, end, placed := s.place(last)
		switch {
		case placed:
			place, last = p, end
		case s.any(last, classLast):
			place, last = lastOf, s.after(last)
		}
	}
	if place != 1 && place != lastOf || n < 2 {
		return date{}, false
	}
	d, ok := s.period(last)
	if !ok {
		return date{}, false
	}
	if place == 1 {
		d.Hi = shift(d.Lo, unit, float64(n))
	} else {
		d.Lo = shift(d.Hi, unit, -float64(n))
	}
	whole, _ := s.period(last)
	d.timex, d.rule = "", "date.first_units"
	return d, d.Lo.Before(d.Hi) && !d.Lo.Before(whole.Lo) && !d.Hi.After(whole.Hi)
}

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
}

// stretch reads "six years", "عامين", "شهر", "a week", "ثلاثة أشهر", "half an
// hour", "2h".
func (s *scan) stretch(i int) (stretch, bool) {
	if u, ok := s.is(i, classTimeUnitsDual); ok {
		return stretch{i, 2, u.text, s.after(i)}, true
	}
	if u, ok := s.is(i, classTimeUnits); ok && !u.weak && s.clitics(i) && !s.articled(i) && !s.yearAt(i) && s.singular(i) {
		at := s.after(i)
		if x, ok := s.is(at, classNumbers); ok && x.value == 1 && !s.joined(at) {
			at = s.after(at) // "عام واحد"
		}
		return stretch{i, 1, u.text, at}, true
	}
	if s.any(i, classArticle) && s.spaced(i) && !s.mark(i, "the") {
		if u, ok := s.is(s.after(i), classTimeUnits); ok {
			return stretch{i, 1, u.text, s.after(s.after(i))}, true
		}
	}
	q, ok := s.quantity(i)
	if !ok || math.IsNaN(q.best) || q.best <= 0 || q.best > 10000 {
		return stretch{}, false
	}
	unit, last, ok := s.unitAfter(q)
	return stretch{i, q.best, unit, last}, ok
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
		if q.n.part && s.any(at, classArticle) && !s.mark(at, "the") {
			at = s.after(at)
		}
		if s.mark(at, "more") {
			at++ // "2 more years"
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

// unitsAgo reads "two years ago", "قبل عامين", "منذ ست سنوات" and, of what is to
// come, "three days from now", "بعد يومين من الآن".
func (s *scan) unitsAgo(i int) (date, bool) {
	switch {
	case s.any(i, classSince):
		return s.sinceUnits(i)
	case s.any(i, classAgoBefore):
		x, ok := s.stretch(s.after(i))
		if !ok || s.any(x.last, classOf) && s.clitics(i) {
			return date{}, false
		}
		return s.ago(x, x.last)
	case s.any(i, classHenceBefore):
		x, ok := s.stretch(s.after(i))
		if !ok || !s.any(x.last, classHenceAfter) {
			return date{}, false
		}
		return s.told(x.unit, whole(x.n), s.after(x.last))
	}
	x, ok := s.stretch(i)
	if !ok {
		return date{}, false
	}
	switch {
	case s.any(x.last, classAgoAfter):
		return s.ago(x, s.after(x.last))
	case s.any(x.last, classHenceAfter):
		return s.told(x.unit, whole(x.n), s.after(x.last))
	}
	return date{}, false
}

func (s *scan) ago(x stretch, last int) (date, bool) { return s.told(x.unit, -whole(x.n), last) }

// whole gives a number of units without its part: two and a half years ago is in
// the year before last or the one before it, and the later one holds more of it.
func whole(n float64) int { return int(math.Floor(n)) }

// told gives the unit that lies n of it from the publication.
func (s *scan) told(unit string, n, last int) (date, bool) {
	d, ok := unitDate(civilDay(s.ref), unit, n)
	if seconds, timed := unitSeconds(unit); !ok && timed && seconds <= 3600 {
		at := s.ref.Add(time.Duration(n) * time.Duration(seconds) * time.Second)
		d = date{Interval: timeline.Interval{Lo: at, Hi: at.Add(time.Minute)}, precision: timeline.Hour}
		ok = true
	}
	d.last, d.rule = last, "date.units_ago"
	return d, ok
}

// sinceUnits reads منذ and a stretch of time. After a finished event it means
// ago, whole; else the state lasts since then, and the date is the stretch.
func (s *scan) sinceUnits(i int) (date, bool) {
	x, ok := s.stretch(s.after(i))
	if !ok {
		return date{}, false
	}
	d, ok := s.ago(x, x.last)
	if !ok {
		return date{}, false
	}
	if s.finished(i) {
		d.relation = timeline.On
		return d, true
	}
	d.relation, d.rule = timeline.Since, "date.since_units"
	return d, true
}

// finished reports whether what is told before token i is over and done: people
// killed, wounded, arrested. A state, such as a war, lasts.
func (s *scan) finished(i int) bool {
	const reach = 7 // tokens
	for k := i - 1; k >= s.lo && k > i-reach; k-- {
		for _, x := range s.glosses[k].senses {
			if x.class == classKind {
				switch x.text {
				case "killed", "wounded", "arrested", "kidnapped":
					return true
				}
			}
		}
	}
	return false
}

// rollingUnits reads "past 24 hours", "next 2 months", "الساعات الـ24 الماضية",
// "الأشهر الثلاثة المقبلة".
func (s *scan) rollingUnits(i int) (date, bool) {
	at, way := i, 0
	switch {
	case s.any(at, classRollingBefore):
		way, at = -1, s.after(at)
	case s.any(at, classNextBefore):
		way, at = 1, s.after(at)
	}
	if way != 0 {
		if u, ok := s.is(at, classTimeUnits); ok && way < 0 && s.mark(i, "past") && !u.weak {
			return s.rolled(u.text, -1, s.after(at))
		}
		x, ok := s.stretch(at)
		if !ok {
			return date{}, false
		}
		return s.rolled(x.unit, way*whole(x.n), x.last)
	}
	// Arabic: the unit with its article, the number with its own; or number and unit.
	unit, n, last, ok := s.articledStretch(i)
	if !ok {
		return date{}, false
	}
	switch {
	case s.any(last, classLast):
		return s.rolled(unit, -n, s.after(last))
	case s.any(last, classNext):
		return s.rolled(unit, n, s.after(last))
	}
	return date{}, false
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

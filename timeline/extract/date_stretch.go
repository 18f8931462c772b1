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

// unitsAgo reads "two years ago", "قبل عامين", "منذ ست سنوات", "1 month, 21 days
// ago" and, of what is to come, "three days from now", "بعد يومين من الآن", "in two
// weeks", "two days from tomorrow".
func (s *scan) unitsAgo(i int) (date, bool) {
	switch {
	case s.any(i, classSince):
		return s.sinceUnits(i)
	case s.any(i, classAgoBefore):
		x, ok := s.stretches(s.after(i))
		if !ok || s.any(x.last, classOf) && s.clitics(i) {
			return date{}, false
		}
		return s.away(x, -1, x.last)
	case s.any(i, classHenceBefore):
		x, ok := s.stretches(s.after(i))
		switch {
		case !ok:
			return date{}, false
		case s.any(x.last, classHenceAfter):
			return s.away(x, 1, s.after(x.last))
		case s.spaced(i) && s.hence(i, x.last):
			return s.away(x, 1, x.last)
		}
		return date{}, false
	}
	if d, ok := s.weekdaysAgo(i); ok {
		return d, true
	}
	x, ok := s.stretches(i)
	if !ok {
		return date{}, false
	}
	switch {
	case s.any(x.last, classAgoAfter):
		return s.away(x, -1, s.after(x.last))
	case s.any(x.last, classHenceAfter):
		return s.away(x, 1, s.after(x.last))
	}
	if d, ok := s.lasting(x); ok {
		return d, true
	}
	return s.fromDay(x)
}

// hence reports whether the stretch that "in" opens at i and that ends before
// token last is told from now and is not how long something took: something is to
// come, or nothing else is said.
func (s *scan) hence(i, last int) bool {
	if s.comes(i) || i == s.lo && last == s.hi {
		return true
	}
	const reach = 4 // tokens
	for k := last; k < s.hi && k < last+reach && i == s.lo; k++ {
		if s.any(k, classFuture) {
			return true
		}
	}
	return false
}

// stretches reads a stretch of time with the smaller ones that go on from it.
type stretches struct {
	parts []stretch
	last  int
}

func (s *scan) stretches(i int) (stretches, bool) {
	x, ok := s.stretch(i)
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

// weekdaysAgo reads "two Thursdays ago", "2 Sundays from now".
func (s *scan) weekdaysAgo(i int) (date, bool) {
	if !s.number(i) && !s.any(i, classNumbers) {
		return date{}, false
	}
	n, ok := s.simple(i)
	if !ok || n.value < 1 || n.value > 60 {
		return date{}, false
	}
	x, ok := s.is(n.last, classWeekdaysPlural)
	if !ok {
		return date{}, false
	}
	today := civilDay(s.ref)
	weeks := int(n.value)
	at := s.after(n.last)
	switch {
	case s.any(at, classAgoAfter):
		back := (int(today.Weekday())-int(x.value)+6)%7 + 1
		today = today.AddDate(0, 0, -back-7*(weeks-1))
	case s.any(at, classHenceAfter):
		today = onOrAfter(today.AddDate(0, 0, 1), time.Weekday(int(x.value))).AddDate(0, 0, 7*(weeks-1))
	default:
		return date{}, false
	}
	d := dayDate(today)
	d.last, d.rule = s.after(at), "date.weekdays_ago"
	return d, true
}

// fromDay reads "two days from tomorrow", "a week after today".
func (s *scan) fromDay(x stretches) (date, bool) {
	way := 1
	switch {
	case s.any(x.last, classFrom, classRelationsAfter):
	case s.any(x.last, classRelationsBefore):
		way = -1
	default:
		return date{}, false
	}
	at := s.after(x.last)
	day, ok := s.is(at, classDays)
	if !ok || day.weak || !s.spaced(at) {
		return date{}, false
	}
	start := civilDay(s.ref).AddDate(0, 0, int(day.value))
	for _, p := range x.parts {
		start = shift(start, p.unit, way*whole(p.n))
	}
	d := dayDate(start)
	switch x.parts[0].bound { //nolint:exhaustive // the others say nothing of the other side
	case timeline.MoreThan, timeline.AtLeast:
		d.relation = timeline.After
	case timeline.LessThan, timeline.AtMost:
		if begin := civilDay(s.ref).AddDate(0, 0, int(day.value)); begin.Before(start) {
			d.Lo, d.relation = begin, timeline.BetweenDates
		}
	}
	d.last, d.rule = s.after(at), "date.from_day"
	return d, start.Year() > 0
}

// lasting reads "2 weeks starting May 20": a stretch of time and the day that it
// begins with.
func (s *scan) lasting(x stretches) (date, bool) {
	at := x.last
	if s.mark(at, ",") {
		at++
	}
	if !s.any(at, classStarting) && (at == x.last || !s.any(at, classFrom)) {
		return date{}, false
	}
	// Not any date: a stretch from a stretch from a stretch has no end.
	begin, ok := s.absolute(s.after(at))
	if !ok {
		begin, ok = s.deictic(s.after(at))
	}
	if !ok || begin.precision != timeline.Day {
		return date{}, false
	}
	end := begin.Lo
	for _, p := range x.parts {
		end = shift(end, p.unit, whole(p.n))
	}
	if !begin.Lo.Before(end) {
		return date{}, false
	}
	begin.Hi, begin.precision, begin.relation = end, timeline.UnknownGrain, timeline.BetweenDates
	begin.timex, begin.rule = "", "date.lasting"
	return begin, true
}

// shift moves a day by n units of time.
func shift(day time.Time, unit string, n int) time.Time {
	const farthest = 10000 // units; beyond that the calendar has no years
	n = max(min(n, farthest), -farthest)
	switch unit {
	case unitDay:
		return day.AddDate(0, 0, n)
	case unitWeek:
		return day.AddDate(0, 0, 7*n)
	case unitFortnight:
		return day.AddDate(0, 0, 14*n)
	case unitMonth:
		return day.AddDate(0, n, 0)
	case unitYear:
		return day.AddDate(n, 0, 0)
	case unitDecade:
		return day.AddDate(10*n, 0, 0)
	case unitCentury:
		return day.AddDate(100*n, 0, 0)
	}
	return day
}

// whole gives a number of units without its part.
func whole(n float64) int { return int(math.Floor(n)) }

// away gives the unit that lies all the parts of x from the publication, before
// it or after; of several the smallest unit is the grain.
func (s *scan) away(x stretches, way float64, last int) (date, bool) {
	grain := x.parts[len(x.parts)-1].unit
	var clock time.Duration
	day := civilDay(s.ref)
	for k, p := range x.parts {
		if seconds, ok := unitSeconds(p.unit); ok && seconds <= 60*60 {
			clock += time.Duration(way * p.n * seconds * float64(time.Second))
			continue
		}
		if k < len(x.parts)-1 {
			day = shift(day, p.unit, int(way)*whole(p.n))
		}
	}
	if clock != 0 {
		at := s.ref.AddDate(0, 0, int(day.Sub(civilDay(s.ref)).Hours()/24)).Add(clock)
		return date{
			Interval: timeline.Interval{Lo: at, Hi: at.Add(time.Minute)}, precision: timeline.Hour,
			last: last, rule: "date.units_ago",
		}, at.Year() > 0
	}
	d, ok := unitDate(day, grain, int(way)*whole(x.parts[len(x.parts)-1].n))
	d.last, d.rule = last, "date.units_ago"
	return d, ok && d.Lo.Year() > 0
}

// sinceUnits reads منذ and a stretch of time. After a finished event it means
// ago, whole; else the state lasts since then, and the date is the stretch.
func (s *scan) sinceUnits(i int) (date, bool) {
	x, ok := s.stretches(s.after(i))
	if !ok {
		return date{}, false
	}
	d, ok := s.away(x, -1, x.last)
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
	case s.any(at, classWithin) && (s.comes(i) || i == s.lo):
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
		if x.unit == unitHour && x.n != math.Trunc(x.n) {
			x.unit, x.n = unitMinute, 60*x.n // "within half an hour"
		}
		return s.rolled(x.unit, way*whole(x.n), x.last)
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

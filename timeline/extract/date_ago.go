package extract

import (
	"time"

	"marsad/timeline"
)

// unitsAgo reads "two years ago", "قبل عامين", "منذ ست سنوات", "1 month, 21 days
// ago" and, of what is to come, "three days from now", "بعد يومين من الآن", "in two
// weeks", "two days from tomorrow".
func (s *scan) unitsAgo(i int) (date, bool) {
	switch {
	case s.any(i, classSince):
		return s.sinceUnits(i)
	case s.any(i, classAgoBefore):
		return s.agoBefore(i)
	case s.any(i, classHenceBefore, classRelationsAfter):
		return s.henceBefore(i)
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
	case s.any(x.last, classRest) && s.alone(i, s.after(x.last)):
		return s.away(x, 1, s.after(x.last)) // "two days later", and nothing before it to tell from
	}
	if d, ok := s.lasting(x); ok {
		return d, true
	}
	return s.fromDay(x)
}

// agoBefore reads what stands behind a word for ago: "قبل عامين", "قبل خمس سنوات
// من الآن", "قبل يومين من 3 مايو".
func (s *scan) agoBefore(i int) (date, bool) {
	x, ok := s.stretches(s.after(i))
	switch {
	case !ok:
		return date{}, false
	case s.any(x.last, classHenceAfter):
		return s.away(x, -1, s.after(x.last))
	case s.any(x.last, classOf) && s.clitics(i):
		return s.shifted(x, -1, s.after(x.last))
	}
	return s.away(x, -1, x.last)
}

// henceBefore reads what stands behind a word for hence or after: "in two weeks",
// "بعد شهرين من الآن", and where something is to come, "after three days".
func (s *scan) henceBefore(i int) (date, bool) {
	x, ok := s.stretches(s.after(i))
	in := s.spaced(i) && s.any(i, classHenceBefore)
	switch {
	case !ok:
		return date{}, false
	case s.any(x.last, classHenceAfter):
		return s.away(x, 1, s.after(x.last))
	case in && s.any(s.possessed(x.last), classTimes):
		return s.away(x, 1, s.after(s.possessed(x.last))) // "in two years' time"
	case in && x.parts[0].bound != timeline.LessThan && s.hence(i, x.last), !in && s.afterwards(i, x):
		return s.away(x, 1, x.last)
	case s.any(x.last, classOf) && s.clitics(i):
		return s.shifted(x, 1, s.after(x.last))
	}
	return date{}, false
}

// possessed gives the token behind an apostrophe at i, or i.
func (s *scan) possessed(i int) int {
	if s.mark(i, "'") {
		return i + 1
	}
	return i
}

// hence reports whether the stretch that "in" opens at i and that ends before
// token last is told from now and is not how long something took: something is to
// come, or nothing else is said.
func (s *scan) hence(i, last int) bool {
	if u, ok := s.is(s.before(last), classTimeUnits); ok && u.text == unitWorkday {
		return true
	}
	if s.comes(i) || s.alone(i, last) {
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

// afterwards reports whether "after" at i tells from now: something is to come
// within months. What comes after years has lasted so long.
func (s *scan) afterwards(i int, x stretches) bool {
	if s.alone(i, x.last) {
		return true
	}
	seconds, ok := unitSeconds(x.parts[0].unit)
	year, _ := unitSeconds(unitYear)
	return ok && seconds*x.parts[0].n < year && s.comes(i) && s.clauseEnd(x.last)
}

// alone reports whether tokens [first, last) are all of the sentence but its stop.
func (s *scan) alone(first, last int) bool {
	return first == s.lo && (last >= s.hi || last == s.hi-1 && s.clauseEnd(last))
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

// fromDay reads "two days from tomorrow", "a week after 3 May 2016".
func (s *scan) fromDay(x stretches) (date, bool) {
	way := 1.0
	switch {
	case s.any(x.last, classFrom, classRelationsAfter):
	case s.any(x.last, classRelationsBefore):
		way = -1
	default:
		return date{}, false
	}
	if !s.spaced(x.last) {
		return date{}, false
	}
	return s.shifted(x, way, s.after(x.last))
}

// shifted reads the day at token at that the stretch is counted from.
func (s *scan) shifted(x stretches, way float64, at int) (date, bool) {
	// Not any date: a stretch from a stretch from a stretch has no end.
	from, ok := s.absolute(at)
	if !ok {
		from, ok = s.deictic(at)
	}
	if !ok {
		if from, ok = s.weekday(at); ok && way > 0 && from.Lo.Before(civilDay(s.ref)) {
			from.Lo = from.Lo.AddDate(0, 0, 7) // "a week from Friday"
		}
	}
	if !ok || from.precision != timeline.Day {
		return date{}, false
	}
	start := from.Lo
	for _, p := range x.parts {
		start = shift(start, p.unit, way*p.n)
	}
	d := dayDate(start)
	switch x.parts[0].bound { //nolint:exhaustive // the others say nothing of the other side
	case timeline.MoreThan, timeline.AtLeast:
		d.relation = timeline.After
	case timeline.LessThan, timeline.AtMost:
		if from.Lo.Before(start) {
			d.Lo, d.relation = from.Lo, timeline.BetweenDates
		}
	}
	d.last, d.rule = from.last, "date.from_day"
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
	return s.lastingFrom(begin, x)
}

// lastingFrom is so long a time from the day on.
func (s *scan) lastingFrom(begin date, x stretches) (date, bool) {
	end := begin.Lo
	for _, p := range x.parts {
		end = shift(end, p.unit, p.n)
	}
	if !begin.Lo.Before(end) {
		return date{}, false
	}
	begin.Hi, begin.precision, begin.relation = end, timeline.UnknownGrain, timeline.BetweenDates
	begin.timex, begin.rule = "", "date.lasting"
	return begin, true
}

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
		if p.unit == unitMonth && k == len(x.parts)-1 {
			day = day.AddDate(0, 0, 1-day.Day()) // the month before 31 March is February
		}
		day = shift(day, p.unit, way*p.n)
	}
	if clock != 0 {
		at := s.ref.AddDate(0, 0, int(day.Sub(civilDay(s.ref)).Hours()/24)).Add(clock)
		return date{
			Interval: timeline.Interval{Lo: at, Hi: at.Add(time.Minute)}, precision: timeline.Hour,
			last: last, rule: "date.units_ago",
		}, at.Year() > 0
	}
	if x.parts[0].n < 1 { // "half a century ago", "قبل نصف عام"
		switch grain {
		case unitCentury, unitDecade:
			grain = unitYear
		case unitYear:
			grain = unitMonth
		}
	}
	d, ok := unitDate(day, grain, 0)
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

// finished reports whether what is told before token i is over and done, as
// people killed or a party founded; the nearest word that tells decides. A state,
// such as a war, lasts.
func (s *scan) finished(i int) bool {
	const reach = 7 // tokens
	for k := i - 1; k >= s.lo && k > i-reach; k-- {
		if s.any(k, classFinished) {
			return true
		}
		if s.any(k, classLasting) {
			return false
		}
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

package extract

import (
	"time"

	"marsad/timeline"
)

// nested reads a day or a week that is told by the longer time it is part of:
// "Friday of next week", "the second Wednesday of October 2014", "last week of
// 2015", "20th of the next month", "الاثنين الأخير من مارس".
func (s *scan) nested(i int) (date, bool) {
	for _, read := range []func(int) (date, bool){s.dayOfWeek, s.weekOf, s.nthOf, s.nthBehind, s.firstUnits, s.dayOfMonth, s.weekdayNumber} {
		if d, ok := read(i); ok {
			d.first = i
			return d, true
		}
	}
	return date{}, false
}

// dayOfWeek reads a weekday and the week it is in, in either order: "Friday next
// week", "next week on Friday", "ثلاثاء الأسبوع الماضي".
func (s *scan) dayOfWeek(i int) (date, bool) {
	if x, ok := s.is(i, classWeekdaysBare); ok && s.any(i+1, classTimeUnits) && s.articled(i+1) {
		if week, ok := s.relativeUnit(i + 1); ok && week.precision == timeline.Week {
			return weekdayOf(week, int(x.value), week.last), true
		}
	}
	if x, at, ok := s.bareWeekday(i); ok {
		if s.any(at, classOf, classIn) {
			at = s.after(at)
		}
		week, ok := s.relativeUnit(at)
		if !ok || week.precision != timeline.Week {
			return date{}, false
		}
		return weekdayOf(week, x, week.last), true
	}
	week, ok := s.relativeUnit(i)
	if !ok || week.precision != timeline.Week {
		return date{}, false
	}
	at := week.last
	if s.any(at, classIn) {
		at = s.after(at)
	}
	x, last, ok := s.bareWeekday(at)
	if !ok {
		return date{}, false
	}
	return weekdayOf(week, x, last), true
}

// bareWeekday reads the name of a weekday, with the word for day before it.
func (s *scan) bareWeekday(i int) (weekday, last int, ok bool) {
	if s.any(i, classDay) {
		i = s.after(i)
	}
	x, ok := s.is(i, classWeekdays)
	return int(x.value), s.after(min(max(i, 0), len(s.Tokens)-1)), ok && s.supported(i, x)
}

func weekdayOf(week date, weekday, last int) date {
	d := dayDate(week.Lo.AddDate(0, 0, (weekday+6)%7))
	d.last, d.rule = last, "date.weekday_of_week"
	return d
}

// weekOf reads "the week of June 5": the one that the day is in.
func (s *scan) weekOf(i int) (date, bool) {
	at := s.after(min(i, s.hi-1))
	if !s.any(i, classWeekNouns) || !s.spaced(i) || !s.any(at, classOf) {
		return date{}, false
	}
	at = s.after(at)
	if s.any(at, classArticle) {
		at = s.after(at)
	}
	var day date
	if n, last, ok := s.dayNumber(at); ok && s.any(last-1, classOrdinalEnds) && (s.clauseEnd(last) || s.any(last, classFunction)) {
		day = s.nearestDate(n) // "the week of the 18th"
		day.last = last
	} else if day, ok = s.absolute(at); !ok || day.precision != timeline.Day {
		return date{}, false
	}
	week := weekDate(day.Lo)
	week.last, week.rule = day.last, "date.week_of"
	return week, true
}

// lastOf is the place of the last one, and lastOf-1 that of the last but one.
const lastOf = -1

// nthOf reads "the first Monday of March", "last week of 2015", "last day in
// October 2015", "آخر أسبوع في سبتمبر", "the penultimate Friday of May".
func (s *scan) nthOf(i int) (date, bool) {
	at, n := i, lastOf
	place, last, placed := s.place(at)
	switch {
	case s.any(at, classLastButOne):
		n, at = lastOf-1, s.after(at)
	case s.any(at, classLastBefore), s.any(at, classModifiers) && s.clitics(at) && s.modifier(at) == modifierEnd:
		at = s.after(at)
	case !placed || place > 53:
		return date{}, false
	case s.any(last, classLastBefore) && place > 1:
		n, at = -int(place), s.after(last) // "third last week of 2018"
	default:
		n, at = int(place), last
	}
	return s.nthIn(n, at, s.after(min(at, s.hi-1)))
}

// nthBehind reads what nthOf does where the place stands behind: "الأسبوع الأول من
// هذا العام", "الجمعة قبل الأخيرة من مارس".
func (s *scan) nthBehind(i int) (date, bool) {
	if !s.clitics(i) || !s.any(i, classWeekdays, classTimeUnits, classDays, classDay) {
		return date{}, false
	}
	if s.any(i, classDay) && s.any(s.after(i), classWeekdays) {
		i = s.after(i)
	}
	at := s.after(i)
	switch {
	case s.any(at, classLast):
		return s.nthIn(lastOf, i, s.after(at))
	case s.any(at, classLastButOneAfter):
		return s.nthIn(lastOf-1, i, s.after(at))
	}
	place, last, ok := s.place(at)
	if !ok || place > 53 || s.any(last, classMonths) {
		return date{}, false
	}
	return s.nthIn(int(place), i, last)
}

// nthIn gives the n-th of the unit or weekday at token what, in the time that is
// told from token at on.
func (s *scan) nthIn(n, what, at int) (date, bool) {
	weekday, isWeekday := s.is(what, classWeekdays)
	if !isWeekday {
		weekday, isWeekday = s.is(what, classWeekdaysBare) // "أول جمعة من يونيو"
	}
	unit, isUnit := s.is(what, classTimeUnits)
	if day, ok := s.is(what, classDays); ok && day.value == 0 && s.clitics(what) {
		unit, isUnit = sense{text: unitDay}, true // اليوم is a day too
	}
	if !isWeekday && (!isUnit || unit.text != unitDay && unit.text != unitWeek) {
		return date{}, false
	}
	whole, ok := s.period(at)
	if !ok && isWeekday && n > 0 && (s.spaced(what) || s.articled(what)) && s.clauseEnd(at) {
		whole, ok = unitDate(civilDay(s.ref), unitMonth, 0)
		whole.last = at
	}
	if !ok {
		return date{}, false
	}
	var d date
	switch {
	case isUnit && unit.text == unitDay:
		d = dayDate(nthDay(whole, n, 1, whole.Lo))
	case isUnit:
		// A week belongs where its Thursday does (ISO 8601).
		d = weekDate(nthDay(whole, n, 7, onOrAfter(whole.Lo, time.Thursday)))
	default:
		d = dayDate(nthDay(whole, n, 7, onOrAfter(whole.Lo, time.Weekday(int(weekday.value)))))
	}
	d.last, d.rule = whole.last, "date.nth"
	return d, d.Lo.Before(whole.Hi) && whole.Lo.Before(d.Hi)
}

// nthDay gives the n-th of the days that lie so many apart from the first on; a
// negative n counts back from the last of them before the end of whole.
func nthDay(whole date, n, apart int, first time.Time) time.Time {
	if n > 0 {
		return first.AddDate(0, 0, (n-1)*apart)
	}
	days := int(whole.Hi.Sub(first).Hours()) / 24
	return first.AddDate(0, 0, ((days-1)/apart+n+1)*apart)
}

// onOrAfter gives the first such weekday from the day on.
func onOrAfter(day time.Time, weekday time.Weekday) time.Time {
	return day.AddDate(0, 0, int(weekday-day.Weekday()+7)%7)
}

// period reads the month or the year that something is part of: "of October
// 2014", "in this month", "من شهر مارس السنة القادمة".
func (s *scan) period(at int) (date, bool) {
	if !s.any(at, classOf, classIn) {
		return date{}, false
	}
	at = s.after(at)
	if s.any(at, classArticle) && s.spaced(at) {
		at = s.after(at)
	}
	for _, read := range []func(int) (date, bool){s.relativeUnit, s.monthYear, s.year} {
		d, ok := read(at)
		if ok && (d.precision == timeline.Month || d.precision == timeline.Year) {
			return d, true
		}
	}
	if u, ok := s.is(at, classTimeUnits); ok && s.singular(at) && s.spaced(at) && (u.text == unitMonth || u.text == unitYear) {
		d, ok := unitDate(civilDay(s.ref), u.text, 0) // "of the month"
		d.last = s.after(at)
		return d, ok
	}
	return date{}, false
}

// dayOfMonth reads "20th of the next month", "15 of this month" and "on the 27th".
func (s *scan) dayOfMonth(i int) (date, bool) {
	n, at, ok := s.dayNumber(i)
	if !ok {
		return date{}, false
	}
	if !s.any(at, classOf) {
		return s.nearestDay(i, n, at)
	}
	at = s.after(at)
	if s.any(at, classArticle) && s.spaced(at) {
		at = s.after(at)
	}
	month, ok := s.relativeUnit(at)
	if !ok || month.precision != timeline.Month {
		return date{}, false
	}
	d := dayDate(month.Lo.AddDate(0, 0, n-1))
	d.last, d.rule = month.last, "date.day_of_month"
	return d, d.Lo.Before(month.Hi)
}

// nearestDay gives the nearest day of that number where nothing but "the" tells
// that it is one: "on the 27th".
func (s *scan) nearestDay(i, n, last int) (date, bool) {
	k := s.before(i)
	if !s.any(k, classArticle) || !s.spaced(k) || !s.any(s.before(k), classIn) || s.any(last, classAnd, classTo) || !s.clauseEnd(last) && !s.any(last, classFunction) {
		return date{}, false
	}
	if !s.any(last-1, classOrdinalEnds) && (!s.any(i, classNumbers) || last == i+1) {
		return date{}, false // "on the first" may be said of anything
	}
	nearest := s.nearestDate(n)
	nearest.last, nearest.rule = last, "date.nearest_day"
	return nearest, !nearest.Lo.IsZero()
}

// nearestDate gives the nearest day of that number, the zero date where there is
// none.
func (s *scan) nearestDate(n int) date {
	ref := civilDay(s.ref)
	nearest := date{}
	for months := -1; months <= 1; months++ {
		day := civil(ref.Year(), ref.Month(), 1).AddDate(0, months, n-1)
		if day.Day() == n && (nearest.Lo.IsZero() || distance(day, ref) < distance(nearest.Lo, ref)) {
			nearest = dayDate(day)
		}
	}
	return nearest
}

// weekdayNumber reads a weekday with its day of the month and no month: "Friday
// the 15th", "السبت السادس عشر". It is the nearest such day.
func (s *scan) weekdayNumber(i int) (date, bool) {
	x, at, ok := s.bareWeekday(i)
	if !ok {
		return date{}, false
	}
	if s.any(at, classArticle) && s.spaced(at) {
		at = s.after(at)
	} else if s.spaced(at-1) && (!s.number(at) || !s.any(at+1, classOrdinalEnds)) {
		return date{}, false
	}
	n, last, ok := s.dayNumber(at)
	if !ok || !s.clauseEnd(last) && !s.any(last, classFunction) {
		return date{}, false
	}
	ref := civilDay(s.ref)
	const farthest = 12 // months; within a year each weekday falls on each date
	for months := range farthest {
		for _, m := range []int{-months, months} {
			day := civil(ref.Year(), ref.Month(), 1).AddDate(0, m, n-1)
			if day.Day() == n && int(day.Weekday()) == x {
				d := dayDate(day)
				d.last, d.rule = last, "date.weekday_number"
				return d, true
			}
		}
	}
	return date{}, false
}

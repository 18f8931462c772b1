package extract

import (
	"strconv"
	"strings"

	"marsad/timeline"
)

// dateRange reads on where a date is the first of a range: "28 إبريل وحتى الثامن
// من مايو", "between 2014 and 2016", "April 2 - April 5", "from 5 May for three
// days".
func (s *scan) dateRange(a date) date {
	if a.relation != "" {
		return a
	}
	opener := s.before(a.first)
	if s.any(opener, classArticle) {
		opener = s.before(opener)
	}
	if s.any(opener, classTimeUnitsDual, classUnitsPlural) {
		opener = s.before(opener)
		if s.any(opener, classArticle) {
			opener = s.before(opener)
		}
	}
	between := s.any(opener, classBetween, classRelationsBetween)
	opened := between || s.any(opener, classFrom)
	if opened && !between && a.precision == timeline.Day && s.any(a.last, classFor) {
		if x, ok := s.stretches(s.after(a.last)); ok {
			if d, ok := s.lastingFrom(a, x); ok {
				d.last = x.last
				return d
			}
		}
	}
	at, joins := s.rangeJoint(a, between, opened)
	if !joins {
		return a
	}
	if strings.HasPrefix(a.rule, "date.day") && !strings.HasPrefix(a.rule, "date.day_without") {
		s.year4 = a.Lo.Year()
	}
	b, ok := s.decorated(at)
	s.year4 = 0
	if now, until := s.is(at, classVagueTime); !ok && until && now.text == untilNow {
		b, ok = dayDate(civilDay(s.ref)), true // "from 2015 to the present"
		b.last = s.after(at)
	}
	if !ok {
		return a
	}
	if strings.Contains(a.rule, "without_year") && !strings.Contains(b.rule, "without_year") {
		a = s.inYear(a, b)
	}
	alike := b.precision == a.precision || opened && b.precision.IsCalendar() && a.precision.IsCalendar()
	if !alike || !b.Hi.After(a.Hi) {
		return a
	}
	return rangeOf(a, b)
}

// rangeJoint gives the token behind what joins a date to the second of its range.
func (s *scan) rangeJoint(a date, between, opened bool) (at int, ok bool) {
	at = a.last
	if (s.mark(at, ",") || s.mark(at, "،")) && opened && s.any(at+1, classTo) {
		at++
	}
	year := a.rule == "date.year" && s.spaced(at) && !s.any(at, classRelationsUntil)
	spelled := strings.HasPrefix(a.rule, "date.day") || a.rule == "date.numeric" || a.rule == "date.weekday" || strings.HasPrefix(a.rule, "date.month") || a.rule == "date.year" && !year
	switch {
	case s.any(at, classTo) && (opened || spelled):
		at = s.after(at)
	case between && (s.any(at, classAnd) || s.joined(at)):
		if s.any(at, classAnd) && !s.joined(at) {
			at = s.after(at)
		}
	case s.mark(at, "-") && s.touches(at) == s.touches(at+1):
		at++
	default:
		return 0, false
	}
	if s.the(at) && s.spaced(at) {
		at = s.after(at)
	}
	return at, true
}

// inYear gives a day or a month without a year that of the date that the range
// ends with, or the year before: "from December 28 to January 3, 2016".
func (s *scan) inYear(a, b date) date {
	y := b.Hi.AddDate(0, 0, -1).Year()
	years := y - a.Lo.Year()
	if a.Lo.AddDate(years, 0, 0).After(b.Lo) {
		years--
	}
	moved := a
	moved.Lo, moved.Hi = a.Lo.AddDate(years, 0, 0), a.Hi.AddDate(years, 0, 0)
	if moved.Lo.Day() != a.Lo.Day() || !moved.Lo.Before(b.Hi) {
		return a
	}
	moved.timex = ""
	if len(a.timex) > 4 {
		moved.timex = strconv.Itoa(moved.Lo.Year()) + a.timex[4:]
	}
	return moved
}

// untilNow marks, in the word files, the vague times that a range may begin or
// end with.
const untilNow = "now"

// fromNow reads a range that begins now: "between now and November 15".
func (s *scan) fromNow(i int) (date, bool) {
	now, ok := s.is(i, classVagueTime)
	at := s.after(i)
	if !ok || now.text != untilNow || !s.any(at, classTo, classAnd) && !s.joined(at) {
		return date{}, false
	}
	if s.any(at, classTo, classAnd) {
		at = s.after(at)
	}
	b, ok := s.decorated(at)
	if !ok {
		return date{}, false
	}
	today := dayDate(civilDay(s.ref))
	if strings.Contains(b.rule, "without_year") && !b.Hi.After(today.Hi) {
		b.Lo, b.Hi = b.Lo.AddDate(1, 0, 0), b.Hi.AddDate(1, 0, 0)
	}
	if b.rule == "date.weekday" && !b.Hi.After(today.Hi) {
		b.Lo, b.Hi = b.Lo.AddDate(0, 0, 7), b.Hi.AddDate(0, 0, 7)
	}
	today.first, today.rule = i, "date.from_now"
	return rangeOf(today, b), b.Hi.After(today.Hi) && b.precision.IsCalendar()
}

// rangeOf is the stretch from the beginning of a to the end of b.
func rangeOf(a, b date) date {
	a.Hi, a.last = b.Hi, b.last
	if a.precision != b.precision {
		a.precision = timeline.UnknownGrain
	}
	a.timex, a.relation, a.rule = a.timex+"/"+b.timex, timeline.BetweenDates, a.rule+".range"
	return a
}

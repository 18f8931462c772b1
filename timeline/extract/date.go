package extract

import (
	"strings"
	"time"

	"marsad/timeline"
)

// date reads the longest date that begins at token i, with the modifiers, the
// part of the day, the weekday and the time of day that belong to it.
func (s *scan) date(i int) (date, bool) {
	if d, ok := s.decorated(i); ok {
		return s.dateRange(d), true
	}
	return date{}, false
}

// decorated reads what may stand before a date, and the date.
func (s *scan) decorated(i int) (date, bool) {
	switch {
	case s.any(i, classModifiers):
		at := s.after(i)
		if s.mark(at, "-") && s.touches(at) {
			at++
		}
		if s.any(at, classOf) && s.spaced(at) {
			at = s.after(at)
		}
		if d, ok := s.plain(at); ok && d.precision != timeline.Day {
			d.Interval = narrow(d, s.modifier(i))
			d.first = i
			return d, true
		}
		if d, ok := s.currentUnit(at); ok && s.modifier(i) != modifierMid {
			d.Interval = narrow(d, s.modifier(i))
			d.first = i
			return d, true
		}
	case s.any(i, classRest):
		if d, ok := s.restOf(i); ok {
			return d, true
		}
	case s.any(i, classParts):
		if d, ok := s.plain(s.after(i)); ok && d.precision == timeline.Day && s.clitics(i) {
			d.first = i
			return d, true
		}
	}
	return s.plain(i)
}

// plain reads a date, with the weekday before it or the part of the day and the
// time behind it.
func (s *scan) plain(i int) (date, bool) {
	if i < s.lo || i >= s.hi {
		return date{}, false
	}
	w, isWeekday := s.weekday(i)
	if isWeekday {
		at := w.last
		if s.mark(at, ",") || s.mark(at, "،") {
			at++
		}
		if d, ok := s.absolute(at); ok && d.precision == timeline.Day {
			if d.rule == "date.day_without_year" {
				d = s.onWeekday(d, w.Lo.Weekday())
			}
			d.first = i
			return s.timed(d), true
		}
	}
	d, ok := s.absolute(i)
	if !ok {
		d, ok = s.relative(i)
	}
	if !ok {
		return date{}, false
	}
	if d.precision == timeline.Day && s.any(d.last, classParts) && !s.joined(d.last) && !s.articled(d.last) {
		d.last = s.after(d.last)
	}
	return s.timed(d), true
}

// onWeekday gives a day without a year the neighbouring year in which it falls on the
// weekday that is named with it, if one does.
func (s *scan) onWeekday(d date, weekday time.Weekday) date {
	ref := civilDay(s.ref)
	best := d
	found := d.Lo.Weekday() == weekday
	const farthest = 1 // year; further away the weekday is more likely wrong
	for y := ref.Year() - farthest; y <= ref.Year()+farthest && !found; y++ {
		day, ok := dayOf(y, int(d.Lo.Month()), d.Lo.Day())
		if ok && day.Lo.Weekday() == weekday && (best.Lo.Weekday() != weekday || distance(day.Lo, ref) < distance(best.Lo, ref)) {
			best.Interval, best.timex = day.Interval, day.timex
		}
	}
	return best
}

// timed adds the time of day that follows a day: "August 26, 2020 5:00 AM".
func (s *scan) timed(d date) date {
	at := d.last
	if s.mark(at, ",") || s.any(at, classClock) {
		at = s.after(at)
	}
	if d.precision != timeline.Day || !s.number(at) || !s.mark(at+1, ":") || !s.touches(at+1) || !s.number(at+2) {
		return d
	}
	hour, ok := parseDigits(s.Tokens[at].Folded)
	minute, ok2 := parseDigits(s.Tokens[at+2].Folded)
	if !ok || !ok2 || hour > 23 || minute > 59 {
		return d
	}
	last := at + 3
	if m, ok := s.is(last, classMeridiem); ok && hour <= 12 {
		hour = float64(int(hour)%12) + m.value
		last = s.after(last)
	}
	y, month, day := d.Lo.Date()
	lo := time.Date(y, month, day, int(hour), int(minute), 0, 0, s.ref.Location())
	d.Interval = timeline.Interval{Lo: lo, Hi: lo.Add(time.Minute)}
	d.precision, d.timex, d.last, d.rule = timeline.Minute, lo.Format("2006-01-02T15:04"), last, d.rule+".time"
	return d
}

// dateRange reads on where a date is the first of a range: "28 إبريل وحتى الثامن
// من مايو", "between 2014 and 2016", "April 2 - April 5".
func (s *scan) dateRange(a date) date {
	if a.relation != "" {
		return a
	}
	opener := s.before(a.first)
	if s.any(opener, classTimeUnitsDual) {
		opener = s.before(opener)
	}
	between := s.any(opener, classBetween, classRelationsBetween)
	opened := between || s.any(opener, classFrom)
	at := a.last
	if (s.mark(at, ",") || s.mark(at, "،")) && opened && s.any(at+1, classTo) {
		at++
	}
	spelled := strings.HasPrefix(a.rule, "date.day") || strings.HasPrefix(a.rule, "date.month") || a.rule == "date.year" && !s.mark(at, "to")
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
		return a
	}
	if strings.HasPrefix(a.rule, "date.day") && !strings.HasPrefix(a.rule, "date.day_without") {
		s.year4 = a.Lo.Year()
	}
	b, ok := s.decorated(at)
	s.year4 = 0
	if !ok {
		return a
	}
	if strings.HasPrefix(a.rule, "date.day_without_year") && !strings.Contains(b.rule, "without_year") {
		a = s.inYear(a, b)
	}
	alike := b.precision == a.precision || between && b.precision.IsCalendar() && a.precision.IsCalendar()
	if !alike || !b.Hi.After(a.Hi) {
		return a
	}
	return rangeOf(a, b)
}

// inYear gives a day without a year that of the date that the range ends with.
func (s *scan) inYear(a, b date) date {
	y := b.Hi.AddDate(0, 0, -1).Year()
	if moved, ok := dayOf(y, int(a.Lo.Month()), a.Lo.Day()); ok && a.precision == timeline.Day && moved.Lo.Before(b.Hi) {
		moved.first, moved.last, moved.rule = a.first, a.last, a.rule
		return moved
	}
	return a
}

// relation tells how a date is used by the word before it.
func (s *scan) relation(d date) timeline.Relation {
	if d.relation != "" {
		return d.relation
	}
	k := s.before(d.first)
	if s.any(k, classArticle) {
		k = s.before(k)
	}
	for _, r := range []struct {
		class    class
		relation timeline.Relation
	}{
		{classRelationsSince, timeline.Since},
		{classRelationsUntil, timeline.Until},
		{classRelationsBefore, timeline.Before},
		{classRelationsAfter, timeline.After},
		{classBoundsAbout, timeline.AboutDate},
	} {
		if s.any(k, r.class) {
			return r.relation
		}
	}
	return timeline.On
}

// addDate records a date. The span of a date that lasts "منذ ست سنوات" is the
// stretch without its preposition.
func (s *scan) addDate(d date) {
	first := d.first
	if d.relation == timeline.Since && s.any(first, classSince) {
		first = s.after(first)
	}
	if d.relation == timeline.BetweenDates && s.any(first, classBetween, classFrom) {
		first = s.after(first)
	}
	s.recent = date{}
	if d.precision == timeline.Day && (d.rule == "date.day" || d.rule == "date.day_without_year" && d.Lo.Year() != s.ref.Year()) {
		s.recent = d
	}
	s.facts.Dates = append(s.facts.Dates, timeline.Date{
		Span: s.span(first, d.last-1), Sentence: s.sentence, Interval: d.Interval,
		Precision: d.precision, Relation: s.relation(d), TIMEX3: d.timex, Ref: s.ref, Rule: d.rule,
	})
}

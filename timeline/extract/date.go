package extract

import (
	"strings"
	"time"

	"marsad/timeline"
)

// date reads the longest date that begins at token i, with the modifiers, the
// part of the day, the weekday and the time of day that belong to it.
func (s *scan) date(i int) (date, bool) {
	if i < s.lo || i >= s.hi || !s.anchored[i] {
		return date{}, false
	}
	if d, ok := s.decorated(i); ok {
		return s.dateRange(d), true
	}
	return date{}, false
}

// decorated reads what may stand before a date, and the date.
func (s *scan) decorated(i int) (date, bool) {
	if d, ok := s.clockBefore(i); ok {
		return d, true
	}
	switch {
	case s.any(i, classModifiers):
		if d, ok := s.modified(i); ok {
			return d, true
		}
	case s.any(i, classRest):
		if d, ok := s.restOf(i); ok {
			return d, true
		}
	}
	return s.dayWithPart(i)
}

// modified reads a date with the modifier before it: "early May", "مطلع العام
// المقبل"; of a day it leaves all: "late on Sunday".
func (s *scan) modified(i int) (date, bool) {
	at := s.after(i)
	if s.mark(at, "-") && s.touches(at) {
		at++
	}
	if s.any(at, classOf, classOn) && s.spaced(at) {
		at = s.after(at)
	}
	if s.any(at, classBoundsAbout) {
		at = s.after(at)
	}
	d, ok := s.relativeUnit(at)
	if !ok {
		d, ok = s.plain(at)
	}
	switch {
	case ok && d.precision != timeline.Day:
		d.Interval = narrow(d, s.modifier(i))
	case ok && s.spaced(i) && (s.modifier(i) == modifierEarly || s.modifier(i) == modifierLate):
	default:
		if d, ok = s.currentUnit(at); !ok || s.modifier(i) == modifierMid {
			return date{}, false
		}
		d.Interval = narrow(d, s.modifier(i))
	}
	d.first = i
	return d, true
}

// dayWithPart reads a date, a day also with its part before it: "مساء أمس", "the
// night of 3 May", "ليل الخميس الجمعة".
func (s *scan) dayWithPart(i int) (date, bool) {
	if !s.any(i, classParts) {
		return s.plain(i)
	}
	at := s.after(i)
	if s.spaced(i) {
		if !s.any(at, classOf) {
			return s.plain(i)
		}
		at = s.after(at)
	}
	d, ok := s.plain(at)
	if !ok || d.precision != timeline.Day {
		return s.plain(i)
	}
	if x, ok := s.is(d.last, classWeekdays); ok && d.rule == "date.weekday" && s.clitics(d.last) && !s.joined(d.last) &&
		int(x.value) == int(d.Hi.Weekday()) {
		d.last = s.after(d.last)
	}
	d.first = i
	return d, true
}

// plain reads a date, with the weekday or the word for day before it or the part
// of the day and the time behind it.
func (s *scan) plain(i int) (date, bool) {
	if i < s.lo || i >= s.hi {
		return date{}, false
	}
	w, isWeekday := s.weekday(i)
	at := w.last
	switch {
	case isWeekday && (s.mark(at, ",") || s.mark(at, "،")):
		at++
		if s.the(at) && s.spaced(at) {
			at = s.after(at) // "Friday, the 28th April 2017"
		}
	case isWeekday && s.any(at, classIn, classCorresponding):
		at = s.after(at) // "السبت الموافق 3 مايو"
	case !isWeekday && s.any(i, classDay) && s.clitics(i):
		at = s.after(i) // "يوم 3 مايو"
	}
	if at > i {
		if d, ok := s.absolute(at); ok && d.precision == timeline.Day {
			if isWeekday && d.rule == "date.day_without_year" {
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
	d.last = s.namedAgain(d)
	if d.precision == timeline.Day && s.any(d.last, classParts) && !s.joined(d.last) && !s.articled(d.last) {
		d.last = s.after(d.last)
	}
	return s.timed(d), true
}

// namedAgain gives the token behind the weekday that stands in brackets behind a
// day with its year: "5 May 2017 (Friday)".
func (s *scan) namedAgain(d date) int {
	if d.precision != timeline.Day || !strings.HasPrefix(d.rule, "date.day") && d.rule != "date.numeric" || !s.mark(d.last, "(") && !s.mark(d.last, "[") {
		return d.last
	}
	x, ok := s.is(d.last+1, classWeekdays)
	if !ok || int(x.value) != int(d.Lo.Weekday()) {
		return d.last
	}
	last := s.after(d.last + 1)
	if s.mark(last, ")") || s.mark(last, "]") {
		last++
	}
	return last
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

// relation tells how a date is used by the word before it.
func (s *scan) relation(d date) timeline.Relation {
	if d.relation != "" {
		return d.relation
	}
	end := d.first
	if s.any(s.before(end), classArticle) {
		end = s.before(end)
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
		if s.endsWith(end, r.class) {
			return r.relation
		}
	}
	return timeline.On
}

// endsWith reports whether a phrase of the class ends before token i: "as of",
// "اعتبارا من".
func (s *scan) endsWith(i int, c class) bool {
	const longest = 3 // tokens
	for k := i - 1; k >= s.lo && k >= i-longest; k-- {
		if s.glosses[k].tokens == i-k && s.any(k, c) {
			return true
		}
	}
	return false
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

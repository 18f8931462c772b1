package extract

import (
	"time"

	"marsad/timeline"
)

// way is how many units before or after an anchor a relative date lies.
type way struct {
	steps int
	told  bool // from the date told before it in the sentence: "the previous month"
	weak  bool // "past", which with an article tells a stretch of time rather than a unit
}

// told marks, in the word files, the ways that are counted from what was told
// before where there is such a date.
const told = "told"

// wayBefore reads the way that stands before what it is of: "last", "this
// coming", "هذا".
func (s *scan) wayBefore(i int) (w way, at int, ok bool) {
	if s.any(i, classThisBefore) {
		if w, at, ok := s.wayBefore(s.after(i)); ok && w.steps != 0 && s.spaced(i) {
			w.weak = false
			return w, at, true // "this past Friday"
		}
		return way{}, s.after(i), true
	}
	if x, ok := s.is(i, classLastBefore); ok {
		return way{-1, x.text == told, x.weak}, s.after(i), true
	}
	if x, ok := s.is(i, classNextBefore); ok {
		return way{1, x.text == told, x.weak}, s.after(i), true
	}
	return way{}, i, false
}

// wayBehind reads the way that stands behind what it is of: "الماضي", "قبل
// الماضي", "after next".
func (s *scan) wayBehind(i int) (w way, at int, ok bool) {
	for _, b := range []struct {
		class class
		steps int
	}{{classLast, -1}, {classNext, 1}, {classThis, 0}, {classBeforeLast, -2}, {classAfterNext, 2}} {
		if x, ok := s.is(i, b.class); ok {
			return way{b.steps, x.text == told, x.weak}, s.after(i), true
		}
	}
	return way{}, i, false
}

// anchor gives the day that a way is counted from: that of publication, or an end
// of the date told before in the sentence, where the way asks for it.
func (s *scan) anchor(w way) time.Time {
	day := civilDay(s.ref)
	if n := len(s.facts.Dates); w.told && n > 0 && s.facts.Dates[n-1].Sentence == s.sentence && s.facts.Dates[n-1].Precision.IsCalendar() {
		before := s.facts.Dates[n-1].Interval
		if w.steps > 0 {
			return civilDay(before.Hi).AddDate(0, 0, -1)
		}
		return civilDay(before.Lo)
	}
	return day
}

// relativeUnit reads "last year", "this month", "العام الماضي", "الشهر الجاري",
// "هذا الأسبوع", "the year before last", "هذا العام 1436 هـ".
func (s *scan) relativeUnit(i int) (date, bool) {
	w, at, said := s.wayBefore(i)
	said = said && (!w.weak || !s.the(i-1) && s.any(at, classTimeUnits)) // "in the past week" rolls
	if said && (w.steps != 0 || s.spaced(i)) {
		if d, ok := s.relativeMonth(at, w.steps); ok {
			return d, true
		}
	}
	u, ok := s.is(at, classTimeUnits)
	if !ok || u.weak || at > i && !said || !s.singular(at) || s.clitics(at) && !s.articled(at) {
		return date{}, false
	}
	last := s.after(at)
	if behind, end, ok := s.wayBehind(last); ok {
		w, last, said = behind, end, true
	}
	if !said {
		return date{}, false
	}
	day := s.anchor(w)
	d, ok := unitDate(day, u.text, w.steps)
	if u.text == unitDecade {
		d, ok = decadeDate(day.Year()+10*w.steps), true
	}
	d.last, d.rule = last, "date.relative_unit"
	return s.withItsYear(d), ok
}

// withItsYear adds the number of a year to the words for it: "العام الحالي 2017",
// "هذا العام 1436 هـ".
func (s *scan) withItsYear(d date) date {
	if d.precision != timeline.Year || !s.number(d.last) {
		return d
	}
	y, last, hijri, ok := s.yearNumber(d.last)
	if !ok {
		return d
	}
	named := yearDate(y)
	if hijri || y >= 1300 && y < 1500 {
		named = hijriYear(y)
	}
	if !named.Lo.Before(d.Hi) || !d.Lo.Before(named.Hi) {
		return d
	}
	named.last, named.rule = last, d.rule
	return named
}

package extract

import (
	_ "embed"
	"strings"
	"time"

	"marsad/timeline"
)

// hijriDate reads "25 شوال 1436 هـ", "شوال 1436".
func (s *scan) hijriDate(i int) (date, bool) {
	d, at, dayed := s.dayNumber(i)
	if !dayed {
		d, at = 0, i
	}
	if s.any(at, classOf) && dayed {
		at++
	}
	if s.any(at, classMonthNouns) {
		at++
	}
	m, ok := s.is(at, classMonthsHijri)
	if !ok {
		return date{}, false
	}
	y, last, _, ok := s.yearAfter(s.after(at))
	if !ok {
		if y, last, ok = s.hijriYearFor(int(m.value), s.after(at)); !ok && !dayed && !s.any(at-1, classMonthNouns) {
			return date{}, false // a name of people too
		}
	}
	if y >= 1600 {
		return date{}, false
	}
	lo := hijriDay(y, int(m.value), max(d, 1))
	out := dayDate(lo)
	out.rule = "date.hijri_day"
	if d == 0 {
		hi := hijriDay(y, int(m.value)+1, 1)
		out.Interval = timeline.Interval{Lo: lo, Hi: hi}
		out.precision, out.timex, out.rule = timeline.Month, "", "date.hijri_month"
	}
	out.last = last
	return out, d <= 30
}

// hijriYearFor gives the year of a month that is named without one: the one that a
// word behind it says, else the nearest. ok tells whether a word says it.
func (s *scan) hijriYearFor(m, at int) (y, last int, ok bool) {
	ref := civilDay(s.ref)
	w, last, ok := s.wayBehind(at)
	y = (ref.Year()-622)*33/32 - 2 // about two years too early
	for !hijriDay(y+1, m, 1).After(ref) {
		y++
	}
	switch { // now y is the last whose month has begun
	case !ok && distance(hijriDay(y+1, m, 1), ref) < distance(hijriDay(y, m, 1), ref), w.steps > 0:
		y++
	case w.steps < 0 && hijriDay(y, m+1, 1).After(ref):
		y-- // the month of publication is not the last
	}
	return y, last, ok
}

// hijriYear is a year of the Islamic calendar.
func hijriYear(y int) date {
	return date{
		Interval:  timeline.Interval{Lo: hijriDay(y, 1, 1), Hi: hijriDay(y, 13, 1)},
		precision: timeline.Year,
	}
}

// hijriDay converts a date of the Islamic calendar: that of Umm al-Qura for the
// years of its table, 1300 to 1600; before and after it the arithmetic one (cycle
// of 30 years with leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29; epoch 15
// July 622 Julian), which observed calendars differ from by a day, seldom two.
// Month 13 is the first of the next year.
func hijriDay(y, m, d int) time.Time {
	if y >= ummAlQuraFirst && y < ummAlQuraFirst+len(ummAlQura)/ummAlQuraLine {
		days := d - 1
		months := ummAlQura[:(y-ummAlQuraFirst)*ummAlQuraLine+yearColumns+m-1]
		days += 29*strings.Count(months, "-") + 30*strings.Count(months, "+")
		return civil(1882, time.November, 12).AddDate(0, 0, days)
	}
	if m > 12 {
		y, m = y+1, m-12
	}
	days := (y-1)*354 + (3+11*y)/30 + 29*(m-1) + m/2 + d - 1
	return civil(622, time.July, 18).AddDate(0, 0, days)
}

// ummAlQura has a line for each year from ummAlQuraFirst: the year, then a sign
// for each month, + for one of 30 days and - for one of 29.
//
//go:embed calendars/umm_al_qura.txt
var ummAlQura string

const (
	ummAlQuraFirst = 1300
	yearColumns    = len("1300 ")
	ummAlQuraLine  = yearColumns + 12 + len("\n")
)

package extract

import (
	"strconv"
	"time"

	"marsad/timeline"
)

// clock is a time of day as it is written.
type clock struct {
	hour, minute int
	grain        timeline.Precision
	halved       bool // "am", "مساء": one of the two halves of the day is said
	zone         *time.Location
	last         int
}

// clock reads "14:30", "5 pm", "1900 GMT", "الساعة 9:15 مساء بتوقيت غرينتش",
// "الساعة الثامنة والنصف".
func (s *scan) clock(i int) (clock, bool) {
	at, named := i, false
	if s.any(at, classClock) {
		at, named = s.after(at), s.clitics(i)
	}
	c, ok := s.hour(at, named)
	if !ok {
		return clock{}, false
	}
	if m, ok := s.is(c.last, classMeridiem); ok && c.hour <= 12 && c.zone == nil {
		c.hour, c.halved, c.last = c.hour%12+int(m.value), true, s.after(c.last)
	}
	c.zone = s.ref.Location()
	if z, ok := s.is(c.last, classZones); ok {
		if z.text == "" {
			c.zone = time.FixedZone("", int(z.value*60*60))
		}
		c.last = s.after(c.last)
	}
	return c, c.hour < 24
}

// hour reads the hour and the minute.
func (s *scan) hour(at int, named bool) (clock, bool) {
	if !s.number(at) {
		n, last, ok := s.place(at)
		if !ok || !named || n > 12 {
			return clock{}, false
		}
		c := clock{hour: int(n), grain: timeline.Hour, last: last}
		if f, ok := s.is(last, classFractions); ok && s.joined(last) && f.value < 1 {
			c.minute, c.grain, c.last = int(60*f.value), timeline.Minute, s.after(last) // "الثامنة والنصف"
		}
		return c, true
	}
	digits := s.Tokens[at].Folded
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) == 3 || n > 2359 {
		return clock{}, false
	}
	last := at + 1
	switch {
	case len(digits) == 4:
		return clock{hour: n / 100, minute: n % 100, grain: timeline.Minute, last: last}, s.any(last, classZones) && n%100 < 60
	case s.mark(last, ":") && s.touches(last) && s.touches(last+1) && s.number(last+1) && len(s.Tokens[last+1].Folded) == 2:
		minute, err := strconv.Atoi(s.Tokens[last+1].Folded)
		last += 2
		if s.mark(last, ":") && s.touches(last) && s.number(last+1) {
			last += 2 // seconds
		}
		return clock{hour: n, minute: minute, grain: timeline.Minute, last: last}, err == nil && minute < 60
	}
	return clock{hour: n, grain: timeline.Hour, last: last}, n < 24 && (named || s.any(last, classMeridiem))
}

// timed adds the time of day that follows a day: "August 26, 2020 5:00 AM",
// "Friday at 5pm", "2016-05-03T14:30:00Z".
func (s *scan) timed(d date) date {
	if d.precision != timeline.Day {
		return d
	}
	at := d.last
	if s.mark(at, ",") || s.mark(at, "t") {
		at++
	}
	c, ok := s.clock(at)
	if !ok {
		return d
	}
	d.last = c.last
	return d.at(c)
}

// clockBefore reads a day that the time of day stands before: "1900 GMT on
// Monday", "الساعة الثامنة من مساء الأحد".
func (s *scan) clockBefore(i int) (date, bool) {
	if !s.number(i) && (!s.any(i, classClock) || !s.clitics(i)) {
		return date{}, false
	}
	c, ok := s.clock(i)
	if !ok {
		return date{}, false
	}
	at := c.last
	if s.mark(at, ",") || s.mark(at, "،") {
		at++
	}
	if s.any(at, classIn, classOf) {
		at = s.after(at)
	}
	if m, ok := s.is(at, classMeridiem); ok && !c.halved && c.hour <= 12 {
		c.hour = c.hour%12 + int(m.value)
	}
	d, ok := s.dayWithPart(at)
	if !ok || d.precision != timeline.Day {
		return date{}, false
	}
	d.first = i
	return d.at(c), true
}

// at gives the instant, or the hour, of a day at which the clock shows c.
func (d date) at(c clock) date {
	y, month, day := d.Lo.Date()
	lo := time.Date(y, month, day, c.hour, c.minute, 0, 0, c.zone)
	length := time.Minute
	if c.grain == timeline.Hour {
		length = time.Hour
	}
	d.Interval = timeline.Interval{Lo: lo, Hi: lo.Add(length)}
	d.precision, d.timex, d.rule = c.grain, lo.Format("2006-01-02T15:04"), d.rule+".time"
	return d
}

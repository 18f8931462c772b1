package extract

import (
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// absolute reads a date that names its day, month, year or longer unit, at i.
func (s *scan) absolute(i int) (date, bool) {
	for _, read := range []func(int) (date, bool){
		s.numericDate, s.dayMonth, s.monthDay, s.hijriDate, s.partOfYear, s.decadeOrCentury, s.monthYear, s.year,
	} {
		if d, ok := read(i); ok {
			d.first = i
			return d, true
		}
	}
	return date{}, false
}

// numericDate reads 20/05/2017, 20-5-2017, 20.05.2017, 2017-05-20, 7/8/07. The
// day stands first, unless only the other order makes a date.
func (s *scan) numericDate(i int) (date, bool) {
	if !s.number(i) {
		return date{}, false
	}
	fields, last := strings.Split(s.Tokens[i].Folded, "."), i+1
	if len(fields) != 3 {
		fields = []string{s.Tokens[i].Folded}
		for len(fields) < 3 && (s.mark(last, "/") || s.mark(last, "-")) && s.number(last+1) && s.Tokens[last].Folded == s.Tokens[i+1].Folded {
			fields = append(fields, s.Tokens[last+1].Folded)
			last += 2
		}
	}
	if len(fields) != 3 {
		return date{}, false
	}
	var n [3]int
	for k, f := range fields {
		var err error
		if n[k], err = strconv.Atoi(f); err != nil || len(f) > 4 {
			return date{}, false
		}
	}
	y, m, d := n[2], n[1], n[0]
	switch {
	case len(fields[0]) == 4:
		y, m, d = n[0], n[1], n[2]
	case len(fields[2]) == 2 && s.mark(i+1, "/"):
		y = 2000 + n[2]
		if y > s.ref.Year()+20 {
			y -= 100
		}
	case len(fields[2]) != 4:
		return date{}, false
	}
	if s.mark(i+1, "/") && s.monthFirst(i) || m > 12 {
		m, d = d, m
	}
	if !isYear(y) {
		return date{}, false
	}
	out, ok := dayOf(y, m, d)
	out.last, out.rule = last, "date.numeric"
	return out, ok
}

// monthFirst reports whether slashed dates are read as Americans write them:
// only where the text says so.
func (s *scan) monthFirst(i int) bool {
	return s.mark(i-1, ",") && s.mark(i-2, "format") && s.mark(i-3, "american")
}

// dayOf gives the date of a day, false for none such as 31 April.
func dayOf(y, m, d int) (date, bool) {
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return date{}, false
	}
	at := civil(y, time.Month(m), d)
	return dayDate(at), at.Day() == d
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

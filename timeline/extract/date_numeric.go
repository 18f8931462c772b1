package extract

import (
	"strconv"
	"strings"
	"time"
)

// numericDate reads 20/05/2017, 20-5-2017, 20.05.2017, 2017-05-20, 7/8/07, 22/04,
// 3/2015, 2017-05, 14-09-1432 هـ and 2012/Aug/10.
func (s *scan) numericDate(i int) (date, bool) {
	if !s.number(i) || s.touches(i) && (s.number(i-1) || s.word(i-1) || s.mark(i-1, "/")) {
		return date{}, false
	}
	fields, separator, last := s.fields(i)
	if last-i > 2 && s.mark(last, s.Tokens[i+1].Folded) && s.touches(last) && s.touches(last+1) && s.number(last+1) {
		return date{}, false // of four fields or more: a phone, a version
	}
	switch {
	case len(fields) == 3:
		return s.threeFields(fields, separator, last)
	case len(fields) == 2:
		return s.twoFields(i, fields, separator, last)
	}
	return date{}, false
}

// fields gives the numbers that stand between like separators from token i on, a
// month by its name too, at most three, and the token behind. The separator is
// named where a month is, as it leaves no doubt about the order.
func (s *scan) fields(i int) (fields []string, separator string, last int) {
	if dotted := strings.Split(s.Tokens[i].Folded, "."); len(dotted) == 3 {
		return dotted, ".", i + 1
	}
	if s.number(i+1) && s.number(i+2) && len(s.Tokens[i+2].Folded) == 4 && s.alone(i, i+3) {
		return []string{s.Tokens[i].Folded, s.Tokens[i+1].Folded, s.Tokens[i+2].Folded}, " ", i + 3
	}
	fields, last = []string{s.Tokens[i].Folded}, i+1
	month := false
	for _, separator = range []string{"/", "-"} {
		for len(fields) < 3 && s.mark(last, separator) && s.fieldAfter(last, separator, len(fields)) {
			f := s.Tokens[last+1].Folded
			if m, ok := s.is(last+1, classMonths); ok {
				f, month = strconv.Itoa(int(m.value)), true
			}
			fields = append(fields, f)
			last += 2
		}
		if len(fields) > 1 {
			break
		}
	}
	if month {
		separator = named
	}
	return fields, separator, last
}

// named stands for the separator of fields among which the month has its name.
const named = "named"

// fieldAfter reports whether the separator at i joins the field behind it to the
// n before it.
func (s *scan) fieldAfter(i int, separator string, n int) bool {
	if separator == "-" && (!s.touches(i) || !s.touches(i+1)) {
		return false
	}
	return s.number(i+1) || n == 1 && s.touches(i+1) && s.any(i+1, classMonths) && s.mark(i+2, separator) && s.number(i+3)
}

// threeFields reads a day, a month and a year, in the order of the place.
func (s *scan) threeFields(fields []string, separator string, last int) (date, bool) {
	var n [3]int
	for k, f := range fields {
		var err error
		if n[k], err = strconv.Atoi(f); err != nil || len(f) > 4 {
			return date{}, false
		}
	}
	y, m, d := n[2], n[1], n[0]
	yearFirst := len(fields[0]) == 4
	switch {
	case yearFirst:
		y, m, d = n[0], n[1], n[2]
	case len(fields[2]) == 2 && len(fields[0]) <= 2 && len(fields[1]) <= 2:
		y = s.century(n[2])
	case len(fields[2]) != 4:
		return date{}, false
	}
	if !yearFirst && separator != "." && separator != named && s.american && d <= 12 || m > 12 {
		m, d = d, m
	}
	e, era := s.is(last, classEras)
	if hijri := era && e.text == "ah" || y >= 1300 && y < 1500; hijri {
		if era {
			last = s.after(last)
		}
		if m < 1 || m > 12 || d < 1 || d > 30 || y < 1 || y > 1600 {
			return date{}, false
		}
		out := dayDate(hijriDay(y, m, d))
		out.last, out.rule = last, "date.hijri_numeric"
		return out, true
	}
	if !isYear(y) {
		return date{}, false
	}
	out, ok := dayOf(y, m, d)
	if era && e.text == "ce" {
		last = s.after(last)
	}
	out.last, out.rule = last, "date.numeric"
	return out, ok
}

// twoFields reads a month of a year, or a day and a month where they are no part
// of one: "15/2" divides nothing, and "on 2/15" is said of days.
func (s *scan) twoFields(i int, fields []string, separator string, last int) (date, bool) {
	spaced := !s.touches(i+1) && !s.touches(i+2) && s.clauseEnd(i-1)
	if !s.touches(i+1) && !spaced || len(fields[0]) > 4 || len(fields[1]) > 4 {
		return date{}, false
	}
	a, err := strconv.Atoi(fields[0])
	b, err2 := strconv.Atoi(fields[1])
	if err != nil || err2 != nil {
		return date{}, false
	}
	monthOf := func(y, m int) (date, bool) {
		d := monthDate(y, time.Month(min(max(m, 1), 12)))
		d.last, d.rule = last, "date.numeric_month"
		return d, isYear(y) && m >= 1 && m <= 12
	}
	switch {
	case len(fields[0]) == 4 && len(fields[1]) <= 2:
		if len(fields[1]) == 2 && b == (a+1)%100 {
			return date{}, false // "2010-11" is a season
		}
		return monthOf(a, b)
	case separator != "/":
		return date{}, false
	case len(fields[1]) == 4 && len(fields[0]) <= 2:
		return monthOf(b, a)
	case len(fields[0]) > 2 || len(fields[1]) > 2:
		return date{}, false
	}
	d, m := a, b
	if s.american && a <= 12 || m > 12 {
		d, m = m, d
	}
	if y, ok := s.eventYear(m, d, last); ok {
		out, ok := dayOf(y, m, d) // "the 9/11 attacks"
		out.last, out.rule = last, "date.event"
		return out, ok
	}
	said := s.any(i-1, classOn, classWeekdays, classDay) || s.any(last, classClock) && s.number(s.after(last))
	if !said && (!spaced || s.hi-s.lo != 3) && (a < b && fields[0][0] != '0' && fields[1][0] != '0' || a == 24 && b == 7 || !s.clauseEnd(last) && !s.any(last, classFunction)) {
		return date{}, false
	}
	y, _ := s.yearForMonth(i, m, d, s.hi)
	out, ok := dayOf(y, m, d)
	out.last, out.rule = last, "date.numeric_day"
	return out, ok
}

// century gives the year that two digits stand for: the one nearest to the
// publication that lies at most twenty years after it.
func (s *scan) century(digits int) int {
	y := s.ref.Year() - s.ref.Year()%100 + digits
	if y > s.ref.Year()+20 {
		y -= 100
	}
	return y
}

// dayOf gives the date of a day, false for none such as 31 April.
func dayOf(y, m, d int) (date, bool) {
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return date{}, false
	}
	at := civil(y, time.Month(m), d)
	return dayDate(at), at.Day() == d
}

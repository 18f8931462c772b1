package extract

import (
	"strconv"
	"time"
)

// yearNumber reads a year: 2012, 2015م, عام 2012, "the year 1914", 1433هـ.
func (s *scan) yearNumber(i int) (y, last int, hijri, ok bool) {
	at := i
	if s.any(at, classYearNouns) {
		at = s.after(at)
	}
	if s.mark(at, "ال") {
		at++
	}
	bracket := at > i && s.mark(at, "(")
	if bracket {
		at++
	}
	if !s.number(at) || len(s.Tokens[at].Folded) != 4 {
		return 0, 0, false, false
	}
	y, err := strconv.Atoi(s.Tokens[at].Folded)
	if err != nil || !isYear(y) {
		return 0, 0, false, false
	}
	last = at + 1
	if bracket && s.mark(last, ")") {
		last++
	}
	if e, ok := s.is(last, classEras); ok && s.glosses[last].prefix == "" {
		return y, last + 1, e.text == "ah", true
	}
	if s.mark(last, "م") || s.mark(last, "ه") {
		return y, last + 1, s.mark(last, "ه"), true
	}
	return y, last, false, true
}

// yearAfter reads the year behind a day or a month: ", 2020", "من عام 2015", "2017".
func (s *scan) yearAfter(at int) (y, last int, hijri, ok bool) {
	if s.mark(at, ",") || s.mark(at, "،") || s.any(at, classOf) || (s.mark(at, "-") || s.mark(at, "/")) && s.touches(at) && s.touches(at+1) {
		at++
	}
	if s.any(at, classIn) && s.any(s.after(at), classYearNouns) {
		at++
	}
	if y, last, hijri, ok := s.yearNumber(at); ok {
		return y, last, hijri, true
	}
	if y, last, ok := s.spelledYear(at); ok {
		return y, last, false, true
	}
	return 0, 0, false, false
}

// spelledYear reads a year in words where a clause ends behind it: "nineteen
// ninety nine", "two thousand and eighteen", "ألفين وثمانية عشر".
func (s *scan) spelledYear(at int) (y, last int, ok bool) {
	if !s.any(at, classNumbers, classScales, classScalesDual) || s.number(at) {
		return 0, 0, false
	}
	n, ok := s.below(at, 2200)
	if ok && n.value >= 10 && n.value <= 21 {
		tail := n.last
		if s.any(tail, classNumbers) && s.zero(tail) {
			tail = s.after(tail) // "nineteen zero one"
		}
		if years, ok := s.hundreds(tail); ok && years.value < 100 {
			n.value, n.last = 100*n.value+years.value, years.last
		}
	}
	if !ok || !isYear(int(n.value)) || !s.clauseEnd(n.last) && !s.any(n.last, classFunction) {
		return 0, 0, false
	}
	return int(n.value), n.last, true
}

func (s *scan) zero(i int) bool {
	x, ok := s.is(i, classNumbers)
	return ok && x.value == 0
}

// shortYear reads the two digits of a year behind its day and month: "31-Oct-74",
// "14 April '15", "Aug 9, 96", "3rd Feb 82".
func (s *scan) shortYear(at int) (y, last int, ok bool) {
	firm := false
	switch {
	case (s.mark(at, "-") || s.mark(at, "/")) && s.touches(at) && s.touches(at+1), s.mark(at, "'"):
		firm = true
		at++
	case s.mark(at, ","):
		at++
	}
	if !s.number(at) || len(s.Tokens[at].Folded) > 3 || !isDigits(s.Tokens[at].Folded) {
		return 0, 0, false
	}
	last = at + 1
	if e, ok := s.is(last, classEras); ok && e.text == "ce" && s.spaced(last) {
		y, err := strconv.Atoi(s.Tokens[at].Folded) // "10 August 88 AD"
		return y, s.after(last), err == nil && y > 0
	}
	if len(s.Tokens[at].Folded) != 2 {
		return 0, 0, false
	}
	if !firm && (!s.clauseEnd(last) || s.mark(last, ":") || s.mark(last, "-") || s.mark(last, ",")) {
		return 0, 0, false
	}
	n, err := strconv.Atoi(s.Tokens[at].Folded)
	return s.century(n), last, err == nil
}

// yearForMonth chooses the year of a month that is named without one, by the
// word behind it ("الماضي", "next") or as the nearest that the tense allows, and
// gives the end of what said so.
func (s *scan) yearForMonth(m, d, last int) (y, end int) {
	ref := civilDay(s.ref)
	d = max(d, 1)
	at := func(year int) time.Time { return civil(year, time.Month(m), d) }
	switch {
	case s.any(last, classOf), s.any(last, classThisBefore):
		// "31 مارس من العام الماضي", "May this year"
		if y, end, ok := s.unitOfYear(last); ok {
			return y, end
		}
	case s.any(last, classThis):
		return ref.Year(), s.after(last)
	case s.any(last, classLast):
		y, end = ref.Year(), s.after(last)
		if !at(y).Before(ref) {
			y--
		}
		return y, end
	case s.any(last, classAfterNext):
		y, end = ref.Year()+1, s.after(last)
		if at(y - 1).Before(ref) {
			y++
		}
		return y, end
	case s.any(last, classNext):
		y, end = ref.Year(), s.after(last)
		if at(y).Before(ref) {
			y++
		}
		return y, end
	}
	if y, end, ok := s.unitOfYear(last); ok {
		return y, end // "May last year"
	}
	if s.recent.last > 0 && last-s.recent.last <= 5 {
		return s.recent.Lo.Year(), last // "July 12, 2014, July 13"
	}
	if s.year4 != 0 {
		return s.year4, last
	}
	y = ref.Year()
	nearest := y
	for m == int(time.February) && d == 29 && !leap(nearest) {
		nearest-- // there is none in the year itself
	}
	for _, candidate := range []int{y - 1, y + 1} {
		if m == int(time.February) && d == 29 {
			break
		}
		if distance(at(candidate), ref) < distance(at(nearest), ref) {
			nearest = candidate
		}
	}
	return nearest, last
}

func leap(y int) bool { return civil(y, time.February, 29).Day() == 29 }

func distance(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

// monthYear reads "يونيو 2015", "May 2017", and a month alone: "April", "شهر يونيو الماضي".
func (s *scan) monthYear(i int) (date, bool) {
	_, _, _, dated := s.yearAfter(s.after(min(max(i, s.lo), s.hi-1)))
	firm := dated || s.any(s.after(i), classAfterNext) || s.any(s.before(i), classIn, classRelationsSince, classRelationsUntil, classModifiers)
	if d, ok := s.yearMonth(i); ok {
		return d, true
	}
	m, at, ok := s.month(i, firm)
	if !ok {
		return date{}, false
	}
	y, last, hijri, ok := s.yearAfter(at)
	rule := "date.month"
	if !ok && s.number(at) && s.Tokens[at].Folded > "31" {
		y, last, ok = s.shortYear(at) // "August 99"
	}
	if !ok || hijri {
		y, last = s.yearForMonth(m, 15, at)
		rule = "date.month_without_year"
		if s.any(s.before(i), classRelationsSince) && civil(y, time.Month(m), 1).After(s.ref) {
			y--
		}
	}
	d := monthDate(y, time.Month(m))
	d.last, d.rule = last, rule
	return d, true
}

// yearMonth reads "2018 June".
func (s *scan) yearMonth(i int) (date, bool) {
	if !s.number(i) {
		return date{}, false
	}
	y, at, hijri, ok := s.yearNumber(i)
	if !ok || hijri {
		return date{}, false
	}
	m, last, ok := s.month(at, false)
	if !ok || s.number(last) || s.clitics(at) {
		return date{}, false
	}
	d := monthDate(y, time.Month(m))
	d.last, d.rule = last, "date.month"
	return d, true
}

// year reads a year where something says that it is one.
func (s *scan) year(i int) (date, bool) {
	y, last, hijri, ok := s.yearNumber(i)
	if !ok {
		return s.yearInWords(i)
	}
	named := s.any(i, classYearNouns) || last > i+1 && !s.mark(last-1, ")")
	if !named && !s.yearContext(i, last) {
		return date{}, false
	}
	if hijri || named && y >= 1300 && y < 1500 && s.clitics(i) {
		d := hijriYear(y)
		d.last, d.rule = last, "date.hijri_year"
		return d, true
	}
	d := yearDate(y)
	d.last, d.rule = last, "date.year"
	// "2014-2018", "2015/ 2016م"
	if s.mark(last, "-") || s.mark(last, "/") {
		if second, end, _, ok := s.yearNumber(last + 1); ok && second > y {
			d = rangeOf(d, yearDate(second))
			d.last, d.rule = end, "date.years"
			return d, true
		}
	}
	return d, true
}

// yearInWords reads a year in words behind "in": "in seventeen eighty nine". Whole
// thousands are numbers.
func (s *scan) yearInWords(i int) (date, bool) {
	if !s.any(s.before(i), classIn) || !s.spaced(i) {
		return date{}, false
	}
	y, last, ok := s.spelledYear(i)
	d := yearDate(y)
	d.last, d.rule = last, "date.year"
	return d, ok && y%1000 != 0
}

// yearContext reports whether a number of four digits in [i, last) that nothing
// else calls a year stands where years do.
func (s *scan) yearContext(i, last int) bool {
	y, _ := strconv.Atoi(s.Tokens[i].Folded)
	if y < 1500 || y > 2100 {
		return false
	}
	if s.mark(i-1, "(") && (s.mark(last, ")") || s.mark(last, "-")) {
		return true
	}
	if s.any(last, classScales, classCurrencies, classPercent, classMeasures, classTimeUnits, classKind) || s.mark(last, "%") {
		return false
	}
	if i == s.lo && s.mark(last, "-") && !s.touches(last) {
		return true // a line of a chronicle
	}
	before := s.before(i)
	if s.any(before, classTimeUnitsDual) {
		before = s.before(before)
	}
	if s.any(before, classIn, classRelationsSince, classRelationsUntil, classRelationsBefore, classRelationsAfter,
		classRelationsBetween, classModifiers, classYearNouns, classFrom, classBetween, classSeasons, classDecades) {
		return !s.any(before, classFrom) || s.any(last, classTo) || s.mark(last, "-") || y > 1900
	}
	if (s.mark(last, "-") || s.mark(last, "/")) && s.touches(last) {
		_, _, _, ok := s.yearNumber(last + 1)
		return ok
	}
	if s.any(i-1, classAnd, classTo) || s.joined(i) || s.mark(i-1, "-") {
		_, _, _, ok := s.yearNumber(i - 2)
		return ok
	}
	if s.spaced(max(i-1, s.lo)) && i > s.lo && y >= 1980 && y <= s.ref.Year()+3 && y%100 != 0 &&
		s.word(last) && (s.capital(i-1) || s.any(i-1, classFunction)) {
		return true // "the 2016 election", "Expo 2020 opens"
	}
	return s.mark(i+1, "world") || i > s.lo && s.spaced(i-1) && s.capital(i-1) && last == s.hi
}

func isYear(y int) bool { return y >= 1000 && y < 2200 }

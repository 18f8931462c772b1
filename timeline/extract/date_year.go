package extract

import "strconv"

// yearNumber reads a year: 2012, 2015م, عام 2012, "the year 1914", 1433هـ.
func (s *scan) yearNumber(i int) (y, last int, hijri, ok bool) {
	at := i
	if s.any(at, classYearNouns) {
		at = s.after(at)
		if e, ok := s.is(at, classEras); ok && e.text == "ah" && s.number(s.after(at)) {
			if y, last, _, ok := s.yearNumber(s.after(at)); ok {
				return y, last, true, true // "العام الهجري 1438"
			}
		}
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

// year reads a year where something says that it is one.
func (s *scan) year(i int) (date, bool) {
	if d, ok := s.dayInYear(i); ok {
		return d, true
	}
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
	if second, end, ok := s.secondYear(y, last); ok {
		d = rangeOf(d, yearDate(second))
		d.last, d.rule = end, "date.years"
	}
	return d, true
}

// dayInYear reads "this day in 2008", "مثل هذا اليوم من عام 2008": the day of
// publication in another year.
func (s *scan) dayInYear(i int) (date, bool) {
	if !s.any(i, classThisDay) {
		return date{}, false
	}
	at := s.after(i)
	if s.mark(at, ",") || s.mark(at, "،") {
		at++
	}
	if s.any(at, classIn, classOf) {
		at = s.after(at)
	}
	y, last, hijri, ok := s.yearNumber(at)
	if !ok || hijri {
		return date{}, false
	}
	today := civilDay(s.ref)
	d, ok := dayOf(y, int(today.Month()), today.Day())
	d.last, d.rule = last, "date.day_in_year"
	return d, ok
}

// secondYear reads the year that a range from y to it ends with: "2014-2018",
// "2015/ 2016م", "2014-18".
func (s *scan) secondYear(y, at int) (second, last int, ok bool) {
	if !s.mark(at, "-") && !s.mark(at, "/") {
		return 0, 0, false
	}
	if second, last, _, ok := s.yearNumber(at + 1); ok {
		return second, last, second > y
	}
	if !s.touches(at) || !s.touches(at+1) || !s.number(at+1) || len(s.Tokens[at+1].Folded) != 2 || s.touches(at+2) && !s.clauseEnd(at+2) {
		return 0, 0, false
	}
	n, err := strconv.Atoi(s.Tokens[at+1].Folded)
	second = y - y%100 + n
	return second, at + 2, err == nil && second > y
}

// yearInWords reads a year in words behind "in": "in seventeen eighty nine". Whole
// thousands are numbers.
func (s *scan) yearInWords(i int) (date, bool) {
	if s.any(i, classYearNouns) && s.clitics(i) {
		return s.namedYearInWords(i) // "عام ألفين وسبعة عشر"
	}
	if !s.any(s.before(i), classIn) || !s.spaced(i) {
		return date{}, false
	}
	y, last, ok := s.spelledYear(i)
	d := yearDate(y)
	d.last, d.rule = last, "date.year"
	return d, ok && y%1000 != 0
}

// namedYearInWords reads a year in words behind the word for it. One below a
// hundred would be a number of years.
func (s *scan) namedYearInWords(i int) (date, bool) {
	at := s.after(i)
	if s.any(i, classUnitsPlural) || !s.any(at, classNumbers, classScales, classScalesDual) || s.number(at) || s.joined(at) {
		return date{}, false
	}
	n, ok := s.below(at, 2200)
	if !ok || n.value <= 100 || n.value >= 2200 || s.any(n.last, classTimeUnits, classKind) {
		return date{}, false
	}
	d := yearDate(int(n.value))
	d.last, d.rule = n.last, "date.year"
	return d, true
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
	named := s.the(s.before(i)) && s.spaced(last) && !s.many(last) // "the 1988 attack"
	if s.any(last, classScales, classCurrencies, classPercent, classMeasures, classTimeUnits) && !s.joined(last) || s.mark(last, "%") ||
		s.any(last, classKind) && !s.joined(last) && !named {
		return false
	}
	if i == s.lo && s.mark(last, "-") && !s.touches(last) {
		return true // a line of a chronicle
	}
	before := s.before(i)
	if s.mark(before, "-") && s.touches(i) && s.any(i-2, classModifiers) {
		return true // "mid-2016"
	}
	if s.the(before) && s.spaced(before) && y >= 1900 && y <= s.ref.Year()+3 && y%100 != 0 && s.word(last) {
		return true // "the 1967 war"
	}
	if s.any(before, classTimeUnitsDual) || s.any(before, classTimeUnits) && s.any(before, classUnitsPlural) {
		before = s.before(before) // "between the years 2011 and 2014"
		if s.any(before, classArticle) {
			before = s.before(before)
		}
	}
	if s.any(before, classBoundsAbout) && y%100 != 0 && (s.clauseEnd(last) || s.any(last, classFunction)) {
		return true // "about 1950"
	}
	if s.endsWith(i, classIn) {
		return true // "as recently as 2015"
	}
	if s.any(before, classIn, classRelationsSince, classRelationsUntil, classRelationsBefore, classRelationsAfter,
		classRelationsBetween, classModifiers, classYearNouns, classFrom, classBetween, classSeasons, classDecades) {
		return !s.any(before, classFrom) || s.any(last, classTo) || s.mark(last, "-") || y > 1900
	}
	if s.touches(last) {
		if _, _, ok := s.secondYear(y, last); ok {
			return true
		}
	}
	listed := (s.mark(i-1, ",") || s.mark(i-1, "،")) && (s.any(last, classAnd) || s.joined(last) || s.clauseEnd(last))
	if s.any(i-1, classAnd, classTo) || s.joined(i) || s.mark(i-1, "-") || listed {
		_, _, _, ok := s.yearNumber(i - 2)
		return ok
	}
	if s.spaced(max(i-1, s.lo)) && i > s.lo && y >= 1980 && y <= s.ref.Year()+3 && y%100 != 0 &&
		s.word(last) && (s.capital(i-1) || s.any(i-1, classFunction)) {
		return true // "the 2016 election", "Expo 2020 opens"
	}
	return i > s.lo && s.spaced(i-1) && s.capital(i-1) && last == s.hi
}

func isYear(y int) bool { return y >= 1000 && y < 2200 }

package extract

import (
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
	"marsad/timeline/text"
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

func isYear(y int) bool { return y >= 1000 && y < 2200 }

// dayNumber reads the day of a month: 9, 28th, (28), الرابع, ninth.
func (s *scan) dayNumber(i int) (day, last int, ok bool) {
	if x, ok := s.is(i, classOrdinals); ok && x.value >= 1 && x.value <= 31 {
		if s.Tokens[i].Script == text.Latin && s.mark(i, "second") {
			return 2, s.after(i), !s.any(s.after(i), classTimeUnits)
		}
		return int(x.value), s.after(i), true
	}
	at, closing := i, 0
	if s.mark(i, "(") && s.mark(i+2, ")") {
		at, closing = i+1, 1
	}
	if !s.number(at) || len(s.Tokens[at].Folded) > 2 {
		return 0, 0, false
	}
	day, err := strconv.Atoi(s.Tokens[at].Folded)
	if err != nil || day < 1 || day > 31 {
		return 0, 0, false
	}
	last = at + 1 + closing
	if s.any(last, classOrdinalEnds) && s.touches(last) {
		last++
	}
	return day, last, true
}

// month reads a month, also under two names: "يوليو (تموز)", "أغسطس/ آب".
// firm says that what stands beside it makes even "may" and آب a month.
func (s *scan) month(i int, firm bool) (m, last int, ok bool) {
	if s.any(i, classMonthNouns) && s.any(i+1, classMonths) {
		i++
		firm = true
	}
	x, ok := s.is(i, classMonths)
	if !ok {
		return 0, 0, false
	}
	m, last = int(x.value), s.after(i)
	switch {
	case s.mark(last, "(") && s.any(last+1, classMonths) && s.mark(s.after(last+1), ")"):
		return m, s.after(last+1) + 1, true
	case s.mark(last, "/") && s.any(last+1, classMonths):
		return m, s.after(last + 1), true
	}
	if s.mark(last, ".") && s.touches(last) && s.number(last+1) {
		last++ // "Jan. 5"
	}
	if x.weak && s.Tokens[i].Script == text.Latin && !s.capital(i) {
		return 0, 0, false
	}
	return m, last, firm || s.supported(i, x)
}

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

// dayMonth reads "20 May 2017", "الرابع من يونيو", "28 إبريل", "9 أغسطس/ آب".
func (s *scan) dayMonth(i int) (date, bool) {
	d, at, ok := s.dayNumber(i)
	if !ok {
		return date{}, false
	}
	if s.any(at, classOf) {
		at++
	}
	m, last, ok := s.month(at, true)
	if !ok {
		// "14 و17 أغسطس", "19 إلى 21 أغسطس": the month stands behind the second.
		return s.sharedMonth(d, i)
	}
	return s.completeDay(m, d, last)
}

// sharedMonth reads the first of two days that share a month.
func (s *scan) sharedMonth(day, i int) (date, bool) {
	_, at, _ := s.dayNumber(i)
	ranged := false
	end := at
	switch {
	case s.mark(at, "-"):
		ranged = true
		at++
	case s.any(at, classTo):
		ranged = true
		at = s.after(at)
	case s.any(at, classAnd):
		at = s.after(at)
	case !s.joined(at):
		return date{}, false
	}
	second, next, ok := s.dayNumber(at)
	if !ok {
		return date{}, false
	}
	if s.any(next, classOf) {
		next++
	}
	m, last, ok := s.month(next, true)
	if !ok {
		return date{}, false
	}
	a, ok := s.completeDay(m, day, last)
	if !ok {
		return date{}, false
	}
	if !ranged {
		a.last = end
		return a, true
	}
	b, ok := s.completeDay(m, second, last)
	if !ok || !b.Lo.After(a.Lo) {
		return date{}, false
	}
	return rangeOf(a, b), true
}

// monthDay reads "April 2, 2020", "August 26", "May 5-7".
func (s *scan) monthDay(i int) (date, bool) {
	if s.any(i, classMonths) && s.Tokens[i].Script != text.Latin {
		return date{}, false
	}
	m, at, ok := s.month(i, s.number(s.after(min(i, s.hi-1))))
	if !ok || !s.number(at) {
		return date{}, false
	}
	d, last, ok := s.dayNumber(at)
	if !ok {
		return date{}, false
	}
	if s.mark(last, ":") && s.touches(last) { // "May 10:30"
		return date{}, false
	}
	if s.mark(last, "-") || s.any(last, classTo) {
		if second, end, ok := s.dayNumber(last + 1); ok && second > d && !s.any(end, classMonths) {
			a, okA := s.completeDay(m, d, end)
			b, okB := s.completeDay(m, second, end)
			if okA && okB {
				return rangeOf(a, b), true
			}
		}
	}
	return s.completeDay(m, d, last)
}

// completeDay gives the day of the month a year: the one that follows, or the
// one that the words behind it or the tense choose.
func (s *scan) completeDay(m, d, last int) (date, bool) {
	y, end, hijri, ok := s.yearAfter(last)
	rule := "date.day"
	if !ok || hijri {
		y, end = s.yearForMonth(m, d, last)
		rule = "date.day_without_year"
	}
	out, valid := dayOf(y, m, d)
	out.last, out.rule = end, rule
	return out, valid
}

// yearAfter reads the year behind a day or a month: ", 2020", "من عام 2015", "2017".
func (s *scan) yearAfter(at int) (y, last int, hijri, ok bool) {
	if s.mark(at, ",") || s.mark(at, "،") || s.any(at, classOf) {
		at++
	}
	if s.any(at, classIn) && s.any(s.after(at), classYearNouns) {
		at++
	}
	return s.yearNumber(at)
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
	case s.any(last, classNext):
		y, end = ref.Year(), s.after(last)
		if at(y).Before(ref) {
			y++
		}
		return y, end
	}
	y = ref.Year()
	nearest := y
	for _, candidate := range []int{y - 1, y + 1} {
		if distance(at(candidate), ref) < distance(at(nearest), ref) {
			nearest = candidate
		}
	}
	return nearest, last
}

func distance(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

// monthYear reads "يونيو 2015", "May 2017", and a month alone: "April", "شهر يونيو الماضي".
func (s *scan) monthYear(i int) (date, bool) {
	_, _, _, dated := s.yearAfter(s.after(min(max(i, s.lo), s.hi-1)))
	firm := dated || s.any(s.before(i), classIn, classRelationsSince, classRelationsUntil, classModifiers)
	m, at, ok := s.month(i, firm)
	if !ok {
		return date{}, false
	}
	y, last, hijri, ok := s.yearAfter(at)
	rule := "date.month"
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

// year reads a year where something says that it is one.
func (s *scan) year(i int) (date, bool) {
	y, last, hijri, ok := s.yearNumber(i)
	if !ok {
		return date{}, false
	}
	named := s.any(i, classYearNouns) || last > i+1 && !s.mark(last-1, ")")
	if !named && !s.yearContext(i, last) {
		return date{}, false
	}
	if hijri || named && y >= 1300 && y < 1500 && s.Tokens[i].Script == text.Arabic {
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
	return s.mark(i+1, "world") || i > s.lo && s.Tokens[i-1].Script == text.Latin && s.capital(i-1) && last == s.hi
}

// partOfYear reads quarters, halves and seasons: "الربع الأول من عام 2015",
// "the first quarter of 2015", "summer 2015".
func (s *scan) partOfYear(i int) (date, bool) {
	n, at, months := 0, i, 0
	if x, ok := s.is(i, classOrdinals); ok && s.Tokens[i].Script == text.Latin {
		n, at = int(x.value), s.after(i)
	}
	switch {
	case s.any(at, classQuarters):
		months = 3
	case s.any(at, classHalves):
		months = 6
	default:
		return s.season(i)
	}
	at = s.after(at)
	if n == 0 {
		x, ok := s.is(at, classOrdinals)
		if !ok {
			return date{}, false
		}
		n, at = int(x.value), s.after(at)
	}
	if n < 1 || n*months > 12 {
		return date{}, false
	}
	y, last, hijri, ok := s.yearAfter(at)
	if !ok || hijri {
		unit, end, found := s.unitOfYear(at)
		switch {
		case found:
			y, last = unit, end
		case months == 3 && s.Tokens[i].Script == text.Arabic && s.definite(i):
			// A quarter named by itself is the last that has begun.
			y, last = s.ref.Year(), at
			if monthsOf(y, n, months).Lo.After(s.ref) {
				y--
			}
		default:
			return date{}, false
		}
	}
	d := monthsOf(y, n, months)
	d.last, d.rule = last, "date.part_of_year"
	return d, true
}

// unitOfYear reads "من العام الجاري", "of last year", "of this year".
func (s *scan) unitOfYear(at int) (y, last int, ok bool) {
	if s.any(at, classOf) {
		at++
	}
	d, ok := s.relativeUnit(at)
	if !ok || d.precision != timeline.Year {
		return 0, 0, false
	}
	return d.Lo.Year(), d.last, true
}

// season reads "summer 2015", "صيف العام 2015".
func (s *scan) season(i int) (date, bool) {
	x, ok := s.is(i, classSeasons)
	if !ok {
		return date{}, false
	}
	y, last, hijri, ok := s.yearAfter(s.after(i))
	if !ok || hijri {
		return date{}, false
	}
	d := seasonDate(y, time.Month(int(x.value)))
	d.last, d.rule = last, "date.season"
	return d, true
}

// decadeOrCentury reads "1990s", "التسعينات", "القرن العشرين", "19th century".
func (s *scan) decadeOrCentury(i int) (date, bool) {
	if s.number(i) && s.mark(i+1, "s") && s.touches(i+1) && len(s.Tokens[i].Folded) == 4 {
		if y, err := strconv.Atoi(s.Tokens[i].Folded); err == nil && y%10 == 0 && isYear(y) {
			d := decadeDate(y)
			d.last, d.rule = i+2, "date.decade"
			return d, true
		}
	}
	if x, ok := s.is(i, classDecades); ok && s.articled(i) {
		return s.decadeOf(int(x.value), s.after(i)), true
	}
	if x, ok := s.is(i, classDecades); ok && s.centuryAt(s.after(i)) {
		return s.decadeOf(int(x.value), s.after(i)), true
	}
	if s.centuryAt(i) && !strings.HasPrefix(s.glosses[i].prefix, "لل") {
		return s.arabicCentury(s.after(i))
	}
	if d, ok := s.firstDecade(i); ok {
		return d, true
	}
	c, at, ok := s.dayNumber(i)
	if !ok || at >= s.hi {
		return date{}, false
	}
	if s.mark(at, "-") {
		at++
	}
	if u, ok := s.is(at, classTimeUnits); !ok || u.text != unitCentury || s.Tokens[at].Script != text.Latin {
		return date{}, false
	}
	d := centuryDate(c)
	d.last, d.rule = s.after(at), "date.century"
	return d, true
}

// centuryAt reports whether القرن stands at i.
func (s *scan) centuryAt(i int) bool {
	u, ok := s.is(i, classTimeUnits)
	return ok && u.text == unitCentury && s.Tokens[i].Script == text.Arabic && s.articled(i)
}

// decadeOf gives the decade of the century that is named behind it, else of the
// twentieth: "ستينات القرن الماضي".
func (s *scan) decadeOf(tens, at int) date {
	d := decadeDate(1900 + tens)
	if s.centuryAt(at) {
		if c, ok := s.arabicCentury(s.after(at)); ok {
			d = decadeDate(c.Lo.Year() - 1 + tens)
			at = c.last
		}
	}
	d.last, d.rule = at, "date.decade"
	return d
}

// firstDecade reads "العقد الأول من القرن الماضي".
func (s *scan) firstDecade(i int) (date, bool) {
	u, ok := s.is(i, classTimeUnits)
	if !ok || u.text != unitDecade || s.Tokens[i].Script != text.Arabic {
		return date{}, false
	}
	n, ok := s.is(s.after(i), classOrdinals)
	at := s.after(s.after(i))
	if !ok || n.value > 10 || !s.any(at, classOf) || !s.centuryAt(s.after(at)) {
		return date{}, false
	}
	return s.decadeOf(10*int(n.value-1), s.after(at)), true
}

// arabicCentury reads what follows القرن: العشرين, الـ19, ال(14), with its era.
func (s *scan) arabicCentury(at int) (date, bool) {
	c := 0
	last := at
	if x, ok := s.is(at, classOrdinals); ok {
		c, last = int(x.value), s.after(at)
	} else if x, ok := s.is(at, classNumbers); ok && s.definite(at) && x.value == 20 {
		c, last = 20, s.after(at)
	} else if s.any(at, classLast) {
		c, last = (s.ref.Year()-1)/100, s.after(at)
	} else if s.any(at, classThis) {
		c, last = (s.ref.Year()-1)/100+1, s.after(at)
	} else {
		if s.mark(at, "ال") {
			at++
		}
		var ok bool
		if c, last, ok = s.dayNumber(at); !ok {
			return date{}, false
		}
	}
	if e, ok := s.is(last, classEras); ok {
		if e.text == "ah" {
			return date{}, false
		}
		last = s.after(last)
	}
	d := centuryDate(c)
	d.last, d.rule = last, "date.century"
	return d, true
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

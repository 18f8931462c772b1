package extract

import (
	"strconv"
	"strings"

	"marsad/timeline"
)

// dayNumber reads the day of a month: 9, 28th, (28), الرابع, ninth, twenty-first.
func (s *scan) dayNumber(i int) (day, last int, ok bool) {
	if x, ok := s.is(i, classTimeUnits); ok && x.weak && s.any(i, classOrdinals) && s.any(i+1, classTimeUnits) { // "second week"
		return 0, 0, false
	}
	if n, last, ok := s.place(i); ok {
		return int(n), last, n >= 1 && n <= 31
	}
	at, closing := i, 0
	switch {
	case s.mark(i, "(") && s.mark(i+2, ")"):
		at, closing = i+1, 1
	case s.mark(i, article) && s.number(i+1):
		at = i + 1 // "الـ21 من يونيو"
	}
	if !s.number(at) || len(s.Tokens[at].Folded) > 2 {
		return s.spelledDay(i)
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

// spelledDay reads the day of a month in words: "twenty two", "واحد وعشرين".
func (s *scan) spelledDay(i int) (day, last int, ok bool) {
	if !s.any(i, classNumbers) {
		return 0, 0, false
	}
	n, ok := s.hundreds(i)
	if !ok || n.value < 1 || n.value > 31 {
		return 0, 0, false
	}
	return int(n.value), n.last, true
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
		return s.numberedMonth(i)
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
		firm = true
	}
	if short := s.any(i, classMonthsShort); short && !firm || x.weak && !short && s.spaced(i) && !s.capital(i) && !s.firstOf(i) {
		return 0, 0, false // "Jan Egeland", "they may"
	}
	if s.any(s.before(i), classSets) {
		return 0, 0, false // "every May"
	}
	return m, last, firm || s.supported(i, x) && (!x.weak || !s.afterName(i))
}

// firstOf reports whether a place ends the clause behind the month at i, as in
// "march first": small letters then hide a name, not a verb.
func (s *scan) firstOf(i int) bool {
	n, last, ok := s.place(s.after(i))
	return ok && n <= 31 && s.clauseEnd(last) && (i == s.lo || s.any(i-1, classIn, classOn))
}

// afterName reports whether a name may go on with the word at i: a word in
// capitals that says nothing of time stands before it, as in "Theresa May", "the
// Women's March".
func (s *scan) afterName(i int) bool {
	k := i - 1
	return s.word(k) && s.spaced(k) && s.capital(k) && !s.any(k, classFunction, classIn, classModifiers, classWeekdays, classLastBefore,
		classNextBefore, classThisBefore, classRelationsSince, classRelationsUntil, classRelationsBefore, classRelationsAfter, classBetween, classRest)
}

// numberedMonth reads a month by its number: "شهر ثلاثة", "شهر 3".
func (s *scan) numberedMonth(i int) (m, last int, ok bool) {
	if !s.any(i, classMonthNouns) || s.articled(i) {
		return 0, 0, false
	}
	n, ok := s.simple(i + 1)
	return int(n.value), n.last, ok && n.value >= 1 && n.value <= 12 && n.value == float64(int(n.value)) &&
		!s.any(n.last, classUnitsPlural)
}

// dayMonth reads "20 May 2017", "الرابع من يونيو", "28 إبريل", "9 أغسطس/ آب".
func (s *scan) dayMonth(i int) (date, bool) {
	d, at, ok := s.dayNumber(i)
	if !ok {
		return date{}, false
	}
	of := s.any(at, classOf)
	switch {
	case of:
		at++
	case s.mark(at, "-") && s.touches(at) && s.touches(at+1), s.mark(at, "/"), s.mark(at, ".") && s.touches(at):
		at++ // "31-Oct-74", "2/ أكتوبر", "16. Nov. 2016"
	}
	m, last, ok := s.month(at, true)
	if !ok && (of || s.any(at-1, classOrdinalEnds)) && s.any(at, classMonths) && s.spaced(at) {
		x, _ := s.is(at, classMonths) // "the first of march", "25th march 2015"
		m, last, ok = int(x.value), s.after(at), true
	}
	if !ok {
		// "14 و17 أغسطس", "19 إلى 21 أغسطس": the month stands behind the second.
		return s.sharedMonth(d, i)
	}
	return s.completeDay(i, m, d, last)
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
	if s.any(at, classArticle) && s.spaced(at) {
		at = s.after(at)
	}
	second, next, ok := s.dayNumber(at)
	if !ok {
		return date{}, false
	}
	const most = 6                         // days in a list: each is read from itself to the month
	for k := 0; k < most && !ranged; k++ { // "3 و4 و5 مايو"
		further, and := s.conjoined(next)
		n, after, ok := s.dayNumber(further)
		if !and || !ok {
			break
		}
		second, next = n, after
	}
	if s.any(next, classOf, classIn) {
		next++
	}
	m, last, ok := s.month(next, true)
	if !ok {
		return s.daysOfMonth(day, second, next, end, ranged || s.any(s.before(i), classBetween))
	}
	a, ok := s.completeDay(i, m, day, last)
	if !ok {
		return date{}, false
	}
	if !ranged {
		a.last = end
		return a, true
	}
	b, ok := s.completeDay(i, m, second, last)
	if !ok || !b.Lo.After(a.Lo) {
		return date{}, false
	}
	return rangeOf(a, b), true
}

// dayAgain reads the second of two days that share the month before them: the 4 of
// "on May 3 and 4".
func (s *scan) dayAgain(i int) (date, bool) {
	n := len(s.facts.Dates)
	if n == 0 || i-2 < s.lo || !s.number(i) || !s.number(i-2) || !s.any(i-1, classAnd) || !s.spaced(i-1) {
		return date{}, false
	}
	before := s.facts.Dates[n-1]
	day, last, ok := s.dayNumber(i)
	if !ok || !s.clauseEnd(last) || before.Precision != timeline.Day || !strings.HasPrefix(before.Rule, "date.day") ||
		before.Span.End != s.Tokens[i-2].End || day <= before.Interval.Lo.Day() {
		return date{}, false
	}
	y, m, _ := before.Interval.Lo.Date()
	year, end, hijri, ok := s.yearAfter(last)
	if ok && !hijri {
		y, last = year, end
	}
	d, ok := dayOf(y, int(m), day)
	d.last, d.rule = last, "date.day_without_year"
	return d, ok
}

// daysOfMonth reads two days of a relative month: "from 4 to 22 this month".
func (s *scan) daysOfMonth(day, second, at, end int, ranged bool) (date, bool) {
	month, ok := s.relativeUnit(at)
	if !ok || month.precision != timeline.Month || second <= day {
		return date{}, false
	}
	a := dayDate(month.Lo.AddDate(0, 0, day-1))
	a.rule = "date.day_of_month"
	if !ranged {
		a.last = end
		return a, a.Lo.Before(month.Hi)
	}
	b := dayDate(month.Lo.AddDate(0, 0, second-1))
	b.last = month.last
	return rangeOf(a, b), b.Lo.Before(month.Hi)
}

// monthDay reads "April 2, 2020", "August 26", "May 5-7".
func (s *scan) monthDay(i int) (date, bool) {
	if s.clitics(i) && !s.number(s.after(i)) && !s.mark(s.after(i), "-") {
		return date{}, false
	}
	behind := s.after(min(i, s.hi-1))
	m, at, ok := s.month(i, s.number(behind) || s.any(behind, classOrdinals, classNumbers) || (s.the(behind) || s.mark(behind, "-") && s.touches(behind)) && s.number(behind+1))
	if !ok {
		return date{}, false
	}
	switch {
	case s.mark(at, "-") && s.touches(at) && s.touches(at+1), s.mark(at, ",") && s.any(at+2, classOrdinalEnds):
		at++ // "Jan-1", "March, 6th 2016"
	case s.any(at, classArticle) && s.spaced(at):
		at = s.after(at) // "September the twenty-first"
	}
	d, last, ok := s.dayNumber(at)
	if !ok {
		return date{}, false
	}
	if s.mark(last, ":") && s.touches(last) && s.touches(last+1) { // "May 10:30"
		return date{}, false
	}
	between := s.any(s.before(i), classBetween, classRelationsBetween) && s.any(last, classAnd)
	if s.mark(last, "-") || s.any(last, classTo) || between {
		if second, end, ok := s.dayNumber(last + 1); ok && second > d && !s.any(end, classMonths) && (!between || s.dayEnds(end)) {
			a, okA := s.completeDay(i, m, d, end)
			b, okB := s.completeDay(i, m, second, end)
			if okA && okB {
				return rangeOf(a, b), true
			}
		}
	}
	return s.completeDay(i, m, d, last)
}

// dayEnds reports whether a number that ends before token i may be a day: nothing
// that it could count follows.
func (s *scan) dayEnds(i int) bool {
	_, _, _, year := s.yearAfter(i)
	return year || s.clauseEnd(i) || s.any(i, classFunction)
}

// completeDay gives the day of the month a year: the one that follows, or the
// one that the words behind it or the tense choose.
func (s *scan) completeDay(i, m, d, last int) (date, bool) {
	y, end, hijri, ok := s.yearAfter(last)
	rule := "date.day"
	if !ok {
		y, end, ok = s.shortYear(last)
	}
	if !ok || hijri {
		y, end = s.yearForMonth(i, m, d, last)
		rule = "date.day_without_year"
	}
	out, valid := dayOf(y, m, d)
	out.last, out.rule = end, rule
	return out, valid
}

package extract

import "time"

// monthYear reads "يونيو 2015", "May 2017", and a month alone: "April", "شهر يونيو الماضي".
func (s *scan) monthYear(i int) (date, bool) {
	behind := s.after(min(max(i, s.lo), s.hi-1))
	_, _, _, dated := s.yearAfter(behind)
	_, _, related := s.unitOfYear(behind)
	firm := dated || related || s.any(behind, classAfterNext) || s.mark(behind, "-") && s.any(behind+1, classMonths) || s.any(s.before(i), classIn, classRelationsSince, classRelationsUntil, classModifiers)
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
		y, last = s.yearForMonth(i, m, 0, at)
		rule = "date.month_without_year"
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
	m, last, ok := s.month(at, s.number(s.after(at)))
	if !ok || s.clitics(at) {
		return date{}, false
	}
	d := monthDate(y, time.Month(m))
	d.last, d.rule = last, "date.month"
	if n, end, ok := s.dayNumber(last); ok { // "2018 June 5"
		d, ok = dayOf(y, m, n)
		d.last, d.rule = end, "date.day"
		return d, ok
	}
	return d, !s.number(last)
}

// yearForMonth chooses the year of a month that is named without one, by the
// word behind it ("الماضي", "next") or as the nearest that the tense allows, and
// gives the end of what said so. Of a whole month d is 0: the last May is not the
// one of publication.
func (s *scan) yearForMonth(i, m, d, last int) (y, end int) {
	ref := civilDay(s.ref)
	since, firstDay := ref, max(d, 1)
	if d == 0 {
		since, d = ref.AddDate(0, 0, 1-ref.Day()), middle
	}
	at := func(year int) time.Time { return civil(year, time.Month(m), d) }
	if s.any(last, classOf) || s.any(last, classThisBefore) {
		// "31 مارس من العام الماضي", "May this year"
		if y, end, ok := s.unitOfYear(last); ok {
			return y, end
		}
	} else if w, end, ok := s.wayBehind(last); ok {
		y = ref.Year()
		switch {
		case w.steps < 0 && !at(y).Before(since):
			y--
		case w.steps > 0 && at(y).Before(since):
			y++
		}
		return y + w.steps - min(max(w.steps, -1), 1), end
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
	if y, ok := s.eventYear(m, d, last); ok && d > 0 {
		return y, last
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
	if first := civil(nearest, time.Month(m), firstDay); first.After(ref) && (s.begun(i) || s.happened(i)) {
		for nearest--; m == int(time.February) && d == 29 && !leap(nearest); {
			nearest-- // what is over is not to come
		}
	}
	return nearest, last
}

// middle is the day that a month without one is compared by.
const middle = 15

// begun reports whether the date at token i is since when something lasts: "since 9
// August", "since the 9 August vote", "منذ انتخابات 9 أغسطس".
func (s *scan) begun(i int) bool {
	const longest = 3 // words between
	for k := i - 1; k >= s.lo && k >= i-1-longest; k-- {
		if s.any(k, classSince) {
			return true
		}
		if !s.word(k) || s.any(k, classSaidVerbs, classThat, classFuture, classAnd, classPronouns) {
			return false
		}
	}
	return false
}

// happened reports whether a verb in the past stands right before the date at
// token i, or before the preposition that leads to it: "was built in July",
// "exchanged on 12 October"; not "to be exchanged in October".
func (s *scan) happened(i int) bool {
	k := s.before(i)
	if s.any(k, classArticle) {
		k = s.before(k)
	}
	if s.any(k, classIn, classOn) {
		k = s.before(k)
	}
	if !s.word(k) || s.traits(k)&pastEd == 0 || s.capital(k) || s.any(k, classFuture, classNumbers, classScales, classIn) || s.comes(i) {
		return false
	}
	if !s.any(k, classPast) && (!s.endsIn(k, "ed") || s.endsIn(k, "eed")) {
		return false
	}
	return k == s.lo || !s.any(k-1, classPresent)
}

func leap(y int) bool { return civil(y, time.February, 29).Day() == 29 }

func distance(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

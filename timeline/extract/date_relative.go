package extract

import (
	"math"
	"strings"
	"time"

	"marsad/timeline"
	"marsad/timeline/text"
)

// relative reads a date that is told from the day of publication, at i.
func (s *scan) relative(i int) (date, bool) {
	for _, read := range []func(int) (date, bool){
		s.unitsAgo, s.rollingUnits, s.deictic, s.weekday, s.weekendDate, s.relativeUnit, s.partOfToday,
	} {
		if d, ok := read(i); ok {
			d.first = i
			if d.rule == "" {
				d.rule = "date.relative"
			}
			return d, true
		}
	}
	return date{}, false
}

// deictic reads "today", "أمس الأول", "بعد غد", with the weekday that may follow:
// "اليوم الأحد".
func (s *scan) deictic(i int) (date, bool) {
	x, ok := s.is(i, classDays)
	if !ok || x.weak {
		return date{}, false
	}
	at := s.after(i)
	if s.mark(at, ":") && at+1 == s.hi {
		return date{}, false // the byline of a paper that is named so
	}
	d := dayDate(civilDay(s.ref).AddDate(0, 0, int(x.value)))
	if s.any(at, classWeekdays) && s.Tokens[at].Script == text.Arabic && !s.joined(at) {
		at = s.after(at)
	}
	d.last, d.rule = at, "date.deictic"
	return d, true
}

// weekday reads "الجمعة", "يوم الأحد المقبل", "last Monday", "Tuesday".
func (s *scan) weekday(i int) (date, bool) {
	at, way := i, 0
	switch {
	case s.any(at, classLastBefore):
		way, at = -1, s.after(at)
	case s.any(at, classNextBefore):
		way, at = 1, s.after(at)
	case s.any(at, classThisBefore):
		at = s.after(at)
	case s.any(at, classDay):
		at = s.after(at)
	}
	x, ok := s.is(at, classWeekdays)
	if !ok || !s.supported(at, x) {
		return date{}, false
	}
	if s.Tokens[at].Script == text.Arabic && s.glosses[at].tokens == 1 && !s.articled(at) {
		return date{}, false
	}
	last := s.after(at)
	switch {
	case s.any(last, classLast):
		way, last = -1, s.after(last)
	case s.any(last, classNext):
		way, last = 1, s.after(last)
	}
	if way == 0 && s.comes(i) {
		way = 1
	}
	today := civilDay(s.ref)
	back := (int(today.Weekday()) - int(x.value) + 7) % 7
	target := today.AddDate(0, 0, -back)
	switch {
	case way < 0 && back == 0:
		target = target.AddDate(0, 0, -7)
	case way > 0:
		target = target.AddDate(0, 0, 7)
	}
	d := dayDate(target)
	d.last, d.rule = last, "date.weekday"
	return d, true
}

// articled reports whether the Arabic word at i begins with the article.
func (s *scan) articled(i int) bool {
	return s.definite(i) || strings.HasPrefix(s.Tokens[i].Folded[len(s.glosses[i].prefix):], "ال")
}

// comes reports whether the words before token i speak of what is to come and
// nobody is said to have spoken since: "will meet on Tuesday".
func (s *scan) comes(i int) bool {
	const reach = 10 // tokens
	for k := i - 1; k >= s.lo && k > i-reach; k-- {
		if s.any(k, classSaidVerbs) {
			return false
		}
		if s.any(k, classFuture) || s.futureVerb(k) {
			return true
		}
	}
	return false
}

// futureVerb reports whether the word is an Arabic verb with the future particle:
// سيعقد, ستبدأ.
func (s *scan) futureVerb(i int) bool {
	w := strings.TrimPrefix(s.Tokens[i].Folded, "و")
	rest, ok := strings.CutPrefix(w, "س")
	if !ok || len(rest) < 8 || len(s.glosses[i].senses) > 0 {
		return false
	}
	return strings.HasPrefix(rest, "ي") || strings.HasPrefix(rest, "ت") && !strings.HasSuffix(rest, "ه")
}

// weekendDate reads "the weekend", "last weekend", "نهاية الأسبوع".
func (s *scan) weekendDate(i int) (date, bool) {
	at, weeks := i, 0
	switch {
	case s.any(at, classLastBefore):
		weeks, at = -1, s.after(at)
	case s.any(at, classNextBefore):
		weeks, at = 1, s.after(at)
	case s.any(at, classThisBefore):
		at = s.after(at)
	}
	if !s.any(at, classWeekend) {
		return date{}, false
	}
	last := s.after(at)
	today := civilDay(s.ref)
	saturday := today.AddDate(0, 0, -(int(today.Weekday())+1)%7)
	switch {
	case s.any(last, classLast):
		last = s.after(last)
	case s.any(last, classNext):
		weeks, last = 1, s.after(last)
	}
	if weeks < 0 && saturday.AddDate(0, 0, 1).Before(today) || weeks < 0 && today.Weekday() != time.Saturday && today.Weekday() != time.Sunday {
		weeks = 0 // the last one is over already
	}
	saturday = saturday.AddDate(0, 0, 7*weeks)
	return date{
		last: last, Interval: timeline.Interval{Lo: saturday, Hi: saturday.AddDate(0, 0, 2)},
		precision: timeline.UnknownGrain, rule: "date.weekend",
	}, true
}

// relativeUnit reads "last year", "this month", "العام الماضي", "الشهر الجاري",
// "هذا الأسبوع", "next week".
func (s *scan) relativeUnit(i int) (date, bool) {
	at, way, said := i, 0, false
	switch {
	case s.any(at, classLastBefore):
		x, _ := s.is(at, classLastBefore)
		way, said, at = -1, !x.weak, s.after(at)
	case s.any(at, classNextBefore):
		way, said, at = 1, true, s.after(at)
	case s.any(at, classThisBefore):
		said, at = true, s.after(at)
	}
	if said && s.Tokens[at-1].Script == text.Latin {
		if d, ok := s.relativeMonth(at, way); ok {
			return d, true
		}
	}
	u, ok := s.is(at, classTimeUnits)
	if !ok || u.weak || at > i && !said {
		return date{}, false
	}
	last := s.after(at)
	arabic := s.Tokens[at].Script == text.Arabic
	if arabic && !s.articled(at) || !arabic && strings.HasSuffix(s.Tokens[at].Folded, "s") && !strings.HasSuffix(s.Tokens[at].Folded, "'s") {
		return date{}, false
	}
	if arabic && !oneUnit(s.Tokens[at].Folded) {
		return date{}, false
	}
	switch {
	case s.any(last, classLast):
		way, said, last = -1, true, s.after(last)
	case s.any(last, classNext):
		way, said, last = 1, true, s.after(last)
	case s.any(last, classThis):
		way, said, last = 0, true, s.after(last)
	}
	if !said {
		return date{}, false
	}
	d, ok := unitDate(civilDay(s.ref), u.text, way)
	if u.text == unitDecade {
		d, ok = decadeDate(s.ref.Year()+10*way), true
	}
	d.last, d.rule = last, "date.relative_unit"
	return d, ok
}

// oneUnit reports whether the Arabic unit of time is one of it: a week, not weeks.
func oneUnit(folded string) bool {
	for _, one := range []string{"يوم", "ليله", "اسبوع", "شهر", "عام", "سنه", "عقد", "قرن"} {
		if strings.HasSuffix(folded, one) {
			return true
		}
	}
	return false
}

// relativeMonth reads the month or the season of "last March", "next summer".
func (s *scan) relativeMonth(at, way int) (date, bool) {
	ref := civilDay(s.ref)
	if x, ok := s.is(at, classSeasons); ok {
		d := seasonDate(ref.Year()+way, time.Month(int(x.value)))
		if way < 0 && seasonDate(ref.Year(), time.Month(int(x.value))).Hi.Before(ref) {
			d = seasonDate(ref.Year(), time.Month(int(x.value)))
		}
		d.last, d.rule = s.after(at), "date.relative_season"
		return d, true
	}
	x, ok := s.is(at, classMonths)
	if !ok {
		return date{}, false
	}
	y, m := ref.Year(), time.Month(int(x.value))
	switch {
	case way < 0 && m >= ref.Month():
		y--
	case way > 0 && m <= ref.Month():
		y++
	}
	d := monthDate(y, m)
	d.last, d.rule = s.after(at), "date.relative_month"
	return d, true
}

// partOfToday reads "this morning".
func (s *scan) partOfToday(i int) (date, bool) {
	if !s.any(i, classThisBefore) || !s.any(s.after(i), classParts) {
		return date{}, false
	}
	d := dayDate(civilDay(s.ref))
	d.last, d.rule = s.after(s.after(i)), "date.part_of_day"
	return d, true
}

// span of time units with a number, an article or nothing before the unit.
type stretch struct {
	n    int
	unit string
	last int
	// exact is false for "a few days": the number is not said.
	exact bool
}

// stretch reads "six years", "عامين", "شهر", "a week", "ثلاثة أشهر".
func (s *scan) stretch(i int) (stretch, bool) {
	if u, ok := s.is(i, classTimeUnitsDual); ok {
		return stretch{2, u.text, s.after(i), true}, true
	}
	if u, ok := s.is(i, classTimeUnits); ok && !u.weak && s.Tokens[i].Script == text.Arabic && !s.articled(i) && !s.yearAt(i) && oneUnit(strings.TrimSuffix(s.Tokens[i].Folded, "ا")) {
		return stretch{1, u.text, s.after(i), true}, true
	}
	if s.any(i, classArticle) && s.Tokens[i].Script == text.Latin && !s.mark(i, "the") {
		if u, ok := s.is(s.after(i), classTimeUnits); ok {
			return stretch{1, u.text, s.after(s.after(i)), true}, true
		}
	}
	q, ok := s.quantity(i)
	if !ok || math.IsNaN(q.best) || q.best != math.Trunc(q.best) || q.best < 1 || q.best > 10000 {
		return stretch{}, false
	}
	u, ok := s.is(q.last, classTimeUnits)
	if !ok || s.joined(q.last) || s.definite(q.last) {
		return stretch{}, false
	}
	return stretch{int(q.best), u.text, s.after(q.last), true}, true
}

// yearAt reports whether a year stands at i: "منذ عام 2012" is no year ago.
func (s *scan) yearAt(i int) bool {
	_, _, _, ok := s.yearNumber(i)
	return ok
}

// unitsAgo reads "two years ago", "قبل عامين", "منذ ست سنوات" and, of what is to
// come, "three days from now", "بعد يومين من الآن".
func (s *scan) unitsAgo(i int) (date, bool) {
	switch {
	case s.any(i, classSince):
		return s.sinceUnits(i)
	case s.any(i, classAgoBefore):
		x, ok := s.stretch(s.after(i))
		if !ok || s.any(x.last, classOf) && s.Tokens[i].Script == text.Arabic {
			return date{}, false
		}
		return s.ago(x, x.last)
	case s.any(i, classHenceBefore):
		x, ok := s.stretch(s.after(i))
		if !ok || !s.any(x.last, classHenceAfter) {
			return date{}, false
		}
		return s.told(x.unit, x.n, s.after(x.last))
	}
	x, ok := s.stretch(i)
	if !ok {
		return date{}, false
	}
	switch {
	case s.any(x.last, classAgoAfter):
		return s.ago(x, s.after(x.last))
	case s.any(x.last, classHenceAfter):
		return s.told(x.unit, x.n, s.after(x.last))
	}
	return date{}, false
}

func (s *scan) ago(x stretch, last int) (date, bool) { return s.told(x.unit, -x.n, last) }

// told gives the unit that lies n of it from the publication.
func (s *scan) told(unit string, n, last int) (date, bool) {
	d, ok := unitDate(civilDay(s.ref), unit, n)
	if seconds, timed := unitSeconds(unit); !ok && timed && seconds <= 3600 {
		at := s.ref.Add(time.Duration(n) * time.Duration(seconds) * time.Second)
		d = date{Interval: timeline.Interval{Lo: at, Hi: at.Add(time.Minute)}, precision: timeline.Hour}
		ok = true
	}
	d.last, d.rule = last, "date.units_ago"
	return d, ok
}

// sinceUnits reads منذ and a stretch of time. After a finished event it means
// ago, whole; else the state lasts since then, and the date is the stretch.
func (s *scan) sinceUnits(i int) (date, bool) {
	x, ok := s.stretch(s.after(i))
	if !ok {
		return date{}, false
	}
	d, ok := s.ago(x, x.last)
	if !ok {
		return date{}, false
	}
	if s.finished(i) {
		d.relation = timeline.On
		return d, true
	}
	d.relation, d.rule = timeline.Since, "date.since_units"
	return d, true
}

// finished reports whether what is told before token i is over and done: people
// killed, wounded, arrested. A state, such as a war, lasts.
func (s *scan) finished(i int) bool {
	const reach = 7 // tokens
	for k := i - 1; k >= s.lo && k > i-reach; k-- {
		for _, x := range s.glosses[k].senses {
			if x.class == classKind {
				switch x.text {
				case "killed", "wounded", "arrested", "kidnapped":
					return true
				}
			}
		}
	}
	return false
}

// rollingUnits reads "past 24 hours", "next 2 months", "الساعات الـ24 الماضية",
// "الأشهر الثلاثة المقبلة".
func (s *scan) rollingUnits(i int) (date, bool) {
	at, way := i, 0
	switch {
	case s.any(at, classRollingBefore):
		way, at = -1, s.after(at)
	case s.any(at, classNextBefore):
		way, at = 1, s.after(at)
	}
	if way != 0 {
		if u, ok := s.is(at, classTimeUnits); ok && way < 0 && s.mark(i, "past") && !u.weak {
			return s.rolled(u.text, -1, s.after(at))
		}
		x, ok := s.stretch(at)
		if !ok {
			return date{}, false
		}
		return s.rolled(x.unit, way*x.n, x.last)
	}
	// Arabic: the unit with its article, the number with its own; or number and unit.
	unit, n, last, ok := s.articledStretch(i)
	if !ok {
		return date{}, false
	}
	switch {
	case s.any(last, classLast):
		return s.rolled(unit, -n, s.after(last))
	case s.any(last, classNext):
		return s.rolled(unit, n, s.after(last))
	}
	return date{}, false
}

// articledStretch reads "الساعات الـ24", "الـ 24 ساعة", "الأشهر الثلاثة", "اليومين".
func (s *scan) articledStretch(i int) (unit string, n, last int, ok bool) {
	if u, ok := s.is(i, classTimeUnitsDual); ok && s.definite(i) {
		return u.text, 2, s.after(i), true
	}
	if u, ok := s.is(i, classTimeUnits); ok && s.Tokens[i].Script == text.Arabic {
		q, ok := s.numeral(s.after(i))
		if !ok || !q.definite {
			return "", 0, 0, false
		}
		return u.text, int(min(q.value, 10001)), q.last, true
	}
	q, ok := s.numeral(i)
	if !ok || !q.definite {
		return "", 0, 0, false
	}
	u, ok := s.is(q.last, classTimeUnits)
	if !ok {
		return "", 0, 0, false
	}
	return u.text, int(min(q.value, 10001)), s.after(q.last), true
}

func (s *scan) rolled(unit string, n, last int) (date, bool) {
	d, ok := rolling(s.ref, unit, n)
	d.last, d.rule = last, "date.rolling"
	return d, ok
}

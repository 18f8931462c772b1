package extract

import (
	"strings"
	"time"

	"marsad/timeline"
)

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
	if s.clitics(at) && s.glosses[at].tokens == 1 && !s.articled(at) {
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
	further := 0
	if s.any(last, classAfterNext) {
		way, further, last = 1, 7, s.after(last)
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
	target = target.AddDate(0, 0, further)
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
	if strings.HasPrefix(s.Tokens[i].Raw, "سأ") && len(s.glosses[i].senses) == 0 {
		return true // of the first person, whose hamza tells it from nouns
	}
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
		weeks, at = 1, s.after(at)
	}
	x, ok := s.is(at, classWeekend)
	if !ok {
		return date{}, false
	}
	last := s.after(at)
	today := civilDay(s.ref)
	saturday := today.AddDate(0, 0, -(int(today.Weekday())+1)%7)
	if at > i && s.any(i, classThisBefore) || x.text == "this" || s.comes(i) {
		weeks = 1
		if saturday.AddDate(0, 0, 2).After(today) {
			weeks = 0 // it has begun
		}
	}
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

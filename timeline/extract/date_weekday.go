package extract

import (
	"strings"

	"marsad/timeline"
)

// weekday reads "الجمعة", "يوم الأحد المقبل", "last Monday", "Tuesday".
func (s *scan) weekday(i int) (date, bool) {
	w, at, directed := s.wayBefore(i)
	thisWeek := directed && w.steps == 0 && s.spaced(i)
	if !directed && s.any(at, classDay) {
		at = s.after(at)
	}
	x, ok := s.is(at, classWeekdays)
	if !ok || !s.supported(at, x) && !s.dated(at) || s.any(s.before(i), classSets) {
		return date{}, false
	}
	if s.clitics(at) && s.glosses[at].tokens == 1 && !s.articled(at) {
		return date{}, false
	}
	last := s.after(at)
	if behind, end, ok := s.wayBehind(last); ok {
		w, last = behind, end
	}
	if w.steps == 0 && s.comes(i) {
		w.steps = 1
	}
	today := civilDay(s.ref)
	back := (int(today.Weekday()) - int(x.value) + 7) % 7
	target := today.AddDate(0, 0, -back)
	switch {
	case w.steps < 0 && back == 0:
		target = target.AddDate(0, 0, 7*w.steps)
	case w.steps < 0:
		target = target.AddDate(0, 0, 7*(w.steps+1))
	case w.steps > 0:
		target = target.AddDate(0, 0, 7*w.steps)
	case thisWeek:
		target = weekDate(today).Lo.AddDate(0, 0, (int(x.value)+6)%7)
	}
	d := dayDate(target)
	d.last, d.rule = last, "date.weekday"
	return d, true
}

// dated reports whether a day follows the short name of a weekday, as in "Sat, 3
// May 2014".
func (s *scan) dated(i int) bool {
	return s.spaced(i) && s.capital(i) && s.mark(i+1, ",") && s.number(i+2)
}

// surname reports whether the weekday at i belongs to the given name before it:
// "محمد الخميس". One with a father's name before it is a full name already.
func (s *scan) surname(i int) bool {
	const longest = 2 // tokens: "عبد الله"
	for k := i - 1; k >= s.lo && k >= i-longest; k-- {
		if s.glosses[k].tokens == i-k && s.any(k, classGivenNames) {
			return !s.any(k-1, classPatronyms)
		}
	}
	return false
}

// articled reports whether the Arabic word at i begins with the article.
func (s *scan) articled(i int) bool {
	return s.definite(i) || strings.HasPrefix(s.Tokens[i].Folded[len(s.glosses[i].prefix):], "ال")
}

// comes reports whether the words before token i speak of what is to come and
// nobody is said to have spoken since: "will meet on Tuesday". What another date
// is made of says nothing: "begins as early as next month, ordering on Monday".
func (s *scan) comes(i int) bool {
	var told timeline.Span
	if n := len(s.facts.Dates); n > 0 {
		told = s.facts.Dates[n-1].Span
	}
	const reach = 10 // tokens
	for k := i - 1; k >= s.lo && k > i-reach; k-- {
		if told.Start <= s.Tokens[k].Start && s.Tokens[k].End <= told.End {
			continue
		}
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

// weekendDate reads "the weekend", "last weekend", "نهاية الأسبوع": the last that
// has begun, or the next where the clause speaks of what is to come.
func (s *scan) weekendDate(i int) (date, bool) {
	w, at, directed := s.wayBefore(i)
	x, ok := s.is(at, classWeekend)
	if before := s.before(i); !ok || !directed && s.spaced(i) && i > s.lo && !s.the(before) && !s.any(before, classIn, classOn, classBoundsMoreThan, classModifiers) {
		return date{}, false // "a weekend getaway"
	}
	last := s.after(at)
	if behind, end, ok := s.wayBehind(last); ok {
		w, last, directed = behind, end, true
	}
	today := civilDay(s.ref)
	saturday := today.AddDate(0, 0, -(int(today.Weekday())+1)%7)
	begun := saturday.AddDate(0, 0, 2).After(today) // it is not over yet
	this := directed && w.steps == 0 || x.text == "this" || !directed && s.comes(i)
	switch {
	case w.steps > 0, this && !begun:
		saturday = saturday.AddDate(0, 0, 7)
	case w.steps < 0 && begun:
		saturday = saturday.AddDate(0, 0, -7)
	}
	return date{
		last: last, Interval: timeline.Interval{Lo: saturday, Hi: saturday.AddDate(0, 0, 2)},
		precision: timeline.UnknownGrain, rule: "date.weekend",
	}, true
}

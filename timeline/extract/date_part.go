package extract

import (
	"strconv"
	"time"

	"marsad/timeline"
)

// partOfYear reads quarters, halves and seasons: "الربع الأول من عام 2015", "the
// first quarter of 2015", "Q3 this year", "2016 H2", "next quarter", "summer 2015".
func (s *scan) partOfYear(i int) (date, bool) {
	n, months, at, ok := s.partName(i)
	if !ok {
		if d, ok := s.yearWithPart(i); ok {
			return d, true
		}
		if d, ok := s.relativeQuarter(i); ok {
			return d, true
		}
		return s.season(i)
	}
	if n < 1 || n*months > 12 {
		return date{}, false
	}
	if months == 6 {
		if d, ok := s.halfOf(n, at); ok {
			return d, true
		}
	}
	y, last, hijri, ok := s.yearAfter(at)
	if !ok || hijri {
		unit, end, found := s.unitOfYear(at)
		switch {
		case found:
			y, last = unit, end
		case months == 3 && s.clitics(i) && s.definite(i):
			y, last = s.quarterYear(n, i, at), at
		case months == 3 && s.spaced(at-1) || s.number(at-1):
			y, last = s.quarterYear(n, i, at), at
			if !s.any(i, classQuarterLetters) && !s.timeAsked(i) && (i > s.lo || at < s.hi) {
				return date{}, false // "the home side won the third quarter"
			}
		default:
			return date{}, false
		}
	}
	d := monthsOf(y, n, months)
	d.last, d.rule = last, "date.part_of_year"
	return d, true
}

// quarterYear gives the year of a quarter that is named without one, in tokens
// [i, at): the last that has begun, unless something is to come or nothing at all
// is said of it.
func (s *scan) quarterYear(n, i, at int) int {
	y := s.ref.Year()
	if monthsOf(y, n, 3).Lo.After(s.ref) && !s.comes(i) && !s.alone(i, at) && (!s.the(i-1) || !s.alone(i-1, at)) {
		y--
	}
	return y
}

// timeAsked reports whether a time is said at i: "in the third quarter", or at the
// beginning of a sentence.
func (s *scan) timeAsked(i int) bool {
	before := s.before(i)
	if s.any(before, classArticle) {
		i, before = before, s.before(before)
	}
	return i == s.lo || s.any(before, classIn, classRelationsSince, classRelationsUntil, classModifiers)
}

// halfOf reads the half of a month, a decade or a century: "النصف الأول من مايو",
// "the second half of the 19th century".
func (s *scan) halfOf(n, at int) (date, bool) {
	if n < 1 || n > 2 || !s.any(at, classOf) {
		return date{}, false
	}
	d, ok := s.period(at)
	if !ok {
		at = s.after(at)
		if s.any(at, classArticle) && s.spaced(at) {
			at = s.after(at)
		}
		d, ok = s.decadeOrCentury(at)
	}
	var middle time.Time
	switch d.precision {
	case timeline.Month:
		middle = d.Lo.AddDate(0, 0, 15)
	case timeline.Decade:
		middle = d.Lo.AddDate(5, 0, 0)
	case timeline.Century:
		middle = d.Lo.AddDate(50, 0, 0)
	default:
		return date{}, false
	}
	if n == 1 {
		d.Hi = middle
	} else {
		d.Lo = middle
	}
	d.timex, d.rule = "", "date.half"
	return d, ok
}

// partName reads which part of a year: "third quarter", "الربع الأول", "Q3", "H1".
func (s *scan) partName(i int) (n, months, at int, ok bool) {
	if s.any(i, classQuarterLetters, classHalfLetters) && s.number(i+1) && s.touches(i+1) && len(s.Tokens[i+1].Folded) == 1 {
		if s.touches(i) && !s.number(i-1) {
			return 0, 0, 0, false
		}
		months = 3
		if s.any(i, classHalfLetters) {
			months = 6
		}
		n, _ := strconv.Atoi(s.Tokens[i+1].Folded)
		return n, months, i + 2, true
	}
	at = i
	if place, last, ok := s.place(i); ok && place <= 4 && !s.clitics(i) {
		n, at = int(place), last
		if s.mark(at, "-") && s.touches(at) {
			at++ // "first-quarter 2016"
		}
	}
	switch {
	case s.any(at, classQuarters):
		months = 3
	case s.any(at, classHalves):
		months = 6
	default:
		return 0, 0, 0, false
	}
	at = s.after(at)
	if n == 0 {
		place, last, ok := s.place(at)
		if s.any(at, classLast) && s.clitics(at) {
			place, last, ok = float64(12/months), s.after(at), true // "الربع الأخير"
		}
		if !ok || place > 4 {
			return 0, 0, 0, false
		}
		n, at = int(place), last
	}
	return n, months, at, true
}

// yearWithPart reads a year with its part behind it: "2016 H2", "2016 the third quarter".
func (s *scan) yearWithPart(i int) (date, bool) {
	y, at, hijri, ok := s.yearNumber(i)
	if !ok || hijri {
		return date{}, false
	}
	if s.any(at, classArticle) && s.spaced(at) {
		at = s.after(at)
	}
	n, months, last, ok := s.partName(at)
	if !ok || n < 1 || n*months > 12 {
		return date{}, false
	}
	d := monthsOf(y, n, months)
	d.last, d.rule = last, "date.part_of_year"
	return d, true
}

// relativeQuarter reads "last quarter", "this quarter", "next quarter".
func (s *scan) relativeQuarter(i int) (date, bool) {
	w, at, ok := s.wayBefore(i)
	if !ok || w.weak || !s.any(at, classQuarters) || !s.spaced(at) {
		return date{}, false
	}
	ref := civilDay(s.ref)
	quarter := 4*ref.Year() + (int(ref.Month())-1)/3 + w.steps
	d := monthsOf(quarter/4, quarter%4+1, 3)
	d.last, d.rule = s.after(at), "date.relative_quarter"
	return d, true
}

// numberedWeek reads "week 31", "الأسبوع 31": a week of the year of publication
// by its number (ISO 8601).
func (s *scan) numberedWeek(i int) (date, bool) {
	if !s.any(i, classWeekNouns) {
		return date{}, false
	}
	at := s.after(i)
	if !s.number(at) || len(s.Tokens[at].Folded) > 2 {
		return date{}, false
	}
	n, err := strconv.Atoi(s.Tokens[at].Folded)
	if err != nil || n < 1 || n > 53 {
		return date{}, false
	}
	d := weekDate(civil(s.ref.Year(), time.January, 4).AddDate(0, 0, 7*(n-1)))
	d.last, d.rule = at+1, "date.numbered_week"
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

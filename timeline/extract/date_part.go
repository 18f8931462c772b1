package extract

import (
	"strconv"
	"strings"
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

// season reads "summer 2015", "صيف العام 2015", "the winter of 2014-15".
func (s *scan) season(i int) (date, bool) {
	x, ok := s.is(i, classSeasons)
	if !ok {
		return date{}, false
	}
	y, last, hijri, ok := s.yearAfter(s.after(i))
	if !ok {
		y, last, ok = s.unitOfYear(s.after(i)) // "صيف العام الماضي"
	}
	if !ok || hijri {
		return date{}, false
	}
	if second, end, ok := s.secondYear(y, last); ok && second == y+1 {
		last = end
	}
	d := seasonDate(y, time.Month(int(x.value)))
	d.last, d.rule = last, "date.season"
	return d, true
}

// namedSeason reads a season by its name alone, where it is said in which way it
// lies ("الصيف الماضي") or a time is asked for ("by autumn", "in the spring").
func (s *scan) namedSeason(i int) (date, bool) {
	x, _ := s.is(i, classSeasons)
	if w, last, ok := s.wayBehind(s.after(i)); ok && s.articled(i) {
		d := s.seasonBy(time.Month(int(x.value)), w.steps)
		d.last, d.rule = last, "date.relative_season"
		return d, true
	}
	before := s.before(i)
	if s.the(before) {
		before = s.before(before)
	}
	last := s.after(i)
	if s.clitics(i) || !s.any(before, classIn, classRelationsSince, classRelationsUntil) || s.mark(before, "of") ||
		!s.clauseEnd(last) && !s.any(last, classFunction) {
		return date{}, false
	}
	if s.any(before, classRelationsSince) {
		begun := s.seasonBy(time.Month(int(x.value)), 0)
		if begun.Lo.After(s.ref) {
			begun = s.seasonBy(time.Month(int(x.value)), -1)
		}
		begun.last, begun.rule = last, "date.season_without_year"
		return begun, true
	}
	ref := civilDay(s.ref)
	nearest := seasonDate(ref.Year(), time.Month(int(x.value)))
	for _, y := range []int{ref.Year() - 1, ref.Year() + 1} {
		if d := seasonDate(y, time.Month(int(x.value))); distance(d.Lo, ref) < distance(nearest.Lo, ref) {
			nearest = d
		}
	}
	nearest.last, nearest.rule = last, "date.season_without_year"
	return nearest, true
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
	if d, ok := s.shortDecade(i); ok {
		return d, true
	}
	if x, ok := s.is(i, classDecades); ok && (s.articled(i) || s.any(s.before(i), classIn)) && !s.centuryAt(s.after(i)) {
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
	if u, ok := s.is(at, classTimeUnits); !ok || u.text != unitCentury || !s.spaced(at) || !s.singular(at) {
		return date{}, false
	}
	d := centuryDate(c)
	d.last, d.rule = s.after(at), "date.century"
	if e, ok := s.is(d.last, classEras); ok {
		d.last = s.after(d.last)
		return d, e.text == "ce"
	}
	return d, true
}

// shortDecade reads "the 70s", "70's", "the noughties".
func (s *scan) shortDecade(i int) (date, bool) {
	if x, ok := s.is(i, classDecadesSpelled); ok && (s.any(s.before(i), classIn, classArticle) || s.any(i, classArticle) || s.the(i)) {
		d := decadeDate(int(x.value))
		d.last, d.rule = s.after(i), "date.decade"
		return d, true
	}
	if !s.number(i) || len(s.Tokens[i].Folded) != 2 || s.Tokens[i].Folded[1] != '0' || !s.touches(i+1) {
		return date{}, false
	}
	last := i + 1
	if s.mark(last, "'") && s.touches(last+1) {
		last++
	}
	if !s.mark(last, "s") || !s.any(s.before(i), classIn, classArticle, classModifiers) && !s.mark(i-1, "'") {
		return date{}, false
	}
	n, err := strconv.Atoi(s.Tokens[i].Folded)
	d := decadeDate(s.century(n))
	d.last, d.rule = last+1, "date.decade"
	return d, err == nil
}

// centuryAt reports whether القرن stands at i.
func (s *scan) centuryAt(i int) bool {
	u, ok := s.is(i, classTimeUnits)
	return ok && u.text == unitCentury && s.clitics(i) && s.articled(i)
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
	if !ok || u.text != unitDecade || !s.clitics(i) {
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
	c, last, ok := s.centuryNumber(at)
	if !ok {
		return date{}, false
	}
	if e, ok := s.is(last, classEras); ok {
		if e.text != "ce" {
			return date{}, false
		}
		last = s.after(last)
	}
	d := centuryDate(c)
	d.last, d.rule = last, "date.century"
	return d, true
}

// centuryNumber reads which century: an ordinal, "العشرين", digits, or the last
// one and this.
func (s *scan) centuryNumber(at int) (c, last int, ok bool) {
	if n, last, ok := s.place(at); ok && n <= 30 {
		return int(n), last, true
	}
	if x, ok := s.is(at, classNumbers); ok && s.definite(at) && x.value == 20 {
		return 20, s.after(at), true
	}
	switch {
	case s.any(at, classLast):
		return (s.ref.Year() - 1) / 100, s.after(at), true
	case s.any(at, classThis):
		return (s.ref.Year()-1)/100 + 1, s.after(at), true
	case s.mark(at, article):
		at++
	}
	return s.dayNumber(at)
}

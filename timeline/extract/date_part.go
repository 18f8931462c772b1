package extract

import (
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// partOfYear reads quarters, halves and seasons: "الربع الأول من عام 2015",
// "the first quarter of 2015", "summer 2015".
func (s *scan) partOfYear(i int) (date, bool) {
	n, at := 0, i
	var months int
	if x, ok := s.is(i, classOrdinals); ok && s.spaced(i) {
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
		case months == 3 && s.clitics(i) && s.definite(i):
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
	if u, ok := s.is(at, classTimeUnits); !ok || u.text != unitCentury || !s.spaced(at) {
		return date{}, false
	}
	d := centuryDate(c)
	d.last, d.rule = s.after(at), "date.century"
	return d, true
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
		if e.text == "ah" {
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
	if x, ok := s.is(at, classOrdinals); ok {
		return int(x.value), s.after(at), true
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

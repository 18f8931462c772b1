package extract

import (
	"strconv"
	"strings"
)

// decadeOrCentury reads "1990s", "التسعينات", "القرن العشرين", "19th century".
func (s *scan) decadeOrCentury(i int) (date, bool) {
	if s.number(i) && s.any(i+1, classDecadeEnds) && s.touches(i+1) && len(s.Tokens[i].Folded) == 4 {
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
	if !s.any(last, classDecadeEnds) || !s.any(s.before(i), classIn, classArticle, classModifiers) && !s.mark(i-1, "'") {
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

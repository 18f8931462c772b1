package extract

import "marsad/timeline"

// place reads which in an order: "third", "22nd", "twenty-first", "one hundred
// and fifth", "الحادي عشر", "الثاني والسبعين". last is the token behind it.
func (s *scan) place(i int) (n float64, last int, ok bool) {
	if x, ok := s.is(i, classNumbers); ok && x.value == 1 && s.clitics(i) && s.definite(i) {
		// "الواحد والثلاثون" is a place; "الواحد" alone is not.
		if n, last := s.joinedPlace(1, s.after(i)); n > 1 {
			return n, last, true
		}
	}
	// "two second places" is rare; "thirty second" and "30 second" are durations.
	if x, ok := s.is(i, classOrdinals); ok && (!x.weak || !s.number(i-1) && !s.any(i-1, classNumbers)) {
		n, last = s.joinedPlace(x.value, s.after(i))
		return n, last, true
	}
	if s.number(i) && s.any(i+1, classOrdinalEnds) && s.touches(i+1) {
		n, ok := parseDigits(s.Tokens[i].Folded)
		return n, i + 2, ok
	}
	if !s.spaced(i) || !s.any(i, classNumbers, classArticle) {
		return 0, 0, false
	}
	// A cardinal that the ordinal of a smaller number ends: 20 and "first".
	c, ok := s.below(i, largest)
	if !ok {
		return 0, 0, false
	}
	at := c.last
	if next, and := s.conjoined(at); and {
		at = next
	} else if s.mark(at, "-") || s.mark(at, "—") {
		at++
	}
	x, ok := s.is(at, classOrdinals)
	switch {
	case !ok || x.weak && c.value < 20:
		return 0, 0, false
	case x.value >= 100 && at == c.last:
		return c.value * x.value, s.after(at), true
	case c.value >= 100 && x.value < 100 && int(c.value)%100 == 0,
		c.value >= 20 && x.value < 10 && int(c.value)%10 == 0:
		return c.value + x.value, s.after(at), true
	}
	return 0, 0, false
}

// joinedPlace adds to a place what makes it a larger one, as languages with
// clitics do: ten ("الحادي عشر") or tens behind "and" ("الثاني والسبعين").
func (s *scan) joinedPlace(n float64, at int) (place float64, last int) {
	if n > 10 || !s.clitics(at) && !s.any(at, classAnd) {
		return n, at
	}
	next, and := s.conjoined(at)
	x, ok := s.is(next, classNumbers)
	switch {
	case !ok || !s.clitics(next):
	case !and && x.value == 10 && n < 10:
		return n + 10, s.after(next)
	case and && n < 10 && x.value >= 20 && x.value < 100 && s.definite(next):
		return n + x.value, s.after(next)
	}
	return n, at
}

// ordinal reads "the third", "الثالثة", "22nd", "twenty-first": a place in an order.
func (s *scan) ordinal(i int) (last int, ok bool) {
	n, last, ok := s.place(i)
	if !ok {
		return 0, false
	}
	q := quantity{lo: nan(), best: n, hi: nan(), bound: timeline.Exact}
	s.addOther(q, ending{kind: typeOrdinal, first: i, last: last})
	return last, true
}

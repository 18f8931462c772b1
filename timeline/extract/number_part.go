package extract

import (
	"math"
	"strconv"
	"strings"
)

// part reads a part of one: "half", "a quarter", "two thirds", "one-fifth",
// "3/4", "ثلاثة أرباع".
func (s *scan) part(i int) (numeral, bool) {
	at := i
	if s.any(i, classArticle) && s.spaced(i) {
		at = s.after(i)
	}
	if x, ok := s.is(at, classFractions); ok && !x.weak {
		return numeral{first: i, last: s.after(at), value: x.value, scale: 1, part: true}, true
	}
	if n, ok := s.slashed(i); ok {
		return n, true
	}
	if !s.any(i, classNumbers) && !s.number(i) {
		return numeral{}, false
	}
	return s.overDenominator(i)
}

// overDenominator reads a numerator and the word that it is divided by: "two
// thirds", "one-eighth", "fifty-four hundredths", "خمسة أثمان".
func (s *scan) overDenominator(i int) (numeral, bool) {
	n, ok := s.simple(i)
	if !ok {
		return numeral{}, false
	}
	at := n.last
	if s.mark(at, "-") {
		at++
	}
	if x, ok := s.is(at, classDenominators); ok && !s.joined(at) && !s.definite(at) {
		return numeral{first: i, last: s.after(at), value: n.value / x.value, scale: 1, part: true}, true
	}
	// "one fifth" divides; "twenty-fifth" and "the first fifth" count places.
	if x, ok := s.is(at, classOrdinals); ok && n.value == 1 && !n.digits && s.spaced(at) && x.value > 2 {
		return numeral{first: i, last: s.after(at), value: 1 / x.value, scale: 1, part: true}, true
	}
	return numeral{}, false
}

// simple reads a number in digits or one in words with its hundreds, tens and
// units, but no more: what a numerator is.
func (s *scan) simple(i int) (numeral, bool) {
	if s.number(i) {
		n, ok := s.digits(i)
		return n, ok
	}
	x, ok := s.is(i, classNumbers)
	if !ok || x.weak {
		return numeral{}, false
	}
	n := numeral{first: i, last: s.after(i), value: x.value, scale: 1}
	at := n.last
	if s.mark(at, "-") && s.touches(at+1) {
		at++
	}
	if y, ok := s.is(at, classNumbers); ok && !s.joined(at) && x.value >= 20 && int(x.value)%10 == 0 && y.value < 10 && s.spaced(i) {
		n.value, n.last = n.value+y.value, s.after(at)
	}
	return n, true
}

// slashed reads "3/4" and "2 1/4": a part of one unless it is a day and a month,
// which dates are asked for before.
func (s *scan) slashed(i int) (numeral, bool) {
	if !s.number(i) || !s.mark(i+1, "/") || !s.number(i+2) || !s.touches(i+1) || !s.touches(i+2) || s.mark(i+3, "/") && s.touches(i+3) {
		return numeral{}, false
	}
	above, ok := s.digits(i)
	under, ok2 := s.digits(i + 2)
	const most = 1000
	if !ok || !ok2 || !above.bare || !under.bare || under.value == 0 || under.value > most || above.value > most || s.touches(i) && !s.mark(i-1, "-") {
		return numeral{}, false
	}
	return numeral{first: i, last: i + 3, value: above.value / under.value, scale: 1, part: true, digits: true}, true
}

// scaledPart multiplies a part by the scale behind it: "half a million", "three
// quarters of a million", "نصف المليون".
func (s *scan) scaledPart(n numeral) numeral {
	at := n.last
	if s.any(at, classOf) && s.spaced(at) {
		at = s.after(at)
	}
	if s.any(at, classArticle) && s.spaced(at) {
		at = s.after(at)
	}
	x, ok := s.is(at, classScales)
	if !ok || s.joined(at) {
		return n
	}
	return numeral{first: n.first, last: s.after(at), value: n.value * x.value, scale: 1, digits: n.digits}
}

// addParts adds what follows in parts: "one million and a half" is half a
// million more, "five and a half million" half of one, "2 1/4" a quarter.
func (s *scan) addParts(n numeral) numeral {
	at, and := s.conjoined(n.last)
	if !and && (!n.bare || !s.number(n.last) && (!s.touches(n.last) || s.word(n.last))) {
		return n
	}
	f, ok := s.part(at)
	if !ok {
		return n
	}
	if scaled := s.scaledPart(f); !scaled.part {
		if n.scale > 1 && scaled.value < n.value {
			n.value, n.last, n.bare = n.value+scaled.value, scaled.last, false
		} else if n.scale == 1 {
			n.value, n.last, n.bare = (n.value+f.value)*scaled.value/f.value, scaled.last, false
		}
		return n
	}
	if n.digits && n.scale == 1 && and && !s.any(f.last, classTimeUnits, classMeasures, classScales) && s.spaced(f.last-1) {
		return n // "in 2015 and half of them"
	}
	if n.scale >= 1000 {
		f.value *= n.scale
	}
	n.value, n.last, n.bare = n.value+f.value, f.last, false
	return n
}

// outOf reads "two out of five", "one in ten", "واحد من مئة": so many of each so
// many. "in" and "من" stand between numbers that count apart too, so that with
// them the first is to be one or two; "over" and "على" divide as well where the
// clause ends behind.
func (s *scan) outOf(n numeral) (numeral, bool) {
	at := n.last
	x, ok := s.is(at, classOutOf)
	if !ok || n.scale > 1 {
		return numeral{}, false
	}
	at = s.after(at)
	m, ok := s.below(at, math.Inf(1))
	if !ok || m.value == 0 || m.bare && isYear(int(m.value)) || s.definite(at) || s.any(m.last, classTimeUnits, classMonths) {
		return numeral{}, false
	}
	each := n.value < m.value && (!x.weak || n.value <= 2 || m.value == 10)
	if x.text == "divides" {
		each = s.clauseEnd(m.last) || each && s.clitics(n.last)
	}
	return numeral{first: n.first, last: m.last, value: n.value / m.value, scale: 1, part: true}, each
}

// decimals reads the decimals that are spelt out: "five point five", "zero point
// zero eight".
func (s *scan) decimals(n numeral) numeral {
	at := n.last
	if n.scale > 1 || !s.any(at, classPoint) {
		return n
	}
	at = s.after(at)
	var b strings.Builder
	for b.Len() < longestDigits {
		if s.number(at) && isDigits(s.Tokens[at].Folded) {
			b.WriteString(s.Tokens[at].Folded)
			at++
			continue
		}
		x, ok := s.is(at, classNumbers)
		if !ok || x.value >= 100 {
			break
		}
		if b.Len() > 0 && x.value >= 10 {
			break
		}
		b.WriteString(strconv.Itoa(int(x.value)))
		at = s.after(at)
	}
	if b.Len() == 0 {
		return n
	}
	f, ok := parseFloat("." + b.String())
	if !ok {
		return n
	}
	n.value, n.last, n.bare = n.value+f, at, false
	if x, ok := s.is(at, classScales); ok && !s.joined(at) {
		n.value, n.scale, n.last = n.value*x.value, x.value, s.after(at)
	}
	return n
}

// decimalPoint reports whether a point at i begins a number: ".77", "٫٧٧".
func (s *scan) decimalPoint(i int) bool {
	return (s.mark(i, ".") || s.mark(i, ",") && s.Tokens[i].Raw == "٫") && s.number(i+1) && s.touches(i+1) &&
		(!s.touches(i) || s.mark(i-1, "-")) && isDigits(s.Tokens[i+1].Folded)
}

// properPart reports whether a part of one less than one begins at i.
func (s *scan) properPart(i int) bool {
	n, ok := s.part(i)
	return ok && n.value < 1
}

package extract

import (
	"math"
	"strings"

	"marsad/timeline/text"
)

// largest is what a number with scales may come to; beyond it nothing is counted.
const largest = 1e15

// numeral is a number as it stands in the text, in digits, words or both.
type numeral struct {
	first, last int // tokens [first, last)
	value       float64
	digits      bool // begins with digits
	bare        bool // one token of digits without separators, scale or suffix
	scale       float64
	definite    bool // has the Arabic article: "الأربعة"
	cents       bool // written as one to three digits, a point and three digits
	part        bool // a part of one: "two thirds", "1/2"
	signed      bool // has a minus before it
}

// numeral reads the longest number that begins at token i, with its sign and
// what is added to it in parts: "five and a half million", "مليون ونصف". Dates
// and counts ask for it in turn, so the last ones are kept.
func (s *scan) numeral(i int) (numeral, bool) {
	return s.numerals.at(s, i, (*scan).readNumeral)
}

func (s *scan) readNumeral(i int) (numeral, bool) {
	if s.mark(i, "(") && s.number(i+1) && s.mark(i+2, ")") {
		n, ok := s.digits(i + 1)
		n.first, n.last = i, i+3
		if x, scaled := s.is(n.last, classScales); scaled && !s.joined(n.last) {
			n.value, n.scale, n.bare, n.last = n.value*x.value, x.value, false, n.last+1
		}
		return n, ok
	}
	at, signed := s.sign(i)
	n, ok := s.unsigned(at)
	if !ok {
		return numeral{}, false
	}
	n.first = i
	if signed {
		n.value, n.signed = -n.value, true
	}
	return n, true
}

// sign gives what follows a minus at i, and whether there is one: "minus five",
// "-9". A hyphen is one only where it touches the digits and nothing before it.
func (s *scan) sign(i int) (at int, signed bool) {
	if s.any(i, classMinus) {
		return s.after(i), true
	}
	if s.mark(i, "-") && (!s.touches(i) || s.Tokens[i-1].Class == text.Symbol) && s.touches(i+1) && (s.number(i+1) || s.decimalPoint(i+1)) {
		return i + 1, true
	}
	return i, false
}

// signed reports whether a number begins at i with a mark: "-9", ".77".
func (s *scan) signed(i int) bool {
	if !s.touches(i + 1) {
		return false
	}
	_, minus := s.sign(i)
	return minus || s.decimalPoint(i)
}

func (s *scan) unsigned(i int) (numeral, bool) {
	if f, ok := s.part(i); ok {
		return s.scaledPart(f), true
	}
	// "الـ24": the article before digits is a token of its own.
	definite := false
	at := i
	if s.mark(i, article) && s.number(i+1) {
		definite, at = true, i+1
	}
	n, ok := s.below(at, math.Inf(1))
	if !ok {
		return numeral{}, false
	}
	if f, ok := s.outOf(n); ok {
		return f, true
	}
	n = s.power(n)
	if x, ok := s.is(n.last, classDenominators); ok && n.value >= 20 && !s.joined(n.last) {
		return numeral{first: i, last: s.after(n.last), value: n.value / x.value, scale: 1, part: true}, true
	}
	n.definite = definite || !n.digits && s.definite(at)
	n.first = i
	return s.addParts(s.decimals(n)), true
}

// below reads a number less than limit: a group of up to three digits, its
// scales, and what is added to that by "and", "و" or, but for languages with
// clitics, by nothing.
func (s *scan) below(i int, limit float64) (numeral, bool) {
	n, ok := s.group(i)
	if !ok || n.value >= limit {
		return numeral{}, false
	}
	if n.scale < 1000 && (n.scale < 100 || !n.digits) {
		return n, true
	}
	at := n.last
	if next, and := s.conjoined(at); and {
		at = next
	} else if s.number(at) && !n.digits || !s.spaced(n.last-1) {
		return n, true
	}
	if s.properPart(at) {
		return n, true // "two million and a half"
	}
	if more, ok := s.below(at, n.scale); ok && more.value > 0 {
		// "3 million and 20 wounded" has two numbers; what is added is written as the
		// first is, or goes on from its scale: "3 hundred and 21".
		if more.digits && !n.digits && more.scale < 1000 || more.digits && s.spaced(n.last-1) && !(n.scale == 100 && more.value < 100 || more.scale >= 100) {
			return n, true
		}
		if !more.digits && n.digits && !s.clitics(n.last-1) && at > n.last && more.scale < 100 && n.scale > 100 && more.value < 100 {
			return n, true
		}
		n.value += more.value
		n.last = more.last
		n.bare = false
	}
	return n, true
}

// conjoined gives where a number goes on that is joined by "and" at i: in the
// word itself ("وعشرون"), or behind one of its own ("و عشرون", "and twenty").
func (s *scan) conjoined(i int) (at int, ok bool) {
	switch {
	case s.joined(i):
		return i, true
	case s.any(i, classAnd) && s.glosses[i].tokens == 1:
		return i + 1, true
	}
	return i, false
}

// group reads a number and the scales that multiply it.
func (s *scan) group(i int) (numeral, bool) {
	n := numeral{first: i, last: i, scale: 1}
	switch {
	case s.number(i):
		var ok bool
		if n, ok = s.digits(i); !ok {
			return n, false
		}
	case s.decimalPoint(i):
		value, ok := parseFloat("." + s.Tokens[i+1].Folded)
		if !ok {
			return n, false
		}
		n.value, n.last, n.digits = value, i+2, true
	default:
		if x, ok := s.is(i, classScalesConstruct); ok && s.constructDual(i) {
			n.value, n.scale, n.last = 2*x.value, x.value, s.after(i)
			return n, true
		}
		if x, ok := s.is(i, classScalesDual); ok {
			n.value, n.scale, n.last = 2*x.value, x.value, s.after(i)
			return n, true
		}
		var ok bool
		if n, ok = s.hundreds(i); !ok {
			if x, scale := s.is(i, classScales); scale && s.bareScale(i) {
				n = numeral{first: i, last: s.after(i), value: x.value, scale: x.value}
			} else if s.any(i, classArticle) && s.spaced(i) {
				x, scale := s.is(i+1, classScales)
				if h, hundred := s.is(i+1, classNumbers); hundred && h.value == 100 {
					x, scale = h, true
				}
				if !scale || s.the(i) {
					return n, false
				}
				n = numeral{first: i, last: i + 2, value: x.value, scale: x.value}
			} else {
				return n, false
			}
		}
	}
	for {
		at := n.last
		if s.mark(at, "-") && s.touches(at) && s.touches(at+1) {
			at++ // "11.5-M"
		}
		x, ok := s.is(at, classScales)
		if !ok && n.digits {
			if x, ok = s.is(at, classSuffixes); ok && !s.touches(at) {
				ok = false
			}
			if h, hundred := s.is(at, classNumbers); hundred && h.value == 100 && n.scale == 1 && n.value < 1000 {
				x, ok = h, true // "3 hundred"
			}
		}
		if !ok || s.joined(at) || s.definite(at) || x.value == n.scale && n.scale > 1 || n.value*x.value > largest {
			return n, n.last > i
		}
		n.value *= x.value
		n.scale = max(n.scale, 1) * x.value
		n.last, n.bare = s.after(at), false
	}
}

// constructDual reports whether مليونا at i is two millions of what follows, not
// the accusative of one.
func (s *scan) constructDual(i int) bool {
	at := s.after(i)
	return s.word(at) && !s.joined(at) && !s.any(at, classFunction, classScales, classBoundsAfterAbout) && !s.definite(at) &&
		!strings.ContainsRune(s.Tokens[i].Raw, 'ً')
}

// bareScale reports whether a scale by itself is a number: Arabic writes ألف for
// a thousand; the plural آلاف is thousands, and in English it takes "a".
func (s *scan) bareScale(i int) bool {
	if s.traits(i)&bareScales == 0 {
		return s.any(i-1, classArticle) && !s.the(i-1)
	}
	return !s.any(i, classVague)
}

// hundreds reads a number less than a thousand in words: English "three hundred
// and one", "twenty-three"; Arabic خمسة وعشرون, ثلاث مئة, خمسة عشر, مئة وخمسة.
func (s *scan) hundreds(i int) (numeral, bool) {
	x, ok := s.is(i, classNumbers)
	// Folding makes وأحد, "and one of", look like واحد, one.
	if !ok || x.weak || x.value == 1 && strings.ContainsRune(s.Tokens[i].Raw, 'أ') {
		return numeral{}, false
	}
	n := numeral{first: i, value: x.value, scale: 1, last: s.after(i)}
	if x.value < 10 {
		if ten, ok := s.is(n.last, classNumbers); ok && ten.value == 10 && !s.joined(n.last) && s.clitics(i) {
			n.value, n.last = n.value+10, s.after(n.last)
			return n, true
		}
	}
	if x.value < 20 {
		if h, ok := s.is(n.last, classNumbers); ok && h.value == 100 && !s.joined(n.last) && !s.definite(n.last) {
			n.value, n.last = n.value*100, s.after(n.last)
		}
	}
	return s.addTens(n), true
}

// addTens adds what may follow in the same group of three digits.
func (s *scan) addTens(n numeral) numeral {
	clitic := s.clitics(n.first)
	at, and := s.conjoined(n.last)
	switch {
	case clitic && !and:
		return n
	case and && !clitic && n.value < 100 && (s.traits(n.first)&vigesimal == 0 || n.value < 20):
		return n // "twenty and three" are two numbers
	case !and && n.value < 100 && n.value >= 20 && s.mark(at, "-") && s.touches(at+1):
		at++
	}
	x, ok := s.is(at, classNumbers)
	if !ok {
		return n
	}
	if s.properPart(at) {
		return n // "one hundred and three quarters"
	}
	units := 10.0
	if s.traits(n.first)&vigesimal != 0 && int(n.value)%20 == 0 {
		units = 20
	}
	switch {
	case n.value >= 100 && int(n.value)%100 == 0 && x.value < 100,
		clitic && n.value < 10 && x.value >= 20 && x.value < 100,
		!clitic && n.value >= 20 && n.value < 100 && int(n.value)%10 == 0 && x.value < units:
		n.value += x.value
		hundreds := n.value >= 100
		n.last = s.after(at)
		if hundreds && x.value < 100 {
			// مئة وخمسة وعشرون, a hundred and twenty-five
			tail := numeral{first: at, value: x.value, last: n.last}
			if more := s.addTens(tail); more.last > tail.last {
				n.value += more.value - x.value
				n.last = more.last
			}
		}
	}
	return n
}

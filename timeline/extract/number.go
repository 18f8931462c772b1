package extract

import (
	"math"
	"strconv"
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
}

// numeral reads the longest number that begins at token i.
func (s *scan) numeral(i int) (numeral, bool) {
	first := i
	if s.mark(i, "(") && s.number(i+1) && s.mark(i+2, ")") {
		n, ok := s.digits(i + 1)
		n.first, n.last = i, i+3
		if x, scaled := s.is(n.last, classScales); scaled && !s.joined(n.last) {
			n.value, n.scale, n.bare, n.last = n.value*x.value, x.value, false, n.last+1
		}
		return n, ok
	}
	// "الـ24": the article before digits is a token of its own.
	definite := false
	if s.mark(i, article) && s.number(i+1) {
		definite, i = true, i+1
	}
	n, ok := s.below(i, math.Inf(1))
	if !ok {
		return numeral{}, false
	}
	n.definite = definite || !n.digits && s.definite(i)
	n.first = first
	return n, true
}

// below reads a number less than limit: a group of up to three digits, its
// scales, and what is added to that by "and", "و" or, in English, by nothing.
func (s *scan) below(i int, limit float64) (numeral, bool) {
	n, ok := s.group(i)
	if !ok {
		return numeral{}, false
	}
	if n.value >= limit {
		return numeral{}, false
	}
	if n.scale < 1000 {
		return n, true
	}
	at := n.last
	if s.any(at, classAnd) && !s.joined(at) && s.glosses[at].tokens == 1 {
		at++
	} else if !s.joined(at) && (s.number(at) || s.Tokens[n.last-1].Script != text.Latin) {
		return n, true
	}
	if more, ok := s.below(at, n.scale); ok && (!more.digits || s.joined(at) || at > n.last) {
		// "3 million and 20 wounded" has two numbers; what is added is written as the first is.
		if more.digits && !n.digits || more.digits && s.Tokens[n.last-1].Script == text.Latin {
			return n, true
		}
		n.value += more.value
		n.last = more.last
		n.bare = false
	}
	return n, true
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
	default:
		if x, ok := s.is(i, classScalesConstruct); ok && s.constructDual(i) {
			n.value, n.scale, n.last = 2*x.value, x.value, s.after(i)
			return n, true
		}
		if n, ok := s.fractionOfScale(i); ok {
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
			} else if s.any(i, classArticle) && s.Tokens[i].Script == text.Latin {
				x, scale := s.is(i+1, classScales)
				if h, hundred := s.is(i+1, classNumbers); hundred && h.value == 100 {
					x, scale = h, true
				}
				if !scale || s.mark(i, "the") {
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
		}
		if !ok || s.joined(at) || s.definite(at) || x.value == n.scale && n.scale > 1 || n.value*x.value > largest {
			return n, n.last > i
		}
		n.value *= x.value
		n.scale = max(n.scale, 1) * x.value
		n.last, n.bare = at+1, false
	}
}

// constructDual reports whether مليونا at i is two millions of what follows, not
// the accusative of one.
func (s *scan) constructDual(i int) bool {
	at := s.after(i)
	return s.word(at) && !s.joined(at) && !s.any(at, classFunction, classScales, classBoundsAfterAbout) && !s.definite(at) &&
		!strings.ContainsRune(s.Tokens[i].Raw, 'ً')
}

// fractionOfScale reads "half a million", "نصف مليون".
func (s *scan) fractionOfScale(i int) (numeral, bool) {
	f, ok := s.is(i, classFractions)
	if !ok || f.weak {
		return numeral{}, false
	}
	at := s.after(i)
	if s.mark(at, "a") {
		at++
	}
	x, ok := s.is(at, classScales)
	if !ok || s.joined(at) || s.definite(at) {
		return numeral{}, false
	}
	return numeral{first: i, last: s.after(at), value: f.value * x.value, scale: 1}, true
}

// bareScale reports whether a scale by itself is a number: Arabic writes ألف for
// a thousand; the plural آلاف is thousands, and in English it takes "a".
func (s *scan) bareScale(i int) bool {
	if s.Tokens[i].Script != text.Arabic {
		return s.mark(i, "dozen") && i > s.lo && s.mark(i-1, "a")
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
		if ten, ok := s.is(n.last, classNumbers); ok && ten.value == 10 && !s.joined(n.last) && s.Tokens[i].Script == text.Arabic {
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
	arabic := s.Tokens[n.first].Script == text.Arabic
	at := n.last
	switch {
	case arabic && s.joined(at):
	case arabic:
		return n
	case n.value >= 100 && s.any(at, classAnd):
		at++
	case n.value < 100 && n.value >= 20 && s.mark(at, "-") && s.touches(at+1):
		at++
	}
	x, ok := s.is(at, classNumbers)
	if !ok {
		return n
	}
	switch {
	case n.value >= 100 && int(n.value)%100 == 0 && x.value < 100,
		arabic && n.value < 10 && x.value >= 20 && x.value < 100,
		!arabic && n.value >= 20 && n.value < 100 && int(n.value)%10 == 0 && x.value < 10:
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

// digits reads a number in digits, with thousands set off by spaces.
func (s *scan) digits(i int) (numeral, bool) {
	raw := s.Tokens[i].Folded
	value, ok := parseDigits(raw)
	if !ok {
		return numeral{}, false
	}
	n := numeral{first: i, last: i + 1, value: value, digits: true, scale: 1, bare: isDigits(raw)}
	if dot := strings.IndexByte(raw, '.'); dot > 0 && dot <= 3 && len(raw) == dot+4 && isDigits(raw[dot+1:]) {
		n.cents = true
	}
	// "15 000": only zeros, so that two numbers in a row do not become one.
	for len(raw) <= 3 && isDigits(raw) && s.mark(n.last, "000") && !s.touches(n.last) && n.value < largest/1000 {
		n.value *= 1000
		n.last++
		n.bare = false
	}
	return n, true
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseDigits reads digits with separators. One comma (or ،) with three digits
// behind it separates thousands, else decimals; one point separates decimals;
// separators that repeat separate thousands and must do so evenly. It gives false
// for what is none of these, such as "20.05.2017".
func parseDigits(raw string) (float64, bool) {
	const longest = 24 // digits and separators; anything longer is no quantity
	if len(raw) > longest {
		return 0, false
	}
	if isDigits(raw) {
		return parseFloat(raw)
	}
	plain := strings.ReplaceAll(strings.ReplaceAll(raw, "،", ","), "'", ",")
	commas, points := strings.Count(plain, ","), strings.Count(plain, ".")
	groups := func(sep string) (float64, bool) {
		whole := plain
		fraction := ""
		if sep == "," && points == 1 {
			whole, fraction, _ = strings.Cut(plain, ".")
		} else if sep == "." && commas == 1 {
			whole, fraction, _ = strings.Cut(plain, ",")
		}
		parts := strings.Split(whole, sep)
		if len(parts[0]) > 3 {
			return 0, false
		}
		for _, p := range parts[1:] {
			if len(p) != 3 {
				return 0, false
			}
		}
		return parseFloat(strings.Join(parts, "") + "." + fraction)
	}
	switch {
	case commas == 0 && points <= 1:
		return parseFloat(plain)
	case commas == 1 && points == 0:
		if whole, rest, _ := strings.Cut(plain, ","); len(rest) != 3 || len(whole) > 3 || whole == "0" {
			if len(rest) > 2 {
				return 0, false
			}
			return parseFloat(whole + "." + rest)
		}
		return groups(",")
	case points <= 1 && (points == 0 || strings.LastIndex(plain, ",") < strings.Index(plain, ".")):
		return groups(",")
	case commas <= 1 && (commas == 0 || strings.LastIndex(plain, ".") < strings.Index(plain, ",")):
		return groups(".")
	}
	return 0, false
}

func parseFloat(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "."), 64)
	return f, err == nil && f <= largest
}

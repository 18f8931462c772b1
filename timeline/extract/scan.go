package extract

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"marsad/timeline"
	"marsad/timeline/text"
)

// gloss is what the lexicon knows of a token, or of the phrase that begins
// with it.
type gloss struct {
	*entry
	prefix string // what was taken off to find it: "و", "بال", ...
	start  int    // where the word begins without the prefix, in bytes
	tokens int    // how many tokens it is; 1 for words not known
}

// scan is one reading of one text, moving from sentence to sentence.
type scan struct {
	text.Text
	tongues
	glosses   []gloss
	lo, hi    int // the tokens of the sentence in hand
	sentence  timeline.Span
	ref       time.Time
	recent    date     // the last one recorded, where it is a day with its year
	year4     int      // the year that the second date of a range has from the first, or 0
	american  bool     // 7/8 is the eighth of July
	families  []family // of absolute dates
	anchored  []bool   // by token: a date may begin there, or go on
	relatives []family
	facts     timeline.Facts
	sides     []float64 // room for those of facts
	trail     []trace   // one for each of facts.Counts
	found     *findings
	unknown   entry           // what is known of words that no file has
	asides    []timeline.Span // what clauses hold without its being theirs, in order

	numerals   kept[numeral]
	quantities kept[quantity]
}

// kept has what was last read at eight tokens, each under its place. What is read
// must depend on the sentence in hand and the token alone.
type kept[T any] [8]struct {
	token, end int // the token, and where its sentence ends; 0 for none
	value      T
	ok         bool
}

// at gives what read gives for token i of the sentence in hand.
func (k *kept[T]) at(s *scan, i int, read func(*scan, int) (T, bool)) (T, bool) {
	if i < s.lo || i >= s.hi {
		var none T
		return none, false
	}
	slot := &k[i%len(k)]
	if slot.token != i || slot.end != s.hi {
		// Reading may come to the same slot in turn: it is filled when it is done.
		value, ok := read(s, i)
		slot.token, slot.end, slot.value, slot.ok = i, s.hi, value, ok
	}
	return slot.value, slot.ok
}

// look looks up every token, each in the language that it is read in.
func (s *scan) look() {
	t := &s.Text
	s.glosses = slices.Grow(s.glosses[:0], len(t.Tokens))[:len(t.Tokens)]
	for i := range t.Tokens {
		token := &t.Tokens[i]
		g := &s.glosses[i]
		*g = gloss{entry: &s.unknown, start: token.Start, tokens: 1}
		known := s.found.forms[i]
		if known == nil || len(known.readings) == 0 {
			continue
		}
		if e, r := s.lookUp(s.tongue(i), i); e != nil {
			*g = gloss{e, r.prefix, token.Start + r.start, 1 + len(e.rest)}
		}
	}
}

// tongue gives the language that token i is read in, nil for none.
func (s *scan) tongue(i int) *language {
	if i < 0 || i >= len(s.Tokens) {
		return nil
	}
	switch token := &s.Tokens[i]; token.Script {
	case text.Arabic:
		if token.Sentence < len(s.arabic) {
			return s.arabic[token.Sentence]
		}
	case text.Latin:
		if token.Sentence < len(s.latin) {
			return s.latin[token.Sentence]
		}
	case text.Other:
		return s.signs
	}
	return nil
}

// clitics reports whether token i is a word of a language that has the trait.
func (s *scan) clitics(i int) bool {
	l := s.tongue(i)
	return l != nil && s.Tokens[i].Class == text.Word && l.traits&clitics != 0
}

// traits gives the traits of the language of token i.
func (s *scan) traits(i int) trait {
	if l := s.tongue(i); l != nil {
		return l.traits
	}
	return 0
}

// spaced reports whether token i is a word of a language without clitics.
func (s *scan) spaced(i int) bool {
	l := s.tongue(i)
	return l != nil && s.Tokens[i].Class == text.Word && l.traits&clitics == 0
}

// lookUp finds the first reading in the language of a phrase that begins with token
// i, and the longest of its phrases.
func (s *scan) lookUp(l *language, i int) (*entry, *reading) {
	readings := s.found.forms[i].readings
	behind := ""
	if i+1 < len(s.Tokens) {
		behind = s.Tokens[i+1].Folded
	}
	for k := range readings {
		r := &readings[k]
		if r.in != l {
			continue
		}
		for at := range r.phrases {
			e := &r.phrases[at]
			if len(e.rest) > 0 && e.rest[0] != behind {
				continue
			}
			if len(e.rest) == 0 && !e.articled || s.fits(e, r.prefix, i) {
				return e, r
			}
		}
	}
	return nil, nil
}

// fits reports whether the phrase goes on behind token i, its first word, which was
// found without the prefix.
func (s *scan) fits(e *entry, prefix string, i int) bool {
	last := i + len(e.rest)
	if e.articled && !strings.HasSuffix(prefix, "لل") || last >= len(s.Tokens) || s.Tokens[last].Sentence != s.Tokens[i].Sentence {
		return false
	}
	for k, w := range e.rest {
		if s.Tokens[i+1+k].Folded != w {
			return false
		}
	}
	return true
}

// is reports whether token i of the sentence has a sense of the class, and gives it.
func (s *scan) is(i int, c class) (sense, bool) {
	if i < s.lo || i >= s.hi || !s.glosses[i].classes.has(c) {
		return sense{}, false
	}
	for _, x := range s.glosses[i].senses {
		if x.class == c {
			return x, true
		}
	}
	return sense{}, false
}

// any reports whether token i has a sense of one of the classes.
func (s *scan) any(i int, cs ...class) bool {
	if i < s.lo || i >= s.hi {
		return false
	}
	known, found := &s.glosses[i].classes, false
	for _, c := range cs {
		found = found || known.has(c)
	}
	return found
}

// after gives the token that follows the phrase at i.
func (s *scan) after(i int) int {
	if i < 0 || i >= len(s.glosses) {
		return i + 1
	}
	return i + s.glosses[i].tokens
}

// before gives the beginning of the phrase that ends before token i, or i-1.
func (s *scan) before(i int) int {
	for k := i - 1; k >= s.lo && k > i-6; k-- {
		if len(s.glosses[k].senses) > 0 && s.glosses[k].tokens == i-k {
			return k
		}
	}
	return i - 1
}

// mark reports whether token i of the sentence is the given mark or word, folded.
func (s *scan) mark(i int, folded string) bool {
	return i >= s.lo && i < s.hi && s.Tokens[i].Folded == folded
}

// touches reports whether token i stands right behind the one before it.
func (s *scan) touches(i int) bool {
	return i > s.lo && i < s.hi && s.Tokens[i-1].End == s.Tokens[i].Start
}

// number reports whether token i of the sentence is written in digits.
func (s *scan) number(i int) bool {
	return i >= s.lo && i < s.hi && s.Tokens[i].Class == text.Number
}

// word reports whether token i of the sentence is a word.
func (s *scan) word(i int) bool {
	return i >= s.lo && i < s.hi && s.Tokens[i].Class == text.Word
}

// the reports whether the definite article stands at i as a word of its own.
func (s *scan) the(i int) bool {
	x, ok := s.is(i, classArticle)
	return ok && x.text == "definite"
}

// joined reports whether the word at i begins with the conjunction و or ف.
func (s *scan) joined(i int) bool {
	if i < s.lo || i >= s.hi {
		return false
	}
	p := s.glosses[i].prefix
	return strings.HasPrefix(p, "و") || strings.HasPrefix(p, "ف")
}

// definite reports whether the word at i has the Arabic article.
func (s *scan) definite(i int) bool {
	if i < 0 || i >= len(s.glosses) {
		return false
	}
	p := s.glosses[i].prefix
	return strings.HasSuffix(p, "ال") || strings.HasSuffix(p, "لل")
}

// capital reports whether the Latin word at i is written with a capital.
func (s *scan) capital(i int) bool {
	c, _ := utf8.DecodeRuneInString(s.Tokens[i].Raw)
	return unicode.IsUpper(c)
}

// supported reports whether a sense may be taken as it stands: it is not weak,
// or it is an English name with the capital that the other meaning lacks, inside
// a sentence.
func (s *scan) supported(i int, x sense) bool {
	return !x.weak || s.spaced(i) && s.capital(i) && (i > s.lo || s.hi == s.after(i))
}

// span gives the bytes from the word at token first, without its prefix, to the
// end of token last.
func (s *scan) span(first, last int) timeline.Span {
	return timeline.Span{Start: s.glosses[first].start, End: s.Tokens[last].End}
}

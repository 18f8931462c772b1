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
	starters  classSet // of any expression
	openers   classSet // of one where more of it follows
	dates     classSet // that a date may begin with
	families  []family // of absolute dates
	anchored  []bool   // by token: a date may begin there, or go on
	strangers classSet // that no date has before its anchor
	cardinals classSet // of numbers in words
	anchors   classSet // of which every date has one
	relatives []family
	facts     timeline.Facts
	trail     []trace         // one for each of facts.Counts
	stems     []text.Stem     // room for those of one word
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
	unknown := &entry{}
	var stems []text.Stem
	for i := range t.Tokens {
		token := &t.Tokens[i]
		g := &s.glosses[i]
		*g = gloss{entry: unknown, start: token.Start, tokens: 1}
		l := s.tongue(i)
		if l == nil || token.Class == text.Number || token.Class == text.Punct {
			continue
		}
		if token.Script != text.Arabic {
			if e := s.lookUp(l, i, token.Folded, ""); e != nil {
				g.entry, g.tokens = e, 1+len(e.rest)
			} else if bare, ok := strings.CutSuffix(token.Folded, "'s"); ok {
				if e := s.lookUp(l, i, bare, ""); e != nil { // "last year's"
					g.entry, g.tokens = e, 1+len(e.rest)
				}
			}
			continue
		}
		stems = text.AppendStems(stems[:0], token)
		for _, stem := range stems {
			if e := s.lookUp(l, i, stem.Folded, stem.Prefix); e != nil {
				*g = gloss{e, stem.Prefix, withArticle(stem, stems), 1 + len(e.rest)}
				break
			}
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

// withArticle gives the start of a stem, or that of the article it was taken off.
func withArticle(stem text.Stem, stems []text.Stem) int {
	if before, ok := strings.CutSuffix(stem.Prefix, article); ok {
		for _, s := range stems {
			if s.Prefix == before {
				return s.Start
			}
		}
	}
	return stem.Start
}

// lookUp finds the longest phrase that begins with the stem of token i.
func (s *scan) lookUp(l *language, i int, stem, prefix string) *entry {
	list := l.entries[stem]
next:
	for at := range list {
		e := &list[at]
		if e.articled && !strings.HasSuffix(prefix, "لل") {
			continue
		}
		if i+len(e.rest) >= len(s.Tokens) || s.Tokens[i+len(e.rest)].Sentence != s.Tokens[i].Sentence {
			continue
		}
		for k, w := range e.rest {
			if s.Tokens[i+1+k].Folded != w {
				continue next
			}
		}
		return e
	}
	return nil
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

package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Class is the sort of a token.
type Class uint8

// The classes.
const (
	Word   Class = iota + 1
	Number       // written in digits, its separators within: "1,234.5", "12.5", "٣٫٥", "20.05.2017"
	Punct        // one mark of punctuation
	Symbol       // anything else: currency, mathematics, pictures
)

// Script is the script of a word; numbers and marks are Other.
type Script uint8

// The scripts that rules tell apart.
const (
	Other Script = iota
	Arabic
	Latin
)

// Token is a word, a number or a mark.
type Token struct {
	Start, End int    // bytes in the original
	Raw        string // those bytes
	Folded     string // as Fold has it; never empty
	Class      Class
	Script     Script
	Sentence   int // index in Text.Sentences
}

// Sentence is a half-open interval of bytes of the original, from the first
// token of the sentence to the last, with the tokens [First, Last) in it.
type Sentence struct{ Start, End, First, Last int }

// Text is a text and its tokens, in order and without overlap. White space is
// no token: two tokens touch when the one's End is the other's Start.
type Text struct {
	Original  string
	Tokens    []Token
	Sentences []Sentence
}

// Read tokenises s. Words are those of UAX #29, cut further where a letter meets
// a digit ("12ألف", "2.5m"), where scripts meet, and at the points and colons that
// are set without a space after them; "U.S" and "a.m" stay whole. A line feed
// always ends a sentence.
func Read(s string) *Text {
	t := &Text{Tokens: make([]Token, 0, len(s)/6+1)}
	ReadInto(t, s)
	return t
}

// ReadInto tokenises s as Read does, in the room that t has from texts before,
// whose tokens and sentences are lost.
func ReadInto(t *Text, s string) {
	t.Original, t.Tokens, t.Sentences = s, t.Tokens[:0], t.Sentences[:0]
	r := reader{text: t}
	for start := 0; start < len(s); {
		end, plainly := plainEnd(s, start)
		switch plainly {
		case blank:
		case latinFolded, arabicFolded:
			r.word(start, s[start:end], s[start:end], plainly.script())
		case latinLetters, arabicLetters:
			r.word(start, s[start:end], r.fold(s[start:end]), plainly.script())
		case oneMark:
			r.add(start, s[start:end], classOf(kindOf(rune(s[start]))), Other)
		case anything:
			end = segmentEnd(s, start)
			r.segment(start, s[start:end])
		}
		start = end
	}
	r.endSentence()
}

// reader holds what Read builds up.
type reader struct {
	text   *Text
	folded strings.Builder
	first  int  // first token of the open sentence
	ended  bool // the open sentence has had its full stop
}

// segment adds the tokens of one segment of UAX #29.
func (r *reader) segment(start int, s string) {
	first, _ := utf8.DecodeRuneInString(s)
	if unicode.IsSpace(first) {
		if strings.ContainsAny(s, "\n\r\u0085\u2028\u2029") {
			r.endSentence()
		}
		return
	}
	for len(s) > 0 {
		n, class, script := cut(s)
		r.add(start, s[:n], class, script)
		start, s = start+n, s[n:]
	}
}

// kind is what a rune is to cut.
type kind uint8

const (
	letterArabic kind = iota
	letterLatin
	letterOther
	digit
	joined // marks and format characters, which go with what precedes them
	mark   // punctuation
	sign   // symbols and the rest
)

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return letterLatin
		case '0' <= r && r <= '9':
			return digit
		case r == '_':
			return letterOther
		case r < ' ' || r == 0x7f:
			return joined
		case strings.ContainsRune("$+<=>^`|~", r):
			return sign
		}
		return mark
	case 0x620 <= r && r <= 0x64a, 0x671 <= r && r <= 0x6d3:
		return letterArabic // tatweel among them
	case '٠' <= r && r <= '٩', '۰' <= r && r <= '۹', '0' <= r && r <= '9':
		return digit
	case unicode.IsLetter(r):
		switch {
		case unicode.Is(unicode.Arabic, r) || r == tatweel:
			return letterArabic
		case unicode.Is(unicode.Latin, r):
			return letterLatin
		}
		return letterOther
	case unicode.In(r, unicode.M, unicode.Cf, unicode.Cc):
		return joined
	case unicode.IsPunct(r):
		return mark
	case unicode.IsDigit(r):
		return letterOther
	}
	return sign
}

// cut gives the length, the class and the script of the first token of a
// segment that is not empty.
func cut(s string) (n int, class Class, script Script) {
	r, n := utf8.DecodeRuneInString(s)
	head := kindOf(r)
	letters := 1 // since the last point, so that "U.S" is told from "end.The"
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		k := kindOf(r)
		switch {
		case k == joined:
		case k == head && head != mark && head != sign:
			letters++
		case k == mark && n+size < len(s) && binds(head, letters, r, s[n+size:]):
			letters = 0
		default:
			return n, classOf(head), scriptOf(head)
		}
		n += size
	}
	return n, classOf(head), scriptOf(head)
}

// binds reports whether the mark, with letters letters or digits before it and
// rest behind it, is part of a token of the kind.
func binds(head kind, letters int, mark rune, rest string) bool {
	next, size := utf8.DecodeRuneInString(rest)
	for kindOf(next) == joined && size < len(rest) { // a bidi control behind the mark
		rest = rest[size:]
		next, size = utf8.DecodeRuneInString(rest)
	}
	if letters == 0 || kindOf(next) != head {
		return false
	}
	if head == digit {
		return strings.ContainsRune(".,،٫٬'\u2019", mark)
	}
	if head != letterLatin {
		return false
	}
	switch mark {
	case '\'', '\u2019':
		return true
	case '.':
		after, _ := utf8.DecodeRuneInString(rest[size:])
		return letters == 1 && (size == len(rest) || kindOf(after) != letterLatin)
	}
	return false
}

func classOf(k kind) Class {
	switch k {
	case letterArabic, letterLatin, letterOther:
		return Word
	case digit:
		return Number
	case mark:
		return Punct
	case joined, sign:
	}
	return Symbol
}

func scriptOf(k kind) Script {
	switch k {
	case letterArabic:
		return Arabic
	case letterLatin:
		return Latin
	case letterOther, digit, joined, mark, sign:
	}
	return Other
}

// word appends a word of which it is known what it folds to.
func (r *reader) word(start int, raw, folded string, script Script) {
	t := Token{Start: start, End: start + len(raw), Raw: raw, Folded: folded, Class: Word, Script: script}
	if r.ended && r.ends(&t) {
		r.endSentence()
	}
	r.ended = false
	t.Sentence = len(r.text.Sentences)
	r.text.Tokens = append(r.text.Tokens, t)
}

// add appends a token, unless nothing of it is left when folded.
func (r *reader) add(start int, raw string, class Class, script Script) {
	t := Token{Start: start, End: start + len(raw), Raw: raw, Class: class, Script: script}
	if t.Folded = r.fold(raw); t.Folded == "" || t.Folded == " " {
		if !strings.ContainsRune(raw, tatweel) {
			return
		}
		// A tatweel by itself is a dash in Arabic papers.
		t.Folded, t.Class, t.Script = "-", Punct, Other
	}
	if r.ended && r.ends(&t) {
		r.endSentence()
	}
	t.Sentence = len(r.text.Sentences)
	r.text.Tokens = append(r.text.Tokens, t)
	switch {
	case class == Word || class == Number:
		r.ended = false
	case isTerminator(&t):
		r.ended = true
	case !isCloser(&t):
		r.ended = false
	}
}

// fold folds into one builder for the whole text: what a builder has given out
// stays as it is when the builder grows.
func (r *reader) fold(raw string) string {
	if isFolded(raw) {
		return raw
	}
	if r.folded.Cap() == 0 {
		r.folded.Grow(len(r.text.Original) / 2)
	}
	from := r.folded.Len()
	for i, c := range raw {
		if b := raw[i]; isLetter(b) {
			r.folded.WriteByte(b | 0x20)
			continue
		}
		foldRune(&r.folded, c)
	}
	return r.folded.String()[from:]
}

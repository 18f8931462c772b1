package story

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"marsad/timeline/text"
)

// class is the sort of a token, as far as it tells one happening from another.
type class uint8

const (
	word   class = iota
	name         // by its capital, or by the word before it
	figure       // a number or a day, in digits or words
)

// token is a word of a text as a print keeps it: its class in the upper two bits,
// a hash of what it folds to in the lower fourteen.
type token uint16

const hashBits = 14

func newToken(c class, hash uint64) token { return token(uint64(c)<<hashBits | hash&(1<<hashBits-1)) }

func (t token) class() class { return class(t >> hashBits) }

// hash is what tells tokens apart: the class is only how it was read here.
func (t token) hash() uint16 { return uint16(t & (1<<hashBits - 1)) }

// scanner reads the tokens that say what a text is about. It is for one
// goroutine and may be used again.
type scanner struct {
	out    []token
	known  vocabulary // words as they are written
	folded []byte
	stems  []text.Stem
	place  bool // the word before stands before places
	began  bool // the sentence has had a word

	tells bool   // whether deeds are noted
	done  []deed // those that words told of
}

// scan appends the tokens of s to out, up to so many in all. It stands in for
// [text.Read], which takes ten times as long: sentences, scripts and marks do
// not matter to a print.
func (s *scanner) scan(in string, upTo int) {
	s.place, s.began = false, false
	for i := 0; i < len(in) && len(s.out) < upTo; {
		r, n := utf8.DecodeRuneInString(in[i:])
		switch k := kindOf(r); k {
		case letter, digit:
			end := endOf(in, i+n, k)
			if k == digit {
				s.number(in[i:end])
			} else {
				s.word(in[i:end])
			}
			s.began = true
			i = end
		default:
			if strings.ContainsRune(".!?؟\n", r) {
				s.began = false
			}
			s.place = s.place && (r == ' ' || r == '\u00a0' || k == mark)
			i += n
		}
	}
}

// endOf gives where a word or a number ends that goes on to i at least.
func endOf(in string, i int, k kind) int {
	for i < len(in) {
		r, n := utf8.DecodeRuneInString(in[i:])
		next := kindOf(r)
		goesOn := next == k || next == mark || k == digit && isPoint(r) && beginsNumber(in[i+n:])
		if !goesOn {
			break
		}
		i += n
	}
	return i
}

type kind uint8

const (
	other kind = iota
	letter
	digit
	mark // goes with what precedes it
)

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return letter
		case '0' <= r && r <= '9':
			return digit
		}
		return other
	case 0x620 <= r && r <= 0x64a, 0x671 <= r && r <= 0x6d3:
		return letter
	case 0x64b <= r && r <= 0x65f, r == 0x670, r == 0x200c, r == 0x200d:
		return mark
	case '٠' <= r && r <= '٩', '۰' <= r && r <= '۹':
		return digit
	case unicode.IsLetter(r):
		return letter
	case unicode.In(r, unicode.M, unicode.Cf):
		return mark
	}
	return other
}

// isPoint reports whether a number may go on after r.
func isPoint(r rune) bool { return r == '.' || r == ',' || r == '٫' || r == '٬' || r == '،' }

func beginsNumber(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return kindOf(r) == digit
}

func (s *scanner) number(raw string) {
	// Points that group thousands and those that set off fractions are not told
	// apart: 1.200 and 1,200 are one figure, and so are 1.5 and 15, seldom enough.
	value := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text.Fold(raw))
	s.add(figure, hashOf(value))
}

// reading is what is to be known of a word wherever it stands.
type reading struct {
	use     use
	hash    uint16 // as a token has it
	short   bool   // says nothing by itself
	foreign bool   // of a script whose names have no capitals
	capital bool   // long enough for a name, and begins with one
	deed    deed   // that it tells of
}

func (s *scanner) word(raw string) {
	w := s.known.look(raw, s.readWord)
	if w.short {
		return
	}
	if s.tells && w.deed != 0 {
		s.done = append(s.done, w.deed)
		s.place, s.began = false, true
		s.add(word, deeds().hashes[w.deed])
		return
	}
	named := s.place
	s.place = w.use == before || w.use == place
	switch {
	case w.use == drop || w.use == before:
	case w.use == asFigure:
		s.add(figure, uint64(w.hash))
	case named && w.use == plain && w.foreign, s.began && w.capital:
		s.add(name, uint64(w.hash))
	default:
		s.add(word, uint64(w.hash))
	}
}

func (s *scanner) readWord(raw string) reading {
	folded := s.fold(raw)
	if len(folded) < 2 || utf8.RuneCount(folded) < 2 {
		return reading{short: true}
	}
	does := deeds().of(string(folded))
	entry, known := lexicon()[string(folded)]
	if !known && folded[0] >= utf8.RuneSelf {
		folded = s.stem(folded)
		entry, known = lexicon()[string(folded)]
	}
	if !known && folded[len(folded)-1] == 's' {
		entry, known = lexicon()[string(folded[:len(folded)-1])]
		if !known && len(folded) > 3 && folded[len(folded)-2] != 's' {
			folded = folded[:len(folded)-1]
		}
	}
	w := reading{
		use: entry.use, hash: uint16(hashOf(folded)), foreign: folded[0] >= utf8.RuneSelf,
		capital: 'A' <= raw[0] && raw[0] <= 'Z' && len(folded) > 2, deed: does,
	}
	if does == 0 {
		w.deed = deeds().of(string(folded)) // as it was stemmed
	}
	if w.use == asFigure {
		w.hash = uint16(hashOf(entry.value))
	}
	return w
}

// fold gives the folded word, in room that the next one takes.
func (s *scanner) fold(raw string) []byte {
	s.folded = s.folded[:0]
	for i := range len(raw) {
		c := raw[i]
		if c >= utf8.RuneSelf {
			s.folded = append(s.folded[:0], text.Fold(raw)...)
			break
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		s.folded = append(s.folded, c)
	}
	return s.folded
}

// stem takes the longest stack of prefixes off an Arabic word that leaves three
// letters. Where that is wrong it is wrong in each copy.
func (s *scanner) stem(folded []byte) []byte {
	whole := string(folded)
	s.stems = text.AppendStems(s.stems[:0], &text.Token{Raw: whole, Folded: whole, Script: text.Arabic})
	for i := len(s.stems) - 1; i > 0; i-- {
		if rest := s.stems[i].Folded; len(rest) >= 2*3 { // letters of two bytes
			return append(s.folded[:0], rest...)
		}
	}
	return folded
}

func (s *scanner) add(c class, hash uint64) { s.out = append(s.out, newToken(c, hash)) }

// hashOf is FNV-1a, mixed at the end: its low bits alone are poor.
func hashOf[T string | []byte](s T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finaliser of MurmurHash3.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// use is what the lexicon says of a word.
type use uint8

const (
	plain use = iota
	drop
	asFigure
	before
	place
	common
)

type entry struct {
	use   use
	value string // of a figure
}

//go:embed words.txt
var wordsFile string

// lexicon is words.txt by folded word, each Arabic one also as the scanner
// stems it.
var lexicon = sync.OnceValue(func() map[string]entry {
	uses := map[string]use{"drop": drop, "figure": asFigure, "before": before, "place": place, "common": common}
	entries := make(map[string]entry)
	for line := range strings.Lines(wordsFile) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		e := entry{use: uses[fields[0]]}
		words := fields[1:]
		if e.use == asFigure {
			e.value, words = fields[1], fields[2:]
		}
		for _, w := range words {
			entries[text.Fold(w)] = e
		}
	}
	return entries
})

package text

import (
	_ "embed"
	"strings"
	"unicode/utf8"
)

// Stem is one reading of a word: what is left when a prefix is taken off.
type Stem struct {
	Prefix string // the folded letters taken off; empty for the word as it stands
	Folded string // the folded rest
	Start  int    // where the rest begins in the original, in bytes
}

// Stems returns the readings of a token, the longest stem first, so that the
// word as it stands always comes first. Arabic words are read with each stack of
// prefixes that they begin with (conjunction, preposition, article, future
// particle: "وبال", "لل", ...) and that leaves two letters or more; whether the
// rest is a word is for the caller to know. Other words have one reading.
func Stems(t Token) []Stem { return AppendStems(nil, &t) }

// AppendStems appends to dst what Stems returns.
func AppendStems(dst []Stem, t *Token) []Stem {
	dst = append(dst, Stem{Folded: t.Folded, Start: t.Start})
	if t.Script != Arabic || !strings.ContainsRune(prefixLetters, firstRune(t.Folded)) {
		return dst
	}
	for list := prefixes; list != ""; {
		var prefix string
		prefix, list, _ = strings.Cut(list, "\n")
		// A letter of the Arabic block is two bytes in UTF-8.
		if prefix == "" || len(t.Folded) < len(prefix)+4 || !strings.HasPrefix(t.Folded, prefix) {
			continue
		}
		dst = append(dst, Stem{
			Prefix: prefix,
			Folded: t.Folded[len(prefix):],
			Start:  t.Start + rawLen(t.Raw, utf8.RuneCountInString(prefix)),
		})
	}
	return dst
}

// prefixLetters are the letters that prefixes begin with.
const prefixLetters = "وفبكلسا"

// prefixes has one stack a line, folded, shorter ones first.
//
//go:embed prefixes.txt
var prefixes string

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// rawLen gives the length in bytes of the shortest beginning of raw that folds
// to n letters, with the marks on the last of them.
func rawLen(raw string, n int) int {
	for i, r := range raw {
		if kindOf(r) == joined || r == tatweel {
			continue
		}
		if n == 0 {
			return i
		}
		n--
	}
	return len(raw)
}

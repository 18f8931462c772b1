package text

import (
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
	if t.Script != Arabic {
		return dst
	}
	// A letter of the Arabic block is two bytes in UTF-8; the rest needs two letters.
	for n := 2; n <= longestPrefix && n+4 <= len(t.Folded); n += 2 {
		if !isPrefix(t.Folded[:n]) {
			continue
		}
		dst = append(dst, Stem{
			Prefix: t.Folded[:n],
			Folded: t.Folded[n:],
			Start:  t.Start + rawLen(t.Raw, n/2),
		})
	}
	return dst
}

// longestPrefix is the length in bytes of the longest that isPrefix knows.
const longestPrefix = len("وبال")

// isPrefix reports whether Arabic sets s before a word: a conjunction, a
// preposition, the future particle, the article, or a stack of these.
func isPrefix(s string) bool {
	switch s {
	case "و", "ف",
		"ب", "ك", "ل", "س", "ال", "لل", "بال", "كال",
		"وب", "وك", "ول", "وس", "وال", "ولل", "وبال", "وكال",
		"فب", "فك", "فل", "فس", "فال", "فلل", "فبال", "فكال":
		return true
	}
	return false
}

// rawLen gives the length in bytes of the shortest beginning of raw that folds
// to n letters, with the marks on the last of them. A ligature that the cut
// would go through is not in it.
func rawLen(raw string, n int) int {
	if isFolded(raw[:min(2*n+2, len(raw))]) {
		return 2 * n // nothing is dropped: letters of two bytes each
	}
	for i, r := range raw {
		var folded strings.Builder
		foldRune(&folded, r)
		letters := utf8.RuneCountInString(folded.String())
		if letters == 0 {
			continue
		}
		if n < letters {
			return i
		}
		n -= letters
	}
	return len(raw)
}

package extract

import (
	"strings"

	"marsad/timeline/text"
)

// stemKey is what a word is compared by: an Arabic word as it is folded (its
// prefixes are the text's business, see vocabulary), any other without
// apostrophes, possessive and plural.
func stemKey(t *text.Token) string {
	if t.Class != text.Word || t.Script != text.Latin {
		return t.Folded
	}
	return singular(prefixKey(t))
}

// prefixKey is what the beginning of a word is compared in: the folded word
// without possessive and apostrophes, so that Da'esh is Daesh.
func prefixKey(t *text.Token) string {
	s := t.Folded
	if t.Script != text.Latin || strings.IndexByte(s, '\'') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.TrimSuffix(s, "'s"), "'", "")
}

// singular takes the ending of an English plural off a folded word. It is
// applied to the query and to the text alike, so that what it leaves need not
// be a word; it must only not be another one. For that reason it does little
// more than the S stemmer of Harman ("How effective is suffixing?", JASIS 42,
// 1991) and knows the two words of the news that it would make others of.
func singular(s string) string {
	n := len(s)
	if n < 4 || s[n-1] != 's' || s == "news" || s == "hamas" {
		return s
	}
	switch s[n-2] {
	case 's', 'u', 'i':
		return s // press, virus, crisis
	case 'e':
	default:
		return s[:n-1]
	}
	switch stem := s[:n-2]; {
	case n > 4 && s[n-3] == 'i':
		return s[:n-3] + "y" // countries
	case strings.HasSuffix(stem, "ch"), strings.HasSuffix(stem, "sh"), strings.HasSuffix(stem, "ss"),
		strings.HasSuffix(stem, "x"), strings.HasSuffix(stem, "z"):
		return stem // clashes
	}
	return s[:n-1] // alliances
}

package extract

import (
	"strings"
	"unicode/utf8"

	"marsad/timeline/text"
)

// Arabic words are compared without what is written on to them: in front, the
// conjunctions, prepositions and the article that [text.Stems] knows; behind, the
// sound plurals and the dual, the tanwin's alef and the pronouns. An ending is
// taken off a word of a text only where enough letters are left for a word, and
// where it does not as often belong to another one: the ي of the nisba (العراق,
// العراقي) and the ة of the feminine (شرط, شرطة) stay. It is the light stemming of
// Larkey, Ballesteros and Connell ("Improving stemming for Arabic information
// retrieval", SIGIR 2002), less what folds different words.

// construct is set behind a key that a word has as a plural only, so that مقاتلين
// in a query finds مقاتلي, but مقاتل does not: مغربي is no plural of مغرب.
const construct = "+"

// tail is what the last letters of a word show before they are folded.
type tail struct {
	marbuta bool // the word ends in ة, which is no pronoun
	tanwin  bool // its alef has the sign of the indefinite
}

func tailOf(raw string) tail {
	var e tail
	for len(raw) > 0 {
		r, n := utf8.DecodeLastRuneInString(raw)
		switch {
		case r == 0x64b: // fathatan, on the alef or on the letter before it
			e.tanwin = true
		case r == 'ة':
			e.marbuta = true
			return e
		case r == 'ا':
			e.tanwin = e.tanwin || strings.HasSuffix(raw[:len(raw)-n], "\u064b")
			return e
		case 0x64c <= r && r <= 0x65f:
		default:
			return e
		}
		raw = raw[:len(raw)-n]
	}
	return e
}

// cutArticle takes the article off a word of a query. Less than two letters
// behind it are no word: آل, الا.
func cutArticle(word string) (bare string, definite bool) {
	bare, definite = strings.CutPrefix(word, article)
	return bare, definite && letterCount(bare) >= 2
}

// letterCount counts the letters of a folded Arabic word, which have two bytes each.
func letterCount(s string) int { return len(s) / 2 }

// possible reports whether a reading of a word of a text can be one. Single
// letters are prefixes before three letters or more, lest رد be found in ورد, and
// the particle of the future stands before verbs in the imperfect.
func possible(s text.Stem) bool {
	last := s.Prefix
	if strings.HasSuffix(last, "ال") || strings.HasSuffix(last, "لل") || last == "" {
		return true
	}
	if letterCount(s.Folded) < 3 {
		return false
	}
	if !strings.HasSuffix(last, "س") {
		return true
	}
	first, _ := utf8.DecodeRuneInString(s.Folded)
	return strings.ContainsRune("يتنا", first)
}

// numberKeys appends the keys of a word by itself, in the singular and in the
// construct of its plural.
func (s *stemmer) numberKeys(keys []string, word string, e tail) []string {
	if family, known := s.arabic[word]; known {
		return append(keys, family)
	}
	keys = append(keys, word)
	if rest, ok := strings.CutSuffix(word, "ات"); ok && letterCount(rest) >= 3 {
		keys = s.key(keys, rest+"ه") // غارات
		if letterCount(rest) >= 4 && !strings.HasSuffix(rest, "ي") {
			keys = s.key(keys, rest) // انتخابات, but not عملي of عمليات
		}
	}
	for _, dual := range []string{"تان", "تين"} {
		if rest, ok := strings.CutSuffix(word, dual); ok && letterCount(rest) >= 3 {
			keys = s.key(keys, rest+"ه") // غارتان
		}
	}
	for _, plural := range []string{"ون", "ين"} {
		if rest, ok := strings.CutSuffix(word, plural); ok && letterCount(rest) >= 4 {
			keys = append(s.key(keys, rest), rest+construct)
		}
	}
	if rest, ok := strings.CutSuffix(word, "ان"); ok && letterCount(rest) >= 4 {
		keys = s.key(keys, rest) // مقاتلان
	}
	if e.tanwin {
		if rest, ok := strings.CutSuffix(word, "ا"); ok && letterCount(rest) >= 3 {
			keys = s.key(keys, rest)
		}
	}
	return constructKeys(keys, word)
}

// constructKeys appends the keys of a sound plural before a genitive or a
// pronoun, which has lost its ن.
func constructKeys(keys []string, word string) []string {
	for _, plural := range []string{"و", "ي"} {
		if rest, ok := strings.CutSuffix(word, plural); ok && letterCount(rest) >= 4 {
			keys = append(keys, rest+construct)
		}
	}
	return keys
}

// key appends a word without its ending, or its family.
func (s *stemmer) key(keys []string, word string) []string {
	if family, known := s.arabic[word]; known {
		word = family
	}
	return append(keys, word)
}

// textKeys appends the keys of a word of a text, its prefixes off. A definite
// one, with the article, has no ending but that of number.
func (s *stemmer) textKeys(keys []string, word string, e tail, definite bool) []string {
	if _, known := s.arabic[word]; known || definite {
		return s.numberKeys(keys, word, e)
	}
	keys = s.numberKeys(keys, word, e)
	if rest, ok := strings.CutSuffix(word, "ا"); ok && !e.tanwin && letterCount(rest) >= 3 && !strings.HasSuffix(rest, "ي") {
		keys = s.key(keys, rest) // تحالفا, but not سوري of سوريا
	}
	if rest, ok := strings.CutSuffix(word, "و"); ok && letterCount(rest) >= 4 {
		keys = s.key(keys, rest) // مقاتلو
	}
	for _, p := range []struct {
		ending string
		fewest int // letters before it
	}{{"هما", 3}, {"هم", 3}, {"هن", 3}, {"ها", 3}, {"كم", 4}, {"نا", 4}, {"ه", 5}} {
		rest, ok := strings.CutSuffix(word, p.ending)
		if !ok || letterCount(rest) < p.fewest || e.marbuta {
			continue
		}
		keys = s.numberKeys(keys, rest, tail{}) // قواتها
		for _, plural := range []string{"و", "ي"} {
			if singular, ok := strings.CutSuffix(rest, plural); ok && letterCount(singular) >= 4 {
				keys = s.key(keys, singular) // مقاتلوها
			}
		}
		if feminine, ok := strings.CutSuffix(rest, "ت"); ok && letterCount(feminine) >= 3 {
			keys = s.key(keys, feminine+"ه") // هدنته
		}
	}
	return keys
}

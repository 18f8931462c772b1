package extract

import (
	_ "embed"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"

	"marsad/timeline/text"
)

// wordFamilies has the words that stemming by rule would miss or mistake: each maps
// to the key that all of its family have, and nothing else.
type wordFamilies map[string]string

//go:embed stems/en.txt
var englishFamilies string

//go:embed stems/ar.txt
var arabicFamilies string

// readFamilies reads a file of families: one a line, its words separated by
// blanks; # begins a comment.
func readFamilies(data string) wordFamilies {
	f := make(wordFamilies)
	for line := range strings.Lines(data) {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(text.Fold(line))
		for _, w := range words {
			f[w] = "=" + words[0] // no stem begins so
		}
	}
	return f
}

// stemmer says by which keys words are compared. It is not changed once it is
// made.
type stemmer struct{ english, arabic wordFamilies }

func newStemmer() *stemmer {
	return &stemmer{readFamilies(englishFamilies), readFamilies(arabicFamilies)}
}

// queryKeys appends the keys of a word of a query. A word of a text is the word
// when they have a key in common.
func (s *stemmer) queryKeys(keys []string, t *text.Token) []string {
	if t.Script != text.Arabic {
		return append(keys, s.latinKey(t, snowballstem.NewEnv("")))
	}
	bare, definite := cutArticle(t.Folded)
	if !definite {
		return s.numberKeys(keys, t.Folded, tailOf(t.Raw))
	}
	keys = append(keys, t.Folded)
	for _, key := range s.numberKeys(nil, bare, tailOf(t.Raw)) {
		if key != bare {
			keys = append(keys, article+key)
		}
	}
	return keys
}

// longestStemmed is the length in bytes of the longest word that is stemmed. No
// word of a language is longer, and the stemmer takes quadratic time.
const longestStemmed = 40

// latinKey is what a word in other than Arabic letters is compared by: the
// Snowball stem of what prefixKey gives (Porter's English stemmer, snowballstem.org),
// where it is made of the letters of English.
func (s *stemmer) latinKey(t *text.Token, env *snowballstem.Env) string {
	word := prefixKey(t)
	if family, known := s.english[word]; known {
		return family
	}
	if t.Class != text.Word || len(word) > longestStemmed || strings.IndexFunc(word, notEnglish) >= 0 {
		return word
	}
	env.SetCurrent(word)
	english.Stem(env)
	return env.Current()
}

func notEnglish(r rune) bool { return r < 'a' || r > 'z' }

// prefixKey is what the beginning of a word is compared in: the folded word
// without possessive and apostrophes, so that Da'esh is Daesh.
func prefixKey(t *text.Token) string {
	s := t.Folded
	if t.Script != text.Latin || strings.IndexByte(s, '\'') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.TrimSuffix(s, "'s"), "'", "")
}

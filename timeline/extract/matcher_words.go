package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"marsad/timeline/text"
)

// vocabulary has every word that a query or an alias asks for, and says which of
// them a word of a text is.
//
// A word of a query that begins with the Arabic article is found with the
// article only, be it written ال or, after ل, as the second ل of لل: القاعدة is
// a group, قاعدة a base. One without is found with it and without.
type vocabulary struct {
	ids   map[pattern]int32
	words map[string]int32
	exact map[string]int32
	// definite has the words that begin with the article, without it.
	definite         map[string]int32
	prefixes         map[string]int32
	definitePrefixes map[string]int32
	// lengths are those of the keys of both maps of prefixes, in bytes, ascending.
	lengths []int
	// heads is a filter: a word of a text of which no reading has its bit set is
	// none of the words. See headBit.
	heads [headBits / 64]uint64
}

func newVocabulary() vocabulary {
	return vocabulary{
		ids:   map[pattern]int32{},
		words: map[string]int32{}, exact: map[string]int32{}, definite: map[string]int32{},
		prefixes: map[string]int32{}, definitePrefixes: map[string]int32{},
	}
}

const article = "ال"

// add returns the id of a word of a query, a new one when it has none yet.
func (v *vocabulary) add(p pattern) int32 {
	if id, known := v.ids[p]; known {
		return id
	}
	id := int32(len(v.ids))
	v.ids[p] = id
	// Less than two letters after ال are no word with an article: آل, الا.
	bare, definite := strings.CutPrefix(p.key, article)
	definite = definite && len(bare) >= len(article)
	switch p.form {
	case formExact:
		v.exact[p.key] = id
	case formStem:
		v.words[p.key] = id
		v.mark(p.key)
		if definite {
			v.definite[bare] = id
			v.mark(bare)
		}
	case formPrefix:
		v.addPrefix(v.prefixes, p.key, id)
		if definite {
			v.addPrefix(v.definitePrefixes, bare, id)
		}
	}
	return id
}

func (v *vocabulary) addPrefix(to map[string]int32, key string, id int32) {
	to[key] = id
	v.mark(key)
	if i, found := slices.BinarySearch(v.lengths, len(key)); !found {
		v.lengths = slices.Insert(v.lengths, i, len(key))
	}
}

// headBits is the size of the filter: 8 KiB, which stays in the cache.
const headBits = 1 << 16

// headBit maps the first two letters of a word, as long as they are of one or
// two bytes, to a bit.
func headBit(s string) (word, bit uint32) {
	n := 4
	if s[0] < utf8.RuneSelf {
		n = 2
	}
	h := uint32(2166136261) // FNV-1a
	for i := range min(n, len(s)) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	h ^= h >> 16
	h %= headBits
	return h / 64, h % 64
}

// mayHave reports whether the word passes the filter.
func (v *vocabulary) mayHave(s string) bool {
	word, bit := headBit(s)
	return v.heads[word]&(1<<bit) != 0
}

func (v *vocabulary) mark(key string) {
	word, bit := headBit(key)
	v.heads[word] |= 1 << bit
}

// lookup appends the ids of the words that t is, each once. stems is room for
// its readings.
func (v *vocabulary) lookup(ids []int32, t *text.Token, stems *[]text.Stem) []int32 {
	if len(v.exact) > 0 {
		if id, found := v.exact[strings.ToLower(t.Raw)]; found {
			ids = append(ids, id)
		}
	}
	if t.Script != text.Arabic {
		return v.lookupKey(ids, stemKey(t), prefixKey(t))
	}
	*stems = text.AppendStems((*stems)[:0], t)
	for i := range *stems {
		s := &(*stems)[i]
		ids = v.lookupKey(ids, s.Folded, s.Folded)
		if strings.HasSuffix(s.Prefix, article) || strings.HasSuffix(s.Prefix, "لل") {
			ids = v.lookupIn(ids, v.definite, v.definitePrefixes, s.Folded, s.Folded)
		}
	}
	return ids
}

func (v *vocabulary) lookupKey(ids []int32, key, long string) []int32 {
	return v.lookupIn(ids, v.words, v.prefixes, key, long)
}

// lookupIn looks for key among the words and for the beginnings of long among
// the prefixes.
func (v *vocabulary) lookupIn(ids []int32, words, prefixes map[string]int32, key, long string) []int32 {
	if long == "" || key == "" {
		return ids
	}
	if !v.mayHave(long) && (len(key) == len(long) || !v.mayHave(key)) {
		return ids
	}
	if id, found := words[key]; found && !slices.Contains(ids, id) {
		ids = append(ids, id)
	}
	for _, n := range v.lengths {
		if n > len(long) {
			break
		}
		if id, found := prefixes[long[:n]]; found && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

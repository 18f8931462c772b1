package extract

import (
	"slices"
	"strings"

	"marsad/timeline/text"
)

// vocabulary has every word that a query or an alias asks for, and says which of
// them a word of a text is.
//
// A word of a query that begins with the Arabic article is found with the
// article only, be it written ال or, after ل, as the second ل of لل: القاعدة is
// a group, قاعدة a base. One without is found with it and without.
type vocabulary struct {
	stemmer *stemmer
	ids     map[pattern]int32
	words   map[string][]int32
	exact   map[string]int32
	names   map[string]int32
	// definite has the words that begin with the article, without it.
	definite         map[string][]int32
	prefixes         map[string]int32
	definitePrefixes map[string]int32
	// lengths are those of the keys of both maps of prefixes, in bytes, ascending.
	lengths []int
}

func newVocabulary(s *stemmer) vocabulary {
	return vocabulary{
		stemmer: s, ids: map[pattern]int32{},
		words: map[string][]int32{}, exact: map[string]int32{}, names: map[string]int32{}, definite: map[string][]int32{},
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
	switch p.form {
	case formExact:
		v.exact[p.key] = id
	case formName:
		v.names[p.key] = id
	case formStem:
		for key := range strings.FieldsSeq(p.key) {
			v.words[key] = append(v.words[key], id)
			if bare, definite := cutArticle(key); definite {
				v.definite[bare] = append(v.definite[bare], id)
			}
		}
	case formPrefix:
		v.addPrefix(v.prefixes, p.key, id)
		if bare, definite := cutArticle(p.key); definite {
			v.addPrefix(v.definitePrefixes, bare, id)
		}
	}
	return id
}

func (v *vocabulary) addPrefix(to map[string]int32, key string, id int32) {
	to[key] = id
	if i, found := slices.BinarySearch(v.lengths, len(key)); !found {
		v.lengths = slices.Insert(v.lengths, i, len(key))
	}
}

// lookup appends the ids of the words that t is, of which r has the stems, each
// once.
func (v *vocabulary) lookup(ids []int32, t *text.Token, r *recall) []int32 {
	if len(v.exact) > 0 {
		if id, found := v.exact[strings.ToLower(t.Raw)]; found {
			ids = append(ids, id)
		}
	}
	if t.Script != text.Arabic {
		r.keys = append(r.keys[:0], v.stemmer.latinKey(t, r.env))
		folded := prefixKey(t)
		if id, found := v.names[folded]; found && isCapital(t) {
			ids = append(ids, id)
		}
		return v.lookupIn(ids, v.words, v.prefixes, r.keys, folded)
	}
	tail := tailOf(t.Raw)
	for _, s := range r.stems {
		if !possible(s) {
			continue
		}
		definite := strings.HasSuffix(s.Prefix, article) || strings.HasSuffix(s.Prefix, "لل")
		ids = v.lookupName(ids, s)
		r.keys = v.stemmer.textKeys(r.keys[:0], s.Folded, tail, definite)
		ids = v.lookupIn(ids, v.words, v.prefixes, r.keys, s.Folded)
		if definite {
			ids = v.lookupIn(ids, v.definite, v.definitePrefixes, r.keys, s.Folded)
		}
	}
	return ids
}

// lookupIn looks for the keys among the words and for the beginnings of long
// among the prefixes.
func (v *vocabulary) lookupIn(ids []int32, words map[string][]int32, prefixes map[string]int32, keys []string, long string) []int32 {
	for _, key := range keys {
		for _, id := range words[key] {
			ids = appendOnce(ids, id)
		}
	}
	for _, n := range v.lengths {
		if n > len(long) {
			break
		}
		if id, found := prefixes[long[:n]]; found {
			ids = appendOnce(ids, id)
		}
	}
	return ids
}

// lookupName looks for a stem among the names, which have the article as they are
// written.
func (v *vocabulary) lookupName(ids []int32, s text.Stem) []int32 {
	name := s.Folded
	switch {
	case strings.HasSuffix(s.Prefix, "لل"):
		name = article + name
	case strings.HasSuffix(s.Prefix, article):
		return ids
	}
	if id, found := v.names[name]; found {
		ids = appendOnce(ids, id)
	}
	return ids
}

func appendOnce(ids []int32, id int32) []int32 {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

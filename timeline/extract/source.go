package extract

import (
	"slices"
	"strings"

	"marsad/timeline"
	"marsad/timeline/text"
)

// names finds the entities of the lexicon by their aliases.
type names struct{ byFirst map[string][]alias }

type alias struct {
	words  []string // folded
	entity string
}

func newNames(entities []timeline.Entity) *names {
	n := &names{byFirst: make(map[string][]alias)}
	for _, e := range entities {
		for _, list := range e.Aliases {
			for _, a := range list {
				var words []string
				for _, t := range text.Read(a).Tokens {
					words = append(words, t.Folded)
				}
				if len(words) > 0 {
					n.byFirst[words[0]] = append(n.byFirst[words[0]], alias{words, e.Name})
				}
			}
		}
	}
	for _, list := range n.byFirst {
		slices.SortFunc(list, func(a, b alias) int {
			if d := len(b.words) - len(a.words); d != 0 {
				return d
			}
			return strings.Compare(a.entity, b.entity)
		})
	}
	return n
}

// at gives the entity whose alias begins at token i.
func (n *names) at(t *text.Text, i int) string {
	if t.Tokens[i].Class != text.Word {
		return ""
	}
	var buffer [8]text.Stem
	for _, stem := range text.AppendStems(buffer[:0], &t.Tokens[i]) {
		for _, a := range n.byFirst[stem.Folded] {
			if i+len(a.words) > len(t.Tokens) {
				continue
			}
			rest := t.Tokens[i+1 : i+len(a.words)]
			if slices.EqualFunc(a.words[1:], rest, func(w string, t text.Token) bool { return w == t.Folded }) {
				return a.entity
			}
		}
	}
	return ""
}

// attribute says of each count whom it is said of and who said it.
func (r *Reader) attribute(s *scan) {
	for i := range s.facts.Counts {
		c := &s.facts.Counts[i]
		at := s.tokenAt(c.Span.Start)
		s.lo, s.hi = s.bounds(at)
		c.Of = r.entityNear(s, at, s.tokenAt(c.Span.End-1)+1)
		c.By = s.speaker(at)
	}
}

// tokenAt gives the token that holds the byte.
func (s *scan) tokenAt(offset int) int {
	i, _ := slices.BinarySearchFunc(s.Tokens, offset, func(t text.Token, offset int) int {
		if t.End <= offset {
			return -1
		}
		if t.Start > offset {
			return 1
		}
		return 0
	})
	return i
}

// bounds gives the tokens of the sentence of token i.
func (s *scan) bounds(i int) (lo, hi int) {
	sentence := s.Sentences[s.Tokens[i].Sentence]
	return sentence.First, sentence.Last
}

// entityNear gives the entity named nearest to a count in its clause, before it
// rather than behind it, "" when there is none.
func (r *Reader) entityNear(s *scan, first, last int) string {
	for k := first - 1; k >= s.lo && !s.clauseEnd(k); k-- {
		if e := r.names.at(s.Text, k); e != "" {
			return e
		}
	}
	for k := last; k < s.hi && !s.clauseEnd(k); k++ {
		if e := r.names.at(s.Text, k); e != "" {
			return e
		}
	}
	return ""
}

// speaker gives who is named as the source of the count at token at: after
// "according to" in its sentence, nearest behind the count, else before; else the
// subject of the sentence's verb of saying, which a bare "the magazine" refers
// back to the last source that was named.
func (s *scan) speaker(at int) string {
	for k := at; k < s.hi; k++ {
		if s.any(k, classSaid) {
			return s.sourcePhrase(s.after(k))
		}
	}
	for k := at; k >= s.lo; k-- {
		if s.any(k, classSaid) {
			return s.sourcePhrase(s.after(k))
		}
	}
	for k := s.lo; k < s.hi; k++ {
		if s.any(k, classSaidVerbs) {
			return s.subject(k)
		}
	}
	return ""
}

// sourcePhrase gives the words of a source, up to where the clause ends or
// another begins.
func (s *scan) sourcePhrase(i int) string {
	const longest = 4 // words
	first, end := i, i
	for end < s.hi && end < first+longest && s.word(end) && !s.clauseEnd(end) {
		if end > first && (s.any(end, classFunction, classSaidVerbs) && !s.mark(end, "of")) {
			break
		}
		if s.Tokens[end].Folded == "ان" || s.Tokens[end].Folded == "هذا" {
			break
		}
		end++
	}
	if end == first {
		return ""
	}
	return s.Original[s.Tokens[first].Start:s.Tokens[end-1].End]
}

// subject gives who does the saying of the verb at k.
func (s *scan) subject(k int) string {
	if s.Tokens[k].Script == text.Latin {
		first := k
		for first > s.lo && s.word(first-1) && s.capital(first-1) {
			first--
		}
		if first == k {
			return ""
		}
		return s.Original[s.Tokens[first].Start:s.Tokens[k-1].End]
	}
	at := s.after(k)
	if s.any(at, classSources) && s.articled(at) {
		if name, ok := s.namedSource(k); ok {
			return name
		}
	}
	return s.sourcePhrase(at)
}

// namedSource finds the last source before token k that was named: a common noun
// without the article and the name behind it, as in "مجلة نيوزويك".
func (s *scan) namedSource(k int) (string, bool) {
	lo, hi := s.lo, s.hi
	defer func() { s.lo, s.hi = lo, hi }()
	for i := k - 1; i >= 0; i-- {
		s.lo, s.hi = s.bounds(i)
		if s.any(i, classSources) && s.Tokens[i].Script == text.Arabic && !s.articled(i) && s.word(i+1) && !s.any(i+1, classFunction) {
			return s.Tokens[i+1].Raw, true
		}
	}
	return "", false
}

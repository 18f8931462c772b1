package extract

import (
	"cmp"
	"slices"

	"marsad/timeline/text"
)

// phraseTrie has the phrases of all queries and aliases, word by word. Node 0 is
// the root.
type phraseTrie struct {
	edges  map[edge]int32
	phrase []int32 // by node: the phrase that ends there, or -1
	count  int32   // phrases
}

type edge struct{ node, word int32 }

func newPhraseTrie() phraseTrie {
	return phraseTrie{edges: map[edge]int32{}, phrase: []int32{-1}}
}

// add returns the id of a phrase, a new one when it has none yet. Ids count from 0.
func (t *phraseTrie) add(words []int32) int32 {
	node := int32(0)
	for _, w := range words {
		next, known := t.edges[edge{node, w}]
		if !known {
			next = int32(len(t.phrase))
			t.edges[edge{node, w}] = next
			t.phrase = append(t.phrase, -1)
		}
		node = next
	}
	if t.phrase[node] < 0 {
		t.phrase[node] = t.count
		t.count++
	}
	return t.phrase[node]
}

// hit is a place where a phrase stands: words first to last of the text, counted
// without punctuation, and its bytes.
type hit struct {
	phrase      int32
	first, last int32
	start, end  int
}

// thread is a phrase begun: the node it has come to and where it began.
type thread struct {
	node, first int32
	start       int
}

// scan returns all places of all phrases, by phrase and then in order.
func (m *Matcher) scan(t *text.Text) []hit {
	var (
		hits          []hit
		threads, live []thread
		ids           []int32
		stems         []text.Stem
	)
	sentence := 0
	words := int32(0)
	for i := range t.Tokens {
		token := &t.Tokens[i]
		if token.Class != text.Word && token.Class != text.Number {
			continue
		}
		if token.Sentence != sentence {
			sentence, threads = token.Sentence, threads[:0]
		}
		ids = m.words.lookup(ids[:0], token, &stems)
		live = live[:0]
		if len(ids) > 0 {
			threads = append(threads, thread{node: 0, first: words, start: token.Start})
		}
		for _, id := range ids {
			for _, th := range threads {
				node, found := m.trie.edges[edge{th.node, id}]
				if !found {
					continue
				}
				live = append(live, thread{node, th.first, th.start})
				if phrase := m.trie.phrase[node]; phrase >= 0 {
					hits = append(hits, hit{phrase, th.first, words, th.start, token.End})
				}
			}
		}
		threads, live = live, threads
		words++
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.phrase, b.phrase), cmp.Compare(a.start, b.start))
	})
	return hits
}

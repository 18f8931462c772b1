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
	inner  []bool  // by node: a longer phrase goes on there
	count  int32   // phrases

	alone map[int32]bool // phrases that are found only where no name is beside them
	asked []bool         // by phrase: a topic asks for it
	named []bool         // by phrase: it is a name of an entity, or excepted
}

type edge struct{ node, word int32 }

func newPhraseTrie() phraseTrie {
	return phraseTrie{edges: map[edge]int32{}, phrase: []int32{-1}, inner: []bool{false}, alone: map[int32]bool{}}
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
			t.inner = append(t.inner, false)
			t.inner[node] = true
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

// find finds all places of all phrases. The findings go back to m.room when the
// caller has done with them.
func (m *Matcher) find(t *text.Text) *findings {
	f, ok := m.room.Get().(*findings)
	if !ok {
		f = newFindings()
	}
	f.recognize(m, t)
	f.search(m, t)
	return f
}

// recognize notes what is known of each word of the text.
func (f *findings) recognize(m *Matcher, t *text.Text) {
	f.forms = slices.Grow(f.forms[:0], len(t.Tokens))[:len(t.Tokens)]
	for i := range t.Tokens {
		f.forms[i] = nil
		if token := &t.Tokens[i]; token.Class != text.Punct {
			f.forms[i] = f.recall.of(m, token)
		}
	}
}

// search finds all places of all phrases in the text, whose words are recognized.
func (f *findings) search(m *Matcher, t *text.Text) {
	f.hits, f.named = f.hits[:0], f.named[:0]
	f.threads = f.threads[:0]
	sentence := 0
	words := int32(0)
	for i := range t.Tokens {
		token := &t.Tokens[i]
		if token.Class != text.Word && token.Class != text.Number {
			continue
		}
		if token.Sentence != sentence {
			sentence, f.threads = token.Sentence, f.threads[:0]
		}
		if ids := f.forms[i].ids; len(ids) > 0 {
			f.follow(&m.trie, ids, token, words)
		} else {
			f.threads = f.threads[:0]
		}
		words++
	}
	if len(m.trie.alone) > 0 {
		beside := func(h hit) bool { return m.trie.alone[h.phrase] && m.besideName(t, h) }
		f.hits, f.named = slices.DeleteFunc(f.hits, beside), slices.DeleteFunc(f.named, beside)
	}
	slices.SortFunc(f.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.phrase, b.phrase), cmp.Compare(a.start, b.start))
	})
	f.index(int(m.trie.count))
}

// follow takes the phrases begun, and those that begin here, one word further.
func (f *findings) follow(trie *phraseTrie, ids []int32, token *text.Token, word int32) {
	f.threads = append(f.threads, thread{node: 0, first: word, start: token.Start})
	f.live = f.live[:0]
	for _, id := range ids {
		for _, th := range f.threads {
			node, found := trie.edges[edge{th.node, id}]
			if !found {
				continue
			}
			if trie.inner[node] {
				f.live = append(f.live, thread{node, th.first, th.start})
			}
			if phrase := trie.phrase[node]; phrase >= 0 {
				h := hit{phrase, th.first, word, th.start, token.End}
				if trie.asked[phrase] {
					f.hits = append(f.hits, h)
				}
				if trie.named[phrase] {
					f.named = append(f.named, h)
				}
			}
		}
	}
	f.threads, f.live = f.live, f.threads
}

package extract

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"marsad/timeline"
	"marsad/timeline/text"
)

// matcherVersion goes into every topic's hash. It is counted up when the same
// definition comes to match other texts, so that topics are read anew.
const matcherVersion = "3"

// Matcher finds topics and entities in texts. It holds no state of a text and is
// safe for concurrent use. All topics and entities are one automaton, so that
// the cost of a text depends on how much of it matches rather than on how many
// topics there are.
type Matcher struct {
	topics   []topic // by name
	byName   map[string]int
	entities []*entity // by name
	words    vocabulary
	trie     phraseTrie
	users    [][]user        // by phrase: the topics that have it among their needs
	needless []int32         // the topics that no need rules out
	named    [][]int32       // by phrase: the entities that have it among their aliases, or excepted
	firsts   map[string]bool // the first words of the names of places, folded
	tellers  *tellers
	// languages are those that the Reader of the matcher reads; one by itself has none.
	languages []*language
	room      sync.Pool // of *findings
}

type topic struct {
	name string
	hash string
	root *node
	full uint64 // a bit for each of its needs
}

// user is a topic, by index, and those of its needs that a phrase meets.
type user struct {
	topic int32
	needs uint64
}

// entity is an entity of the lexicon, its aliases ready to be compared.
type entity struct {
	name    string
	kind    string
	country string
	alone   bool
	aliases [][]pattern
	except  [][]pattern
	phrases []int32
}

// excepted stands for an entity where a phrase holds the name of one and means
// something else.
const excepted = -1

// NewMatcher compiles the topics and the entities that they refer to as @name.
// A query has words, "phrases", beginnings (merg*), words as they are written
// (=word), entities (@isis), brackets, AND, OR, NOT and NEAR/n; words side by
// side are an AND in Topic.Query, and a phrase in the items of Any, All and None.
// AND, OR and NOT look at the whole text, NEAR/n at n words across sentences, a
// phrase stands in one sentence. Aliases of entities are phrases, and may have
// beginnings and words as they are written; in those of places, a word that has a
// capital in Latin letters is found with a capital only.
//
// The error joins a *QueryError for each thing that is wrong; see CheckTopics.
func NewMatcher(topics []timeline.Topic, entities []timeline.Entity) (*Matcher, error) {
	m, problems := compile(topics, entities)
	if problems != nil {
		errs := make([]error, len(problems))
		for i, p := range problems {
			errs[i] = p
		}
		return nil, errors.Join(errs...)
	}
	var err error
	if m.tellers, err = newTellers(); err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	return m, nil
}

// CheckTopics returns all that NewMatcher would refuse, entities first, in the
// order in which they are given; nil when there is nothing.
func CheckTopics(topics []timeline.Topic, entities []timeline.Entity) []*QueryError {
	_, problems := compile(topics, entities)
	return problems
}

// Match returns the topics that the text is on, by name, with the words that
// make it so: whole words in order and without overlaps, in bytes of
// t.Original. What the record fills in (Revision, At) is zero.
func (m *Matcher) Match(t *text.Text) []timeline.Mention {
	f := m.find(t)
	defer m.room.Put(f)
	return m.mentions(f)
}

// mentions gives the mentions that the findings make.
func (m *Matcher) mentions(f *findings) []timeline.Mention {
	if len(f.hits) == 0 {
		return nil // no topic can do without a word, see compile
	}
	var mentions []timeline.Mention
	for _, i := range m.likely(f) {
		topic := &m.topics[i]
		var said bool
		if f.places, said = f.eval(topic.root, f.places[:0]); said {
			mentions = append(mentions, timeline.Mention{Topic: topic.name, TopicHash: topic.hash, Spans: spansOf(f.places)})
		}
	}
	return mentions
}

// likely gives the topics all of whose needs are met, in order.
func (m *Matcher) likely(f *findings) []int32 {
	if f.met == nil {
		f.met = make([]uint64, len(m.topics))
	}
	f.likely = append(f.likely[:0], m.needless...)
	for _, r := range f.runs {
		for _, u := range m.users[r.phrase] {
			met := f.met[u.topic] | u.needs
			if full := m.topics[u.topic].full; met == full && f.met[u.topic] != full {
				f.likely = append(f.likely, u.topic)
			}
			f.met[u.topic] = met
		}
	}
	for _, r := range f.runs {
		for _, u := range m.users[r.phrase] {
			f.met[u.topic] = 0
		}
	}
	slices.Sort(f.likely)
	return f.likely
}

// Hashes returns the hash of each topic by name. It depends on what the topic
// asks for, the aliases of its entities included, and not on how the query is
// laid out.
func (m *Matcher) Hashes() map[string]string {
	hashes := make(map[string]string, len(m.topics))
	for _, t := range m.topics {
		hashes[t.name] = t.hash
	}
	return hashes
}

// spansOf orders the places and drops what overlaps: the first counts, and of
// those the longest.
func spansOf(places []hit) []timeline.Span {
	slices.SortFunc(places, byPlace)
	spans := make([]timeline.Span, 0, len(places))
	end := 0
	for _, h := range places {
		if h.start >= end {
			spans = append(spans, timeline.Span{Start: h.start, End: h.end})
			end = h.end
		}
	}
	return spans
}

func byPlace(a, b hit) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.phrase, b.phrase))
}

// definition writes what a node asks for in one form for all ways to write it.
func (n *node) definition(b *strings.Builder, entities map[string]*entity) {
	b.WriteByte("pe&|!~"[n.op])
	switch n.op {
	case opPhrase:
		definePhrase(b, n.words)
	case opEntity:
		aliases := map[string]bool{}
		for _, words := range entities[n.entity].aliases {
			var alias strings.Builder
			definePhrase(&alias, words)
			aliases[alias.String()] = true
		}
		for _, alias := range slices.Sorted(maps.Keys(aliases)) {
			b.WriteString(alias)
		}
	case opNear:
		b.WriteString(strconv.Itoa(n.distance))
	case opAnd, opOr, opNot:
	}
	b.WriteByte('(')
	for _, kid := range n.kids {
		kid.definition(b, entities)
	}
	b.WriteByte(')')
}

func definePhrase(b *strings.Builder, words []pattern) {
	for _, w := range words {
		b.WriteByte(" *=^"[w.form])
		b.WriteString(w.key)
	}
	b.WriteByte(';')
}

package extract

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"marsad/timeline"
)

// compiler gathers what is wrong on the way.
type compiler struct {
	stemmer  *stemmer
	entities map[string]*entity
	firsts   map[string]bool
	problems []*QueryError
}

// compile builds the matcher, or returns all that is wrong.
func compile(topics []timeline.Topic, entities []timeline.Entity) (*Matcher, []*QueryError) {
	c := &compiler{stemmer: newStemmer(), entities: make(map[string]*entity, len(entities)), firsts: make(map[string]bool, len(entities))}
	for i := range entities {
		c.entity(&entities[i])
	}
	m := &Matcher{byName: make(map[string]int, len(topics)), words: newVocabulary(c.stemmer), trie: newPhraseTrie()}
	seen := make(map[string]bool, len(topics))
	for i := range topics {
		name := topics[i].Name
		if seen[name] {
			c.problems = append(c.problems, &QueryError{Topic: name, Message: "two topics have this name", Remedy: "rename one"})
		}
		seen[name] = true
		m.topics = append(m.topics, topic{name: name, root: c.topic(&topics[i])})
	}
	if c.problems != nil {
		return nil, c.problems
	}
	m.firsts = c.firsts
	m.build(c.entities)
	return m, nil
}

// build gives ids to all words and phrases, and hashes the topics.
func (m *Matcher) build(entities map[string]*entity) {
	slices.SortFunc(m.topics, func(a, b topic) int { return cmp.Compare(a.name, b.name) })
	for _, name := range slices.Sorted(maps.Keys(entities)) {
		e := entities[name]
		for _, alias := range e.aliases {
			p := m.addPhrase(alias)
			e.phrases = append(e.phrases, p)
			if e.alone && len(alias) == 1 {
				m.trie.alone[p] = true
			}
		}
		m.entities = append(m.entities, e)
	}
	except := make(map[int32]bool)
	for _, e := range m.entities {
		for _, words := range e.except {
			except[m.addPhrase(words)] = true
		}
	}
	for i := range m.topics {
		t := &m.topics[i]
		m.byName[t.name] = i
		m.addPhrases(t.root, entities)
		var definition strings.Builder
		t.root.definition(&definition, entities)
		t.hash = timeline.Hash("topic", matcherVersion, definition.String())
	}
	m.users = make([][]user, m.trie.count)
	m.named = make([][]int32, m.trie.count)
	for i := range m.topics {
		m.enlist(int32(i))
	}
	for i, e := range m.entities {
		for _, p := range e.phrases {
			if n := len(m.named[p]); n == 0 || m.named[p][n-1] != int32(i) {
				m.named[p] = append(m.named[p], int32(i))
			}
		}
	}
	for p := range except {
		m.named[p] = []int32{excepted}
	}
	m.trie.asked, m.trie.named = make([]bool, m.trie.count), make([]bool, m.trie.count)
	for p := range m.named {
		m.trie.named[p] = m.named[p] != nil
	}
	for i := range m.topics {
		for _, p := range m.topics[i].root.phrases {
			m.trie.asked[p] = true
		}
	}
}

// enlist enters a topic under each of the phrases that meet a need of it.
func (m *Matcher) enlist(i int32) {
	t := &m.topics[i]
	needs := t.root.needs()
	needs = needs[:min(len(needs), 64)] // as many as there are bits; fewer filter less
	if len(needs) == 0 {
		m.needless = append(m.needless, i)
	}
	for bit, phrases := range needs {
		t.full |= 1 << bit
		for _, p := range phrases {
			if n := len(m.users[p]); n == 0 || m.users[p][n-1].topic != i {
				m.users[p] = append(m.users[p], user{topic: i})
			}
			m.users[p][len(m.users[p])-1].needs |= 1 << bit
		}
	}
}

func (m *Matcher) addPhrase(words []pattern) int32 {
	ids := make([]int32, len(words))
	for i, w := range words {
		ids[i] = m.words.add(w)
	}
	return m.trie.add(ids)
}

func (m *Matcher) addPhrases(n *node, entities map[string]*entity) {
	switch n.op {
	case opPhrase:
		n.phrases = []int32{m.addPhrase(n.words)}
	case opEntity:
		n.phrases = slices.Clone(entities[n.entity].phrases)
	case opAnd, opOr, opNot, opNear:
	}
	for _, kid := range n.kids {
		m.addPhrases(kid, entities)
		n.phrases = append(n.phrases, kid.phrases...)
	}
	slices.Sort(n.phrases)
	n.phrases = slices.Compact(n.phrases)
	n.alone = n.places()
}

// needs returns sets of phrases of each of which at least one must stand in a
// text for the node to hold. A text that lacks one need not be looked at further,
// which is what keeps a thousand topics cheap.
func (n *node) needs() [][]int32 {
	switch n.op {
	case opPhrase, opEntity:
		return [][]int32{n.phrases}
	case opAnd, opNear:
		var needs [][]int32
		for _, kid := range n.kids {
			needs = append(needs, kid.needs()...)
		}
		return needs
	case opOr:
		var one []int32
		for _, kid := range n.kids {
			needs := kid.needs()
			if len(needs) == 0 {
				return nil
			}
			one = append(one, slices.MinFunc(needs, func(a, b []int32) int { return cmp.Compare(len(a), len(b)) })...)
		}
		return [][]int32{one}
	case opNot:
	}
	return nil
}

// topic parses a topic; nil when something is wrong with it.
func (c *compiler) topic(t *timeline.Topic) *node {
	before := len(c.problems)
	root, key := c.topicTree(t)
	if len(c.problems) > before {
		return nil
	}
	if _, ok := (&findings{}).eval(root, nil); ok {
		c.problems = append(c.problems, &QueryError{
			Topic: t.Name, Key: key, Query: t.Query,
			Message: "an article without any of these words is on the topic",
			Remedy:  "name a word that has to be there; NOT and none only take away from what others find",
		})
	}
	return root
}

// topicTree makes one tree of the query or of the lists, and returns the key of
// the query if there is one.
func (c *compiler) topicTree(t *timeline.Topic) (root *node, key string) {
	lists := len(t.Any) + len(t.All) + len(t.None)
	switch {
	case t.Query != "" && lists > 0:
		c.problems = append(c.problems, &QueryError{
			Topic: t.Name, Message: "there is a query and there are lists",
			Remedy: "write all of it as match, or all of it as any, all and none",
		})
		return nil, ""
	case t.Query != "":
		return c.query(t.Name, "match", t.Query, false), "match"
	case lists == 0:
		c.problems = append(c.problems, &QueryError{
			Topic: t.Name, Message: "there is nothing to look for",
			Remedy: "write a query as match, or words as any, all and none",
		})
		return nil, ""
	}
	root = &node{op: opAnd, source: "any, all and none"}
	if len(t.Any) > 0 {
		root.kids = append(root.kids, &node{op: opOr, source: "any", kids: c.items(t.Name, "any", t.Any)})
	}
	root.kids = append(root.kids, c.items(t.Name, "all", t.All)...)
	if len(t.None) > 0 {
		none := &node{op: opOr, source: "none", kids: c.items(t.Name, "none", t.None)}
		root.kids = append(root.kids, &node{op: opNot, source: "none", kids: []*node{none}})
	}
	return root, ""
}

func (c *compiler) items(topic, list string, items []string) []*node {
	nodes := make([]*node, len(items))
	for i, item := range items {
		nodes[i] = c.query(topic, fmt.Sprintf("%s[%d]", list, i), item, true)
	}
	return nodes
}

func (c *compiler) query(topic, key, query string, list bool) *node {
	p := parser{query: query, list: list, stemmer: c.stemmer, entities: c.entities, report: func(offset int, message, remedy string) {
		c.problems = append(c.problems, &QueryError{
			Topic: topic, Key: key, Query: query, Offset: codePoints(query, offset),
			Message: message, Remedy: remedy,
		})
	}}
	return p.parse()
}

// entity reads the names of an entity.
func (c *compiler) entity(e *timeline.Entity) {
	out := &entity{name: e.Name, kind: e.Kind, country: e.Country, alone: e.Alone}
	var total int
	out.aliases, total = c.names(e, "aliases", e.Aliases)
	for _, alias := range out.aliases {
		if alias[0].form == formName {
			c.firsts[alias[0].key] = true
		}
	}
	out.except, _ = c.names(e, "except", e.Except)
	switch {
	case c.entities[e.Name] != nil:
		c.problems = append(c.problems, &QueryError{Entity: e.Name, Message: "two entities have this name", Remedy: "rename one, or make one of them"})
	case total == 0:
		c.problems = append(c.problems, &QueryError{Entity: e.Name, Message: "there are no aliases to find it by", Remedy: "write them as aliases, language by language: {en: [...], ar: [...]}"})
	}
	c.entities[e.Name] = out
}

// names reads phrases that are given by language, language by language. total says
// how many are given.
func (c *compiler) names(e *timeline.Entity, key string, given map[string][]string) (read [][]pattern, total int) {
	for _, lang := range slices.Sorted(maps.Keys(given)) {
		for i, phrase := range given[lang] {
			total++
			words, at, message, remedy := c.stemmer.readWords(phrase, e.Kind == placeKind)
			if message != "" {
				c.problems = append(c.problems, &QueryError{
					Entity: e.Name, Key: fmt.Sprintf("%s.%s[%d]", key, lang, i), Query: phrase,
					Offset: codePoints(phrase, at), Message: message, Remedy: remedy,
				})
				continue
			}
			read = append(read, words)
		}
	}
	return read, total
}

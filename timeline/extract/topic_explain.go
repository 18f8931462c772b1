package extract

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"marsad/timeline"
	"marsad/timeline/text"
)

// Explanation says why a text is on a topic, or why it is not, part by part.
type Explanation struct {
	Topic   string
	Matched bool
	Root    Part
}

// Part is a part of a topic's query.
type Part struct {
	Query string // as it is written; of a list, its name
	Op    string // "word", "entity", "AND", "OR", "NOT" or "NEAR/n"
	Holds bool   // of NOT: that what follows it is absent
	// Spans are the words that were found: of NEAR those near each other, of NOT
	// those that should be absent. In order, without overlaps, in bytes.
	Spans []timeline.Span
	Note  string // what else there is to say, lower case; may be empty
	Parts []Part
}

// Why explains. Its error names a topic that there is not.
func (m *Matcher) Why(topic string, t *text.Text) (Explanation, error) {
	i, known := m.byName[topic]
	if !known {
		return Explanation{}, fmt.Errorf("topic %q: there is none of that name; take one of %s", topic, m.topicNames())
	}
	found := m.find(t)
	defer m.room.Put(found)
	root := found.explain(m.topics[i].root)
	return Explanation{Topic: topic, Matched: root.Holds, Root: root}, nil
}

func (m *Matcher) topicNames() string {
	names := make([]string, len(m.topics))
	for i, t := range m.topics {
		names[i] = t.name
	}
	return strings.Join(names, ", ")
}

func (f *findings) explain(n *node) Part {
	places, holds := f.eval(n, nil)
	p := Part{Query: n.source, Op: n.operator(), Holds: holds, Spans: spansOf(places)}
	switch n.op {
	case opNot:
		places, _ = f.eval(n.kids[0], nil)
		p.Spans = spansOf(places)
	case opNear:
		if !holds {
			p.Note = f.apart(n)
		}
	case opPhrase, opEntity, opAnd, opOr:
	}
	for _, kid := range n.kids {
		p.Parts = append(p.Parts, f.explain(kid))
	}
	return p
}

// apart says how far the sides of a NEAR that does not hold are from each other,
// when both are there.
func (f *findings) apart(n *node) string {
	left, right := f.runsOf(n.kids[0], nil), f.runsOf(n.kids[1], nil)
	if len(left) == 0 || len(right) == 0 {
		return ""
	}
	const farthest = math.MaxInt32 / 2 // words
	nearest := sort.Search(farthest, func(distance int) bool { return len(f.appendNear(nil, left, right, distance)) > 0 })
	if nearest == farthest {
		return "both sides are the same word"
	}
	return fmt.Sprintf("the nearest are %d words apart", nearest)
}

func (n *node) operator() string {
	switch n.op {
	case opEntity:
		return "entity"
	case opAnd:
		return "AND"
	case opOr:
		return "OR"
	case opNot:
		return "NOT"
	case opNear:
		return fmt.Sprintf("NEAR/%d", n.distance)
	case opPhrase:
	}
	return "word"
}

// Missing returns what keeps the text off the topic, the smallest parts that
// decide it, each in a line; nil when it is on the topic.
func (e *Explanation) Missing() []string { return e.Root.missing(nil) }

func (p *Part) missing(lines []string) []string {
	switch {
	case p.Holds:
		return lines
	case p.Op == "NOT":
		return append(lines, p.Parts[0].present()...)
	case p.Op == "AND":
		for i := range p.Parts {
			lines = p.Parts[i].missing(lines)
		}
		return lines
	case p.Note != "":
		return append(lines, fmt.Sprintf("not near enough: %s: %s", p.Query, p.Note))
	case strings.HasPrefix(p.Op, "NEAR/"):
		for i := range p.Parts {
			lines = p.Parts[i].missing(lines)
		}
		return lines
	case p.Op == "OR" && p.Query == "any": // the list, whose items are the query
		items := make([]string, len(p.Parts))
		for i := range p.Parts {
			items[i] = p.Parts[i].Query
		}
		return append(lines, "none is there: "+strings.Join(items, ", "))
	case p.Op == "OR":
		return append(lines, "none is there: "+p.Query)
	}
	return append(lines, "not there: "+p.Query)
}

// present names what is there of a part that must be absent: of an OR those that
// are.
func (p *Part) present() []string {
	if p.Op != "OR" {
		return []string{"must be absent: " + p.Query}
	}
	var lines []string
	for i := range p.Parts {
		if p.Parts[i].Holds {
			lines = append(lines, p.Parts[i].present()...)
		}
	}
	return lines
}

// Why explains why a text is on one of the reader's topics, or why it is not. Its error
// names a topic that there is not.
func (r *Reader) Why(topic, reading string) (Explanation, error) {
	return r.matcher.Why(topic, text.Read(reading))
}

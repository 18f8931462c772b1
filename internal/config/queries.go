package config

import (
	"fmt"

	"marsad/timeline"
	"marsad/timeline/extract"
)

// checkQueries compiles the topics together with the entities they refer to.
// What has a problem already is not told off twice.
func (r *resolver) checkQueries(c *Config) {
	places := map[place]placed{}
	var topics []timeline.Topic
	for i, e := range r.topics {
		if e.doc.sound(e.path) {
			topics = append(topics, c.Topics[i].Topic)
			places[place{topic: e.value.Name}] = placed{e.doc, e.path}
		}
	}
	for _, e := range r.entities {
		if e.doc.sound(e.path) {
			places[place{entity: e.value.Name}] = placed{e.doc, e.path}
		}
	}
	own := r.docs[0]
	for _, queryErr := range extract.CheckTopics(topics, c.Entities) {
		at, found := places[place{queryErr.Topic, queryErr.Entity}]
		switch {
		case !found:
		case !at.doc.seed:
			at.reportQuery(queryErr)
		default:
			// A seed by itself is right: what it needs was not selected with it.
			own.report("seeds.topics", "has "+queryErr.Topic+queryErr.Entity+", where "+queryErr.Message, queryErr.Remedy)
		}
	}
}

// place is what a query error says about where it is.
type place struct{ topic, entity string }

// placed is where that was read from.
type placed struct {
	doc  *document
	path string
}

// reportQuery points at the character where the query stands in one line of the
// file just as it reads, and else says which character it is.
func (p placed) reportQuery(e *extract.QueryError) {
	key := p.path
	if e.Key != "" {
		key = joinPath(p.path, e.Key)
	}
	n, found := p.doc.nodes[key]
	switch {
	case !found || n.kind != scalarKind:
		p.doc.report(key, e.Message, e.Remedy)
	case n.inLine && n.text == e.Query:
		p.doc.add(position{file: n.at.file, line: n.at.line, column: n.at.column + n.quote + e.Offset}, key, e.Message, e.Remedy)
	case n.text == e.Query:
		p.doc.add(n.at, key, fmt.Sprintf("character %d: %s", e.Offset+1, e.Message), e.Remedy)
	default: // variables were filled in
		p.doc.add(n.at, key, "is not a query once its variables are filled in", "write the query without them")
	}
}

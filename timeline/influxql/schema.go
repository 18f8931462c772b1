package influxql

import (
	"slices"
	"time"

	ql "github.com/influxdata/influxql"
)

// policy is the name of the one retention policy that a database has.
const policy = "autogen"

// How long the shards of the databases would be. Nothing here is sharded; tools
// show it.
const (
	seriesShard = 7 * 24 * time.Hour
	eventsShard = 52 * 7 * 24 * time.Hour
)

// measurement is what a measurement has. docs/SERIES.md tells what it means.
type measurement struct {
	name   string
	events bool // in the database of events
	hourly bool // the record has the sums of n by hour
	tags   []string
	fields map[string]ql.DataType
}

// schema gives all measurements by name.
func schema() []measurement {
	const (
		integer, float, text, boolean = ql.Integer, ql.Float, ql.String, ql.Boolean
	)
	return []measurement{
		{
			name: "articles", hourly: true,
			tags:   []string{"country", "feed", "lang", "publisher"},
			fields: map[string]ql.DataType{"n": integer, "story": text},
		},
		{
			name:   "counts",
			tags:   []string{"bound", "kind", "lang", "publisher", "topic"},
			fields: map[string]ql.DataType{"lo": float, "best": float, "hi": float, "object": text, "by": text, "negated": boolean, "sentence": text, "url": text},
		},
		{
			name: "events", events: true,
			tags: []string{"lang", "precision", "relation", "topic"},
			fields: map[string]ql.DataType{
				"title": text, "sentence": text, "url": text, "hi": text, "publishers": integer,
				"actors": text, "places": text, "planned": boolean, "best": float,
			},
		},
		{
			name:   "expected",
			tags:   []string{"topic", "window"},
			fields: map[string]ql.DataType{"observed": integer, "expected": float, "upper": float, "p": float, "exposure": float},
		},
		{
			name:   "incidents",
			tags:   []string{"severity", "state", "topic"},
			fields: map[string]ql.DataType{"title": text, "text": text, "url": text},
		},
		{
			name: "mentions", hourly: true,
			tags:   []string{"country", "feed", "lang", "publisher", "topic"},
			fields: map[string]ql.DataType{"n": integer, "matches": integer, "story": text, "title": text, "url": text},
		},
		{
			name: "polls",
			tags: []string{"feed", "outcome"},
			fields: map[string]ql.DataType{
				"fetched": integer, "new": integer, "known": integer, "revised": integer, "rejected": integer,
				"status": integer, "bytes": integer, "ms": integer,
			},
		},
	}
}

// fieldKeys gives the fields in order.
func (m *measurement) fieldKeys() []string {
	keys := make([]string, 0, len(m.fields))
	for key := range m.fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// database is one of the two.
type database struct {
	name         string
	keep, shard  time.Duration
	measurements []measurement
}

// chosen gives the measurements that a source of a statement names.
func (d *database) chosen(m *ql.Measurement) (found []*measurement) {
	for i := range d.measurements {
		its := &d.measurements[i]
		if m.Regex != nil && m.Regex.Val.MatchString(its.name) || m.Regex == nil && m.Name == its.name {
			found = append(found, its)
		}
	}
	return found
}

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"marsad/timeline"
)

// HourlyPoints visits the sums of n of articles or mentions, by whole hours of
// [q.From, q.To) and by the tags named, in the order of the hours, until visit
// gives an error, which it returns as it is. They come from sums that are kept up
// to date with every article, so that it costs the same whatever they sum up.
func (r *Record) HourlyPoints(ctx context.Context, q timeline.PointQuery, tags []string, visit func(*timeline.Point) error) error {
	query, args, err := hourlyQuery(&q, tags)
	if err != nil {
		return errorf(err, "sums of %s", q.Measurement)
	}
	var stopped error
	err = r.read(ctx, func(s *session) error {
		return each(ctx, s, query, args, func(row scanner) error {
			var hour, n int64
			p := timeline.Point{Measurement: q.Measurement, Tags: make([]timeline.Tag, len(tags))}
			into := append(make([]any, 0, 2+len(tags)), &hour, &n)
			for i, tag := range tags {
				p.Tags[i].Key = tag
				into = append(into, &p.Tags[i].Value)
			}
			if err := row.Scan(into...); err != nil {
				return err
			}
			p.Time = time.Unix(hour*3600, 0).UTC()
			p.Fields = []timeline.Field{{Key: "n", Value: n}}
			stopped = visit(&p)
			return stopped
		})
	})
	if stopped != nil {
		return stopped
	}
	return errorf(err, "sums of %s", q.Measurement)
}

// pointColumn gives the column of a tag of articles and mentions.
func pointColumn(tag string) (column string, ok bool) {
	column, ok = map[string]string{
		"topic": `h.topic`, "feed": `f.name`, "publisher": `s.publisher`, "country": `s.country`, "lang": `s.lang`,
	}[tag]
	return column, ok
}

const pointSeriesTables = ` JOIN point_series s ON s.id = h.series JOIN feeds f ON f.id = s.feed`

func hourlyQuery(q *timeline.PointQuery, tags []string) (query string, args []any, err error) {
	columns, groups, tables := `h.hour, SUM(h.n)`, `h.hour`, ` FROM point_hours h`
	for _, tag := range tags {
		column, ok := pointColumn(tag)
		if !ok {
			return "", nil, fmt.Errorf("there is no tag %q", tag)
		}
		columns += `, ` + column
		groups += `, ` + column
		if tag != "topic" {
			tables = ` FROM point_hours h` + pointSeriesTables
		}
	}
	b := walkQuery{}
	topics, bound := q.Tags["topic"]
	switch {
	case q.Measurement == "articles":
		b.where(`h.topic = ''`)
	case q.Measurement != "mentions":
		return "", nil, errors.New("there are none")
	case bound:
		b.oneOf(`h.topic`, topics, bound)
	default:
		b.where(`h.topic > ''`)
	}
	if !q.From.IsZero() {
		b.where(`h.hour >= ?`, q.From.Unix()/3600)
	}
	if !q.To.IsZero() {
		b.where(`h.hour < ?`, q.To.Unix()/3600)
	}
	query = `SELECT ` + columns + tables + ` WHERE ` + strings.Join(b.wheres, ` AND `) + ` GROUP BY ` + groups + ` ORDER BY h.hour`
	if q.Newest {
		query += ` DESC`
	}
	return query, b.args, nil
}

// maxTagSetFacts is how many of the newest counts or events are looked through for
// their tags, which are no columns.
const maxTagSetFacts = 5000

// TagSets gives the different sets of tags that points of a measurement have; of
// counts and events those of the newest.
func (r *Record) TagSets(ctx context.Context, measurement string) (sets [][]timeline.Tag, err error) {
	switch measurement {
	case "articles":
		return r.tagSets(ctx, `SELECT DISTINCT s.country, f.name, s.lang, s.publisher FROM point_series s JOIN feeds f ON f.id = s.feed
			WHERE EXISTS (SELECT 1 FROM articles a WHERE a.feed = s.feed AND (a.publisher, a.country, a.lang) = (s.publisher, s.country, s.lang))`,
			"country", "feed", "lang", "publisher")
	case "mentions":
		return r.tagSets(ctx, `SELECT s.country, f.name, s.lang, s.publisher, h.topic
			FROM (SELECT DISTINCT topic, series FROM point_hours WHERE topic > '') h`+pointSeriesTables, "country", "feed", "lang", "publisher", "topic")
	case "expected":
		// Each pair is found by one step in the index, however many steps there are.
		sets, err = r.tagSets(ctx, `WITH RECURSIVE pairs (topic, span) AS (
				SELECT topic, span FROM (SELECT topic, span FROM evaluations ORDER BY topic, span LIMIT 1)
				UNION ALL
				SELECT e.topic, e.span FROM pairs p JOIN evaluations e ON (e.topic, e.span, e.step) = (
					SELECT n.topic, n.span, n.step FROM evaluations n WHERE (n.topic, n.span) > (p.topic, p.span) ORDER BY n.topic, n.span, n.step LIMIT 1)
			) SELECT topic, span FROM pairs`, "topic", "window")
		for _, set := range sets {
			var span int64
			if _, err := fmt.Sscan(set[1].Value, &span); err != nil {
				return nil, errorf(err, "tags of %s", measurement)
			}
			set[1].Value = timeline.FormatWindow(time.Duration(span))
		}
		return sets, err
	case "incidents":
		return r.tagSets(ctx, `SELECT DISTINCT p.severity, p.state, i.topic FROM incident_points p JOIN incidents i ON i.id = p.incident`,
			"severity", "state", "topic")
	case "polls":
		return r.tagSets(ctx, `SELECT DISTINCT f.name, p.outcome FROM polls p JOIN feeds f ON f.id = p.feed`, "feed", "outcome")
	}
	seen := make(map[string]bool)
	n := 0
	err = r.Points(ctx, timeline.PointQuery{Measurement: measurement, Newest: true}, func(p *timeline.Point) error {
		if n++; n > maxTagSetFacts {
			return errEnoughFacts
		}
		if key := fmt.Sprintf("%q", p.Tags); !seen[key] {
			seen[key] = true
			sets = append(sets, p.Tags)
		}
		return nil
	})
	if errors.Is(err, errEnoughFacts) {
		err = nil
	}
	return sets, err
}

// errEnoughFacts ends a walk through facts.
var errEnoughFacts = errors.New("enough facts")

// tagSets reads sets of tags, the keys of which are given in the order of the
// columns.
func (r *Record) tagSets(ctx context.Context, query string, keys ...string) (sets [][]timeline.Tag, err error) {
	err = r.read(ctx, func(s *session) error {
		sets, err = all(ctx, s, func(row scanner) ([]timeline.Tag, error) {
			set, into := make([]timeline.Tag, len(keys)), make([]any, len(keys))
			for i, key := range keys {
				set[i].Key, into[i] = key, &set[i].Value
			}
			return set, row.Scan(into...)
		}, query)
		return err
	})
	return sets, errorf(err, "sets of tags")
}

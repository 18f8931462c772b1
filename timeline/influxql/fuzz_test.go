package influxql_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/influxql"
)

// few is a source of a few points of every measurement.
type few struct{}

func (few) Points(ctx context.Context, q timeline.PointQuery, visit func(*timeline.Point) error) error {
	for i := range 5 {
		for _, p := range []timeline.Point{
			{Fields: []timeline.Field{{Key: "n", Value: int64(1)}, {Key: "title", Value: "a"}, {Key: "lo", Value: 1.5}, {Key: "negated", Value: true}, {Key: "status", Value: int64(200)}}},
			{Fields: []timeline.Field{{Key: "n", Value: int64(1)}, {Key: "hi", Value: 2.5}, {Key: "observed", Value: int64(i)}}},
		} {
			p.Measurement, p.Time = q.Measurement, end().Add(time.Duration(i-5)*time.Hour)
			p.Tags = []timeline.Tag{{Key: "topic", Value: "t"}, {Key: "feed", Value: string(rune('a' + i))}}
			if err := errors.Join(ctx.Err(), visit(&p)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f few) HourlyPoints(ctx context.Context, q timeline.PointQuery, tags []string, visit func(*timeline.Point) error) error {
	return f.Points(ctx, q, func(p *timeline.Point) error {
		sum := *p
		sum.Fields, sum.Tags = sum.Fields[:1], nil
		for _, tag := range tags {
			sum.Tags = append(sum.Tags, timeline.Tag{Key: tag, Value: "x"})
		}
		return visit(&sum)
	})
}

func (few) TagSets(context.Context, string) ([][]timeline.Tag, error) {
	return [][]timeline.Tag{{{Key: "topic", Value: "t"}, {Key: "feed", Value: "a"}}, {{Key: "feed", Value: "b"}}}, nil
}

// FuzzAnswer looks for text that is answered with what is no JSON, or not at all.
// What is read is limited, and so is the time.
func FuzzAnswer(f *testing.F) {
	for _, statement := range golden() {
		f.Add(statement)
	}
	f.Add(`SELECT holt_winters(max("observed"), 3, 2) FROM "expected" WHERE time > now() - 1d GROUP BY time(1h)`)
	f.Add(`SELECT sum("n") FROM "mentions" WHERE time > 0 GROUP BY time(1ns) fill(0)`)
	f.Add(strings.Repeat("(", 5000))
	e := influxql.New(influxql.Options{
		Source: few{}, Database: "marsad", EventsName: "marsad_events",
		Limits: influxql.Limits{Points: 1000, Series: 50, Buckets: 500}, Logger: slog.New(slog.DiscardHandler),
	})
	f.Fuzz(func(t *testing.T, statement string) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		results, err := e.Answer(ctx, influxql.Request{Query: statement, Database: "marsad", Epoch: "ms", Now: end()})
		if err != nil {
			if !errors.Is(err, influxql.ErrNotReadable) {
				t.Errorf("%q: %v", statement, err)
			}
			return
		}
		if _, err := json.Marshal(results); err != nil {
			t.Errorf("%q: %v", statement, err)
		}
	})
}

package influxql_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
	"marsad/timeline/influxql"
	"marsad/timeline/sqlite"
	"marsad/timeline/timelinetest"
)

// end is when the news of the tests ends.
func end() time.Time { return time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC) }

// filled opens a record with days of news in it.
func filled(tb testing.TB, days, perDay int) *sqlite.Record {
	tb.Helper()
	cfg := sqlite.DefaultConfig()
	cfg.Path = filepath.Join(tb.TempDir(), "record.db")
	r, err := sqlite.Open(tb.Context(), cfg, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	timelinetest.Fill(tb, r, end(), days, perDay, 1)
	return r
}

func engine(r *sqlite.Record, limits influxql.Limits) *influxql.Engine {
	return influxql.New(influxql.Options{
		Source: r, Database: "marsad", EventsName: "marsad_events", Limits: limits, Logger: slog.New(slog.DiscardHandler),
	})
}

// project fills a real InfluxDB with the points of the record.
func project(t *testing.T, r *sqlite.Record, s *influxtest.Server) {
	t.Helper()
	cfg := influx.DefaultConfig()
	cfg.URL, cfg.Token, cfg.Retention = s.URL, scalar.NewSecret(influxtest.TokenV1), 0
	p, err := influx.New(cfg, influx.Options{Log: r, Now: func() time.Time { return end().AddDate(0, 1, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	done, err := p.Replay(t.Context(), influx.ReplayOptions{})
	if err != nil || done.Poisoned+done.Dropped > 0 || len(done.Sent) != 7 {
		t.Fatalf("replayed %+v (%v), want points of seven measurements", done, err)
	}
}

// ask gives the answer as JSON, with times in nanoseconds.
func ask(ctx context.Context, tb testing.TB, e *influxql.Engine, database, statement string) []byte {
	tb.Helper()
	results, err := e.Answer(ctx, influxql.Request{Query: statement, Database: database, Epoch: "ns", Now: end()})
	if err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
	data, err := json.Marshal(map[string]any{"results": results})
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

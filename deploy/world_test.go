package deploy_test

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/internal/config/scalar"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
	"marsad/timeline/influxql"
	"marsad/timeline/sqlite"
	"marsad/timeline/timelinetest"
)

// world is a filled record, and an InfluxDB 1.8 that it was projected onto.
type world struct {
	end    time.Time
	engine *influxql.Engine
	influx *influxtest.Server // nil where there is none
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{end: time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)}
	cfg := sqlite.DefaultConfig()
	cfg.Path = filepath.Join(t.TempDir(), "record.db")
	r, err := sqlite.Open(t.Context(), cfg, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	timelinetest.Fill(t, r, w.end, 8, 60, 4)
	w.engine = influxql.New(influxql.Options{
		Source: r, Database: "marsad", EventsName: "marsad_events",
		Limits: influxql.Limits{Points: 1_000_000, Series: 10_000, Buckets: 50_000}, Logger: slog.New(slog.DiscardHandler),
	})
	path, err := influxtest.V1().Path()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil && os.Getenv("MARSAD_REQUIRE_INFLUXD") != "1" {
		t.Logf("NOT COMPARED: there is no InfluxDB 1.8 at %s; build it once with\n\t%s", path, influxtest.BuildCommand)
		return w
	}
	w.influx = influxtest.StartV1(t)
	to := influx.DefaultConfig()
	to.URL, to.Token, to.Retention = w.influx.URL, scalar.NewSecret(influxtest.TokenV1), 0
	p, err := influx.New(to, influx.Options{Log: r, Now: func() time.Time { return w.end.AddDate(0, 1, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if done, err := p.Replay(t.Context(), influx.ReplayOptions{}); err != nil || done.Poisoned+done.Dropped > 0 {
		t.Fatalf("replayed %+v (%v)", done, err)
	}
	return w
}

// record gives Marsad's own answer, with times in nanoseconds.
func (w *world) record(t *testing.T, database, statement string) []byte {
	t.Helper()
	results, err := w.engine.Answer(t.Context(), influxql.Request{Query: statement, Database: database, Epoch: "ns", Now: w.end})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	data, err := json.Marshal(map[string]any{"results": results})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// approximately takes sums of fractions for equal that were added up in another
// order.
func approximately() gocmp.Option { return cmpopts.EquateApprox(1e-9, 0) }

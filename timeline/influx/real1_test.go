//nolint:thelper // the parts of TestRealServer1 are tests, not helpers
package influx_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
)

// TestRealServer1 runs against a real InfluxDB 1.8, which its parts share.
func TestRealServer1(t *testing.T) {
	s := influxtest.StartV1(t)
	t.Run("points that come and go", func(t *testing.T) { testOne(t, s) })
	t.Run("older than the retention", func(t *testing.T) { testOneRetention(t, s) })
	t.Run("users", func(t *testing.T) { testOneUsers(t, s) })
}

func testOne(t *testing.T, s *influxtest.Server) {
	log := &memoryLog{}
	for i := range 50 {
		point := mention(i, `it's "Example" \ News`)
		if i == 17 || i == 31 {
			point.Fields[0].Value = "one" // n is an integer: a conflict of field types
		}
		log.add(timeline.Change{Write: []timeline.Point{point}})
	}
	log.add(timeline.Change{Write: []timeline.Point{event(time.Date(1916, 1, 1, 0, 0, 0, 1, time.UTC)), event(noon)}})
	cfg := config(s.URL, influxtest.TokenV1, "one")
	cfg.Retention = 400 * 24 * time.Hour
	var logged bytes.Buffer
	clock := noon.AddDate(0, 0, 1)
	p := newProjector(t, cfg, influx.Options{Log: log, Logger: slog.New(slog.NewTextHandler(&logged, nil)), Now: func() time.Time { return clock }})
	// The server has a clock of its own, by which all of this is long past.
	s.InfluxQL(t, "", `CREATE DATABASE one WITH DURATION INF REPLICATION 1 NAME "autogen"`)
	drain(t, p)
	count := func(database, measurement, field string) int {
		t.Helper()
		return countV1(t, s, database, measurement, field)
	}
	if n, events := count("one", "mentions", "n"), count("one_events", "events", "title"); n != 48 || events != 2 {
		t.Errorf("%d mentions and %d events, want 48 and 2\n%s", n, events, logged.String())
	}
	if got := p.Status(); got.Poisoned != 2 || got.Position != 51 {
		t.Errorf("status %+v, want 2 poisoned at 51", got)
	}
	if !strings.Contains(logged.String(), "field type conflict") {
		t.Errorf("the log does not say why:\n%s", logged.String())
	}
	policies := string(s.InfluxQL(t, "one_events", `SHOW RETENTION POLICIES ON one_events`))
	if !strings.Contains(policies, `["autogen","0s","8736h0m0s",1,true]`) {
		t.Errorf("the database of events has %s, want shards of 52 weeks that stay for ever", policies)
	}

	neighbour := mention(0, `it's "Example" \ News`)
	neighbour.Time = neighbour.Time.Add(1)
	log.add(
		timeline.Change{Write: []timeline.Point{neighbour}},
		timeline.Change{Delete: []timeline.Point{tombstone(mention(0, `it's "Example" \ News`)), tombstone(mention(99, "Never There"))}, Write: []timeline.Point{mention(0, "Renamed")}},
		timeline.Change{Delete: []timeline.Point{tombstone(event(time.Date(1916, 1, 1, 0, 0, 0, 1, time.UTC)))}},
	)
	drain(t, p)
	if n, events := count("one", "mentions", "n"), count("one_events", "events", "title"); n != 49 || events != 1 {
		t.Errorf("%d mentions and %d events after tombstones, want 49 and 1\n%s", n, events, logged.String())
	}
	if renamed := string(s.InfluxQL(t, "one", `SELECT COUNT(n) FROM mentions WHERE publisher = 'Renamed'`)); !strings.Contains(renamed, `,1]`) {
		t.Errorf("renamed: %s, want 1", renamed)
	}
	if _, err := p.Replay(t.Context(), influx.ReplayOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := count("one", "mentions", "n"); n != 49 {
		t.Errorf("%d mentions after a replay, want 49", n)
	}
}

func testOneRetention(t *testing.T, s *influxtest.Server) {
	now := time.Now()
	log := &memoryLog{}
	fresh, old := mention(0, "Example News"), mention(1, "Example News")
	fresh.Time, old.Time = now.Add(-time.Minute), now.Add(-48*time.Hour)
	log.add(timeline.Change{Write: []timeline.Point{fresh, old}})
	cfg := config(s.URL, influxtest.TokenV1, "short")
	cfg.Retention = 24 * time.Hour
	for range 2 { // the second finds the database and learns its retention
		p := newProjector(t, cfg, influx.Options{Log: log, Now: func() time.Time { return now }})
		if err := p.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		replayed, err := p.Replay(t.Context(), influx.ReplayOptions{})
		if err != nil || replayed.Dropped != 1 || replayed.Written != 1 || replayed.Poisoned != 0 {
			t.Errorf("replayed %+v (%v), want 1 dropped and 1 written", replayed, err)
		}
	}
	// A clock that is behind: the server drops the point, and it is named.
	p := newProjector(t, cfg, influx.Options{Log: log, Now: func() time.Time { return now.AddDate(0, 0, -2) }})
	if replayed, err := p.Replay(t.Context(), influx.ReplayOptions{}); err != nil || replayed.Dropped != 1 || replayed.Written != 1 {
		t.Errorf("replayed %+v (%v), want 1 dropped by the server", replayed, err)
	}
	if n := countV1(t, s, "short", "mentions", "n"); n != 1 {
		t.Errorf("%d points, want 1", n)
	}
}

func testOneUsers(t *testing.T, s *influxtest.Server) {
	log := &memoryLog{}
	wrong := config(s.URL, "admin:wrong", "short")
	if err := newProjector(t, wrong, influx.Options{Log: log}).Ensure(t.Context()); err == nil || !strings.Contains(err.Error(), "influx.token") {
		t.Errorf("a wrong password gives %v, want an error that names influx.token", err)
	}
	s.InfluxQL(t, "", `CREATE USER reader WITH PASSWORD 'r'`)
	poor := config(s.URL, "reader:r", "nothing")
	if err := newProjector(t, poor, influx.Options{Log: log}).Ensure(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a user that may create nothing gets %v, want an error that names the database", err)
	}
}

func countV1(t *testing.T, s *influxtest.Server, database, measurement, field string) int {
	t.Helper()
	var answer struct {
		Results []struct{ Series []struct{ Values [][]int } }
	}
	data := s.InfluxQL(t, database, `SELECT COUNT("`+field+`") FROM "`+measurement+`"`)
	if err := json.Unmarshal(data, &answer); err != nil || len(answer.Results) != 1 {
		t.Fatalf("%s: %v", data, err)
	}
	if len(answer.Results[0].Series) == 0 {
		return 0
	}
	return answer.Results[0].Series[0].Values[0][1]
}

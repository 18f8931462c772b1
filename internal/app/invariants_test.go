package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/sqlite"
)

// checkInvariants checks what has to hold whatever happened, once the world is well
// again: every row of the ledger adds up, everything served is in the record once,
// no fact is there twice, nothing waits in the outbox, nothing was told twice, and
// InfluxDB has what the record has.
func checkInvariants(t *testing.T, d *daemon, w *world) {
	t.Helper()
	checkLedger(t, d.record)
	checkServed(t, d.record, w)
	checkTold(t, d.record, w)
}

// checkLedger checks that each poll adds up or says why it failed.
func checkLedger(t *testing.T, record *sqlite.Record) {
	t.Helper()
	fetchedNew := 0
	for _, p := range allPages(t, record.Polls) {
		if !p.Sums() {
			t.Errorf("poll of %s at %v does not add up: %+v", p.Feed, p.At, p)
		}
		if !p.Outcome.Succeeded() && p.Error == "" {
			t.Errorf("poll of %s at %v failed without a reason", p.Feed, p.At)
		}
		fetchedNew += p.New
	}
	fromFeeds := 0
	for _, a := range allPages(t, record.Articles) {
		if !a.Article.Loaded {
			fromFeeds++
		}
	}
	if fetchedNew != fromFeeds {
		t.Errorf("the ledger has %d new items, the record %d articles of feeds", fetchedNew, fromFeeds)
	}
}

// checkServed checks that all that feeds served is recorded, and once.
func checkServed(t *testing.T, record *sqlite.Record, w *world) {
	t.Helper()
	stored := map[string]int{}
	for _, a := range allPages(t, record.Articles) {
		stored[a.Article.GUID]++
		seen := map[string]bool{}
		for _, c := range a.Facts.Counts {
			id := timeline.FactID(a.Article.ID, a.Article.Revision, timeline.KindCount, c.Span, c.Rule)
			if seen[id] {
				t.Errorf("article %s has the fact %s twice", a.Article.ID, id)
			}
			seen[id] = true
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for first, guids := range w.served {
		kept := 0
		for guid := range guids {
			if stored[guid] > 1 {
				t.Errorf("%s is in the record %d times", guid, stored[guid])
			}
			kept += stored[guid]
		}
		if kept == 0 {
			t.Errorf("%s was served and is not in the record", first)
		}
	}
}

// checkTold checks that no notice waits or was given up, and that none was posted
// twice.
func checkTold(t *testing.T, record *sqlite.Record, w *world) {
	t.Helper()
	stats, err := record.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Pending != 0 || stats.Failed != 0 {
		t.Errorf("%d notices wait, %d were given up", stats.Pending, stats.Failed)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	posted := map[string]int{}
	for _, p := range w.posts {
		if p.method == "chat.update" {
			continue
		}
		var marker struct {
			Payload struct{ Incident, Part string } `json:"event_payload"`
		}
		if err := json.Unmarshal(p.metadata, &marker); err != nil {
			continue // a message of no incident
		}
		name := p.channel + " " + marker.Payload.Incident + " " + marker.Payload.Part // each channel is told
		if posted[name]++; posted[name] > 1 {
			t.Errorf("%s was posted %d times", name, posted[name])
		}
	}
}

// checkProjected checks that what has come to InfluxDB is what the record would
// write to an empty one.
func checkProjected(t *testing.T, record *sqlite.Record, cfg config.Config, w *world) {
	t.Helper()
	fresh := newWorld()
	p, err := influx.New(cfg.Influx, influx.Options{Log: record, Logger: slog.New(slog.DiscardHandler), Now: w.now, Transport: fresh})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Replay(context.WithoutCancel(t.Context()), influx.ReplayOptions{}); err != nil {
		t.Fatal(err)
	}
	want, got := fresh.influx.Points(), w.influx.Points()
	if len(want) == 0 {
		t.Error("nothing is projected")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		if len(diff) > 3000 {
			diff = diff[:3000] + "..."
		}
		t.Errorf("%d points in InfluxDB (-record +InfluxDB, %d):\n%s", len(got), len(want), diff)
	}
}

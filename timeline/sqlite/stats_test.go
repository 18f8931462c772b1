package sqlite_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"marsad/timeline/sqlite"
	"marsad/timeline/timelinetest"
)

// How far a follower is behind is what it has not taken, and since when that has been
// there; a write is told of when it begins to wait and when it is done.
func TestLag(t *testing.T) {
	t.Parallel()
	var begun, ended atomic.Int64
	cfg := sqlite.DefaultConfig()
	cfg.Path = filepath.Join(t.TempDir(), "record.db")
	r, err := sqlite.Open(t.Context(), cfg, sqlite.Options{Writing: func() func() {
		begun.Add(1)
		return func() { ended.Add(1) }
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	end := time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)
	timelinetest.Fill(t, r, end, 2, 5, 2)
	if begun.Load() == 0 || begun.Load() != ended.Load() {
		t.Errorf("%d writes begun, %d ended", begun.Load(), ended.Load())
	}
	stats, err := r.Stats(t.Context())
	if err != nil || stats.LastSeq == 0 || r.Free() <= 0 {
		t.Fatalf("%+v (%v)", stats, err)
	}
	all, err := r.Lag(t.Context(), "f")
	if err != nil || all.Entries != stats.LastSeq || all.Since.IsZero() {
		t.Errorf("at first behind by %+v (%v), want %d entries", all, err, stats.LastSeq)
	}
	if err := r.SetPosition(t.Context(), "f", stats.LastSeq-1); err != nil {
		t.Fatal(err)
	}
	if lag, err := r.Lag(t.Context(), "f"); err != nil || lag.Entries != 1 || lag.Since.Before(all.Since) {
		t.Errorf("then by %+v (%v), want 1 entry", lag, err)
	}
	if err := r.SetPosition(t.Context(), "f", stats.LastSeq); err != nil {
		t.Fatal(err)
	}
	if lag, err := r.Lag(t.Context(), "f"); err != nil || lag.Entries != 0 || !lag.Since.IsZero() {
		t.Errorf("at last by %+v (%v)", lag, err)
	}
	if stats.Unindexed != stats.Articles {
		t.Errorf("%d of %d articles wait for the index of words, want all", stats.Unindexed, stats.Articles)
	}
	for more := true; more; {
		if more, err = r.IndexWords(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if stats, err = r.Stats(t.Context()); err != nil || stats.Unindexed != 0 {
		t.Errorf("%d articles wait for the index of words (%v)", stats.Unindexed, err)
	}
}

//nolint:thelper // the parts of TestRealServer are tests, not helpers
package influx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
)

// TestRealServer runs against a real InfluxDB. Its parts share the server one
// after the other, each in buckets of its own.
func TestRealServer(t *testing.T) {
	s := influxtest.Start(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *influxtest.Server)
	}{
		{"writing twice counts once", testIdempotent},
		{"a tombstone and a rewrite", testTombstone},
		{"a poisoned point stands alone", testPoisoned},
		{"buckets are created", testBucketsCreated},
		{"tokens", testTokens},
		{"events of all times", testEvents},
		{"hostile tags and texts", testHostile},
		{"older than the retention", testRetention},
		{"a bucket is lost", testBucketLost},
		{"killed in the middle", testKilled},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, s) })
	}
}

func testIdempotent(t *testing.T, s *influxtest.Server) {
	log := &memoryLog{}
	for i := range 1234 {
		log.add(timeline.Change{At: noon, Write: []timeline.Point{mention(i, "Example News"), mention(i, "Other")}})
	}
	cfg := config(s.URL, influxtest.Token, "idempotent")
	cfg.Batch = 300
	p := newProjector(t, cfg, influx.Options{Log: log})
	drain(t, p)
	if n := s.Count(t, "idempotent", "mentions", "n"); n != 2468 {
		t.Fatalf("%d points, want 2468", n)
	}
	replayed, err := p.Replay(t.Context(), influx.ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Count(t, "idempotent", "mentions", "n"); n != 2468 || replayed.Seq != 1234 {
		t.Errorf("after a replay to %d there are %d points, want 2468 at 1234", replayed.Seq, n)
	}
	if got := p.Status(); got.Position != 1234 || !got.CaughtUp || got.Written != 2*2468 || got.Failures != 0 || got.LastWrite.IsZero() {
		t.Errorf("status %+v", got)
	}
	hourly := s.Query(t, `from(bucket: "idempotent") |> range(start: 2017-05-20T12:00:00Z, stop: 2017-05-20T15:00:00Z)
		|> filter(fn: (r) => r._measurement == "mentions" and r._field == "n") |> group()
		|> aggregateWindow(every: 1h, fn: sum, createEmpty: false)`)
	if len(hourly) != 3 || hourly[0]["_value"] != int64(2) {
		t.Errorf("hourly sums %v, want three of 2", hourly)
	}
}

func testTombstone(t *testing.T, s *influxtest.Server) {
	const bucket = "tombstone"
	log := &memoryLog{}
	neighbour := mention(1, "Example News")
	neighbour.Time = mention(0, "").Time.Add(1) // the next nanosecond of the same series
	log.add(
		timeline.Change{Write: []timeline.Point{mention(0, "Example News"), neighbour, mention(2, "Example News")}},
		timeline.Change{Write: []timeline.Point{event(noon)}},
	)
	p := newProjector(t, config(s.URL, influxtest.Token, bucket), influx.Options{Log: log})
	drain(t, p)

	revised := mention(0, "Renamed")
	again := mention(2, "Example News")
	again.Fields = again.Fields[:1] // comes back without its title
	log.add(
		timeline.Change{Delete: []timeline.Point{tombstone(mention(0, "Example News"))}, Write: []timeline.Point{revised}},
		timeline.Change{Delete: []timeline.Point{tombstone(mention(2, "Example News"))}, Write: []timeline.Point{again}},
		timeline.Change{Delete: []timeline.Point{tombstone(event(noon))}},
		timeline.Change{Delete: []timeline.Point{tombstone(mention(99, "Never There"))}},
	)
	drain(t, p)
	if n := s.Count(t, bucket, "mentions", "n"); n != 3 {
		t.Errorf("%d points, want 3: revised, its neighbour, and the one that came back", n)
	}
	if n := s.Count(t, bucket, "mentions", "title"); n != 2 {
		t.Errorf("%d titles, want 2: the point that came back has none", n)
	}
	if n := s.Count(t, bucket+"_events", "events", "title"); n != 0 {
		t.Errorf("%d events, want none", n)
	}
	if got := p.Status(); got.Deleted != 4 || got.Poisoned != 0 {
		t.Errorf("status %+v, want 4 deleted", got)
	}
	// The whole log again, deletes and all, gives the same.
	if _, err := p.Replay(t.Context(), influx.ReplayOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := s.Count(t, bucket, "mentions", "n"); n != 3 {
		t.Errorf("%d points after a replay, want 3", n)
	}
}

func testPoisoned(t *testing.T, s *influxtest.Server) {
	const bucket = "poisoned"
	log := &memoryLog{}
	for i := range 50 {
		point := mention(i, "Example News")
		if i == 17 || i == 31 {
			point.Fields[0].Value = "one" // n is an integer: a conflict of field types
		}
		log.add(timeline.Change{Write: []timeline.Point{point}})
	}
	var logged bytes.Buffer
	p := newProjector(t, config(s.URL, influxtest.Token, bucket), influx.Options{Log: log, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	drain(t, p)
	if n := s.Count(t, bucket, "mentions", "n"); n != 48 {
		t.Errorf("%d points, want 48", n)
	}
	if got := p.Status(); got.Poisoned != 2 || got.Position != 50 {
		t.Errorf("status %+v, want 2 poisoned at 50", got)
	}
	for _, want := range []string{"measurement=mentions", `publisher=Example\\ News`, "partial write", "mismatch"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("the log does not say %s:\n%s", want, logged.String())
		}
	}
}

func testBucketsCreated(t *testing.T, s *influxtest.Server) {
	cfg := config(s.URL, influxtest.Token, "created")
	cfg.Retention = 400 * 24 * time.Hour
	for range 2 { // the second finds them
		if err := newProjector(t, cfg, influx.Options{Log: &memoryLog{}}).Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	retention := map[string]any{}
	for _, b := range s.Query(t, `buckets()`) {
		retention[fmt.Sprint(b["name"])] = b["retentionPeriod"]
	}
	if retention["created"] != int64(400*24*time.Hour) || retention["created_events"] != int64(0) {
		t.Errorf("retentions %v, want 400 days and for ever", retention)
	}
}

func testTokens(t *testing.T, s *influxtest.Server) {
	write := func() map[string]any {
		return map[string]any{"action": "write", "resource": map[string]any{"type": "buckets"}}
	}
	log := &memoryLog{}
	log.add(timeline.Change{Write: []timeline.Point{mention(0, "Example News")}})

	wrong := newProjector(t, config(s.URL, "wrong-token", "tokens"), influx.Options{Log: log})
	if err := wrong.Ensure(t.Context()); err == nil || !strings.Contains(err.Error(), "influx.token") || strings.Contains(err.Error(), "wrong-token") {
		t.Errorf("a wrong token gives %v, want an error that names influx.token and not the token", err)
	}
	if _, err := wrong.Step(t.Context()); err == nil || wrong.Status().LastError == "" || wrong.Status().Poisoned != 0 {
		t.Errorf("a step with a wrong token gives %v and %+v", err, wrong.Status())
	}

	unknown := config(s.URL, influxtest.Token, "tokens")
	unknown.Org = "nobody"
	if err := newProjector(t, unknown, influx.Options{Log: log}).Ensure(t.Context()); err == nil || !strings.Contains(err.Error(), "influx.org") {
		t.Errorf("an unknown organisation gives %v, want an error that names influx.org", err)
	}

	s.CreateBucket(t, "tokens")
	s.CreateBucket(t, "tokens_events")
	writer := newProjector(t, config(s.URL, s.CreateToken(t, write()), "tokens"), influx.Options{Log: log})
	if err := writer.Ensure(t.Context()); err != nil {
		t.Fatalf("a token that may only write: %v", err)
	}
	drain(t, writer)
	if n := s.Count(t, "tokens", "mentions", "n"); n != 1 {
		t.Errorf("%d points, want 1", n)
	}

	reader := s.CreateToken(t, map[string]any{"action": "read", "resource": map[string]any{"type": "buckets"}})
	for _, bucket := range []string{"tokens", "not-there"} {
		err := newProjector(t, config(s.URL, reader, bucket), influx.Options{Log: log}).Ensure(t.Context())
		if err == nil || !strings.Contains(err.Error(), bucket) {
			t.Errorf("a token that may only read gives %v for bucket %s, want an error that names it", err, bucket)
		}
	}
}

func testEvents(t *testing.T, s *influxtest.Server) {
	log := &memoryLog{}
	years := []int{1678, 1916, 1970, 2012, 2015, 2100, 2261}
	for _, year := range years {
		log.add(timeline.Change{Write: []timeline.Point{event(time.Date(year, 1, 1, 0, 0, 0, 1, time.UTC))}})
	}
	log.add(timeline.Change{Beyond: 2, Write: []timeline.Point{event(time.Date(1258, 2, 10, 0, 0, 0, 0, time.UTC))}})
	cfg := config(s.URL, influxtest.Token, "all_times")
	cfg.Retention = time.Hour // of the series; events stay
	p := newProjector(t, cfg, influx.Options{Log: log})
	drain(t, p)
	records := s.Query(t, `from(bucket: "all_times_events") |> range(start: 1677-10-01T00:00:00Z, stop: 2262-01-01T00:00:00Z) |> sort(columns: ["_time"])`)
	var got []int
	for _, r := range records {
		at, ok := r["_time"].(time.Time)
		if !ok || at.Nanosecond() != 1 {
			t.Errorf("time %v, want a nanosecond past", r["_time"])
		}
		got = append(got, at.Year())
	}
	if fmt.Sprint(got) != fmt.Sprint(years) {
		t.Errorf("events of %v, want %v", got, years)
	}
	if status := p.Status(); status.Beyond != 2 || status.Poisoned != 1 || status.Dropped != 0 {
		t.Errorf("status %+v, want 2 beyond and the one of 1258 poisoned", status)
	}
}

func testHostile(t *testing.T, s *influxtest.Server) {
	const bucket = "hostile"
	values := []string{`back\`, `a\,b=c`, "new\nline", "nul\x00byte", "bad\xffutf8", `quo"te'`, "comma, space = equals", "عربي", "\\", " ", "", "# no comment", "😀", "می\u200cخواهم\u202e"}
	log := &memoryLog{}
	var points []timeline.Point
	for i, v := range values {
		point := mention(i, v)
		point.Tags = append(point.Tags, timeline.Tag{Key: "time", Value: "reserved"})
		point.Fields = append(point.Fields, timeline.Field{Key: "text", Value: v}, timeline.Field{Key: "time", Value: "reserved"})
		points = append(points, point)
	}
	log.add(timeline.Change{Write: points})
	long := mention(100, "long")
	long.Fields = append(long.Fields, timeline.Field{Key: "text", Value: strings.Repeat("خبر ", 30_000)})
	log.add(timeline.Change{Write: []timeline.Point{long}})
	var logged bytes.Buffer
	p := newProjector(t, config(s.URL, influxtest.Token, bucket), influx.Options{Log: log, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	drain(t, p)
	if n := s.Count(t, bucket, "mentions", "n"); n != len(values)+1 {
		t.Errorf("%d points, want %d", n, len(values)+1)
	}
	if n := s.Count(t, bucket, "mentions", "text"); n != len(values)+1 {
		t.Errorf("%d texts, want %d", n, len(values)+1)
	}
	if got := p.Status(); got.Poisoned != 0 || got.Shortened != 1 {
		t.Errorf("status %+v, want none poisoned, 1 shortened\n%s", got, logged.String())
	}
	var graves []timeline.Point
	for _, point := range append(points, long) {
		graves = append(graves, tombstone(point))
	}
	log.add(timeline.Change{Delete: graves})
	drain(t, p)
	if n := s.Count(t, bucket, "mentions", "n"); n != 0 {
		t.Errorf("%d points after all tombstones, want none", n)
	}
}

func testRetention(t *testing.T, s *influxtest.Server) {
	cfg := config(s.URL, influxtest.Token, "retention")
	cfg.Retention = 24 * time.Hour
	log := &memoryLog{}
	now := time.Now()
	fresh, old := mention(0, "Example News"), mention(1, "Example News")
	fresh.Time, old.Time = now.Add(-time.Minute), now.Add(-48*time.Hour)
	log.add(timeline.Change{Write: []timeline.Point{fresh, old}})
	var logged bytes.Buffer
	p := newProjector(t, cfg, influx.Options{Log: log, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	drain(t, p)
	if got := p.Status(); got.Dropped != 1 || got.Written != 1 || got.Poisoned != 0 {
		t.Errorf("status %+v, want 1 dropped and 1 written", got)
	}
	if !strings.Contains(logged.String(), "older than the bucket's retention") {
		t.Errorf("the log does not name the dropped point:\n%s", logged.String())
	}
	if n := s.Count(t, "retention", "mentions", "n"); n != 1 {
		t.Errorf("%d points, want 1", n)
	}
}

// testBucketLost deletes a bucket under the projector, which makes it anew and
// fills it from the beginning.
func testBucketLost(t *testing.T, s *influxtest.Server) {
	log := &memoryLog{}
	log.add(timeline.Change{Write: []timeline.Point{mention(0, "Example News")}})
	p := newProjector(t, config(s.URL, influxtest.Token, "lost"), influx.Options{Log: log})
	drain(t, p)
	s.DeleteBucket(t, "lost")
	log.add(timeline.Change{Write: []timeline.Point{mention(1, "Example News")}})
	if _, err := p.Step(t.Context()); err == nil {
		t.Fatal("a step into a bucket that is gone succeeds")
	}
	drain(t, p)
	if n := s.Count(t, "lost", "mentions", "n"); n != 2 {
		t.Errorf("%d points in the new bucket, want 2", n)
	}
}

func testKilled(t *testing.T, s *influxtest.Server) {
	const bucket, total = "killed", 3000
	log := &heldLog{memoryLog: &memoryLog{}, at: 1000, reached: make(chan struct{}), goOn: make(chan struct{})}
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			log.add(timeline.Change{Write: []timeline.Point{mention(i, "Example News")}})
			if i%500 == 499 { // a revision: one point gives way to another
				log.add(timeline.Change{
					Delete: []timeline.Point{tombstone(mention(i, "Example News"))},
					Write:  []timeline.Point{mention(i, "Renamed")},
				})
			}
		}
	}
	fill(0, total/2)
	cfg := config(s.URL, influxtest.Token, bucket)
	cfg.Batch = 100
	wake := make(chan struct{}, 1)
	failed := make(chan struct{}, 100)
	p := newProjector(t, cfg, influx.Options{
		Log: log, Wake: wake, Interval: time.Hour, Backoff: 10 * time.Millisecond, MaxBackoff: 200 * time.Millisecond,
		Logger: slog.New(signalHandler{failed}),
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	<-log.reached // part of it is there, and more has been read
	s.Kill(t)
	close(log.goOn)
	<-failed // Run has met the outage
	fill(total/2, total)
	s.Restart(t)
	for status := p.Status(); status.Position < int64(len(log.changes)); status = p.Status() {
		select {
		case wake <- struct{}{}:
		default:
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("not projected in time")
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ends with %v, want context.Canceled", err)
	}
	if n := s.Count(t, bucket, "mentions", "n"); n != total {
		t.Errorf("%d points after the crash, want %d", n, total)
	}
	renamed := s.Query(t, `from(bucket: "killed") |> range(start: 2017-01-01T00:00:00Z, stop: 2018-01-01T00:00:00Z)
		|> filter(fn: (r) => r._field == "n" and r.publisher == "Renamed") |> count()`)
	if len(renamed) != 1 || renamed[0]["_value"] != int64(total/500) {
		t.Errorf("renamed points %v, want %d", renamed, total/500)
	}
}

// heldLog is a change log that says when its follower gets to a position, and
// holds it there.
type heldLog struct {
	*memoryLog
	at            int64
	reached, goOn chan struct{}
	once          sync.Once
}

func (l *heldLog) SetPosition(ctx context.Context, follower string, seq int64) error {
	if seq >= l.at {
		l.once.Do(func() {
			close(l.reached)
			<-l.goOn
		})
	}
	return l.memoryLog.SetPosition(ctx, follower, seq)
}

// signalHandler says on a channel that a warning was logged.
type signalHandler struct{ warned chan<- struct{} }

func (h signalHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (h signalHandler) Handle(context.Context, slog.Record) error {
	select {
	case h.warned <- struct{}{}:
	default:
	}
	return nil
}

func (h signalHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

func (h signalHandler) WithGroup(string) slog.Handler { return h }

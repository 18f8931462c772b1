package influx_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
	"marsad/timeline/influx"
)

// memoryLog is a change log in memory.
type memoryLog struct {
	mu        sync.Mutex
	changes   []timeline.Change
	positions map[string]int64
}

func (l *memoryLog) Changes(_ context.Context, after int64, limit int) ([]timeline.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.changes[min(after, int64(len(l.changes))):]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (l *memoryLog) Position(_ context.Context, follower string) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.positions[follower], nil
}

func (l *memoryLog) SetPosition(_ context.Context, follower string, seq int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.positions == nil {
		l.positions = map[string]int64{}
	}
	l.positions[follower] = seq
	return nil
}

func (l *memoryLog) add(changes ...timeline.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range changes {
		c.Seq = int64(len(l.changes) + 1)
		l.changes = append(l.changes, c)
	}
}

var noon = time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC)

// mention is a point of the measurement mentions, an hour after noon for each i.
func mention(i int, publisher string) timeline.Point {
	return timeline.Point{
		Measurement: "mentions",
		Tags:        []timeline.Tag{{Key: "country", Value: ""}, {Key: "publisher", Value: publisher}, {Key: "topic", Value: "group-merger"}},
		Fields:      []timeline.Field{{Key: "n", Value: int64(1)}, {Key: "title", Value: `داعش "والقاعدة"`}},
		Time:        noon.Add(time.Duration(i)*time.Hour + time.Duration(i)),
	}
}

func tombstone(p timeline.Point) timeline.Point {
	p.Fields = nil
	return p
}

func event(at time.Time) timeline.Point {
	return timeline.Point{
		Bucket: timeline.BucketEvents, Measurement: "events",
		Tags:   []timeline.Tag{{Key: "topic", Value: "group-merger"}},
		Fields: []timeline.Field{{Key: "title", Value: "t"}},
		Time:   at,
	}
}

func config(url, token, bucket string) influx.Config {
	cfg := influx.DefaultConfig()
	cfg.URL, cfg.Token, cfg.Bucket, cfg.EventsBucket = url, scalar.NewSecret(token), bucket, bucket+"_events"
	cfg.Retention = 0
	return cfg
}

func newProjector(t *testing.T, cfg influx.Config, o influx.Options) *influx.Projector {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon.AddDate(0, 1, 0) }
	}
	p, err := influx.New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// drain steps until the log is projected.
func drain(t *testing.T, p *influx.Projector) {
	t.Helper()
	for {
		more, err := p.Step(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

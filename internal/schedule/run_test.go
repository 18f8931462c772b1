package schedule

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Two hours of two schedules: every tick comes, at its time, with its instant.
func TestRunTwoHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().UTC()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour+time.Second)
		defer cancel()
		var mu sync.Mutex
		got := make(map[string][]time.Duration)
		record := func(name string) func(context.Context, time.Time) {
			return func(_ context.Context, scheduled time.Time) {
				if now := time.Now(); !now.Equal(scheduled) {
					t.Errorf("%s ran at %s for %s", name, now, scheduled)
				}
				if scheduled.Location() != time.UTC {
					t.Errorf("%s: scheduled in %s: want UTC", name, scheduled.Location())
				}
				mu.Lock()
				defer mu.Unlock()
				got[name] = append(got[name], scheduled.Sub(start))
			}
		}
		Run(ctx, slog.New(slog.DiscardHandler), []Job{
			{Name: "half hours", Spec: parse(t, "*/30 * * * *"), Do: record("half hours")},
			{Name: "soon", Spec: parse(t, "@every 50m"), First: start.Add(7 * time.Second), Do: record("soon")},
			{Name: "first too late", Spec: parse(t, "@hourly"), First: start.Add(90 * time.Minute), Do: record("first too late")},
			{Name: "first in the past", Spec: parse(t, "@hourly"), First: start.Add(-time.Minute), Do: record("first in the past")},
			{Name: "never", Do: record("never")},
		})
		grid := parse(t, "@every 50m")
		want := map[string][]time.Duration{
			"half hours":        {30 * time.Minute, time.Hour, 90 * time.Minute, 2 * time.Hour},
			"soon":              {7 * time.Second},
			"first too late":    {time.Hour, 2 * time.Hour},
			"first in the past": {0, time.Hour, 2 * time.Hour},
		}
		for at := grid.Next(start); at.Sub(start) <= 2*time.Hour; at = grid.Next(at) {
			want["soon"] = append(want["soon"], at.Sub(start))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ticks since the start (-want +got):\n%s", diff)
		}
	})
}

func TestRunDoesNotOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour+time.Second)
		defer cancel()
		start := time.Now()
		var running, runs, skipped atomic.Int64
		Run(ctx, slog.New(slog.DiscardHandler), []Job{{
			Name: "slow",
			Spec: parse(t, "*/10 * * * *"),
			Do: func(ctx context.Context, scheduled time.Time) {
				runs.Add(1)
				if n := running.Add(1); n != 1 {
					t.Errorf("%d runs at once", n)
				}
				if got := scheduled.Sub(start) % (30 * time.Minute); got != 10*time.Minute {
					t.Errorf("ran for %s: want the first tick of each half hour", scheduled)
				}
				select {
				case <-time.After(25 * time.Minute):
				case <-ctx.Done():
				}
				running.Add(-1)
			},
			Skipped: func(time.Time) { skipped.Add(1) },
		}})
		if runs.Load() != 2 || skipped.Load() != 4 {
			t.Errorf("%d runs and %d skipped: want 2 and 4", runs.Load(), skipped.Load())
		}
	})
}

func TestRunJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		finished := false
		go func() {
			<-time.After(11 * time.Minute)
			cancel()
		}()
		start := time.Now()
		Run(ctx, slog.New(slog.DiscardHandler), []Job{{
			Name: "tidy",
			Spec: parse(t, "*/10 * * * *"),
			Do: func(ctx context.Context, _ time.Time) {
				<-ctx.Done()
				<-time.After(2 * time.Second) // tidies up
				finished = true
			},
		}})
		if took := time.Since(start); !finished || took != 11*time.Minute+2*time.Second {
			t.Errorf("Run returned after %s, job finished: %t; want it to wait for the job", took, finished)
		}
	})
}

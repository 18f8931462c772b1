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
		record := func(name string, again ...time.Duration) func(context.Context, time.Time) time.Time {
			return func(_ context.Context, scheduled time.Time) time.Time {
				if now := time.Now(); !now.Equal(scheduled) {
					t.Errorf("%s ran at %s for %s", name, now, scheduled)
				}
				if scheduled.Location() != time.UTC {
					t.Errorf("%s: scheduled in %s: want UTC", name, scheduled.Location())
				}
				mu.Lock()
				defer mu.Unlock()
				got[name] = append(got[name], scheduled.Sub(start))
				if len(again) == 0 {
					return time.Time{}
				}
				next := again[0]
				again = again[1:]
				return start.Add(next)
			}
		}
		Run(ctx, slog.New(slog.DiscardHandler), time.Now, []Job{
			{Name: "half hours", Spec: parse(t, "*/30 * * * *"), Do: record("half hours")},
			{Name: "soon", Spec: parse(t, "@every 50m"), First: start.Add(7 * time.Second), Do: record("soon")},
			{Name: "first in the past", Spec: parse(t, "@hourly"), First: start.Add(-time.Minute), Do: record("first in the past")},
			{Name: "later", Spec: parse(t, "@hourly"), First: start.Add(90 * time.Minute), Do: record("later")},
			{Name: "between ticks", Spec: parse(t, "*/30 * * * *"), Do: record("between ticks", 33*time.Minute, 85*time.Minute)},
			{Name: "on a tick", Spec: parse(t, "*/30 * * * *"), Do: record("on a tick", time.Hour, 90*time.Minute)},
			{Name: "own rhythm", First: start.Add(time.Minute), Do: record("own rhythm", 7*time.Minute, 6*time.Minute, 100*time.Minute, 3*time.Hour)},
			{Name: "never", Do: record("never")},
		})
		grid := parse(t, "@every 50m")
		want := map[string][]time.Duration{
			"half hours":        {30 * time.Minute, time.Hour, 90 * time.Minute, 2 * time.Hour},
			"soon":              {7 * time.Second},
			"later":             {90 * time.Minute, 2 * time.Hour},
			"between ticks":     {30 * time.Minute, 33 * time.Minute, 85 * time.Minute, 90 * time.Minute, 2 * time.Hour},
			"on a tick":         {30 * time.Minute, time.Hour, 90 * time.Minute, 2 * time.Hour},
			"own rhythm":        {time.Minute, 7 * time.Minute, 7 * time.Minute, 100 * time.Minute},
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
		Run(ctx, slog.New(slog.DiscardHandler), time.Now, []Job{{
			Name: "slow",
			Spec: parse(t, "*/10 * * * *"),
			Do: func(ctx context.Context, scheduled time.Time) time.Time {
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
				return time.Time{}
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
		Run(ctx, slog.New(slog.DiscardHandler), time.Now, []Job{{
			Name: "tidy",
			Spec: parse(t, "*/10 * * * *"),
			Do: func(ctx context.Context, _ time.Time) time.Time {
				<-ctx.Done()
				<-time.After(2 * time.Second) // tidies up
				finished = true
				return time.Time{}
			},
		}})
		if took := time.Since(start); !finished || took != 11*time.Minute+2*time.Second {
			t.Errorf("Run returned after %s, job finished: %t; want it to wait for the job", took, finished)
		}
	})
}

// What a job chose for itself is joined like a tick, and what was still to come
// is left.
func TestRunJoinsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		start := time.Now()
		finished := 0
		Run(ctx, slog.New(slog.DiscardHandler), time.Now, []Job{
			{Name: "at work", First: start.Add(time.Minute), Do: func(ctx context.Context, _ time.Time) time.Time {
				<-ctx.Done()
				<-time.After(time.Second)
				finished++
				return start.Add(time.Hour)
			}},
			{Name: "to come", First: start.Add(time.Hour), Do: func(context.Context, time.Time) time.Time {
				t.Error("ran after the end")
				return time.Time{}
			}},
		})
		if took := time.Since(start); finished != 1 || took != 10*time.Minute+time.Second {
			t.Errorf("Run returned after %s, %d jobs finished: want it to wait for the one at work", took, finished)
		}
	})
}

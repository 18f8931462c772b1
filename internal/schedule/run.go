package schedule

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is what runs on a schedule.
type Job struct {
	Name string
	Spec Spec

	// First, unless it is zero, is a tick before those of Spec: work that is due
	// is not left until the next regular tick. One that has passed when Run gets
	// to it comes at once.
	First time.Time

	// Do does the work. scheduled is the tick it was started for, in UTC. It
	// must return soon after ctx ends.
	Do func(ctx context.Context, scheduled time.Time)

	// Skipped, when not nil, is told of a tick that was passed over because the
	// tick before was still at work.
	Skipped func(scheduled time.Time)
}

// Run runs the jobs until ctx ends, and returns when all that it started have
// returned. Ticks that come while the machine sleeps are made up for by one.
func Run(ctx context.Context, logger *slog.Logger, jobs []Job) {
	engine := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(cron.DiscardLogger))
	for _, job := range jobs {
		e := &entry{Job: job, logger: logger}
		engine.Schedule(e, cron.FuncJob(func() { e.run(ctx) }))
	}
	engine.Start()
	<-ctx.Done()
	<-engine.Stop().Done()
}

// entry is a job as cron knows it, and its schedule.
//
// cron does not tell a job which tick it runs for. But the n-th run is for the
// n-th instant that Next gave out, so that these wait in line here.
type entry struct {
	Job
	logger *slog.Logger
	busy   atomic.Bool

	mu      sync.Mutex
	started bool
	ticks   []time.Time // given out and not yet run, oldest first
}

// Next implements cron.Schedule.
func (e *entry) Next(t time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := e.Spec.Next(t)
	if !e.started {
		e.started = true
		if !e.First.IsZero() && (next.IsZero() || e.First.Before(next)) {
			next = e.First
			if next.Before(t) {
				next = t
			}
		}
	}
	if !next.IsZero() {
		e.ticks = append(e.ticks, next)
	}
	return next
}

// run does the work of one tick, unless the tick before is still at it.
func (e *entry) run(ctx context.Context) {
	scheduled := e.takeTick()
	if !e.busy.CompareAndSwap(false, true) {
		e.logger.Warn("tick skipped, the one before is still at work", "job", e.Name, "scheduled", scheduled)
		if e.Skipped != nil {
			e.Skipped(scheduled)
		}
		return
	}
	defer e.busy.Store(false)
	if ctx.Err() == nil {
		e.Do(ctx, scheduled)
	}
}

func (e *entry) takeTick() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	tick := e.ticks[0]
	e.ticks = e.ticks[1:]
	return tick.UTC()
}

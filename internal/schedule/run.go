package schedule

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"
)

// Job is what runs on a schedule.
type Job struct {
	Name string
	Spec Spec

	// First, unless it is zero, is when the job runs first; ticks of Spec before
	// it are passed over. One that has passed when Run gets to it comes at once.
	// A job whose Spec has no ticks never runs without.
	First time.Time

	// Do does the work. scheduled is the tick it was started for, in UTC. It
	// must return soon after ctx ends. What it returns is when it runs again:
	// ticks of Spec before that are passed over. Zero is the next tick of Spec.
	Do func(ctx context.Context, scheduled time.Time) (again time.Time)

	// Skipped, when not nil, is told of a tick that was passed over because the
	// tick before was still at work.
	Skipped func(scheduled time.Time)
}

// Run runs the jobs until ctx ends, and returns when all that it started have
// returned. Ticks that come while the machine sleeps are made up for by one. now
// is the clock that First and what Do returns are read by.
//
// cron gives the ticks of specs. The instants that jobs choose themselves are
// timers beside it: cron would sort all its entries for each.
func Run(ctx context.Context, logger *slog.Logger, now func() time.Time, jobs []Job) {
	engine := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(cron.DiscardLogger))
	r := &runner{logger: logger, now: now}
	entries := make([]*entry, 0, len(jobs))
	for _, job := range jobs {
		e := &entry{Job: job, runner: r}
		entries = append(entries, e)
		if !job.First.IsZero() {
			e.mu.Lock()
			e.choose(ctx, job.First)
			e.mu.Unlock()
		}
		if !job.Spec.IsZero() {
			engine.Schedule(e, cron.FuncJob(func() { e.tick(ctx) }))
		}
	}
	engine.Start()
	<-ctx.Done()
	<-engine.Stop().Done()
	r.close()
	r.started.Wait()
	// What was at work has chosen its next instant: without this its timer would
	// hold the jobs in memory until then.
	for _, e := range entries {
		e.mu.Lock()
		e.dropOwn()
		e.mu.Unlock()
	}
}

// runner knows what timers have started.
type runner struct {
	logger *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	closed  bool
	started sync.WaitGroup
}

// begin reports whether a timer may still start work, which then ends with
// started.Done.
func (r *runner) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.started.Add(1)
	return true
}

func (r *runner) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

// entry is a job as cron knows it, and its schedule.
//
// cron does not tell a job which tick it runs for. But the n-th run is for the
// n-th instant that Next gave out, so that these wait in line here.
type entry struct {
	Job
	runner *runner

	mu    sync.Mutex
	busy  bool
	last  time.Time   // the instant that it ran for last
	ticks []time.Time // given out and not yet run, oldest first
	own   time.Time   // the instant that the job chose; zero when it chose none
	timer *time.Timer // of own
}

// Next implements cron.Schedule.
func (e *entry) Next(t time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := e.Spec.Next(t)
	if !next.IsZero() {
		e.ticks = append(e.ticks, next)
	}
	return next
}

// tick does the work of a tick of the spec, unless the job chose a later instant,
// or this one and has run, or the tick before is still at it.
func (e *entry) tick(ctx context.Context) {
	e.mu.Lock()
	scheduled := e.ticks[0].UTC()
	e.ticks = e.ticks[1:]
	early := scheduled.Before(e.own) || !scheduled.After(e.last)
	late := e.busy
	if !early && !late {
		e.begin(scheduled)
	}
	e.mu.Unlock()
	switch {
	case late:
		e.runner.logger.Warn("tick skipped, the one before is still at work", "job", e.Name, "scheduled", scheduled)
		if e.Skipped != nil {
			e.Skipped(scheduled)
		}
	case !early:
		e.run(ctx, scheduled)
	}
}

// runOwn runs the job at the instant that it chose, unless that has been dropped
// or a tick is still at work.
func (e *entry) runOwn(ctx context.Context, at time.Time) {
	if !e.runner.begin() {
		return
	}
	defer e.runner.started.Done()
	e.mu.Lock()
	due := e.own.Equal(at) && !e.busy
	if due {
		e.begin(at)
	}
	e.mu.Unlock()
	if due {
		e.run(ctx, at.UTC())
	}
}

// begin marks the job as at work for an instant. The caller holds mu.
func (e *entry) begin(at time.Time) {
	e.busy, e.last = true, at
	e.dropOwn()
}

// run does the work and takes down when it wants to be done again; busy is set.
func (e *entry) run(ctx context.Context, scheduled time.Time) {
	var again time.Time
	if ctx.Err() == nil {
		again = e.Do(ctx, scheduled)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.busy = false
	if !again.IsZero() {
		e.choose(ctx, again)
	}
}

// choose sets the instant of the next run; one that has passed is now. The
// caller holds mu.
func (e *entry) choose(ctx context.Context, at time.Time) {
	e.dropOwn()
	now := e.runner.now()
	if at.Before(now) {
		at = now
	}
	e.own = at
	e.timer = time.AfterFunc(at.Sub(now), func() { e.runOwn(ctx, at) })
}

// dropOwn forgets the instant that the job chose. The caller holds mu.
func (e *entry) dropOwn() {
	if e.timer != nil {
		e.timer.Stop()
	}
	e.own, e.timer = time.Time{}, nil
}

package influx

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"marsad/timeline"
)

// Run projects the log as it grows until ctx ends, and returns why that did. No
// outage ends it: it is logged, and tried again after a pause.
func (p *Projector) Run(ctx context.Context) error {
	failures := 0
	for {
		more, err := p.Step(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			failures++
			pause := p.pause(err, failures)
			p.log.WarnContext(ctx, "projection failed and will be tried again",
				slog.Any("error", err), slog.Int("failures", failures), slog.Duration("retry_in", pause))
			wait(ctx, pause, nil)
			continue
		case failures > 0:
			p.log.InfoContext(ctx, "projection goes on", slog.Int("failures", failures))
			failures = 0
		}
		if !more {
			wait(ctx, p.interval, p.wake)
		}
	}
}

// pause is how long to leave the server alone after so many failures in a row.
func (p *Projector) pause(err error, failures int) time.Duration {
	var f *failure
	if errors.As(err, &f) && f.after > 0 {
		return f.after
	}
	pause := p.backoff
	for range failures - 1 {
		if pause *= 2; pause >= p.maxBackoff {
			return p.maxBackoff
		}
	}
	return min(pause, p.maxBackoff)
}

// wait returns after d, on wake, or when ctx ends.
func wait(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}

// replayTries is how often in a row Replay may fail on one stretch: someone is
// waiting for it.
const replayTries = 6

// Replay sends all changes recorded at or after from once more, those of the
// whole log if from is zero, and leaves the position alone. Run and Step may go
// on meanwhile. A replay that was cut off may have deleted points that come back
// later in the log; replay again. progress, which may be nil, is called after
// each stretch with the sequence number reached and the points written so far.
func (p *Projector) Replay(ctx context.Context, from time.Time, progress func(seq int64, points int64)) error {
	var at, points int64
	for failures := 0; ; {
		seq, n, t, err := p.replay(ctx, at, from)
		if err != nil {
			if failures++; failures == replayTries || ctx.Err() != nil {
				return err
			}
			pause := p.pause(err, failures)
			p.log.WarnContext(ctx, "projection failed and will be tried again",
				slog.Any("error", err), slog.Int("failures", failures), slog.Duration("retry_in", pause))
			wait(ctx, pause, nil)
			continue
		}
		if n == 0 {
			return nil
		}
		failures, at = 0, seq
		points += int64(t.written)
		p.mu.Lock()
		p.status.add(t)
		p.status.LastWrite = p.now()
		p.mu.Unlock()
		if progress != nil {
			progress(at, points)
		}
	}
}

// replay sends one stretch after at.
func (p *Projector) replay(ctx context.Context, at int64, from time.Time) (seq int64, n int, t tally, err error) {
	if err := p.acquire(ctx); err != nil {
		return 0, 0, t, err
	}
	defer p.release()
	if !p.ensured {
		if err := p.ensure(ctx); err != nil {
			return 0, 0, t, err
		}
	}
	changes, err := p.source.Changes(ctx, at, stretch)
	if err != nil || len(changes) == 0 {
		return at, 0, t, err
	}
	seq, n = changes[len(changes)-1].Seq, len(changes)
	recent := make([]timeline.Change, 0, n)
	for i := range changes {
		if !changes[i].At.Before(from) {
			recent = append(recent, changes[i])
		}
	}
	t, err = p.sendOrLook(ctx, recent)
	return seq, n, t, err
}

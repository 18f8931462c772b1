package influx

import (
	"context"
	"errors"
	"log/slog"
	"time"
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

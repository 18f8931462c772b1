package influx

import (
	"context"
	"log/slog"
	"time"

	"marsad/timeline"
)

// replayTries is how often in a row Replay may fail on one stretch: someone is
// waiting for it.
const replayTries = 6

// ReplayOptions say what Replay sends.
type ReplayOptions struct {
	// From and To select the changes recorded in [From, To); a zero one does not.
	From, To time.Time
	// DryRun counts what would be sent, and asks the server nothing: what it would
	// refuse is not known.
	DryRun bool
	// Progress, which may be nil, is called after each stretch of the log.
	Progress func(Replayed)
}

// Replayed is what a replay has come to.
type Replayed struct {
	Seq     int64          // sequence number of the last change
	Changes int64          // that were sent
	Sent    map[string]int // points by measurement, those that were refused or dropped included
	Totals
}

// Replay sends changes of the log once more and leaves the position alone. Run
// and Step may go on meanwhile. A replay that was cut off may have deleted points
// that come back later in the log; replay again.
func (p *Projector) Replay(ctx context.Context, o ReplayOptions) (Replayed, error) {
	done := Replayed{Sent: map[string]int{}}
	for failures := 0; ; {
		before := done.Seq
		more, err := p.replay(ctx, &done, &o)
		if err == nil && !more {
			return done, nil
		}
		if done.Seq > before {
			failures = 0
		}
		if err == nil {
			continue
		}
		if failures++; failures == replayTries || ctx.Err() != nil {
			return done, err
		}
		pause := p.pause(err, failures)
		p.log.WarnContext(ctx, "projection failed and will be tried again",
			slog.Any("error", err), slog.Int("failures", failures), slog.Duration("retry_in", pause))
		wait(ctx, pause, nil)
	}
}

// replay sends what is wanted of the next stretches after done.Seq, which it moves
// on, and reports whether there may be more.
func (p *Projector) replay(ctx context.Context, done *Replayed, o *ReplayOptions) (more bool, err error) {
	if err := p.acquire(ctx); err != nil {
		return false, err
	}
	defer p.release()
	if !o.DryRun && !p.ensured {
		if err := p.ensure(ctx); err != nil {
			return false, err
		}
	}
	for s, err := range p.stretches(ctx, done.Seq, o.wants) {
		if err != nil {
			return false, err
		}
		b := &s.batch
		sent := Totals{
			Written: int64(len(b.writes)), Deleted: int64(len(b.deletes)), Poisoned: int64(len(b.invalid)), Beyond: int64(b.beyond),
		}
		if !o.DryRun {
			if sent, err = p.sendOrLook(ctx, s.batch); err != nil {
				return false, err
			}
			p.replayed(sent)
		}
		more = s.more
		if s.last == done.Seq {
			break // there was nothing after it
		}
		done.add(&s, sent)
		if o.Progress != nil {
			o.Progress(*done)
		}
	}
	return more, nil
}

// wants reports whether a change is to be sent.
func (o *ReplayOptions) wants(c *timeline.Change) bool {
	return !c.At.Before(o.From) && (o.To.IsZero() || c.At.Before(o.To))
}

// replayed notes in the status what was sent again.
func (p *Projector) replayed(sent Totals) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.add(sent)
	p.status.LastWrite = p.now()
}

func (r *Replayed) add(s *stretch, sent Totals) {
	r.Seq = s.last
	r.Changes += int64(s.changes)
	for i := range s.batch.writes {
		r.Sent[s.batch.writes[i].measurement]++
	}
	r.Totals.add(sent)
}

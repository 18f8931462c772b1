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

	Written, Deleted, Kept, Poisoned, Dropped, Beyond, Shortened int64 // as in Status
}

// Replay sends changes of the log once more and leaves the position alone. Run
// and Step may go on meanwhile. A replay that was cut off may have deleted points
// that come back later in the log; replay again.
func (p *Projector) Replay(ctx context.Context, o ReplayOptions) (Replayed, error) {
	done := Replayed{Sent: map[string]int{}}
	for failures := 0; ; {
		seq, n, b, t, err := p.replay(ctx, done.Seq, &o)
		if err != nil {
			if failures++; failures == replayTries || ctx.Err() != nil {
				return done, err
			}
			pause := p.pause(err, failures)
			p.log.WarnContext(ctx, "projection failed and will be tried again",
				slog.Any("error", err), slog.Int("failures", failures), slog.Duration("retry_in", pause))
			wait(ctx, pause, nil)
			continue
		}
		if seq == done.Seq {
			return done, nil
		}
		failures, done.Seq = 0, seq
		done.Changes += int64(n)
		done.add(&b, t)
		if !o.DryRun {
			p.mu.Lock()
			p.status.add(t)
			p.status.LastWrite = p.now()
			p.mu.Unlock()
		}
		if o.Progress != nil {
			o.Progress(done)
		}
	}
}

// replay sends what is wanted of one stretch after at. It returns where the
// stretch ends, and how many changes of it that were.
func (p *Projector) replay(ctx context.Context, at int64, o *ReplayOptions) (seq int64, n int, b batch, t tally, err error) {
	if err := p.acquire(ctx); err != nil {
		return at, 0, b, t, err
	}
	defer p.release()
	if !o.DryRun && !p.ensured {
		if err := p.ensure(ctx); err != nil {
			return at, 0, b, t, err
		}
	}
	changes, err := p.source.Changes(ctx, at, stretch)
	if err != nil || len(changes) == 0 {
		return at, 0, b, t, err
	}
	wanted := make([]timeline.Change, 0, len(changes))
	for i := range changes {
		if c := &changes[i]; !c.At.Before(o.From) && (o.To.IsZero() || c.At.Before(o.To)) {
			wanted = append(wanted, *c)
		}
	}
	b = fold(wanted)
	if o.DryRun {
		t = tally{written: len(b.writes), deleted: len(b.deletes), poisoned: len(b.invalid), beyond: b.beyond}
	} else {
		t, err = p.sendOrLook(ctx, b)
	}
	return changes[len(changes)-1].Seq, len(wanted), b, t, err
}

func (r *Replayed) add(b *batch, t tally) {
	for i := range b.writes {
		r.Sent[b.writes[i].measurement]++
	}
	r.Written += int64(t.written)
	r.Deleted += int64(t.deleted)
	r.Kept += int64(t.kept)
	r.Poisoned += int64(t.poisoned)
	r.Dropped += int64(t.dropped)
	r.Beyond += int64(t.beyond)
	r.Shortened += int64(t.shortened)
}

package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"marsad/timeline"
)

// Limits of delivery.
const (
	// outboxBatch is how many notices are read from the outbox at once.
	outboxBatch = 100
	// firstRetry is the wait after the first failure; it doubles with each.
	firstRetry = 10 * time.Second
	// maxRetry bounds it.
	maxRetry = 15 * time.Minute
	// maxPutOff bounds what a receiver may ask for.
	maxPutOff = 24 * time.Hour
	// openingPatience is how long a resolution waits for its opening.
	openingPatience = 24 * time.Hour
	// handOver is how long a notice that is on its way may still take when the
	// process is told to stop. Broken off, it would be sent again after a restart,
	// though the receiver may have it.
	handOver = 3 * time.Second
)

// Outbox holds the notices that have not been delivered.
type Outbox interface {
	// DueNotices gives notices that are pending with NextTry not after now, oldest
	// first, each with its incident as it is now.
	DueNotices(ctx context.Context, now time.Time, limit int) ([]timeline.Notice, error)
	// MarkSent records that a receiver has the notice, and with an opening where.
	MarkSent(ctx context.Context, id string, receipt timeline.Receipt, at time.Time) error
	// MarkFailed records an attempt. A zero next gives the notice up.
	MarkFailed(ctx context.Context, id, reason string, next time.Time) error
}

// Notifier hands a notice to a receiver. What it returns as a
// [timeline.DeliveryError] says what to do about it; any other error is tried
// again. It keeps its own time limit.
type Notifier interface {
	Notify(ctx context.Context, n timeline.Notice) (timeline.Receipt, error)
}

// DispatcherOptions are what a dispatcher is made of. All are needed.
type DispatcherOptions struct {
	Outbox   Outbox
	Notifier Notifier
	Logger   *slog.Logger
}

// Dispatcher delivers the notices of the outbox: each until a receiver has it
// or refuses it for good, and once as far as a receiver's answer is known.
type Dispatcher struct {
	outbox   Outbox
	notifier Notifier
	log      *slog.Logger

	holdUntil time.Time                   // the receiver asked to be left alone
	unmarked  map[string]timeline.Receipt // delivered, but the record does not know yet
}

// NewDispatcher returns a dispatcher that has delivered nothing.
func NewDispatcher(o DispatcherOptions) *Dispatcher {
	return &Dispatcher{
		outbox:   o.Outbox,
		notifier: o.Notifier,
		log:      o.Logger,
		unmarked: make(map[string]timeline.Receipt),
	}
}

// Deliver sends what is due at now, the oldest first, and an incident's
// resolution only after its opening. It returns when to call again unless there
// is something new before, zero if nothing waits.
//
// What a receiver cannot take goes back to the outbox: for as long as it asked
// for, else for ten seconds doubled with each failure up to a quarter of an hour,
// and is given up with its reason if the receiver refuses it for good. The error
// is the outbox's or the context's; what has been delivered by then stays so. When
// the context ends, the notice that is on its way gets three seconds more. Not to
// be called twice at once.
func (d *Dispatcher) Deliver(ctx context.Context, now time.Time) (next time.Time, err error) {
	handled := make(map[string]bool)
	receipts := make(map[string]timeline.Receipt) // of openings delivered just now, by incident
	for !now.Before(d.holdUntil) {
		due, err := d.outbox.DueNotices(ctx, now, outboxBatch)
		if err != nil {
			return time.Time{}, fmt.Errorf("outbox: %w", err)
		}
		if len(due) == 0 {
			break
		}
		for _, n := range due {
			if handled[n.ID] {
				return time.Time{}, fmt.Errorf("outbox: notice %s is due again right after it was marked", n.ID)
			}
			handled[n.ID] = true
			if r, found := receipts[n.Incident.ID]; found {
				n.Incident.Announced = r
			}
			receipt, err := d.deliver(ctx, n, now)
			if err != nil {
				return time.Time{}, err
			}
			if n.Kind == timeline.NoticeOpening && receipt != (timeline.Receipt{}) {
				receipts[n.Incident.ID] = receipt
			}
			if now.Before(d.holdUntil) {
				break
			}
		}
	}
	return d.next(ctx, now)
}

// deliver tries one notice and marks it. A zero receipt says that it waits on.
func (d *Dispatcher) deliver(ctx context.Context, n timeline.Notice, now time.Time) (timeline.Receipt, error) {
	if n.Kind == timeline.NoticeResolution && n.Incident.Announced == (timeline.Receipt{}) {
		return timeline.Receipt{}, d.wait(ctx, n, now)
	}
	if err := ctx.Err(); err != nil {
		return timeline.Receipt{}, fmt.Errorf("notice %s: %w", n.ID, err)
	}
	receipt, sent := d.unmarked[n.ID]
	if !sent {
		var err error
		receipt, err = d.notify(ctx, n)
		switch {
		case err != nil && ctx.Err() != nil:
			return timeline.Receipt{}, fmt.Errorf("notice %s: %w", n.ID, ctx.Err())
		case err != nil:
			return timeline.Receipt{}, d.failed(ctx, n, err, now)
		}
	}
	d.unmarked[n.ID] = receipt
	// The receiver has it; being told to stop must not make it arrive twice.
	if err := d.outbox.MarkSent(context.WithoutCancel(ctx), n.ID, receipt, now); err != nil {
		return timeline.Receipt{}, fmt.Errorf("outbox: mark notice %s sent: %w", n.ID, err)
	}
	delete(d.unmarked, n.ID)
	d.log.Info("notice delivered", "notice", n.ID, "kind", n.Kind, "topic", n.Incident.Topic,
		"channel", receipt.Channel, "attempts", n.Attempts+1)
	return receipt, nil
}

// notify hands the notice over, and is not broken off at once when ctx ends.
func (d *Dispatcher) notify(ctx context.Context, n timeline.Notice) (timeline.Receipt, error) {
	lasting, breakOff := context.WithCancel(context.WithoutCancel(ctx))
	defer breakOff()
	var watch sync.WaitGroup
	done := make(chan struct{})
	watch.Go(func() {
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		select {
		case <-done:
		case <-time.After(handOver):
			breakOff()
		}
	})
	defer watch.Wait()
	defer close(done)
	return d.notifier.Notify(lasting, n)
}

// wait puts a resolution off whose opening nobody has. After a day it is given
// up: the end of what was never announced is no news.
func (d *Dispatcher) wait(ctx context.Context, n timeline.Notice, now time.Time) error {
	reason, next := "waits for its opening to be delivered", now.Add(maxRetry)
	if now.Sub(n.Created) >= openingPatience {
		reason, next = "its opening was not delivered", time.Time{}
	}
	return d.mark(ctx, n, reason, next)
}

func (d *Dispatcher) failed(ctx context.Context, n timeline.Notice, failure error, now time.Time) error {
	next := now.Add(backoff(n))
	if delivery, ok := errors.AsType[*timeline.DeliveryError](failure); ok {
		switch {
		case delivery.Permanent:
			next = time.Time{}
		case delivery.After > 0:
			next = now.Add(min(delivery.After, maxPutOff))
			d.holdUntil = next
		}
	}
	d.log.Warn("notice not delivered", "notice", n.ID, "kind", n.Kind, "topic", n.Incident.Topic,
		"attempts", n.Attempts+1, "given_up", next.IsZero(), "next", next, "error", failure)
	return d.mark(ctx, n, failure.Error(), next)
}

func (d *Dispatcher) mark(ctx context.Context, n timeline.Notice, reason string, next time.Time) error {
	if err := d.outbox.MarkFailed(ctx, n.ID, reason, next); err != nil {
		return fmt.Errorf("outbox: mark notice %s failed: %w", n.ID, err)
	}
	return nil
}

// backoff is the wait after a notice's next failure: exponential with a bound,
// the upper half of it spread by a hash, so that notices of one outage do not
// come back all at once and a replay waits alike.
func backoff(n timeline.Notice) time.Duration {
	wait := maxRetry
	if n.Attempts < 16 { // further on it would overflow in the end
		wait = min(firstRetry<<n.Attempts, maxRetry)
	}
	spread := timeline.Spread(int64(wait/2), n.ID, fmt.Sprint(n.Attempts))
	return wait/2 + time.Duration(spread)
}

// next is the earliest time at which something waits, no earlier than the
// receiver allows.
func (d *Dispatcher) next(ctx context.Context, now time.Time) (time.Time, error) {
	waiting, err := d.outbox.DueNotices(ctx, now.Add(maxPutOff), outboxBatch)
	if err != nil {
		return time.Time{}, fmt.Errorf("outbox: %w", err)
	}
	var next time.Time
	for _, n := range waiting {
		if next.IsZero() || n.NextTry.Before(next) {
			next = n.NextTry
		}
	}
	if !next.IsZero() && next.Before(d.holdUntil) {
		next = d.holdUntil
	}
	return next, nil
}

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
	// outboxBatch is how many notices are read from the outbox at once. Beyond it
	// those to other channels wait with those to one that has so many.
	outboxBatch = 100
	// firstRetry is the wait after the first failure; it doubles with each.
	firstRetry = 10 * time.Second
	// maxRetry bounds it.
	maxRetry = 15 * time.Minute
	// maxPutOff bounds what a receiver may ask for.
	maxPutOff = 24 * time.Hour
	// openingPatience is how long what follows an opening waits for it.
	openingPatience = 24 * time.Hour
	// handOver is how long a notice that is on its way may still take when the
	// process is told to stop. Broken off, it would be sent again after a restart,
	// though the receiver may have it.
	handOver = 3 * time.Second
)

// Outbox holds the notices that have not been delivered.
type Outbox interface {
	// DueNotices gives a receiver's notices that are pending with NextTry not after
	// now, each with its incident as it is now. Of an incident's notices only the
	// oldest is due, but for its update.
	DueNotices(ctx context.Context, receiver string, now time.Time, limit int) ([]timeline.Notice, error)
	// MarkTrying records that an attempt begins.
	MarkTrying(ctx context.Context, id string, at time.Time) error
	// MarkSent records that the receiver has the notice as it was given.
	MarkSent(ctx context.Context, n timeline.Notice, receipt timeline.Receipt, at time.Time) error
	// MarkFailed records an attempt that failed.
	MarkFailed(ctx context.Context, id string, f timeline.Failure) error
}

// Notifier hands a notice to a receiver. What it returns as a
// [timeline.DeliveryError] says what to do about it; any other error is tried
// again. It keeps its own time limit. One that is handed a notice with attempts
// in doubt ([timeline.Notice.Unsure]) looks first whether the receiver has it.
type Notifier interface {
	Notify(ctx context.Context, n timeline.Notice) (timeline.Receipt, error)
}

// DispatcherOptions are what a dispatcher is made of. Outbox, Notifier and Logger
// are needed.
type DispatcherOptions struct {
	Outbox    Outbox
	Receivers []string // whose notices it delivers; nil: the team's own
	Notifier  Notifier
	// Channel names where a notice goes. A channel that asks to be left alone, or
	// has just had a notice, does not hold up the others. nil: there is one.
	Channel func(n *timeline.Notice) string
	Pace    time.Duration // the least time between two notices in one channel
	Observe func(n timeline.Notice, err error)
	Logger  *slog.Logger
}

// Dispatcher delivers the notices of the outbox: each until a receiver has it
// or refuses it for good, and once as far as a receiver's answer is known.
type Dispatcher struct {
	DispatcherOptions

	free     map[string]time.Time // when a channel may have its next notice
	unmarked map[string]delivered // what the record does not know yet, by notice
}

// delivered is a notice as the receiver got it.
type delivered struct {
	notice  timeline.Notice
	receipt timeline.Receipt
}

// NewDispatcher returns a dispatcher that has delivered nothing.
func NewDispatcher(o DispatcherOptions) *Dispatcher {
	if o.Receivers == nil {
		o.Receivers = []string{""}
	}
	if o.Channel == nil {
		o.Channel = func(*timeline.Notice) string { return "" }
	}
	if o.Observe == nil {
		o.Observe = func(timeline.Notice, error) {}
	}
	return &Dispatcher{DispatcherOptions: o, free: make(map[string]time.Time), unmarked: make(map[string]delivered)}
}

// Deliver sends what is due at now, in the order of the outbox: to each channel
// at its pace, and what follows an opening only after it. It returns when to call
// again unless there is something new before, zero if nothing waits.
//
// What a receiver cannot take goes back to the outbox: for as long as it asked
// for, else for ten seconds doubled with each failure up to a quarter of an hour,
// and is given up with its reason if the receiver refuses it for good. The error
// is the outbox's or the context's; what has been delivered by then stays so. When
// the context ends, the notice that is on its way gets three seconds more. Not to
// be called twice at once.
func (d *Dispatcher) Deliver(ctx context.Context, now time.Time) (next time.Time, err error) {
	handled := make(map[string]int) // revisions, by notice
	for {
		due, err := d.due(ctx, now)
		if err != nil {
			return time.Time{}, err
		}
		sent := false
		var held time.Time // when the first of the busy channels is free
		for _, n := range due {
			channel := d.Channel(&n)
			if free := d.free[channel]; now.Before(free) {
				if held.IsZero() || free.Before(held) {
					held = free
				}
				continue
			}
			if handled[n.ID] == n.Revision {
				return time.Time{}, fmt.Errorf("outbox: notice %s is due again right after it was marked", n.ID)
			}
			handled[n.ID], sent = n.Revision, true
			d.free[channel] = now.Add(d.Pace)
			if err := d.deliver(ctx, n, channel, now); err != nil {
				return time.Time{}, err
			}
			if again := d.Channel(&n); now.Before(d.free[channel]) { // it may have learnt the channel's id
				d.free[again] = d.free[channel]
			}
		}
		switch {
		case !held.IsZero() && (!sent || d.Pace > 0):
			return held, nil
		case !sent:
			return d.next(ctx, now)
		}
	}
}

// due gives what is due for each of the receivers.
func (d *Dispatcher) due(ctx context.Context, now time.Time) (all []timeline.Notice, err error) {
	for _, receiver := range d.Receivers {
		due, err := d.Outbox.DueNotices(ctx, receiver, now, outboxBatch)
		if err != nil {
			return nil, fmt.Errorf("outbox: %w", err)
		}
		all = append(all, due...)
	}
	return all, nil
}

// deliver tries one notice and marks it.
func (d *Dispatcher) deliver(ctx context.Context, n timeline.Notice, channel string, now time.Time) error {
	follows := n.Kind != timeline.NoticeOpening && n.Kind != timeline.NoticeReport
	if follows && n.Incident.Announced == (timeline.Receipt{}) {
		return d.wait(ctx, n, now)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("notice %s: %w", n.ID, err)
	}
	done, sent := d.unmarked[n.ID]
	if !sent {
		// What is edited in place may be edited twice.
		if n.Kind != timeline.NoticeUpdate {
			if err := d.Outbox.MarkTrying(ctx, n.ID, now); err != nil {
				return fmt.Errorf("outbox: mark notice %s tried: %w", n.ID, err)
			}
		}
		receipt, err := d.notify(ctx, n)
		switch {
		case err != nil && ctx.Err() != nil:
			return fmt.Errorf("notice %s: %w", n.ID, ctx.Err())
		case err != nil:
			d.Observe(n, err)
			return d.failed(ctx, n, err, channel, now)
		}
		d.Observe(n, nil)
		done = delivered{n, receipt}
	}
	d.unmarked[n.ID] = done
	// The receiver has it; being told to stop must not make it arrive twice.
	if err := d.Outbox.MarkSent(context.WithoutCancel(ctx), done.notice, done.receipt, now); err != nil {
		return fmt.Errorf("outbox: mark notice %s sent: %w", n.ID, err)
	}
	delete(d.unmarked, n.ID)
	d.Logger.Info("notice delivered", "notice", n.ID, "kind", n.Kind, "topic", n.Incident.Topic,
		"channel", done.receipt.Channel, "attempts", n.Attempts+1)
	return nil
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
	return d.Notifier.Notify(lasting, n)
}

// wait puts off what follows an opening that nobody has. After a day it is given
// up: the end of what was never announced is no news.
func (d *Dispatcher) wait(ctx context.Context, n timeline.Notice, now time.Time) error {
	f := timeline.Failure{Reason: "waits for its opening to be delivered", Next: now.Add(maxRetry), Unsure: n.Unsure}
	if now.Sub(n.Created) >= openingPatience {
		f = timeline.Failure{Reason: "its opening was not delivered"}
	}
	return d.mark(ctx, n, f)
}

func (d *Dispatcher) failed(ctx context.Context, n timeline.Notice, failure error, channel string, now time.Time) error {
	f := timeline.Failure{Reason: failure.Error(), Next: now.Add(backoff(n)), Unsure: n.Unsure + 1}
	if delivery, ok := errors.AsType[*timeline.DeliveryError](failure); ok {
		switch {
		case delivery.Permanent:
			f.Next = time.Time{}
		case delivery.After > 0:
			f.Next = now.Add(min(delivery.After, maxPutOff))
			d.free[channel] = f.Next
		}
		switch {
		case !delivery.Unsure:
			f.Unsure = n.Unsure
		case delivery.After > 0: // who says when to come again has hardly taken it
			f.Unsure = max(n.Unsure, 1)
		}
	}
	d.Logger.Warn("notice not delivered", "notice", n.ID, "kind", n.Kind, "topic", n.Incident.Topic,
		"attempts", n.Attempts+1, "given_up", f.Next.IsZero(), "next", f.Next, "error", failure)
	return d.mark(ctx, n, f)
}

func (d *Dispatcher) mark(ctx context.Context, n timeline.Notice, f timeline.Failure) error {
	if err := d.Outbox.MarkFailed(ctx, n.ID, f); err != nil {
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

// next is the earliest time at which something waits, no earlier than its channel
// allows.
func (d *Dispatcher) next(ctx context.Context, now time.Time) (time.Time, error) {
	waiting, err := d.due(ctx, now.Add(maxPutOff))
	if err != nil {
		return time.Time{}, err
	}
	var next time.Time
	for i := range waiting {
		at := waiting[i].NextTry
		if free := d.free[d.Channel(&waiting[i])]; at.Before(free) {
			at = free
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, nil
}

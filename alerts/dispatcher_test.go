package alerts_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/alerts"
	"marsad/timeline"
)

// receiver takes notices, or answers with what is scripted for them first.
type receiver struct {
	answers []error
	got     []string // kind and incident of what it was handed, in order
	under   []timeline.Receipt
}

func (r *receiver) Notify(_ context.Context, n timeline.Notice) (timeline.Receipt, error) {
	r.got = append(r.got, fmt.Sprint(n.Kind, " ", n.Incident.ID))
	r.under = append(r.under, n.Incident.Announced)
	if len(r.answers) > 0 {
		err := r.answers[0]
		r.answers = r.answers[1:]
		if err != nil {
			return timeline.Receipt{}, err
		}
	}
	return timeline.Receipt{Channel: "C1", TS: fmt.Sprint(len(r.got))}, nil
}

func newDispatcher(m *memory, n alerts.Notifier) *alerts.Dispatcher {
	return alerts.NewDispatcher(alerts.DispatcherOptions{Outbox: m, Notifier: n, Logger: slog.New(slog.DiscardHandler)})
}

// put puts a notice into the outbox.
func (m *memory) put(incident string, kind timeline.NoticeKind, at time.Time) *notice {
	i, found := m.incidents[incident]
	if !found {
		i = timeline.Incident{ID: incident, Topic: "merger"}
		m.incidents[incident] = i
	}
	n := &notice{Notice: timeline.Notice{
		ID: timeline.NoticeID(incident, kind), Kind: kind, Incident: i, Created: at, NextTry: at, Revision: 1,
	}, state: "pending"}
	m.notices[n.ID] = n
	return n
}

func deliver(t *testing.T, d *alerts.Dispatcher, now time.Time) time.Time {
	t.Helper()
	next, err := d.Deliver(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestDeliveryInOrder(t *testing.T) {
	m, r := newMemory(time.Hour), &receiver{}
	m.put("b", timeline.NoticeResolution, start.Add(time.Minute))
	m.put("b", timeline.NoticeOpening, start)
	m.put("a", timeline.NoticeOpening, start.Add(2*time.Minute))
	m.put("later", timeline.NoticeOpening, start.Add(time.Hour))
	d := newDispatcher(m, r)
	next := deliver(t, d, start.Add(3*time.Minute))
	if !next.Equal(start.Add(time.Hour)) {
		t.Errorf("next at %s, want when the last is due", next)
	}
	if diff := cmp.Diff([]string{"opening b", "opening a", "resolution b"}, r.got); diff != "" {
		t.Error(diff)
	}
	if want := (timeline.Receipt{Channel: "C1", TS: "1"}); r.under[2] != want {
		t.Errorf("the resolution was told %+v of its opening, want %+v", r.under[2], want)
	}
	if next := deliver(t, d, start.Add(time.Hour)); !next.IsZero() || len(r.got) != 4 {
		t.Errorf("next at %s, %d delivered", next, len(r.got))
	}
	deliver(t, newDispatcher(m, r), start.Add(day))
	if len(r.got) != 4 {
		t.Errorf("delivered again after a restart: %v", r.got)
	}
}

func TestWhatBecomesOfAFailure(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		state  string
		lo, hi time.Duration // of the next try
	}{
		"plain":        {errors.New("connection refused"), "pending", 5 * time.Second, 10 * time.Second},
		"classified":   {&timeline.DeliveryError{Err: errors.New("status 503")}, "pending", 5 * time.Second, 10 * time.Second},
		"wrapped":      {fmt.Errorf("slack: %w", &timeline.DeliveryError{Permanent: true, Err: errors.New("invalid_auth")}), "given up", 0, 0},
		"permanent":    {&timeline.DeliveryError{Permanent: true, Err: errors.New("channel_not_found")}, "given up", 0, 0},
		"put off":      {&timeline.DeliveryError{After: 90 * time.Second, Err: errors.New("status 429")}, "pending", 90 * time.Second, 90 * time.Second},
		"put off long": {&timeline.DeliveryError{After: 90 * day, Err: errors.New("status 429")}, "pending", day, day},
	} {
		t.Run(name, func(t *testing.T) {
			m, r := newMemory(time.Hour), &receiver{answers: []error{test.err}}
			n := m.put("a", timeline.NoticeOpening, start)
			d := newDispatcher(m, r)
			next := deliver(t, d, start)
			if n.state != test.state || n.Attempts != 1 || !strings.Contains(test.err.Error(), n.Error) || n.Error == "" {
				t.Errorf("%s after %d attempts, reason %q", n.state, n.Attempts, n.Error)
			}
			if test.state == "given up" {
				if !next.IsZero() {
					t.Errorf("given up, and to be called again at %s", next)
				}
				return
			}
			if wait := next.Sub(start); wait < test.lo || wait > test.hi {
				t.Errorf("next after %s, want %s to %s", wait, test.lo, test.hi)
			}
			deliver(t, d, next.Add(-time.Nanosecond))
			if len(r.got) != 1 {
				t.Error("tried again before its time")
			}
			if deliver(t, d, next); n.state != "sent" {
				t.Errorf("%s at its next try", n.state)
			}
		})
	}
}

func TestWaitsGrowToABound(t *testing.T) {
	m, r := newMemory(time.Hour), &receiver{answers: slices.Repeat([]error{errors.New("down")}, 100)}
	m.put("a", timeline.NoticeOpening, start)
	d, now, waits := newDispatcher(m, r), start, []time.Duration(nil)
	for range 100 {
		next := deliver(t, d, now)
		waits = append(waits, next.Sub(now))
		now = next
	}
	for i, wait := range waits {
		if bound := min(10*time.Second<<min(i, 20), 15*time.Minute); wait < bound/2 || wait > bound {
			t.Errorf("wait %d: %s, want between half of %s and it", i, wait, bound)
		}
	}
	if deliver(t, d, now); len(r.got) != 101 {
		t.Errorf("%d attempts", len(r.got))
	}
}

func TestReceiverIsLeftAlone(t *testing.T) {
	m := newMemory(time.Hour)
	r := &receiver{answers: []error{&timeline.DeliveryError{After: time.Minute, Err: errors.New("status 429")}}}
	m.put("a", timeline.NoticeOpening, start)
	m.put("b", timeline.NoticeOpening, start.Add(time.Second))
	d := newDispatcher(m, r)
	next := deliver(t, d, start.Add(time.Second))
	if want := start.Add(time.Minute + time.Second); !next.Equal(want) {
		t.Errorf("next at %s, want %s", next, want)
	}
	m.put("c", timeline.NoticeOpening, start.Add(2*time.Second))
	deliver(t, d, start.Add(30*time.Second))
	if len(r.got) != 1 {
		t.Errorf("handed on while it wants to be left alone: %v", r.got)
	}
	if deliver(t, d, next); len(r.got) != 4 {
		t.Errorf("afterwards: %v", r.got)
	}
}

func TestResolutionWaitsForItsOpening(t *testing.T) {
	m := newMemory(time.Hour)
	r := &receiver{answers: []error{errors.New("down")}}
	m.put("a", timeline.NoticeOpening, start)
	m.put("a", timeline.NoticeResolution, start.Add(time.Second))
	m.put("lost", timeline.NoticeResolution, start)
	d, now := newDispatcher(m, r), start.Add(time.Second)
	for now = deliver(t, d, now); !now.IsZero(); now = deliver(t, d, now) {
		if now.After(start.Add(2 * day)) {
			t.Fatal("never ends")
		}
	}
	if diff := cmp.Diff([]string{"opening a", "opening a", "resolution a"}, r.got); diff != "" {
		t.Error(diff)
	}
	if n := m.notices[timeline.NoticeID("lost", timeline.NoticeResolution)]; n.state != "given up" || n.Error != "its opening was not delivered" {
		t.Errorf("end of what was never announced: %s, %q", n.state, n.Error)
	}
}

func TestDeliveredButNotMarkedIsNotSentAgain(t *testing.T) {
	m, r := newMemory(time.Hour), &receiver{}
	n := m.put("a", timeline.NoticeOpening, start)
	d := newDispatcher(m, r)
	m.fail = errors.New("disk full")
	if _, err := d.Deliver(t.Context(), start); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Fatalf("error %v", err)
	}
	deliver(t, d, start)
	if len(r.got) != 1 || n.state != "sent" || n.receipt.TS != "1" {
		t.Errorf("handed on %d times, %s, %+v", len(r.got), n.state, n.receipt)
	}
}

// Being told to stop breaks off no notice that is on its way: the receiver may
// have it, and would get it again after a restart.
func TestStoppedDelivery(t *testing.T) {
	for _, tc := range []struct {
		name  string
		takes time.Duration // the receiver, from the stop on
		state string
	}{
		{"receiver answers in time", 2 * time.Second, "sent"},
		{"receiver hangs", time.Hour, "pending"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory(time.Hour)
				n, other := m.put("a", timeline.NoticeOpening, start), m.put("b", timeline.NoticeOpening, start.Add(1))
				ctx, stop := context.WithCancel(t.Context())
				calls := 0
				d := newDispatcher(m, notifierFunc(func(ctx context.Context, _ timeline.Notice) (timeline.Receipt, error) {
					calls++
					stop()
					select {
					case <-ctx.Done():
						return timeline.Receipt{}, ctx.Err()
					case <-time.After(tc.takes):
						return timeline.Receipt{Channel: "C1", TS: "1"}, nil
					}
				}))
				began := time.Now()
				if _, err := d.Deliver(ctx, start.Add(time.Minute)); !errors.Is(err, context.Canceled) {
					t.Errorf("error %v", err)
				}
				if took := time.Since(began); took > 3*time.Second {
					t.Errorf("stopped after %s", took)
				}
				if n.state != tc.state || n.Attempts != 0 || other.state != "pending" || calls != 1 {
					t.Errorf("%s after %d failures, the next %s, %d calls", n.state, n.Attempts, other.state, calls)
				}
			})
		})
	}
}

type notifierFunc func(context.Context, timeline.Notice) (timeline.Receipt, error)

func (f notifierFunc) Notify(ctx context.Context, n timeline.Notice) (timeline.Receipt, error) {
	return f(ctx, n)
}

func TestManyNotices(t *testing.T) {
	m, r := newMemory(time.Hour), &receiver{}
	for i := range 250 {
		m.put(fmt.Sprint(i), timeline.NoticeOpening, start.Add(time.Duration(i)))
	}
	if next := deliver(t, newDispatcher(m, r), start.Add(time.Minute)); len(r.got) != 250 || !next.IsZero() {
		t.Errorf("%d delivered, next at %s", len(r.got), next)
	}
}

func TestLogNotifier(t *testing.T) {
	var log bytes.Buffer
	n := timeline.Notice{Kind: timeline.NoticeOpening, Incident: timeline.Incident{
		Topic: "merger", Observed: 40, Headlines: []timeline.Headline{{Title: "Two groups merge"}},
	}}
	receipt, err := alerts.LogNotifier{Logger: slog.New(slog.NewTextHandler(&log, nil))}.Notify(t.Context(), n)
	if err != nil || receipt.Channel != "log" {
		t.Errorf("%+v, %v", receipt, err)
	}
	for _, want := range []string{"kind=opening", "topic=merger", "observed=40", "Two groups merge"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log %q lacks %q", &log, want)
		}
	}
}

package alerts_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// byIncident has a channel for each first letter of an incident.
func byIncident(n *timeline.Notice) string { return n.Incident.ID[:1] }

func TestChannelsArePacedApart(t *testing.T) {
	m, r := newMemory(time.Hour), &receiver{}
	for i := range 3 {
		m.put(fmt.Sprint("a", i), timeline.NoticeOpening, start.Add(time.Duration(i)))
	}
	m.put("b0", timeline.NoticeOpening, start.Add(4))
	d := alerts.NewDispatcher(alerts.DispatcherOptions{
		Outbox: m, Notifier: r, Channel: byIncident, Pace: time.Second, Logger: slog.New(slog.DiscardHandler),
	})
	now := start.Add(time.Minute)
	for _, want := range []int{2, 3, 4} { // one a second in a, b's at once
		next := deliver(t, d, now)
		if len(r.got) != want {
			t.Fatalf("%v after %s, want %d", r.got, now.Sub(start), want)
		}
		if now = now.Add(time.Second); want < 4 && !next.Equal(now) {
			t.Errorf("next at %s, want %s", next, now)
		}
	}
}

func TestChannelIsLeftAloneAndOthersAreNot(t *testing.T) {
	m := newMemory(time.Hour)
	r := &receiver{answers: []error{&timeline.DeliveryError{After: time.Minute, Unsure: true, Err: errors.New("status 429")}}}
	a := m.put("a0", timeline.NoticeOpening, start)
	m.put("a1", timeline.NoticeOpening, start.Add(1))
	m.put("b0", timeline.NoticeOpening, start.Add(2))
	d := alerts.NewDispatcher(alerts.DispatcherOptions{Outbox: m, Notifier: r, Channel: byIncident, Logger: slog.New(slog.DiscardHandler)})
	next := deliver(t, d, start.Add(time.Second))
	if len(r.got) != 2 || r.got[1] != "opening b0" || !next.Equal(start.Add(61*time.Second)) || a.Unsure != 1 {
		t.Errorf("%v, next at %s, %d in doubt", r.got, next, a.Unsure)
	}
	if deliver(t, d, next); len(r.got) != 4 {
		t.Errorf("afterwards: %v", r.got)
	}
}

// What nobody knows the end of is counted, so that the receiver is asked before
// the notice is sent again; what was refused for certain is not.
func TestAttemptsInDoubt(t *testing.T) {
	m := newMemory(time.Hour)
	r := &receiver{answers: []error{
		&timeline.DeliveryError{Err: errors.New("internal refusal")},
		&timeline.DeliveryError{Unsure: true, Err: errors.New("timeout")},
		&timeline.DeliveryError{Err: errors.New("look-up failed")},
		errors.New("who knows"),
	}}
	n := m.put("a", timeline.NoticeOpening, start)
	d, now := newDispatcher(m, r), start
	for _, want := range []int{0, 1, 1, 2} {
		if now = deliver(t, d, now); n.Unsure != want {
			t.Errorf("after %d attempts %d in doubt, want %d", n.Attempts, n.Unsure, want)
		}
	}
}

package alerts_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

type feedList []timeline.FeedStatus

func (f feedList) Feeds(context.Context) ([]timeline.FeedStatus, error) { return f, nil }

// TestHeartbeat walks two feeds through an outage, with restarts: one telling that
// nothing is heard, one that it is again.
func TestHeartbeat(t *testing.T) {
	feed := func(name string) timeline.FeedStatus {
		return timeline.FeedStatus{Feed: timeline.Feed{Name: name, Enabled: true}}
	}
	feeds := feedList{feed("a"), feed("b"), {Feed: timeline.Feed{Name: "old", Archive: true}}}
	m := newMemory(10 * time.Minute)
	beating := func(started time.Time) *alerts.Heartbeat {
		return alerts.NewHeartbeat(alerts.HeartbeatOptions{
			After: 30 * time.Minute, Started: started, Feeds: feeds, Results: m, Logger: slog.New(slog.DiscardHandler),
		})
	}
	h := beating(start)
	poll := func(minute int, answers bool) {
		t.Helper()
		at := start.Add(time.Duration(minute) * time.Minute)
		for i := range feeds[:2] {
			feeds[i].LastPoll = at
			if answers {
				feeds[i].LastSuccess = at
			}
		}
		if err := h.Beat(t.Context(), at.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	told := func(what string, want int) {
		t.Helper()
		if len(m.notices) != want {
			t.Fatalf("%s: %d notices, want %d", what, len(m.notices), want)
		}
	}
	poll(0, false)
	poll(40, false)
	told("before a step was evaluated", 0)
	m.lastStep = start
	poll(50, true)
	poll(60, false)
	poll(79, false)
	told("after 29 minutes", 0)
	poll(80, false)
	told("after 30 minutes", 1)
	i := only(t, m)
	if i.Kind != timeline.Blind || i.State != timeline.IncidentOpen || i.Total != 2 || !i.Opened.Equal(start.Add(50*time.Minute)) {
		t.Errorf("opened as %+v", i)
	}
	closeAt(t, newEvaluator(t, m, merger), start.Add(85*time.Minute))
	poll(90, false)
	h = beating(start.Add(95 * time.Minute))
	poll(100, false)
	told("still blind, after a restart", 1)
	poll(110, true)
	told("when feeds answer", 2)
	if i := only(t, m); i.State != timeline.IncidentResolved || !i.Resolved.Equal(start.Add(110*time.Minute)) {
		t.Errorf("ended as %+v", i)
	}
	// Down for a day, then one poll that fails: nobody knows yet.
	h = beating(start.Add(day))
	poll(24*60+1, false)
	told("after a long stop", 2)
	if m.lastStep.Before(start) {
		t.Errorf("last step %s", m.lastStep)
	}
}

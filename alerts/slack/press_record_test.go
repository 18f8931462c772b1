package slack_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"marsad/alerts/slack"
	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// TestPressReachesTheMessage presses buttons over a real connection: each press is
// acknowledged, recorded, and shown by an edit of the message that it stood under,
// also after a restart.
func TestPressReachesTheMessage(t *testing.T) {
	k := newDesk(t, botConfig)
	i := incident()
	other := incident()
	other.ID, other.Topic, other.Title, other.Leader = timeline.IncidentID("truce", i.Opened), "truce", "Truce", i.ID
	i.Joined = []timeline.Joined{other.AsJoined()}
	k.tell(other)
	k.tell(i, timeline.NoticeOpening)
	k.settle(func() {})

	f := newFakeSocket(t)
	changed, at := make(chan struct{}, 10), k.now
	s, err := slack.NewSocket(slack.Config{
		Token: scalar.NewSecret(fakeToken), AppToken: scalar.NewSecret(fakeAppToken), APIURL: f.URL + "/api/",
	}, slack.SocketOptions{
		Responses: k.record, Commands: commands(func(string, string) (string, error) { return "", nil }), Changed: func() { changed <- struct{}{} },
		Now: func() time.Time { return at }, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v, want its context's error", err)
		}
	}()
	conn := within(t, "connection", f.conns)
	defer conn.Close()

	press := func(action string) {
		t.Helper()
		f.send(t, conn, "interactive", f.buttonPress(action, i.ID))
		within(t, "change", changed)
	}
	shows := func(want ...string) {
		t.Helper()
		k.settle(func() {})
		top := k.slack.channel()
		if len(top) != 1 {
			t.Fatalf("%d messages, want one", len(top))
		}
		contains(t, &top[0], want...)
	}
	press(slack.ActionAck)
	shows("Acknowledged by name-of-U1")
	press(slack.ActionSnooze4h)
	shows("Acknowledged by name-of-U1", "Topic snoozed by name-of-U1 until")
	k.restart()
	press(slack.ActionLabelTrue)
	shows("Acknowledged by name-of-U1", "snoozed", "True alarm, says name-of-U1")

	silences, err := k.record.Silences(t.Context(), at)
	if err != nil || len(silences) != 2 {
		t.Errorf("silences %+v, %v; want one of each topic that the message tells of", silences, err)
	}
	edits := 0
	for _, p := range k.slack.got() {
		if p.Method == "chat.update" {
			edits++
		}
		if strings.Contains(p.all(), "secret") {
			t.Errorf("a message has a secret: %s", p.all())
		}
	}
	if edits < 3 {
		t.Errorf("%d edits, want one after each press", edits)
	}
}

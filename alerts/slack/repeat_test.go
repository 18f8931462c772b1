package slack_test

import (
	"testing"

	"marsad/timeline"
)

// TestChannelOfARoute announces an incident in the channel that a route names, and
// says there again that nobody has acknowledged it.
func TestChannelOfARoute(t *testing.T) {
	for language, want := range map[string]string{"en": "nobody has acknowledged it", "ar": "ولم يستلمه أحد"} {
		f := newFakeSlack(t)
		cfg, o := botConfig(f), options()
		cfg.Channel, o.Language = "#elsewhere", language
		n := newNotifier(t, cfg, o)
		i := incident()
		opening := timeline.Notice{ID: "o", Kind: timeline.NoticeOpening, Receiver: "#watch", Incident: i}
		if got := n.Channel(&opening); got != "#watch" {
			t.Errorf("channel %q", got)
		}
		receipt, err := n.Notify(t.Context(), opening)
		if err != nil {
			t.Fatal(err)
		}
		i.Announced = receipt
		if _, err := n.Notify(t.Context(), timeline.Notice{ID: "r", Kind: timeline.NoticeRepeat, Receiver: "#watch", Incident: i}); err != nil {
			t.Fatal(err)
		}
		top, replies := f.channel(), f.thread(receipt.TS)
		if len(top) != 1 || len(replies) != 1 || !replies[0].Broadcast {
			t.Fatalf("%d messages, %d replies, want one of each, shown in the channel", len(top), len(replies))
		}
		contains(t, &replies[0], want)
	}
}

// TestWebhookSaysAgain posts what nobody acknowledges to a webhook, which has no
// thread.
func TestWebhookSaysAgain(t *testing.T) {
	f := newFakeSlack(t)
	n := newNotifier(t, hookConfig(f), options())
	if _, err := n.Notify(t.Context(), timeline.Notice{ID: "r", Kind: timeline.NoticeRepeat, Incident: incident()}); err != nil {
		t.Fatal(err)
	}
	if posts := f.got(); len(posts) != 1 {
		t.Fatalf("%d posts, want one", len(posts))
	} else {
		contains(t, &posts[0], "nobody has acknowledged it")
	}
}

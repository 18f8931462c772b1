package slack_test

import (
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// TestBlind says that no feed answers, in the team's language and time, and
// rewrites that message when one does.
func TestBlind(t *testing.T) {
	for language, want := range map[string][2]string{
		"en": {"Marsad is blind", "Marsad sees again"},
		"ar": {"مرصد لا يرى", "مرصد يرى من جديد"},
	} {
		t.Run(language, func(t *testing.T) {
			f := newFakeSlack(t)
			o := options()
			o.Language = language
			n := newNotifier(t, botConfig(f), o)
			at := time.Date(2017, time.May, 20, 9, 0, 0, 0, time.UTC)
			i := timeline.Incident{
				ID: timeline.BlindID(at), Kind: timeline.Blind, Topic: timeline.NoTopic, State: timeline.IncidentOpen,
				Severity: "critical", Opened: at, Updated: at.Add(30 * time.Minute), Window: 30 * time.Minute, Total: 58,
			}
			receipt, err := n.Notify(t.Context(), timeline.Notice{ID: "o", Kind: timeline.NoticeOpening, Incident: i})
			if err != nil {
				t.Fatal(err)
			}
			i.Announced, i.State, i.Resolved = receipt, timeline.IncidentResolved, at.Add(time.Hour)
			if _, err := n.Notify(t.Context(), timeline.Notice{ID: "r", Kind: timeline.NoticeResolution, Incident: i}); err != nil {
				t.Fatal(err)
			}
			if len(f.posts) != 2 || f.posts[1].Method != "chat.update" {
				t.Fatalf("posts %+v, want one that is rewritten", f.posts)
			}
			for at, p := range f.posts {
				if !strings.Contains(p.Text, want[at]) || !strings.Contains(p.Text, "12:00") || !strings.Contains(p.Text, "58") {
					t.Errorf("text %q, want %q, the time in the team's zone and the number of feeds", p.Text, want[at])
				}
			}
		})
	}
}

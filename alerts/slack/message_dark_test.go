package slack_test

import (
	"testing"
	"time"

	"marsad/timeline"
)

// TestDark says that a group of feeds is heard no more, and rewrites that message
// when it is.
func TestDark(t *testing.T) {
	for language, want := range map[string][2][]string{
		"en": {{"Feed group middle-east has gone dark", "12 of 12 feeds", "since 2017-05-20 12:00 +0300", "Feeds: a, b, and 10 more"}, {"is heard again", "It lasted 5 h."}},
		"ar": {{"مجموعة المصادر middle-east غابت", "12 من 12", "المصادر: a، b، و10 غيرها"}, {"عادت", "دام ذلك 5 ساعات."}},
	} {
		t.Run(language, func(t *testing.T) {
			f := newFakeSlack(t)
			o := options()
			o.Language = language
			n := newNotifier(t, botConfig(f), o)
			at := time.Date(2017, time.May, 20, 9, 0, 0, 0, time.UTC)
			i := timeline.Incident{
				ID: timeline.DarkID("middle-east", at), Kind: timeline.Dark, Topic: timeline.NoTopic, Title: "middle-east", State: timeline.IncidentOpen,
				Severity: "high", Opened: at, Updated: at.Add(3 * time.Hour), Window: 3 * time.Hour, Observed: 12, Total: 12, Feeds: []string{"a", "b"},
			}
			receipt, err := n.Notify(t.Context(), timeline.Notice{ID: "o", Kind: timeline.NoticeOpening, Incident: i})
			if err != nil {
				t.Fatal(err)
			}
			i.Announced, i.State, i.Resolved = receipt, timeline.IncidentResolved, at.Add(5*time.Hour)
			if _, err := n.Notify(t.Context(), timeline.Notice{ID: "r", Kind: timeline.NoticeResolution, Incident: i}); err != nil {
				t.Fatal(err)
			}
			if len(f.posts) != 2 || f.posts[1].Method != "chat.update" {
				t.Fatalf("posts %+v, want one that is rewritten", f.posts)
			}
			for at := range f.posts {
				contains(t, &f.posts[at], want[at]...)
			}
		})
	}
}

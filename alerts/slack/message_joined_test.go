package slack_test

import (
	"fmt"
	"testing"
	"time"

	"marsad/timeline"
)

// The message of an incident that others have joined names all topics and gives
// the figures of each; one that joins later is told in the thread.
func TestJoined(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"Group merger, Truce", "On the same stories:", "Articles within 6 h: 12. Expected: 1.4.", "Articles so far: 17, publishers: 5.", "Rising on the same stories, too"},
		"ar": {"على القصص نفسها", "المتوقع: 1.4", "المقالات حتى الآن: 17، الناشرون: 5.", "موضوع آخر يصعد على القصص نفسها"},
	} {
		t.Run(language, func(t *testing.T) {
			f := newFakeSlack(t)
			o := options()
			o.Language = language
			n := newNotifier(t, botConfig(f), o)
			i := incident()
			other := timeline.Joined{
				Incident: "b", Topic: "truce", Title: "Truce", State: timeline.IncidentOpen, Severity: "high", Opened: i.Opened,
				Observed: 12, Expected: 1.4, Window: 6 * time.Hour, Weeks: 40, Total: 17, Publishers: 5,
			}
			i.Joined = []timeline.Joined{other}
			receipt, err := n.Notify(t.Context(), timeline.Notice{ID: "o", Kind: timeline.NoticeOpening, Incident: i})
			if err != nil {
				t.Fatal(err)
			}
			i.Announced = receipt
			news := timeline.News{Joined: i.Joined}
			if _, err := n.Notify(t.Context(), timeline.Notice{ID: "t", Kind: timeline.NoticeThread, Incident: i, News: news}); err != nil {
				t.Fatal(err)
			}
			all := post{Text: f.posts[0].all() + f.posts[1].all()}
			contains(t, &all, want...)

			// Twenty of them stay within what a message may have.
			i.Joined = nil
			for k := range timeline.MaxJoined {
				other.Title = fmt.Sprintf("%0300d", k)
				i.Joined = append(i.Joined, other)
			}
			if _, err := n.Notify(t.Context(), timeline.Notice{ID: "u", Kind: timeline.NoticeUpdate, Incident: i}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

package slack_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// TestCountChanged says that a count is told beyond its range, with who said what,
// and rewrites that message when the new figure is known.
func TestCountChanged(t *testing.T) {
	for language, want := range map[string][2][]string{
		"en": {
			{"Group merger: a new figure, ISIS, fighters", "fighters\nNow told: 20,000–21,000. Publishers: 3, articles: 4.\nKnown until now: 12,000–15,000. Publishers: 2.", "The former ones", "Newsweek via Example News"},
			{"Group merger: the figure stands", "It is known by now"},
		},
		"ar": {
			{"رقم جديد، ISIS، مقاتلون", "ما يُذكر الآن: 20,000–21,000", "المعروف حتى الآن: 12,000–15,000. الناشرون: 2."},
			{"ثبت الرقم", "صار الرقم معروفًا"},
		},
	} {
		t.Run(language, func(t *testing.T) {
			f := newFakeSlack(t)
			o := options()
			o.Language = language
			n := newNotifier(t, botConfig(f), o)
			i := incident()
			i.Kind, i.Publishers, i.Total = timeline.CountChanged, 3, 4
			lo, hi, now := 12e3, 15e3, 20e3
			was := timeline.Figure{Lo: &lo, Hi: &hi, Bound: timeline.Between, Kind: "fighters", By: "Newsweek", Publisher: "Example News"}
			i.Figures = []timeline.Figure{{Lo: &now, Best: &now, Hi: &now, Bound: timeline.Exact, Kind: "fighters", Publisher: "Another"}}
			i.Change = &timeline.CountChange{
				Kind: "fighters", Of: "isis", OfTitle: "ISIS",
				Was: timeline.Range{Lo: lo, Hi: hi, Publishers: 2, Figures: []timeline.Figure{was}}, Now: timeline.Range{Lo: now, Hi: 21e3, Publishers: 3},
			}
			receipt, err := n.Notify(t.Context(), timeline.Notice{ID: "o", Kind: timeline.NoticeOpening, Incident: i})
			if err != nil {
				t.Fatal(err)
			}
			i.Announced, i.State, i.Resolved = receipt, timeline.IncidentResolved, i.Opened.Add(30*time.Hour)
			if _, err := n.Notify(t.Context(), timeline.Notice{ID: "r", Kind: timeline.NoticeResolution, Incident: i}); err != nil {
				t.Fatal(err)
			}
			if len(f.posts) != 2 || f.posts[1].Method != "chat.update" {
				t.Fatalf("posts %+v, want one that is rewritten", f.posts)
			}
			for at := range f.posts {
				contains(t, &f.posts[at], want[at]...)
			}

			// Names from feeds and lexicons are long and hostile.
			i.Change.OfTitle = strings.Repeat("<!channel> *x* ", 400)
			for k := range 40 {
				was.By, was.Publisher = fmt.Sprintf("%05000d", k), i.Change.OfTitle
				i.Figures, i.Change.Was.Figures = append(i.Figures, was), append(i.Change.Was.Figures, was)
			}
			if _, err := n.Notify(t.Context(), timeline.Notice{ID: "u", Kind: timeline.NoticeUpdate, Incident: i}); err != nil {
				t.Fatal(err)
			}
			for _, text := range f.posts[2].mrkdwn() {
				if strings.Contains(text, "<!channel>") {
					t.Errorf("%q is not escaped", text)
				}
			}
		})
	}
}

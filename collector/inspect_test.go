package collector

import (
	"testing"
	"time"

	"marsad/timeline"
)

// What full_text would take is shown beside what the feed has.
func TestInspectPages(t *testing.T) {
	p := newPaper(t)
	p.print("/1", "Talks end", body("text/html", story("Talks end", talks)))
	p.print("/2", "Talks fail", body("application/pdf", ""))
	p.print("/3", "Talks go on", body("text/html", story("Talks go on", talks)))
	cfg := DefaultConfig()
	cfg.AllowPrivate.All = true
	got := InspectFeed(t.Context(), cfg, &Feed{Name: "feed", URL: p.URL + "/feed"}, time.UTC, ready, 2)
	if got.Error != nil || len(got.Entries) != 3 {
		t.Fatalf("%d entries, error %v", len(got.Entries), got.Error)
	}
	want := []*InspectedPage{
		{Outcome: timeline.OutcomeOK, Text: talks},
		{Outcome: timeline.OutcomeNotPage, Error: "not a web page (application/pdf)"},
		nil,
	}
	for i, w := range want {
		g := got.Entries[i].Page
		if (g == nil) != (w == nil) || g != nil && *g != *w {
			t.Errorf("page %d: %+v, want %+v", i+1, g, w)
		}
	}
}

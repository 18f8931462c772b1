package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/story"
)

// TestTell puts the sources of one happening side by side.
func TestTell(t *testing.T) {
	t.Parallel()
	n := func(v float64) *float64 { return &v }
	mention := func(publisher string, after time.Duration, sentence string, change func(*timeline.FoundEvent)) timeline.FoundEvent {
		a, e := told(day.Add(after), sentence)
		a.ID, a.Publisher = fmt.Sprint(publisher, after), publisher
		m := timeline.FoundEvent{Article: a, Event: e}
		change(&m)
		return m
	}
	count := func(kind, by string, lo, best, hi *float64) func(*timeline.FoundEvent) {
		return func(m *timeline.FoundEvent) {
			m.Event.Places, m.Event.Actors = []string{"mosul"}, []string{"isis"}
			m.Counts = []timeline.Count{{Kind: kind, By: by, Lo: lo, Best: best, Hi: hi, Span: timeline.Span{End: 2}}}
		}
	}
	a := story.Tell(&timeline.Happening{ID: "h", All: 6, Publishers: 4, Mentions: []timeline.FoundEvent{
		mention("P", 0, "12 killed", func(m *timeline.FoundEvent) {
			count("killed", "", n(12), n(12), n(12))(m)
			m.Event.Relation, m.Event.Planned = timeline.AboutDate, true
			m.Event.Interval.Lo, m.Event.Interval.Hi = m.Event.Interval.Lo.AddDate(0, 0, 1), m.Event.Interval.Hi.AddDate(0, 0, 1)
		}),
		mention("Q", time.Hour, "15 killed", count("killed", "Army", n(15), n(15), n(15))),
		mention("R", 2*time.Hour, "15 or more killed", count("killed", "", n(15), n(15), nil)),
		mention("P", 3*time.Hour, "19 killed", count("killed", "", n(19), n(19), n(19))),
		mention("S", 4*time.Hour, "The ministry denied the attack", func(*timeline.FoundEvent) {}),
		mention("R", 5*time.Hour, "16 killed", count("killed", "Army", n(16), n(16), n(16))),
		mention("T", 6*time.Hour, "17 killed", func(m *timeline.FoundEvent) {
			count("killed", "", n(17), n(17), n(17))(m)
			m.Article.Revision = 2
		}),
	}, Former: []timeline.FormerCount{{
		Article:  timeline.Article{ID: "T6h0m0s", Publisher: "T", Published: day.Add(6 * time.Hour), Revision: 2},
		Revision: 1, Until: day.Add(7 * time.Hour), Text: "90", Count: timeline.Count{Kind: "killed", Lo: n(90), Best: n(90), Hi: n(90)},
	}}})
	var got []string
	for _, s := range a.Sources {
		if s.Denies {
			got = append(got, "denied by "+s.Article.Publisher)
		}
	}
	for _, f := range a.Figures {
		got = append(got, fmt.Sprintf("%s %v %v %v", f.Kind, *f.Lo, *f.Best, *f.Hi))
		for _, s := range f.Said {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s revises %v superseded %v", s.Text, s.Publisher, s.By, s.Revises, s.Superseded)))
		}
	}
	want := []string{
		"denied by S", "killed 15 17 19",
		"12 P  revises false superseded true",
		"15 Q Army revises false superseded true",
		"15 R  revises false superseded false",
		"19 P  revises true superseded false",
		"16 R Army revises true superseded false",
		"90 T  revises false superseded true",
		"17 T  revises true superseded false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	if a.Planned || !a.First.Equal(day) || a.Interval.Lo.Day() != day.Day() || len(a.Actors) != 1 || a.Places[0].Publishers != 4 {
		t.Errorf("account %+v, want one that happened on %v, by isis at mosul", a, day)
	}
}

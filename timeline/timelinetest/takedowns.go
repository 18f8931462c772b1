//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// An article that is taken down is nowhere any more, and does not come back.
func testTakeDown(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	along := newFollower(s)
	words := text("In 2012 they were 14 men.")
	a, b := draft("a", words, about("t")), draft("b", in("g", "Q"), text("In 2016 they were 3 at sea."), about("t"))
	commit(t, s, poll("f", 0, a), poll("g", 0, b))
	wantCounts(t, s, "t", 2, 2)
	got := a.Article
	facts := factsOf(&got)
	hidden := timeline.Correction{ID: facts.Counts[0].ReadingID(&got), Article: got.ID, Kind: timeline.KindCount, Hidden: true, At: noon}
	if err := s.CorrectFact(t.Context(), hidden, factsOf); err != nil {
		t.Fatal(err)
	}

	// An incident that was announced quotes it.
	i := anIncident("t", 1)
	i.Headlines = []timeline.Headline{
		{Article: got.ID, Title: got.Title, URL: got.URL, Publisher: "P"},
		{Article: b.Article.ID, Title: b.Article.Title, URL: b.Article.URL, Publisher: "Q"},
	}
	i.Figures = []timeline.Figure{{Text: "14 men", Publisher: "P", URL: got.URL}, {Text: "9", Publisher: "Q", URL: b.Article.URL}}
	opening, thread := notice(i, timeline.NoticeOpening), notice(i, timeline.NoticeThread)
	thread.News = timeline.News{Headlines: i.Headlines[:1]}
	if err := s.CommitStep(t.Context(), timeline.StepResult{Step: i.Opened, Incidents: []timeline.Incident{i}, Notices: []timeline.Notice{opening, thread}}); err != nil {
		t.Fatal(err)
	}
	later := i.Opened.Add(time.Hour)
	due, err := s.DueNotices(t.Context(), "", later, 10)
	if err != nil || len(due) == 0 {
		t.Fatalf("%d notices, %v", len(due), err)
	}
	if err := s.MarkSent(t.Context(), due[0], timeline.Receipt{Channel: "C", TS: "1"}, later); err != nil {
		t.Fatal(err)
	}

	ruling := timeline.Ruling{At: later, Since: noon.Add(-time.Hour), By: "analyst", Why: "asked for"}
	if err := s.TakeDown(t.Context(), got.ID, ruling); err != nil {
		t.Fatal(err)
	}
	along.catchUp(t)
	along.wantState(t)
	wantCounts(t, s, "t", 1, 1)
	gone := func(err error) {
		t.Helper()
		var down *timeline.TakenDownError
		if !errors.As(err, &down) || down.By != "analyst" || down.Why != "asked for" || !down.At.Equal(later) || !errors.Is(err, timeline.ErrNotFound) {
			t.Errorf("error %v, want who took it down and why", err)
		}
	}
	_, err = s.Article(t.Context(), got.ID)
	gone(err)
	gone(s.TakeDown(t.Context(), got.ID, ruling))
	if err := s.TakeDown(t.Context(), "none", ruling); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("no such article: %v", err)
	}
	if list, err := s.Corrections(t.Context(), ""); err != nil || len(list) > 0 {
		t.Errorf("corrections %v, %v; want none, for they have its words", list, err)
	}
	left, err := s.Incident(t.Context(), i.ID)
	if err != nil || left.TakenDown != 1 {
		t.Errorf("%d taken down, %v; want one", left.TakenDown, err)
	}
	if diff := cmp.Diff([][]string{{b.Article.ID}, {"9"}}, [][]string{{left.Headlines[0].Article}, {left.Figures[0].Text}}); diff != "" || len(left.Headlines)+len(left.Figures) != 2 {
		t.Errorf("the incident quotes (-want +got):\n%s", diff)
	}
	// The message is edited; the thread has nothing to tell any more.
	due, err = s.DueNotices(t.Context(), "", later.Add(time.Hour), 10)
	if err != nil || len(due) != 1 || due[0].Kind != timeline.NoticeUpdate || len(due[0].Incident.Headlines) != 1 {
		t.Errorf("notices %+v, %v; want the update alone, without it", due, err)
	}

	// Polled again, revised or loaded, it stays away.
	commit(t, s, poll("f", time.Minute, a))
	commit(t, s, poll("f", 2*time.Minute, draft("a", text("In 2013 they were 15 men."), revision(2))))
	if _, err := s.CommitLoad(t.Context(), []timeline.ReadArticle{a}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Article(t.Context(), got.ID)
	gone(err)
}

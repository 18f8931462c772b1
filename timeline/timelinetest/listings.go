//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// Every listing gives each item once, in the same order whatever the size of its
// pages, and refuses a cursor that it did not give.
func testPaging(t *testing.T, s Store) {
	register(t, s, "f", "P")
	var many []timeline.ReadArticle
	for i := range 25 { // some published at one instant
		many = append(many, draft(fmt.Sprint("a", i), at(time.Duration(i/4)*time.Second), about("t")))
	}
	commit(t, s, poll("f", time.Minute, many...))
	var incidents []timeline.Incident
	for i := range 25 {
		commit(t, s, poll("f", time.Duration(2+i)*time.Minute))
		incidents = append(incidents, anIncident(fmt.Sprint("t", i), i/4))
	}
	if err := s.CommitStep(t.Context(), timeline.StepResult{Step: noon, Incidents: incidents}); err != nil {
		t.Fatal(err)
	}
	inPages(t, "articles", 25, s.Articles, func(r timeline.ReadArticle) string { return r.Article.ID })
	inPages(t, "stories", 25, s.Stories, func(st timeline.Story) string { return st.ID })
	inPages(t, "polls", 26, s.Polls, func(p timeline.Poll) string { return p.ID })
	inPages(t, "incidents", 25, s.Incidents, func(i timeline.Incident) string { return i.ID })
	inPages(t, "events", 25, s.FoundEvents, func(e timeline.FoundEvent) string { return e.Article.ID })
	inPages(t, "counts", 25, s.FoundCounts, func(c timeline.FoundCount) string { return c.Article.ID })
	for name, list := range map[string]func(context.Context, timeline.Query) (timeline.Page[timeline.ReadArticle], error){
		"articles": s.Articles,
		"of topic": func(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error) {
			q.Topic = "t"
			return s.Articles(ctx, q)
		},
	} {
		found := pages(t, timeline.Query{Limit: 7}, list)
		if len(found) != 25 || !slices.IsSortedFunc(found, func(a, b timeline.ReadArticle) int {
			return b.Article.Published.Compare(a.Article.Published)
		}) {
			t.Errorf("%s: %d, want 25, newest first", name, len(found))
		}
	}
}

func inPages[T any](t *testing.T, what string, n int, list func(context.Context, timeline.Query) (timeline.Page[T], error), id func(T) string) {
	t.Helper()
	var whole []string
	for _, limit := range []int{0, 1, 4, n, 1000, 1 << 40} {
		var ids []string
		for _, item := range pages(t, timeline.Query{Limit: limit}, list) {
			ids = append(ids, id(item))
		}
		if whole == nil {
			whole = ids
		}
		if diff := cmp.Diff(whole, ids); diff != "" {
			t.Errorf("%s in pages of %d (-want +got):\n%s", what, limit, diff)
		}
	}
	slices.Sort(whole)
	if got := len(slices.Compact(whole)); got != n {
		t.Errorf("%d %s, want %d", got, what, n)
	}
	for _, cursor := range []string{"x", "!", "MTIz", "MTIzIA"} {
		if _, err := list(t.Context(), timeline.Query{Cursor: cursor}); !errors.Is(err, timeline.ErrCursor) {
			t.Errorf("%s after %q: %v, want %v", what, cursor, err, timeline.ErrCursor)
		}
	}
}

func testSelecting(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	arabic := func(r *timeline.ReadArticle) { r.Article.Lang = "ar" }
	commit(t, s,
		poll("f", 0, draft("a", about("t")), draft("b", at(time.Hour), aboutSentence("u"), text("In 2020 they were 5 men.")), draft("c", about("t"), text("No facts."), arabic)),
		poll("g", 0, draft("d", in("g", "Q"), at(2*time.Hour), about("t", "u"), text("In 1990 they were 5 men."))))
	for _, test := range []struct {
		name                              string
		q                                 timeline.Query
		articles, stories, events, counts string
	}{
		{"all", timeline.Query{}, "dbca", "dbca", "bad", "dba"},
		{"topic", timeline.Query{Topic: "t"}, "dca", "dca", "ad", "da"},
		{"topic of the sentence", timeline.Query{Topic: "u"}, "db", "db", "bd", "db"},
		{"topic in small pages", timeline.Query{Topic: "t", Limit: 1}, "dca", "dca", "ad", "da"},
		{"feed", timeline.Query{Feed: "g"}, "d", "d", "d", "d"},
		{"publisher", timeline.Query{Publisher: "P"}, "bca", "bca", "ba", "ba"},
		{"language", timeline.Query{Lang: "ar"}, "c", "c", "", ""},
		{"all at once", timeline.Query{Topic: "t", Feed: "f", Publisher: "P", Lang: "en"}, "a", "a", "a", "a"},
		{"nothing", timeline.Query{Topic: "x"}, "", "", "", ""},
		{"unknown feed", timeline.Query{Feed: "x"}, "", "", "", ""},
	} {
		ids := func(what, want string, got []string) {
			t.Helper()
			var letters, sorted string
			for _, url := range got {
				letters += url[len(url)-1:]
			}
			// a and c are published at one instant, in either order.
			if sorted = letters; len(want) > 1 && want[len(want)-2:] == "ca" && len(letters) > 1 && letters[len(letters)-2:] == "ac" {
				sorted = letters[:len(letters)-2] + "ca"
			}
			if sorted != want {
				t.Errorf("%s: %s %q, want %q", test.name, what, letters, want)
			}
		}
		var got [4][]string
		for _, r := range pages(t, test.q, s.Articles) {
			got[0] = append(got[0], r.Article.URL)
		}
		for _, st := range pages(t, test.q, s.Stories) {
			got[1] = append(got[1], st.URL)
		}
		for _, e := range pages(t, test.q, s.FoundEvents) {
			got[2] = append(got[2], e.Article.URL)
		}
		for _, c := range pages(t, test.q, s.FoundCounts) {
			got[3] = append(got[3], c.Article.URL)
		}
		ids("articles", test.articles, got[0])
		ids("stories", test.stories, got[1])
		ids("events", test.events, got[2])
		ids("counts", test.counts, got[3])
	}

	// Sides of an interval: the first belongs to it, the last does not.
	from, to := noon, noon.Add(2*time.Hour)
	if got := pages(t, timeline.Query{From: from, To: to}, s.Articles); len(got) != 3 {
		t.Errorf("%d articles from noon to two, want 3", len(got))
	}
	if got := pages(t, timeline.Query{From: from.Add(1), To: to}, s.FoundCounts); len(got) != 1 {
		t.Errorf("%d counts after noon, want 1", len(got))
	}
	year := func(y int) time.Time { return time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC) }
	if got := pages(t, timeline.Query{From: year(1990), To: year(2020)}, s.FoundEvents); len(got) != 2 {
		t.Errorf("%d events from 1990 to 2020, want 2", len(got))
	}
	for _, e := range pages(t, timeline.Query{Topic: "u"}, s.FoundEvents) {
		if !slices.Contains(e.Topics, "u") {
			t.Errorf("event of topics %v, want u among them", e.Topics)
		}
		if len(e.Counts) != len(e.Event.Counts) {
			t.Errorf("event with %d counts, want those at %v", len(e.Counts), e.Event.Counts)
		}
	}
	if got := pages(t, timeline.Query{Feed: "g", From: noon, To: noon.Add(time.Second)}, s.Polls); len(got) != 1 {
		t.Errorf("%d polls of g, want 1", len(got))
	}
}

func testStories(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	commit(t, s,
		poll("f", 0, draft("a", titled("Wire story"), about("t"), at(time.Minute))),
		poll("g", 0, draft("b", in("g", "Q"), titled("Wire story"), about("u"))),
		poll("f", time.Hour, draft("c", titled("Wire story"), at(30*time.Hour))))
	stories := pages(t, timeline.Query{}, s.Stories)
	if len(stories) != 2 {
		t.Fatalf("%d stories, want 2", len(stories))
	}
	want := timeline.Story{
		ID: stories[1].ID, Title: "Wire story", URL: "https://example.org/a", Lang: "en", First: noon, Last: noon.Add(time.Minute),
		Articles: 2, Publishers: []string{"P", "Q"}, Topics: []string{"t", "u"},
	}
	if diff := cmp.Diff(want, stories[1]); diff != "" {
		t.Errorf("story (-want +got):\n%s", diff)
	}
	if got := pages(t, timeline.Query{From: noon.Add(30 * time.Second), To: noon.Add(time.Hour)}, s.Stories); len(got) != 1 || got[0].ID != want.ID {
		t.Errorf("stories that go on within the hour %v, want the first", got)
	}
}

//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// awaiting has an article wait for its page.
func awaiting(r *timeline.ReadArticle) { r.AwaitsPage = true }

// pageOf makes the result of a first try that took the text of a page.
func pageOf(read timeline.ReadArticle, after time.Duration) timeline.PageResult {
	return timeline.PageResult{Article: read.Article.ID, At: noon.Add(after), Outcome: timeline.OutcomeOK, Status: 200, Read: &read}
}

// The text of a page completes the revision that it was read for: what it
// mentions counts as if the feed had said it.
func testPages(t *testing.T, s Store) {
	register(t, s, "f", "P")
	follower := newFollower(s)
	commit(t, s, poll("f", 0, draft("a", about("t"), awaiting), draft("b")))
	follower.follow(t, 100)
	pending := func(after time.Duration) []timeline.PendingPage {
		t.Helper()
		pages, err := s.PendingPages(t.Context(), noon.Add(after), 10)
		if err != nil {
			t.Fatal(err)
		}
		return pages
	}
	try := func(result timeline.PageResult) {
		t.Helper()
		if err := s.CommitPage(t.Context(), result); err != nil {
			t.Fatal(err)
		}
	}
	counts := func() timeline.PageCounts {
		t.Helper()
		feeds, err := s.Feeds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return feeds[0].Pages
	}
	a := draft("a")
	since := poll("f", 0).Poll.At
	want := []timeline.PendingPage{{Article: a.Article.ID, Feed: "f", URL: a.Article.URL, Since: since}}
	if diff := cmp.Diff(want, pending(time.Minute)); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}

	try(timeline.PageResult{
		Article: a.Article.ID, At: noon.Add(time.Minute), Outcome: timeline.OutcomeHTTP, Status: 403, Error: "HTTP 403",
		Tries: 1, Next: noon.Add(time.Hour),
	})
	if got := pending(time.Minute); len(got) != 0 {
		t.Errorf("pending %+v, want none before its time", got)
	}
	if got := pending(time.Hour); len(got) != 1 || got[0].Tries != 1 {
		t.Errorf("pending %+v, want it with one try", got)
	}
	page := pageOf(draft("a", text("In 2016 they were 30 men. And 7 more."), about("t", "u")), time.Hour)
	try(page) // of another who began when none had failed
	if got := counts(); got != (timeline.PageCounts{Waiting: 1}) {
		t.Errorf("pages %+v, want one waiting", got)
	}
	page.Before, page.Tries = 1, 1
	try(page)
	if got := counts(); got != (timeline.PageCounts{Read: 1}) {
		t.Errorf("pages %+v, want one read", got)
	}
	got, err := s.Article(t.Context(), a.Article.ID)
	if err != nil {
		t.Fatal(err)
	}
	completed := *page.Read
	completed.Article.FromPage = true
	if diff := cmp.Diff(completed, got, assigned); diff != "" {
		t.Errorf("completed article (-want +got):\n%s", diff)
	}
	wantCounts(t, s, "t", 1, 2)
	wantCounts(t, s, "u", 1, 2)
	follower.follow(t, 100)
	follower.wantState(t)

	// The feed revises it before its page is read again: that page is of the past.
	commit(t, s, poll("f", 2*time.Hour, draft("a", text("Anew."), about("t"), revision(2), awaiting)))
	try(pageOf(*page.Read, 3*time.Hour))
	if got := counts(); got != (timeline.PageCounts{Waiting: 1}) {
		t.Errorf("pages %+v, want one waiting again", got)
	}
	try(timeline.PageResult{Article: a.Article.ID, At: noon.Add(3 * time.Hour), Outcome: timeline.OutcomeHTTP, Status: 404, Error: "HTTP 404", Tries: 1})
	if got := counts(); got != (timeline.PageCounts{Failed: 1, LastError: "HTTP 404"}) {
		t.Errorf("pages %+v, want one failed", got)
	}
	try(timeline.PageResult{Article: "none", At: noon})
}

//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/timeline"
)

// assigned leaves out what a store assigns.
var assigned = cmp.Options{
	cmpopts.IgnoreFields(timeline.Article{}, "Story", "At"),
	cmpopts.IgnoreFields(timeline.Event{}, "At", "Happening", "Publishers"),
	cmpopts.IgnoreFields(timeline.Count{}, "At"),
	cmpopts.IgnoreFields(timeline.Mention{}, "At", "Revision"),
	cmpopts.IgnoreFields(timeline.ReadArticle{}, "Identity"),
	cmpopts.EquateEmpty(),
}

func testPoll(t *testing.T, s Store) {
	register(t, s, "f", "P")
	first := poll("f", time.Minute, draft("a", about("t")), draft("b"))
	commit(t, s, first)
	for range 2 { // the second time nothing changes
		commit(t, s, first)
		polls, err := s.Polls(t.Context(), timeline.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]timeline.Poll{first.Poll}, polls.Items); diff != "" {
			t.Errorf("ledger (-want +got):\n%s", diff)
		}
		state, err := s.FeedState(t.Context(), "f")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first.State, state); diff != "" {
			t.Errorf("state (-want +got):\n%s", diff)
		}
		if got := articles(t, s); len(got) != 2 {
			t.Errorf("%d articles, want 2", len(got))
		}
		wantCounts(t, s, "t", 1, 2)
	}

	// The same articles from another poll are not doubled, and the ledger says so.
	again := poll("f", 2*time.Minute, draft("a", about("t")), draft("b"))
	commit(t, s, again)
	polls, err := s.Polls(t.Context(), timeline.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if p := polls.Items[0]; p.New != 0 || p.Known != 2 || !p.Sums() {
		t.Errorf("ledger says %d new and %d known, want 0 and 2", p.New, p.Known)
	}
	wantCounts(t, s, "t", 1, 2)
}

func testRefusal(t *testing.T, s Store) {
	register(t, s, "f", "P")
	commit(t, s, poll("f", 0, draft("old")))
	before := snapshot(t, s)
	spoil := func(f func(*timeline.PollResult)) timeline.PollResult {
		p := poll("f", time.Minute, draft("a", about("t")), draft("b"))
		f(&p)
		return p
	}
	for name, bad := range map[string]timeline.PollResult{
		"does not sum":         spoil(func(p *timeline.PollResult) { p.Poll.Fetched++ }),
		"reasons do not sum":   spoil(func(p *timeline.PollResult) { p.Poll.Reasons["no title"]++ }),
		"unknown feed":         spoil(func(p *timeline.PollResult) { p.Poll.Feed, p.State.Feed = "g", "g" }),
		"state of another":     spoil(func(p *timeline.PollResult) { p.State.Feed = "g" }),
		"span beyond the text": spoil(func(p *timeline.PollResult) { p.Articles[1].Facts.Counts[0].Span.End = 1000 }),
		"no date":              spoil(func(p *timeline.PollResult) { p.Articles[1].Article.Published = time.Time{} }),
		"no publisher":         spoil(func(p *timeline.PollResult) { p.Articles[1].Article.Publisher = "" }),
		"no revision":          spoil(func(p *timeline.PollResult) { p.Articles[1].Article.Revision = 0 }),
	} {
		if err := s.CommitPoll(t.Context(), bad); err == nil {
			t.Errorf("%s: recorded", name)
		}
		if diff := cmp.Diff(before, snapshot(t, s)); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
	commit(t, s, spoil(func(*timeline.PollResult) {}))
}

func testCancelled(t *testing.T, s Store) {
	register(t, s, "f", "P")
	before := snapshot(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.CommitPoll(ctx, poll("f", 0, drafts(20, "a")...)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if _, err := s.CommitLoad(ctx, drafts(20, "a")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if diff := cmp.Diff(before, snapshot(t, s)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func testConcurrentPolls(t *testing.T, s Store) {
	const feeds, polls = 8, 5
	var pairs []string
	for f := range feeds {
		pairs = append(pairs, "f"+strconv.Itoa(f), "P")
	}
	register(t, s, pairs...)
	var wg sync.WaitGroup
	for f := range feeds {
		wg.Go(func() {
			feed := "f" + strconv.Itoa(f)
			for p := range polls {
				// All feeds bring the same articles: each is recorded once.
				result := poll(feed, time.Duration(p)*time.Minute, drafts(4, fmt.Sprintf("p%d-", p), in(feed, "P"))...)
				if err := s.CommitPoll(t.Context(), result); err != nil {
					t.Error(err)
				}
				if _, err := s.Articles(t.Context(), timeline.Query{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := articles(t, s); len(got) != 4*polls {
		t.Errorf("%d articles, want %d", len(got), 4*polls)
	}
	ledger, err := s.Polls(t.Context(), timeline.Query{})
	if err != nil {
		t.Fatal(err)
	}
	fresh := 0
	for _, p := range ledger.Items {
		fresh += p.New
	}
	if len(ledger.Items) != feeds*polls || fresh != 4*polls {
		t.Errorf("ledger has %d polls with %d new articles, want %d and %d", len(ledger.Items), fresh, feeds*polls, 4*polls)
	}
}

func testArticle(t *testing.T, s Store) {
	register(t, s, "f", "P")
	baghdad, err := time.LoadLocation("Asia/Baghdad")
	if err != nil {
		t.Fatal(err)
	}
	seven := 7.5
	want := []timeline.ReadArticle{
		draft("a", about("t", "u"), func(r *timeline.ReadArticle) { r.Article.Published = noon.In(baghdad) }),
		draft("b", func(r *timeline.ReadArticle) {
			r.Article.Published = noon.Add(-time.Nanosecond).In(time.FixedZone("", 5400))
			r.Article.Text, r.Article.Dated, r.Article.URL = "", timeline.DatedFirstSeen, ""
		}),
		draft("c", func(r *timeline.ReadArticle) {
			r.Facts.Other = []timeline.Quantity{{
				Span: timeline.Span{Start: 1, End: 3}, Sentence: timeline.Span{Start: 0, End: 5}, Type: "money",
				Value: &seven, Lo: &seven, Unit: "USD", Text: "x", Rule: "test",
			}}
		}, uncounted),
	}
	minute := draft("d").Facts.Dates[0]
	minute.Interval = timeline.Interval{Lo: noon.In(baghdad)} // an open side, an instant
	minute.Precision, minute.Rule = timeline.Minute, "test.minute"
	want[2].Facts.Dates = append(want[2].Facts.Dates, minute)
	commit(t, s, poll("f", 0, want...))
	for i := range want {
		got, err := s.Article(t.Context(), want[i].Article.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[i], got, assigned); diff != "" {
			t.Errorf("article (-want +got):\n%s", diff)
		}
		if w, g := want[i].Article.Published.Format(time.RFC3339Nano), got.Article.Published.Format(time.RFC3339Nano); g != w {
			t.Errorf("published %s, want %s", g, w)
		}
		if got.Article.Published.Location().String() != want[i].Article.Published.Location().String() {
			t.Errorf("zone %s, want %s", got.Article.Published.Location(), want[i].Article.Published.Location())
		}
		if got.Article.At.Unix() != want[i].Article.Published.Unix() || got.Article.Story == "" {
			t.Errorf("at %v in story %q, want the second of %v and a story", got.Article.At, got.Article.Story, want[i].Article.Published)
		}
	}
	if _, err := s.Article(t.Context(), "none"); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("error %v, want %v", err, timeline.ErrNotFound)
	}
}

func testKnown(t *testing.T, s Store) {
	register(t, s, "f", "P")
	a := draft("a", about("t"))
	wantKnown := func(want timeline.Known) {
		t.Helper()
		got, err := s.Known(t.Context(), []timeline.Identity{{Feed: "f", Publisher: "P"}, a.Identity})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]timeline.Known{{}, want}, got); diff != "" {
			t.Errorf("known (-want +got):\n%s", diff)
		}
	}
	wantKnown(timeline.Known{})
	commit(t, s, poll("f", 0, a))
	wantKnown(timeline.Known{
		Article: a.Article.ID, Content: timeline.ContentHash(a.Article.Title, a.Article.Text), Revision: 1, InFeed: true,
		Feed: "f", Published: noon,
	})

	revised := draft("a", text("In 2016 they were 13 men."), revision(2), about("u"), at(time.Hour))
	commit(t, s, poll("f", time.Minute, revised))
	wantKnown(timeline.Known{
		Article: a.Article.ID, Content: timeline.ContentHash(a.Article.Title, revised.Article.Text), Revision: 2, InFeed: true,
		Feed: "f", Published: noon,
	})
	got, err := s.Article(t.Context(), a.Article.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := revised
	want.Article.Published, want.Article.FirstSeen = a.Article.Published, a.Article.FirstSeen
	if diff := cmp.Diff(want, got, assigned); diff != "" {
		t.Errorf("revised article (-want +got):\n%s", diff)
	}

	// An older revision, or the same again, changes nothing.
	before := snapshot(t, s)
	for i, old := range []timeline.ReadArticle{a, revised} {
		commit(t, s, poll("f", time.Duration(2+i)*time.Minute, old))
	}
	if diff := cmp.Diff(before.Articles, snapshot(t, s).Articles); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func testIdentities(t *testing.T, s Store) {
	register(t, s, "f", "P", "sister", "P", "other", "Q")
	a := draft("a")
	plain := draft("plain", func(r *timeline.ReadArticle) { r.Article.GUID = "1234" })
	commit(t, s, poll("f", 0, a, plain))
	known := func(feed, publisher string, keys ...timeline.Key) timeline.Known {
		t.Helper()
		got, err := s.Known(t.Context(), []timeline.Identity{{Feed: feed, Publisher: publisher, Keys: keys}})
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	guid, link := a.Identity.Keys[0], a.Identity.Keys[1]
	other := timeline.Key{Kind: timeline.KeyGUID, Value: "tag:example.org,2017:z"}
	for _, test := range []struct {
		name string
		got  timeline.Known
		want string
		in   bool
	}{
		{"same feed", known("f", "P", guid), a.Article.ID, true},
		{"sister feed", known("sister", "P", guid), a.Article.ID, false},
		{"by its other key", known("f", "P", link), a.Article.ID, true},
		{"another publisher", known("other", "Q", guid), "", false},
		{"new deciding key, known link", known("f", "P", other, link), "", false},
		{"guid of the feed's own", known("f", "P", plain.Identity.Keys[0]), plain.Article.ID, true},
		{"the same in a sister feed", known("sister", "P", plain.Identity.Keys[0]), "", false},
	} {
		if test.got.Article != test.want || test.got.InFeed != test.in {
			t.Errorf("%s: article %q, in feed %v; want %q, %v", test.name, test.got.Article, test.got.InFeed, test.want, test.in)
		}
	}

	// A sighting in the sister feed is remembered, under its keys there.
	seen := poll("sister", 0)
	seen.Poll.Fetched, seen.Poll.Known = 2, 1
	seen.Seen = []timeline.Sighting{{Article: a.Article.ID, Identity: timeline.Identity{
		Feed: "sister", Publisher: "P", Keys: []timeline.Key{guid, other},
	}}}
	commit(t, s, seen)
	if got := known("sister", "P", guid); got.Article != a.Article.ID || !got.InFeed || got.Feed != "f" {
		t.Errorf("after the sighting %+v, want %s in the feed", got, a.Article.ID)
	}
	if got := known("f", "P", other); got.Article != a.Article.ID {
		t.Errorf("by the new key %+v, want %s", got, a.Article.ID)
	}
}

func testFirstDate(t *testing.T, s Store) {
	register(t, s, "f", "P")
	a := draft("a", about("t"))
	commit(t, s, poll("f", 0, a))
	commit(t, s, poll("f", time.Hour, draft("a", at(time.Hour), revision(2), text("Anew."), about("t"), uncounted)))
	got, err := s.Article(t.Context(), a.Article.ID)
	if err != nil {
		t.Fatal(err)
	}
	if g := got.Article; !g.Published.Equal(noon) || !g.FirstSeen.Equal(a.Article.FirstSeen) || !g.Countable || g.Dated != a.Article.Dated {
		t.Errorf("published %v, seen %v, countable %v; want those of the first revision", g.Published, g.FirstSeen, g.Countable)
	}
	wantCounts(t, s, "t", 1, 1)
}

// articles gives all articles, newest first.
func articles(t *testing.T, s Store) []timeline.ReadArticle {
	t.Helper()
	return pages(t, timeline.Query{}, s.Articles)
}

// pages reads a listing to its end.
func pages[T any](t *testing.T, q timeline.Query, list func(context.Context, timeline.Query) (timeline.Page[T], error)) (items []T) {
	t.Helper()
	for {
		page, err := list(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Items == nil {
			t.Error("page has null items")
		}
		items = append(items, page.Items...)
		if page.Next == "" {
			return items
		}
		q.Cursor = page.Next
	}
}

// state is what can be seen of a store.
type state struct {
	Stats    timeline.Stats
	Articles []timeline.ReadArticle
	Polls    []timeline.Poll
	Feeds    []timeline.FeedStatus
}

func snapshot(t *testing.T, s Store) (st state) {
	t.Helper()
	var err error
	if st.Stats, err = s.Stats(t.Context()); err != nil {
		t.Fatal(err)
	}
	st.Stats.Bytes = 0 // a file may grow for nothing
	st.Articles = articles(t, s)
	st.Polls = pages(t, timeline.Query{}, s.Polls)
	if st.Feeds, err = s.Feeds(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st
}

// wantCounts checks what is counted at noon.
func wantCounts(t *testing.T, s Store, topic string, n, exposure int) {
	t.Helper()
	counts, err := s.Counts(t.Context(), topic, noon, noon.Add(Step))
	if err != nil {
		t.Fatal(err)
	}
	want := []timeline.StepCount{{Step: noon, N: n, Exposure: exposure}}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("counts of %s (-want +got):\n%s", topic, diff)
	}
}

//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"testing"
	"time"

	"marsad/timeline"
)

func testRename(t *testing.T, s Store) {
	register(t, s, "old", "P")
	plain := func(r *timeline.ReadArticle) { r.Article.GUID = "1234" }
	first := poll("old", 0, draft("a", in("old", "P"), plain, about("t")))
	commit(t, s, first)
	follower := newFollower(s)
	follower.follow(t, 100)

	renamed := timeline.Feed{Name: "new", Was: "old", URL: "https://example.org/old.xml", Publisher: "P", Enabled: true}
	for range 2 { // said once in config.yaml, it is said at every start
		if err := s.SyncFeeds(t.Context(), []timeline.Feed{renamed}); err != nil {
			t.Fatal(err)
		}
	}
	feeds, err := s.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(feeds) != 1 || feeds[0].Name != "new" || feeds[0].Articles != 1 || feeds[0].ETag != first.State.ETag {
		t.Errorf("feeds %+v, want one named new with the history of the old", feeds)
	}
	known, err := s.Known(t.Context(), []timeline.Identity{{Feed: "new", Publisher: "P", Keys: []timeline.Key{{Kind: timeline.KeyGUID, Value: "1234"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if k := known[0]; k.Article != first.Articles[0].Article.ID || !k.InFeed || k.Feed != "new" {
		t.Errorf("known %+v, want the article of the old feed", k)
	}
	if polls := pages(t, timeline.Query{Feed: "new"}, s.Polls); len(polls) != 1 {
		t.Errorf("%d polls under the new name, want 1", len(polls))
	}
	if got := articles(t, s); got[0].Article.Feed != "new" {
		t.Errorf("article of feed %q, want new", got[0].Article.Feed)
	}
	follower.follow(t, 100)
	for key := range follower.points {
		if key.has("feed", "old") {
			t.Errorf("point %v still has the old name", key)
		}
	}
	follower.wantState(t)

	// The old name is free for another feed, which does not inherit anything.
	if err := s.SyncFeeds(t.Context(), []timeline.Feed{renamed, {Name: "old", URL: "https://example.org/x", Publisher: "P", Enabled: true}}); err != nil {
		t.Fatal(err)
	}
	state, err := s.FeedState(t.Context(), "old")
	if err != nil {
		t.Fatal(err)
	}
	if state != (timeline.FeedState{Feed: "old"}) {
		t.Errorf("state of the other feed %+v, want none", state)
	}
}

// A feed at another address is read from the start, and nobody was watching it.
func testFeedMoves(t *testing.T, s Store) {
	feed := timeline.Feed{Name: "f", URL: "https://example.org/rss", Publisher: "P", Enabled: true}
	sync := func() timeline.FeedState {
		t.Helper()
		if err := s.SyncFeeds(t.Context(), []timeline.Feed{feed}); err != nil {
			t.Fatal(err)
		}
		state, err := s.FeedState(t.Context(), "f")
		if err != nil {
			t.Fatal(err)
		}
		return state
	}
	sync()
	polled := poll("f", 0, draft("a"))
	polled.State.Pace = paced()
	commit(t, s, polled)
	want := sync()
	if want.Pace != paced() {
		t.Errorf("pace %+v, want %+v", want.Pace, paced())
	}
	if want.ETag == "" || want.LastModified == "" || want.BodyHash == "" || want.FirstPoll.IsZero() {
		t.Fatalf("state %+v, want what the poll left", want)
	}
	feed.URL = "https://example.org/atom"
	want.ETag, want.LastModified, want.BodyHash, want.FirstPoll = "", "", "", time.Time{}
	want.Items, want.Overflowed, want.Habits = 0, time.Time{}, timeline.Habits{}
	want.Pace = timeline.FeedPace{}
	if got := sync(); got != want {
		t.Errorf("state at another address %+v, want %+v", got, want)
	}
}

// paced is a pace that has learnt something of everything.
func paced() timeline.FeedPace {
	return timeline.FeedPace{
		Entry: "e", Arrivals: 12.345678901234567, Span: 17*time.Hour + 1, LongestGap: 9 * time.Hour, LastNew: noon.Add(123456789),
		Interval: 40 * time.Minute, Asked: time.Hour, Holds: 3 * time.Hour, MovedTo: "https://example.org/new?a=1&b=<2>", Gone: true,
		LastFull: noon, Stale: 1, Stuck: noon.Add(time.Nanosecond), ZoneError: -3, ZonePolls: 4, Zone: "Etc/GMT-3", Ahead: 2,
	}
}

// A publisher that is called otherwise from now on brings nothing again.
func testPublisherRenamed(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "P")
	bare := func(r *timeline.ReadArticle) { r.Article.GUID = "1234" }
	commit(t, s, poll("f", 0, draft("a"), draft("b", bare)))
	commit(t, s, poll("g", 0, draft("c", in("g", "P"))))
	for _, publisher := range []string{"Q", "R", "Q"} {
		register(t, s, "f", publisher, "g", "P")
		now := in("f", publisher)
		known, err := s.Known(t.Context(), []timeline.Identity{
			draft("a", now).Identity, draft("b", bare, now).Identity, draft("c", now).Identity,
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{draft("a").Article.ID, draft("b", bare).Article.ID} {
			if known[i].Article != want || !known[i].InFeed {
				t.Errorf("as %s: known %+v, want article %s", publisher, known[i], want)
			}
		}
		if known[2] != (timeline.Known{}) {
			t.Errorf("as %s: known %+v, want nothing: the old publisher's other feed has it", publisher, known[2])
		}
	}
	commit(t, s, poll("f", time.Hour, draft("a", in("f", "Q"))))
	if got := articles(t, s); len(got) != 3 {
		t.Errorf("%d articles, want the 3 from before", len(got))
	}
}

func testFeeds(t *testing.T, s Store) {
	register(t, s, "a", "P", "b", "P")
	commit(t, s, poll("a", 0, draft("x", in("a", "P"))))
	if _, err := s.CommitLoad(t.Context(), []timeline.ReadArticle{draft("y", in("archive", "Q"), loaded)}); err != nil {
		t.Fatal(err)
	}
	register(t, s, "b", "P", "c", "P")
	feeds, err := s.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type brief struct {
		name             string
		enabled, archive bool
		articles         int
	}
	want := []brief{{"a", false, false, 1}, {"archive", true, true, 1}, {"b", true, false, 0}, {"c", true, false, 0}}
	if len(feeds) != len(want) {
		t.Fatalf("%d feeds, want %d", len(feeds), len(want))
	}
	for i, f := range feeds {
		if got := (brief{f.Name, f.Enabled, f.Archive, f.Articles}); got != want[i] {
			t.Errorf("feed %+v, want %+v", got, want[i])
		}
	}
	state, err := s.FeedState(t.Context(), "nobody")
	if err != nil || state != (timeline.FeedState{Feed: "nobody"}) {
		t.Errorf("state %+v, %v; want a zero state", state, err)
	}
	// A chain of renames and a swap of names with it.
	if err := s.SyncFeeds(t.Context(), []timeline.Feed{
		{Name: "b", Was: "a", Publisher: "P", Enabled: true}, {Name: "d", Was: "b", Publisher: "P", Enabled: true},
	}); err != nil {
		t.Fatal(err)
	}
	feeds, err = s.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if feeds[1].Name != "b" || feeds[1].Articles != 1 || feeds[1].LastPoll.IsZero() {
		t.Errorf("feed %+v, want b with the history of a", feeds[1])
	}
	commit(t, s, poll("b", time.Hour))
}

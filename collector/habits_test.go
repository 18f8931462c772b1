package collector

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// watch is a feed that is polled into a real record.
type watch struct {
	record   *sqlite.Record
	document string // what the feed has; empty is an answer 503
	now      time.Time
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	record, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "record.db"), Keep: 30 * 24 * time.Hour},
		sqlite.Options{Remember: DefaultConfig().Remember})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = record.Close() })
	if err := record.SyncFeeds(t.Context(), []timeline.Feed{{Name: "feed", URL: "http://feed.example/rss", Publisher: "Example News", Enabled: true}}); err != nil {
		t.Fatal(err)
	}
	return &watch{record: record, now: ready}
}

// poll polls the feed under the policy, ten minutes after the last time, as a
// process does that was just started.
func (w *watch) poll(t *testing.T, identity, document string) timeline.Poll {
	t.Helper()
	w.document, w.now = document, w.now.Add(10*time.Minute)
	p, err := w.collector(t, identity).Poll(t.Context(), "feed", w.now)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Sums() {
		t.Errorf("poll does not add up: %+v", p)
	}
	return p
}

func (w *watch) collector(t *testing.T, identity string) *Collector {
	t.Helper()
	c, err := New(Options{
		Config: DefaultConfig(), Zone: time.UTC, Record: w.record, Reader: wordless{}, Logger: slog.New(slog.DiscardHandler),
		Feeds: []Feed{{Name: "feed", URL: "http://feed.example/rss", Publisher: "Example News", Identity: identity}},
		Now:   func() time.Time { return w.now },
		Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
			answer := found(r, w.document)
			if w.document == "" {
				answer.StatusCode = http.StatusServiceUnavailable
			}
			return answer, nil
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *watch) state(t *testing.T) timeline.FeedState {
	t.Helper()
	state, err := w.record.FeedState(t.Context(), "feed")
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// articles gives all articles.
func (w *watch) articles(t *testing.T) []timeline.Article {
	t.Helper()
	var articles []timeline.Article
	for q := (timeline.Query{Limit: 1000}); ; {
		page, err := w.record.Articles(context.WithoutCancel(t.Context()), q)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Items {
			articles = append(articles, page.Items[i].Article)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return articles
		}
	}
}

// entry is an item of a simulated feed.
type entry struct {
	n                 int // what it is
	guid, link, title string
	date              time.Time
}

func (e *entry) xml() string {
	var b strings.Builder
	if e.guid != "" {
		fmt.Fprintf(&b, "<guid isPermaLink='false'>%s</guid>", e.guid)
	}
	if e.link != "" {
		fmt.Fprintf(&b, "<link>%s</link>", e.link)
	}
	if !e.date.IsZero() {
		fmt.Fprintf(&b, "<pubDate>%s</pubDate>", e.date.Format(time.RFC1123Z))
	}
	fmt.Fprintf(&b, "<title>%s</title><description>Report %d of the day.</description>", e.title, e.n)
	return b.String()
}

func plain(n int) entry {
	return entry{
		n: n, guid: fmt.Sprintf("a%d", n), link: fmt.Sprintf("http://a.example/%d", n), title: fmt.Sprintf("Item %d", n),
		date: ready.Add(time.Duration(n)*time.Minute + time.Second),
	}
}

// entries makes a document of the items from high down to low, each altered.
func entries(high, low int, alter func(*entry)) string {
	var items []string
	for n := high; n >= low; n-- {
		e := plain(n)
		if alter != nil {
			alter(&e)
		}
		items = append(items, e.xml())
	}
	return rss(items...)
}

// Every key is recorded, whatever decides, so that another policy counts nothing
// again.
func TestPolicyChanges(t *testing.T) {
	policies := []string{"guid", "link", "content", "auto"}
	for _, before := range policies {
		for _, after := range policies {
			t.Run(before+" to "+after, func(t *testing.T) {
				w := newWatch(t)
				w.poll(t, before, entries(5, 1, nil))
				w.poll(t, before, entries(8, 1, nil))
				if p := w.poll(t, after, entries(9, 1, nil)); p.New != 1 || p.Known != 8 {
					t.Errorf("under the new policy: %+v, want 1 new and 8 known", p)
				}
				edited := entries(9, 1, func(e *entry) {
					if e.n == 7 && after != "content" {
						e.title = "Item 7, edited"
					}
				})
				if p := w.poll(t, after, strings.Replace(edited, "Example", "Edited", 1)); p.New != 0 || after != "content" && p.Revised != 1 {
					t.Errorf("edited: %+v, want nothing new and what was edited revised", p)
				}
				if p := w.poll(t, before, entries(9, 2, nil)); p.New != 0 {
					t.Errorf("back under the old policy: %+v, want nothing new", p)
				}
			})
		}
	}
}

// What feeds do to their keys, document by document, and what auto makes of it.
func TestHabits(t *testing.T) {
	poll := 0
	type step struct {
		document string
		want     timeline.Poll // new, revised and marks alone
	}
	churn := func(e *entry) { e.guid = fmt.Sprintf("p%d-%s", poll, e.guid) }
	renewed := func(high, low int, more ...func(*entry)) string {
		poll++
		return entries(high, low, func(e *entry) {
			churn(e)
			for _, f := range more {
				f(e)
			}
		})
	}
	// The place in the document as the GUID.
	placed := func(high, low int) string {
		return entries(high, low, func(e *entry) { e.guid = fmt.Sprint(high - e.n) })
	}
	churns, reuses := []timeline.Mark{timeline.MarkGUIDChurn}, []timeline.Mark{timeline.MarkGUIDReuse}
	tests := []struct {
		name  string
		steps []step
		want  timeline.Habits
	}{
		{"new GUIDs with every poll", []step{
			{renewed(5, 1), timeline.Poll{New: 5}},
			{renewed(7, 1), timeline.Poll{New: 2, Marks: churns}},
			{renewed(8, 3), timeline.Poll{New: 1, Marks: churns}},
			{renewed(9, 4, func(e *entry) { e.title += "!"; e.date = e.date.Add(time.Hour) }), timeline.Poll{New: 1, Revised: 5}},
		}, timeline.Habits{GUIDs: timeline.MarkGUIDChurn, Doubts: 2}},
		{"new GUIDs, all the same link", []step{
			{renewed(5, 1, func(e *entry) { e.link = "http://a.example/" }), timeline.Poll{New: 5}},
			{renewed(7, 1, func(e *entry) { e.link = "http://a.example/" }), timeline.Poll{New: 2, Marks: churns}},
			{renewed(8, 3, func(e *entry) { e.link = "http://a.example/" }), timeline.Poll{New: 1, Marks: churns}},
			{renewed(9, 3, func(e *entry) { e.link = "http://a.example/" }), timeline.Poll{New: 1}},
		}, timeline.Habits{GUIDs: timeline.MarkGUIDChurn, Doubts: 2}},
		{"new GUIDs, no dates", []step{
			{renewed(5, 1, func(e *entry) { e.date = time.Time{} }), timeline.Poll{New: 5}},
			{renewed(7, 1, func(e *entry) { e.date = time.Time{} }), timeline.Poll{New: 2, Marks: churns}},
			{renewed(8, 1, func(e *entry) { e.date = time.Time{}; e.title += "?" }), timeline.Poll{New: 1, Revised: 7, Marks: churns}},
		}, timeline.Habits{GUIDs: timeline.MarkGUIDChurn, Doubts: 2}},
		{"a site that moves once", []step{
			{entries(5, 1, nil), timeline.Poll{New: 5}},
			{renewed(6, 1, func(e *entry) { e.link = fmt.Sprintf("https://b.example/new/%d", e.n) }), timeline.Poll{New: 1, Marks: churns}},
			{entries(7, 1, func(e *entry) { churn(e); e.link = fmt.Sprintf("https://b.example/new/%d", e.n) }), timeline.Poll{New: 1}},
		}, timeline.Habits{}},
		{"one article under two GUIDs", []step{
			{entries(5, 1, nil), timeline.Poll{New: 5}},
			{entries(6, 1, func(e *entry) {
				if e.n == 3 {
					e.guid, e.title = "other", "Item 3, edited"
				}
			}), timeline.Poll{New: 1, Revised: 1}},
		}, timeline.Habits{}},
		{"one link for another story of another day", []step{
			{entries(5, 1, nil), timeline.Poll{New: 5}},
			{entries(6, 1, func(e *entry) {
				if e.n == 6 {
					e.link = "http://a.example/5"
				}
			}), timeline.Poll{New: 1}},
		}, timeline.Habits{}},
		{"home page and midnight for all", []step{
			{entries(1, 1, func(e *entry) { e.link, e.date = "http://a.example/", ready.Truncate(24*time.Hour) }), timeline.Poll{New: 1}},
			{entries(2, 2, func(e *entry) { e.link, e.date = "http://a.example/", ready.Truncate(24*time.Hour) }), timeline.Poll{New: 1, Marks: []timeline.Mark{timeline.MarkOverflow}}},
		}, timeline.Habits{}},
		{"the place as GUID", []step{
			{placed(5, 1), timeline.Poll{New: 5}},
			{placed(7, 3), timeline.Poll{New: 2, Marks: reuses}},
			{placed(8, 4), timeline.Poll{New: 1, Marks: reuses}},
			{placed(9, 5), timeline.Poll{New: 1}},
		}, timeline.Habits{GUIDs: timeline.MarkGUIDReuse, Doubts: 2}},
		{"one GUID for the one item there is", []step{
			{entries(1, 1, func(e *entry) { e.guid = "latest" }), timeline.Poll{New: 1}},
			{entries(2, 2, func(e *entry) { e.guid = "latest" }), timeline.Poll{New: 1, Marks: []timeline.Mark{timeline.MarkGUIDReuse, timeline.MarkOverflow}}},
			{entries(3, 3, func(e *entry) { e.guid = "latest" }), timeline.Poll{New: 1, Marks: []timeline.Mark{timeline.MarkGUIDReuse, timeline.MarkOverflow}}},
		}, timeline.Habits{GUIDs: timeline.MarkGUIDReuse, Doubts: 2}},
		{"an address that changes with its headline", []step{
			{entries(5, 1, nil), timeline.Poll{New: 5}},
			{entries(5, 1, func(e *entry) {
				if e.n == 2 {
					e.title, e.link, e.date = "Item 2, edited", "http://a.example/2-edited", e.date.Add(time.Hour)
				}
			}), timeline.Poll{Revised: 1}},
		}, timeline.Habits{}},
		{"links that differ in tracking alone", []step{
			{entries(5, 1, func(e *entry) { e.guid, e.link = "", fmt.Sprintf("http://a.example/?utm_content=%d", e.n) }), timeline.Poll{New: 5, Marks: []timeline.Mark{timeline.MarkLinksMerge}}},
			{entries(6, 6, func(e *entry) { e.guid, e.link = "", fmt.Sprintf("http://a.example/?utm_content=%d", e.n) }), timeline.Poll{New: 1, Marks: []timeline.Mark{timeline.MarkOverflow}}},
			{entries(7, 5, func(e *entry) { e.guid, e.link = "", fmt.Sprintf("http://a.example/?utm_content=%d", e.n) }), timeline.Poll{New: 1}},
		}, timeline.Habits{Links: timeline.MarkLinksMerge}},
		{"links that differ in their query", []step{
			{entries(5, 1, func(e *entry) { e.guid, e.link = "", fmt.Sprintf("http://a.example/?id=%d&utm_source=rss", e.n) }), timeline.Poll{New: 5}},
			{entries(6, 1, func(e *entry) { e.guid, e.link = "", fmt.Sprintf("http://a.example/?id=%d&utm_source=app", e.n) }), timeline.Poll{New: 1}},
		}, timeline.Habits{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWatch(t)
			for i, s := range tt.steps {
				p := w.poll(t, "auto", s.document)
				got := timeline.Poll{New: p.New, Revised: p.Revised, Marks: p.Marks}
				if diff := cmp.Diff(s.want, got); diff != "" {
					t.Errorf("poll %d (-want +got):\n%s", i+1, diff)
				}
			}
			if got := w.state(t).Habits; got != tt.want {
				t.Errorf("habits %+v, want %+v", got, tt.want)
			}
		})
	}
}

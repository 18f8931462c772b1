package collector

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"marsad/timeline"
)

// simulation is a feed that does between polls what real ones were seen to do
// over months: titles are edited, dates moved, items come back after they left,
// bodies cannot be read.
type simulation struct {
	random  *rand.Rand
	size    int // of the window
	alter   func(e *entry, poll int)
	polls   int
	made    int
	items   []*entry         // in the feed, the newest first
	gone    map[int][]*entry // that come back, by the poll at which they do
	offered map[int]bool     // were in a document that could be read
}

// How often real feeds do it, for an item in all its time in the feed.
const (
	editedShare   = 0.08
	redatedShare  = 0.20
	backShare     = 0.034
	backAfter     = 50 // polls, at the longest
	brokenBodies  = 0.015
	pollsInWindow = 10 // an item's time in the feed
)

// moving is the poll at which a feed changes its ways. Nothing is edited then:
// what has another address and other words at once is another article.
const moving = 40

// document makes the feed's next document, for a poll ten minutes from now.
func (s *simulation) document(now time.Time) string {
	s.polls++
	for range s.random.IntN(5) {
		s.made++
		e := plain(s.made)
		e.date = now.Add(time.Duration(s.random.IntN(600)) * time.Second)
		s.items = append([]*entry{&e}, s.items...)
	}
	s.items = append(s.items, s.gone[s.polls]...)
	delete(s.gone, s.polls)
	for len(s.items) > s.size {
		last := s.items[len(s.items)-1]
		s.items = s.items[:len(s.items)-1]
		if s.random.Float64() < backShare {
			back := s.polls + 1 + s.random.IntN(backAfter)
			s.gone[back] = append(s.gone[back], last)
		}
	}
	for _, e := range s.items {
		if s.polls == moving {
			break
		}
		if s.random.Float64() < editedShare/pollsInWindow {
			e.title += " (edited)"
		}
		if s.random.Float64() < redatedShare/pollsInWindow {
			e.date = now.Add(-time.Minute)
		}
	}
	if s.random.Float64() < brokenBodies {
		return ""
	}
	var items []string
	for i, e := range s.items {
		shown := *e
		shown.guid = fmt.Sprintf("%s#%d", e.guid, i)
		s.alter(&shown, s.polls)
		items = append(items, shown.xml())
		s.offered[e.n] = true
	}
	return rss(items...)
}

var ordinal = regexp.MustCompile(`^Item (\d+)`)

// Whatever a feed does, each of its items is one article and counts once.
func TestSimulatedFeeds(t *testing.T) {
	guid := func(e *entry) { e.guid = fmt.Sprintf("a%d", e.n) }
	tests := []struct {
		name  string
		alter func(e *entry, poll int)
	}{
		{"as it should be", func(e *entry, _ int) { guid(e) }},
		{"no GUIDs", func(e *entry, _ int) { e.guid = "" }},
		{"no dates", func(e *entry, _ int) { guid(e); e.date = time.Time{} }},
		{"tracking in the links", func(e *entry, poll int) { e.guid = ""; e.link += fmt.Sprintf("?utm_content=%d", poll) }},
		{"one link but for the query", func(e *entry, _ int) { e.guid = ""; e.link = fmt.Sprintf("http://a.example/read?id=%d", e.n) }},
		{"one link for all", func(e *entry, _ int) { guid(e); e.link = "http://a.example/" }},
		{"new GUIDs with every poll", func(e *entry, poll int) { e.guid = fmt.Sprintf("%d-%d", poll, e.n) }},
		{"the place as GUID", func(e *entry, _ int) { e.guid = e.guid[len(e.guid)-1:] }},
		{"no GUIDs any more", func(e *entry, poll int) {
			if guid(e); poll >= moving {
				e.guid = ""
			}
		}},
		{"another site and other GUIDs", func(e *entry, poll int) {
			if guid(e); poll >= moving {
				e.guid, e.link = e.link, fmt.Sprintf("https://b.example/news/%d", e.n)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWatch(t)
			feed := &simulation{
				random: rand.New(rand.NewPCG(1, 2)), size: 20, alter: tt.alter,
				gone: make(map[int][]*entry), offered: make(map[int]bool),
			}
			atFirst := make(map[int]bool)
			fresh := 0
			for range 2 * moving {
				document := feed.document(w.now)
				p := w.poll(t, "auto", document)
				if fresh += p.New; len(atFirst) == 0 {
					atFirst = maps.Clone(feed.offered)
				}
			}
			articles := make(map[int][]timeline.Article, len(feed.offered))
			for _, a := range w.articles(t) {
				n, err := strconv.Atoi(ordinal.FindStringSubmatch(a.Title)[1])
				if err != nil {
					t.Fatal(err)
				}
				articles[n] = append(articles[n], a)
			}
			for _, n := range slices.Sorted(maps.Keys(feed.offered)) {
				found := articles[n]
				if len(found) != 1 {
					t.Errorf("item %d is %d articles, want 1", n, len(found))
				} else if found[0].Countable == atFirst[n] {
					t.Errorf("item %d: countable %v, and it was there at the first poll: %v", n, found[0].Countable, atFirst[n])
				}
			}
			if fresh != len(feed.offered) {
				t.Errorf("the ledger has %d new items, the feed had %d", fresh, len(feed.offered))
			}
		})
	}
}

// An item that comes back when its article is long pruned is still known.
func TestItemsComeBack(t *testing.T) {
	w := newWatch(t)
	w.poll(t, "auto", entries(5, 1, nil))
	w.poll(t, "auto", entries(9, 5, nil))
	w.now = w.now.Add(425 * 24 * time.Hour)
	if _, err := w.record.Prune(t.Context(), w.now); err != nil {
		t.Fatal(err)
	}
	if left := w.articles(t); len(left) != 0 {
		t.Fatalf("%d articles are kept, want none", len(left))
	}
	if p := w.poll(t, "auto", entries(10, 3, nil)); p.New != 1 || p.Known != 7 {
		t.Errorf("after 425 days: %+v, want 1 new and 7 known", p)
	}
}

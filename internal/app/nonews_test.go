package app

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestNoNews does to feeds what publishers and operators do to them every day.
// Each time much that speaks of the topic comes in and none of it is news, so
// that the team must not hear of it; but for the first case, which shows that
// as much would be heard of.
func TestNoNews(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: weeks of history in each case")
	}
	t.Parallel()
	const rounds = 8
	for _, tc := range []struct {
		name string
		// before happens before the first poll, round again and again from some
		// hours after it on, with a restart each time if restarts is set.
		before   func(w *world)
		round    func(w *world, s *site, n int)
		restarts bool
		messages int
	}{
		{
			name:     "the topic is in the news",
			round:    func(w *world, _ *site, n int) { w.publishAll(fmt.Sprintf("The merger, report %d", n)) },
			messages: 1,
		},
		{
			name:   "feeds are polled for the first time",
			before: func(w *world) { w.fail(http.StatusServiceUnavailable, feedNames...) },
			round: func(w *world, _ *site, n int) {
				w.publishAll(fmt.Sprintf("The merger, report %d", n))
				if n == rounds-1 {
					w.fail(http.StatusOK)
				}
			},
		},
		{
			name: "old items are dated anew",
			before: func(w *world) {
				for n := range rounds {
					w.publishAll(fmt.Sprintf("The merger, report %d", n))
				}
			},
			round: func(w *world, _ *site, _ int) { w.edit(func(it *item) { it.published = time.Now() }) },
		},
		{
			name: "items get other GUIDs and addresses",
			round: func(w *world, _ *site, n int) {
				if n == 0 {
					w.publish("north", "Nothing new on the merger today, says a paper", "", time.Now())
					w.publish("south", "The merger is not yet to be, says another", "", time.Now())
				}
				w.edit(func(it *item) { it.guid += "-moved" })
			},
		},
		{
			name: "items are revised",
			round: func(w *world, _ *site, n int) {
				if n < rounds-1 {
					w.publishAll(fmt.Sprintf("The talks, report %d", n))
					return
				}
				w.edit(func(it *item) { it.title += ": a merger" })
			},
		},
		{
			name: "one text is told again and again",
			round: func(w *world, _ *site, n int) {
				w.publish("north", "The merger of the two groups is off", fmt.Sprintf("Version %d.", n), time.Now())
				w.publish("south", "The merger of the two groups is off", fmt.Sprintf("Version %d.", n), time.Now())
			},
		},
		{
			name: "one paper alone writes of it",
			round: func(w *world, _ *site, n int) {
				for i := range 4 {
					w.publish("north", fmt.Sprintf("The merger of the two groups, part %d of a series", 4*n+i), "", time.Now())
				}
			},
		},
		{
			name: "publishers are called otherwise",
			round: func(w *world, s *site, n int) {
				if n == 0 {
					w.publish("north", "The first of two reports on a merger", "", time.Now())
					w.publish("south", "The second of two reports on a merger", "", time.Now())
				}
				for i := range s.cfg.Feeds {
					f := &s.cfg.Feeds[i]
					f.Publisher = fmt.Sprintf("%s %d", f.Name, n)
					w.publish(f.Name, fmt.Sprintf("The %s on the weather, report %d", f.Name, n), "", time.Now())
				}
			},
			restarts: true,
		},
		{
			name: "a feed moves to an address with other items",
			round: func(w *world, s *site, n int) {
				f := &s.cfg.Feeds[n%len(s.cfg.Feeds)]
				host := fmt.Sprintf("%s-%d", f.Name, n)
				f.URL = "http://" + host + ".test/rss"
				for i := range 4 {
					w.publish(host, fmt.Sprintf("The %s on the merger, report %d", host, i), "", time.Now())
				}
			},
			restarts: true,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, s := newWorld(), newSite(t, mainJob)
				s.load(t, history(time.Now(), 12))
				if tc.before != nil {
					tc.before(w)
				}
				d, stop := s.start(t, w)
				quietDays(w, 0.25)
				for n := range rounds {
					tc.round(w, s, n)
					if tc.restarts {
						stop()
						d, stop = s.start(t, w)
					}
					pass(11 * time.Minute) // until they have been polled
				}
				pass(time.Hour)
				if posts, _ := w.news(); len(posts) != tc.messages {
					t.Errorf("the team heard %d times, want %d: %+v", len(posts), tc.messages, posts)
				}
				checkInvariants(t, d, w)
				stop()
			})
		})
	}
}

// publishAll has every feed publish.
func (w *world) publishAll(title string) {
	for _, feed := range feedNames {
		w.publish(feed, title+" from the "+feed, "", time.Now())
	}
}

// edit changes all items of all feeds.
func (w *world) edit(change func(*item)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for feed, items := range w.items {
		w.etag[feed]++
		for i := range items {
			change(&items[i])
		}
	}
}

// fail lets these feeds answer with the status, and all others as they should.
func (w *world) fail(status int, feeds ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.feedFault = func(rw http.ResponseWriter, r *http.Request) bool {
		for _, feed := range feeds {
			if r.URL.Host == feed+".test" {
				rw.WriteHeader(status)
				return true
			}
		}
		return false
	}
}

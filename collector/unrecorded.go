package collector

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"marsad/timeline"
)

// Unrecorded is a feed whose last poll the record did not take. Its items are
// fetched again with the next.
type Unrecorded struct {
	Feed  string
	At    time.Time // of the last such poll
	Polls int       // in a row
	Error string
}

// unrecorded knows the feeds whose last poll was not taken.
type unrecorded struct {
	mu    sync.Mutex
	total int64
	feeds map[string]Unrecorded
}

func (u *unrecorded) add(p *timeline.Poll, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.total++
	if u.feeds == nil {
		u.feeds = make(map[string]Unrecorded)
	}
	u.feeds[p.Feed] = Unrecorded{Feed: p.Feed, At: p.At, Polls: u.feeds[p.Feed].Polls + 1, Error: oneLine(err.Error())}
}

func (u *unrecorded) clear(feed string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.feeds, feed)
}

func (u *unrecorded) count() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.total
}

// Unrecorded gives the feeds whose last poll the record did not take, the newest
// first.
func (c *Collector) Unrecorded() []Unrecorded {
	c.unrecorded.mu.Lock()
	defer c.unrecorded.mu.Unlock()
	return slices.SortedFunc(maps.Values(c.unrecorded.feeds), func(a, b Unrecorded) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Feed, b.Feed))
	})
}

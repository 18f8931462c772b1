package story

import (
	"slices"

	"marsad/timeline"
)

// How far a look for events goes. What very many events of a day have in common
// tells them apart no more.
const (
	maxEventVisits = 12 // events of one key, the newest
	maxEventsMet   = 8  // those that share most are compared
)

// eventWindow is the newest events in the order in which they were added. They
// are found by keys, one for each thing that a clause tells on its date; the
// events of a key are a chain from the newest to the oldest, which ends where the
// window does.
type eventWindow struct {
	limit  int
	events []remembered // a ring
	end    int          // positions [max(0, end-limit), end) are in the window
	heads  map[uint32]int
	dates  map[dayKey]int // how many events have it
	links  []eventLink    // a ring of linkRoom an event
}

type remembered struct {
	timeline.EventPrint
	date dayKey
	keys uint8
	met  uint16 // how much it shares, while events are looked for
}

// eventLink is one key of an event and the position of the next older event, +1,
// that has the key; 0 is none.
type eventLink struct {
	key  uint32
	next int32
}

// linkRoom is how many keys an event has at most.
const linkRoom = 12

func newEventWindow(limit int) eventWindow {
	return eventWindow{limit: max(1, limit), heads: make(map[uint32]int), dates: make(map[dayKey]int)}
}

func (w *eventWindow) front() int { return max(0, w.end-w.limit) }

func (w *eventWindow) at(p int) *timeline.EventPrint { return &w.events[p%w.limit].EventPrint }

func (w *eventWindow) linksOf(p int) []eventLink {
	slot := p % w.limit
	return w.links[slot*linkRoom : slot*linkRoom+int(w.events[slot].keys)]
}

func (w *eventWindow) add(e timeline.EventPrint, c *clause) {
	if w.end < w.limit {
		w.events = append(w.events, remembered{})
		w.links = append(w.links, make([]eventLink, linkRoom)...)
	} else {
		for _, l := range w.linksOf(w.end - w.limit) { // what leaves
			if w.heads[l.key] == w.end-w.limit+1 {
				delete(w.heads, l.key)
			}
		}
		w.leave(w.events[w.end%w.limit].date)
	}
	slot := w.end % w.limit
	var room [linkRoom]uint32
	at := c.key()
	keys := c.keys(at.grain, at.lo, room[:0])
	w.events[slot] = remembered{EventPrint: e, date: at, keys: uint8(len(keys))}
	w.dates[at]++
	for i, key := range keys {
		w.links[slot*linkRoom+i] = eventLink{key, int32(w.heads[key])}
		w.heads[key] = w.end + 1
	}
	w.end++
}

func (w *eventWindow) leave(date dayKey) {
	if w.dates[date]--; w.dates[date] == 0 {
		delete(w.dates, date)
	}
}

// keys appends the keys of the clause as if its date were of the grain and began
// on the day: of its places, actors, deeds and counts, and of its names and
// figures, then of its other words, as far as there is room.
func (c *clause) keys(g grain, lo int32, to []uint32) []uint32 {
	put := func(h uint16, of uint64) {
		key := uint32(mix(uint64(uint32(lo))<<24 | uint64(g)<<20 | of<<16 | uint64(h)))
		if len(to) < linkRoom && !slices.Contains(to, key) {
			to = append(to, key)
		}
	}
	for _, h := range c.places {
		put(h, 1)
	}
	for _, h := range c.counts {
		put(h, 2)
	}
	for _, t := range c.tokens {
		if t.class() == name {
			put(t.hash(), 0)
		}
	}
	for _, h := range c.actors {
		put(h, 3)
	}
	for _, h := range c.deeds {
		put(h, 0)
	}
	for _, t := range c.tokens {
		put(t.hash(), 0)
	}
	return to
}

// met gives the positions of the events whose dates may agree with that of the
// clause and that share most with it, at most maxEventsMet, in order. What few
// events have tells more than what many have. room may be nil.
func (w *eventWindow) met(c *clause, room []int) []int {
	found := room[:0]
	var keys [linkRoom]uint32
	look := func(g grain, lo int32) {
		for _, key := range c.keys(g, lo, keys[:0]) {
			var visited [maxEventVisits]int32
			n := 0
			for p := w.heads[key] - 1; p >= w.front() && n < maxEventVisits; n++ {
				visited[n] = int32(p)
				links := w.linksOf(p)
				i := slices.IndexFunc(links, func(l eventLink) bool { return l.key == key })
				p = int(links[i].next) - 1
			}
			for _, p := range visited[:n] {
				e := &w.events[int(p)%w.limit]
				if e.met == 0 {
					found = append(found, int(p))
				}
				e.met += uint16(maxEventVisits / n)
			}
		}
	}
	for _, day := range c.days() {
		if w.dates[day] > 0 {
			look(day.grain, day.lo)
		}
	}
	return w.most(found)
}

// most keeps those that share most, of those that share as much the oldest, in
// order.
func (w *eventWindow) most(found []int) []int {
	type tally struct {
		position int
		met      uint16
	}
	var best [maxEventsMet + 1]tally
	n := 0
	for _, p := range found {
		e := &w.events[p%w.limit]
		t := tally{p, e.met}
		e.met = 0
		at := n
		for at > 0 && (best[at-1].met < t.met || best[at-1].met == t.met && best[at-1].position > p) {
			best[at] = best[at-1]
			at--
		}
		best[at] = t
		n = min(n+1, maxEventsMet)
	}
	found = found[:0]
	for _, t := range best[:n] {
		found = append(found, t.position)
	}
	slices.Sort(found)
	return found
}

// dayKey is a date under which events are linked.
type dayKey struct {
	grain grain
	lo    int32
}

// key is the date under which an event is linked.
func (c *clause) key() dayKey {
	if c.about {
		return dayKey{ofPrinting, c.lo}
	}
	return dayKey{c.grain, c.lo}
}

// days gives the dates under which those events are linked that may agree with
// this one.
func (c *clause) days() []dayKey {
	switch {
	case c.about:
		return []dayKey{c.key(), {ofDay, c.lo}, {ofDay, c.lo - 1}, {ofWeek, weekOfDay(c.lo)}, {ofMonth, monthOfDay(c.lo)}}
	case c.grain == ofDay:
		return []dayKey{c.key(), {ofPrinting, c.lo}, {ofPrinting, c.lo + 1}, {ofWeek, weekOfDay(c.lo)}, {ofMonth, monthOfDay(c.lo)}}
	case c.grain == ofSpan:
		return []dayKey{c.key()}
	}
	days := []dayKey{c.key()}
	for day := c.lo; day < c.hi; day++ {
		days = append(days, dayKey{ofDay, day}, dayKey{ofPrinting, day})
	}
	return days
}

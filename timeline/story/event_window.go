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
// are found by keys, one for each thing that a clause tells on its date, whose
// chains are as those of [window].
type eventWindow struct {
	limit  int
	events ring[remembered]
	prints shelf
	end    int            // positions [front, end) are in the window
	heads  []link         // by bucket: the newest
	dates  map[dayKey]int // how many events have it
}

// remembered is an event of the window: two lines of the processor's cache.
type remembered struct {
	article    int64
	revision   int32
	start, end int32 // of its clause
	print      shelfmark
	lo         int32 // of its date, as grain is
	grain      grain
	keys       uint8
	met        uint16 // how much it shares, while events are looked for
	links      [linkRoom]chained
}

// linkRoom is how many keys an event has at most.
const linkRoom = 12

func newEventWindow(limit int) eventWindow {
	return eventWindow{limit: max(1, limit), dates: make(map[dayKey]int)}
}

func (w *eventWindow) front() int { return max(0, w.end-w.limit) }

func (w *eventWindow) at(p int) *remembered { return w.events.at(p) }

// print gives the print of the event at a position, as shelf.get does.
func (w *eventWindow) print(p int) []byte { return w.prints.get(w.at(p).print) }

// event gives the event at a position.
func (w *eventWindow) event(p int) timeline.EventPrint {
	e := w.at(p)
	return timeline.EventPrint{
		Article: e.article, Revision: int(e.revision),
		Span: timeline.Span{Start: int(e.start), End: int(e.end)}, Print: w.print(p),
	}
}

func (w *eventWindow) chained(l link) *chained {
	return &w.at(int(l-1) / linkRoom).links[int(l-1)%linkRoom]
}

func (w *eventWindow) add(e timeline.EventPrint, c *clause) {
	at := c.key()
	r := remembered{
		article: e.Article, revision: int32(e.Revision), start: int32(e.Span.Start), end: int32(e.Span.End),
		print: w.prints.put(e.Print), lo: at.lo, grain: at.grain,
	}
	var room [linkRoom]uint32
	for i, key := range c.keys(at.grain, at.lo, room[:0]) {
		r.links[i].key = key
		r.keys++
	}
	w.events.put(w.end, r)
	w.dates[at]++
	w.end++
	if (w.end-w.front())*linkRoom > load*len(w.heads) {
		w.grow()
	} else {
		w.link(w.end - 1)
	}
	if front := w.front(); front > 0 {
		w.leave(w.at(front - 1).date())
		w.prints.leave(w.at(front).print)
		w.events.leave(front)
	}
}

func (w *eventWindow) link(p int) {
	e := w.at(p)
	for i := range e.links[:e.keys] {
		head := &w.heads[w.bucket(e.links[i].key)]
		e.links[i].next, *head = *head, link(p*linkRoom+i+1)
	}
}

func (w *eventWindow) bucket(key uint32) int { return int(key) & (len(w.heads) - 1) }

// grow doubles the buckets.
func (w *eventWindow) grow() {
	w.heads = make([]link, max(firstBuckets, 2*len(w.heads)))
	for p := w.front(); p < w.end; p++ {
		w.link(p)
	}
}

func (w *eventWindow) leave(date dayKey) {
	if w.dates[date]--; w.dates[date] == 0 {
		delete(w.dates, date)
	}
}

func (e *remembered) date() dayKey { return dayKey{e.grain, e.lo} }

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
	oldest := link(w.front() * linkRoom)
	var keys [linkRoom]uint32
	look := func(g grain, lo int32) {
		for _, key := range c.keys(g, lo, keys[:0]) {
			var visited [maxEventVisits]*remembered
			n := 0
			for l := w.heads[w.bucket(key)]; l > oldest && n < maxEventVisits; {
				at := w.chained(l)
				if at.key == key {
					p := int(l-1) / linkRoom
					if visited[n] = w.at(p); visited[n].met == 0 {
						found = append(found, p)
					}
					n++
				}
				l = at.next
			}
			for _, e := range visited[:n] {
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
		e := w.at(p)
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

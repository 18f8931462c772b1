package story

import (
	"slices"

	"marsad/timeline"
)

// Events tells which events of different articles are one happening. It is for
// one record, and for one goroutine at a time.
//
// Two events are one when their dates agree and what their clauses share says
// that it is: places and actors of the lexicon, deeds (see deeds.txt), names,
// figures and words. Across languages only the lexicon, deeds and figures can be
// shared, so that there they have to do. A place agrees with one that it lies in only
// where the counts agree too. A day and the week or the month that it
// lies in agree only when the clauses say nearly the same, and what is to come
// is one with what came.
//
// Like [Grouper] it would rather miss a retelling than put two happenings
// together, and what it answers follows from the events that were added, in their
// order, and nothing else.
type Events struct {
	limit  int
	window eventWindow
	words  scanner
	places gazetteer

	own, other clause
	set        hashes // of the words of own
	positions  []int
}

// NewEvents returns a grouper of events that remembers nothing yet. The entities are
// those of the lexicon: they say which places lie in which.
func NewEvents(cfg Config, entities []timeline.Entity) *Events {
	e := &Events{limit: cfg.Events, places: newGazetteer(entities), words: scanner{known: newVocabulary(), tells: true}}
	e.Reset()
	return e
}

// Reset forgets all events and gives how many are remembered at most, the newest
// that were added.
func (e *Events) Reset() (limit int) {
	e.window = newEventWindow(e.limit)
	return e.limit
}

// Sign gives the print of an event of the article, whose counts are all those of
// the article.
func (e *Events) Sign(a *timeline.Article, ev *timeline.Event, counts []timeline.Count) []byte {
	e.own.readEvent(&e.words, e.places, a, ev, counts)
	return e.own.encode()
}

// Add remembers an event behind those that were added before, and gives the
// article of the first that is still remembered; 0 while none had to be forgotten.
func (e *Events) Add(p timeline.EventPrint) (oldest int64) {
	if e.other.decode(p.Print) {
		e.window.add(p, &e.other)
	}
	if e.window.front() == 0 {
		return 0
	}
	return e.window.at(e.window.front()).article
}

// Near gives those of the remembered events that are one happening with that of
// the print, the most alike first; of those as much alike the oldest.
func (e *Events) Near(signed []byte) []timeline.EventPrint {
	if !e.own.decode(signed) {
		return nil
	}
	e.set = hashes{}
	for _, t := range e.own.tokens {
		e.set.add(t.hash())
	}
	type match struct {
		position int
		likeness float64
	}
	var found []match
	e.positions = e.window.met(&e.own, e.positions)
	for _, p := range e.positions {
		if !e.other.decode(e.window.print(p)) {
			continue
		}
		if l := e.own.liken(&e.other, &e.set); l > 0 {
			found = append(found, match{p, l})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int {
		switch {
		case a.likeness > b.likeness:
			return -1
		case a.likeness < b.likeness:
			return 1
		}
		return a.position - b.position
	})
	near := make([]timeline.EventPrint, 0, len(found))
	for _, m := range found {
		near = append(near, e.window.event(m.position))
	}
	return near
}

package influx

import (
	"slices"

	"marsad/timeline"
)

// batch is what a stretch of the change log comes to.
type batch struct {
	deletes []point
	writes  []point
	beyond  int
	invalid []point // cannot be written, with the reason
}

// fold applies changes in their order and keeps what is left of each point: a
// point that was deleted is deleted, and written anew if it came back later. So
// all deletes may go before all writes, whatever the order of the changes was.
func (s *speller) fold(changes []timeline.Change) batch {
	if s.places == nil {
		s.places = map[identity]places{}
	}
	n := 0
	for i := range changes {
		n += len(changes[i].Write)
	}
	f := folding{batch{writes: make([]point, 0, n)}, s.places}
	for i := range changes {
		c := &changes[i]
		f.beyond += c.Beyond
		for j := range c.Delete {
			f.delete(s.series(&c.Delete[j]))
		}
		for j := range c.Write {
			f.write(s.whole(&c.Write[j]))
		}
	}
	clear(s.places)
	f.writes = slices.DeleteFunc(f.writes, func(p point) bool { return p.line == "" })
	return f.batch
}

// folding is a batch that is being made.
type folding struct {
	batch
	places map[identity]places
}

// places are where a point is in deletes and in writes, counted from 1.
type places struct{ deleted, written int }

func (f *folding) delete(p point) {
	if p.reason != "" {
		return // what could not be written need not be deleted
	}
	id := p.identity()
	at := f.places[id]
	if at.written > 0 {
		f.writes[at.written-1].line = "" // for fold to take out
	}
	if at.deleted == 0 {
		f.deletes = append(f.deletes, p)
		at.deleted = len(f.deletes)
		f.places[id] = at
	}
}

func (f *folding) write(p point) {
	if p.reason != "" {
		f.invalid = append(f.invalid, p)
		return
	}
	id := p.identity()
	at := f.places[id]
	if at.written > 0 {
		f.writes[at.written-1] = p
		return
	}
	f.writes = append(f.writes, p)
	at.written = len(f.writes)
	f.places[id] = at
}

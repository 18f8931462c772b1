package influx

import (
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
func fold(changes []timeline.Change) batch {
	type fate struct {
		deleted bool
		last    point
	}
	var (
		b     batch
		order []string
		fates = map[string]*fate{}
	)
	apply := func(p point, deleted bool) {
		if p.reason != "" {
			if !deleted { // what could not be written need not be deleted
				b.invalid = append(b.invalid, p)
			}
			return
		}
		id := p.id()
		f := fates[id]
		if f == nil {
			f = &fate{}
			fates[id] = f
			order = append(order, id)
		}
		f.deleted = f.deleted || deleted
		f.last = p
	}
	for i := range changes {
		c := &changes[i]
		b.beyond += c.Beyond
		for j := range c.Delete {
			apply(seriesOf(&c.Delete[j]), true)
		}
		for j := range c.Write {
			apply(encode(&c.Write[j]), false)
		}
	}
	for _, id := range order {
		f := fates[id]
		if f.deleted {
			b.deletes = append(b.deletes, f.last)
		}
		if f.last.line != "" {
			b.writes = append(b.writes, f.last)
		}
	}
	return b
}

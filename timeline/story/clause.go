package story

import (
	"encoding/binary"
	"slices"
	"time"

	"marsad/timeline"
)

// How much of a clause a print keeps.
const (
	clauseTokens = 40
	clauseNames  = 8 // places, actors and counts, each
)

// grain is how well the date of an event is known, as far as it matters here.
type grain uint8

const (
	ofDay grain = iota // or of a time in it
	ofWeek
	ofMonth
	ofSpan // any other stretch, which agrees with itself alone

	ofPrinting // in keys alone: the day of publication
)

// longestGrain is how many days a week or month has at most. Each of them
// is looked up, so that a longer stretch, or a print that claims one, is not one.
const longestGrain = 31

// clause is what an event is told by.
type clause struct {
	grain   grain
	about   bool // the day is that of the article's publication
	planned bool
	foreign bool // of a script without capitals
	lo, hi  int32
	tokens  []token  // each once
	deeds   []uint16 // hashes as in tokens
	places  []uint16
	around  []uint16 // the places that these lie in
	actors  []uint16
	counts  []uint16 // of kind and value
	kinds   []uint16 // of counts
}

// days since 1970 of a calendar date, or of the day an instant is in, in the zone
// of the article.
func dayOf(t time.Time, p timeline.Precision, zone *time.Location) int32 {
	if !p.IsCalendar() {
		y, m, d := t.In(zone).Date()
		t = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	const day = 24 * 60 * 60
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= day - 1
	}
	return int32(seconds / day)
}

// readEvent takes what the event is told by, in place of what was there.
func (c *clause) readEvent(s *scanner, places gazetteer, a *timeline.Article, ev *timeline.Event, counts []timeline.Count) {
	c.clear()
	zone := a.Published.Location()
	c.lo = dayOf(ev.Interval.Lo, ev.Precision, zone)
	c.hi = max(c.lo+1, dayOf(ev.Interval.Hi.Add(-1), ev.Precision, zone)+1)
	switch {
	case c.hi-c.lo == 1:
		c.grain = ofDay
	case ev.Precision == timeline.Week && c.hi-c.lo <= longestGrain:
		c.grain = ofWeek
	case ev.Precision == timeline.Month && c.hi-c.lo <= longestGrain:
		c.grain = ofMonth
	default:
		c.grain = ofSpan
	}
	c.about = ev.Relation == timeline.AboutDate && c.grain == ofDay
	c.planned = ev.Planned

	// What the date is written with says nothing besides the date.
	reading := a.Reading()
	s.out, s.done = s.out[:0], s.done[:0]
	from := ev.Span.Start
	for _, d := range ev.Dates {
		if d.Start >= from && d.End <= ev.Span.End {
			s.scan(reading[from:d.Start], clauseTokens)
			from = d.End
		}
	}
	s.scan(reading[from:ev.Span.End], clauseTokens)
	for _, t := range s.out {
		if !holdsToken(c.tokens, t) {
			c.tokens = append(c.tokens, t)
		}
	}
	for _, d := range s.done {
		if d != deeds().denial {
			c.deeds = appendNew(c.deeds, newToken(word, deeds().hashes[d]).hash())
		}
	}
	c.foreign = isForeign(ev.Span.Of(reading))
	narrow, around := places.narrowest(ev.Places)
	for _, name := range narrow {
		c.places = appendNew(c.places, nameHash(name))
	}
	for _, name := range around {
		c.around = appendNew(c.around, nameHash(name))
	}
	for _, name := range ev.Actors {
		c.actors = appendNew(c.actors, nameHash(name))
	}
	for i := range counts {
		n := &counts[i]
		if !slices.Contains(ev.Counts, n.Span) || n.Negated {
			continue
		}
		kind := nameHash("count " + n.Kind)
		c.kinds = appendNew(c.kinds, kind)
		for _, v := range []*float64{n.Best, n.Lo, n.Hi} {
			if v != nil {
				c.counts = appendNew(c.counts, kind^nameHash(formatValue(*v)))
				break
			}
		}
	}
}

func (c *clause) clear() {
	*c = clause{
		tokens: c.tokens[:0], deeds: c.deeds[:0], places: c.places[:0], around: c.around[:0], actors: c.actors[:0], counts: c.counts[:0], kinds: c.kinds[:0],
	}
}

func (c *clause) lists() [6]*[]uint16 {
	return [...]*[]uint16{&c.deeds, &c.places, &c.actors, &c.counts, &c.kinds, &c.around}
}

func nameHash(s string) uint16 { return uint16(hashOf(s)) }

// appendNew appends what is not there yet, while there is room.
func appendNew(to []uint16, h uint16) []uint16 {
	if len(to) == clauseNames || slices.Contains(to, h) {
		return to
	}
	return append(to, h)
}

// isForeign reports whether most letters are of a script without capitals.
func isForeign(s string) bool {
	latin, others := 0, 0
	for _, r := range s {
		switch {
		case r < 0x300 && kindOf(r) == letter:
			latin++
		case r >= 0x590 && kindOf(r) == letter:
			others++
		}
	}
	return others > latin
}

// encode writes the clause as a print: a byte of flags, the two days, and seven
// lists of two-byte hashes, each behind its length; at most 200 bytes. The last list
// is left out when it is empty.
func (c *clause) encode() []byte {
	out := make([]byte, 0, 15+2*len(c.tokens)+10*len(c.deeds))
	flags := byte(c.grain)
	for i, set := range []bool{c.about, c.planned, c.foreign} {
		if set {
			flags |= 4 << i
		}
	}
	out = append(out, flags)
	out = binary.LittleEndian.AppendUint32(out, uint32(c.lo))
	out = binary.LittleEndian.AppendUint32(out, uint32(c.hi))
	out = append(out, byte(len(c.tokens)))
	for _, t := range c.tokens {
		out = binary.LittleEndian.AppendUint16(out, uint16(t))
	}
	for i, list := range c.lists() {
		if i == len(c.lists())-1 && len(*list) == 0 {
			break
		}
		out = append(out, byte(len(*list)))
		for _, h := range *list {
			out = binary.LittleEndian.AppendUint16(out, h)
		}
	}
	return out
}

// decode takes the clause of a print, in place of what was there, and reports
// whether the print is one.
func (c *clause) decode(rest []byte) bool {
	c.clear()
	if len(rest) < 10 {
		return false
	}
	flags := rest[0]
	c.grain, c.about, c.planned, c.foreign = grain(flags&3), flags&4 != 0, flags&8 != 0, flags&16 != 0
	c.lo, c.hi = int32(binary.LittleEndian.Uint32(rest[1:])), int32(binary.LittleEndian.Uint32(rest[5:]))
	if days := int64(c.hi) - int64(c.lo); days < 1 || days > longestGrain && c.grain != ofSpan {
		return false
	}
	rest = rest[9:]
	next := func(take func(h uint16)) bool {
		if len(rest) == 0 || len(rest) < 1+2*int(rest[0]) {
			return false
		}
		n := int(rest[0])
		for i := range n {
			take(binary.LittleEndian.Uint16(rest[1+2*i:]))
		}
		rest = rest[1+2*n:]
		return true
	}
	if !next(func(h uint16) { c.tokens = append(c.tokens, token(h)) }) {
		return false
	}
	for i, list := range c.lists() {
		if i == len(c.lists())-1 && len(rest) == 0 {
			break
		}
		if !next(func(h uint16) { *list = append(*list, h) }) {
			return false
		}
	}
	return len(rest) == 0
}

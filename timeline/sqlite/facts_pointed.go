package sqlite

import (
	"bytes"
	"slices"

	"marsad/timeline"
)

// withPoints leaves out those facts that have no points, dates and other
// quantities: most of them, and to decode them would take most of the time.
func withPoints(facts []byte) []byte { return without(facts, timeline.KindDate, timeline.KindOther) }

// withCounts leaves counts alone.
func withCounts(facts []byte) []byte {
	return without(facts, timeline.KindDate, timeline.KindOther, timeline.KindEvent)
}

// without leaves facts of some kinds out of those of an article, as its row has
// them. What is not in the form that facts are written in is left as it is.
func without(data []byte, kinds ...timeline.FactKind) []byte {
	kept := make([]byte, 0, len(data))
	begin, end := 0, 0
	for depth, i := 0, 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			if i = endOfText(data, i); i < 0 {
				return data
			}
		case '[', '{':
			if depth++; depth == 2 {
				begin = i
			}
		case ']', '}':
			if depth--; depth == 1 && !slices.Contains(kinds, kindOf(data[begin:i])) {
				kept = append(append(kept, ','), data[begin:i+1]...)
			}
			if depth == 0 {
				end = i
			}
		}
	}
	switch {
	case end == 0 || end != len(data)-1 || data[0] != '[':
		return data
	case len(kept) == 0:
		return []byte("[]")
	}
	kept[0] = '['
	return append(kept, ']')
}

// endOfText finds the quote that ends the string which begins at i; -1 when there
// is none.
func endOfText(data []byte, i int) int {
	for i++; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

// kindOf gives the kind of a fact as it is written; empty in another form.
func kindOf(fact []byte) timeline.FactKind {
	rest, found := bytes.CutPrefix(fact, []byte(`{"kind":"`))
	kind, _, whole := bytes.Cut(rest, []byte(`"`))
	if !found || !whole {
		return ""
	}
	return timeline.FactKind(kind)
}

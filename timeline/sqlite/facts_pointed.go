package sqlite

import (
	"bytes"

	"marsad/timeline"
)

// withPoints leaves out of the facts of an article, as its row has them, those
// that have no points, dates and other quantities: most of them, and to decode
// them would take most of the time. What is not in the form that facts are written in is left as it is.
func withPoints(data []byte) []byte {
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
			if depth--; depth == 1 && !isPointless(data[begin:i]) {
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

// isPointless reports of a fact, as it is written, whether it is of a kind that has
// no points.
func isPointless(fact []byte) bool {
	rest, found := bytes.CutPrefix(fact, []byte(`{"kind":"`))
	kind, _, whole := bytes.Cut(rest, []byte(`"`))
	return found && whole && (string(kind) == string(timeline.KindDate) || string(kind) == string(timeline.KindOther))
}

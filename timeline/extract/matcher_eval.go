package extract

import (
	"cmp"
	"math"
	"slices"
)

// findings are the places of all phrases in one text, by phrase.
type findings struct{ hits []hit }

// eval says whether the text is what the node asks for, and appends the places
// that make it so. Nothing is appended where it is not.
func (f *findings) eval(n *node, places []hit) ([]hit, bool) {
	switch n.op {
	case opPhrase, opEntity:
		before := len(places)
		places = f.places(n, places)
		return places, len(places) > before
	case opAnd:
		before := len(places)
		for _, kid := range n.kids {
			var ok bool
			if places, ok = f.eval(kid, places); !ok {
				return places[:before], false
			}
		}
		return places, true
	case opOr:
		found := false
		for _, kid := range n.kids {
			var ok bool
			places, ok = f.eval(kid, places)
			found = found || ok
		}
		return places, found
	case opNot:
		_, ok := f.eval(n.kids[0], nil)
		return places, !ok
	case opNear:
		before := len(places)
		left, right := f.places(n.kids[0], nil), f.places(n.kids[1], nil)
		places = appendNear(places, left, right, n.distance)
		if len(places) == before {
			return places, false
		}
		return appendNear(places, right, left, n.distance), true
	}
	return places, false
}

// places appends where a node stands that stands at places.
func (f *findings) places(n *node, places []hit) []hit {
	for _, phrase := range n.phrases {
		from, _ := slices.BinarySearchFunc(f.hits, phrase, func(h hit, p int32) int { return cmp.Compare(h.phrase, p) })
		to := from
		for to < len(f.hits) && f.hits[to].phrase == phrase {
			to++
		}
		places = append(places, f.hits[from:to]...)
	}
	for _, kid := range n.kids {
		places = f.places(kid, places)
	}
	return places
}

// appendNear appends those of hits that are near one of others: at most distance
// words from it, counting from the ends that face each other, and not
// overlapping, as no word is near itself.
func appendNear(places, hits, others []hit, distance int) []hit {
	measure := newRuler(others)
	for _, h := range hits {
		if measure.from(h) <= distance {
			places = append(places, h)
		}
	}
	return places
}

// ruler measures distances to the nearest of a set of hits, each in logarithmic
// time.
type ruler struct{ firsts, lasts []int32 }

func newRuler(hits []hit) ruler {
	r := ruler{make([]int32, len(hits)), make([]int32, len(hits))}
	for i, h := range hits {
		r.firsts[i], r.lasts[i] = h.first, h.last
	}
	slices.Sort(r.firsts)
	slices.Sort(r.lasts)
	return r
}

// from returns the distance from h in words, 1 for adjacent ones, math.MaxInt
// when there is none to either side.
func (r ruler) from(h hit) int {
	nearest := math.MaxInt
	if i, _ := slices.BinarySearch(r.firsts, h.last+1); i < len(r.firsts) {
		nearest = int(r.firsts[i] - h.last)
	}
	if i, _ := slices.BinarySearch(r.lasts, h.first); i > 0 {
		nearest = min(nearest, int(h.first-r.lasts[i-1]))
	}
	return nearest
}

package extract

import "math"

// findings are the places of all phrases in one text, and room to find them.
type findings struct {
	recall        recall
	forms         []*wordForm // by token; nil for marks of punctuation
	threads, live []thread

	hits []hit   // by phrase and then in order
	runs []run   // by phrase
	at   []int32 // by phrase: its place in runs counted from 1, or 0

	// Room for the two sides of a NEAR, which has no NEAR inside.
	left, right []run

	met    []uint64 // by topic: its needs that are met; zero between texts
	likely []int32  // the topics of which all are
	places []hit
	named  []hit // of the phrases that are names, in the order of their ends
}

func newFindings() *findings { return &findings{recall: newRecall()} }

// run is where the hits of a phrase stand among all.
type run struct{ phrase, from, to int32 }

// index says where each phrase stands among the hits, of so many phrases that
// there are.
func (f *findings) index(phrases int) {
	for _, r := range f.runs {
		f.at[r.phrase] = 0
	}
	f.runs = f.runs[:0]
	if len(f.at) < phrases {
		f.at = make([]int32, phrases)
	}
	for i, h := range f.hits {
		if i == 0 || h.phrase != f.hits[i-1].phrase {
			f.runs = append(f.runs, run{phrase: h.phrase, from: int32(i)})
			f.at[h.phrase] = int32(len(f.runs))
		}
		f.runs[len(f.runs)-1].to = int32(i + 1)
	}
}

// eval says whether the text is what the node asks for, and appends the places
// that make it so. Nothing is appended where it is not.
func (f *findings) eval(n *node, places []hit) ([]hit, bool) {
	if n.alone {
		f.left = f.runsOf(n, f.left[:0])
		for _, r := range f.left {
			places = append(places, f.hits[r.from:r.to]...)
		}
		return places, len(f.left) > 0
	}
	switch n.op {
	case opPhrase, opEntity: // stand alone
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
		f.right, f.left = f.runsOf(n.kids[1], f.right[:0]), f.runsOf(n.kids[0], f.left[:0])
		if len(f.right) == 0 || len(f.left) == 0 {
			return places, false
		}
		if places = f.appendNear(places, f.left, f.right, n.distance); len(places) == before {
			return places, false
		}
		return f.appendNear(places, f.right, f.left, n.distance), true
	}
	return places, false
}

// appendNear appends the places that are near one of others: at most distance
// words from it, counting from the ends that face each other, and not
// overlapping, as no word is near itself.
func (f *findings) appendNear(places []hit, of, others []run, distance int) []hit {
	for _, r := range of {
		for _, h := range f.hits[r.from:r.to] {
			if f.near(h, others, int32(min(distance, math.MaxInt32/2))) {
				places = append(places, h)
			}
		}
	}
	return places
}

// near reports whether one of others is at most distance words from h. The hits of
// a phrase are in order and equally many words long each.
func (f *findings) near(h hit, others []run, distance int32) bool {
	const few = 8 // hits, which are quicker gone through than searched
	for _, r := range others {
		hits := f.hits[r.from:r.to]
		if len(hits) > few {
			width := hits[0].last - hits[0].first
			hits = hits[firstHit(hits, h.first-distance-width):]
		}
		for k := range hits {
			if hits[k].first > h.last+distance {
				break
			}
			if gap := h.gap(&hits[k]); gap > 0 && gap <= distance {
				return true
			}
		}
	}
	return false
}

// gap returns how many words the hit is from another, 1 for adjacent ones, and none
// that is positive where they overlap.
func (h hit) gap(other *hit) int32 { return max(other.first-h.last, h.first-other.last) }

// firstHit gives the first of hits that begins at the word or behind it.
func firstHit(hits []hit, word int32) int {
	first, last := 0, len(hits)
	for first < last {
		if middle := (first + last) / 2; hits[middle].first < word {
			first = middle + 1
		} else {
			last = middle
		}
	}
	return first
}

// runsOf appends where a node stands that stands at places.
func (f *findings) runsOf(n *node, runs []run) []run {
	for _, phrase := range n.phrases {
		if i := f.at[phrase]; i > 0 {
			runs = append(runs, f.runs[i-1])
		}
	}
	return runs
}

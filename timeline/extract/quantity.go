package extract

import (
	"math"

	"marsad/timeline"
)

// quantity is a number with the bound words next to it, or a range of two.
type quantity struct {
	first, last int // tokens [first, last)
	lo, best    float64
	hi          float64 // of these three, NaN where it is not said
	bound       timeline.Bound
	bounded     bool // a word or a second number says so
	n           numeral
}

// nan stands for a side of a quantity that is not said.
func nan() float64 { return math.NaN() }

// boundBefore gives the bound that the words at i set to the number behind them.
func (s *scan) boundBefore(i int) (timeline.Bound, bool) {
	return s.bound(i, func(c class) timeline.Bound {
		switch c { //nolint:exhaustive // the other classes are no bounds
		case classBoundsAbout:
			return timeline.About
		case classBoundsAtLeast:
			return timeline.AtLeast
		case classBoundsMoreThan:
			return timeline.MoreThan
		case classBoundsAtMost:
			return timeline.AtMost
		case classBoundsLessThan:
			return timeline.LessThan
		case classBoundsEqual:
			return timeline.Exact
		}
		return ""
	})
}

// boundAfter gives the bound that the words at i set to the number before them.
func (s *scan) boundAfter(i int) (timeline.Bound, bool) {
	return s.bound(i, func(c class) timeline.Bound {
		switch c { //nolint:exhaustive // the other classes are no bounds
		case classBoundsAfterAtLeast:
			return timeline.AtLeast
		case classBoundsAfterAtMost:
			return timeline.AtMost
		case classBoundsAfterAbout:
			return timeline.About
		}
		return ""
	})
}

func (s *scan) bound(i int, of func(class) timeline.Bound) (timeline.Bound, bool) {
	if i < s.lo || i >= s.hi {
		return "", false
	}
	for _, x := range s.glosses[i].senses {
		// "فوق" and "دون" have other uses, but not before digits.
		if b := of(x.class); b != "" && (!x.weak || s.number(s.after(i)) || s.any(s.after(i), classFractions)) {
			return b, true
		}
	}
	return "", false
}

// quantity reads the longest quantity that begins at token i. The last ones are
// kept, as numerals are.
func (s *scan) quantity(i int) (quantity, bool) {
	return s.quantities.at(s, i, (*scan).readQuantity)
}

func (s *scan) readQuantity(i int) (quantity, bool) {
	if q, ok := s.betweenTwo(i); ok {
		return q, true
	}
	q, ok := s.oneBound(i)
	if !ok {
		return quantity{}, false
	}
	return s.bothBounds(q), true
}

// oneBound reads a number with the bound before or behind it, a range or a vague
// quantity.
func (s *scan) oneBound(i int) (quantity, bool) {
	bound, at, said := timeline.Exact, i, false
	for range 2 { // "up to about"
		b, ok := s.boundBefore(at)
		if !ok {
			if _, ok := s.is(at, classReaching); !ok || at != i {
				break
			}
			at = s.after(at)
			i = at
			continue
		}
		if bound == timeline.Exact {
			bound, said = b, true
		}
		at = s.after(at)
	}
	if at > i && s.mark(at, article) && s.number(at+1) {
		at++
	}
	if v, ok := s.vague(at); ok {
		v.first = i
		return v, true
	}
	n, ok := s.numeral(at)
	if !ok {
		return quantity{}, false
	}
	q := bounded(n, bound)
	q.first = i
	q.bounded = said
	if bound == timeline.Exact && !said || bound == timeline.About {
		if r, ok := s.rangeFrom(n); ok {
			r.first = i // "some 15 to 20"
			return r, true
		}
	}
	if b, ok := s.boundAfter(q.last); ok && (bound == timeline.Exact || bound == timeline.About && b == timeline.AtLeast) {
		// "5000 or more than 4500" and "100 at least 20" bound what follows.
		end := s.after(q.last)
		if !s.number(end) && !s.number(end+1) {
			q = bounded(n, b)
			q.first, q.last = i, end
		}
	}
	return q, true
}

// bothBounds adds the other side that is said right behind one: "more than 10 and
// less than 20", "at most 100 and at least 20".
func (s *scan) bothBounds(q quantity) quantity {
	at, ok := s.conjoined(q.last)
	if !ok && s.mark(at, ",") {
		at, ok = s.conjoined(at + 1)
	}
	if !ok || q.bound == timeline.Exact || q.bound == timeline.About {
		return q
	}
	if b, ok := s.boundBefore(at); !ok || b == timeline.Exact || b == timeline.About {
		return q
	}
	other, ok := s.oneBound(at)
	if !ok {
		return q
	}
	low, high := q, other
	if math.IsNaN(low.lo) {
		low, high = high, low
	}
	if !math.IsNaN(low.hi) || !math.IsNaN(high.lo) || !(low.lo < high.hi) {
		return q
	}
	n := other.n
	n.first, n.bare = q.n.first, false
	return quantity{first: q.first, last: other.last, lo: low.lo, best: nan(), hi: high.hi, bound: timeline.Between, bounded: true, n: n}
}

// bounded gives the quantity of a number under a bound.
func bounded(n numeral, b timeline.Bound) quantity {
	q := quantity{first: n.first, last: n.last, lo: nan(), best: n.value, hi: nan(), bound: b, bounded: b != timeline.Exact, n: n}
	switch b {
	case timeline.Exact:
		q.lo, q.hi = n.value, n.value
	case timeline.AtLeast, timeline.MoreThan:
		q.lo = n.value
	case timeline.AtMost, timeline.LessThan:
		q.hi = n.value
	case timeline.About, timeline.Between, timeline.Vague:
	}
	return q
}

// betweenTwo reads "between X and Y", "ما بين X إلى Y", "from X to Y", "من X إلى Y".
func (s *scan) betweenTwo(i int) (quantity, bool) {
	opened := s.any(i, classBetween)
	if !opened && !s.any(i, classFrom) {
		return quantity{}, false
	}
	at := s.after(i)
	if s.any(at, classBetween) {
		at = s.after(at)
	}
	a, ok := s.numeral(at)
	if !ok {
		return quantity{}, false
	}
	next := a.last
	switch {
	case s.any(next, classTo), opened && s.any(next, classAnd):
		next = s.after(next)
	case s.mark(next, "-"):
		next++
	case !opened || !s.joined(next):
		return quantity{}, false
	}
	b, ok := s.numeral(next)
	if !ok {
		return quantity{}, false
	}
	q, ok := ranged(a, b)
	q.first = i
	return q, ok
}

// rangeFrom reads what follows a number that is the first of a range: "12-15",
// "12 to 15 thousand", "two or three".
func (s *scan) rangeFrom(a numeral) (quantity, bool) {
	at := a.last
	switch {
	case s.mark(at, "-"):
		// A hyphen ties in "10-15" and " - "; "3-year" and scores of games are others'.
		if s.touches(at) != s.touches(at+1) {
			return quantity{}, false
		}
		at++
	case s.any(at, classTo), s.any(at, classOr):
		at = s.after(at)
	default:
		return quantity{}, false
	}
	b, ok := s.numeral(at)
	if !ok || a.digits != b.digits {
		return quantity{}, false
	}
	return ranged(a, b)
}

// ranged gives the range of two numbers. A scale that only the second has is
// both's: "12 to 15 thousand", and so is a hundred.
func ranged(a, b numeral) (quantity, bool) {
	if b.scale > 1 && a.scale == 1 && a.value < b.value/b.scale {
		a.value *= b.scale
	}
	if b.scale == 1 && !b.digits && a.value < 10 && b.value < 1000 && int(b.value)%100 == 0 {
		a.value *= 100 // "two to three hundred"
	}
	if a.value >= b.value || a.part != b.part {
		return quantity{}, false
	}
	n := b
	n.first, n.bare, n.definite = a.first, false, a.definite
	return quantity{first: a.first, last: b.last, lo: a.value, best: nan(), hi: b.value, bound: timeline.Between, bounded: true, n: n}, true
}

// vague reads "dozens", "several thousand", "عدة آلاف", "عشرات".
func (s *scan) vague(i int) (quantity, bool) {
	at := i
	if s.any(at, classSome) {
		at = s.after(at)
		if hundred, ok := s.is(at, classNumbers); ok && hundred.value == 100 || s.any(at, classScales) {
			last := s.after(at)
			if s.any(at, classNumbers) && s.any(last, classScales) {
				last = s.after(last) // "several hundred thousand"
			}
			return vagueQuantity(i, last), true
		}
		if !s.any(at, classVague) {
			return quantity{}, false
		}
	}
	end := s.after(min(at, s.hi-1))
	if !s.any(at, classVague) || s.definite(at) && !s.any(end, classOf) && !s.clitics(at) {
		return quantity{}, false
	}
	if s.any(end, classScales) && s.clitics(at) {
		end = s.after(end)
	}
	return vagueQuantity(i, end), true
}

func vagueQuantity(first, last int) quantity {
	return quantity{first: first, last: last, lo: nan(), best: nan(), hi: nan(), bound: timeline.Vague, bounded: true}
}

// side gives a side of a quantity as facts have it. A few share one piece of memory.
func (s *scan) side(f float64) *float64 {
	if math.IsNaN(f) {
		return nil
	}
	if len(s.sides) == cap(s.sides) {
		s.sides = make([]float64, 0, 16)
	}
	s.sides = append(s.sides, f)
	return &s.sides[len(s.sides)-1]
}

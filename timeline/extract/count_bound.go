package extract

import "marsad/timeline"

// boundElsewhere finds the bound that stands apart: "4300 شخص على الأقل", "تجاوز
// عددهم 18 ألفا", "cases top one million".
func (s *scan) boundElsewhere(q *quantity) {
	if q.bound != timeline.Exact || q.bounded {
		return
	}
	if s.passed(*q) >= 0 {
		first, last := q.first, q.last
		*q = bounded(q.n, timeline.MoreThan)
		q.first, q.last = first, last
		return
	}
	const reach = 4 // tokens
	for k := q.last; k < s.hi && k < q.last+reach && !s.clauseEnd(k); k++ {
		if b, ok := s.boundAfter(k); ok {
			first, last := q.first, q.last
			*q = bounded(q.n, b)
			q.first, q.last = first, last
			return
		}
		if s.number(k) {
			return
		}
	}
}

// passed gives where the verb stands of which the quantity is what was passed, or
// -1: "cases top one million", "تجاوز عددهم 60", "تجاوز عدد القتلى في البلاد ألفا". A
// verb that has other uses is taken behind things that are counted.
func (s *scan) passed(q quantity) int {
	const near, far = 2, 7 // tokens; far with a word for the number between
	for k := q.first - 1; k >= s.lo && k >= q.first-far && s.word(k); k-- {
		x, ok := s.is(k, classBoundsPassing)
		if !ok || s.after(k) > q.first {
			continue
		}
		if q.first-s.after(k) >= near && !s.any(s.after(k), classNumberOf) {
			return -1
		}
		if s.spaced(k) && s.after(k) < q.first {
			return -1 // "passed by 120 votes"
		}
		if x.weak && !s.many(s.subjectHead(k)) {
			return -1
		}
		return k
	}
	return -1
}

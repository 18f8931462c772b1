package extract

import (
	"slices"

	"marsad/timeline"
)

// furnish gives each event the counts and the entities of its clause.
func (s *scan) furnish(entities []EntitySpan) {
	for i := range s.facts.Events {
		e := &s.facts.Events[i]
		counts := s.facts.Counts
		at, _ := slices.BinarySearchFunc(counts, e.Span.Start, func(c timeline.Count, start int) int { return c.Span.Start - start })
		for ; at < len(counts) && counts[at].Span.End <= e.Span.End; at++ {
			if !s.beside(e.Span, counts[at].Span) {
				e.Counts = append(e.Counts, counts[at].Span)
			}
		}
		at, _ = slices.BinarySearchFunc(entities, e.Span.Start, func(x EntitySpan, start int) int { return x.Span.Start - start })
		for ; at < len(entities) && entities[at].Span.End <= e.Span.End; at++ {
			names := &e.Actors
			if entities[at].Kind == placeKind {
				names = &e.Places
			}
			x := entities[at]
			if x.Kind == placeKind && s.origin(x.Span) {
				continue
			}
			if !slices.Contains(*names, x.Entity) {
				*names = append(*names, x.Entity)
			}
			if x.Kind == placeKind && x.Country != "" && !slices.Contains(e.Countries, x.Country) {
				e.Countries = append(e.Countries, x.Country)
			}
		}
	}
}

// beside reports whether the count is in an aside within the clause.
func (s *scan) beside(clause, count timeline.Span) bool {
	at, _ := slices.BinarySearchFunc(s.asides, count.Start, func(x timeline.Span, start int) int { return x.End - start })
	return at < len(s.asides) && s.asides[at].Contains(count) && !s.asides[at].Contains(clause)
}

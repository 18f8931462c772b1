package extract

import (
	"slices"
	"strings"

	"marsad/timeline"
	"marsad/timeline/text"
)

// placesOf gives the places that a count, at token at, is told of: those said to be
// where, behind it up to the next count, else before it, else in what goes on behind
// the next count ("12 killed and 5 wounded in Aleppo"). Where nothing is said it is
// where the count before it was, if both are of one clause.
func (a *attribution) placesOf(c *timeline.Count, at int) (found []EntitySpan) {
	behind := a.tokenAt(c.Span.End-1) + 1
	from := max(a.lo, at-reach)
	if a.last > from && a.last <= at {
		from = a.last
	}
	for k := at - 1; k >= from; k-- {
		if a.parts(k) {
			from = k + 1
			break
		}
	}
	if found = a.placesIn(behind, a.next); found != nil {
		return found
	}
	if found = a.placesIn(from, at); found != nil {
		return found
	}
	if a.next < a.hi && !a.anyOf(behind, a.next, a.clauseEnd) {
		if found = a.placesIn(behind, a.hi); found != nil {
			return found
		}
	}
	if a.last > a.lo && !a.anyOf(a.last, at, a.parts) {
		return a.places
	}
	return nil
}

// anyOf reports whether one of the tokens [lo, hi) is what is asked for.
func (s *scan) anyOf(lo, hi int, is func(int) bool) bool {
	for k := lo; k < hi; k++ {
		if is(k) {
			return true
		}
	}
	return false
}

// parts reports whether what stands before token i is told for itself: at a
// semicolon, a bracket, a colon, or a word such as "while" or "who".
func (s *scan) parts(i int) bool {
	if s.clauseEnd(i) {
		return !s.mark(i, ",") && !s.mark(i, "،")
	}
	as, ok := s.means(i, eventClauses)
	return ok && (as == apart || as == relative)
}

// placesIn gives the places among the tokens [lo, hi) that are said to be where, up
// to where something else is told. Behind a comma those alone count that go on with
// the one before it ("Aleppo, Syria").
func (a *attribution) placesIn(lo, hi int) (found []EntitySpan) {
	end := -1 // behind the last place found
	comma := false
	for k := lo; k < min(hi, lo+reach); k++ {
		if a.parts(k) {
			break
		}
		comma = comma || found != nil && a.clauseEnd(k)
		e, ok := a.entityAt(k)
		if !ok || e.Kind != placeKind {
			continue
		}
		listed := end >= 0 && !a.anyOf(end, k, func(i int) bool { return !a.clauseEnd(i) && !a.any(i, classAnd) && !a.mark(i, "'s") })
		if !listed && (comma || !a.where(k)) {
			continue
		}
		found = append(found, e)
		end = a.tokenAt(e.Span.End-1) + 1
		comma = false
	}
	return found
}

// where reports whether the place named at token k is said to be where something
// is: "in the northern city of Aleppo", "بريف إدلب".
func (a *attribution) where(k int) bool {
	if a.with(k) || a.in(k) {
		return true
	}
	if _, happens := a.means(k-1, eventHappenings); happens && a.clitics(k-1) {
		return true // "تفجير بغداد"
	}
	const longest = 6 // words between
	for p := k - 1; p >= a.lo && p >= k-longest; p-- {
		if a.in(p) {
			return true
		}
		_, prefix := a.told(p)
		_, region := a.means(p, eventRegions)
		switch {
		case region && strings.HasSuffix(prefix, "ب"):
			return true
		case region && (prefix == "" || prefix == "و"), a.any(p, classArticle), a.spaced(p) && a.capital(p):
		default:
			return false
		}
	}
	return false
}

// in reports whether the word at token i says where what follows it is.
func (a *attribution) in(i int) bool {
	as, ok := a.means(i, eventWhere)
	if ok && as == upon {
		_, ok = a.means(i-1, eventHappenings)
	}
	return ok
}

// with reports whether the name at token k is written as one word with the
// preposition ب.
func (a *attribution) with(k int) bool {
	token := &a.Tokens[k]
	if token.Script != text.Arabic || a.firsts[token.Folded] {
		return false
	}
	return strings.HasPrefix(strings.TrimPrefix(token.Folded, "و"), "ب")
}

// namesOf gives the names of places and their countries, each once.
func namesOf(places []EntitySpan) (names, countries []string) {
	for _, e := range places {
		if !slices.Contains(names, e.Entity) {
			names = append(names, e.Entity)
		}
		if e.Country != "" && !slices.Contains(countries, e.Country) {
			countries = append(countries, e.Country)
		}
	}
	return names, countries
}

// origin reports whether the place is where a report was sent from and not where
// something happened: it begins a sentence, and within a few tokens there is a dash,
// or a bracket that names the agency ("BEIRUT (Reuters) - ", "بيروت - رويترز").
func (s *scan) origin(place timeline.Span) bool {
	at := s.tokenAt(place.Start)
	lo, hi := s.bounds(at)
	s.lo, s.hi = lo, hi
	const from, longest = 3, 8 // tokens before the place and behind it
	if at > lo+from {
		return false
	}
	for k := s.tokenAt(place.End-1) + 1; k < min(hi, at+longest); k++ {
		switch mark := s.Tokens[k].Folded; mark {
		case "-", "–", "—":
			return s.Tokens[k-1].End < s.Tokens[k].Start && k+1 < hi && s.Tokens[k].End < s.Tokens[k+1].Start
		case "(", ")", ",", "،", "/":
		default:
			if s.Tokens[k].Class == text.Word && s.any(k, classFunction, classHappening, classIn) {
				return false
			}
		}
	}
	return false
}

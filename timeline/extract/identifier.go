package extract

// identifies reports whether the digits name something rather than count it:
// "COVID-19", "A330", "level 3", "رقم 2216", "قرار 1701".
func (s *scan) identifies(q quantity) bool {
	n := q.n
	if x, ok := s.is(s.before(n.first), classIdentifiers); ok && !q.bounded && (!x.weak || n.definite || !s.nounAt(n.last, q)) {
		return n.digits || s.spaced(n.first) && x.text != "digits"
	}
	if !n.digits {
		return false
	}
	if s.secondIdentifier(q) {
		return true
	}
	if s.numbersName(q) || s.numbersHouse(q) {
		return true
	}
	i := n.first
	if s.touches(i) {
		if s.word(i-1) && s.spaced(i-1) {
			return true
		}
		if s.mark(i-1, "-") && s.touches(i-1) && s.word(i-2) {
			return true
		}
		if s.mark(i-1, "/") || s.mark(i-1, "#") || s.mark(i-1, "+") || s.mark(i-1, "_") {
			return true
		}
	}
	if s.touches(n.last) && s.word(n.last) && s.spaced(n.last) && !s.any(n.last, classOrdinalEnds) {
		return true
	}
	return s.mark(n.last, "-") && s.touches(n.last) && s.touches(n.last+1) && s.number(n.last+1)
}

// secondIdentifier reports whether the number goes on from one that a plural
// introduced: "Resolutions 242 and 338".
func (s *scan) secondIdentifier(q quantity) bool {
	if !s.secondOf(q, typeIdentifier) {
		return false
	}
	first := s.tokenAt(s.facts.Other[len(s.facts.Other)-1].Span.Start)
	x, ok := s.is(s.before(first), classIdentifiers)
	return ok && x.text == "many"
}

// numbersName reports whether small digits belong to the name before them: "Dota
// 2", "iOS 12". A noun behind them that can be counted makes them a count, as in
// the headline "Police Arrest 12 Suspects".
func (s *scan) numbersName(q quantity) bool {
	i := q.n.first
	if q.bounded || !q.n.bare || q.n.value > 99 || !s.word(i-1) || !s.spaced(i-1) {
		return false
	}
	if s.Tokens[i-1].Raw == s.Tokens[i-1].Folded || s.any(i-1, classFunction, classKind, classSaidVerbs, classIn) {
		return false
	}
	if i-2 >= s.lo && s.word(i-2) && s.capital(i-2) {
		return false // a headline in capitals: "Bus Crash Leaves 12 in Hospital"
	}
	return !s.word(q.last) || s.any(q.last, classFunction) || !s.noun(q.last) && !s.any(q.last, classKind)
}

// numbersHouse reports whether the number is that of a house in a street: "24
// Grenfell Walk". A noun behind that makes it a count: "20 Wall Street banks".
func (s *scan) numbersHouse(q quantity) bool {
	const longest = 4 // words of a street
	if q.bounded || !q.n.bare {
		return false
	}
	for k := q.last; k < q.last+longest && s.word(k) && s.spaced(k) && s.capital(k) && !s.any(k, classFunction, classKind); k++ {
		if s.any(k, classAddresses) && k > q.last {
			return !s.word(k+1) || !s.capital(k+1) && !s.many(k+1)
		}
	}
	return false
}

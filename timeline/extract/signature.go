package extract

// signature reads digits that stand for something and count nothing: the number
// of a telephone and the score of a game.
func (s *scan) signature(i int) (last int, ok bool) {
	q := quantity{lo: nan(), best: nan(), hi: nan()}
	if last, ok = s.phone(i); ok {
		s.addOther(q, ending{kind: typePhone, first: i, last: last})
		return last, true
	}
	if last, ok = s.score(i); ok {
		s.addOther(q, ending{kind: typeScore, first: i, last: last})
		return last, true
	}
	return 0, false
}

// phone reads a telephone number: with its country ("+964 770 123 4567"), with
// the 0 that numbers are dialled with ("07701234567"), or behind the word for one
// ("phone: 555-1234").
func (s *scan) phone(i int) (last int, ok bool) {
	const fewest, most = 7, 15 // digits; the most by ITU-T E.164
	at, plus := i, s.mark(i, "+") && s.touches(i+1)
	if plus {
		at++
	}
	if !s.number(at) || !isDigits(s.Tokens[at].Folded) {
		return 0, false
	}
	dialled := len(s.Tokens[at].Folded) >= 9 && s.Tokens[at].Folded[0] == '0'
	k := i - 1
	if s.mark(k, ":") || s.mark(k, ".") {
		k--
	}
	if !plus && !dialled && !s.any(k, classPhones) {
		return 0, false
	}
	digits := 0
	for digits <= most && s.number(at) && isDigits(s.Tokens[at].Folded) {
		digits += len(s.Tokens[at].Folded)
		if at++; s.mark(at, "-") && s.touches(at) && s.touches(at+1) && s.number(at+1) {
			at++
		}
	}
	return at, digits >= fewest && digits <= most
}

// score reads two small numbers with a hyphen or a colon between them near a word
// of games: "won 3-1", "a 2-2 draw", "فاز 3-1".
func (s *scan) score(i int) (last int, ok bool) {
	if !s.points(i) || !s.mark(i+1, "-") && !s.mark(i+1, ":") || !s.points(i+2) || s.mark(i+3, "-") {
		return 0, false
	}
	const reach = 6 // tokens
	for k := max(s.lo, i-reach); k < min(s.hi, i+3+reach); k++ {
		if s.any(k, classScores) {
			return i + 3, true
		}
	}
	return 0, false
}

// points reports whether token i is a number of up to three digits.
func (s *scan) points(i int) bool {
	return s.number(i) && len(s.Tokens[i].Folded) <= 3 && isDigits(s.Tokens[i].Folded)
}

// negated reports whether a word of negation stands before the quantity in its
// clause, close enough to be said of it: "did not kill 12".
func (s *scan) negated(q quantity) bool {
	const reach = 4 // tokens
	for k := q.first - 1; k >= s.lo && k > q.first-reach && !s.clauseEnd(k); k-- {
		if s.any(k, classNegations) {
			return true
		}
	}
	return false
}

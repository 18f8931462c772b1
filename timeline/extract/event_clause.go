package extract

import (
	"strings"

	"marsad/timeline/text"
)

// cut gives the token at which the clause of next begins, between the two dates,
// and how well it separates them. A date that leads its clause has what stands
// behind it, one that trails what stands before it: of separators as good, the
// clause of the former ends with the last and that of the latter with the first.
// Where nothing separates them, a trailing date ends its clause and a leading one
// keeps all: the token is -1.
func (s *scan) cut(o, next occasion, lo int) (at, strength int) {
	leads := s.content(lo, o.first, 1) == 0
	at = -1
	for i := o.last; i < next.first; i++ {
		x := s.separation(i, next)
		if leads && s.content(o.last, i, 1) == 0 {
			x = 0 // "On Monday, ..."
		}
		if x > strength || leads && x > 0 && x == strength {
			strength, at = x, i
		}
	}
	switch {
	case at >= 0 && leads && strength == weakest && !s.clitics(at):
		return -1, 0 // "On Friday he spoke of Hiroshima and Nagasaki in 1945"
	case at >= 0:
		return at, strength
	case s.joined(next.first):
		return next.first, 0
	case leads && s.content(o.last, next.first, 1) > 0:
		return -1, 0
	}
	return o.last, 0
}

// How well words separate: "and" by itself, and what always begins a clause.
const (
	weakest      = 2
	clauseBegins = 5
)

// separation says how well the token separates the clause before it from the one
// that next is in; 0 for not at all.
func (s *scan) separation(i int, next occasion) (strength int) {
	const comma, and, stop = weakest, weakest, 7
	switch {
	case s.mark(i, ";"), s.mark(i, "؛"), s.mark(i, ":"), s.mark(i, "("), s.mark(i, ")"), s.mark(i, "—"), s.mark(i, "–"), s.mark(i, "•"), s.mark(i, "|"):
		return stop
	case s.mark(i, "-") && !s.touches(i):
		return stop
	case s.mark(i, ","), s.mark(i, "،"):
		strength = comma
		if _, begins := s.means(i+1, eventClauses); begins || s.any(i+1, classAnd) || s.joined(i+1) || s.clitics(i+1) && strings.HasPrefix(s.Tokens[i+1].Folded, "و") {
			return strength + and + 1
		}
	case s.any(i, classAnd), s.joined(i):
		strength = and
	default:
		if _, begins := s.means(i, eventClauses); begins {
			return clauseBegins
		}
		return 0
	}
	if s.content(i+1, next.first, 1) == 0 || s.number(i+1) || s.any(i+1, classNumbers) || s.any(i, classKind) || s.any(i+1, classKind) {
		strength++ // what begins there has a date, a count or a deed of its own
	}
	return strength
}

// content counts the words and numbers of the tokens [lo, hi) that say something,
// up to enough. What says nothing for longer than any clause does is not gone
// through to its end.
func (s *scan) content(lo, hi, enough int) (n int) {
	const longest = 64 // tokens
	lo = max(lo, s.lo)
	for i := lo; i < min(hi, s.hi, lo+longest) && n < enough; i++ {
		switch token := &s.Tokens[i]; token.Class {
		case text.Number:
			n++
		case text.Word:
			if !s.any(i, classFunction, classIn, classOn, classArticle, classDay, classAnd, classOr, classTo, classModifiers, classParts,
				classRelationsSince, classRelationsUntil, classRelationsBefore, classRelationsAfter, classRelationsBetween) &&
				len(token.Folded) > 1 {
				n++
			}
		case text.Punct, text.Symbol:
		}
	}
	return n
}

// words counts the words of the tokens [lo, hi) that do not lead in to a date.
func (s *scan) words(lo, hi int) (n int) {
	for i := lo; i < hi; i++ {
		if s.word(i) && !s.any(i, classIn, classOn, classArticle, classDay) {
			n++
		}
	}
	return n
}

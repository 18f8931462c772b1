package extract

import (
	"math"
	"strings"

	"marsad/timeline"
)

// trace is what the reading of later counts in a sentence needs to know of one
// before them.
type trace struct {
	first, last int  // tokens [first, last) of the quantity and its object
	happened    bool // its kind is what happened to the counted
	open        bool // nothing but who they are tells its kind, if that
}

// addCount records a quantity as a count, or as a bare number when nothing says
// that it counts.
func (s *scan) addCount(q quantity) {
	if s.singledOut(q) {
		return
	}
	s.boundElsewhere(&q)
	whole := q
	if q.n.signed && s.mark(q.n.first, "-") && q.first == q.n.first {
		q = unsigned(q) // "-19 wounded" is an item of a list
	}
	object := s.object(q)
	kind, t := s.kind(q, object)
	span := object.span(s)
	if span.IsZero() && kind == "" {
		span, kind = s.shared(q)
	}
	if s.counts(q, span, kind) {
		if kind == "" {
			kind = otherKind
		}
		s.record(timeline.Count{
			Span: s.span(q.first, q.last-1), Sentence: s.sentence,
			Lo: s.side(q.lo), Best: s.side(q.best), Hi: s.side(q.hi), Bound: q.bound,
			Object: span, Kind: kind, Negated: s.negated(q), Rule: "count." + string(q.bound),
		}, t)
		return
	}
	if q.bound != timeline.Vague {
		s.addOther(whole, ending{kind: typeNumber, first: whole.first, last: whole.last})
	}
}

// counts reports whether anything says that the quantity counts: what, or what
// happened to it.
func (s *scan) counts(q quantity, object timeline.Span, kind string) bool {
	switch {
	case q.lo < 0 || q.best < 0 || q.hi < 0:
		return false
	case !object.IsZero():
		return !s.version(q)
	case q.bound == timeline.Exact && q.n.digits && math.Trunc(q.best) != q.best:
		return false
	case s.predicated(q), s.past(q.last), s.doneTo(q), s.gapped(q):
		return true
	case q.bound == timeline.Vague:
		return kind != "" || s.pronoun(q) || s.crowd(q)
	}
	return kind != "" || s.pronoun(q) || s.wholeOf(q)
}

// predicated reports whether the verb right behind the number tells of those it counts:
// "12 remain in hospital", "50 against and 30 abstaining".
func (s *scan) predicated(q quantity) bool {
	x, ok := s.is(q.last, classPredicates)
	if !ok && s.traits(q.last)&pastEd != 0 && s.endsIn(q.last, "ing") {
		return s.word(q.first-1) && !s.any(q.first-1, classFunction, classIn) // "found 22 hiding in a lorry"
	}
	if !ok || !x.weak {
		return ok
	}
	_, again := s.countBefore()
	return again && (s.clauseEnd(q.last+1) || s.any(q.last+1, classAnd))
}

// doneTo reports whether the number is the object of a verb that is done to
// people: "sentences 8 to death", "leaves 200,000 without power".
func (s *scan) doneTo(q quantity) bool {
	return s.any(s.before(q.first), classDoneTo) && (s.clauseEnd(q.last) || s.any(q.last, classFunction, classIn, classTo))
}

// gapped reports whether the noun is left out because a count before has it: "will
// close 82 branches and open 10", "صوت 160 نائبا لصالح القانون وعارضه 50".
func (s *scan) gapped(q quantity) bool {
	i := q.first - 1
	if !s.objectBefore() || math.Trunc(q.best) != q.best || q.n.bare && isYear(int(q.best)) || !s.word(i) || s.any(i, classFunction, classIn, classTo, classOf, classAnd, classOr, classNumbers) {
		return false
	}
	if s.clitics(i) {
		return q.bounded && s.clauseEnd(q.last) || s.verbJoined(i) && (s.clauseEnd(q.last) || s.joined(q.last) || s.verbJoined(q.last) || s.any(q.last, classFunction))
	}
	return s.clauseEnd(q.last) && (q.bounded || !s.capital(i))
}

// objectBefore reports whether one of the counts right before in the sentence has
// an object.
func (s *scan) objectBefore() bool {
	const most = 3 // counts
	counts := s.facts.Counts
	for k := len(counts) - 1; k >= 0 && k >= len(counts)-most && counts[k].Sentence == s.sentence; k-- {
		if !counts[k].Object.IsZero() {
			return true
		}
	}
	return false
}

// verbJoined reports whether the word at i looks like a verb with "and" before it:
// it begins with the letter and is none of the nouns that do.
func (s *scan) verbJoined(i int) bool {
	return s.clitics(i) && len(s.glosses[i].senses) == 0 && strings.HasPrefix(s.Tokens[i].Folded, "و") && len(s.Tokens[i].Folded) > len("ورق")
}

// wholeOf reports whether the quantity is how many people or things of some whole
// there are: "عددهم 60", "attendance topped 70,000", "five of the 30".
func (s *scan) wholeOf(q quantity) bool {
	switch s.total(q) {
	case people:
		return true
	case total:
		return s.clitics(s.before(q.first))
	}
	of := s.after(q.last)
	if s.spaced(of) && s.any(of, classFunction) {
		of++
	}
	return s.any(q.last, classOf) && s.spaced(q.last) && (s.number(of) || s.any(of, classNumbers))
}

// version reports whether digits in a language without clitics look like a year
// or the number of an edition before a noun in the singular: "the 2012 edition",
// "iOS 11.1 beta".
func (s *scan) version(q quantity) bool {
	if q.bounded || !q.n.digits || q.n.scale > 1 || !s.spaced(q.last) || s.any(q.last, classOf) {
		return false
	}
	fraction := math.Trunc(q.best) != q.best
	if !fraction && !(q.n.bare && isYear(int(q.best)) && len(s.Tokens[q.n.first].Folded) == 4) {
		return false
	}
	end := s.nounEnd(q.last)
	return !s.noun(end - 1)
}

// crowd reports whether a vague quantity stands for people without naming them:
// "Millions face famine", "forced tens of thousands to flee", in Arabic with the
// article ("الآلاف", "مئات الآلاف"). A word with other uses does where a clause
// begins.
func (s *scan) crowd(q quantity) bool {
	if s.clitics(q.first) {
		return s.definite(q.first) || s.definite(q.last-1)
	}
	if s.any(q.last, classOf, classIn, classAnd) || s.any(q.first-1, classArticle) {
		return false
	}
	x, ok := s.is(q.first, classVague)
	return s.word(q.last) && (ok && !x.weak || q.first == s.lo || s.clauseEnd(q.first-1))
}

// record adds a count, and gives those it is listed with what happened to all of
// them: "three officers and a civilian were killed".
func (s *scan) record(c timeline.Count, t trace) {
	s.facts.Counts = append(s.facts.Counts, c)
	s.trail = append(s.trail, t)
	if !t.happened {
		return
	}
	for k := len(s.trail) - 1; k > 0 && s.trail[k-1].open && s.inList(s.trail[k-1], s.trail[k].first); k-- {
		s.facts.Counts[k-1].Kind = c.Kind
	}
}

// inList reports whether nothing but commas and "and" stand between a count and
// the one that begins at token i of the same sentence.
func (s *scan) inList(before trace, i int) bool {
	if before.last < s.lo || before.last > i || before.last == i && !s.joined(i) {
		return false
	}
	for k := before.last; k < i; k++ {
		if !s.mark(k, ",") && !s.mark(k, "،") && !s.any(k, classAnd) {
			return false
		}
	}
	return true
}

// unsigned gives the quantity without the hyphen that looked like a minus.
func unsigned(q quantity) quantity {
	q.n.first++
	q.n.value, q.n.signed = -q.n.value, false
	u := bounded(q.n, q.bound)
	u.last, u.bounded = q.last, q.bounded
	return u
}

// singledOut reports whether the number word singles out rather than counts: "one
// of them", "which one", "The Five", "أي واحد".
func (s *scan) singledOut(q quantity) bool {
	if q.n.digits || q.bounded {
		return false
	}
	if q.best == 1 && s.any(q.first-1, classDeterminers) {
		return true
	}
	if !s.spaced(q.first) {
		return false
	}
	if q.best == 1 && s.any(q.first-2, classArticle) && s.spaced(q.first-1) && !s.any(q.first-1, classFunction, classNumbers) {
		return true // "the current one"
	}
	if s.capital(q.first) && s.word(q.first-1) && s.spaced(q.first-1) && s.capital(q.first-1) && s.the(q.first-2) && !s.capital(q.first-2) {
		return true // "the Big Six"
	}
	return q.best == 1 && s.any(q.last, classOf) || s.the(q.first-1) && s.capital(q.first-1) && s.capital(q.first)
}

// countBefore gives the count before the one in hand, where it is in the same sentence.
func (s *scan) countBefore() (timeline.Count, bool) {
	n := len(s.facts.Counts)
	if n == 0 || s.facts.Counts[n-1].Sentence != s.sentence {
		return timeline.Count{}, false
	}
	return s.facts.Counts[n-1], true
}

// shared gives a count without an object that of the count before it in the
// sentence, where it goes on with it: "3,700 jobs in Germany, 1,600 in UK".
func (s *scan) shared(q quantity) (timeline.Span, string) {
	before, ok := s.countBefore()
	if ok && s.any(q.first-1, classTo) && !before.Object.IsZero() && before.Object.Start < before.Span.Start && s.sameClause(q) {
		return before.Object, before.Kind // "cases rose by 4,500 to 98,212"
	}
	if k := s.before(q.first); ok && s.any(k, classOutOf) && s.trail[len(s.trail)-1].last == k {
		return before.Object, before.Kind // "19 متهما من أصل 43"
	}
	if ok && s.any(q.last, classIn) && !s.any(q.last, classOf) && !before.Object.IsZero() && !s.pronoun(q) && math.Trunc(q.best) == q.best {
		return before.Object, before.Kind
	}
	return timeline.Span{}, ""
}

// sameClause reports whether no clause ends between the count before and the
// quantity.
func (s *scan) sameClause(q quantity) bool {
	for k := s.trail[len(s.trail)-1].last; k < q.first; k++ {
		if s.clauseEnd(k) {
			return false
		}
	}
	return true
}

// clauseEnd reports whether the token ends a clause.
func (s *scan) clauseEnd(i int) bool {
	if i < s.lo || i >= s.hi {
		return true
	}
	switch s.Tokens[i].Folded {
	case ".", ",", "،", ";", "؛", ":", "!", "?", "؟", "(", ")", "—", "•", "|":
		return true
	case "-":
		return !s.touches(i) || !s.touches(i+1) // "COVID-19 cases"
	}
	return false
}

// pronoun reports whether the counted are referred to: "ألفان منهم", "20 of them".
func (s *scan) pronoun(q quantity) bool {
	return s.any(q.last, classPronouns) || s.any(q.last, classOf) && s.any(s.after(q.last), classPronouns) ||
		s.any(q.first-1, classPronouns)
}

// endsIn reports whether the folded word at i ends in the letters.
func (s *scan) endsIn(i int, letters ...string) bool {
	if !s.word(i) {
		return false
	}
	for _, l := range letters {
		if strings.HasSuffix(s.Tokens[i].Folded, l) {
			return true
		}
	}
	return false
}

package extract

import (
	"math"
	"strings"
	"unicode/utf8"

	"marsad/timeline"
	"marsad/timeline/text"
)

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
	object, last := s.object(q)
	kind := s.kind(q, object, last)
	if object.IsZero() {
		object, kind = s.shared(q, kind)
	}
	if object.IsZero() && kind == "" && !s.pronoun(q) {
		if q.bound != timeline.Vague {
			s.addOther(whole, ending{kind: typeNumber, first: whole.first, last: whole.last})
		}
		return
	}
	if q.lo < 0 || q.best < 0 || q.hi < 0 {
		s.addOther(whole, ending{kind: typeNumber, first: whole.first, last: whole.last})
		return
	}
	if object.IsZero() && q.bound == timeline.Exact && q.n.digits && math.Trunc(q.best) != q.best {
		s.addOther(q, ending{kind: typeNumber, first: q.first, last: q.last})
		return
	}
	if kind == "" {
		kind = otherKind
	}
	c := timeline.Count{
		Span: s.span(q.first, q.last-1), Sentence: s.sentence,
		Lo: side(q.lo), Best: side(q.best), Hi: side(q.hi), Bound: q.bound,
		Object: object, Kind: kind, Negated: s.negated(q), Rule: "count." + string(q.bound),
	}
	s.facts.Counts = append(s.facts.Counts, c)
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
	return q.best == 1 && s.any(q.last, classOf) || s.the(q.first-1) && s.capital(q.first-1) && s.capital(q.first)
}

// shared gives a count without an object that of the count before it in the
// sentence, where it goes on with it: "3,700 jobs in Germany, 1,600 in UK", "12
// ألف إرهابي، نشط ألفان منهم". Of the latter only the kind is shared.
func (s *scan) shared(q quantity, kind string) (timeline.Span, string) {
	n := len(s.facts.Counts)
	if n == 0 || s.facts.Counts[n-1].Sentence != s.sentence {
		return timeline.Span{}, kind
	}
	before := s.facts.Counts[n-1]
	switch {
	case s.pronoun(q):
		if kind == "" {
			kind = before.Kind
		}
	case kind == "" && s.any(q.last, classIn) && !s.mark(q.last, "of") && !before.Object.IsZero() && math.Trunc(q.best) == q.best:
		return before.Object, before.Kind
	}
	return timeline.Span{}, kind
}

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
// -1: "cases top one million", "تجاوز عددهم 60".
func (s *scan) passed(q quantity) int {
	const reach = 2 // tokens
	for k := q.first - 1; k >= s.lo && k >= q.first-reach && s.word(k); k-- {
		if s.any(k, classBoundsPassing) {
			return k
		}
	}
	return -1
}

// clauseEnd reports whether the token ends a clause.
func (s *scan) clauseEnd(i int) bool {
	if i < s.lo || i >= s.hi {
		return true
	}
	switch s.Tokens[i].Folded {
	case ".", ",", "،", ";", "؛", ":", "!", "?", "؟", "(", ")", "-", "—", "•", "|":
		return true
	}
	return false
}

// pronoun reports whether the counted are referred to: "ألفان منهم", "20 of them".
func (s *scan) pronoun(q quantity) bool {
	return s.any(q.last, classPronouns) || s.any(q.last, classOf) && s.any(s.after(q.last), classPronouns) ||
		s.any(q.first-1, classPronouns)
}

// object finds the counted noun phrase: behind the number, also through من or
// "of", or, in Arabic, the definite noun before it ("الفرق الأربعة"). last is the
// token behind it.
func (s *scan) object(q quantity) (object timeline.Span, last int) {
	if k := s.passed(q); k > s.lo && s.spaced(k) && s.word(k-1) && !s.any(k-1, classFunction) {
		return timeline.Span{Start: s.Tokens[k-1].Start, End: s.Tokens[k-1].End}, q.last
	}
	at := q.last
	if s.any(at, classOf) && (q.bound == timeline.Vague || s.clitics(at) || q.n.scale >= 1000) && !s.any(s.after(at), classPronouns) {
		at = s.after(at)
	}
	if s.spaced(min(at, s.hi-1)) && s.any(at, classOf) && s.any(at+1, classFunction) && !s.any(at+1, classPronouns) {
		at += 2 // "up to 60 of its jets"
	} else if s.the(at) {
		at++
	}
	if s.mark(at, "«") || s.mark(at, "\"") {
		at++
	}
	if s.nounAt(at, q) {
		end := s.nounEnd(at)
		return timeline.Span{Start: s.Tokens[at].Start, End: s.Tokens[end-1].End}, end
	}
	if q.n.definite && s.word(q.first-1) && s.clitics(q.first-1) && s.articled(q.first-1) {
		return timeline.Span{Start: s.Tokens[q.first-1].Start, End: s.Tokens[q.first-1].End}, q.last
	}
	// "من طابق واحد": one stands behind its noun.
	if q.best == 1 && !q.n.digits && s.word(q.first-1) && s.clitics(q.first-1) && !s.any(q.first-1, classFunction) {
		return timeline.Span{Start: s.Tokens[q.first-1].Start, End: s.Tokens[q.first-1].End}, q.last
	}
	return timeline.Span{}, q.last
}

// nounAt reports whether a counted noun phrase may begin at token i.
func (s *scan) nounAt(i int, q quantity) bool {
	if !s.word(i) || s.Tokens[i].Script == text.Other || utf8.RuneCountInString(s.Tokens[i].Folded) < 2 {
		return false
	}
	if s.mark(i, "غير") && s.word(i+1) {
		return true
	}
	if s.any(i, classFunction, classPronouns, classOr, classAnd, classTo, classFrom, classBetween, classMonths, classWeekdays, classDays, classRelationsSince, classSaidVerbs, classSaid) {
		return false
	}
	if s.clitics(i) {
		p := s.glosses[i].prefix
		if p != "" && p != "ال" && len(s.glosses[i].senses) > 0 && p != "لل" {
			return false
		}
		// A conjunction or a verb begins something else, and so does a word that is
		// definite after digits: "20 السبت".
		if s.articled(i) && q.bound != timeline.Vague && !s.any(i-1, classOf) {
			return false
		}
		return !s.participle(i)
	}
	return !s.participle(i) || s.word(i+1) && !s.any(i+1, classFunction) && s.noun(i+1)
}

// noun reports whether an English word looks like a plural noun.
func (s *scan) noun(i int) bool {
	return strings.HasSuffix(s.Tokens[i].Folded, "s") || s.Tokens[i].Folded == "people" || strings.HasSuffix(s.Tokens[i].Folded, "men")
}

// participle reports whether the word says what happened rather than to what:
// "3 killed", "25 wounded", "19 قتلوا".
func (s *scan) participle(i int) bool { return s.any(i, classKind) && s.any(i, classParticiples) }

// nounEnd gives the token behind the noun phrase that begins at i: in Arabic the
// noun and an adjective of its form, in English the words up to one that is no
// part of a noun phrase.
func (s *scan) nounEnd(i int) int {
	const longest = 5 // words
	end := i + 1
	if s.clitics(i) {
		if s.mark(i, "غير") && s.word(end) {
			end++
		}
		return end
	}
	for end < s.hi && end < i+longest && s.word(end) && !s.any(end, classFunction, classFuture, classSaidVerbs, classWeekdays, classMonths, classDays) {
		if s.any(end, classKind) && s.participle(end) {
			break
		}
		if s.noun(end-1) && !s.noun(end) {
			break
		}
		if s.mark(end, "ago") {
			break
		}
		end++
	}
	return end
}

// kind tells what kind of thing is counted: by the words of the object, else by
// what stands near in the clause, behind first and then before. It is "" when
// nothing tells.
func (s *scan) kind(q quantity, object timeline.Span, objectEnd int) string {
	if !object.IsZero() {
		for k := q.first; k < objectEnd; k++ {
			if x, ok := s.is(k, classKind); ok {
				return x.text
			}
		}
	}
	const reach = 6 // tokens
	for k := objectEnd; k < s.hi && k < objectEnd+reach && !s.clauseEnd(k) && !s.number(k); k++ {
		if s.joined(k) || s.any(k, classAnd) {
			break
		}
		if x, ok := s.is(k, classKind); ok {
			return x.text
		}
	}
	for k := q.first - 1; k >= s.lo && k > q.first-reach && !s.clauseEnd(k); k-- {
		if s.number(k) {
			break
		}
		if x, ok := s.is(k, classKind); ok {
			return x.text
		}
	}
	return ""
}

// dual reads a counted dual: "رجلان", "غارتان".
func (s *scan) dual(i int) bool {
	if !s.any(i, classDuals) || s.definite(i) {
		return false
	}
	two := 2.0
	span := s.span(i, s.after(i)-1)
	kind := otherKind
	if x, ok := s.is(i, classKind); ok {
		kind = x.text
	} else if k := s.kind(quantity{first: i, last: s.after(i)}, timeline.Span{}, s.after(i)); k != "" {
		kind = k
	}
	s.facts.Counts = append(s.facts.Counts, timeline.Count{
		Span: span, Sentence: s.sentence, Lo: &two, Best: &two, Hi: &two,
		Bound: timeline.Exact, Object: span, Kind: kind, Rule: "count.dual",
	})
	return true
}

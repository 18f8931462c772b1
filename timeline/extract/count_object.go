package extract

import (
	"unicode/utf8"

	"marsad/timeline"
	"marsad/timeline/text"
)

// phrase is tokens [first, last) of a noun phrase; none when they are equal.
type phrase struct {
	first, last int
	before      bool // it stands before the number
}

func (p phrase) span(s *scan) timeline.Span {
	if p.first == p.last {
		return timeline.Span{}
	}
	return timeline.Span{Start: s.Tokens[p.first].Start, End: s.Tokens[p.last-1].End}
}

// object finds the counted noun phrase: behind the number, also through من or
// "of", else the definite noun before it ("الفرق الأربعة") or the one that governs
// it ("بلغ عدد النازحين 120 ألفا", "the number of deaths rose to 22").
func (s *scan) object(q quantity) phrase {
	i := q.first - 1
	if q.n.definite && q.n.scale == 1 && s.clitics(i) && (s.articled(i) || s.plainNoun(i) && s.endsIn(i, "ه", "ها", "هم")) {
		return phrase{i, i + 1, true}
	}
	at := q.last
	if of := s.after(at); s.any(at, classOf) && s.spaced(at) && s.number(of) && q.n.digits {
		if all, ok := s.numeral(of); ok {
			at = all.last // "410 of 436 seats"
		}
	} else if s.any(at, classOf) && s.spaced(of) && s.any(of, classFunction) && !s.any(of, classPronouns) {
		at = of + 1 // "four of the hostages", "60 of its jets", "19 of the 43 defendants"
		if all, ok := s.numeral(at); ok {
			at = all.last
		}
	} else if k := s.possessorEnd(of); s.any(at, classOf) && k > of {
		at = k // "2,000 of ISIS's fighters", "two of Iraq's 300 judges"
		if all, ok := s.numeral(at); ok {
			at = all.last
		}
	} else if s.any(at, classOf) && (q.bound == timeline.Vague || s.clitics(at) || q.n.scale >= 1000) && !s.any(s.after(at), classPronouns) {
		at = s.after(at)
		if s.clitics(at) && s.endsIn(at, "هم", "هن") && q.bound == timeline.Vague {
			return phrase{} // "مئات الآلاف من منازلهم": theirs
		}
	}
	if s.any(at, classMore) || s.any(at, classOthers) && s.any(s.after(at), classOf) {
		at = s.after(at) // "three more people", "ألوف آخرون من المهاجرين"
		if s.any(at, classOf) {
			at = s.after(at)
		}
	}
	if s.nounAt(at, q) {
		return phrase{at, s.nounEnd(at), false}
	}
	// "من طابق واحد": one stands behind its noun.
	if q.best == 1 && !q.n.digits && s.word(i) && s.clitics(i) && !s.any(i, classFunction) {
		return phrase{i, i + 1, true}
	}
	if s.pronoun(q) {
		return phrase{}
	}
	if k := s.before(q.first); s.any(k, classTotals) && s.articled(k) && !s.joined(k) && s.plainNoun(k-1) && s.articled(k-1) {
		return phrase{k - 1, k, true} // "جوائز المهرجان البالغة 19"
	}
	if p, ok := s.predicate(q); ok {
		return p
	}
	if p, ok := s.numberOf(q); ok {
		return p
	}
	if k := s.passed(q); k >= 0 && !s.spaced(k) {
		return phrase{}
	}
	return s.risen(q)
}

// possessorEnd gives the token behind the name at i that owns what follows it, or i.
func (s *scan) possessorEnd(i int) int {
	const longest = 4 // words of a name
	for k := i; k < i+longest && s.word(k) && s.spaced(k) && s.capital(k); k++ {
		if possessive(s.Tokens[k].Raw) {
			return k + 1
		}
		if s.mark(k+1, "'") && s.touches(k+1) && s.endsIn(k, "s") {
			return k + 2 // "of Hamas' fighters"
		}
	}
	return i
}

// predicate reads what the counted are said to be: "12 were women".
func (s *scan) predicate(q quantity) (phrase, bool) {
	at := q.last
	if x, ok := s.is(at, classPredicates); !ok || x.text != "copula" {
		return phrase{}, false
	}
	at++
	if !s.nounAt(at, q) {
		return phrase{}, false
	}
	end := s.nounEnd(at)
	return phrase{at, end, false}, s.many(end-1) && s.clauseEnd(end)
}

// governReach is how many tokens before a number the noun that governs it is
// looked for.
const governReach = 14

// numberOf reads the noun behind a word for its number, of which the quantity is
// said: "عدد القتلى 45", "عدد مقاتلي القاعدة في سوريا إلى نحو 31 ألفا", "the number
// of displaced people reached 2.4 million".
func (s *scan) numberOf(q quantity) (phrase, bool) {
	risen := s.any(s.before(q.first), classTo, classReaching, classRising, classBetween)
	for k := q.first - 1; k >= s.lo && k > q.first-governReach && !s.clauseEnd(k) && !s.counted(k); k-- {
		if s.any(k, classRising, classReaching, classBoundsPassing) {
			risen = true
		}
		if !s.any(k, classNumberOf) {
			continue
		}
		at := s.after(k)
		if s.spaced(at) && s.any(at, classArticle) {
			at = s.after(at)
		}
		if !s.word(at) || s.any(at, classFunction, classTotals, classDuals) || !s.clitics(at) && !s.many(s.nounEnd(at)-1) {
			return phrase{}, false
		}
		end := min(s.nounEnd(at), q.first)
		if end < q.first && !risen && !s.risesBefore(k) {
			return phrase{}, false
		}
		return phrase{at, end, true}, end > at
	}
	return phrase{}, false
}

// risesBefore reports whether a verb of which a number is said stands before the
// word at k: "قدرت المصادر عدد القتلى".
func (s *scan) risesBefore(k int) bool {
	const reach = 3 // words
	for i := k - 1; i >= s.lo && i >= k-reach && s.word(i); i-- {
		if s.any(i, classRising, classReaching, classBoundsPassing, classEstimating) {
			return true
		}
	}
	return false
}

// risen reads the noun whose number is said to have come to the quantity: "cases
// rose by 4,500 to 98,212", "community tests drop to 8", "cases top one million".
func (s *scan) risen(q quantity) phrase {
	if s.clitics(s.before(q.first)) {
		return s.risenBehind(q)
	}
	const reach = 6 // tokens
	for k := q.first - 1; k >= s.lo && k > q.first-reach && s.spaced(k); k-- {
		if !s.any(k, classRising, classBoundsPassing) {
			continue
		}
		head := s.subjectHead(k)
		if !s.many(head) || s.any(head, classTotals) {
			return phrase{}
		}
		first := head
		const longest = 3 // words
		for first > s.lo && first > head+1-longest && s.spaced(first-1) &&
			!s.any(first-1, classFunction, classSaidVerbs, classKind, classIn, classOf, classNumberOf) && !s.any(first-1, classAnd) {
			first--
		}
		return phrase{first, head + 1, true}
	}
	return phrase{}
}

// subjectHead gives the last word of the subject of the verb at k, before its
// auxiliaries.
func (s *scan) subjectHead(k int) int {
	const most = 3 // auxiliaries: "could now have"
	head := k - 1
	for head > s.lo && head > k-1-most && s.word(head) && s.any(head, classFunction, classFuture, classVagueTime) {
		head--
	}
	return head
}

// many reports whether a word stands at i for things that are counted, not for
// what is measured: "cases", not "prices".
func (s *scan) many(i int) bool {
	return s.word(i) && s.spaced(i) && s.noun(i) && !s.any(i, classFunction, classMeasured, classSaidVerbs, classTimeUnits) || s.any(i, classTotals)
}

// nounAt reports whether a counted noun phrase may begin at token i.
func (s *scan) nounAt(i int, q quantity) bool {
	if !s.word(i) || s.Tokens[i].Script == text.Other || utf8.RuneCountInString(s.Tokens[i].Folded) < 2 {
		return false
	}
	if s.any(i, classPrivatives) && s.word(i+1) {
		return true
	}
	if s.spaced(i) && s.any(i, classFunction) && (s.mark(i+1, "-") && s.touches(i+1) || i > s.lo && s.capital(i) && s.spaced(i+1) && s.capital(i+1) && !s.capital(i-1)) {
		return s.word(i+1) || s.word(i+2) // "two now-missing children", "two All Lives Matter demonstrators"
	}
	if x, says := s.is(i, classSaidVerbs); says && (x.weak || s.spaced(i) && s.many(i+1)) {
		return true // "3 كتب", "1,219 confirmed cases"
	}
	if s.any(i, classFunction, classPredicates, classIncluding, classPronouns, classOr, classAnd, classTo, classFrom, classBetween, classMonths, classWeekdays, classDays, classRelationsSince, classSaidVerbs, classSaid) {
		return false
	}
	if s.clitics(i) {
		if s.verbJoined(i) || s.presentPlural(i) {
			return false // "عارضه 50 وامتنع 30", "الآلاف يتظاهرون"
		}
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
	if s.any(i, classLastBefore, classNextBefore, classThisBefore, classRollingBefore) && s.any(s.after(i), classTimeUnits, classWeekdays, classMonths) {
		return false // "fell to 376,000 last week"
	}
	if s.past(i) || s.endsIn(i, "n't", "'ll", "'re", "'ve") {
		return false
	}
	if q.best > 1 && s.traits(i)&pastEd != 0 && s.endsIn(i, "ing") && !s.any(i, classKind) && !s.many(s.nounEnd(i)-1) {
		return false // "on 101 quoting reference"
	}
	return !s.participle(i) || s.word(i+1) && !s.any(i+1, classFunction) && s.noun(i+1)
}

// past reports whether an English verb in the past stands right behind a number:
// "1,094 discharged", "only 12 survived".
func (s *scan) past(i int) bool {
	return s.traits(i)&pastEd != 0 && s.endsIn(i, "ed") && (s.clauseEnd(i+1) || s.any(i+1, classFunction, classIn))
}

// noun reports whether an English word looks like a plural noun.
func (s *scan) noun(i int) bool {
	return s.endsIn(i, "s", "men") && !s.endsIn(i, "'s", "us", "ss", "is") || s.any(i, classPlurals)
}

// compoundPlural reports whether the plural at i goes with the one before it:
// "police officers", and in languages that say so an adjective behind its noun.
func (s *scan) compoundPlural(i int) bool {
	return s.noun(i) && (s.any(i-1, classPlurals) || s.traits(i)&adjectiveBehind != 0)
}

// participle reports whether the word says what happened rather than to what:
// "3 killed", "25 wounded", "19 قتلوا".
func (s *scan) participle(i int) bool { return s.any(i, classParticiples) }

// nounEnd gives the token behind the noun phrase that begins at i: in Arabic the
// noun with what belongs to it, else the words up to one that is no part of a noun
// phrase.
func (s *scan) nounEnd(i int) int {
	if s.clitics(i) {
		return s.arabicNounEnd(i)
	}
	const longest = 5 // words
	end := i + 1
	const most = 4 * longest // tokens, with hyphens
	for words := 1; end < s.hi && words < longest && end < i+most; words++ {
		if s.mark(end, "-") && s.touches(end) && s.touches(end+1) && (s.word(end+1) || s.number(end+1)) {
			end += 2 // "anti-government protesters"
			words--
			continue
		}
		if !s.word(end) || s.any(end, classFunction, classFuture, classSaidVerbs, classWeekdays, classMonths, classDays, classAgoAfter) ||
			s.participle(end) || s.noun(end-1) && !s.any(end-1, classAdjectives) && !s.compoundPlural(end) || s.past(end) {
			break
		}
		end++
	}
	return end
}

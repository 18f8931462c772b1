package extract

import "strings"

// arabicNounEnd gives the token behind the noun at i with what belongs to it: one
// adjective that agrees ("لاجئ سوري"), the noun that it is construed with ("قوات
// النظام", "رجل أعمال"), its feminine ("طالبا وطالبة").
func (s *scan) arabicNounEnd(i int) int {
	end := i + 1
	if s.any(i, classPrivatives) && s.word(end) {
		return end + 1
	}
	switch {
	case s.any(end, classPrivatives) && s.word(end+1):
		return end + 2 // "مهاجر غير شرعي"
	case s.feminineOf(end, i):
		return end + 1
	case s.construed(i, end):
		if s.agrees(end+1, end) {
			return end + 2 // "قوات الأمن العراقية"
		}
		return end + 1
	case s.agrees(end, i):
		return end + 1
	}
	return end
}

// presentPlural reports whether the word at i looks like a verb of what many do.
func (s *scan) presentPlural(i int) bool {
	return strings.HasPrefix(s.Tokens[i].Folded, "ي") && s.endsIn(i, "ون") && !s.endsIn(i, "يون")
}

// risenBehind reads the noun whose number is said to have come to the quantity by
// the verb before it: "تراجعت طلبات الإعانة إلى 376 ألفا".
func (s *scan) risenBehind(q quantity) phrase {
	if !s.any(s.before(q.first), classTo) && !strings.HasPrefix(s.glosses[q.first].prefix, "ل") {
		return phrase{}
	}
	const reach = 10 // tokens
	for k := q.first - 1; k >= s.lo && k > q.first-reach && !s.clauseEnd(k) && !s.counted(k); k-- {
		if !s.any(k, classRising) {
			continue
		}
		at := s.after(k)
		if !s.plainNoun(at) || !s.endsIn(at, "ات") || s.any(at, classMeasured, classTotals, classMeasures) {
			return phrase{}
		}
		return phrase{at, min(s.nounEnd(at), q.first), true}
	}
	return phrase{}
}

// feminineOf reports whether the word at i is "and" with the feminine of the noun.
func (s *scan) feminineOf(i, noun int) bool {
	if !s.clitics(i) {
		return false
	}
	m := strings.TrimSuffix(s.Tokens[noun].Folded, "ا")
	return s.Tokens[i].Folded == "و"+m+"ه" || strings.HasPrefix(m, "ال") && s.Tokens[i].Folded == "و"+m+"ه"
}

// construed reports whether the noun is bound to the one at i: to a definite one,
// or, where the word files say that it is so used, to any.
func (s *scan) construed(noun, i int) bool {
	if !s.plainNoun(i) || s.articled(noun) || s.endsIn(noun, "ا", "ين", "ون", "ان") && !s.any(noun, classConstruct) {
		return false
	}
	return s.any(noun, classConstruct) || s.articledBare(i) && !s.afterMany(noun)
}

// afterMany reports whether the noun follows a number that it is in the singular
// behind, as Arabic has it above ten.
func (s *scan) afterMany(noun int) bool {
	if s.any(noun-1, classScales, classScalesDual, classScalesConstruct) {
		return true
	}
	if s.number(noun - 1) {
		n, ok := s.digits(noun - 1)
		return ok && n.value > 10
	}
	x, ok := s.is(noun-1, classNumbers)
	return ok && x.value > 10
}

// afterFew reports whether the noun follows one of the numbers that it is in the
// plural behind.
func (s *scan) afterFew(noun int) bool {
	n, ok := s.simple(noun - 1)
	return ok && n.last == noun && n.value > 2 && n.value <= 10
}

// articledBare reports whether the Arabic word at i begins with the article and
// nothing before it.
func (s *scan) articledBare(i int) bool {
	return s.clitics(i) && strings.HasPrefix(s.Tokens[i].Folded, "ال")
}

// plainNoun reports whether the Arabic word at i may belong to a noun phrase: it
// is no word of the grammar and has no conjunction or preposition.
func (s *scan) plainNoun(i int) bool {
	if !s.clitics(i) || len([]rune(s.Tokens[i].Folded)) < 3 || s.any(i, classFunction, classHappening, classParticiples, classSaidVerbs, classTimeUnits, classYearNouns,
		classMonthNouns, classBoundsLessThan, classBoundsMoreThan, classBoundsAbout, classBoundsAtLeast, classBoundsAtMost,
		classBoundsAfterAtLeast, classBoundsAfterAtMost, classBoundsAfterAbout, classBetween, classWeekdays, classDays, classDay, classParts, classSaid, classRising, classBoundsPassing, classTo, classFrom, classPronouns, classIncluding) {
		return false
	}
	p := s.glosses[i].prefix
	return p == "" || p == "ال" || len(s.glosses[i].senses) == 0
}

// agrees reports whether the word at i looks like an adjective of the noun: both
// definite or both not, and with an ending that goes with that of the noun.
func (s *scan) agrees(i, noun int) bool {
	if !s.plainNoun(i) || s.articledBare(i) != s.articledBare(noun) {
		return false
	}
	if s.any(i, classAdjectives) {
		return true
	}
	raw := s.Tokens[i].Raw
	if strings.HasPrefix(raw, "و") || strings.HasPrefix(raw, "بال") || strings.HasPrefix(raw, "بم") || strings.HasPrefix(raw, "لل") {
		return false // most likely "and" or a preposition
	}
	if s.articledBare(i+1) && !s.articledBare(noun) || strings.HasPrefix(raw, "م") && s.any(i+1, classIn) {
		return false // "شخصية رفيعة المستوى", "شخصا متورطا في"
	}
	switch {
	case s.endsIn(noun, "ا"):
		return s.endsIn(i, "ا") && !s.endsIn(i, "وا") && (strings.ContainsRune(raw, 'ً') || s.endsIn(i, "يا"))
	case s.endsIn(noun, "ين", "ون", "ان"):
		return s.endsIn(i, "يين", "يون", "تين", "تان")
	case s.endsIn(noun, "ه", "ات"), s.afterFew(noun):
		return strings.HasSuffix(raw, "ة")
	case s.endsIn(i, "يه", "يين", "يون"):
		return strings.HasSuffix(raw, "ية") || !s.endsIn(i, "يه")
	case s.endsIn(i, "ي"):
		// What begins like a verb of the present is left to the list of adjectives.
		return !strings.HasPrefix(s.Tokens[i].Folded, "ي") && !strings.HasPrefix(s.Tokens[i].Folded, "ت") && !strings.HasPrefix(s.Tokens[i].Folded, "سي")
	}
	return false
}

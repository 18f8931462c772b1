package extract

import (
	"strings"

	"marsad/timeline/text"
)

// anchorClasses are those of which every date, and every stretch of time, has a
// word, unless it has a number that looks like part of one.
func anchorClasses() classSet {
	return setOf(
		classTimeUnits, classTimeUnitsDual, classMonths, classMonthsHijri, classWeekdays, classWeekdaysBare, classWeekdaysPlural,
		classWeekend, classDays, classDay, classParts, classThisDay, classSeasons, classQuarters, classQuarterLetters, classHalves,
		classHalfLetters, classDecades, classDecadesSpelled, classDecadeEnds, classYearNouns, classMonthNouns, classWeekNouns, classClock,
		classMeridiem, classEras, classEvents, classRest, classTimeSuffixes, classOrdinalEnds,
	)
}

// strangers are the classes of words that stand in no date before its anchor.
func strangers() classSet {
	return setOf(
		classFunction, classKind, classParticiples, classHappening, classIncluding, classTotals, classNumberOf, classRising, classMeasured,
		classApart, classAdjectives, classConstruct, classPlurals, classPredicates, classThat, classSaid, classSaidVerbs, classSources,
		classDuals, classPronouns, classPatronyms, classPlaces, classGivenNames, classNegations, classFinished, classLasting,
		classDoneTo, classFreed, classAddresses, classEstimating, classPrivatives, classWawNouns, classSingulars, classMeasures,
		classCurrencies, classScores, classIdentifiers, classBoundsPassing, classNames, classFuture, classPast, classPresent,
	)
}

// noteAnchors notes of each token whether an anchor stands at it, or behind it with
// nothing before that a date cannot have. Where none does, no date begins, which is
// much quicker to know than to find by trying.
func (s *scan) noteAnchors() {
	t := &s.Text
	if cap(s.anchored) < len(t.Tokens) {
		s.anchored = make([]bool, len(t.Tokens))
	}
	s.anchored = s.anchored[:len(t.Tokens)]
	for i := len(t.Tokens) - 1; i >= 0; i-- {
		if s.glosses[i].role == 0 && t.Tokens[i].Class == text.Word && t.Tokens[i].Folded != article {
			s.anchored[i] = false // most words
			continue
		}
		s.anchored[i] = s.isAnchor(i) || s.leadsOn(i) && s.anchoredBehind(i)
	}
}

// anchoredBehind reports whether an anchor is noted for what follows token i, or
// the phrase that begins there.
func (s *scan) anchoredBehind(i int) bool {
	for _, k := range [...]int{i + 1, i + s.glosses[i].tokens} {
		if k < len(s.anchored) && s.anchored[k] && s.Tokens[k].Sentence == s.Tokens[i].Sentence {
			return true
		}
	}
	return false
}

// leadsOn reports whether a date may go on behind token i.
func (s *scan) leadsOn(i int) bool {
	token := &s.Tokens[i]
	if token.Class != text.Word {
		return true
	}
	return s.glosses[i].role.is(leads) || token.Folded == article
}

// isAnchor reports whether token i is an anchor by itself: a word for time, a year, or
// a number that a mark of dates or another number in words follows.
func (s *scan) isAnchor(i int) bool {
	g := &s.glosses[i]
	if g.role.is(anchors) {
		return true
	}
	behind := ""
	if i+1 < len(s.Tokens) {
		behind = s.Tokens[i+1].Folded
	}
	if s.Tokens[i].Class == text.Number {
		digits := s.Tokens[i].Folded
		switch behind {
		case "/", "-", ":", "'":
			return true
		}
		if i > 1 && len(digits) <= 2 && s.Tokens[i-2].Class == text.Number {
			return true // "May 3 and 4"
		}
		return len(digits) == 4 && (digits[0] == '1' || digits[0] == '2') || strings.Count(digits, ".") == 2
	}
	if !g.role.is(cardinal) {
		return false
	}
	next := min(i+g.tokens, len(s.Tokens)-1)
	return behind == "-" || s.glosses[next].role.is(cardinal) || s.glosses[next].classes.has(classAnd)
}

package extract

// role is what a word can do in an expression. It follows from the word's classes,
// and is looked up in their place for each word of a text.
type role uint8

const (
	// begins: an expression may begin with it.
	begins role = 1 << iota
	// opens: one may begin with it when one that begins, a mark or another that
	// opens follows.
	opens
	// beginsDate: a date may begin with it.
	beginsDate
	// anchors: every date has such a word, see noteAnchors.
	anchors
	// leads: in a date it may stand before the anchor.
	leads
	// cardinal: it is a number in words.
	cardinal
)

func (r role) is(of role) bool { return r&of != 0 }

// giveRoles gives the words of all languages their roles.
func (l lexicon) giveRoles() {
	start, open, date, anchor, strange := starters(), openers(), dateStarters(), anchorClasses(), strangers()
	numbers := setOf(classNumbers, classScales, classScalesDual)
	for _, language := range l {
		for _, phrases := range language.entries {
			for at := range phrases {
				e := &phrases[at]
				e.give(begins, e.classes.meets(start))
				e.give(opens, e.classes.meets(open))
				e.give(beginsDate, e.classes.meets(date))
				e.give(anchors, e.classes.meets(anchor))
				e.give(leads, e.classes.beyond(strange))
				e.give(cardinal, e.classes.meets(numbers))
			}
		}
	}
}

func (e *entry) give(r role, can bool) {
	if can {
		e.role |= r
	}
}

// starters are the classes that an expression may begin with.
func starters() classSet {
	return setOf(
		classNumbers, classScales, classScalesDual, classVague, classSome, classOrdinals,
		classWhole,
		classTimeUnits, classTimeUnitsDual, classMonths, classMonthsHijri,
		classWeekdays, classWeekdaysBare, classWeekend, classDays, classDay, classParts,
		classModifiers, classLastButOne, classThisDay,
		classSeasons, classQuarters, classHalves, classQuarterLetters, classHalfLetters, classWeekNouns, classRest, classDecadesSpelled, classDecades, classYearNouns, classMonthNouns, classVagueTime,
		classDuals, classScalesConstruct, classFractions, classTwice, classNames,
	)
}

// openers are the classes that an expression may begin with when one of the
// starters, a mark or another opener follows.
func openers() classSet {
	return setOf(
		classArticle, classBetween, classFrom, classClock, classLastBefore, classRollingBefore, classThisBefore, classNextBefore,
		classAgoBefore, classSince, classHenceBefore, classRelationsAfter, classWithin, classReaching, classBoundsAbout, classBoundsAtLeast,
		classBoundsMoreThan, classBoundsAtMost, classBoundsLessThan, classBoundsEqual, classMinus,
	)
}

// dateStarters are the classes that a date may begin with, beside digits.
func dateStarters() classSet {
	return setOf(
		classNumbers, classScales, classScalesDual, classOrdinals, classArticle, classBoundsAbout, classBoundsMoreThan,
		classBoundsLessThan, classTimeUnits, classTimeUnitsDual, classMonths, classMonthsHijri, classWeekdays, classWeekdaysBare,
		classWeekend, classDays, classDay, classParts, classLastBefore, classRollingBefore, classThisBefore,
		classNextBefore, classAgoBefore, classSince, classHenceBefore, classRelationsAfter, classClock, classLastButOne, classThisDay, classModifiers, classSeasons, classQuarters, classQuarterLetters, classHalfLetters, classWeekNouns, classRest, classWithin, classDecadesSpelled,
		classHalves, classDecades, classYearNouns, classMonthNouns,
	)
}

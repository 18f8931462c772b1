package extract

// class is what the grammars know a word by; each is a section of the word files.
type class uint8

// The classes. See the files in words for what belongs in each.
const (
	classNumbers class = iota
	classMinus
	classPoint
	classScales
	classScalesDual
	classScalesConstruct
	classSuffixes
	classVague
	classSome
	classOrdinals
	classOrdinalEnds
	classFractions
	classDenominators
	classOutOf
	classAnd
	classArticle
	classBoundsAbout
	classBoundsAtLeast
	classBoundsMoreThan
	classBoundsAtMost
	classBoundsLessThan
	classBoundsEqual
	classBoundsPassing
	classBoundsAfterAtLeast
	classBoundsAfterAtMost
	classBoundsAfterAbout
	classReaching
	classBetween
	classFrom
	classTo
	classOr
	classOf
	classPercent
	classCurrencies
	classCurrencySigns
	classMeasures
	classTimeUnits
	classUnitsPlural
	classTimeUnitsDual
	classWhole
	classWholeAfter
	classTimeSuffixes
	classTimes
	classTwice
	classIdentifiers
	classScores
	classPhones
	classAgeBefore
	classAgeAfter
	classMonths
	classMonthsHijri
	classWeekdays
	classWeekdaysPlural
	classWeekdaysBare
	classWeekend
	classDays
	classDay
	classParts
	classClock
	classMeridiem
	classLast
	classLastBefore
	classRollingBefore
	classThis
	classThisBefore
	classNext
	classNextBefore
	classAfterNext
	classBeforeLast
	classLastButOne
	classLastButOneAfter
	classAgoBefore
	classAgoAfter
	classSince
	classHenceBefore
	classWithin
	classStarting
	classHenceAfter
	classModifiers
	classRest
	classEras
	classSeasons
	classQuarters
	classQuarterLetters
	classHalves
	classHalfLetters
	classDecades
	classDecadesSpelled
	classDecadeEnds
	classYearNouns
	classMonthNouns
	classWeekNouns
	classIn
	classOn
	classFuture
	classPast
	classPresent
	classVagueTime
	classRelationsSince
	classRelationsUntil
	classRelationsBefore
	classRelationsAfter
	classRelationsBetween
	classSaid
	classSaidVerbs
	classSources
	classDuals
	classPronouns
	classPatronyms
	classPlaces
	classEvents
	classFurther
	classZones
	classThisDay
	classCorresponding
	classFor
	classFinished
	classSets
	classMonthsShort
	classLasting
	classDeterminers
	classNegations
	classNames
	classParticiples
	classHappening
	classIncluding
	classTotals
	classNumberOf
	classRising
	classMeasured
	classApart
	classMore
	classRatios
	classAdjectives
	classConstruct
	classPlurals
	classPredicates
	classOthers
	classThat
	classDoneTo
	classFreed
	classAddresses
	classEstimating
	classPrivatives
	classWawNouns
	classSingulars
	classGivenNames
	classFunction
	classKind
)

// sections names the section of each class that the word files fill. Kinds come
// from Options.
func sections() map[string]class {
	names := [...]string{
		classNumbers:            "numbers",
		classMinus:              "minus",
		classPoint:              "point",
		classScales:             "scales",
		classScalesConstruct:    "scales.construct",
		classScalesDual:         "scales.dual",
		classSuffixes:           "suffixes",
		classVague:              "vague",
		classSome:               "some",
		classOrdinals:           "ordinals",
		classOrdinalEnds:        "ordinal_suffixes",
		classFractions:          "fractions",
		classDenominators:       "denominators",
		classOutOf:              "out_of",
		classAnd:                "and",
		classArticle:            "article",
		classBoundsAbout:        "bounds.about",
		classBoundsAtLeast:      "bounds.at_least",
		classBoundsMoreThan:     "bounds.more_than",
		classBoundsAtMost:       "bounds.at_most",
		classBoundsLessThan:     "bounds.less_than",
		classBoundsEqual:        "bounds.equal",
		classBoundsPassing:      "bounds.passing",
		classBoundsAfterAtLeast: "bounds_after.at_least",
		classBoundsAfterAtMost:  "bounds_after.at_most",
		classBoundsAfterAbout:   "bounds_after.about",
		classReaching:           "reaching",
		classBetween:            "between",
		classFrom:               "from",
		classTo:                 "to",
		classOr:                 "or",
		classOf:                 "of",
		classPercent:            "percent",
		classCurrencies:         "currencies",
		classCurrencySigns:      "currencies.signs",
		classMeasures:           "measures",
		classTimeUnits:          "time_units",
		classUnitsPlural:        "time_units.plural",
		classTimeUnitsDual:      "time_units.dual",
		classWhole:              "whole",
		classWholeAfter:         "whole_after",
		classTimeSuffixes:       "time_suffixes",
		classTimes:              "times",
		classTwice:              "twice",
		classIdentifiers:        "identifiers",
		classScores:             "scores",
		classPhones:             "phones",
		classAgeBefore:          "age_before",
		classAgeAfter:           "age_after",
		classMonths:             "months",
		classMonthsHijri:        "months.hijri",
		classWeekdays:           "weekdays",
		classWeekdaysPlural:     "weekdays.plural",
		classWeekdaysBare:       "weekdays.bare",
		classWeekend:            "weekend",
		classDays:               "days",
		classDay:                "day",
		classParts:              "parts",
		classClock:              "clock",
		classMeridiem:           "meridiem",
		classLast:               "last",
		classLastBefore:         "last_before",
		classRollingBefore:      "rolling_before",
		classThis:               "this",
		classThisBefore:         "this_before",
		classNext:               "next",
		classNextBefore:         "next_before",
		classAfterNext:          "after_next",
		classBeforeLast:         "before_last",
		classLastButOne:         "last_but_one",
		classLastButOneAfter:    "last_but_one_after",
		classAgoBefore:          "ago_before",
		classAgoAfter:           "ago_after",
		classSince:              "since",
		classHenceBefore:        "hence_before",
		classWithin:             "within",
		classStarting:           "starting",
		classHenceAfter:         "hence_after",
		classModifiers:          "modifiers",
		classRest:               "rest",
		classEras:               "eras",
		classSeasons:            "seasons",
		classQuarters:           "quarters",
		classQuarterLetters:     "quarter_letters",
		classHalves:             "halves",
		classHalfLetters:        "half_letters",
		classDecades:            "decades",
		classDecadesSpelled:     "decades.spelled",
		classDecadeEnds:         "decade_suffixes",
		classYearNouns:          "year_nouns",
		classMonthNouns:         "month_nouns",
		classWeekNouns:          "week_nouns",
		classIn:                 "in",
		classOn:                 "on",
		classFuture:             "future",
		classPast:               "past",
		classPresent:            "present",
		classVagueTime:          "vague_time",
		classRelationsSince:     "relations.since",
		classRelationsUntil:     "relations.until",
		classRelationsBefore:    "relations.before",
		classRelationsAfter:     "relations.after",
		classRelationsBetween:   "relations.between",
		classSaid:               "said",
		classSaidVerbs:          "said.verbs",
		classSources:            "sources",
		classDuals:              "duals",
		classNames:              "names",
		classParticiples:        "participles",
		classHappening:          "happening",
		classIncluding:          "including",
		classTotals:             "totals",
		classNumberOf:           "number_of",
		classRising:             "rising",
		classMeasured:           "measured",
		classApart:              "apart",
		classMore:               "more",
		classRatios:             "ratios",
		classAdjectives:         "adjectives",
		classConstruct:          "construct",
		classPlurals:            "plurals",
		classPredicates:         "predicates",
		classOthers:             "others",
		classThat:               "that",
		classDoneTo:             "done_to",
		classFreed:              "freed",
		classAddresses:          "addresses",
		classEstimating:         "estimating",
		classPrivatives:         "privatives",
		classWawNouns:           "waw_nouns",
		classSingulars:          "singulars",
		classPronouns:           "pronouns",
		classGivenNames:         "given_names",
		classPatronyms:          "patronyms",
		classPlaces:             "places",
		classEvents:             "events",
		classFurther:            "further",
		classZones:              "zones",
		classThisDay:            "this_day",
		classCorresponding:      "corresponding",
		classFor:                "for",
		classFinished:           "finished",
		classSets:               "sets",
		classMonthsShort:        "months.short",
		classLasting:            "lasting",
		classDeterminers:        "determiners",
		classNegations:          "negations",
		classFunction:           "function",
	}
	m := make(map[string]class, len(names))
	for c, name := range names {
		m[name] = class(c)
	}
	return m
}

// classSet is a set of classes.
type classSet [3]uint64

// A class more than the set has room for does not compile.
const _ = uint(len(classSet{})*64 - 1 - int(classKind))

func (s *classSet) add(c class)      { s[c/64] |= 1 << (c % 64) }
func (s *classSet) join(t *classSet) { s[0], s[1], s[2] = s[0]|t[0], s[1]|t[1], s[2]|t[2] }
func (s classSet) has(c class) bool  { return s[c/64]&(1<<(c%64)) != 0 }

func (s classSet) meets(t classSet) bool { return s[0]&t[0]|s[1]&t[1]|s[2]&t[2] != 0 }

// beyond reports whether the set has a class that t has not.
func (s classSet) beyond(t classSet) bool { return s[0]&^t[0]|s[1]&^t[1]|s[2]&^t[2] != 0 }

func setOf(cs ...class) classSet {
	var s classSet
	for _, c := range cs {
		s.add(c)
	}
	return s
}

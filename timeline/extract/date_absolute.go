package extract

// absolute reads a date that names its day, month, year or longer unit, at i.
func (s *scan) absolute(i int) (date, bool) {
	if i < s.lo || i >= s.hi {
		return date{}, false
	}
	digits := s.number(i) || s.mark(i, "(") || s.mark(i, article)
	for k := range s.families {
		f := &s.families[k]
		if (!f.digits || !digits) && !s.glosses[i].classes.meets(f.begins) {
			continue
		}
		if d, ok := f.read(s, i); ok {
			d.first = i
			return d, true
		}
	}
	return date{}, false
}

// family is a family of dates with what its dates begin with.
type family struct {
	read   func(*scan, int) (date, bool)
	begins classSet
	digits bool // or a number in digits, or a bracket before one
}

// families are those of absolute dates, in the order in which they are asked.
func families() []family {
	return []family{
		{read: (*scan).numericDate, digits: true},
		{read: (*scan).nested, digits: true, begins: setOf(
			classWeekdays, classWeekdaysBare, classDay, classDays, classOrdinals, classNumbers, classLastBefore, classNextBefore,
			classThisBefore, classModifiers, classTimeUnits, classTimeUnitsDual, classArticle, classRollingBefore, classLastButOne, classWeekNouns,
		)},
		{read: (*scan).dayMonth, digits: true, begins: setOf(classOrdinals, classNumbers, classArticle)},
		{read: (*scan).dayAgain, digits: true},
		{read: (*scan).monthDay, begins: setOf(classMonths, classMonthNouns)},
		{read: (*scan).hijriDate, digits: true, begins: setOf(classOrdinals, classNumbers, classMonthNouns, classMonthsHijri)},
		{read: (*scan).partOfYear, digits: true, begins: setOf(
			classOrdinals, classNumbers, classQuarters, classHalves, classQuarterLetters, classHalfLetters, classSeasons,
			classYearNouns, classLastBefore, classNextBefore, classThisBefore,
		)},
		{read: (*scan).numberedWeek, begins: setOf(classWeekNouns)},
		{read: (*scan).decadeOrCentury, digits: true, begins: setOf(
			classDecades, classDecadesSpelled, classTimeUnits, classOrdinals, classNumbers, classArticle,
		)},
		{read: (*scan).monthYear, digits: true, begins: setOf(classMonths, classMonthNouns)},
		{read: (*scan).year, digits: true, begins: setOf(classYearNouns, classNumbers, classScales, classScalesDual, classThisDay)},
	}
}

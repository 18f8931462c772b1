package extract

import "marsad/timeline"

// absolute reads a date that names its day, month, year or longer unit, at i.
func (s *scan) absolute(i int) (date, bool) {
	for _, read := range []func(int) (date, bool){
		s.numericDate, s.nested, s.dayMonth, s.monthDay, s.hijriDate, s.partOfYear, s.numberedWeek, s.decadeOrCentury, s.monthYear, s.year,
	} {
		if d, ok := read(i); ok {
			d.first = i
			return d, true
		}
	}
	return date{}, false
}

// rangeOf is the stretch from the beginning of a to the end of b.
func rangeOf(a, b date) date {
	a.Hi, a.last = b.Hi, b.last
	if a.precision != b.precision {
		a.precision = timeline.UnknownGrain
	}
	a.timex, a.relation, a.rule = a.timex+"/"+b.timex, timeline.BetweenDates, a.rule+".range"
	return a
}

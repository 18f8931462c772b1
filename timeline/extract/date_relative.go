package extract

import (
	"time"
)

// relative reads a date that is told from the day of publication, at i.
func (s *scan) relative(i int) (date, bool) {
	if i < s.lo || i >= s.hi {
		return date{}, false
	}
	for k := range s.relatives {
		f := &s.relatives[k]
		if !f.digits && !s.glosses[i].classes.meets(f.begins) {
			continue
		}
		if d, ok := f.read(s, i); ok {
			d.first = i
			if d.rule == "" {
				d.rule = "date.relative"
			}
			return d, true
		}
	}
	return date{}, false
}

// relativeFamilies are those of relative dates, in the order in which they are
// asked. Those with digits begin with any quantity.
func relativeFamilies() []family {
	ways := setOf(classLastBefore, classNextBefore, classThisBefore)
	with := func(cs ...class) classSet {
		all := ways
		for _, c := range cs {
			all.add(c)
		}
		return all
	}
	return []family{
		{read: (*scan).unitsAgo, digits: true},
		{read: (*scan).rollingUnits, digits: true},
		{read: (*scan).deictic, begins: setOf(classDays, classDay)},
		{read: (*scan).weekday, begins: with(classWeekdays, classDay)},
		{read: (*scan).weekendDate, begins: with(classWeekend)},
		{read: (*scan).relativeUnit, begins: with(classTimeUnits)},
		{read: (*scan).partOfToday, begins: ways},
	}
}

// deictic reads "today", "أمس الأول", "بعد غد", with the weekday that may follow:
// "اليوم الأحد".
func (s *scan) deictic(i int) (date, bool) {
	at := i
	if s.any(i, classDay) && s.clitics(i) {
		at = s.after(i) // "يوم غد"
	}
	x, ok := s.is(at, classDays)
	if !ok || x.weak || at > i && x.value == 0 {
		return date{}, false
	}
	at = s.after(at)
	if s.mark(at, ":") && at+1 == s.hi {
		return date{}, false // the byline of a paper that is named so
	}
	days := int(x.value)
	if days == 0 && s.clitics(at-1) {
		switch { // "اليوم السابق"
		case s.any(at, classLast):
			days, at = -1, s.after(at)
		case s.any(at, classNext):
			days, at = 1, s.after(at)
		}
	}
	d := dayDate(civilDay(s.ref).AddDate(0, 0, days))
	if s.any(at, classWeekdays) && s.clitics(at) && !s.joined(at) {
		at = s.after(at)
	}
	d.last, d.rule = at, "date.deictic"
	return d, true
}

// relativeUnit reads "last year", "this month", "العام الماضي", "الشهر الجاري",
// "هذا الأسبوع", "next week".
func (s *scan) relativeUnit(i int) (date, bool) {
	at, way, said := i, 0, false
	switch {
	case s.any(at, classLastBefore):
		x, _ := s.is(at, classLastBefore)
		way, said, at = -1, !x.weak, s.after(at)
	case s.any(at, classNextBefore):
		way, said, at = 1, true, s.after(at)
	case s.any(at, classThisBefore):
		said, at = true, s.after(at)
	}
	if said && s.spaced(at-1) {
		if d, ok := s.relativeMonth(at, way); ok {
			return d, true
		}
	}
	u, ok := s.is(at, classTimeUnits)
	if !ok || u.weak || at > i && !said {
		return date{}, false
	}
	last := s.after(at)
	if s.clitics(at) && !s.articled(at) || !s.singular(at) {
		return date{}, false
	}
	switch {
	case s.any(last, classLast):
		way, said, last = -1, true, s.after(last)
	case s.any(last, classNext):
		way, said, last = 1, true, s.after(last)
	case s.any(last, classThis):
		way, said, last = 0, true, s.after(last)
	}
	if !said {
		return date{}, false
	}
	d, ok := unitDate(civilDay(s.ref), u.text, way)
	if u.text == unitDecade {
		d, ok = decadeDate(s.ref.Year()+10*way), true
	}
	d.last, d.rule = last, "date.relative_unit"
	return d, ok
}

// relativeMonth reads the month or the season of "last March", "next summer".
func (s *scan) relativeMonth(at, way int) (date, bool) {
	ref := civilDay(s.ref)
	if x, ok := s.is(at, classSeasons); ok {
		d := seasonDate(ref.Year()+way, time.Month(int(x.value)))
		if way < 0 && seasonDate(ref.Year(), time.Month(int(x.value))).Hi.Before(ref) {
			d = seasonDate(ref.Year(), time.Month(int(x.value)))
		}
		d.last, d.rule = s.after(at), "date.relative_season"
		return d, true
	}
	x, ok := s.is(at, classMonths)
	if !ok {
		return date{}, false
	}
	y, m := ref.Year(), time.Month(int(x.value))
	switch {
	case way < 0 && m >= ref.Month():
		y--
	case way > 0 && m <= ref.Month():
		y++
	}
	d := monthDate(y, m)
	d.last, d.rule = s.after(at), "date.relative_month"
	return d, true
}

// partOfToday reads "this morning".
func (s *scan) partOfToday(i int) (date, bool) {
	if !s.any(i, classThisBefore) || !s.any(s.after(i), classParts) {
		return date{}, false
	}
	d := dayDate(civilDay(s.ref))
	d.last, d.rule = s.after(s.after(i)), "date.part_of_day"
	return d, true
}

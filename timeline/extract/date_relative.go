package extract

import "time"

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
		{read: (*scan).namedSeason, begins: setOf(classSeasons)},
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
	day := civilDay(s.ref).AddDate(0, 0, int(x.value))
	if x.value == 0 && s.clitics(at-1) {
		if w, end, ok := s.wayBehind(at); ok && w.steps != 0 {
			day, at = s.anchor(w).AddDate(0, 0, w.steps), end // "اليوم السابق"
		}
	}
	d := dayDate(day)
	d.last, d.rule = s.sameWeekday(at, day), "date.deictic"
	return d, true
}

// sameWeekday gives the token behind the weekday that a day is named by once more:
// "اليوم الأحد", "بعد غد، الخميس".
func (s *scan) sameWeekday(at int, day time.Time) int {
	name := at
	if s.mark(at, ",") || s.mark(at, "،") {
		name++
	}
	x, ok := s.is(name, classWeekdays)
	if !ok || !s.clitics(name) || s.joined(name) || name > at && int(x.value) != int(day.Weekday()) {
		return at
	}
	return s.after(name)
}

// relativeMonth reads the month or the season of "last March", "next summer".
func (s *scan) relativeMonth(at, steps int) (date, bool) {
	if x, ok := s.is(at, classSeasons); ok {
		d := s.seasonBy(time.Month(int(x.value)), steps)
		d.last, d.rule = s.after(at), "date.relative_season"
		return d, true
	}
	x, ok := s.is(at, classMonths)
	if !ok || x.weak && !s.capital(at) {
		return date{}, false // "this may be"
	}
	ref := civilDay(s.ref)
	y, m := ref.Year(), time.Month(int(x.value))
	switch {
	case steps < 0 && m >= ref.Month():
		y--
	case steps > 0 && m <= ref.Month():
		y++
	}
	d := monthDate(y, m)
	d.last, d.rule = s.after(at), "date.relative_month"
	return d, true
}

// partOfToday reads "this morning".
func (s *scan) partOfToday(i int) (date, bool) {
	w, at, ok := s.wayBefore(i)
	if !ok || w.steps != 0 || !s.any(at, classParts) {
		return date{}, false
	}
	d := dayDate(civilDay(s.ref))
	d.last, d.rule = s.after(at), "date.part_of_day"
	return d, true
}

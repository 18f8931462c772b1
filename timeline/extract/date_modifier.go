package extract

import "marsad/timeline"

// The modifiers of dates, as the word files name them.
const (
	modifierEarly = "early"
	modifierMid   = "mid"
	modifierLate  = "late"
	modifierBegin = "begin"
	modifierEnd   = "end"
	modifierFirst = "first" // a day of a month, else the beginning
)

// modifier gives what the modifier at i is.
func (s *scan) modifier(i int) string {
	x, _ := s.is(i, classModifiers)
	return x.text
}

// narrow gives the part of a week, a month or a year that a modifier leaves of
// it; the precision stays that of the unit named. Early and late are halves of
// months and years, the beginning and the end of a month ten days, of a year
// three and four months; in weeks both are three days. Of other units, and in
// the middle of weeks and years, all is left.
func narrow(d date, modifier string) timeline.Interval {
	lo, hi := d.Lo, d.Hi
	switch d.precision { //nolint:exhaustive // the others are left whole
	case timeline.Week:
		switch modifier {
		case modifierEarly, modifierBegin, modifierFirst:
			hi = lo.AddDate(0, 0, 3)
		case modifierLate, modifierEnd:
			lo = lo.AddDate(0, 0, 4)
		}
	case timeline.Month:
		switch modifier {
		case modifierEarly:
			hi = lo.AddDate(0, 0, 15)
		case modifierFirst:
			hi = lo.AddDate(0, 0, 1)
		case modifierBegin:
			hi = lo.AddDate(0, 0, 10)
		case modifierMid:
			lo, hi = lo.AddDate(0, 0, 10), lo.AddDate(0, 0, 20)
		case modifierLate:
			lo = lo.AddDate(0, 0, 15)
		case modifierEnd:
			lo = lo.AddDate(0, 0, 20)
		}
	case timeline.Year:
		switch modifier {
		case modifierEarly:
			hi = lo.AddDate(0, 6, 0)
		case modifierBegin, modifierFirst:
			hi = lo.AddDate(0, 3, 0)
		case modifierLate:
			lo = lo.AddDate(0, 6, 0)
		case modifierEnd:
			lo = lo.AddDate(0, 8, 0)
		}
	}
	if !lo.Before(hi) {
		return d.Interval
	}
	return timeline.Interval{Lo: lo, Hi: hi}
}

// restEarlier is what is over of a current unit, as the word files name it; the
// others are what is left.
const restEarlier = "earlier"

// restOf reads what is left of the unit that the publication lies in, or what is
// over of it: "the rest of the week", "later this month", "earlier this year".
func (s *scan) restOf(i int) (date, bool) {
	part, _ := s.is(i, classRest)
	at := s.after(i)
	if s.any(at, classIn) {
		at = s.after(at)
	}
	d, ok := s.relativeUnit(at)
	if !ok {
		if d, ok = s.currentUnit(at); !ok {
			return date{}, false
		}
	}
	today := civilDay(s.ref)
	if !d.Lo.Before(today) || !today.Before(d.Hi) || !d.precision.IsCalendar() {
		return date{}, false
	}
	if part.text == restEarlier {
		d.Hi = today
	} else {
		d.Lo = today
	}
	d.first, d.rule = i, "date.rest"
	return d, true
}

// currentUnit reads the unit that the publication lies in where a word before it
// leaves no doubt: "the year" in "the end of the year", "العام" in "نهاية العام".
func (s *scan) currentUnit(at int) (date, bool) {
	if s.any(at, classYearNouns) && s.glosses[at].tokens > 1 && !s.number(s.after(at)) {
		d, ok := unitDate(civilDay(s.ref), unitYear, 0) // "the year"
		d.last, d.rule = s.after(at), "date.current_unit"
		return d, ok
	}
	if s.any(at, classArticle, classDeterminers) && s.spaced(at) {
		at = s.after(at)
	}
	u, ok := s.is(at, classTimeUnits)
	if !ok || !s.singular(at) || u.weak || s.clitics(at) && !s.articled(at) || s.number(s.after(at)) || s.any(s.after(at), classOf, classOrdinals) {
		return date{}, false
	}
	switch u.text {
	case unitWeek, unitMonth, unitYear:
	default:
		return date{}, false
	}
	d, ok := unitDate(civilDay(s.ref), u.text, 0)
	d.last, d.rule = s.after(at), "date.current_unit"
	return d, ok
}

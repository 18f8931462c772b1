package extract

import "marsad/timeline"

// The modifiers of dates, as the word files name them.
const (
	modifierEarly = "early"
	modifierMid   = "mid"
	modifierLate  = "late"
	modifierBegin = "begin"
	modifierEnd   = "end"
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
		case modifierEarly, modifierBegin:
			hi = lo.AddDate(0, 0, 3)
		case modifierLate, modifierEnd:
			lo = lo.AddDate(0, 0, 4)
		}
	case timeline.Month:
		switch modifier {
		case modifierEarly:
			hi = lo.AddDate(0, 0, 15)
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
		case modifierBegin:
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

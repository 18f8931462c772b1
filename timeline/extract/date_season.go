package extract

import "time"

// season reads "summer 2015", "صيف العام 2015", "the winter of 2014-15".
func (s *scan) season(i int) (date, bool) {
	x, ok := s.is(i, classSeasons)
	if !ok {
		return date{}, false
	}
	y, last, hijri, ok := s.yearAfter(s.after(i))
	if !ok {
		y, last, ok = s.unitOfYear(s.after(i)) // "صيف العام الماضي"
	}
	if !ok || hijri {
		return date{}, false
	}
	if second, end, ok := s.secondYear(y, last); ok && second == y+1 {
		last = end
	}
	d := seasonDate(y, time.Month(int(x.value)))
	d.last, d.rule = last, "date.season"
	return d, true
}

// namedSeason reads a season by its name alone, where it is said in which way it
// lies ("الصيف الماضي") or a time is asked for ("by autumn", "in the spring").
func (s *scan) namedSeason(i int) (date, bool) {
	x, _ := s.is(i, classSeasons)
	if w, last, ok := s.wayBehind(s.after(i)); ok && s.articled(i) {
		d := s.seasonBy(time.Month(int(x.value)), w.steps)
		d.last, d.rule = last, "date.relative_season"
		return d, true
	}
	before := s.before(i)
	if s.the(before) {
		before = s.before(before)
	}
	last := s.after(i)
	if s.clitics(i) || !s.any(before, classIn, classRelationsSince, classRelationsUntil) || s.mark(before, "of") ||
		!s.clauseEnd(last) && !s.any(last, classFunction) {
		return date{}, false
	}
	if s.any(before, classRelationsSince) {
		begun := s.seasonBy(time.Month(int(x.value)), 0)
		if begun.Lo.After(s.ref) {
			begun = s.seasonBy(time.Month(int(x.value)), -1)
		}
		begun.last, begun.rule = last, "date.season_without_year"
		return begun, true
	}
	ref := civilDay(s.ref)
	nearest := seasonDate(ref.Year(), time.Month(int(x.value)))
	for _, y := range []int{ref.Year() - 1, ref.Year() + 1} {
		if d := seasonDate(y, time.Month(int(x.value))); distance(d.Lo, ref) < distance(nearest.Lo, ref) {
			nearest = d
		}
	}
	nearest.last, nearest.rule = last, "date.season_without_year"
	return nearest, true
}

// seasonBy gives the last season of a name that is over, the one of this year, or
// the next that is to begin.
func (s *scan) seasonBy(m time.Month, steps int) date {
	ref := civilDay(s.ref)
	d := seasonDate(ref.Year(), m)
	switch {
	case steps < 0 && d.Hi.After(ref):
		d = seasonDate(ref.Year()-1, m)
		if d.Hi.After(ref) {
			d = seasonDate(ref.Year()-2, m)
		}
	case steps > 0 && !d.Lo.After(ref):
		d = seasonDate(ref.Year()+1, m)
	}
	return d
}

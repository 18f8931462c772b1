package story

import (
	"slices"
	"strconv"
	"time"
)

func formatValue(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// calendarDay is the day of so many since 1970.
func calendarDay(day int32) time.Time { return time.Unix(int64(day)*24*60*60, 0).UTC() }

// weekOfDay gives the Monday of a day's week.
func weekOfDay(day int32) int32 {
	return day - int32((calendarDay(day).Weekday()+6)%7)
}

// monthOfDay gives the first of a day's month.
func monthOfDay(day int32) int32 { return day - int32(calendarDay(day).Day()) + 1 }

// agreement is how well the dates of two events agree.
type agreement uint8

const (
	apart  agreement = iota
	loose            // one lies in the other, or beside a day that is about
	strict           // they are one
)

func (c *clause) agrees(o *clause) agreement {
	switch {
	case c.grain == o.grain && c.lo == o.lo && c.hi == o.hi:
		return strict
	case c.grain == ofDay && o.grain == ofDay:
		// A headline is of the day on which it is printed, and what it tells of
		// may be of the day before.
		if c.about && !o.about && c.lo == o.lo+1 || o.about && !c.about && o.lo == c.lo+1 {
			return loose
		}
	case c.grain != ofSpan && o.grain != ofSpan && (c.lo <= o.lo && o.hi <= c.hi || o.lo <= c.lo && c.hi <= o.hi):
		return loose
	}
	return apart
}

// The weights of what clauses share. Names and figures tell more than words.
const (
	nameWeight   = 2.0
	figureWeight = 1.5
)

// overlap is what two clauses have in common.
type overlap struct {
	share   float64 // of the weight of the clause that weighs less, 0 to 1
	words   int     // that both have: words, names and figures
	names   int     // of those
	renamed int     // names that each has of its own, of the one that has fewer such
	deeds   int
	places  int
	within  int // places of one that lie in a place of the other
	actors  int
	counts  int

	otherPlace, otherActor bool // both have some and share none
	otherCount             bool // they count the same kind and share no value
	refigured              bool // each has figures that the other has not
}

// of is 1 for a token of the class and 0 for others.
func (t token) of(c class) int {
	if t.class() == c {
		return 1
	}
	return 0
}

func weigh(t token) float64 {
	switch t.class() {
	case name:
		return nameWeight
	case figure:
		return figureWeight
	case word:
	}
	return 1
}

// compare compares the clause, whose words are also in set, with another.
func (c *clause) compare(o *clause, set *hashes) (in overlap) {
	var own, others, shared float64
	ownNames, ownFigures, otherNames, otherFigures := 0, 0, 0, 0
	for _, t := range c.tokens {
		own += weigh(t)
		ownNames += t.of(name)
		ownFigures += t.of(figure)
	}
	for _, t := range o.tokens {
		others += weigh(t)
		if !set.has(t.hash()) {
			otherNames += t.of(name)
			otherFigures += t.of(figure)
			continue
		}
		k := slices.IndexFunc(c.tokens, func(u token) bool { return u.hash() == t.hash() })
		u := c.tokens[k]
		in.words++
		in.names += max(t.of(name), u.of(name))
		ownNames -= u.of(name)
		ownFigures -= u.of(figure)
		shared += max(weigh(t), weigh(u))
	}
	in.renamed, in.refigured = min(ownNames, otherNames), ownFigures > 0 && otherFigures > 0
	if least := min(own, others); least > 0 {
		in.share = min(1, shared/least)
	}
	in.deeds, in.places = sharedHashes(c.deeds, o.deeds), sharedHashes(c.places, o.places)
	in.actors, in.counts = sharedHashes(c.actors, o.actors), sharedHashes(c.counts, o.counts)
	if in.places == 0 {
		in.within = sharedHashes(c.places, o.around) + sharedHashes(c.around, o.places)
	}
	in.otherPlace = in.places+in.within == 0 && len(c.places) > 0 && len(o.places) > 0
	in.otherActor = in.actors == 0 && len(c.actors) > 0 && len(o.actors) > 0
	in.otherCount = in.counts == 0 && sharedHashes(c.kinds, o.kinds) > 0
	return in
}

func holdsToken(in []token, t token) bool {
	return slices.ContainsFunc(in, func(u token) bool { return u.hash() == t.hash() })
}

func sharedHashes(a, b []uint16) (n int) {
	for _, h := range a {
		if slices.Contains(b, h) {
			n++
		}
	}
	return n
}

// liken gives how sure it is that two clauses tell of one happening; 0 when it is
// not sure. The words of c are also in set. The limits were set on testdata/happenings.
func (c *clause) liken(o *clause, set *hashes) float64 {
	date := c.agrees(o)
	if date == apart {
		return 0
	}
	in := c.compare(o, set)
	same := in.isAcross()
	if c.foreign == o.foreign {
		same = in.isOne(date)
	} else if date != strict {
		same = false
	}
	if !same {
		return 0
	}
	l := in.share + float64(in.deeds+in.places+in.actors+in.counts)
	if date == strict {
		l++
	}
	return l
}

// isOne is for clauses of one language.
func (in *overlap) isOne(date agreement) bool {
	where := in.places + in.names + in.actors
	switch {
	case in.within > 0 && (date == loose || in.counts == 0 || in.deeds == 0 || in.otherActor || in.renamed > 1): // the places themselves are each a name of its own
		return false
	case in.within > 0:
		return in.words >= 3 && in.share >= 0.35
	case in.words < 3, in.otherPlace, in.refigured && !in.otherCount:
		return false
	case date == loose:
		return in.share >= 0.6 && where > 0 && in.deeds > 0 && in.words >= 4 && !in.otherCount && !in.otherActor
	case in.share >= 0.7 && in.words >= 4:
		return where > 0 || in.counts > 0
	case in.otherActor, in.otherCount && in.share < 0.5, in.renamed > 1:
		return false
	case in.deeds == 0:
		return in.share >= 0.55 && where > 1
	}
	return in.share >= 0.35 && where > 0
}

// isAcross is for clauses of two languages: the lexicon, deeds and counts are all
// that they can share.
func (in *overlap) isAcross() bool {
	if in.otherPlace || in.otherActor || in.otherCount || in.deeds == 0 || in.places+in.within == 0 {
		return false
	}
	if in.within > 0 {
		return in.counts > 0 && in.deeds > 1
	}
	return in.counts > 0 || in.actors > 0 && in.deeds > 1
}

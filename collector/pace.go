package collector

import (
	"slices"
	"strconv"
	"time"

	"marsad/internal/schedule"
	"marsad/timeline"
)

// signsOf gives what `auto` decides by.
func signsOf(p *timeline.FeedPace, at time.Time) schedule.Signs {
	return schedule.Signs{NewEvery: p.NewEvery(at), Asked: p.Asked, Holds: p.Holds}
}

// sighting is what a poll that succeeded saw of a feed's ways.
type sighting struct {
	doc     *Document // nil when it is unchanged
	fresh   []*Item   // its new items
	full    bool      // a body came, not a 304
	doubted bool      // it had to: the server was not told what is known, to see whether its 304s are true
}

// learn adds what a poll saw to the feed's pace. old is the state before it.
func (s *source) learn(p *timeline.FeedPace, old *timeline.FeedState, seen *sighting, a *answer, at time.Time) {
	learnArrivals(p, old, seen.fresh, at)
	learnTurnover(p, old, seen, at)
	if seen.doc != nil {
		p.Asked = max(askedByServer(a.header, at), seen.doc.Asked)
		s.learnZone(p, old, seen.fresh, at)
	}
	learnValidators(p, old, seen, at)
	if seen.full {
		p.LastFull = at
	}
}

// firstSample is how many items of a first document say how often new ones come.
const firstSample = 20

// learnArrivals learns when new items came. Their own dates are more exact than
// the poll's, and are believed as far as they lie between two polls; those of a
// first document are all there is.
func learnArrivals(p *timeline.FeedPace, old *timeline.FeedState, fresh []*Item, at time.Time) {
	first := old.FirstPoll.IsZero()
	if len(fresh) == 0 {
		if p.LastNew.IsZero() {
			p.LastNew = at // from now on somebody is watching
		}
		return
	}
	arrivals := make([]time.Time, 0, len(fresh))
	for _, it := range fresh {
		switch said := it.Published; {
		case said.IsZero() && first:
		case said.IsZero(), said.After(at), !first && said.Before(old.LastSuccess):
			arrivals = append(arrivals, at)
		default:
			arrivals = append(arrivals, said)
		}
	}
	if len(arrivals) == 0 {
		arrivals = append(arrivals, at)
	}
	slices.SortFunc(arrivals, time.Time.Compare)
	if first {
		arrivals = arrivals[max(len(arrivals)-firstSample, 0):]
	}
	for _, arrival := range arrivals {
		p.Arrive(arrival)
	}
}

// turnoverRelaxes is by how much each poll stretches Holds, so that one rush is
// forgotten within a day or two of polls.
const turnoverRelaxes = 1.1

// learnTurnover learns how long the document holds an item.
func learnTurnover(p *timeline.FeedPace, old *timeline.FeedState, seen *sighting, at time.Time) {
	if p.Holds = time.Duration(float64(p.Holds) * turnoverRelaxes); p.Holds > maxAsked {
		p.Holds = 0
	}
	elapsed := at.Sub(old.LastSuccess)
	if old.FirstPoll.IsZero() || len(seen.fresh) == 0 || elapsed <= 0 {
		return
	}
	holds := elapsed * time.Duration(len(seen.doc.Items)) / time.Duration(len(seen.fresh))
	if p.Holds == 0 || holds < p.Holds {
		p.Holds = holds
	}
}

// Offsets of whole hours are looked for when two polls lie no further apart than
// zoneWindow: then an item was published within it, or zoneDelay before, as
// servers hold documents back for some minutes. maxZoneError is the most that
// two zones differ by.
const (
	zoneWindow   = 30 * time.Minute
	zoneDelay    = 10 * time.Minute
	maxZoneError = 14
)

// learnZone compares the dates of new items with the polls between which they
// came.
func (s *source) learnZone(p *timeline.FeedPace, old *timeline.FeedState, fresh []*Item, at time.Time) {
	var dated []*Item
	ahead := 0
	for _, it := range fresh {
		if it.Published.IsZero() {
			continue
		}
		dated = append(dated, it)
		if it.Published.After(at.Add(FutureSlack)) {
			ahead++
		}
	}
	if len(dated) == 0 {
		return
	}
	p.Ahead = ahead
	elapsed := at.Sub(old.LastSuccess)
	if old.FirstPoll.IsZero() || elapsed > zoneWindow {
		return
	}
	hours := hoursOff(dated[0].Published, old.LastSuccess, at)
	for _, it := range dated[1:] {
		if hoursOff(it.Published, old.LastSuccess, at) != hours {
			hours = 0
		}
	}
	switch hours {
	case 0:
		p.ZoneError, p.ZonePolls, p.Zone = 0, 0, ""
	case p.ZoneError:
		p.ZonePolls++
	default:
		p.ZoneError, p.ZonePolls = hours, 1
		p.Zone = zoneBehind(dated[0], hours)
	}
}

// hoursOff gives by how many whole hours a date lies ahead of the time between
// two polls; 0 also when no whole hours would bring it there.
func hoursOff(said, since, at time.Time) int {
	ahead := said.Sub(at) - FutureSlack
	hours := int(ahead / time.Hour)
	if ahead > 0 && ahead%time.Hour != 0 {
		hours++
	}
	if hours > maxZoneError || hours < -maxZoneError || said.Add(-time.Duration(hours)*time.Hour).Before(since.Add(-zoneDelay)) {
		return 0
	}
	return hours
}

// zoneBehind names a zone in which the item's date would not be ahead by so many
// hours; empty when the date names its zone itself, or no zone of whole hours is
// meant.
func zoneBehind(it *Item, hours int) string {
	_, offset := it.Published.Zone()
	east := offset/3600 + hours
	if !it.ZoneAssumed || offset%3600 != 0 || east < -12 || east > 14 {
		return ""
	}
	if east == 0 {
		return "Etc/UTC"
	}
	sign := "-" // of POSIX: what is east of Greenwich is less
	if east < 0 {
		sign, east = "+", -east
	}
	return "Etc/GMT" + sign + strconv.Itoa(east)
}

// Validators are doubted once a day at most, when nothing new has come for longer
// than usual. News that is older than the last 304, by staleMargin, is proof;
// undated news is a sign, of which proof takes two.
const (
	fullEvery   = 24 * time.Hour
	staleMargin = 2 * time.Hour
	staleProof  = 2
)

// doubts reports whether the server is to be asked for the whole document to see
// whether its 304s are true.
func (s *source) doubts(state *timeline.FeedState, at time.Time) bool {
	p := &state.Pace
	return s.conditional && p.Stuck.IsZero() && (state.ETag != "" || state.LastModified != "") &&
		at.Sub(p.LastFull) >= fullEvery && p.Overdue(at, s.rhythm(state, at))
}

// learnValidators judges a server that said 304 until it was asked for the whole.
func learnValidators(p *timeline.FeedPace, old *timeline.FeedState, seen *sighting, at time.Time) {
	if !seen.doubted || !seen.full || old.LastOutcome != timeline.OutcomeUnchanged {
		return
	}
	if len(seen.fresh) == 0 {
		p.Stale = 0
		return
	}
	p.Stale++
	before := func(it *Item) bool {
		return !it.Published.IsZero() && it.Published.Before(old.LastPoll.Add(-staleMargin))
	}
	if slices.ContainsFunc(seen.fresh, before) {
		p.Stale = staleProof
	}
	if p.Stale >= staleProof {
		p.Stuck = at
	}
}

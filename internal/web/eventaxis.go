package web

import (
	"slices"
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

const (
	axisLanes  = 12 // of events that overlap
	laneHeight = 16
	// axisLeast is the least width of a mark, and how near two may come, in percent.
	axisLeast = 0.8
	axisGap   = 0.4
)

// eventAxis is events over their dates: a date that is known to the day is a mark, one
// that is not a span. Events lie in lanes, so that none hides another.
type eventAxis struct {
	Height int
	Marks  []axisMark
	Now    string // where now is, in percent; empty: not on the axis
	Ticks  []tick
	Beyond int // events for which there was no lane
}

// axisMark is an event on the axis.
type axisMark struct {
	ID       string
	X, Width string // percent
	Y        int    // pixels
	Class    string // certain or span, and: planned, open
	Title    string
}

// axisOf is a stretch of event dates that marks are drawn over.
type axisOf struct {
	from, to, now time.Time
	zone          *time.Location
}

func (a axisOf) at(t time.Time) float64 {
	return 100 * float64(t.Sub(a.from)) / float64(a.to.Sub(a.from))
}

// newEventAxis draws the events that lie on the axis at least in part. Those that most
// publishers tell of have their lane first.
func newEventAxis(of axisOf, events []story.Account, title func(*story.Account) string) eventAxis {
	var axis eventAxis
	order := make([]*story.Account, 0, len(events))
	for i := range events {
		order = append(order, &events[i])
	}
	slices.SortStableFunc(order, func(a, b *story.Account) int { return b.Publishers - a.Publishers })
	type stretch struct{ from, to float64 }
	var lanes [][]stretch
	for _, e := range order {
		from, to := 0.0, 100.0
		if !e.Interval.Lo.IsZero() {
			from = of.at(e.Interval.Lo)
		}
		if !e.Interval.Hi.IsZero() {
			to = of.at(e.Interval.Hi)
		}
		if to <= 0 || from >= 100 {
			continue
		}
		class := markClass(e, from, to)
		from, to = max(from, 0), min(to, 100)
		if to-from < axisLeast {
			to = from + axisLeast
			from, to = from-max(to-100, 0), min(to, 100)
		}
		lane := slices.IndexFunc(lanes, func(taken []stretch) bool {
			return !slices.ContainsFunc(taken, func(s stretch) bool { return from < s.to+axisGap && s.from < to+axisGap })
		})
		if lane < 0 {
			if len(lanes) == axisLanes {
				axis.Beyond++
				continue
			}
			lane = len(lanes)
			lanes = append(lanes, nil)
		}
		lanes[lane] = append(lanes[lane], stretch{from, to})
		axis.Marks = append(axis.Marks, axisMark{
			ID: e.ID, X: percent(from), Width: percent(to - from), Y: lane * laneHeight, Class: class, Title: title(e),
		})
	}
	axis.Height = max(len(lanes), 1) * laneHeight
	if x := of.at(of.now); x >= 0 && x <= 100 {
		axis.Now = percent(x)
	}
	axis.Ticks = dateTicks(of.from, of.to, of.zone)
	return axis
}

// markClass says how an event's date is known.
func markClass(e *story.Account, from, to float64) string {
	class := "span"
	switch e.Precision {
	case timeline.Minute, timeline.Hour, timeline.Day:
		if !e.Interval.Lo.IsZero() && !e.Interval.Hi.IsZero() && e.Interval.Hi.Sub(e.Interval.Lo) <= day {
			class = "certain"
		}
	case timeline.Week, timeline.Month, timeline.Season, timeline.Quarter, timeline.Half, timeline.Year,
		timeline.Decade, timeline.Century, timeline.UnknownGrain:
	}
	if from < 0 || to > 100 || e.Interval.Lo.IsZero() || e.Interval.Hi.IsZero() {
		class += " open"
	}
	if e.Planned {
		class += " planned"
	}
	return class
}

// dateTicks labels about six dates of a stretch of time.
func dateTicks(from, to time.Time, zone *time.Location) (out []tick) {
	length := to.Sub(from)
	layout := "01-02"
	switch {
	case length <= 3*day:
		layout = "01-02 15:04"
	case length > 300*day:
		layout = "2006-01"
	}
	const n = 6
	for i := 1; i < n; i++ {
		at := from.Add(time.Duration(i) * length / n)
		out = append(out, tick{percent(100 * float64(i) / n), at.In(zone).Format(layout)})
	}
	return out
}

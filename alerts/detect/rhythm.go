package detect

import (
	"math"
	"time"
)

// Weights of the rhythm, in expected mentions: how many it takes until a topic's
// own rhythm counts as much as what it is shrunk to. The hour of the day is
// shrunk to the rhythm of the collection (that is, to 1, as exposure explains it),
// the day likewise, and the hour of the week to the product of the two.
const (
	hourWeight = 1.5
	dayWeight  = 6
	cellWeight = 60
	// rhythmMemory is the half-life in weeks.
	rhythmMemory = 8
	// rhythmLag is how old a step must be to be learnt from, so that a burst does not
	// raise what is expected of its next hours.
	rhythmLag = 24 * time.Hour
)

// ratio is counts against what was expected of them.
type ratio struct{ count, expected float32 }

func (r *ratio) add(count, expected float64) {
	r.count += float32(count)
	r.expected += float32(expected)
}

func (r *ratio) age(keep float32) {
	r.count *= keep
	r.expected *= keep
}

// rhythm is how a topic's rate goes up and down over the week, next to what the
// exposure explains: factors around 1.
type rhythm struct {
	hours [24]ratio
	days  [7]ratio
	cells [168]ratio
	week  int64 // of the last sample
	// factors of the hours of this week; they change slowly, and are made anew when
	// the hour begins.
	hour   int64
	factor float64
}

const (
	secondsAnHour = 3600
	hoursAWeek    = 168
	// mondayOffset brings the hours since 1970-01-01, a Thursday, to weeks that
	// begin on a Monday.
	mondayOffset = 72
)

func newRhythm() rhythm { return rhythm{hour: math.MinInt64} }

// at is the factor of the hour; hours are counted from 1970.
func (r *rhythm) at(hour int64) float64 {
	if hour == r.hour {
		return r.factor
	}
	r.hour = hour
	cell := int(floorMod(hour+mondayOffset, hoursAWeek))
	h, c := cell%24, &r.cells[cell]
	product := r.ofHour(h) * r.ofDay(cell/24)
	r.factor = (float64(c.count) + cellWeight*product) / (float64(c.expected) + cellWeight)
	return r.factor
}

// ofHour smooths over the neighbours.
func (r *rhythm) ofHour(h int) float64 {
	a, b, c := &r.hours[(h+23)%24], &r.hours[h], &r.hours[(h+1)%24]
	return (float64(a.count+c.count)/2 + float64(b.count) + hourWeight) /
		(float64(a.expected+c.expected)/2 + float64(b.expected) + hourWeight)
}

func (r *rhythm) ofDay(d int) float64 {
	return (float64(r.days[d].count) + dayWeight) / (float64(r.days[d].expected) + dayWeight)
}

// add learns from a count; expected is without the rhythm.
func (r *rhythm) add(hour int64, count, expected float64) {
	if week := floorDiv(hour+mondayOffset, hoursAWeek); week != r.week {
		r.age(week - r.week)
		r.week = week
	}
	cell := int(floorMod(hour+mondayOffset, hoursAWeek))
	h, d := cell%24, cell/24
	r.hours[h].add(count, expected)
	r.days[d].add(count, expected*max(0.05, r.ofHour(h)))
	r.cells[cell].add(count, expected)
}

func (r *rhythm) age(weeks int64) {
	keep := float32(discount(float64(min(weeks, 1000)) / rhythmMemory))
	for i := range r.hours {
		r.hours[i].age(keep)
	}
	for i := range r.days {
		r.days[i].age(keep)
	}
	for i := range r.cells {
		r.cells[i].age(keep)
	}
}

// hourOf is the hour that the step belongs to.
func hourOf(t time.Time) int64 { return floorDiv(t.Unix(), secondsAnHour) }

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

func floorMod(a, b int64) int64 { return a - b*floorDiv(a, b) }

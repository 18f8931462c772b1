package detect

import (
	"time"

	"marsad/timeline"
)

// What a fall is looked for in.
const (
	// fallWindow is the shortest window that is looked at: a topic that is quiet for
	// some hours has not fallen silent.
	fallWindow = 24 * time.Hour
	// fallExpected is what must have been expected at least: of less nobody can tell
	// silence from chance.
	fallExpected = 5
	// fallCovered is the share of a window's steps that must have been covered. Below
	// it the collector was blind, and the topic need not be quiet.
	fallCovered = 0.9
	// fallLooks is how many independent looks the steps of one window length are:
	// windows that overlap are less than one each, all of them more than one. Found
	// by simulation.
	fallLooks = 4
)

// Falls is the detector's word on the windows of a day or more in which so little
// came in that it is rare, with so many false alarms allowed in so much time. P
// is the probability of Observed or less. A window that is not covered well, or
// in which little was to be expected, says nothing.
//
// Unlike rises, falls have no account: the bound is the negative binomial's own.
func (d *Detector) Falls(falseAlarms float64, per time.Duration) []Judgement {
	if !d.started || !d.warm() {
		return nil
	}
	looks := 0.0
	for _, length := range d.options.Windows {
		if length >= fallWindow {
			looks += fallLooks * float64(per) / float64(length)
		}
	}
	var falls []Judgement
	for i, length := range d.options.Windows {
		w := &d.windows[i]
		if length < fallWindow || !d.known(i) || float64(w.exposed) < fallCovered*float64(w.steps) {
			continue
		}
		j := d.describe(i)
		if j.Expected < fallExpected || float64(j.Observed) >= j.Expected {
			continue
		}
		j.P = 1 - w.forecast.distribution().tail(j.Observed+1)
		if j.Rarity = falseAlarms / (looks * max(j.P, 1e-15)); j.Rarity >= 1 {
			j.State = timeline.Fallen
			falls = append(falls, j)
		}
	}
	return falls
}

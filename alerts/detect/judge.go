package detect

import (
	"math"
	"time"

	"marsad/timeline"
)

// Judgement is the detector's word on one window.
type Judgement struct {
	Step       time.Time // start of the window's last step
	Window     time.Duration
	Observed   int // without what was archived
	Exposure   float64
	Expected   float64
	Dispersion float64 // squared coefficient of variation of the mean, doubt about the rate included
	// P is the probability of Observed or more if nothing happens, for this one
	// look; 1 unless State is Normal or Alarming.
	P float64
	// Upper is the smallest count that alarms while it comes in; 0 unless State is
	// Normal or Alarming.
	Upper int
	// Rarity is in how many of the budget's times chance brings a look as rare: 1 is
	// once, as rare as the budget allows, 10 ten times rarer. It means the same for
	// every topic and window. 0 where nothing alarms: unless State is Normal or
	// Alarming, for too small a count, and where the excess no longer comes in.
	Rarity float64
	// State is Normal, Alarming, WarmingUp or Uncovered.
	State timeline.EvaluationState
	// WarmUntil is when warming up ends at the earliest; zero unless State is
	// WarmingUp. Windows of several days take longer.
	WarmUntil time.Time
}

// minExposures is how many times the exposure of a window must have been known
// before it is judged: a collection that has grown tenfold since yesterday has no
// history.
const minExposures = 1.5

// Judge looks at all windows that end with the last step observed, the shortest
// first. With nothing observed there is nothing to judge, and no answer.
func (d *Detector) Judge() []Judgement {
	if !d.started {
		return nil
	}
	b := d.bound()
	judgements := make([]Judgement, len(d.windows))
	for i := range judgements {
		judgements[i] = d.describe(i)
		d.judge(i, &judgements[i], b)
	}
	return judgements
}

// Rarest is the judgement of [Detector.Judge] with the greatest Rarity, the
// shortest window's if none stands out, and found without making the others. It
// is false as long as nothing was observed.
func (d *Detector) Rarest() (Judgement, bool) {
	if !d.started {
		return Judgement{}, false
	}
	j := d.describe(d.rarest)
	d.judge(d.rarest, &j, d.bound())
	return j, true
}

// bound is what the budget comes to at the moment.
type bound struct {
	peaks peaks
	weeks float64 // the budget's time for one false alarm
	tail  float64 // the tail probability that is exceeded once in it
}

func (d *Detector) bound() bound {
	b := bound{
		peaks: d.account.peaks(d.options.Step, d.perDay()),
		weeks: d.options.Per.Hours() / hoursAWeek / d.options.FalseAlarms,
	}
	b.tail = math.Pow(10, -b.peaks.score(b.weeks))
	return b
}

// judge adds to the description how rare it is.
func (d *Detector) judge(i int, j *Judgement, b bound) {
	if j.State != timeline.Normal {
		return
	}
	w := &d.windows[i]
	distribution := w.forecast.distribution()
	j.P = distribution.tail(j.Observed)
	w.upper = distribution.upper(b.tail, w.upper)
	j.Upper = max(w.upper, d.options.MinCount)
	if j.Observed < d.options.MinCount || !d.coming(i) {
		return
	}
	j.Rarity = b.peaks.weeks(scoreOf(j.P)) / b.weeks
	if j.Observed >= j.Upper {
		j.State = timeline.Alarming
	}
}

// describe says what window i holds and whether it can be judged.
func (d *Detector) describe(i int) Judgement {
	w := &d.windows[i]
	j := Judgement{
		Step:     d.last,
		Window:   d.options.Windows[i],
		Observed: int(w.count),
		Exposure: w.exposure,
		Expected: w.forecast.mean,
		P:        1,
		State:    timeline.Normal,
	}
	if j.Expected > 0 {
		j.Dispersion = w.forecast.distribution().dispersion
	}
	switch {
	case w.exposed == 0:
		j.Exposure, j.State = 0, timeline.Uncovered
	case !d.known(i):
		j.State = timeline.WarmingUp
		j.WarmUntil = d.last.Add(d.options.Step + max(0, d.options.MinHistory-d.covered))
	}
	return j
}

// known reports whether enough is known to judge window i.
func (d *Detector) known(i int) bool {
	w := &d.windows[i]
	return d.warm() && d.recent.estimate(w.steps-1).known() >= minExposures*w.expected
}

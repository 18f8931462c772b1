// Package detect says how surprising a count is. It is pure statistics: no
// clock, no I/O, and the same answer for the same samples, live or years later.
//
// # Model
//
// A topic's count in a window of exposure e (articles collected, whatever their
// topic) is gamma-Poisson. Its mean is the topic's rate for each article times
// e, so that a night, an outage or a new feed does not look like news. The rate
// is learnt with exponential discounting (West & Harrison, Bayesian Forecasting
// and Dynamic Models, 2nd ed., section 10.8: the conjugate gamma level, discounted), the
// dispersion for each window length by itself (see [Options]). The predictive
// distribution is negative binomial and carries three kinds of doubt: counting,
// the topic's own restlessness, and how little of it was seen so far.
//
// A window is judged by what was known before the longest window began; it never
// learns from what it judges. Past outbreaks are held to what the model thought
// possible when they happened (Noufaily et al. 2013, Statistics in Medicine
// 32:1206-1222, down-weight them to the same end).
//
// # Promise
//
// A detector is given a budget of false alarms and derives from it the tail
// probability below which one look at one window alarms; see [Options.thresholds]
// for the account of the looks. Before it has seen enough to keep the promise it
// says [timeline.WarmingUp].
package detect

import (
	"fmt"
	"math"
	"time"

	"marsad/timeline"
)

// Sample is what was counted in one step.
type Sample struct {
	Step time.Time // start
	// Count is all that counts. Archived of it came from an archive: it is learnt
	// from, but it is not observed and raises no alarm.
	Count, Archived int
	// Exposure is how much was collected in the step, topic or not. With none the
	// step is not covered, and its count is ignored.
	Exposure float64
}

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
	// Upper is the smallest count that alarms; 0 unless State is Normal or Alarming.
	Upper int
	// Rarity is the look's threshold divided by P: 1 is as rare as the budget
	// allows, 10 ten times rarer. It means the same for every topic, window and
	// budget share. 0 unless State is Normal or Alarming.
	Rarity float64
	// State is Normal, Alarming, WarmingUp or Uncovered.
	State timeline.EvaluationState
	// WarmUntil is when warming up ends at the latest if from here on every step
	// is covered; zero unless State is WarmingUp.
	WarmUntil time.Time
}

// Detector judges one topic. Its state is a few numbers and the samples of the
// longest window. It is not safe for concurrent use.
type Detector struct {
	options    Options
	thresholds []float64 // per window
	baseline   *baseline
	recent     []Sample // those of the longest window, ascending; not learnt from yet
	covered    time.Duration
	lastCover  time.Time
	upper      []int // last upper count per window: where the next search starts
}

// New returns a detector that has seen nothing. The error names the option that
// cannot be used.
func New(o Options) (*Detector, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	return &Detector{
		options:    o,
		thresholds: o.thresholds(),
		baseline:   newBaseline(o),
		upper:      make([]int, len(o.Windows)),
	}, nil
}

// Observe takes in the next step. Steps come in ascending order; those left out
// are not covered. An error leaves the detector as it was.
func (d *Detector) Observe(s Sample) error {
	switch {
	case s.Count < 0 || s.Archived < 0 || s.Archived > s.Count:
		return fmt.Errorf("step %s: counts %d and of these %d archived are no counts", s.Step.Format(time.RFC3339), s.Count, s.Archived)
	case s.Exposure < 0 || math.IsNaN(s.Exposure) || math.IsInf(s.Exposure, 0):
		return fmt.Errorf("step %s: exposure %v is no amount", s.Step.Format(time.RFC3339), s.Exposure)
	case len(d.recent) > 0 && s.Step.Before(d.recent[len(d.recent)-1].Step.Add(d.options.Step)):
		return fmt.Errorf("step %s: not after the one before, %s; give the steps in time order, each once",
			s.Step.Format(time.RFC3339), d.recent[len(d.recent)-1].Step.Format(time.RFC3339))
	}
	if s.Exposure == 0 {
		s.Count, s.Archived = 0, 0
	}
	d.learn(s.Step.Add(d.options.Step - d.options.longest()))
	d.recent = append(d.recent, s)
	return nil
}

// learn moves the samples before the instant from recent to the baseline.
func (d *Detector) learn(before time.Time) {
	n := 0
	for n < len(d.recent) && d.recent[n].Step.Before(before) {
		if s := d.recent[n]; s.Exposure > 0 {
			d.baseline.warm = d.covered >= d.options.MinHistory
			d.baseline.add(s)
			d.cover(s.Step)
		}
		n++
	}
	d.recent = d.recent[n:] // append moves what is left when the room ends
}

func (d *Detector) cover(step time.Time) {
	d.covered += d.coverage(d.lastCover, step)
	d.lastCover = step
}

// coverage is how much of the history a covered step adds. A small collection
// has quiet steps in between, so that a short gap counts as covered.
func (d *Detector) coverage(last, step time.Time) time.Duration {
	gap := step.Sub(last)
	if last.IsZero() || gap > d.options.longest()/4 {
		return d.options.Step
	}
	return max(gap, d.options.Step)
}

// Judge looks at all windows that end with the last step observed, the shortest
// first. With nothing observed there is nothing to judge, and no answer.
func (d *Detector) Judge() []Judgement {
	if len(d.recent) == 0 {
		return nil
	}
	step := d.recent[len(d.recent)-1].Step
	level := d.baseline.at(step)
	judgements := make([]Judgement, len(d.options.Windows))
	next, observed, exposure := len(d.recent)-1, 0, 0.0
	for i, window := range d.options.Windows {
		for ; next >= 0 && step.Sub(d.recent[next].Step) < window; next-- {
			observed += d.recent[next].Count - d.recent[next].Archived
			exposure += d.recent[next].Exposure
		}
		judgements[i] = d.judge(i, level, Judgement{
			Step: step, Window: window, Observed: observed, Exposure: exposure, P: 1,
		})
	}
	return judgements
}

func (d *Detector) judge(i int, l level, j Judgement) Judgement {
	if l.exposure > 0 {
		j.Expected = l.events / l.exposure * j.Exposure
		j.Dispersion = 1/l.events + d.baseline.dispersion[i].estimate()
	}
	switch {
	case j.Exposure == 0:
		j.State = timeline.Uncovered
		return j
	case d.covered < d.options.MinHistory || l.exposure < minExposures*j.Exposure:
		j.State = timeline.WarmingUp
		j.WarmUntil = d.warmUntil(j.Step)
		return j
	}
	nb := negativeBinomial{mean: j.Expected, dispersion: j.Dispersion}
	j.P = nb.tail(j.Observed)
	d.upper[i] = nb.upper(d.thresholds[i], d.upper[i])
	j.Upper = max(d.upper[i], d.options.MinCount)
	j.Rarity = d.thresholds[i] / max(j.P, math.SmallestNonzeroFloat64)
	j.State = timeline.Normal
	if j.Observed >= j.Upper {
		j.State = timeline.Alarming
	}
	return j
}

// warmUntil is when enough of what is covered will lie before the longest window.
func (d *Detector) warmUntil(step time.Time) time.Time {
	covered, last := d.covered, d.lastCover
	for _, s := range d.recent {
		if s.Exposure == 0 {
			continue
		}
		covered += d.coverage(last, s.Step)
		last = s.Step
		if covered >= d.options.MinHistory {
			step = s.Step
			break
		}
	}
	return step.Add(max(0, d.options.MinHistory-covered) + d.options.longest())
}

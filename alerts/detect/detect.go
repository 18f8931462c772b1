// Package detect says how surprising a count is. It is pure statistics: no
// clock, no I/O, and the same answer for the same samples, live or years later.
//
// # Model
//
// A topic's count in a step of exposure e (articles collected, whatever their
// topic) has the mean rate * rhythm * e. The rhythm is the hour of the week's own
// factor, shrunk to hour times day and these to 1, which is the rhythm of the
// whole collection; so a topic with little history goes by what all do, and a
// night, an outage or a new feed does not look like news. The rate is learnt with
// exponential discounting (West & Harrison, Bayesian Forecasting and Dynamic
// Models, 2nd ed., section 10.8: the conjugate gamma level), over some 60 mentions,
// so that a busy topic forgets sooner than a sparse one and both follow a lasting
// change. What goes in is winsorised: a past outbreak counts as the largest count
// that is still plausible (Noufaily et al. 2013, Statistics in Medicine
// 32:1206-1222, down-weight it to the same end).
//
// The steps are summed over several windows that end now, a scan in time (Neill
// 2009, International Journal of Forecasting 25:498-517: expectation-based). Each
// window is judged by what was known when it began, with the negative binomial
// tail of its mean and variance; the variance has clumps, a wandering mean and how
// little is known of the rate. The excess must still be coming in: the aftermath
// of a burst is not news.
//
// # Promise
//
// A detector is given a budget of false alarms. The smallest of the windows' tail
// probabilities is the score of a step; an account of the topic's own excursions
// (peaks over threshold) says which score chance exceeds once in the budget's
// time. That takes care of how much the looks overlap, of the discreteness of
// small counts, and of tails heavier than the model's. Before it has seen enough
// to keep the promise it says [timeline.WarmingUp].
package detect

import (
	"fmt"
	"math"
	"time"
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
	// Ahead is how many times more of the count than of the exposure is known as yet,
	// if the step may still change; zero stands for 1, as much of both.
	Ahead float64
	// Backlog says that Exposure is a guess, and that the count may hold what the
	// steps left out before it kept back: as much of it as was to be expected of them
	// is explained. A burst in the first step after a gap is seen a step later.
	Backlog bool
}

// Detector judges one topic. Its state is a few numbers, the rhythm of a week and
// the steps of the longest window. It is not safe for concurrent use.
type Detector struct {
	options    Options
	windows    []window // the shortest first
	recent     recent
	level      level
	rhythm     rhythm
	regression regression // over years, in the place of level and rhythm
	dispersion dispersion
	account    account
	lag        int // of the rhythm and the regression, in steps

	rarest int     // window of the smallest tail probability, the shortest if none stands out
	least  float64 // that probability

	started bool
	last    time.Time     // step observed
	newest  time.Time     // step of the newest slot, between calls the same
	seen    time.Time     // last covered step
	covered time.Duration // in all
}

// New returns a detector that has seen nothing. The error names the option that
// cannot be used.
func New(o Options) (*Detector, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	d := &Detector{
		options:    o,
		windows:    make([]window, len(o.Windows)),
		recent:     newRecent(int(o.longest()/o.Step), o.Step),
		rhythm:     newRhythm(),
		regression: newRegression(),
		dispersion: newDispersion(len(o.Windows), o.yearly()),
	}
	for i, w := range o.Windows {
		d.windows[i].steps = int(w / o.Step)
	}
	d.lag = min(max(int(rhythmLag/o.Step), 1), d.windows[len(d.windows)-1].steps)
	if d.yearly() {
		d.lag = d.windows[len(d.windows)-1].steps
	}
	return d, nil
}

// Observe takes in the next step. Steps come in ascending order; those left out
// are not covered. An error leaves the detector as it was.
func (d *Detector) Observe(s Sample) error {
	if err := d.check(s); err != nil {
		return err
	}
	if d.started {
		missed := int64(s.Step.Sub(d.last)/d.options.Step) - 1
		missed = min(missed, int64(d.windows[len(d.windows)-1].steps))
		if s.Backlog {
			s.Exposure *= d.backlog(s, missed)
		}
		d.miss(missed)
	}
	d.started, d.last = true, s.Step
	if s.Exposure == 0 {
		d.miss(1)
		d.newest = s.Step
		d.look()
		return nil
	}
	expected := s.Exposure * d.outlook(s.Step)
	if s.Ahead > 0 {
		expected *= s.Ahead
	}
	var known estimate
	if d.begun() {
		known = newEstimate(d.level)
	}
	d.newest = s.Step.Add(-d.options.Step)
	d.slide(slot{
		count: int32(min(s.Count-s.Archived, maxCount)), archived: int32(min(s.Archived, maxCount)),
		expected: float32(expected), exposure: float32(s.Exposure),
	}, known)
	d.look()
	if d.warm() {
		d.account.add(s.Step, d.options.Step, d.perDay(), scoreOf(d.least))
	}
	d.learn(float64(s.Count), expected)
	d.cover(s.Step)
	return nil
}

// maxCount is what of a step counts at most, so that windows cannot overflow.
const maxCount = math.MaxInt32 / 1024

// backlog is how many times the exposure of a step, which is what explains its
// count, if it may hold that of so many missed before it.
func (d *Detector) backlog(s Sample, missed int64) float64 {
	if missed == 0 || !d.begun() {
		return 1
	}
	held := 0.0
	for n := missed; n > 0; n-- {
		held += d.outlook(s.Step.Add(-time.Duration(n) * d.options.Step))
	}
	own := d.outlook(s.Step)
	mean := d.level.rate() * s.Exposure * own
	if mean <= 0 {
		return 1
	}
	return min(max(1, float64(s.Count)/mean), 1+held/own)
}

// maxAhead keeps what is expected of windows finite.
const maxAhead = 1000

func (d *Detector) check(s Sample) error {
	switch {
	case s.Count < 0 || s.Archived < 0 || s.Archived > s.Count:
		return fmt.Errorf("step %s: counts %d and of these %d archived are no counts", s.Step.Format(time.RFC3339), s.Count, s.Archived)
	case s.Exposure < 0 || math.IsNaN(s.Exposure) || s.Exposure > math.MaxFloat32/1024:
		return fmt.Errorf("step %s: exposure %v is no amount", s.Step.Format(time.RFC3339), s.Exposure)
	case s.Ahead < 0 || math.IsNaN(s.Ahead) || s.Ahead > maxAhead:
		return fmt.Errorf("step %s: %v times ahead is no factor up to %d", s.Step.Format(time.RFC3339), s.Ahead, maxAhead)
	case d.started && s.Step.Before(d.last.Add(d.options.Step)):
		return fmt.Errorf("step %s: not after the one before, %s; give the steps in time order, each once",
			s.Step.Format(time.RFC3339), d.last.Format(time.RFC3339))
	}
	return nil
}

// miss lets steps pass that are not covered. What is known fades meanwhile.
func (d *Detector) miss(steps int64) {
	for range steps {
		d.slide(slot{}, newEstimate(d.level))
		d.level = d.level.aged(d.halfLives())
	}
}

// slide moves all windows on by a step. What is as old as the rhythm's lag goes
// into the rhythm.
func (d *Detector) slide(s slot, known estimate) {
	d.newest = d.newest.Add(d.options.Step)
	if out := d.recent.back(d.lag - 1); out.exposure > 0 {
		d.settle(out, d.recent.estimate(d.lag-1), d.newest.Add(-time.Duration(d.lag)*d.options.Step))
	}
	for i := range d.windows {
		w := &d.windows[i]
		w.slide(&s, d.recent.back(w.steps-1))
	}
	d.recent.push(s, known)
}

// settle learns from a step that is as old as the lag.
func (d *Detector) settle(s *slot, before *estimate, step time.Time) {
	count, rate := float64(s.count+s.archived), float64(before.rate)
	if before.known() > 0 {
		count = d.held(count, rate*float64(s.expected), float64(before.shape))
	}
	switch {
	case d.yearly():
		d.regression.add(step, count, float64(s.exposure), float64(d.options.Step)/float64(regressionMemory*365*day))
	case before.known() > 0:
		d.rhythm.add(hourOf(step), count, rate*float64(s.exposure))
	}
}

// yearly reports whether the mean is a regression over the years.
func (d *Detector) yearly() bool { return d.options.yearly() }

// outlook is the factor by which the level is multiplied in the step. Over years
// the factor is all, and the level says how well it is known.
func (d *Detector) outlook(step time.Time) float64 {
	if !d.yearly() {
		return d.rhythm.at(hourOf(step))
	}
	rate, shape := d.regression.at(step)
	d.level = level{shape - priorEvents, shape}
	return rate
}

// begun reports whether the rate is known well enough to learn from its errors:
// a seventh of the least history, a day of a week.
func (d *Detector) begun() bool { return d.covered >= d.options.MinHistory/7 }

func (d *Detector) warm() bool { return d.covered >= d.options.MinHistory }

// shortGap is how long a step may be missing and count as covered: a small
// collection has quiet hours.
const shortGap = 6 * time.Hour

func (d *Detector) cover(step time.Time) {
	gap := step.Sub(d.seen)
	if d.seen.IsZero() || gap > max(shortGap, d.options.Step) {
		gap = d.options.Step
	}
	d.covered += gap
	d.seen = step
}

// look makes the forecasts of the windows that end now, and finds the one whose
// tail probability is the smallest.
func (d *Detector) look() {
	d.rarest, d.least = 0, 1
	for i := range d.windows {
		w := &d.windows[i]
		w.forecast = d.forecast(i)
		if !d.standsOut(i) || !d.known(i) {
			continue
		}
		if p := w.forecast.distribution().tail(int(w.count)); p < d.least {
			d.rarest, d.least = i, p
		}
	}
}

// standsOut reports whether a look at window i can be rare. Most cannot, which
// saves the tail. The forecasts must be made.
func (d *Detector) standsOut(i int) bool {
	w := &d.windows[i]
	off := float64(w.count) - w.forecast.mean
	return int(w.count) >= d.options.MinCount && off > 0 && off*off >= w.forecast.variance && d.coming(i)
}

func scoreOf(p float64) float64 { return -math.Log10(max(p, math.SmallestNonzeroFloat64)) }

// forecast is what was expected of window i when it began.
func (d *Detector) forecast(i int) forecast {
	w := &d.windows[i]
	began := d.recent.estimate(w.steps - 1)
	mean := float64(began.rate) * w.expected
	clumps := d.dispersion.overdispersion()
	doubt := mean * mean * clumps / max(float64(began.shape), priorEvents)
	return forecast{
		mean:     mean,
		variance: clumps*mean + d.dispersion.restlessness(i)*mean*mean + doubt,
		doubt:    doubt,
	}
}

// stillComing is how much of its share of an excess the next shorter window must
// hold.
const stillComing = 0.3

// coming reports whether the excess of window i still comes in. The forecasts
// must be made.
func (d *Detector) coming(i int) bool {
	if i == 0 {
		return true
	}
	w, part := &d.windows[i], &d.windows[i-1]
	share := float64(part.steps) / float64(w.steps)
	return float64(part.count)-part.forecast.mean >= stillComing*share*(float64(w.count)-w.forecast.mean)
}

// Memory of the rate.
const (
	memoryMentions = 60 // what is remembered of a topic of middling rate
	maxMemory      = 7  // half-lives of a busy topic that a sparse one's may last
)

// halfLives is how many half-lives of the rate one step lasts.
func (d *Detector) halfLives() float64 {
	perStep := d.perDay() * float64(d.options.Step) / float64(day)
	life := memoryMentions * math.Ln2 / max(perStep, 1e-9) // in steps
	shortest := float64(d.options.HalfLife) / float64(d.options.Step)
	return 1 / min(max(life, shortest), maxMemory*shortest)
}

const day = 24 * time.Hour

// perDay is how many mentions a day are to be expected.
func (d *Detector) perDay() float64 {
	return d.level.rate() * d.windows[len(d.windows)-1].expected * float64(day) / float64(d.options.longest())
}

// plausible is how many standard deviations from its mean, and two mentions more,
// a count is taken at its word.
const plausible = 3

// held is the count of a step, held to what is plausible.
func (d *Detector) held(count, mean, shape float64) float64 {
	return min(count, mean+plausible*math.Sqrt(d.stepVariance(mean, shape))+2)
}

func (d *Detector) stepVariance(mean, shape float64) float64 {
	return d.dispersion.overdispersion() * (mean + mean*mean/shape)
}

// dispersionHalfLife is how long variances are remembered. Over years the
// regression starts from a prior that holds, and there is nothing to forget.
func (d *Detector) dispersionHalfLife() time.Duration {
	longest := max(dispersionMemory, leastMemory*d.options.Step)
	if d.yearly() {
		return longest
	}
	return min(longest, max(d.covered/dispersionShare, day))
}

// learn takes a covered step into the level and the dispersion.
func (d *Detector) learn(count, expected float64) {
	if d.level.exposure > 0 && d.begun() {
		halfLives := float64(d.options.Step) / float64(d.dispersionHalfLife())
		for i := range d.windows {
			w := &d.windows[i]
			if w.since++; w.since >= w.steps {
				w.since = 0
				d.dispersion.addWindow(i, w.forecast, float64(w.count+w.archived), halfLives*float64(w.steps))
			}
		}
		mean, shape := d.level.rate()*expected, d.level.shape()
		d.dispersion.addStep(mean, d.stepVariance(mean, shape), count-mean, halfLives)
		count = d.held(count, mean, shape)
	}
	if d.yearly() {
		return
	}
	d.level = d.level.aged(d.halfLives())
	d.level.events += count
	d.level.exposure += expected
}

package alerts

import (
	"context"
	"fmt"
	"time"

	"marsad/timeline"
)

// Reason says why a look at a window is an alarm, or is none.
type Reason string

// The reasons beside those of the gates.
const (
	ReasonAlarm     Reason = "alarm"
	ReasonBelow     Reason = "below_budget" // not rare enough
	ReasonEbbing    Reason = "ebbing"       // it would be rare enough, but no longer comes in
	ReasonWarmingUp Reason = "warming_up"   // too little history for the promise
	ReasonUncovered Reason = "uncovered"    // nothing was collected
)

// Look is what is made of a window, and why.
type Look struct {
	timeline.Evaluation

	Reason     Reason
	Dispersion float64 // squared coefficient of variation of the expectation
	// Weeks is in how many weeks chance brings as much once; 0 when too little came
	// in to be rare.
	Weeks float64
	// WarmUntil is when warming up ends at the earliest; zero unless it is going on.
	WarmUntil time.Time
	// Stories and Publishers are what stands behind an alarm, gated or not.
	Stories, Publishers int
}

// Why says what is made of a topic at a closed step, the shortest window first,
// from the counts that are on record, now. It changes nothing.
func (e *Evaluator) Why(ctx context.Context, topic string, step, now time.Time) ([]Look, error) {
	for _, t := range e.topics {
		if t.Name == topic {
			return e.why(ctx, t, timeline.StepStart(step, e.config.Step), now)
		}
	}
	return nil, fmt.Errorf("topic %q is not watched", topic)
}

func (e *Evaluator) why(ctx context.Context, t Topic, step, now time.Time) ([]Look, error) {
	d, err := e.detector(t)
	if err != nil {
		return nil, err
	}
	known, err := e.knownAt(ctx, t.Name, now)
	if err != nil {
		return nil, err
	}
	counts, err := e.series.Counts(ctx, t.Name, timeline.StepStart(step.Add(-history), 24*time.Hour), step.Add(e.config.Step))
	if err != nil {
		return nil, err
	}
	last := sample(timeline.StepCount{Step: step}) // not covered, unless it is counted
	for _, c := range counts {
		if c.Step.Equal(step) {
			last = known.sample(c)
			break
		}
		if err := d.Observe(known.sample(c)); err != nil {
			return nil, err
		}
	}
	if err := d.Observe(last); err != nil {
		return nil, err
	}
	var looks []Look
	for _, j := range d.Judge() {
		l := Look{
			Evaluation: *evaluation(t, &j), Dispersion: j.Dispersion, WarmUntil: j.WarmUntil,
			Weeks: j.Rarity * t.Rule.FalseAlarms.weeks(),
		}
		if l.Reason, err = e.reason(ctx, t, &l); err != nil {
			return nil, err
		}
		looks = append(looks, l)
	}
	return looks, nil
}

func (e *Evaluator) reason(ctx context.Context, t Topic, l *Look) (Reason, error) {
	switch l.State {
	case timeline.Uncovered:
		return ReasonUncovered, nil
	case timeline.WarmingUp:
		return ReasonWarmingUp, nil
	case timeline.Normal:
		if float64(l.Observed) >= l.Upper {
			return ReasonEbbing, nil
		}
		return ReasonBelow, nil
	case timeline.Alarming, timeline.Gated, timeline.Fallen:
	}
	gate, breadth, err := e.gate(ctx, t, &l.Evaluation)
	l.Stories, l.Publishers = breadth.Stories, breadth.Publishers
	if gate == open {
		return ReasonAlarm, err
	}
	l.State = timeline.Gated
	return gate, err
}

package alerts

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"marsad/timeline"
)

// The gates that an alarm meets: what of the topic's rule holds it back.
const (
	open             Reason = ""
	ReasonOff        Reason = "off"            // the topic is counted, but never alarms
	ReasonStories    Reason = "few_stories"    // fewer than min_stories
	ReasonPublishers Reason = "few_publishers" // fewer than min_publishers
	ReasonOneAlone   Reason = "one_publisher"  // one says more than ever, the others what they always do
)

// gate gives the gate that holds the alarm back, and how many stand behind it.
func (e *Evaluator) gate(ctx context.Context, t Topic, ev *timeline.Evaluation) (Reason, timeline.Breadth, error) {
	if t.Rule.Off {
		return ReasonOff, timeline.Breadth{}, nil
	}
	to := ev.Step.Add(e.config.Step)
	breadth, err := e.series.Breadth(ctx, t.Name, to.Add(-ev.Window), to)
	switch {
	case err != nil:
		return open, breadth, err
	case breadth.Stories < t.Rule.MinStories:
		return ReasonStories, breadth, nil
	case breadth.Publishers < t.Rule.MinPublishers:
		return ReasonPublishers, breadth, nil
	case t.Rule.MinPublishers < 2:
		return open, breadth, nil
	}
	tell, err := e.othersTell(ctx, t, ev, to)
	if err != nil || tell {
		return open, breadth, err
	}
	return ReasonOneAlone, breadth, nil
}

// usual is how far back a publisher's usual share of a topic is looked for.
const usual = 28 * 24 * time.Hour

// othersTell reports whether the publishers beside the one with the greatest
// excess in the window say more than is expected of them, by more than a standard
// deviation of a Poisson count: a burst by one paper, which the others accompany
// as always, is that paper's affair.
func (e *Evaluator) othersTell(ctx context.Context, t Topic, ev *timeline.Evaluation, to time.Time) (bool, error) {
	from := to.Add(-ev.Window)
	now, err := e.series.PublisherCounts(ctx, t.Name, from, to)
	if err != nil {
		return false, err
	}
	before, err := e.series.PublisherCounts(ctx, t.Name, from.Add(-usual), from)
	if err != nil {
		return false, err
	}
	past := 0
	for _, n := range before {
		past += n
	}
	all, others, expected := 0, 0.0, 0.0
	greatest := math.Inf(-1)
	for _, publisher := range slices.Sorted(maps.Keys(now)) {
		n, share := now[publisher], float64(before[publisher])/float64(max(past, 1))
		all += n
		if excess := float64(n) - ev.Expected*share; excess > greatest {
			greatest, others, expected = excess, float64(n), ev.Expected*(1-share)
		}
	}
	others = float64(all) - others
	return others-expected > math.Sqrt(expected), nil
}

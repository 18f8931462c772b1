package alerts

import (
	"context"
	"time"

	"marsad/alerts/detect"
	"marsad/timeline"
)

// How delays are learnt.
const (
	// delaysOf is what they are learnt from, up to a day ago.
	delaysOf = 14 * 24 * time.Hour
	// delayWorth is what the delays of all articles are worth, in articles of the
	// topic: one with few goes by them.
	delayWorth = 20
	// maxAhead is how many times more of a topic than of all articles may be known,
	// or less: where next to nothing is, nothing follows from it.
	maxAhead = 10
)

// delays are how long after their step had closed articles were known that are
// known when the step becomes final. What comes later still is not waited for.
type delays struct {
	arrived []int     // by then, for each minute after the close until the step is final
	upto    time.Time // learnt from what was published before
}

func newDelays(seen []timeline.Delay, horizon time.Duration, upto time.Time) delays {
	d := delays{make([]int, max(1, int(horizon/time.Minute))), upto}
	total := 0
	for minute := range d.arrived {
		for len(seen) > 0 && seen[0].After <= time.Duration(minute)*time.Minute {
			total += seen[0].N
			seen = seen[1:]
		}
		d.arrived[minute] = total
	}
	return d
}

// known is which part of what a step comes to is known so long after its close,
// next to a prior that is worth so many articles. It is false of what is final,
// and where there is nothing to tell it from.
func (d *delays) known(age time.Duration, prior, worth float64) (part float64, ok bool) {
	minute, last := int(age/time.Minute), len(d.arrived)-1
	if minute < 0 || minute >= last || float64(d.arrived[last])+worth == 0 {
		return 1, false
	}
	return (float64(d.arrived[minute]) + worth*prior) / (float64(d.arrived[last]) + worth), true
}

// known is what is known of a topic's steps at an instant.
type known struct {
	at         time.Time
	step       time.Duration
	topic, all *delays
}

// knownAt gives what is known of a topic at an instant.
func (e *Evaluator) knownAt(ctx context.Context, topic string, at time.Time) (known, error) {
	all, err := e.delaysFor(ctx, "", at)
	if err != nil {
		return known{}, err
	}
	own, err := e.delaysFor(ctx, topic, at)
	return known{at, e.config.Step, own, all}, err
}

// sample is what was counted in a step that may still change.
func (k *known) sample(c timeline.StepCount) detect.Sample {
	s := sample(c)
	s.Ahead = k.ahead(k.at.Sub(c.Step.Add(k.step)))
	return s
}

// ahead is how many times more of the topic than of all articles is known so long
// after a step closed. The exposure is what is known of all of them, so that this
// is all there is to correct: a topic of feeds that are polled often is ahead, one
// of slow feeds behind.
func (k *known) ahead(age time.Duration) float64 {
	exposure, ok := k.all.known(age, 0, 0)
	if !ok || exposure == 0 {
		return 1
	}
	part, _ := k.topic.known(age, exposure, delayWorth)
	return min(max(part/exposure, 1.0/maxAhead), maxAhead)
}

// delaysFor gives the delays of a topic, or of all articles, that hold at an
// instant. They are learnt anew once a day, each topic's at another time of it.
func (e *Evaluator) delaysFor(ctx context.Context, topic string, at time.Time) (*delays, error) {
	offset := time.Duration(timeline.Spread(int64(remembered), "delays", topic))
	upto := at.Add(-e.config.Horizon - offset).Truncate(remembered).Add(offset)
	if known := e.delays[topic]; known != nil && known.upto.Equal(upto) {
		return known, nil
	}
	seen, err := e.series.Delays(ctx, topic, upto.Add(-delaysOf), upto)
	if err != nil {
		return nil, err
	}
	learnt := newDelays(seen, e.config.Horizon, upto)
	e.delays[topic] = &learnt
	return &learnt, nil
}

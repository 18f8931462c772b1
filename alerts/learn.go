package alerts

import (
	"context"
	"errors"
	"time"

	"marsad/alerts/detect"
	"marsad/timeline"
)

// learner is a detector that has seen all steps of its topic that are final.
type learner struct {
	detector *detect.Detector
	history  int64     // that it learnt from
	upto     time.Time // last step it has seen
	recorded time.Time // the same of its last state on record
}

// learn brings the topic's detector up to the first step of the closing, from
// where it is, or from its state on record, or from the whole history when that
// has changed. Once a day the closing takes its state to the record, each topic's
// at another time of the day.
func (e *Evaluator) learn(ctx context.Context, t Topic, c *closing) (*learner, error) {
	known, err := e.memory.History(ctx, t.Name)
	if err != nil {
		return nil, err
	}
	l := e.learners[t.Name]
	if l == nil {
		if l, err = e.recall(ctx, t); err != nil {
			return nil, err
		}
	}
	if l == nil || l.history != known || !l.upto.Before(c.first) {
		d, err := e.detector(t)
		if err != nil {
			return nil, err
		}
		l = &learner{detector: d, history: known, upto: timeline.StepStart(c.first.Add(-history), 24*time.Hour)}
	}
	delete(e.learners, t.Name) // until it has seen all of them
	counts, err := e.series.Counts(ctx, t.Name, l.upto.Add(c.step), c.first)
	if err != nil {
		return nil, err
	}
	for _, n := range counts {
		if err := l.detector.Observe(sample(n)); err != nil {
			return nil, err
		}
	}
	l.upto = c.first.Add(-c.step)
	e.learners[t.Name] = l
	return l, l.record(t.Name, c)
}

// recall restores the topic's detector from its state on record; nil when there
// is none, or one of a detector that is no more.
func (e *Evaluator) recall(ctx context.Context, t Topic) (*learner, error) {
	state, err := e.memory.DetectorState(ctx, t.Name)
	if errors.Is(err, timeline.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := e.detector(t)
	if err != nil {
		return nil, err
	}
	if err := d.UnmarshalBinary(state.Data); errors.Is(err, detect.ErrState) {
		e.log.Info("detector state not used: the detector or the step has changed", "topic", t.Name)
		return nil, nil
	}
	return &learner{detector: d, history: state.History, upto: state.Upto, recorded: state.Upto}, nil
}

// record puts the learner's state into the closing when it is time.
func (l *learner) record(topic string, c *closing) error {
	offset := time.Duration(timeline.Spread(int64(remembered), "detector", topic))
	if !l.recorded.IsZero() && l.recorded.Add(-offset).Truncate(remembered).Equal(l.upto.Add(-offset).Truncate(remembered)) {
		return nil
	}
	data, err := l.detector.AppendBinary(nil)
	if err != nil {
		return err
	}
	l.recorded = l.upto
	c.settling.Detectors = append(c.settling.Detectors, timeline.DetectorState{Topic: topic, Upto: l.upto, History: l.history, Data: data})
	return nil
}

package alerts

import (
	"context"
	"slices"
	"time"

	"marsad/alerts/detect"
	"marsad/timeline"
)

// verdict is what is said of one topic at one step.
type verdict struct {
	looks []timeline.Evaluation // what goes on record, the shortest window first
	all   []*timeline.Evaluation
	rise  signal // the rarest of the looks that alarm
	fall  signal // likewise of those that have fallen
	// blind says that nothing is known of the present: it is not covered, or all is
	// warming up. A longer window may still hold what was collected before, and
	// look ever denser while its other end passes; that is no news.
	blind bool
}

// signal is what an incident rests on.
type signal struct {
	look       *timeline.Evaluation // nil: there is none
	rarity     float64              // see [detect.Judgement]
	dispersion float64              // likewise
}

// rarer is the rarer of two signals.
func (s signal) rarer(look *timeline.Evaluation, j *detect.Judgement) signal {
	if s.look != nil && s.rarity >= j.Rarity {
		return s
	}
	return signal{look, j.Rarity, j.Dispersion}
}

func (v *verdict) signal(kind timeline.IncidentKind) signal {
	if kind == timeline.Fall {
		return v.fall
	}
	return v.rise
}

// evaluate judges the steps of the closing, one verdict for each, by what is to be
// known of them at this hour: the topic's feeds may be faster or slower than all. Articles of an
// archive are history like all others, but are not observed: the record's counts
// tell them apart, and the expectation they are weighed against still includes
// the exposure they brought, so that an archive that reaches up to now can only
// make an alarm harder.
func (e *Evaluator) evaluate(ctx context.Context, t Topic, c *closing) ([]verdict, error) {
	learner, err := e.learn(ctx, t, c)
	if err != nil {
		return nil, err
	}
	detector := learner.detector.Clone() // these steps may still change
	counts, err := e.series.Counts(ctx, t.Name, c.first, c.newest.Add(c.step))
	if err != nil {
		return nil, err
	}
	known, err := e.knownAt(ctx, t.Name, c.now)
	if err != nil {
		return nil, err
	}
	verdicts := make([]verdict, len(c.results))
	for i := range verdicts {
		s := detect.Sample{Step: c.results[i].Step} // not covered, unless it is counted
		if len(counts) > 0 && counts[0].Step.Equal(s.Step) {
			s, counts = known.sample(counts[0]), counts[1:]
		}
		if err := detector.Observe(s); err != nil {
			return nil, err
		}
		if verdicts[i], err = e.decide(ctx, t, detector); err != nil {
			return nil, err
		}
	}
	return verdicts, nil
}

func sample(c timeline.StepCount) detect.Sample {
	return detect.Sample{Step: c.Step, Count: c.N, Archived: c.Loaded, Exposure: float64(c.Exposure)}
}

// shown reports whether the looks at a window always go on record: an hour, and
// what tells more of the day. The others do when they are what an alarm rests on.
func shown(window time.Duration) bool {
	return window == time.Hour || window == 5*time.Hour || window == 24*time.Hour
}

// decide puts what the detector says through the rule's gates.
func (e *Evaluator) decide(ctx context.Context, t Topic, detector *detect.Detector) (verdict, error) {
	judgements := detector.Judge()
	e.warming.note(t.Name, &judgements[0])
	v := verdict{blind: true}
	looks := make([]*timeline.Evaluation, 0, len(judgements))
	for _, j := range judgements {
		ev := evaluation(t, &j)
		if j.State == timeline.Alarming {
			passes, err := e.passes(ctx, t, ev)
			if err != nil {
				return verdict{}, err
			}
			if !passes {
				ev.State = timeline.Gated
			}
		}
		if ev.State != timeline.Uncovered && ev.State != timeline.WarmingUp {
			v.blind = false
		}
		if ev.State == timeline.Alarming {
			v.rise = v.rise.rarer(ev, &j)
		}
		looks = append(looks, ev)
	}
	if falls := t.Rule.Falls; !falls.IsZero() && !t.Rule.Off {
		for _, j := range detector.Falls(falls.N, falls.Per) {
			at := slices.IndexFunc(looks, func(ev *timeline.Evaluation) bool { return ev.Window == j.Window })
			looks[at].P, looks[at].State = j.P, j.State
			v.fall = v.fall.rarer(looks[at], &j)
		}
	}
	v.all = looks
	for _, ev := range looks {
		_, found := e.committed[keyOf(ev)]
		if found || ev == v.rise.look || ev == v.fall.look || shown(ev.Window) {
			v.looks = append(v.looks, *ev)
		}
	}
	if looks[0].State == timeline.Uncovered {
		v.rise, v.fall, v.blind = signal{}, signal{}, true
	}
	return v, nil
}

func evaluation(t Topic, j *detect.Judgement) *timeline.Evaluation {
	return &timeline.Evaluation{
		Topic:    t.Name,
		Step:     j.Step.UTC(),
		Window:   j.Window,
		Observed: j.Observed,
		Expected: j.Expected,
		Upper:    float64(j.Upper),
		P:        j.P,
		Exposure: j.Exposure,
		State:    j.State,
	}
}

// passes reports whether the alarm gets through the gates of the topic's rule.
func (e *Evaluator) passes(ctx context.Context, t Topic, ev *timeline.Evaluation) (bool, error) {
	before, found := e.committed[keyOf(ev)]
	if found && before.Observed == ev.Observed && (before.State == timeline.Alarming || before.State == timeline.Gated) {
		return before.State == timeline.Alarming, nil
	}
	gate, _, err := e.gate(ctx, t, ev)
	return gate == open, err
}

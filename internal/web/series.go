package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"marsad/timeline"
)

const (
	// maxPoints is the most points of one series in an answer.
	maxPoints = 10_000

	// standingReach is how far back the newest evaluation is looked for. If there
	// is none in it, nothing is said of the topic rather than something stale.
	standingReach = 3 * time.Hour
)

// span is a stretch of time in buckets of one width, aligned to UTC.
type span struct {
	From, To time.Time // on the grid of Width
	Width    time.Duration
}

// newSpan moves both ends outward to the grid.
func newSpan(from, to time.Time, width time.Duration) span {
	end := timeline.StepStart(to, width)
	if end.Before(to) {
		end = end.Add(width)
	}
	return span{timeline.StepStart(from, width), end, width}
}

func (s span) len() int { return int(s.To.Sub(s.From) / s.Width) }

// bucket is what was counted from Start for the width of its span.
type bucket struct {
	Start    time.Time
	N        int
	Loaded   int
	Exposure int // 0: nothing was collected, so N says nothing
	// The detector's word on just this window; nil where there is none. Upper is
	// nil while warming up, too.
	Expected, Upper *float64
	State           timeline.EvaluationState
}

// buckets gives all buckets of the span, ascending, the uncovered ones too.
func (s *Server) buckets(ctx context.Context, topic string, sp span) ([]bucket, error) {
	counts, err := s.opts.Series.Sums(ctx, topic, sp.Width, sp.From, sp.To)
	if err != nil {
		return nil, err
	}
	evaluations, err := s.opts.Series.EvaluationsOf(ctx, topic, sp.Width, sp.From, sp.To)
	if err != nil {
		return nil, err
	}
	buckets := make([]bucket, sp.len())
	for i := range buckets {
		buckets[i].Start = sp.From.Add(time.Duration(i) * sp.Width)
	}
	for _, c := range counts {
		b := &buckets[c.Step.Sub(sp.From)/sp.Width]
		b.N, b.Loaded, b.Exposure = c.N, c.Loaded, c.Exposure
	}
	for _, e := range evaluations {
		b := &buckets[e.Step.Sub(sp.From)/sp.Width]
		b.State = e.State
		if e.State == timeline.Uncovered {
			continue
		}
		b.Expected = &e.Expected
		if e.Upper > 0 {
			b.Upper = &e.Upper
		}
	}
	return buckets, nil
}

// standing is what the newest evaluated step says of a topic.
type standing struct {
	State   timeline.EvaluationState // empty when there is no such step
	Step    time.Time
	Windows []timeline.Evaluation // shortest first
	Warm    time.Time             // when warming up ends at the earliest; zero when it is not known
}

func (s *Server) standing(ctx context.Context, topic string, now time.Time) (standing, error) {
	evaluations, err := s.opts.Series.Evaluations(ctx, topic, 0, now.Add(-standingReach), now)
	if err != nil || len(evaluations) == 0 {
		return standing{}, err
	}
	out := standing{Step: evaluations[len(evaluations)-1].Step}
	for _, e := range evaluations {
		if e.Step.Equal(out.Step) {
			out.Windows = append(out.Windows, e)
		}
	}
	slices.SortFunc(out.Windows, func(a, b timeline.Evaluation) int { return cmp.Compare(a.Window, b.Window) })
	out.State = summarise(out.Windows)
	if out.State == timeline.WarmingUp && s.opts.Warming != nil {
		out.Warm = s.opts.Warming(topic)
	}
	return out, nil
}

// summarise gives the state of a topic from those of its windows, of which there
// is at least one, the shortest first. An alarm of any window is one of the
// topic; a topic is blind when its shortest window is, and warm as soon as any
// window is.
func summarise(windows []timeline.Evaluation) timeline.EvaluationState {
	seen := map[timeline.EvaluationState]bool{}
	for _, e := range windows {
		seen[e.State] = true
	}
	switch {
	case seen[timeline.Alarming]:
		return timeline.Alarming
	case windows[0].State == timeline.Uncovered:
		return timeline.Uncovered
	case seen[timeline.Fallen]:
		return timeline.Fallen
	case seen[timeline.Gated]:
		return timeline.Gated
	case seen[timeline.Normal]:
		return timeline.Normal
	}
	return timeline.WarmingUp
}

package alerts

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"marsad/timeline"
)

// What a digest shows of each.
const (
	digestTopics  = 10
	digestFigures = 3 // of a topic
)

// fill puts into a digest what came in its time.
func (r *Reporter) fill(ctx context.Context, report *timeline.Report) error {
	happened, _, err := r.happened(ctx, report.From, report.To)
	if err != nil {
		return err
	}
	var incidents []timeline.IncidentReport
	for p, of := range happened {
		if p.receiver == "" {
			incidents = append(incidents, of...)
		}
	}
	report.Incidents, report.Beyond = worst(incidents, maxReported)
	for _, t := range r.opts.Topics {
		of, err := r.topic(ctx, t, report.From, report.To)
		if err != nil {
			return err
		}
		if of.Observed > 0 {
			report.Topics = append(report.Topics, of)
		}
	}
	slices.SortStableFunc(report.Topics, func(a, b timeline.TopicReport) int {
		return cmp.Compare(excess(&b), excess(&a))
	})
	report.Topics = report.Topics[:min(len(report.Topics), digestTopics)]
	for k := range report.Topics {
		t := &report.Topics[k]
		if t.Figures, err = r.newFigures(ctx, t.Topic, report.From, report.To); err != nil {
			return err
		}
	}
	return r.feeds(ctx, report)
}

// excess is how far a topic is above its expectation, in standard deviations of a
// Poisson count; one is added so that a single article of a topic that is never in
// the news is not the first of all.
func excess(t *timeline.TopicReport) float64 {
	return (float64(t.Observed) - t.Expected) / math.Sqrt(t.Expected+1)
}

// recordedWindows are those that are always on record, the longest first. A topic's
// windows may leave some out.
var recordedWindows = [...]time.Duration{24 * time.Hour, 5 * time.Hour, time.Hour}

// topic adds up the looks at windows that lie side by side from the end of the time
// back: what was observed and what was to be expected are of the same steps.
func (r *Reporter) topic(ctx context.Context, t Topic, from, to time.Time) (timeline.TopicReport, error) {
	out := timeline.TopicReport{Topic: t.Name, Title: t.Title}
	for _, window := range recordedWindows {
		found := false
		for at := to; at.Sub(from) >= window; at = at.Add(-window) {
			// The last step may not have been evaluated yet.
			looks, err := r.opts.Looks.Evaluations(ctx, t.Name, window, at.Add(-window), at)
			if err != nil {
				return out, err
			}
			if len(looks) == 0 {
				continue
			}
			look := &looks[len(looks)-1]
			found = true
			out.Observed += look.Observed
			out.Expected += look.Expected
		}
		if found {
			break
		}
	}
	return out, nil
}

// newFigures gives the first of a topic's figures that were not found in as long a
// time before.
func (r *Reporter) newFigures(ctx context.Context, topic string, from, to time.Time) ([]timeline.Figure, error) {
	now, err := r.opts.Found.Evidence(ctx, topic, from, to)
	if err != nil {
		return nil, err
	}
	before, err := r.opts.Found.Evidence(ctx, topic, from.Add(from.Sub(to)), from)
	if err != nil {
		return nil, err
	}
	var figures []timeline.Figure
	for k := range now.Figures {
		f := &now.Figures[k]
		old := slices.ContainsFunc(before.Figures, func(o timeline.Figure) bool { return o.Key() == f.Key() })
		if !old && len(figures) < digestFigures {
			figures = append(figures, *f)
		}
	}
	return figures, nil
}

// feeds names those that are gone, that were not read in all of the report's time,
// or that have fallen silent.
func (r *Reporter) feeds(ctx context.Context, report *timeline.Report) error {
	all, err := r.opts.Feeds.Feeds(ctx)
	if err != nil {
		return err
	}
	for k := range all {
		f := &all[k]
		condition := f.Condition()
		dead := condition == timeline.FeedGone || condition == timeline.FeedSilent ||
			condition == timeline.FeedFailing && f.LastSuccess.Before(report.From)
		switch {
		case !dead:
		case len(report.Feeds) == maxReported:
			report.Beyond++
		default:
			report.Feeds = append(report.Feeds, timeline.FeedReport{Name: f.Name, Title: f.Title, Condition: condition, LastSuccess: f.LastSuccess})
		}
	}
	return nil
}

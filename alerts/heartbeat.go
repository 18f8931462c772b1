package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"marsad/timeline"
)

// Feeds is where a heartbeat looks whether anything is heard.
type Feeds interface {
	Feeds(ctx context.Context) ([]timeline.FeedStatus, error)
}

// HeartbeatOptions are what a heartbeat is made of. All but Routing is needed.
type HeartbeatOptions struct {
	After   time.Duration // for how long no feed may have answered; 0: for ever
	Started time.Time     // of the process
	Feeds   Feeds
	Results Results
	Logger  *slog.Logger

	Routing Routing
}

// Heartbeat tells the team when Marsad itself is blind, which looks like quiet: no
// feed has answered though some were asked. That is an incident of its own kind,
// which opens and is resolved like others.
type Heartbeat struct{ opts HeartbeatOptions }

// NewHeartbeat returns a heartbeat.
func NewHeartbeat(o HeartbeatOptions) *Heartbeat { return &Heartbeat{o} }

// Beat looks once. It waits for the first step to be evaluated, and is not to be
// called while an Evaluator closes steps.
func (h *Heartbeat) Beat(ctx context.Context, now time.Time) error {
	if h.opts.After == 0 {
		return nil
	}
	lastStep, feeds, open, err := survey(ctx, h.opts.Feeds, h.opts.Results)
	if err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	if lastStep.IsZero() {
		return nil
	}
	answered := lastAnswer(feeds)
	heard := answered // what was not heard while the process was down is no failure
	if heard.Before(h.opts.Started) {
		heard = h.opts.Started.UTC()
	}
	asked, failing := askedSince(feeds, heard)
	at := slices.IndexFunc(open, func(i timeline.Incident) bool { return i.Kind == timeline.Blind })
	result := timeline.StepResult{Step: lastStep}
	switch {
	case at >= 0 && answered.After(open[at].Updated):
		incident := open[at]
		resolve(&incident, answered)
		result.Incidents = []timeline.Incident{incident}
		result.Notices = h.notices(timeline.NoticeResolution, incident, now)
	case at < 0 && asked.Sub(heard) >= h.opts.After:
		incident := timeline.Incident{
			ID: timeline.BlindID(heard), Kind: timeline.Blind, Topic: timeline.NoTopic,
			State: timeline.IncidentOpen, Severity: SeverityCritical,
			Opened: heard, Updated: asked, Window: h.opts.After, Total: failing,
		}
		result.Incidents = []timeline.Incident{incident}
		result.Notices = h.notices(timeline.NoticeOpening, incident, now)
	default:
		return nil
	}
	if err := h.opts.Results.CommitStep(ctx, result); err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	h.opts.Logger.Warn("heartbeat", "state", result.Incidents[0].State, "answered", answered, "asked", asked, "feeds", failing)
	return nil
}

func (h *Heartbeat) notices(kind timeline.NoticeKind, incident timeline.Incident, now time.Time) []timeline.Notice {
	return notices(h.opts.Routing.receivers(&incident), kind, incident, timeline.News{}, now)
}

// survey gives what a look at feeds begins with: the step that was evaluated last,
// zero when none was and there is no more, the feeds and the incidents that are open.
func survey(ctx context.Context, f Feeds, r Results) (lastStep time.Time, feeds []timeline.FeedStatus, open []timeline.Incident, err error) {
	if lastStep, err = r.LastStep(ctx); err != nil || lastStep.IsZero() {
		return lastStep, nil, nil, err
	}
	if feeds, err = f.Feeds(ctx); err != nil {
		return lastStep, nil, nil, err
	}
	open, err = r.OpenIncidents(ctx)
	return lastStep, feeds, open, err
}

// lastAnswer is when a feed that is polled answered last; zero when none did.
func lastAnswer(feeds []timeline.FeedStatus) (last time.Time) {
	for i := range feeds {
		if f := &feeds[i]; f.Enabled && !f.Archive && f.LastSuccess.After(last) {
			last = f.LastSuccess
		}
	}
	return last
}

// askedSince gives when a feed was asked last and how many were after an instant;
// that instant when none was.
func askedSince(feeds []timeline.FeedStatus, since time.Time) (last time.Time, n int) {
	last = since
	for i := range feeds {
		f := &feeds[i]
		if !f.Enabled || f.Archive || !f.LastPoll.After(since) {
			continue
		}
		n++
		if f.LastPoll.After(last) {
			last = f.LastPoll
		}
	}
	return last, n
}

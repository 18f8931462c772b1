package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"marsad/timeline"
)

// FeedGroup is feeds that are looked after together: a group of the starter data,
// or those with one label.
type FeedGroup struct {
	Name  string
	Feeds []string // names
}

// Limits of a look at groups.
const (
	// leastDark is how many feeds of a group must have answered once: what befalls
	// a single feed is said on the page of feeds.
	leastDark = 2
	// deaf is for how long no feed may have answered before the silence of groups
	// is not held against them: then it is Marsad that does not hear.
	deaf = 15 * time.Minute
	// namedDark is how many dark feeds an incident names.
	namedDark = 10
)

// DarkGroupsOptions are what a DarkGroups is made of. All but Routing is needed.
type DarkGroupsOptions struct {
	After   time.Duration // for how long the feeds of a group must not have been read; 0: for ever
	Share   Share         // of a group's feeds
	Started time.Time     // of the process
	Groups  []FeedGroup
	Feeds   Feeds
	Results Results
	Logger  *slog.Logger

	Routing Routing
}

// DarkGroups tells the team when a group of feeds is heard no more while others
// answer: a country's network is cut, a publisher has moved, an agency bars us.
// That is an incident of its own kind for each group. A feed is dark when it was
// asked and could not be read for long enough, or answers but brings nothing for
// much longer than usual. One that never answered cannot go dark.
//
// That no feed at all answers is no group's matter, but [Heartbeat]'s.
type DarkGroups struct {
	opts DarkGroupsOptions
	// hearing is since when feeds answer. Before, nobody was heard.
	hearing time.Time
}

// NewDarkGroups returns a watch over groups.
func NewDarkGroups(o DarkGroupsOptions) *DarkGroups {
	return &DarkGroups{opts: o, hearing: o.Started.UTC()}
}

// Look looks once. It waits for the first step to be evaluated, and is not to be
// called while an Evaluator closes steps.
func (d *DarkGroups) Look(ctx context.Context, now time.Time) error {
	if d.opts.After == 0 {
		return nil
	}
	lastStep, feeds, open, err := survey(ctx, d.opts.Feeds, d.opts.Results)
	if err != nil {
		return fmt.Errorf("feed groups: %w", err)
	}
	if lastStep.IsZero() {
		return nil
	}
	open = slices.DeleteFunc(open, func(i timeline.Incident) bool { return i.Kind != timeline.Dark })
	result := timeline.StepResult{Step: lastStep}
	tell := func(kind timeline.NoticeKind, i timeline.Incident) {
		result.Incidents = append(result.Incidents, i)
		result.Notices = append(result.Notices, notices(d.opts.Routing.receivers(&i), kind, i, timeline.News{}, now)...)
		d.opts.Logger.Warn("feed group", "group", i.Title, "state", i.State, "dark", i.Observed, "feeds", i.Total, "since", i.Opened)
	}
	hears := d.hears(feeds)
	for _, group := range d.opts.Groups {
		at := slices.IndexFunc(open, func(i timeline.Incident) bool { return i.Title == group.Name })
		is := d.stateOf(group, feeds, at >= 0)
		switch {
		case at >= 0 && !is.dark:
			i := open[at]
			resolve(&i, is.answered)
			tell(timeline.NoticeResolution, i)
		case at < 0 && is.dark && hears && is.others:
			tell(timeline.NoticeOpening, is.incident(group, d.opts.After))
		}
	}
	for _, i := range open {
		if !slices.ContainsFunc(d.opts.Groups, func(g FeedGroup) bool { return g.Name == i.Title }) {
			resolve(&i, now.UTC()) // the configuration has it no more
			tell(timeline.NoticeResolution, i)
		}
	}
	if len(result.Incidents) == 0 {
		return nil
	}
	if err := d.opts.Results.CommitStep(ctx, result); err != nil {
		return fmt.Errorf("feed groups: %w", err)
	}
	return nil
}

// hears reports whether feeds answer, and notes since when they do.
func (d *DarkGroups) hears(feeds []timeline.FeedStatus) bool {
	answered := lastAnswer(feeds)
	if asked, _ := askedSince(feeds, answered); asked.Sub(answered) >= deaf {
		d.hearing = time.Time{}
		return false
	}
	if d.hearing.IsZero() {
		d.hearing = answered
	}
	return true
}

// groupState is what a look at a group's feeds shows.
type groupState struct {
	dark     bool
	others   bool // feeds outside it answer
	known    int  // feeds that have answered once
	names    []string
	since    time.Time // when the last of the dark feeds was heard
	asked    time.Time // when the newest of its polls was
	answered time.Time // when a feed of the group answered last
}

// stateOf looks at a group. Of one that is dark already the feeds that fail are
// still dark, however short this process has been asking them.
func (d *DarkGroups) stateOf(group FeedGroup, feeds []timeline.FeedStatus, already bool) (s groupState) {
	for i := range feeds {
		f := &feeds[i]
		if !f.Enabled || f.Archive || f.LastSuccess.IsZero() {
			continue
		}
		since, dark := d.dark(f)
		dark = dark || already && !f.LastOutcome.Succeeded()
		if !slices.Contains(group.Feeds, f.Name) {
			s.others = s.others || !dark && f.LastOutcome.Succeeded()
			continue
		}
		s.known++
		if f.LastPoll.After(s.asked) {
			s.asked = f.LastPoll
		}
		if f.LastSuccess.After(s.answered) {
			s.answered = f.LastSuccess
		}
		if dark {
			s.names = append(s.names, f.Name)
			if since.After(s.since) {
				s.since = since
			}
		}
	}
	s.dark = s.known >= leastDark && len(s.names) > 0 && float64(len(s.names)) >= float64(d.opts.Share)*float64(s.known)
	return s
}

// dark reports whether a feed is not heard any more, and since when.
func (d *DarkGroups) dark(f *timeline.FeedStatus) (since time.Time, dark bool) {
	if f.Condition() == timeline.FeedSilent {
		return f.Pace.LastNew, true
	}
	heard := f.LastSuccess
	if heard.Before(d.hearing) {
		heard = d.hearing // what was not heard while nobody was is no failure of the feed
	}
	return f.LastSuccess, !f.LastOutcome.Succeeded() && !d.hearing.IsZero() && f.LastPoll.Sub(heard) >= d.opts.After
}

func (s *groupState) incident(group FeedGroup, after time.Duration) timeline.Incident {
	return timeline.Incident{
		ID: timeline.DarkID(group.Name, s.since), Kind: timeline.Dark, Topic: timeline.NoTopic, Title: group.Name,
		State: timeline.IncidentOpen, Severity: SeverityHigh, Opened: s.since.UTC(), Updated: s.asked.UTC(), Window: after,
		Observed: len(s.names), Total: s.known, Feeds: s.names[:min(len(s.names), namedDark)],
	}
}

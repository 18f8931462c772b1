package alerts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"marsad/timeline"
)

// together is the overlap coefficient from which two topics' alarms rest largely
// on the same stories: of the topic with fewer stories, this share is among those
// of the other, too. Below a half two topics meet in an article now and then, as
// those of one region always do.
const together = 0.6

// What an incident with joined topics shows of them all.
const (
	shownHeadlines = 5
	shownFigures   = 10
	shownEvents    = 5
)

// join makes an incident that opens one that is told with another, if it rests on
// the same stories within [Quiet], and goes to the same channel: of several with
// the one it shares most with, then the oldest. Falls rest on no stories.
func (w *walk) join(ctx context.Context, l *life) error {
	if l.incident.Kind != timeline.Rise {
		return nil
	}
	var (
		leader *life
		most   float64
		full   string // one that shares as much, and has no room
	)
	for _, other := range w.lives {
		if !w.mayLead(other, l) {
			continue
		}
		share, err := w.overlap(ctx, &l.incident, &other.incident)
		switch {
		case err != nil:
			return err
		case share < together || share <= most:
		case len(others(&other.incident, l.incident.Topic)) >= timeline.MaxJoined:
			full = other.incident.ID
		default:
			leader, most = other, share
		}
	}
	if leader == nil {
		if full != "" {
			w.log.Warn("incident told by itself: too many have joined the one on its stories",
				"incident", l.incident.ID, "topic", l.incident.Topic, "full", full, "limit", timeline.MaxJoined)
		}
		return nil
	}
	i := &leader.incident
	l.incident.Leader = i.ID
	i.Joined = append(others(i, l.incident.Topic), l.incident.AsJoined())
	w.log.Info("incident joins another", "incident", l.incident.ID, "topic", l.incident.Topic, "joins", i.ID, "overlap", most)
	return nil
}

// others are those that joined the incident, but for one of the topic, which rises
// again.
func others(i *timeline.Incident, topic string) []timeline.Joined {
	return slices.DeleteFunc(slices.Clone(i.Joined), func(j timeline.Joined) bool { return j.Topic == topic })
}

// mayLead reports whether an incident is one that another can be told with, the
// stories aside.
func (w *walk) mayLead(leader, l *life) bool {
	i := &leader.incident
	at := slices.IndexFunc(w.topics, func(t Topic) bool { return t.Name == i.Topic })
	return leader.open() && i.Kind == timeline.Rise && i.Leader == "" && at >= 0 &&
		w.topics[at].Rule.Channel == l.of.topic.Rule.Channel && l.incident.Opened.Sub(i.LastAlarm()).Abs() < Quiet
}

// storyKey names the stories of a topic in a time.
type storyKey struct {
	topic    string
	from, to time.Time
}

// overlap is the overlap coefficient (Szymkiewicz-Simpson) of the stories of two
// incidents, each from the window that opened it until the later one opened: what
// they share, of the fewer.
func (w *walk) overlap(ctx context.Context, a, b *timeline.Incident) (float64, error) {
	to := a.Opened
	if b.Opened.After(to) {
		to = b.Opened
	}
	first, err := w.storiesOf(ctx, a, to)
	if err != nil {
		return 0, err
	}
	second, err := w.storiesOf(ctx, b, to)
	if err != nil {
		return 0, err
	}
	if len(first) > len(second) {
		first, second = second, first
	}
	if len(first) == 0 {
		return 0, nil
	}
	shared := 0
	for story := range first {
		if second[story] {
			shared++
		}
	}
	return float64(shared) / float64(len(first)), nil
}

func (w *walk) storiesOf(ctx context.Context, i *timeline.Incident, last time.Time) (map[string]bool, error) {
	key := storyKey{i.Topic, i.Opened.Add(w.c.step - i.Window), last.Add(w.c.step)}
	if known, found := w.stored[key]; found {
		return known, nil
	}
	names, err := w.stories.StoryIDs(ctx, key.topic, key.from, key.to)
	if err != nil {
		return nil, err
	}
	stories := make(map[string]bool, len(names))
	for _, name := range names {
		stories[name] = true
	}
	w.stored[key] = stories
	return stories, nil
}

// leads reports whether an incident that is told with this one is still open.
func (w *walk) leads(l *life) bool {
	return slices.ContainsFunc(w.lives, func(o *life) bool { return o.incident.Leader == l.incident.ID && o.open() })
}

// gather brings an incident that others have joined to their state: it shows what
// stands behind all of them.
func (w *walk) gather(ctx context.Context, l *life) error {
	i := &l.incident
	if len(i.Joined) == 0 {
		return nil
	}
	i.Joined = slices.Clone(i.Joined)
	members := make([]*life, len(i.Joined))
	changed := l.of != nil
	for k := range i.Joined {
		at := slices.IndexFunc(w.lives, func(o *life) bool { return o.incident.ID == i.Joined[k].Incident })
		if at < 0 {
			continue // over, and as it was
		}
		members[k] = w.lives[at]
		i.Joined[k] = members[k].incident.AsJoined()
		i.Severity = worse(i.Severity, members[k].incident.Severity)
		changed = changed || members[k].of != nil || !members[k].open()
	}
	if !changed {
		return nil
	}
	if l.of == nil && !w.former(l) {
		if err := w.evidence(ctx, i); err != nil {
			return err
		}
	}
	for k := range members {
		if j := members[k]; j != nil && (j.open() || j.incident.Resolved.Equal(i.Resolved)) {
			show(i, &j.incident)
		}
	}
	return nil
}

// show adds to what an incident shows what stands behind one that joined.
func show(i, joined *timeline.Incident) {
	i.Headlines = slices.Clone(i.Headlines)
	for _, h := range joined.Headlines {
		at := slices.IndexFunc(i.Headlines, func(o timeline.Headline) bool { return o.Story == h.Story })
		if at < 0 {
			i.Headlines = append(i.Headlines, h)
		} else if h.Publishers > i.Headlines[at].Publishers {
			i.Headlines[at] = h
		}
	}
	slices.SortStableFunc(i.Headlines, func(a, b timeline.Headline) int { return cmp.Compare(b.Publishers, a.Publishers) })
	i.Headlines = i.Headlines[:min(len(i.Headlines), shownHeadlines)]
	i.Figures = inTurn(i.Figures, joined.Figures, shownFigures, func(f timeline.Figure) string { return f.Key() })
	i.Events = inTurn(i.Events, joined.Events, shownEvents, func(e timeline.DatedEvent) timeline.Interval { return e.Interval })
	for _, lang := range joined.Langs {
		if !slices.Contains(i.Langs, lang) {
			i.Langs = append(slices.Clip(i.Langs), lang)
		}
	}
}

// inTurn takes from two lists in turn, each thing once, up to a limit.
func inTurn[T any, K comparable](a, b []T, limit int, key func(T) K) []T {
	var out []T
	seen := make(map[K]bool)
	add := func(of []T, n int) {
		if n < len(of) && len(out) < limit && !seen[key(of[n])] {
			seen[key(of[n])] = true
			out = append(out, of[n])
		}
	}
	for n := range max(len(a), len(b)) {
		add(a, n)
		add(b, n)
	}
	return out
}

package alerts

import (
	"context"
	"slices"
	"time"

	"marsad/timeline"
)

// walk takes the incidents of all topics through the steps of a closing, one step
// after the other, so that those that open in one closing join each other as they
// would have in several.
//
// While an incident is open, Updated is its newest step that alarmed, so that the
// record alone tells when it is over.
type walk struct {
	*Evaluator

	c       *closing
	watched []*watched                   // in the order of the configuration
	lives   []*life                      // those that were open, oldest first, and then those that open
	stored  map[storyKey]map[string]bool // stories, as they were read
	changes []timeline.Incident          // of counts, that are open
}

// life is an incident on its way through the steps.
type life struct {
	incident timeline.Incident
	recorded timeline.Incident // zero when it opens in this closing
	of       *watched          // nil when nothing is known of its topic in this closing
}

func (l *life) open() bool { return l.incident.State == timeline.IncidentOpen }

// watched is a topic of which there is something to follow.
type watched struct {
	topic    Topic
	verdicts []verdict // one for each step
}

// walk begins with the incidents of topics that are open.
func (e *Evaluator) walk(ctx context.Context, c *closing) (*walk, error) {
	open, err := e.results.OpenIncidents(ctx)
	if err != nil {
		return nil, err
	}
	w := &walk{Evaluator: e, c: c, stored: make(map[storyKey]map[string]bool)}
	for _, i := range open {
		switch i.Kind {
		case timeline.Rise, timeline.Fall:
			w.lives = append(w.lives, &life{incident: i, recorded: i})
		case timeline.CountChanged:
			w.changes = append(w.changes, i)
		case timeline.Blind, timeline.Dark:
		}
	}
	return w, nil
}

// watch takes in the verdicts on a topic: none are kept where nothing is open and
// nothing alarms, and of those that are kept only what is needed further on.
func (w *walk) watch(t Topic, verdicts []verdict) {
	of := &watched{t, verdicts}
	follow := slices.ContainsFunc(verdicts, func(v verdict) bool { return v.rise.look != nil || v.fall.look != nil })
	for _, l := range w.lives {
		if l.incident.Topic == t.Name {
			l.of, follow = of, true
		}
	}
	if !follow {
		return
	}
	for n := range verdicts {
		verdicts[n].looks = nil
		if n < len(verdicts)-timeline.SeriesSteps {
			verdicts[n].all = nil
		}
	}
	w.watched = append(w.watched, of)
}

// run opens, keeps up and resolves incidents, and leaves all that changed in the
// result that settles the closing.
func (w *walk) run(ctx context.Context) error {
	for n := range w.c.results {
		for _, of := range w.watched {
			for _, kind := range []timeline.IncidentKind{timeline.Rise, timeline.Fall} {
				if s := of.verdicts[n].signal(kind); s.look != nil {
					if err := w.alarm(ctx, of, s, kind); err != nil {
						return err
					}
				}
			}
		}
		// Those that are told with others first: these may be over then, too.
		w.resolve(n, func(l *life) bool { return l.incident.Leader != "" })
		w.resolve(n, func(l *life) bool { return l.incident.Leader == "" })
	}
	w.abandon(func(l *life) bool { return l.incident.Leader != "" })
	w.abandon(func(l *life) bool { return l.incident.Leader == "" })
	return w.settle(ctx)
}

// alarm keeps the topic's incident up, or opens one.
func (w *walk) alarm(ctx context.Context, of *watched, s signal, kind timeline.IncidentKind) error {
	step := s.look.Step
	var resolved time.Time // when the topic's last incident was
	for _, l := range slices.Backward(w.lives) {
		i := &l.incident
		if l.of != of || i.Kind != kind {
			continue
		}
		if l.open() {
			if step.After(i.Updated) {
				i.Updated = step
			}
			i.Severity = worse(i.Severity, severity(s.rarity))
			return nil
		}
		resolved = i.Resolved
		break
	}
	if step.Before(w.c.horizon) {
		return nil
	}
	if resolved.IsZero() {
		last, err := w.last(ctx, of.topic, kind)
		if err != nil {
			return err
		}
		resolved = last.Resolved
	}
	if !step.After(resolved) {
		return nil
	}
	l := &life{incident: opened(of.topic, s, kind), of: of}
	if err := w.join(ctx, l); err != nil {
		return err
	}
	w.lives = append(w.lives, l)
	return nil
}

// resolve ends the incidents whose topics have been quiet for long enough at the
// step, those that others are told with last.
func (w *walk) resolve(n int, which func(*life) bool) {
	step := w.c.results[n].Step
	for _, l := range w.lives {
		if !l.open() || l.of == nil || !which(l) {
			continue
		}
		v := &l.of.verdicts[n]
		quiet := v.signal(l.incident.Kind).look == nil && !v.blind && step.Sub(l.incident.Updated) >= Quiet
		if quiet && !w.leads(l) {
			resolve(&l.incident, step)
		}
	}
}

// abandon resolves the incidents of topics that are watched no longer.
func (w *walk) abandon(which func(*life) bool) {
	for _, l := range w.lives {
		if w.former(l) && l.open() && which(l) && !w.leads(l) {
			resolve(&l.incident, w.c.newest)
		}
	}
}

// former reports whether the incident's topic is watched no longer.
func (w *walk) former(l *life) bool {
	return !slices.ContainsFunc(w.topics, func(t Topic) bool { return t.Name == l.incident.Topic })
}

// settle brings what stands behind the incidents up to date and records what
// differs from what is recorded, with the notices that follow.
func (w *walk) settle(ctx context.Context) error {
	for _, l := range w.lives {
		if l.of == nil {
			continue
		}
		if l.open() {
			l.incident.Series = seriesOf(l.of.verdicts, l.incident.Window)
		}
		if err := w.evidence(ctx, &l.incident); err != nil {
			return err
		}
	}
	for _, l := range w.lives {
		if err := w.gather(ctx, l); err != nil {
			return err
		}
	}
	for _, l := range w.lives {
		if !same(&l.incident, &l.recorded) {
			w.record(w.c, l.incident, l.recorded)
		}
	}
	return nil
}

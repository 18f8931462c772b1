package alerts

import (
	"context"
	"slices"
	"time"

	"marsad/timeline"
)

// Quiet is how long a topic must not have alarmed for its incident to be over.
// Alarms closer than that are one incident.
const Quiet = 12 * time.Hour

// The severities of an incident, by how rare its rarest look was.
const (
	SeverityNotice   = "notice"   // as rare as the topic's budget, or up to ten times rarer
	SeverityHigh     = "high"     // ten times rarer: at a budget of 1/4w, less than once in 40 weeks
	SeverityCritical = "critical" // a thousand times rarer: not by chance in a lifetime
)

func severity(rarity float64) string {
	switch {
	case rarity >= 1000:
		return SeverityCritical
	case rarity >= 10:
		return SeverityHigh
	}
	return SeverityNotice
}

// worse is the greater of two severities.
func worse(a, b string) string {
	order := []string{SeverityNotice, SeverityHigh, SeverityCritical}
	if slices.Index(order, a) >= slices.Index(order, b) {
		return a
	}
	return b
}

// follow takes the topic's last incident of a kind through the verdicts, opens
// new ones, and leaves all that changes in the result that settles the closing.
//
// While an incident is open, Updated is its newest step that alarmed, so that the
// record alone tells when it is over.
func (e *Evaluator) follow(ctx context.Context, t Topic, c *closing, verdicts []verdict, kind timeline.IncidentKind) error {
	incident, err := e.last(ctx, t, kind)
	if err != nil {
		return err
	}
	recorded := incident
	for i := range verdicts {
		v, s := &verdicts[i], verdicts[i].signal(kind)
		step := c.results[i].Step
		switch open := incident.State == timeline.IncidentOpen; {
		case open && s.look != nil:
			if step.After(incident.Updated) {
				incident.Updated = step
			}
			incident.Severity = worse(incident.Severity, severity(s.rarity))
		case open && !v.blind && step.Sub(incident.Updated) >= Quiet:
			resolve(&incident, step)
			if err := e.settle(ctx, c, incident, recorded); err != nil {
				return err
			}
			recorded = incident
		case !open && s.look != nil && !step.Before(c.horizon) && step.After(incident.Resolved):
			incident = opened(t, s, kind)
		}
	}
	if incident.State != timeline.IncidentOpen {
		return nil
	}
	incident.Series = seriesOf(verdicts, incident.Window)
	return e.settle(ctx, c, incident, recorded)
}

// seriesOf is what was counted within a window at the last of the steps that were
// looked at, for a chart.
func seriesOf(verdicts []verdict, window time.Duration) []timeline.SeriesPoint {
	var points []timeline.SeriesPoint
	for i := max(0, len(verdicts)-timeline.SeriesSteps); i < len(verdicts); i++ {
		for _, look := range verdicts[i].all {
			if look.Window == window && look.State != timeline.Uncovered {
				points = append(points, timeline.SeriesPoint{Step: look.Step, Observed: look.Observed, Expected: look.Expected})
			}
		}
	}
	return points
}

// lookedThrough is how many of a topic's last incidents are looked through for
// one of a kind.
const lookedThrough = 100

// last is the topic's last incident of a kind. Where there is none it is zero,
// which is over.
func (e *Evaluator) last(ctx context.Context, t Topic, kind timeline.IncidentKind) (timeline.Incident, error) {
	page, err := e.results.Incidents(ctx, timeline.Query{Topic: t.Name, Limit: lookedThrough})
	if err != nil {
		return timeline.Incident{}, err
	}
	for i := range page.Items {
		if page.Items[i].Kind == kind {
			return page.Items[i], nil
		}
	}
	return timeline.Incident{}, nil
}

func opened(t Topic, s signal, kind timeline.IncidentKind) timeline.Incident {
	budget, id := t.Rule.FalseAlarms, timeline.IncidentID
	if kind == timeline.Fall {
		budget, id = t.Rule.Falls, timeline.FallID
	}
	return timeline.Incident{
		ID:       id(t.Name, s.look.Step),
		Topic:    t.Name,
		Kind:     kind,
		Title:    t.Title,
		State:    timeline.IncidentOpen,
		Severity: severity(s.rarity),
		Opened:   s.look.Step,
		Updated:  s.look.Step,
		Observed: s.look.Observed,
		Expected: s.look.Expected,
		Upper:    s.look.Upper,
		Exposure: s.look.Exposure,
		P:        s.look.P,
		Window:   s.look.Window,

		Dispersion: s.dispersion,
		Weeks:      s.rarity * budget.weeks(),
	}
}

func resolve(i *timeline.Incident, step time.Time) {
	i.State, i.Resolved, i.Updated = timeline.IncidentResolved, step, step
}

// settle brings the incident's evidence up to date and records it if that or
// anything else differs from what is recorded, with the notices that follow.
func (e *Evaluator) settle(ctx context.Context, c *closing, incident, recorded timeline.Incident) error {
	from := incident.Opened.Add(c.step - incident.Window)
	evidence, err := e.series.Evidence(ctx, incident.Topic, from, incident.Updated.Add(c.step))
	if err != nil {
		return err
	}
	incident.Total, incident.Publishers = evidence.Counted, evidence.Publishers
	incident.Headlines, incident.Figures = evidence.Headlines, evidence.Figures
	incident.Langs, incident.Events = evidence.Langs, evidence.Events
	if same(&incident, &recorded) {
		return nil
	}
	e.record(c, incident, recorded)
	return nil
}

// same compares what changes over an incident's life.
func same(a, b *timeline.Incident) bool {
	return a.Updated.Equal(b.Updated) && !shows(a, b)
}

// shows reports whether a message about the incident says something else than it
// did. Of headlines the stories do, of figures and events the number: the rest
// follows from these.
func shows(a, b *timeline.Incident) bool {
	return a.ID != b.ID || a.State != b.State || a.Severity != b.Severity ||
		a.Total != b.Total || a.Publishers != b.Publishers || len(a.Figures) != len(b.Figures) || len(a.Events) != len(b.Events) ||
		!slices.EqualFunc(a.Headlines, b.Headlines, func(x, y timeline.Headline) bool { return x.Story == y.Story })
}

// record puts the changed incident into the result, with the notices that follow.
func (e *Evaluator) record(c *closing, incident, recorded timeline.Incident) {
	// Once a step, so that what comes in one by one is told together.
	var news timeline.News
	if incident.ID != recorded.ID || !incident.Updated.Equal(recorded.Updated) {
		news = e.news(&incident)
	}
	switch {
	case incident.ID != recorded.ID:
		c.notify(timeline.NoticeOpening, incident, timeline.News{})
	case incident.State == timeline.IncidentResolved: // which shows all of it
	default:
		if incident.Severity != recorded.Severity {
			c.notify(timeline.NoticeEscalation, incident, timeline.News{Severity: incident.Severity}, incident.Severity)
		}
		if len(news.Headlines)+len(news.Figures) > 0 {
			c.notify(timeline.NoticeThread, incident, news, incident.Told[len(recorded.Told):]...)
		}
		if shows(&incident, &recorded) {
			c.notify(timeline.NoticeUpdate, incident, timeline.News{})
		}
	}
	if incident.State == timeline.IncidentResolved {
		c.notify(timeline.NoticeResolution, incident, timeline.News{})
	}
	c.settling.Incidents = append(c.settling.Incidents, incident)
}

// maxTold is how many headlines and figures of an incident are told one by one.
// Beyond it the message in the channel alone goes on changing.
const maxTold = 200

// news takes out of the incident's headlines and figures what was not told yet,
// and counts it as told.
func (e *Evaluator) news(i *timeline.Incident) timeline.News {
	var news timeline.News
	told := slices.Clip(i.Told)
	tell := func(key string) bool {
		if slices.Contains(told, key) {
			return false
		}
		if len(told) >= maxTold {
			e.log.Debug("news of an incident not told one by one", "incident", i.ID, "limit", maxTold)
			return false
		}
		told = append(told, key)
		return true
	}
	for _, h := range i.Headlines {
		if tell(h.Story) {
			news.Headlines = append(news.Headlines, h)
		}
	}
	for k := range i.Figures {
		f := &i.Figures[k]
		was := slices.IndexFunc(i.Figures, func(o timeline.Figure) bool {
			return o.Kind == f.Kind && o.Object == f.Object && slices.Contains(i.Told, o.Key())
		})
		if !tell(f.Key()) {
			continue
		}
		item := timeline.FigureNews{Figure: *f}
		if was >= 0 {
			item.Was = &i.Figures[was]
		}
		news.Figures = append(news.Figures, item)
	}
	i.Told = told
	return news
}

func (c *closing) notify(kind timeline.NoticeKind, incident timeline.Incident, news timeline.News, parts ...string) {
	c.settling.Notices = append(c.settling.Notices, notices(c.receivers, kind, incident, news, c.now, parts...)...)
}

// notices are one for each receiver.
func notices(receivers []string, kind timeline.NoticeKind, incident timeline.Incident, news timeline.News, now time.Time, parts ...string) []timeline.Notice {
	all := make([]timeline.Notice, 0, len(receivers))
	for _, receiver := range receivers {
		all = append(all, timeline.Notice{
			ID:       timeline.NoticeID(incident.ID, kind, timeline.ReceiverParts(receiver, parts...)...),
			Kind:     kind,
			Receiver: receiver,
			Incident: incident,
			News:     news,
			Created:  now.UTC(),
			NextTry:  now.UTC(),
		})
	}
	return all
}

// abandon resolves the open incidents of topics that are watched no longer.
func (e *Evaluator) abandon(ctx context.Context, c *closing) error {
	open, err := e.results.OpenIncidents(ctx)
	if err != nil {
		return err
	}
	for _, incident := range open {
		if incident.Kind == timeline.Blind || slices.ContainsFunc(e.topics, func(t Topic) bool { return t.Name == incident.Topic }) {
			continue
		}
		recorded := incident
		resolve(&incident, c.newest)
		e.record(c, incident, recorded)
	}
	return nil
}

// logTurn tells the log of an incident's opening or end.
func (e *Evaluator) logTurn(n *timeline.Notice) {
	i := &n.Incident
	e.log.Info("incident changed", "kind", n.Kind, "incident", i.ID, "topic", i.Topic,
		"severity", i.Severity, "opened", i.Opened, "updated", i.Updated,
		"observed", i.Observed, "expected", i.Expected, "window", i.Window, "total", i.Total)
}

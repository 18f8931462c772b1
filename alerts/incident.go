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

// evidence brings what stands behind the incident up to date.
func (e *Evaluator) evidence(ctx context.Context, i *timeline.Incident) error {
	step := e.config.Step
	found, err := e.stories.Evidence(ctx, i.Topic, i.Opened.Add(step-i.Window), i.Updated.Add(step))
	if err != nil {
		return err
	}
	i.Total, i.Publishers, i.Langs = found.Counted, found.Publishers, found.Langs
	i.Headlines, i.Figures, i.Events = found.Headlines, found.Figures, found.Events
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
		!slices.EqualFunc(a.Headlines, b.Headlines, func(x, y timeline.Headline) bool { return x.Story == y.Story }) ||
		!slices.EqualFunc(a.Joined, b.Joined, func(x, y timeline.Joined) bool {
			return x.Incident == y.Incident && x.State == y.State && x.Severity == y.Severity && x.Total == y.Total && x.Publishers == y.Publishers
		})
}

// record puts the changed incident into the result, with the notices that follow.
// Of one that is told with another, those are the other's.
func (e *Evaluator) record(c *closing, incident, recorded timeline.Incident) {
	if incident.Leader != "" {
		c.settling.Incidents = append(c.settling.Incidents, incident)
		return
	}
	// Once a step, so that what comes in one by one is told together.
	var news timeline.News
	if incident.ID != recorded.ID || !incident.Updated.Equal(recorded.Updated) {
		news = e.news(&incident)
	}
	known, late := e.routing.since(&incident, &recorded)
	switch {
	case incident.ID != recorded.ID:
		c.notify(known, timeline.NoticeOpening, incident, timeline.News{})
	case incident.State == timeline.IncidentResolved: // which shows all of it
	default:
		if incident.Severity != recorded.Severity {
			c.notify(known, timeline.NoticeEscalation, incident, timeline.News{Severity: incident.Severity}, incident.Severity)
		}
		if len(news.Headlines)+len(news.Figures)+len(news.Joined) > 0 {
			c.notify(known, timeline.NoticeThread, incident, news, incident.Told[len(recorded.Told):]...)
		}
		if shows(&incident, &recorded) {
			c.notify(known, timeline.NoticeUpdate, incident, timeline.News{})
		}
		c.notify(late, timeline.NoticeOpening, incident, timeline.News{})
	}
	if incident.State == timeline.IncidentResolved {
		c.notify(known, timeline.NoticeResolution, incident, timeline.News{})
	}
	c.settling.Incidents = append(c.settling.Incidents, incident)
}

// maxTold is how much of an incident's news is told one by one.
// Beyond it the message in the channel alone goes on changing.
const maxTold = 200

// news takes out of the incident's headlines, figures and joined topics what was
// not told yet, and counts it as told.
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
	for _, j := range i.Joined {
		if j.State == timeline.IncidentOpen && tell(j.Incident) {
			news.Joined = append(news.Joined, j)
		}
	}
	i.Told = told
	return news
}

func (c *closing) notify(receivers []string, kind timeline.NoticeKind, incident timeline.Incident, news timeline.News, parts ...string) {
	c.settling.Notices = append(c.settling.Notices, notices(receivers, kind, incident, news, c.now, parts...)...)
}

// notices are one for each receiver; the parts tell them apart from the incident's
// others of the kind.
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

// logTurn tells the log of an incident's opening or end.
func (e *Evaluator) logTurn(n *timeline.Notice) {
	i := &n.Incident
	e.log.Info("incident changed", "kind", n.Kind, "incident", i.ID, "topic", i.Topic,
		"severity", i.Severity, "opened", i.Opened, "updated", i.Updated,
		"observed", i.Observed, "expected", i.Expected, "window", i.Window, "total", i.Total)
}

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

// follow takes the topic's last incident through the verdicts, opens new ones,
// and leaves all that changes in the result that settles the closing.
//
// While an incident is open, Updated is its newest step that alarmed, so that the
// record alone tells when it is over.
func (e *Evaluator) follow(ctx context.Context, t Topic, c *closing, verdicts []verdict) error {
	page, err := e.results.Incidents(ctx, timeline.Query{Topic: t.Name, Limit: 1})
	if err != nil {
		return err
	}
	var incident timeline.Incident // the zero incident is over
	if len(page.Items) > 0 {
		incident = page.Items[0]
	}
	recorded := incident
	for i, v := range verdicts {
		step := c.results[i].Step
		switch open := incident.State == timeline.IncidentOpen; {
		case open && v.alarm != nil:
			if step.After(incident.Updated) {
				incident.Updated = step
			}
			incident.Severity = worse(incident.Severity, severity(v.rarity))
		case open && !v.blind && step.Sub(incident.Updated) >= Quiet:
			resolve(&incident, step)
			if err := e.settle(ctx, c, incident, recorded); err != nil {
				return err
			}
			recorded = incident
		case !open && v.alarm != nil && !step.Before(c.horizon) && step.After(incident.Resolved):
			incident = opened(t, v)
		}
	}
	if incident.State != timeline.IncidentOpen {
		return nil
	}
	return e.settle(ctx, c, incident, recorded)
}

func opened(t Topic, v verdict) timeline.Incident {
	return timeline.Incident{
		ID:       timeline.IncidentID(t.Name, v.alarm.Step),
		Topic:    t.Name,
		Title:    t.Title,
		State:    timeline.IncidentOpen,
		Severity: severity(v.rarity),
		Opened:   v.alarm.Step,
		Updated:  v.alarm.Step,
		Observed: v.alarm.Observed,
		Expected: v.alarm.Expected,
		Upper:    v.alarm.Upper,
		Exposure: v.alarm.Exposure,
		P:        v.alarm.P,
		Window:   v.alarm.Window,

		Dispersion: v.dispersion,
		Weeks:      v.rarity * t.Rule.FalseAlarms.weeks(),
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
	if same(&incident, &recorded) {
		return nil
	}
	c.record(incident, recorded)
	return nil
}

// same compares what changes over an incident's life. Of headlines and figures
// the stories and the number do: the rest follows from these.
func same(a, b *timeline.Incident) bool {
	return a.ID == b.ID && a.State == b.State && a.Severity == b.Severity && a.Updated.Equal(b.Updated) &&
		a.Total == b.Total && a.Publishers == b.Publishers && len(a.Figures) == len(b.Figures) &&
		slices.EqualFunc(a.Headlines, b.Headlines, func(x, y timeline.Headline) bool { return x.Story == y.Story })
}

// record puts the changed incident into the result, with a notice if it opened
// or was resolved.
func (c *closing) record(incident, recorded timeline.Incident) {
	c.settling.Incidents = append(c.settling.Incidents, incident)
	if incident.ID != recorded.ID {
		c.notify(timeline.NoticeOpening, incident)
	}
	if incident.State == timeline.IncidentResolved {
		c.notify(timeline.NoticeResolution, incident)
	}
}

func (c *closing) notify(kind timeline.NoticeKind, incident timeline.Incident) {
	c.settling.Notices = append(c.settling.Notices, timeline.Notice{
		ID:       timeline.NoticeID(incident.ID, kind),
		Kind:     kind,
		Incident: incident,
		Created:  c.now.UTC(),
		NextTry:  c.now.UTC(),
	})
}

// abandon resolves the open incidents of topics that are watched no longer.
func (e *Evaluator) abandon(ctx context.Context, c *closing) error {
	open, err := e.results.OpenIncidents(ctx)
	if err != nil {
		return err
	}
	for _, incident := range open {
		if slices.ContainsFunc(e.topics, func(t Topic) bool { return t.Name == incident.Topic }) {
			continue
		}
		recorded := incident
		resolve(&incident, c.newest)
		c.record(incident, recorded)
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

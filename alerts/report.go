package alerts

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"marsad/internal/schedule"
	"marsad/timeline"
)

// Digests is the key digests of the section alerts: cron specs in the team's zone,
// empty where there is none.
type Digests struct {
	Daily   string `yaml:"daily"`
	Weekly  string `yaml:"weekly"`
	Channel string `yaml:"channel"` // Slack channel; default: the section slack's
}

// Tellings is where it is kept what reports have told.
type Tellings interface {
	// ReportedUntil says until when a report has told; zero when it never has.
	ReportedUntil(ctx context.Context, report string) (time.Time, error)
	// CommitTelling records what is told, whole or not at all.
	CommitTelling(ctx context.Context, t timeline.Telling) error
	// Turns gives the openings and resolutions put into the outbox in [from, to).
	Turns(ctx context.Context, from, to time.Time) ([]timeline.Notice, error)
}

// Looks is where evaluations are read again.
type Looks interface {
	// Evaluations gives those of a topic with a window whose step is in [from, to),
	// ascending.
	Evaluations(ctx context.Context, topic string, window time.Duration, from, to time.Time) ([]timeline.Evaluation, error)
}

// Found is where it is looked up what stands behind a topic.
type Found interface {
	// Evidence gives what stands behind the counts of the steps in [from, to).
	Evidence(ctx context.Context, topic string, from, to time.Time) (timeline.Evidence, error)
}

// ReporterOptions are what a reporter is made of. All but QuietHours, Digests and
// Routing is needed.
type ReporterOptions struct {
	QuietHours Hours
	Digests    Digests
	Zone       *time.Location
	Topics     []Topic
	Routing    Routing
	Tellings   Tellings
	Found      Found
	Looks      Looks
	Results    Results
	Feeds      Feeds
	Logger     *slog.Logger
}

// Reporter tells people what came in a stretch of time: in one message what quiet
// hours have kept back, when they are over, and digests. Each is told once for its
// time: until when is on record with the notices themselves, so that a restart
// neither repeats nor forgets. What falls into a stop is told in one when that is
// over. A report that was never told begins with the first look.
type Reporter struct {
	opts    ReporterOptions
	digests []digest
}

type digest struct {
	name  string
	spec  schedule.Spec
	width time.Duration // that it tells of at least
	most  time.Duration // and at most
}

// NewReporter returns a reporter. The error names the digest whose spec cannot be
// read.
func NewReporter(o ReporterOptions) (*Reporter, error) {
	r := &Reporter{opts: o}
	const day = 24 * time.Hour
	for _, d := range []struct {
		digest

		text string
	}{
		{digest{name: timeline.ReportDaily, width: day, most: 7 * day}, o.Digests.Daily},
		{digest{name: timeline.ReportWeekly, width: 7 * day, most: 28 * day}, o.Digests.Weekly},
	} {
		if d.text == "" {
			continue
		}
		var err error
		if d.spec, err = schedule.Parse(d.text, o.Zone); err != nil {
			return nil, fmt.Errorf("alerts.digests.%s: %w", d.name, err)
		}
		r.digests = append(r.digests, d.digest)
	}
	return r, nil
}

// Report puts the reports that are due at now into the outbox. It is not to be
// called while an Evaluator closes steps.
func (r *Reporter) Report(ctx context.Context, now time.Time) error {
	if !r.opts.QuietHours.IsZero() {
		if err := r.quiet(ctx, now); err != nil {
			return fmt.Errorf("report of quiet hours: %w", err)
		}
	}
	for _, d := range r.digests {
		if err := r.digest(ctx, d, now); err != nil {
			return fmt.Errorf("%s digest: %w", d.name, err)
		}
	}
	return nil
}

// begun gives until when a report has told. One that never has begins now.
func (r *Reporter) begun(ctx context.Context, name string, now time.Time) (until time.Time, err error) {
	until, err = r.opts.Tellings.ReportedUntil(ctx, name)
	if err == nil && until.IsZero() {
		until = now
		err = r.opts.Tellings.CommitTelling(ctx, timeline.Telling{Report: name, Until: now})
	}
	return until, err
}

// maxQuiet is how far back a report of quiet hours tells after a long stop.
const maxQuiet = 7 * 24 * time.Hour

// quiet tells what the quiet hours that are over have kept back, each channel of
// its own incidents. What is over again is told by the report alone; the others are
// announced after it.
func (r *Reporter) quiet(ctx context.Context, now time.Time) error {
	until, err := r.begun(ctx, timeline.ReportQuiet, now)
	if err != nil {
		return err
	}
	if oldest := now.Add(-maxQuiet); until.Before(oldest) {
		until = oldest
	}
	from, to := r.opts.QuietHours.after(until.In(r.opts.Zone))
	if to.After(now) {
		return nil
	}
	for _, next := r.opts.QuietHours.after(to); !next.After(now); _, next = r.opts.QuietHours.after(to) {
		to = next
	}
	t := timeline.Telling{Report: timeline.ReportQuiet, Until: to.UTC()}
	kept, covered, err := r.happened(ctx, from, to)
	if err != nil {
		return err
	}
	t.Covered = covered
	for _, p := range kept.places() {
		report := &timeline.Report{Name: timeline.ReportQuiet, Channel: p.channel, From: from.UTC(), To: to.UTC()}
		report.Incidents, report.Beyond = worst(kept[p], maxReported)
		t.Notices = append(t.Notices, reportNotice(p.receiver, report, now))
	}
	return r.commit(ctx, t)
}

// maxReported is how many incidents, topics or feeds a report lists of each.
const maxReported = 20

// digest tells of the time up to the spec's last tick.
func (r *Reporter) digest(ctx context.Context, d digest, now time.Time) error {
	until, err := r.begun(ctx, d.name, now)
	if err != nil {
		return err
	}
	if oldest := now.Add(-d.most); until.Before(oldest) {
		until = oldest
	}
	tick := d.spec.Next(until)
	if tick.IsZero() || tick.After(now) {
		return nil
	}
	for next := d.spec.Next(tick); !next.IsZero() && !next.After(now); next = d.spec.Next(tick) {
		tick = next
	}
	from := until
	if least := tick.Add(-d.width); least.Before(from) {
		from = least
	}
	report := &timeline.Report{Name: d.name, Channel: r.opts.Digests.Channel, From: from.UTC(), To: tick.UTC()}
	if err := r.fill(ctx, report); err != nil {
		return err
	}
	return r.commit(ctx, timeline.Telling{Report: d.name, Until: tick.UTC(), Notices: []timeline.Notice{reportNotice("", report, now)}})
}

func (r *Reporter) commit(ctx context.Context, t timeline.Telling) error {
	if err := r.opts.Tellings.CommitTelling(ctx, t); err != nil {
		return err
	}
	r.opts.Logger.Info("report", "report", t.Report, "until", t.Until, "notices", len(t.Notices), "covered", len(t.Covered))
	return nil
}

func reportNotice(receiver string, report *timeline.Report, now time.Time) timeline.Notice {
	return timeline.Notice{
		ID:   timeline.ReportID(report, receiver),
		Kind: timeline.NoticeReport, Receiver: receiver, Report: report, Created: now.UTC(), NextTry: now.UTC(),
	}
}

// place is where people are told: a receiver and, of the team's own, a channel.
type place struct{ receiver, channel string }

// happenings are what happened to incidents, by place.
type happenings map[place][]timeline.IncidentReport

func (h happenings) places() []place {
	var all []place
	for p := range h {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.receiver, b.receiver), cmp.Compare(a.channel, b.channel))
	})
	return all
}

// note gives the place's report of an incident, to be filled in.
func (h happenings) note(p place, i *timeline.Incident) *timeline.IncidentReport {
	at := slices.IndexFunc(h[p], func(o timeline.IncidentReport) bool { return o.ID == i.ID })
	if at < 0 {
		o := timeline.IncidentReport{
			ID: i.ID, Topic: i.Topic, Title: i.Title, Kind: i.Kind, State: i.State, Severity: i.Severity,
			Opened: i.Opened, Resolved: i.Resolved, Total: i.Total, Publishers: i.Publishers,
		}
		if len(i.Headlines) > 0 {
			o.Headline, o.URL = i.Headlines[0].Title, i.Headlines[0].URL
		}
		at = len(h[p])
		h[p] = append(h[p], o)
	}
	return &h[p][at]
}

// happened gives what opened, grew and was resolved in [from, to), and the openings
// held back by quiet hours of what is over again.
func (r *Reporter) happened(ctx context.Context, from, to time.Time) (happenings, []timeline.Notice, error) {
	turns, err := r.opts.Tellings.Turns(ctx, from, to)
	if err != nil {
		return nil, nil, err
	}
	var covered []timeline.Notice
	all := make(happenings)
	for k := range turns {
		n := &turns[k]
		if n.Receiver != "" && !IsChannel(n.Receiver) {
			continue
		}
		noted := all.note(r.place(n.Receiver, &n.Incident), &n.Incident)
		if n.Kind == timeline.NoticeResolution {
			noted.HasGone = true
			continue
		}
		noted.HasOpened = true
		if waits := n.Held == heldQuiet && !n.NextTry.IsZero(); waits && n.Incident.State == timeline.IncidentResolved {
			covered = append(covered, *n)
		}
	}
	open, err := r.opts.Results.OpenIncidents(ctx)
	if err != nil {
		return nil, nil, err
	}
	for k := range open {
		i := &open[k]
		if i.Leader != "" || !i.Opened.Before(from) {
			continue
		}
		evidence, err := r.opts.Found.Evidence(ctx, i.Topic, from, to)
		if err != nil {
			return nil, nil, err
		}
		for _, receiver := range r.opts.Routing.receivers(i) {
			if evidence.Counted > 0 && (receiver == "" || IsChannel(receiver)) {
				all.note(r.place(receiver, i), i).Articles = evidence.Counted
			}
		}
	}
	return all, covered, nil
}

func (r *Reporter) place(receiver string, i *timeline.Incident) place {
	p := place{receiver: receiver}
	if receiver == "" {
		at := slices.IndexFunc(r.opts.Topics, func(t Topic) bool { return t.Name == i.Topic })
		if at >= 0 {
			p.channel = r.opts.Topics[at].Rule.Channel
		}
	}
	return p
}

// worst gives the first of the reports, the most severe and then the newest first,
// and how many are left out.
func worst(all []timeline.IncidentReport, most int) (kept []timeline.IncidentReport, beyond int) {
	slices.SortFunc(all, func(a, b timeline.IncidentReport) int {
		rank := func(i *timeline.IncidentReport) int { return slices.Index(Severities(), i.Severity) }
		return cmp.Or(cmp.Compare(rank(&b), rank(&a)), b.Opened.Compare(a.Opened), cmp.Compare(a.ID, b.ID))
	})
	kept = all[:min(len(all), most)]
	return kept, len(all) - len(kept)
}

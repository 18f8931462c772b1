package alerts_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// found is what stands behind the topics of reports.
type found struct {
	figures map[time.Time][]timeline.Figure
} // by the beginning of the time they are of

func (f found) Evidence(_ context.Context, topic string, from, _ time.Time) (timeline.Evidence, error) {
	if topic != "merger" {
		return timeline.Evidence{}, nil
	}
	return timeline.Evidence{Breadth: timeline.Breadth{Counted: 7}, Figures: f.figures[from.UTC()]}, nil
}

type feeds []timeline.FeedStatus

func (f feeds) Feeds(context.Context) ([]timeline.FeedStatus, error) { return f, nil }

// office is a record with what reports on it, and who asks for them.
type office struct {
	t      *testing.T
	record *sqlite.Record
	opts   alerts.ReporterOptions
	now    time.Time

	afterwards func() // done when due notices have been read from the outbox; may be nil
}

// outbox is the record's, beside which others work.
type outbox struct {
	*sqlite.Record
	afterwards func()
}

func (o outbox) DueNotices(ctx context.Context, receiver string, now time.Time, limit int) ([]timeline.Notice, error) {
	due, err := o.Record.DueNotices(ctx, receiver, now, limit)
	if o.afterwards != nil {
		o.afterwards()
	}
	return due, err
}

func newOffice(t *testing.T, o alerts.ReporterOptions) *office {
	t.Helper()
	record := openRecord(t, filepath.Join(t.TempDir(), "marsad.db"))
	t.Cleanup(func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Zone, o.Tellings, o.Looks, o.Results, o.Logger = baghdad(t), record, record, record, slog.New(slog.DiscardHandler)
	if o.Found == nil {
		o.Found = found{}
	}
	if o.Feeds == nil {
		o.Feeds = feeds(nil)
	}
	return &office{t: t, record: record, opts: o}
}

func baghdad(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Baghdad")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func (o *office) check(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// report looks for what is due, as a new process does, twice.
func (o *office) report() {
	o.t.Helper()
	for range 2 {
		r, err := alerts.NewReporter(o.opts)
		o.check(err)
		o.check(r.Report(o.t.Context(), o.now))
	}
}

// tell records an incident with notices to the receivers.
func (o *office) tell(i timeline.Incident, kind timeline.NoticeKind, receivers ...string) {
	o.t.Helper()
	step := timeline.StepResult{Step: o.now, Incidents: []timeline.Incident{i}}
	for _, receiver := range receivers {
		step.Notices = append(step.Notices, timeline.Notice{
			ID: timeline.NoticeID(i.ID, kind, timeline.ReceiverParts(receiver)...), Kind: kind, Receiver: receiver,
			Incident: i, Created: o.now, NextTry: o.now,
		})
	}
	o.check(o.record.CommitStep(o.t.Context(), step))
}

func (o *office) incident(topic string) timeline.Incident {
	return timeline.Incident{
		ID: topic, Topic: topic, Title: topic, State: timeline.IncidentOpen, Severity: alerts.SeverityHigh,
		Opened: o.now.UTC(), Updated: o.now.UTC(),
	}
}

func (o *office) over(i timeline.Incident) timeline.Incident {
	i.State, i.Resolved, i.Updated = timeline.IncidentResolved, o.now.UTC(), o.now.UTC()
	return i
}

// deliver takes what is due from an outbox that keeps quiet hours, and says what it
// was.
func (o *office) deliver(receiver string) (got []string) {
	o.t.Helper()
	q := alerts.NewQuietOutbox(alerts.QuietOptions{
		Outbox: outbox{o.record, o.afterwards}, Holding: o.record, Tellings: o.record, QuietHours: o.opts.QuietHours, Zone: o.opts.Zone,
		Now: func() time.Time { return o.now }, Logger: o.opts.Logger,
	})
	for range 20 {
		due, err := q.DueNotices(o.t.Context(), receiver, o.now, 10)
		o.check(err)
		if len(due) == 0 {
			return got
		}
		n := due[0]
		what := string(n.Kind) + " " + n.Incident.Topic
		if n.Report != nil {
			what = "report " + n.Report.Name + n.Report.Channel
		}
		got = append(got, what)
		o.check(o.record.MarkSent(o.t.Context(), n, timeline.Receipt{Channel: "C1", TS: "1.1"}, o.now))
	}
	o.t.Fatalf("more and more is due: %q", got)
	return nil
}

// TestReportWhileDelivering has the report of quiet hours recorded when what is due
// has been read already: it goes first all the same.
func TestReportWhileDelivering(t *testing.T) {
	t.Parallel()
	o := newOffice(t, alerts.ReporterOptions{
		QuietHours: alerts.Hours{From: 22 * time.Hour, To: 6 * time.Hour},
		Topics:     []alerts.Topic{merger},
	})
	o.now = time.Date(2026, 3, 2, 21, 0, 0, 0, o.opts.Zone)
	o.report()
	o.now = o.now.Add(5 * time.Hour)
	o.tell(o.incident("merger"), timeline.NoticeOpening, "")
	if got := o.deliver(""); len(got) > 0 {
		t.Fatalf("told by night: %q", got)
	}
	o.now = time.Date(2026, 3, 3, 6, 0, 0, 0, o.opts.Zone)
	o.afterwards = o.report
	got := o.deliver("")
	o.now = o.now.Add(time.Minute)
	got = append(got, o.deliver("")...)
	if want := []string{"report quiet", "opening merger"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestQuietHoursAreToldOf goes through a night, each minute as a new process: what
// opened and is over, what opened and goes on, what was open and grew, what was open
// and ended, and what is critical.
func TestQuietHoursAreToldOf(t *testing.T) {
	t.Parallel()
	o := newOffice(t, alerts.ReporterOptions{
		QuietHours: alerts.Hours{From: 22 * time.Hour, To: 6 * time.Hour},
		Topics:     []alerts.Topic{merger, {Name: "apart", Rule: alerts.Rule{Channel: "#apart"}}},
		Routing:    alerts.Routing{Receivers: []string{"#crisis", "desk"}, Routes: []alerts.Route{{To: "#crisis", Topics: []string{"flash"}}}},
	})
	clock := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, o.opts.Zone) }
	events := map[time.Time]func(){}
	add := func(topic string, begins, ends time.Time, change func(*timeline.Incident), receivers ...string) {
		var i timeline.Incident
		events[begins] = func() {
			i = o.incident(topic)
			if change != nil {
				change(&i)
			}
			o.tell(i, timeline.NoticeOpening, receivers...)
		}
		if !ends.IsZero() {
			events[ends] = func() { o.tell(o.over(i), timeline.NoticeResolution, receivers...) }
		}
	}
	add("merger", clock(2, 12, 0), time.Time{}, nil, "", "desk")
	add("ended", clock(2, 13, 0), clock(3, 1, 0), nil, "", "desk")
	add("flash", clock(2, 23, 0), clock(3, 4, 0), nil, "", "#crisis", "desk")
	add("goes-on", clock(3, 2, 0), time.Time{}, nil, "", "desk")
	add("critical", clock(3, 3, 0), time.Time{}, func(i *timeline.Incident) { i.Severity = alerts.SeverityCritical }, "", "desk")
	add("apart", clock(3, 3, 30), clock(3, 5, 0), nil, "", "desk")
	got := make(map[string][]string)
	for o.now = clock(2, 11, 0); o.now.Before(clock(4, 5, 0)); o.now = o.now.Add(10 * time.Minute) {
		if event := events[o.now]; event != nil {
			event()
		}
		if o.now.Equal(clock(3, 6, 0)) {
			if early := o.deliver(""); len(early) > 0 {
				t.Errorf("before the report: %q", early)
			}
			o.now = o.now.Add(time.Minute)
			o.report()
			o.now = o.now.Add(-time.Minute)
			continue
		}
		o.report()
		for _, receiver := range []string{"", "#crisis"} {
			for _, what := range o.deliver(receiver) {
				got[receiver] = append(got[receiver], o.now.Format("2 15:04 ")+what)
			}
		}
	}
	want := map[string][]string{
		"": {
			"2 12:00 opening merger", "2 13:00 opening ended", "3 01:00 resolution ended", "3 03:00 opening critical",
			"3 06:10 opening goes-on", "3 06:10 report quiet", "3 06:10 report quiet#apart",
		},
		"#crisis": {"3 06:10 report quiet"},
	}
	for receiver := range want {
		slices.Sort(got[receiver])
		if !slices.Equal(got[receiver], want[receiver]) {
			t.Errorf("%q was told\n%s\nwant\n%s", receiver, strings.Join(got[receiver], "\n"), strings.Join(want[receiver], "\n"))
		}
	}
	if stats, err := o.record.Stats(t.Context()); err != nil || stats.Pending != 9 { // of the webhook's, which nobody delivers here
		t.Errorf("%d wait, %v", stats.Pending, err)
	}
}

// TestReportOfQuietHours says what stands in the report of a night.
func TestReportOfQuietHours(t *testing.T) {
	t.Parallel()
	o := newOffice(t, alerts.ReporterOptions{QuietHours: alerts.Hours{From: 22 * time.Hour, To: 6 * time.Hour}, Topics: []alerts.Topic{merger}})
	at := func(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, o.opts.Zone) }
	o.now = at(12)
	o.report()
	o.tell(o.incident("merger"), timeline.NoticeOpening, "")
	o.deliver("")
	o.now = at(23)
	i := o.incident("flash")
	o.tell(i, timeline.NoticeOpening, "")
	o.deliver("")
	o.now = at(28)
	o.tell(o.over(i), timeline.NoticeResolution, "")
	o.now = at(30)
	o.report()
	due, err := o.record.DueNotices(t.Context(), "", o.now, 10)
	if err != nil || len(due) != 1 || due[0].Report == nil {
		t.Fatalf("due %+v, %v, want the report alone", due, err)
	}
	r := due[0].Report
	if !r.From.Equal(at(22)) || !r.To.Equal(at(30)) || len(r.Incidents) != 2 {
		t.Fatalf("report %+v", r)
	}
	flash, grown := r.Incidents[0], r.Incidents[1]
	if flash.Topic != "flash" || !flash.HasOpened || !flash.HasGone || flash.State != timeline.IncidentResolved {
		t.Errorf("what came and went: %+v", flash)
	}
	if grown.Topic != "merger" || grown.HasOpened || grown.HasGone || grown.Articles != 7 {
		t.Errorf("what grew: %+v", grown)
	}
}

// dying is a record whose process dies before or after it has a telling.
type dying struct {
	alerts.Tellings
	after bool
}

func (d dying) CommitTelling(ctx context.Context, t timeline.Telling) error {
	if !d.after {
		return errors.New("killed")
	}
	if err := d.Tellings.CommitTelling(ctx, t); err != nil {
		return err
	}
	return errors.New("killed")
}

// TestDigests asks for digests for ten days, each time as a new process that may
// die, with a stop of some days, and wants each time told of once.
func TestDigests(t *testing.T) {
	t.Parallel()
	o := newOffice(t, alerts.ReporterOptions{
		Digests: alerts.Digests{Daily: "0 8 * * *", Weekly: "30 8 * * 1", Channel: "#digest"}, Topics: []alerts.Topic{merger},
	})
	begin := time.Date(2026, 3, 2, 9, 0, 0, 0, o.opts.Zone) // a Monday
	stop, again := begin.Add(3*day), begin.Add(5*day+2*time.Hour)
	var got []string
	for o.now = begin; o.now.Before(begin.Add(10 * day)); o.now = o.now.Add(20 * time.Minute) {
		if o.now.After(stop) && o.now.Before(again) {
			continue
		}
		for _, after := range []bool{false, true} {
			opts := o.opts
			opts.Tellings = dying{o.record, after}
			r, err := alerts.NewReporter(opts)
			o.check(err)
			_ = r.Report(t.Context(), o.now) // killed
		}
		o.report()
		due, err := o.record.DueNotices(t.Context(), "", o.now, 10)
		o.check(err)
		for _, n := range due {
			r := n.Report
			got = append(got, r.Name+" "+r.From.In(o.opts.Zone).Format("2 15:04 to ")+r.To.In(o.opts.Zone).Format("2 15:04")+" in "+r.Channel)
			o.check(o.record.MarkSent(t.Context(), n, timeline.Receipt{Channel: "C1", TS: "1.1"}, o.now))
		}
	}
	want := []string{
		"daily 2 08:00 to 3 08:00 in #digest", "daily 3 08:00 to 4 08:00 in #digest", "daily 4 08:00 to 5 08:00 in #digest",
		"daily 5 08:00 to 7 08:00 in #digest", // the stop
		"daily 7 08:00 to 8 08:00 in #digest", "daily 8 08:00 to 9 08:00 in #digest", "weekly 2 08:30 to 9 08:30 in #digest",
		"daily 9 08:00 to 10 08:00 in #digest", "daily 10 08:00 to 11 08:00 in #digest", "daily 11 08:00 to 12 08:00 in #digest",
	}
	if !slices.Equal(got, want) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestDigestSays what stands in a digest: topics against their expectation, the
// figures that are new, feeds that bring nothing.
func TestDigestSays(t *testing.T) {
	t.Parallel()
	number := func(n float64) timeline.Figure {
		return timeline.Figure{Best: &n, Kind: "killed", Bound: timeline.Exact}
	}
	at := time.Date(2026, 3, 3, 8, 0, 0, 0, baghdad(t)).UTC()
	o := newOffice(t, alerts.ReporterOptions{
		Digests: alerts.Digests{Daily: "0 8 * * *"},
		Topics:  []alerts.Topic{{Name: "usual", Title: "Usual"}, merger, {Name: "none"}},
		Found: found{map[time.Time][]timeline.Figure{
			at.Add(-2 * day): {number(12)}, at.Add(-day): {number(12), number(20)},
		}},
		Feeds: feeds{
			{Feed: timeline.Feed{Name: "well", Enabled: true}, FeedState: timeline.FeedState{LastPoll: at, LastSuccess: at, LastOutcome: timeline.OutcomeOK}},
			{Feed: timeline.Feed{Name: "dead", Enabled: true}, FeedState: timeline.FeedState{LastPoll: at, LastSuccess: at.Add(-2 * day), LastOutcome: timeline.OutcomeNotFound}},
			{Feed: timeline.Feed{Name: "short", Enabled: true}, FeedState: timeline.FeedState{LastPoll: at, LastSuccess: at.Add(-time.Hour), LastOutcome: timeline.OutcomeNotFound}},
		},
	})
	o.now = at.Add(-time.Hour)
	o.report()
	look := func(topic string, observed int, expected float64) timeline.Evaluation {
		return timeline.Evaluation{Topic: topic, Step: at.Add(-10 * time.Minute), Window: day, Observed: observed, Expected: expected, State: timeline.Normal}
	}
	o.check(o.record.CommitStep(t.Context(), timeline.StepResult{
		Step: at.Add(-10 * time.Minute), Evaluations: []timeline.Evaluation{look("usual", 90, 88.5), look("merger", 14, 2.5), look("none", 0, 1)},
	}))
	o.now = at.Add(time.Minute)
	o.report()
	due, err := o.record.DueNotices(t.Context(), "", o.now, 10)
	if err != nil || len(due) != 1 {
		t.Fatalf("%d due, %v", len(due), err)
	}
	r := due[0].Report
	if len(r.Topics) != 2 || r.Topics[0].Topic != "merger" || r.Topics[0].Observed != 14 || r.Topics[0].Expected != 2.5 || r.Topics[1].Topic != "usual" {
		t.Errorf("topics %+v", r.Topics)
	}
	if f := r.Topics[0].Figures; len(f) != 1 || *f[0].Best != 20 {
		t.Errorf("new figures %+v", f)
	}
	if len(r.Feeds) != 1 || r.Feeds[0].Name != "dead" {
		t.Errorf("feeds %+v", r.Feeds)
	}
}

func TestBadDigestNamesTheKey(t *testing.T) {
	_, err := alerts.NewReporter(alerts.ReporterOptions{Digests: alerts.Digests{Weekly: "monday"}, Zone: time.UTC})
	if err == nil || !strings.Contains(err.Error(), "alerts.digests.weekly") {
		t.Errorf("error %v", err)
	}
}

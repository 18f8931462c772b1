package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/timeline"
)

// SlackTestOptions are the flags of `marsad slack test`.
type SlackTestOptions struct {
	Channel string        // in place of slack.channel
	Pause   time.Duration // between the steps
}

// sampleTopic is what the sample incident is about.
const sampleTopic = "marsad-test"

// SlackTest posts a sample incident in Slack and walks it through its life: it
// opens, grows, becomes more severe and is resolved. It stops at the first step
// that Slack refuses. Nothing goes on record.
func SlackTest(ctx context.Context, env Env, common Common, o SlackTestOptions) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	if !cfg.Slack.Enabled() {
		return errors.New("slack is not set up: set slack.token and slack.channel in config.yaml, or slack.webhook; docs/SLACK.md has the steps")
	}
	cfg.Slack.Channel = cmp.Or(o.Channel, cfg.Slack.Channel)
	notifier, err := slack.New(cfg.Slack, slack.Options{
		Language: cfg.Language, Zone: cfg.Timezone, BaseURL: cfg.Web.BaseURL, Grafana: cfg.Grafana.URL, Logger: logger,
	})
	if err != nil {
		return err
	}
	var announced timeline.Receipt
	for k, notice := range sampleLife(now().UTC()) {
		if k > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(o.Pause):
			}
		}
		notice.Incident.Announced = announced
		receipt, err := notifier.Notify(ctx, notice)
		if err != nil {
			return fmt.Errorf("%s of the sample incident: %w", notice.Kind, err)
		}
		if notice.Kind == timeline.NoticeOpening {
			announced = receipt
		}
		fmt.Fprintf(env.Stdout, "%s: channel %s, message %s\n", notice.Kind, receipt.Channel, cmp.Or(receipt.TS, "-"))
	}
	return nil
}

// sampleLife is the notices of an incident that opened an hour ago.
func sampleLife(at time.Time) []timeline.Notice {
	opened := timeline.StepStart(at.Add(-time.Hour), 10*time.Minute)
	killed := func(n float64) timeline.Figure {
		return timeline.Figure{Lo: &n, Best: &n, Hi: &n, Bound: timeline.Exact, Text: fmt.Sprint(n), Kind: "killed", By: "police", Publisher: "Sample Daily"}
	}
	lo, hi := 12000.0, 15000.0
	i := timeline.Incident{
		ID: timeline.Hash("sample", at.Format(time.RFC3339Nano)), Topic: sampleTopic, Title: "Marsad test / اختبار مرصد", //nolint:gosmopolitan // a sample of both directions
		State: timeline.IncidentOpen, Severity: alerts.SeverityNotice, Opened: opened, Updated: opened,
		Observed: 9, Expected: 1.4, Upper: 6, P: 0.0002, Window: 6 * time.Hour, Weeks: 8,
		Total: 9, Publishers: 4, Langs: []string{"ar", "en"},
		Headlines: []timeline.Headline{
			{Story: "1", Title: "This is a test: two groups talk of a merger", URL: "https://example.org/1", Publisher: "Sample Daily", Publishers: 3, Published: opened},
			{Story: "2", Title: "هذا اختبار: جماعتان تبحثان الاندماج", URL: "https://example.org/2", Publisher: "Sample News", Publishers: 2, Published: opened.Add(4 * time.Minute)}, //nolint:gosmopolitan // likewise
		},
		Figures: []timeline.Figure{
			{Lo: &lo, Hi: &hi, Bound: timeline.Between, Text: "12,000 to 15,000", Kind: "fighters", By: "a think tank", Publisher: "Sample News"},
			killed(12),
		},
		Events: []timeline.DatedEvent{{
			Text: "the groups parted", Precision: timeline.Year, Publisher: "Sample Daily",
			Interval: timeline.Interval{Lo: time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC), Hi: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)},
		}},
	}
	for k := range timeline.SeriesSteps {
		p := timeline.SeriesPoint{Step: opened.Add(time.Duration(k-timeline.SeriesSteps+1) * 10 * time.Minute), Observed: 1, Expected: 1.4}
		if rest := k - timeline.SeriesSteps + 4; rest > 0 {
			p.Observed = 3 * rest
		}
		i.Series = append(i.Series, p)
	}
	var notices []timeline.Notice
	say := func(kind timeline.NoticeKind, news timeline.News) {
		notices = append(notices, timeline.Notice{ID: timeline.NoticeID(i.ID, kind), Kind: kind, Incident: i, News: news})
	}
	say(timeline.NoticeOpening, timeline.News{})
	i.Total, i.Publishers, i.Updated = 17, 6, opened.Add(10*time.Minute)
	was := i.Figures[1]
	i.Figures[1] = killed(20)
	say(timeline.NoticeUpdate, timeline.News{})
	say(timeline.NoticeThread, timeline.News{
		Headlines: []timeline.Headline{{Story: "3", Title: "This is a test: the toll rises", URL: "https://example.org/3", Publisher: "Sample Daily", Publishers: 1, Published: i.Updated}},
		Figures:   []timeline.FigureNews{{Figure: i.Figures[1], Was: &was}},
	})
	i.Severity = alerts.SeverityCritical
	say(timeline.NoticeEscalation, timeline.News{Severity: i.Severity})
	i.State, i.Total, i.Resolved = timeline.IncidentResolved, 21, opened.Add(time.Hour)
	i.Updated = i.Resolved
	say(timeline.NoticeResolution, timeline.News{})
	return notices
}

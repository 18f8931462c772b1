package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"text/tabwriter"
	"time"

	"marsad/alerts"
	"marsad/internal/config"
	"marsad/timeline"
)

// explainAlarm says why a topic alarms, or does not, at the newest closed step or
// that of an instant.
func explainAlarm(ctx context.Context, env Env, common Common, cfg *config.Config, o ExplainOptions) error {
	logger, err := common.logger(env)
	if err != nil {
		return err
	}
	topic, err := namedTopic(cfg, o.Alarm)
	if err != nil {
		return err
	}
	started := now()
	at := started
	if o.Ref != "" {
		if at, err = parseRef(o.Ref, cfg.Timezone); err != nil {
			return err
		}
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	e, err := alerts.NewEvaluator(alerts.Options{
		Config: cfg.Alerts, Topics: alertTopics(cfg), Series: record, Stories: record, Memory: record, Results: record, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	step := timeline.StepStart(at, cfg.Alerts.Step).Add(-cfg.Alerts.Step) // the last one that is closed
	looks, err := e.Why(ctx, o.Alarm, step, started)
	if err != nil {
		return err
	}
	return printLooks(env.Stdout, cfg, topic, step.Add(cfg.Alerts.Step), looks)
}

func printLooks(out io.Writer, cfg *config.Config, topic *config.Topic, at time.Time, looks []alerts.Look) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s until %s\n\n", topic.Name, at.In(cfg.Timezone).Format("2006-01-02 15:04 MST"))
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WINDOW\tCOUNTED\tEXPECTED\tALARM FROM\tBY CHANCE\tVERDICT")
	for i := range looks {
		l := &looks[i]
		fmt.Fprintf(table, "%s\t%d\t%.1f\t%s\t%s\t%s\n", timeline.FormatWindow(l.Window), l.Observed, l.Expected, orDash(upper(l)), chance(l.Weeks),
			verdictOf(cfg, &topic.Alert, l))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := b.WriteTo(out)
	return err
}

func upper(l *alerts.Look) string {
	if l.Upper == 0 {
		return ""
	}
	return formatNumber(l.Upper)
}

// chance says in words how often chance brings as much.
func chance(weeks float64) string {
	switch {
	case weeks <= 0:
		return "-"
	case weeks < 1:
		return "more than once a week"
	case weeks > 520:
		return "less than once in 10 years"
	}
	return fmt.Sprintf("once in %s", plural(int(math.Round(weeks)), "week", "weeks"))
}

// verdictOf says in words what became of a look.
func verdictOf(cfg *config.Config, rule *alerts.Rule, l *alerts.Look) string {
	switch l.Reason {
	case alerts.ReasonAlarm:
		return fmt.Sprintf("alarm: %s by %s", plural(l.Stories, "story", "stories"), plural(l.Publishers, "publisher", "publishers"))
	case alerts.ReasonEbbing:
		return "no alarm: rare enough, but it no longer comes in"
	case alerts.ReasonWarmingUp:
		return "no alarm: warming up until " + l.WarmUntil.In(cfg.Timezone).Format("2006-01-02 15:04") + " at the earliest"
	case alerts.ReasonUncovered:
		return "no alarm: nothing at all was collected"
	case alerts.ReasonOff:
		return "no alarm: the topic's alert is off"
	case alerts.ReasonStories:
		return fmt.Sprintf("no alarm: rare enough, but %s; min_stories is %d", plural(l.Stories, "story", "stories"), rule.MinStories)
	case alerts.ReasonPublishers:
		return fmt.Sprintf("no alarm: rare enough, but by %s; min_publishers is %d", plural(l.Publishers, "publisher", "publishers"), rule.MinPublishers)
	case alerts.ReasonOneAlone:
		return "no alarm: one publisher says more than ever, the others what they always do"
	case alerts.ReasonBelow:
	}
	return "no alarm: not rare enough"
}

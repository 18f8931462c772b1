package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/extract"
)

// printTopic writes the parts of a topic's query as a tree, each with what was
// found of it, and last what keeps the text off the topic.
func printTopic(out io.Writer, reading string, why extract.Explanation) error {
	var b bytes.Buffer
	verdict := "is not on the topic"
	if why.Matched {
		verdict = "is on the topic"
	}
	fmt.Fprintf(&b, "the text %s %s\n\n", verdict, why.Topic)
	printPart(&b, reading, why.Root, 0)
	if missing := why.Missing(); len(missing) > 0 {
		b.WriteString("\nmissing:\n")
		for _, line := range missing {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	_, err := b.WriteTo(out)
	return err
}

// maxAbsent is how many absent alternatives of an OR are named one by one.
const maxAbsent = 5

func printPart(b *bytes.Buffer, reading string, p extract.Part, depth int) {
	mark := "-"
	if p.Holds {
		mark = "+"
	}
	label := p.Query
	if len(p.Parts) > 0 {
		label = p.Op
	}
	fmt.Fprintf(b, "%s%s %s", strings.Repeat("  ", depth), mark, label)
	if len(p.Parts) == 0 {
		for _, s := range p.Spans {
			fmt.Fprintf(b, " %q", s.Of(reading))
		}
	}
	if p.Note != "" {
		fmt.Fprintf(b, " (%s)", p.Note)
	}
	b.WriteByte('\n')
	absent := 0
	for _, kid := range p.Parts {
		if p.Op == "OR" && !kid.Holds {
			if absent++; absent > maxAbsent {
				continue
			}
		}
		printPart(b, reading, kid, depth+1)
	}
	if absent > maxAbsent {
		fmt.Fprintf(b, "%s- and %d more that are not there\n", strings.Repeat("  ", depth+1), absent-maxAbsent)
	}
}

// explainRecordedIncident says why an incident of the record was raised.
func explainRecordedIncident(ctx context.Context, env Env, common Common, cfg *config.Config, id string) error {
	logger, err := common.logger(env)
	if err != nil {
		return err
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	incident, err := record.Incident(ctx, id)
	if err != nil {
		return fmt.Errorf("%w; the page lists them at /incidents", err)
	}
	evaluations, err := record.Evaluations(ctx, incident.Topic, 0, incident.Opened, incident.Opened.Add(cfg.Alerts.Step))
	if err != nil {
		return err
	}
	return printIncident(env.Stdout, &incident, evaluations, cfg.Timezone)
}

func printIncident(out io.Writer, i *timeline.Incident, at []timeline.Evaluation, zone *time.Location) error {
	var b bytes.Buffer
	stamp := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04 MST") }
	fmt.Fprintf(&b, "%s (%s), %s, severity %s\n", i.Title, i.Topic, i.State, i.Severity)
	fmt.Fprintf(&b, "opened %s", stamp(i.Opened))
	if !i.Resolved.IsZero() {
		fmt.Fprintf(&b, ", resolved %s", stamp(i.Resolved))
	}
	fmt.Fprintf(&b, "\nin %s: %d counted, %.1f expected, an alarm from %g on; probability %.2g\n",
		timeline.FormatWindow(i.Window), i.Observed, i.Expected, i.Upper, i.P)
	fmt.Fprintf(&b, "%d counted until %s, by %d publishers\n", i.Total, stamp(i.Updated), i.Publishers)

	if len(at) > 0 {
		b.WriteString("\nall windows at the opening\n")
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprint(table, "window\tobserved\texpected\talarm from\tprobability\texposure\tstate\t\n")
		for _, e := range at {
			fmt.Fprintf(table, "%s\t%d\t%.1f\t%g\t%.2g\t%g\t%s\t\n",
				timeline.FormatWindow(e.Window), e.Observed, e.Expected, e.Upper, e.P, e.Exposure, e.State)
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	if len(i.Headlines) > 0 {
		b.WriteString("\nstories\n")
		for _, h := range i.Headlines {
			fmt.Fprintf(&b, "  %s  %s (%s, %d publishers)\n    %s\n", stamp(h.Published), h.Title, h.Publisher, h.Publishers, h.URL)
		}
	}
	if len(i.Figures) > 0 {
		b.WriteString("\nfigures\n")
		for _, f := range i.Figures {
			fmt.Fprintf(&b, "  %s %s (%s %s), %s\n", f.Text, f.Object, f.Bound, f.Kind, f.Publisher)
		}
	}
	_, err := b.WriteTo(out)
	return err
}

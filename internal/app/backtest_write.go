package app

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"marsad/timeline"
)

// backtestText writes a table of the topics, and below it their incidents.
func backtestText(out io.Writer, b *backtest) error {
	var buf bytes.Buffer
	stamp := func(t time.Time) string { return t.In(b.zone).Format("2006-01-02 15:04") }
	fmt.Fprintf(&buf, "%s to %s: %.1f weeks, %d articles read\n\n", stamp(b.period.Lo), stamp(b.period.Hi), b.weeks(), b.articles)
	table := tabwriter.NewWriter(&buf, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TOPIC\tARTICLES\tWOULD FIRE\tFIRED\tPER WEEK\tALLOWED TO BE FALSE\tLABELLED TRUE/FALSE/DUPLICATE")
	for i := range b.topics {
		t := &b.topics[i]
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%.2f\t%.2f\t%s\n", t.name, t.articles, len(t.would), len(t.did), float64(len(t.would))/b.weeks(), t.budget, t.labels())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range b.topics {
		t := &b.topics[i]
		if len(t.would)+len(t.did) > 0 {
			fmt.Fprintf(&buf, "\n%s\n", t.name)
		}
		for _, row := range t.rows() {
			fmt.Fprintf(&buf, "  %-17s  %s  %s%s\n", row.verdict, stamp(row.incident.Opened), describeIncident(row.incident), describeResponse(row.recorded))
			for _, h := range row.incident.Headlines[:min(len(row.incident.Headlines), 3)] {
				fmt.Fprintf(&buf, "    %s [%s]\n", printable(h.Title), printable(h.Publisher))
			}
		}
	}
	_, err := buf.WriteTo(out)
	return err
}

// labels counts how those that did fire were labelled.
func (t *backtestTopic) labels() string {
	n := make(map[timeline.Label]int)
	for i := range t.did {
		n[t.did[i].Feedback.Label]++
	}
	return fmt.Sprintf("%d/%d/%d", n[timeline.LabelTrue], n[timeline.LabelFalse], n[timeline.LabelDuplicate])
}

// The verdicts of a backtest.
const (
	firedToo = "fired too"
	wouldNew = "would fire"
	wouldNot = "fired, would not"
)

type backtestRow struct {
	verdict  string
	incident *timeline.Incident
	recorded *timeline.Incident // on record; nil: there is none
}

// recordedID is the id of the incident on record, or empty.
func (r *backtestRow) recordedID() string {
	if r.recorded == nil {
		return ""
	}
	return r.recorded.ID
}

// label is what somebody thought of the incident on record, or empty.
func (r *backtestRow) label() timeline.Label {
	if r.recorded == nil {
		return ""
	}
	return r.recorded.Feedback.Label
}

// rows are a topic's incidents, those that would have opened and those that did,
// in the order of time.
func (t *backtestTopic) rows() (rows []backtestRow) {
	for i := range t.would {
		row := backtestRow{verdict: wouldNew, incident: &t.would[i]}
		if at := t.same[i]; at >= 0 {
			row.verdict, row.recorded = firedToo, &t.did[at]
		}
		rows = append(rows, row)
	}
	for i := range t.did {
		if !slices.Contains(t.same, i) {
			rows = append(rows, backtestRow{wouldNot, &t.did[i], &t.did[i]})
		}
	}
	slices.SortStableFunc(rows, func(a, b backtestRow) int { return a.incident.Opened.Compare(b.incident.Opened) })
	return rows
}

func describeIncident(i *timeline.Incident) string {
	switch i.Kind {
	case timeline.Blind:
		return fmt.Sprintf("%s: no feed answers, asked in vain: %d", i.Severity, i.Total)
	case timeline.Dark:
		return fmt.Sprintf("%s: of feed group %s %d of %d feeds are not heard", i.Severity, printable(i.Title), i.Observed, i.Total)
	case timeline.CountChanged:
		if c := i.Change; c != nil {
			return fmt.Sprintf("%s: %s of %s, known as %g to %g, told as %g to %g by %s", i.Severity, c.Kind, c.Of, c.Was.Lo, c.Was.Hi, c.Now.Lo, c.Now.Hi,
				plural(i.Publishers, "publisher", "publishers"))
		}
	case timeline.Rise, timeline.Fall:
	}
	text := fmt.Sprintf("%s: %d in %s, %.1f expected; %d in all by %s", i.Severity, i.Observed, timeline.FormatWindow(i.Window), i.Expected,
		i.Total, plural(i.Publishers, "publisher", "publishers"))
	if with := joinedTopics(i); len(with) > 0 {
		text += "; with " + strings.Join(with, ", ") + " on the same stories"
	}
	if i.Leader != "" {
		text += "; told with another topic on the same stories"
	}
	return text
}

func joinedTopics(i *timeline.Incident) (topics []string) {
	for k := range i.Joined {
		topics = append(topics, i.Joined[k].Topic)
	}
	return topics
}

// describeResponse says who took the incident on record in hand, and what was
// thought of it.
func describeResponse(recorded *timeline.Incident) (text string) {
	if recorded == nil {
		return ""
	}
	if f := recorded.Feedback; f.Label != "" {
		text += fmt.Sprintf("; labelled %s by %s", f.Label, printable(f.By))
	}
	if a := recorded.Acknowledged; a.By != "" {
		text += "; acknowledged by " + printable(a.By)
	}
	return text
}

type backtestIncidentJSON struct {
	Verdict    string     `json:"verdict"`
	Recorded   string     `json:"recorded,omitempty"` // id of the incident on record
	Label      string     `json:"label,omitempty"`    // true, false or duplicate: what somebody thought of that
	LabelBy    string     `json:"label_by,omitempty"`
	State      string     `json:"state"`
	Severity   string     `json:"severity"`
	Opened     time.Time  `json:"opened"`
	Resolved   *time.Time `json:"resolved"`
	Observed   int        `json:"observed"`
	Expected   float64    `json:"expected"`
	Window     string     `json:"window"`
	P          float64    `json:"p"`
	Total      int        `json:"total"`
	Publishers int        `json:"publishers"`
	With       []string   `json:"with,omitempty"`  // topics told with it, on the same stories
	Joins      bool       `json:"joins,omitempty"` // it is told with another topic's
	Stories    []string   `json:"stories"`         // headlines
}

type backtestTopicJSON struct {
	Topic     string                 `json:"topic"`
	Articles  int                    `json:"articles"`
	WouldFire int                    `json:"would_fire"`
	Fired     int                    `json:"fired"`
	PerWeek   float64                `json:"per_week"`
	Budget    float64                `json:"budget_per_week"`
	Incidents []backtestIncidentJSON `json:"incidents"`
}

func backtestJSON(out io.Writer, b *backtest) error {
	topics := make([]backtestTopicJSON, len(b.topics))
	for i := range b.topics {
		t := &b.topics[i]
		topics[i] = backtestTopicJSON{
			Topic: t.name, Articles: t.articles, WouldFire: len(t.would), Fired: len(t.did),
			PerWeek: float64(len(t.would)) / b.weeks(), Budget: t.budget, Incidents: []backtestIncidentJSON{},
		}
		for _, row := range t.rows() {
			topics[i].Incidents = append(topics[i].Incidents, encodeIncident(row))
		}
	}
	return writeJSON(out, struct {
		From     time.Time           `json:"from"`
		To       time.Time           `json:"to"`
		Articles int                 `json:"articles"`
		Topics   []backtestTopicJSON `json:"topics"`
	}{b.period.Lo.UTC(), b.period.Hi.UTC(), b.articles, topics})
}

func encodeIncident(row backtestRow) backtestIncidentJSON {
	i := row.incident
	encoded := backtestIncidentJSON{
		Verdict: row.verdict, Recorded: row.recordedID(), Label: string(row.label()), State: string(i.State), Severity: i.Severity, Opened: i.Opened,
		Observed: i.Observed, Expected: i.Expected, Window: timeline.FormatWindow(i.Window), P: i.P,
		Total: i.Total, Publishers: i.Publishers, Stories: []string{},
		With: joinedTopics(i), Joins: i.Leader != "",
	}
	if !i.Resolved.IsZero() {
		encoded.Resolved = &i.Resolved
	}
	if row.recorded != nil {
		encoded.LabelBy = row.recorded.Feedback.By
	}
	for _, h := range i.Headlines {
		encoded.Stories = append(encoded.Stories, h.Title)
	}
	return encoded
}

// backtestCSV writes a line for each incident.
func backtestCSV(out io.Writer, b *backtest) error {
	w := csv.NewWriter(out)
	rows := [][]string{{"topic", "verdict", "opened", "resolved", "severity", "observed", "expected", "window", "total", "publishers", "headline", "label"}}
	for i := range b.topics {
		for _, row := range b.topics[i].rows() {
			n := row.incident
			resolved, headline := "", ""
			if !n.Resolved.IsZero() {
				resolved = n.Resolved.Format(time.RFC3339)
			}
			if len(n.Headlines) > 0 {
				headline = n.Headlines[0].Title
			}
			rows = append(rows, []string{
				n.Topic, row.verdict, n.Opened.Format(time.RFC3339), resolved, n.Severity, strconv.Itoa(n.Observed),
				strconv.FormatFloat(n.Expected, 'f', 2, 64), timeline.FormatWindow(n.Window), strconv.Itoa(n.Total), strconv.Itoa(n.Publishers), headline, string(row.label()),
			})
		}
	}
	return w.WriteAll(rows)
}

package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"marsad/timeline"
	"marsad/timeline/text"
)

// explained is a line of `marsad explain --format jsonl`, and the whole of
// `--format json`.
type explained struct {
	ID string `json:"id"`
	timeline.FactsJSON
}

// explainLine is a line that `marsad explain --format jsonl` reads.
type explainLine struct {
	ID   string `json:"id"`
	Lang string `json:"lang"`
	Ref  string `json:"ref"`
	Text string `json:"text"`
}

// explainLines reads the texts of a JSON Lines document and writes the facts of
// each, in order, one line each.
func explainLines(ctx context.Context, reader factReader, name string, in io.Reader, out io.Writer, ref time.Time) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	encoder.SetEscapeHTML(false)
	for number := 1; lines.Scan(); number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		a, err := explainArticle(lines.Bytes(), ref)
		if err != nil {
			return LineError{name, number, err}
		}
		facts := timeline.EncodeFacts(a.Reading(), reader.Read(&a))
		if err := encoder.Encode(explained{a.ID, facts}); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return buffered.Flush()
}

func explainArticle(line []byte, ref time.Time) (timeline.Article, error) {
	var in explainLine
	if err := json.Unmarshal(line, &in); err != nil {
		return timeline.Article{}, fmt.Errorf("not a JSON object of the keys id, lang, ref, text: %w", err)
	}
	if in.Ref != "" {
		var err error
		if ref, err = parseRef(in.Ref, ref.Location()); err != nil {
			return timeline.Article{}, err
		}
	}
	return timeline.Article{ID: in.ID, Lang: in.Lang, Text: in.Text, Published: ref}, nil
}

// parseRef reads the instant that relative dates count from: RFC 3339, or a
// date, which is noon of that day in the zone.
func parseRef(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.ParseInLocation(time.RFC3339, s, time.UTC); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05", s, zone); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return t.Add(12 * time.Hour), nil
	}
	return time.Time{}, fmt.Errorf("ref %q is not a time: write RFC 3339, as in 2017-05-20T12:00:00+03:00, or a date", s)
}

// explainJSON writes the facts of one article as one indented JSON object.
func explainJSON(out io.Writer, a *timeline.Article, f timeline.Facts) error {
	return writeJSON(out, explained{a.ID, timeline.EncodeFacts(a.Reading(), f)})
}

// finding is a fact as a person reads it.
type finding struct {
	span    timeline.Span
	kind    string
	meaning string
	rule    string
}

// explainText writes the facts of an article below the sentences they stand in.
// Sentences without any are left out.
func explainText(out io.Writer, a *timeline.Article, f timeline.Facts) error {
	reading := a.Reading()
	sentences := text.Read(reading).Sentences
	findings := findingsOf(f)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d sentences; %d dates, %d counts, %d other quantities, %d events, %d topics; relative dates count from %s\n",
		len(sentences), len(f.Dates), len(f.Counts), len(f.Other), len(f.Events), len(f.Mentions), a.Published.Format(time.RFC3339))
	next, events := 0, f.Events
	for number, s := range sentences {
		end := next
		for end < len(findings) && findings[end].span.Start < s.End {
			end++
		}
		told := events
		for len(events) > 0 && events[0].Span.Start < s.End {
			events = events[1:]
		}
		told = told[:len(told)-len(events)]
		if end == next && len(told) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%d. %s\n", number+1, strings.Join(strings.Fields(reading[s.Start:s.End]), " "))
		table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, found := range findings[next:end] {
			fmt.Fprintf(table, "   %s\t%s\t%s\t[%s]\n", found.kind, found.span.Of(reading), found.meaning, found.rule)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		for _, e := range told {
			clause := ""
			if e.Span != e.Sentence {
				clause = ": " + strings.Join(strings.Fields(e.Span.Of(reading)), " ")
			}
			fmt.Fprintf(&b, "   event %s [%s]%s\n", describeEvent(e), e.Rule, clause)
		}
		next = end
	}
	_, err := b.WriteTo(out)
	return err
}

func findingsOf(f timeline.Facts) []finding {
	var all []finding
	for _, d := range f.Dates {
		all = append(all, finding{d.Span, "date", describeDate(d), d.Rule})
	}
	for _, c := range f.Counts {
		all = append(all, finding{c.Span, "count", describeCount(c), c.Rule})
	}
	for _, q := range f.Other {
		all = append(all, finding{q.Span, q.Type, describeQuantity(q), q.Rule})
	}
	for _, m := range f.Mentions {
		for _, s := range m.Spans {
			all = append(all, finding{s, "topic", m.Topic, "query"})
		}
	}
	slices.SortStableFunc(all, func(x, y finding) int { return cmp.Compare(x.span.Start, y.span.Start) })
	return all
}

func describeDate(d timeline.Date) string { return describeTime(d.Relation, d.Interval, d.Precision) }

func describeEvent(e timeline.Event) string {
	parts := []string{describeTime(e.Relation, e.Interval, e.Precision)}
	if e.Planned {
		parts = append(parts, "to come")
	}
	if n := len(e.Counts); n > 0 {
		parts = append(parts, fmt.Sprintf("counts: %d", n))
	}
	if len(e.Actors) > 0 {
		parts = append(parts, "who: "+strings.Join(e.Actors, " "))
	}
	if len(e.Places) > 0 {
		parts = append(parts, "where: "+strings.Join(e.Places, " "))
	}
	return strings.Join(parts, ", ")
}

func describeTime(r timeline.Relation, i timeline.Interval, p timeline.Precision) string {
	layout := time.RFC3339
	if p.IsCalendar() {
		layout = time.DateOnly
	}
	side := func(t time.Time) string {
		if t.IsZero() {
			return "…"
		}
		return t.Format(layout)
	}
	return fmt.Sprintf("%s %s to %s (%s)", r, side(i.Lo), side(i.Hi), p)
}

func describeCount(c timeline.Count) string {
	var b strings.Builder
	b.WriteString(string(c.Bound))
	for _, side := range []struct {
		name  string
		value *float64
	}{{"lo", c.Lo}, {"best", c.Best}, {"hi", c.Hi}} {
		if side.value != nil {
			fmt.Fprintf(&b, " %s %s", side.name, formatNumber(*side.value))
		}
	}
	fmt.Fprintf(&b, ", %s", c.Kind)
	if c.Of != "" {
		fmt.Fprintf(&b, ", of %s", c.Of)
	}
	if len(c.In) > 0 {
		fmt.Fprintf(&b, ", in %s", strings.Join(c.In, " "))
	}
	if c.By != "" {
		fmt.Fprintf(&b, ", by %s", c.By)
	}
	if c.Negated {
		b.WriteString(", negated")
	}
	return b.String()
}

func describeQuantity(q timeline.Quantity) string {
	var parts []string
	for _, v := range []*float64{q.Value, q.Lo, q.Hi} {
		if v != nil {
			parts = append(parts, formatNumber(*v))
		}
	}
	return strings.Join(slices.DeleteFunc(append(parts, q.Unit, q.Text), func(s string) bool { return s == "" }), " ")
}

func formatNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

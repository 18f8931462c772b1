package app

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"marsad/timeline"
	"marsad/timeline/story"
)

// timelineText writes a timeline for a terminal.
func timelineText(out io.Writer, t *topicTimeline) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %d dates\n", t.title, len(t.dates))
	for i := range t.dates {
		d := &t.dates[i]
		fmt.Fprintf(&b, "\n%s  (%s)\n", formatDays(d.Interval), support(d))
		for _, s := range d.Sentences {
			fmt.Fprintf(&b, "  %s [%s, %s]\n", printable(s.Sentence), printable(s.Publisher), s.Published.Format(time.DateOnly))
		}
		for _, line := range countLines(d) {
			fmt.Fprintf(&b, "  - %s\n", printable(line))
		}
	}
	_, err := b.WriteTo(out)
	return err
}

// timelineMarkdown writes a timeline for a report.
func timelineMarkdown(out io.Writer, t *topicTimeline) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", markdown(t.title))
	for i := range t.dates {
		d := &t.dates[i]
		fmt.Fprintf(&b, "\n## %s\n\n", formatDays(d.Interval))
		for _, s := range d.Sentences {
			source := markdown(s.Publisher)
			if s.URL != "" {
				source = "[" + source + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", "\n", "").Replace(s.URL) + ">)"
			}
			fmt.Fprintf(&b, "%s (%s, %s)\n\n", markdown(s.Sentence), source, s.Published.Format(time.DateOnly))
		}
		for _, line := range countLines(d) {
			fmt.Fprintf(&b, "- %s\n", markdown(line))
		}
		fmt.Fprintf(&b, "\n*%s*\n", support(d))
	}
	_, err := b.WriteTo(out)
	return err
}

// markdown escapes a text for CommonMark: words of feeds are no markup.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range printable(s) {
		if strings.ContainsRune("\\`*_{}[]<>()#+-!|~&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// timelineDateJSON is a date of `marsad timeline --format json`.
type timelineDateJSON struct {
	Lo         string                 `json:"lo"`
	Hi         *string                `json:"hi"` // exclusive
	Precision  string                 `json:"precision"`
	Score      float64                `json:"score"`
	Articles   int                    `json:"articles"`
	Stories    int                    `json:"stories"`
	Publishers int                    `json:"publishers"`
	Sentences  []timelineSentenceJSON `json:"sentences"`
	Counts     []timelineCountJSON    `json:"counts"`
}

type timelineSentenceJSON struct {
	Text      string    `json:"text"`
	Article   string    `json:"article"`
	URL       string    `json:"url"`
	Publisher string    `json:"publisher"`
	Published time.Time `json:"published"`
}

// timelineCountJSON is a count with the article that has it.
type timelineCountJSON struct {
	timeline.CountJSON
	Article   string    `json:"article"`
	Publisher string    `json:"publisher"`
	Published time.Time `json:"published"`
}

func timelineJSON(out io.Writer, t *topicTimeline) error {
	dates := make([]timelineDateJSON, len(t.dates))
	for i := range t.dates {
		dates[i] = encodeDate(&t.dates[i])
	}
	return writeJSON(out, struct {
		Topic string             `json:"topic"`
		From  *string            `json:"from"`
		To    *string            `json:"to"`
		Dates []timelineDateJSON `json:"dates"`
	}{t.topic, formatLimit(t.period.Lo), formatLimit(t.period.Hi), dates})
}

func formatLimit(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(time.RFC3339)
	return &s
}

func encodeDate(d *story.RankedDate) timelineDateJSON {
	out := timelineDateJSON{
		Lo: d.Interval.Lo.Format(time.DateOnly), Precision: string(d.Precision), Score: d.Score,
		Articles: d.Articles, Stories: d.Stories, Publishers: d.Publishers,
		Sentences: []timelineSentenceJSON{}, Counts: []timelineCountJSON{},
	}
	if hi := d.Interval.Hi; !hi.IsZero() {
		s := hi.Format(time.DateOnly)
		out.Hi = &s
	}
	for _, s := range d.Sentences {
		out.Sentences = append(out.Sentences, timelineSentenceJSON{s.Sentence, s.Article, s.URL, s.Publisher, s.Published})
	}
	for _, r := range d.Counts {
		for _, c := range r.Counts {
			out.Counts = append(out.Counts, timelineCountJSON{c, r.Article, r.Publisher, r.Published})
		}
	}
	return out
}

// timelineCalendar writes a timeline as iCalendar (RFC 5545), one all-day event
// for each date.
func timelineCalendar(out io.Writer, t *topicTimeline) error {
	calendar := ics.NewCalendarFor("Marsad")
	calendar.SetMethod(ics.MethodPublish)
	calendar.SetName(t.title)
	for i := range t.dates {
		d := &t.dates[i]
		lo := d.Interval.Lo.Format(time.DateOnly)
		event := calendar.AddEvent(timeline.Hash("calendar", t.topic, lo, string(d.Precision)) + "@marsad")
		event.SetDtStampTime(t.made)
		event.SetAllDayStartAt(d.Interval.Lo)
		if hi := d.Interval.Hi; !hi.IsZero() {
			event.SetAllDayEndAt(hi)
		}
		event.SetSummary(t.title + ": " + shorten(printable(d.Sentences[0].Sentence), maxSummary))
		var lines []string
		for _, s := range d.Sentences {
			lines = append(lines, printable(s.Sentence)+" ("+printable(s.Publisher)+") "+s.URL)
		}
		event.SetDescription(strings.Join(append(append(lines, countLines(d)...), support(d)), "\n"))
		if u := d.Sentences[0].URL; u != "" {
			event.SetURL(u)
		}
	}
	return calendar.SerializeTo(out)
}

// maxSummary is how many characters of a sentence a calendar shows.
const maxSummary = 120

// maxCounts is how many lines of counts a date shows to a person; JSON has them all.
const maxCounts = 8

// countLines gives the counts of a date side by side, happening by happening and
// kind by kind, each with its speaker. Where they differ, what they span stands
// before them.
func countLines(d *story.RankedDate) (lines []string) {
	type counted struct{ happening, kind string }
	var kinds []counted
	said := make(map[counted][]string) // lines
	spans := make(map[counted]numberSpan)
	for _, r := range d.Counts {
		for _, c := range r.Counts {
			key := counted{r.Happening, c.Kind}
			if said[key] == nil {
				kinds = append(kinds, key)
			}
			said[key] = append(said[key], dateCountLine(&r, &c))
			spans[key] = spans[key].with(c.Lo).with(c.Best).with(c.Hi)
		}
	}
	for _, key := range kinds {
		if s := spans[key]; len(said[key]) > 1 && s.lo < s.hi {
			lines = append(lines, fmt.Sprintf("%s: from %s to %s", key.kind, formatNumber(s.lo), formatNumber(s.hi)))
		}
		lines = append(lines, said[key]...)
	}
	if len(lines) > maxCounts {
		lines = append(lines[:maxCounts], "and further counts")
	}
	return lines
}

func dateCountLine(r *story.Reference, c *timeline.CountJSON) string {
	line := c.Text
	if c.Object != nil {
		line += " " + *c.Object
	}
	if c.Of != "" {
		line += " of " + c.Of
	}
	if c.By != "" {
		return line + ": " + c.By + " via " + r.Publisher
	}
	return line + ": " + r.Publisher
}

// numberSpan is from the least to the most of some numbers.
type numberSpan struct {
	lo, hi float64
	any    bool
}

func (s numberSpan) with(v *float64) numberSpan {
	switch {
	case v == nil:
		return s
	case !s.any:
		return numberSpan{*v, *v, true}
	}
	return numberSpan{min(s.lo, *v), max(s.hi, *v), true}
}

// support says who mentions a date.
func support(d *story.RankedDate) string {
	return fmt.Sprintf("%s, %s", plural(d.Stories, "story", "stories"), plural(d.Publishers, "publisher", "publishers"))
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// formatDays writes calendar days; the last one is meant.
func formatDays(i timeline.Interval) string {
	lo := i.Lo.Format(time.DateOnly)
	if i.Hi.IsZero() {
		return "since " + lo
	}
	if last := i.Hi.AddDate(0, 0, -1).Format(time.DateOnly); last != lo {
		return lo + " to " + last
	}
	return lo
}

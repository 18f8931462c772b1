package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"marsad/timeline"
)

// FeedsList shows how each feed of the record is, those in trouble first; format
// is text or json. A record that is not there yet is an error, and is not made.
func FeedsList(ctx context.Context, env Env, common Common, format string) error {
	write, ok := map[string]func(io.Writer, []feedHealth) error{"text": healthTable, "json": healthJSON}[format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text or json", format)
	}
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	health, err := feedsHealth(ctx, record, now())
	if err != nil {
		return err
	}
	return write(env.Stdout, health)
}

// maxFeedName is how much of a name the table shows, so that it fits 80 columns.
const maxFeedName = 22

// healthTable writes a line for each feed, below it the error of one that fails,
// and a sum.
func healthTable(out io.Writer, health []feedHealth) error {
	rows := [][]string{{"FEED", "STATE", "NEWEST", "RHYTHM", "ITEMS", "POLLS", "NEXT", "LAST"}}
	counts := map[timeline.FeedCondition]int{}
	for i := range health {
		h := &health[i]
		counts[h.Condition]++
		rows = append(rows, h.cells())
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			fmt.Fprintf(&line, "%-*s  ", widths[j], cell)
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		if i == 0 {
			continue
		}
		h := &health[i-1]
		for _, trouble := range h.Troubles() {
			b.WriteString("  " + printable(troubleText(trouble)) + "\n")
		}
		for _, m := range h.Marks() {
			b.WriteString("  " + markText(m) + "\n")
		}
		if p := h.Pages; p.Waiting+p.Failed > 0 {
			fmt.Fprintf(&b, "  pages: %d read, %d waited for, %d given up", p.Read, p.Waiting, p.Failed)
			if p.LastError != "" {
				b.WriteString(" (" + printable(p.LastError) + ")")
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n" + summary(len(health), counts) + "\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// troubleText says a trouble and its remedy for a person.
func troubleText(t timeline.FeedTrouble) string {
	text := t.Text
	if t.Name != timeline.FeedFailing {
		text = string(t.Name) + ": " + text
	}
	if t.Remedy != "" {
		text += " → " + t.Remedy
	}
	return text
}

// markText says a mark for a person.
func markText(m timeline.Mark) string {
	text := map[timeline.Mark]string{
		timeline.MarkOverflow:   "every item was new: some may have been missed, poll it more often",
		timeline.MarkGUIDChurn:  "known items come under new GUIDs: told by link or words",
		timeline.MarkGUIDReuse:  "GUIDs are used again for other items: told by link or words",
		timeline.MarkLinksMerge: "links differ in tracking parameters alone: taken whole",
	}[m]
	if text == "" {
		return string(m)
	}
	return string(m) + ": " + text
}

// cells are the columns of a feed's line.
func (h *feedHealth) cells() []string {
	return []string{
		shorten(printable(h.Name), maxFeedName), string(h.Condition), h.age(), everyOrDash(h.Expected()), strconv.Itoa(h.Articles),
		everyOrDash(h.PollEvery()), h.next(), h.last(),
	}
}

func everyOrDash(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	return roughly(d)
}

func summary(feeds int, counts map[timeline.FeedCondition]int) string {
	if feeds == 0 {
		return "no feeds: add some under feeds in config.yaml, or take seeds"
	}
	parts := make([]string, 0, len(counts))
	for _, c := range timeline.FeedConditions() {
		if counts[c] > 0 {
			parts = append(parts, strconv.Itoa(counts[c])+" "+string(c))
		}
	}
	if feeds == 1 {
		return "1 feed: " + parts[0]
	}
	return fmt.Sprintf("%d feeds: %s", feeds, strings.Join(parts, ", "))
}

// age is how long ago something new came.
func (h *feedHealth) age() string {
	if h.Pace.LastNew.IsZero() {
		return "-"
	}
	return roughly(h.At.Sub(h.Pace.LastNew))
}

// next is how long it is to the next poll.
func (h *feedHealth) next() string {
	switch {
	case h.Archive || !h.Enabled || h.Pace.Gone:
		return "-"
	case !h.NextPoll.After(h.At):
		return "due"
	}
	return roughly(h.NextPoll.Sub(h.At))
}

func (h *feedHealth) last() string {
	switch {
	case h.LastOutcome == "":
		return "-"
	case h.Failures > 1:
		return fmt.Sprintf("%s ×%d", h.LastOutcome, h.Failures)
	}
	return string(h.LastOutcome)
}

// roughly spells a duration in its greatest unit.
func roughly(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(max(d, 0)/time.Second)) + "s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + "m"
	case d < 2*day:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return strconv.Itoa(int(d/day)) + "d"
}

// printable takes out of a text what a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// healthLine is a feed as a program reads it: as in the API, and more.
type healthLine struct {
	Name     string                 `json:"name"`
	Title    string                 `json:"title"`
	URL      string                 `json:"url"`
	State    timeline.FeedCondition `json:"state"`
	Outcome  string                 `json:"outcome"` // of the last poll
	Error    string                 `json:"error"`
	Failures int                    `json:"failures"` // in a row
	Newest   *time.Time             `json:"newest"`   // when something new came last
	LastPoll *time.Time             `json:"last_poll"`
	NextPoll *time.Time             `json:"next_poll"`
	Rhythm   string                 `json:"rhythm"`     // usual time between new items, else between polls; empty for an archive
	Polls    string                 `json:"poll_every"` // empty for an archive
	Troubles []troubleLine          `json:"troubles"`   // the worst first; never null
	Articles int                    `json:"articles"`
	Marks    []timeline.Mark        `json:"marks"` // never null
}

// troubleLine is a trouble as a program reads it.
type troubleLine struct {
	Name   timeline.FeedCondition `json:"name"`
	Text   string                 `json:"text"`
	Remedy string                 `json:"remedy"`
}

// healthJSON writes one object, whose items are the feeds.
func healthJSON(out io.Writer, health []feedHealth) error {
	items := make([]healthLine, 0, len(health))
	for i := range health {
		h := &health[i]
		line := healthLine{
			Name: h.Name, Title: h.Title, URL: timeline.RedactURL(h.URL), State: h.Condition, Outcome: string(h.LastOutcome), Error: h.LastError,
			Failures: h.Failures, Newest: timeline.EncodeTime(h.Pace.LastNew), LastPoll: timeline.EncodeTime(h.LastPoll), NextPoll: timeline.EncodeTime(h.NextPoll), Articles: h.Articles,
			Troubles: []troubleLine{}, Marks: append([]timeline.Mark{}, h.Marks()...),
		}
		if rhythm := h.Expected(); rhythm > 0 {
			line.Rhythm, line.Polls = rhythm.String(), h.PollEvery().Round(time.Second).String()
		}
		for _, t := range h.Troubles() {
			line.Troubles = append(line.Troubles, troubleLine(t))
		}
		items = append(items, line)
	}
	return writeJSON(out, struct {
		Items []healthLine `json:"items"`
	}{items})
}

// writeJSON writes a value for programs that people look over the shoulder of.
func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

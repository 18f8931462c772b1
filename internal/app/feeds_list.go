package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"marsad/timeline"
)

// FeedsList shows how each feed of the record is, those in trouble first; format
// is text or json. A record that is not there yet is an error, and is not made.
func FeedsList(ctx context.Context, env Env, common Common, format string) error {
	write, ok := map[string]func(io.Writer, []feedHealth) error{"text": healthTable, "json": healthJSON}[format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text or json", format)
	}
	logger, err := common.logger(env)
	if err != nil {
		return err
	}
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	if _, err := os.Stat(cfg.Record.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("record %s is not there yet: start marsad, which makes it and polls; marsad feeds test tries a feed without", cfg.Record.Path)
	}
	record, err := openRecord(ctx, cfg, logger)
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

// feedBook is what the record knows of feeds.
type feedBook interface {
	Feeds(ctx context.Context) ([]timeline.FeedStatus, error)
	Articles(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error)
}

// feedCondition says in a word how a feed is.
type feedCondition string

// The conditions of feeds, the most troublesome first.
const (
	feedFailing  feedCondition = "failing"  // the last poll saw nothing
	feedSilent   feedCondition = "silent"   // nothing new for much longer than usual
	feedWaiting  feedCondition = "waiting"  // not polled yet
	feedOK       feedCondition = "ok"       //
	feedArchive  feedCondition = "archive"  // filled by loading
	feedDisabled feedCondition = "disabled" // kept, not polled any more
)

// feedHealth is a feed with how it is.
type feedHealth struct {
	timeline.FeedStatus

	Condition feedCondition
	At        time.Time     // when this was found
	Newest    time.Time     // publication of its newest article; zero when it has none
	Quiet     time.Duration // from there to its last successful poll
}

// How long a feed may bring nothing before it is silent: silentAfter times the
// longest time between two of its newest silenceSample articles, where that is
// at least leastGap (nights are quiet everywhere) and its rhythm. unknownGap is
// for a feed with too few articles to tell.
const (
	silentAfter   = 2
	silenceSample = 20
	leastGap      = 12 * time.Hour
	unknownGap    = 7 * 24 * time.Hour
)

// feedsHealth gives all feeds: the failing ones by the number of failures, the
// silent ones by how long they are, then the rest by condition and name.
func feedsHealth(ctx context.Context, book feedBook, at time.Time) ([]feedHealth, error) {
	feeds, err := book.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	health := make([]feedHealth, 0, len(feeds))
	for i := range feeds {
		h, err := healthOf(ctx, book, &feeds[i])
		if err != nil {
			return nil, err
		}
		h.At = at
		health = append(health, h)
	}
	order := []feedCondition{feedFailing, feedSilent, feedWaiting, feedOK, feedArchive, feedDisabled}
	slices.SortStableFunc(health, func(a, b feedHealth) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Condition), slices.Index(order, b.Condition)),
			cmp.Compare(b.failures(), a.failures()),
			cmp.Compare(b.silence(), a.silence()),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return health, nil
}

func (h *feedHealth) failures() int {
	if h.Condition == feedFailing {
		return h.Failures
	}
	return 0
}

func (h *feedHealth) silence() time.Duration {
	if h.Condition == feedSilent {
		return h.Quiet
	}
	return 0
}

func healthOf(ctx context.Context, book feedBook, f *timeline.FeedStatus) (feedHealth, error) {
	h := feedHealth{FeedStatus: *f}
	newest, err := publications(ctx, book, f.Name, 1)
	if err != nil {
		return h, err
	}
	// What was not looked at cannot be called quiet: up to the last success, not
	// to the present.
	since := f.FirstPoll
	if len(newest) > 0 {
		h.Newest, since = newest[0], newest[0]
	}
	if !since.IsZero() && f.LastSuccess.After(since) {
		h.Quiet = f.LastSuccess.Sub(since)
	}
	switch {
	case f.Archive:
		h.Condition = feedArchive
	case !f.Enabled:
		h.Condition = feedDisabled
	case f.LastPoll.IsZero():
		h.Condition = feedWaiting
	case !f.LastOutcome.Succeeded():
		h.Condition = feedFailing
	default:
		h.Condition = feedOK
		silent, err := isSilent(ctx, book, &h)
		if err != nil {
			return h, err
		}
		if silent {
			h.Condition = feedSilent
		}
	}
	return h, nil
}

// isSilent compares a feed's quiet with how long it was quiet before.
func isSilent(ctx context.Context, book feedBook, h *feedHealth) (bool, error) {
	least := max(leastGap, h.Rhythm)
	if h.Quiet <= silentAfter*least {
		return false, nil // most feeds, without reading more of them
	}
	times, err := publications(ctx, book, h.Name, silenceSample)
	if err != nil {
		return false, err
	}
	gap := unknownGap
	if len(times) > 1 {
		gap = 0
		for i := range times[1:] {
			gap = max(gap, times[i].Sub(times[i+1]))
		}
	}
	return h.Quiet > silentAfter*max(gap, least), nil
}

// publications gives when the newest articles were published that the feed had
// first, the newest first.
func publications(ctx context.Context, book feedBook, feed string, limit int) ([]time.Time, error) {
	page, err := book.Articles(ctx, timeline.Query{Feed: feed, Limit: limit})
	if err != nil {
		return nil, err
	}
	times := make([]time.Time, 0, len(page.Items))
	for i := range page.Items {
		times = append(times, page.Items[i].Article.Published)
	}
	return times, nil
}

// maxFeedName is how much of a name the table shows, so that it fits 80 columns.
const maxFeedName = 22

// healthTable writes a line for each feed, below it the error of one that fails,
// and a sum.
func healthTable(out io.Writer, health []feedHealth) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.DiscardEmptyColumns)
	counts := map[feedCondition]int{}
	fmt.Fprintln(table, "FEED\tSTATE\tNEWEST\tARTICLES\tNEXT\tRHYTHM\tLAST")
	for i := range health {
		h := &health[i]
		counts[h.Condition]++
		rhythm := "-"
		if h.Rhythm > 0 {
			rhythm = roughly(h.Rhythm)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", shorten(printable(h.Name), maxFeedName), h.Condition, h.age(),
			h.Articles, h.next(), rhythm, h.last())
		if h.Condition == feedFailing && h.LastError != "" {
			// A line without cells, so that it widens no column.
			fmt.Fprintf(table, "  %s\n", printable(h.LastError))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	sum := make([]string, 0, len(counts))
	for _, c := range []feedCondition{feedFailing, feedSilent, feedWaiting, feedOK, feedArchive, feedDisabled} {
		if counts[c] > 0 {
			sum = append(sum, strconv.Itoa(counts[c])+" "+string(c))
		}
	}
	if len(sum) == 0 {
		sum = []string{"none; add some under feeds in config.yaml, or take seeds"}
	}
	_, err := fmt.Fprintf(out, "\n%d feeds: %s\n", len(health), strings.Join(sum, ", "))
	return err
}

// age is how long ago the newest article was published.
func (h *feedHealth) age() string {
	if h.Newest.IsZero() {
		return "-"
	}
	return roughly(h.At.Sub(h.Newest))
}

// next is how long it is to the next poll.
func (h *feedHealth) next() string {
	switch {
	case h.Archive || !h.Enabled:
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
	Name     string        `json:"name"`
	Title    string        `json:"title"`
	URL      string        `json:"url"`
	State    feedCondition `json:"state"`
	Outcome  string        `json:"outcome"` // of the last poll
	Error    string        `json:"error"`
	Failures int           `json:"failures"` // in a row
	Newest   *time.Time    `json:"newest"`   // publication of the newest article
	LastPoll *time.Time    `json:"last_poll"`
	NextPoll *time.Time    `json:"next_poll"`
	Rhythm   string        `json:"rhythm"` // empty for an archive
	Articles int           `json:"articles"`
}

// healthJSON writes one object, whose items are the feeds.
func healthJSON(out io.Writer, health []feedHealth) error {
	items := make([]healthLine, 0, len(health))
	for i := range health {
		h := &health[i]
		line := healthLine{
			Name: h.Name, Title: h.Title, URL: redactURL(h.URL), State: h.Condition, Outcome: string(h.LastOutcome), Error: h.LastError,
			Failures: h.Failures, Newest: instant(h.Newest), LastPoll: instant(h.LastPoll), NextPoll: instant(h.NextPoll), Articles: h.Articles,
		}
		if h.Rhythm > 0 {
			line.Rhythm = h.Rhythm.String()
		}
		items = append(items, line)
	}
	return writeJSON(out, struct {
		Items []healthLine `json:"items"`
	}{items})
}

// instant is a time in UTC, or null.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// writeJSON writes a value for programs that people look over the shoulder of.
func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

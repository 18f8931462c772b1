package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"marsad/alerts/slack"
	"marsad/internal/config"
	"marsad/internal/config/scalar"
	"marsad/timeline"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
)

const (
	// slashDates is how many dates of a timeline fit in an answer.
	slashDates = 15
	// maxSnooze is the longest snooze that can be asked for; what is to be silent
	// for longer is muted.
	maxSnooze = 90 * 24 * time.Hour
)

// slash answers the command /marsad, in Slack, over the record of the daemon.
type slash struct {
	cfg     *config.Config
	record  *sqlite.Record
	reader  factReader
	reasons func() []string // why not all work is done; may be nil
}

var _ slack.Commands = (*slash)(nil)

// Command answers what was written behind /marsad.
func (c *slash) Command(ctx context.Context, text, by string) (string, error) {
	verb, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	args := strings.Fields(rest)
	if usage := slashUsage(verb); usage != verb && len(args) != strings.Count(usage, " ") {
		return "", fmt.Errorf("write /marsad %s", usage)
	}
	switch verb {
	case "status":
		return c.status(ctx, now())
	case "topics":
		return c.topics(ctx, now())
	case "timeline":
		return c.timeline(ctx, args[0])
	case "snooze":
		return c.snooze(ctx, args[0], args[1], by, now())
	case "explain":
		return c.explain(ctx, args[0])
	}
	return slashHelp, nil
}

// slashUsage is the form of a command: its name, and a word for each argument.
func slashUsage(verb string) string {
	switch verb {
	case "timeline":
		return "timeline TOPIC"
	case "snooze":
		return "snooze TOPIC 4h"
	case "explain":
		return "explain URL"
	}
	return verb
}

const slashHelp = `/marsad status: how Marsad and its feeds are
/marsad topics: each topic against what was expected
/marsad timeline TOPIC: the dates that tell the topic best
/marsad snooze TOPIC 4h: announce nothing of the topic for that long; 0h lifts a snooze or a mute
/marsad explain URL: what Marsad reads out of an article`

func (c *slash) status(ctx context.Context, at time.Time) (string, error) {
	stats, err := c.record.Stats(ctx)
	if err != nil {
		return "", err
	}
	health, err := feedsHealth(ctx, c.record, at)
	if err != nil {
		return "", err
	}
	open, err := c.record.OpenIncidents(ctx)
	if err != nil {
		return "", err
	}
	silences, err := c.record.Silences(ctx, at)
	if err != nil {
		return "", err
	}
	conditions := make(map[timeline.FeedCondition]int)
	for i := range health {
		conditions[health[i].Condition]++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Marsad %s\n%d articles, %d stories\n%s\n", Version(), stats.Articles, stats.Stories, summary(len(health), conditions))
	fmt.Fprintf(&b, "notices: %d wait, %d given up\n", stats.Pending, stats.Failed)
	if c.reasons != nil {
		for _, reason := range c.reasons() {
			fmt.Fprintf(&b, "not ready: %s\n", reason)
		}
	}
	fmt.Fprintf(&b, "incidents open: %d\n", len(open))
	for i := range open {
		fmt.Fprintf(&b, "• %s, since %s: %s%s\n", open[i].Topic, c.stamp(open[i].Opened), describeIncident(&open[i]), describeResponse(&open[i]))
	}
	for _, q := range silences {
		fmt.Fprintf(&b, "silent: %s\n", c.describeSilence(q))
	}
	return b.String(), nil
}

func (c *slash) describeSilence(q timeline.Silence) string {
	if q.Muted() {
		return fmt.Sprintf("%s, muted by %s on %s", q.Topic, q.By, c.stamp(q.At))
	}
	return fmt.Sprintf("%s, snoozed by %s until %s", q.Topic, q.By, c.stamp(q.Until))
}

func (c *slash) stamp(t time.Time) string { return t.In(c.cfg.Timezone).Format("2006-01-02 15:04 MST") }

// topics says of each topic what its day's window has against what was expected.
func (c *slash) topics(ctx context.Context, at time.Time) (string, error) {
	var b strings.Builder
	for _, t := range alertTopics(c.cfg) {
		fmt.Fprintf(&b, "%s (%s): ", t.Name, t.Title)
		looks, err := c.record.Evaluations(ctx, t.Name, slashWindow, at.Add(-slashWindow), at)
		if err != nil {
			return "", err
		}
		if len(looks) == 0 {
			b.WriteString("not evaluated yet\n")
			continue
		}
		look := &looks[len(looks)-1]
		fmt.Fprintf(&b, "%d in %s, %.1f expected, %s\n", look.Observed, timeline.FormatWindow(look.Window), look.Expected, look.State)
	}
	return cmp.Or(b.String(), "There are no topics: write some under topics in config.yaml, or take seeds."), nil
}

// slashWindow is the window that /marsad topics shows; it is always on record.
const slashWindow = 24 * time.Hour

func (c *slash) timeline(ctx context.Context, name string) (string, error) {
	topic, err := namedTopic(c.cfg, name)
	if err != nil {
		return "", err
	}
	references, err := topicReferences(ctx, c.record, topic.Name)
	if err != nil {
		return "", err
	}
	if len(references) == 0 {
		return fmt.Sprintf("No article on %s names a date yet.", topic.Name), nil
	}
	var b bytes.Buffer
	err = timelineText(&b, &topicTimeline{
		topic: topic.Name, title: topic.Title.In(c.cfg.Language, topic.Name), made: now(),
		dates: story.Rank(references, timeline.Interval{}, slashDates),
	})
	fmt.Fprintf(&b, "\n%s/topics/%s\n", c.cfg.Web.BaseURL, url.PathEscape(topic.Name))
	return b.String(), err
}

func (c *slash) snooze(ctx context.Context, name, long, by string, at time.Time) (string, error) {
	topic, err := namedTopic(c.cfg, name)
	if err != nil {
		return "", err
	}
	d, err := scalar.ParseDuration(long)
	if err != nil || d < 0 || d > maxSnooze {
		return "", fmt.Errorf("%q is not for how long: write 30m, 4h or 2d, at most 90d; or 0h to lift a snooze", long)
	}
	q := timeline.Silence{Topic: topic.Name, Until: at.Add(d), By: by, At: at}
	if err := c.record.SetSilence(ctx, q); err != nil {
		return "", err
	}
	if d == 0 {
		return topic.Name + " is announced again.", nil
	}
	return c.describeSilence(q) + ". An incident that is still open then is announced then.", nil
}

// explain reads an article of the web as if a feed had brought it now.
func (c *slash) explain(ctx context.Context, address string) (string, error) {
	address = strings.Trim(address, "<>") // as Slack writes what it takes for an address
	address, _, _ = strings.Cut(address, "|")
	if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
		return "", fmt.Errorf("%q is not the address of an article: write it whole, with https://", address)
	}
	a, err := readSource(ctx, Env{}, c.cfg, address)
	if err != nil {
		return "", err
	}
	a.Published = now().In(c.cfg.Timezone)
	var b bytes.Buffer
	err = explainText(&b, &a, c.reader.Read(&a))
	return b.String(), err
}

// newSocket is the connection for buttons and commands; nil where they are not
// set up.
func newSocket(d *daemon, cfg *config.Config, world edges) (*slack.Socket, error) {
	if !cfg.Slack.Interactive() {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	return slack.NewSocket(cfg.Slack, slack.SocketOptions{
		Responses:  d.record,
		Commands:   &slash{cfg: cfg, record: d.record, reader: d.reader, reasons: d.reasons},
		Changed:    d.wake,
		Now:        now,
		HTTPClient: world.receivers,
		Logger:     d.logger,
	})
}

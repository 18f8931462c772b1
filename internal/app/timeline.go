package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"marsad/internal/config"
	"marsad/internal/config/scalar"
	"marsad/timeline"
	"marsad/timeline/story"
)

// maxTimelineDates is how many dates a timeline may have.
const maxTimelineDates = 10_000

// TimelineOptions are the flags of `marsad timeline`.
type TimelineOptions struct {
	Topic  string
	From   string // RFC 3339, a date, or -30d; empty: from the first date on
	To     string // likewise; a date is meant whole; empty: to the last
	Dates  int
	Format string // text, md, json or ics
}

// Timeline shows the dates that tell a topic best, each in one or two sentences.
// A record that is not there yet is an error, and is not made.
func Timeline(ctx context.Context, env Env, common Common, o TimelineOptions) error {
	write, ok := map[string]func(io.Writer, *topicTimeline) error{
		"text": timelineText, "md": timelineMarkdown, "json": timelineJSON, "ics": timelineCalendar,
	}[o.Format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text, md, json or ics", o.Format)
	}
	if o.Dates < 1 || o.Dates > maxTimelineDates {
		return fmt.Errorf("--dates %d: write a number from 1 to %d", o.Dates, maxTimelineDates)
	}
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	at := now()
	period, err := parsePeriod(o.From, o.To, cfg.Timezone, at)
	if err != nil {
		return err
	}
	topic, err := namedTopic(cfg, o.Topic)
	if err != nil {
		return err
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	references, err := topicReferences(ctx, record, topic.Name)
	if err != nil {
		return err
	}
	if len(references) == 0 {
		return fmt.Errorf("topic %q: no article of %s is on it, or none names a date; those recorded before the topic was set are read for it when marsad runs", topic.Name, cfg.Record.Path)
	}
	return write(env.Stdout, &topicTimeline{
		topic: topic.Name, title: topic.Title.In(cfg.Language, topic.Name), period: period, made: at,
		dates: story.Rank(references, period, o.Dates),
	})
}

// topicTimeline is a topic's dates, to be written in one form or another.
type topicTimeline struct {
	topic  string
	title  string
	period timeline.Interval
	made   time.Time
	dates  []story.RankedDate
}

// namedTopic finds a topic of the configuration.
func namedTopic(cfg *config.Config, name string) (*config.Topic, error) {
	names := make([]string, len(cfg.Topics))
	for i := range cfg.Topics {
		if names[i] = cfg.Topics[i].Name; names[i] == name {
			return &cfg.Topics[i], nil
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("topic %q: there are none: write some under topics in config.yaml, or take seeds", name)
	}
	return nil, fmt.Errorf("topic %q is none of %s", name, strings.Join(names, ", "))
}

// parsePeriod reads a period of event dates.
func parsePeriod(from, to string, zone *time.Location, at time.Time) (period timeline.Interval, err error) {
	side := func(flag, s string, whole int) (time.Time, error) {
		if s == "" {
			return time.Time{}, nil
		}
		if day, err := time.Parse(time.DateOnly, s); err == nil {
			return day.AddDate(0, 0, whole), nil
		}
		if back, found := strings.CutPrefix(s, "-"); found {
			if d, err := scalar.ParseDuration(back); err == nil {
				return at.Add(-d).In(zone), nil
			}
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return time.Time{}, fmt.Errorf("%s %q is not a time: write a date as in 2017-05-20, a time in RFC 3339, or how long ago as in -30d", flag, s)
		}
		return t, nil
	}
	if period.Lo, err = side("--from", from, 0); err != nil {
		return period, err
	}
	if period.Hi, err = side("--to", to, 1); err != nil {
		return period, err
	}
	if !period.Hi.IsZero() && !period.Lo.Before(period.Hi) {
		return period, errors.New("--from is not before --to: exchange them")
	}
	return period, nil
}

// library gives articles with their facts.
type library interface {
	Articles(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error)
}

// topicReferences gives every mention of a date in the articles on a topic, in
// the order of publication.
func topicReferences(ctx context.Context, record library, topic string) ([]story.Reference, error) {
	var references []story.Reference
	for q := (timeline.Query{Topic: topic, Limit: 1000}); ; {
		page, err := record.Articles(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page.Items {
			references = appendReferences(references, &page.Items[i], topic)
		}
		if page.Next == "" {
			break
		}
		q.Cursor = page.Next
	}
	slices.Reverse(references)
	return references, nil
}

// appendReferences appends the dates of an article, a sentence's mention of a
// date once, and the day that its headline tells of by its tense.
func appendReferences(references []story.Reference, read *timeline.ReadArticle, topic string) []story.Reference {
	a, f := &read.Article, &read.Facts
	reading := a.Reading()
	type said struct {
		interval timeline.Interval
		sentence timeline.Span
	}
	seen := make(map[said]bool, len(f.Dates))
	add := func(interval timeline.Interval, precision timeline.Precision, sentence timeline.Span, implied bool) {
		if interval.Lo.IsZero() || seen[said{interval, sentence}] {
			return
		}
		seen[said{interval, sentence}] = true
		references = append(references, story.Reference{
			Interval: interval, Precision: precision, Implied: implied,
			Sentence: strings.Join(strings.Fields(sentence.Of(reading)), " "),
			OnTopic:  slices.Contains(timeline.TopicsOf(a, sentence, f.Mentions), topic),
			Article:  a.ID, Story: a.Story, Publisher: a.Publisher, URL: a.URL, Published: a.Published,
			Counts: sentenceCounts(reading, sentence, f.Counts), Happening: happeningIn(f.Events, interval, sentence),
		})
	}
	for i := range f.Dates {
		add(f.Dates[i].Interval, f.Dates[i].Precision, f.Dates[i].Sentence, false)
	}
	for i := range f.Events {
		if e := &f.Events[i]; len(e.Dates) == 0 {
			add(e.Interval, e.Precision, e.Sentence, true)
		}
	}
	return references
}

// happeningIn gives what the sentence tells to have happened on the date; empty
// when it tells nothing.
func happeningIn(events []timeline.Event, interval timeline.Interval, sentence timeline.Span) string {
	for i := range events {
		if e := &events[i]; e.Sentence == sentence && e.Interval == interval {
			return e.Happening
		}
	}
	return ""
}

func sentenceCounts(reading string, sentence timeline.Span, counts []timeline.Count) []timeline.CountJSON {
	of := slices.DeleteFunc(slices.Clone(counts), func(c timeline.Count) bool { return c.Sentence != sentence || c.Negated })
	if len(of) == 0 {
		return nil
	}
	return timeline.EncodeFacts(reading, timeline.Facts{Counts: of}).Counts
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// ForgetOptions are the flags of `marsad forget`: a feed or a topic.
type ForgetOptions struct {
	Feed, Topic string
	DryRun      bool
}

// Forget deletes the history of a feed or of a topic that is no more in the
// configuration, or says what would go.
func Forget(ctx context.Context, env Env, common Common, o ForgetOptions) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	open := openExistingRecord
	if o.DryRun {
		open = openRecordToRead
	} else if err := o.refuseWatched(cfg); err != nil {
		return err
	}
	record, err := open(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	if o.Feed != "" {
		return o.forgetFeed(ctx, env.Stdout, record)
	}
	return o.forgetTopic(ctx, env.Stdout, record)
}

// refuseWatched refuses what would come back with the next poll.
func (o *ForgetOptions) refuseWatched(cfg *config.Config) error {
	for i := range cfg.Feeds {
		if f := &cfg.Feeds[i]; strings.EqualFold(f.Name, o.Feed) && (f.Enabled == nil || *f.Enabled) {
			return fmt.Errorf("feed %q is polled: remove it from %s, or write enabled: false, and have the configuration read again first; --dry-run says what would go", f.Name, cfg.Source)
		}
	}
	for i := range cfg.Topics {
		if t := &cfg.Topics[i]; strings.EqualFold(t.Name, o.Topic) {
			return fmt.Errorf("topic %q is watched for: remove it from %s, and have the configuration read again first; --dry-run says what would go", t.Name, cfg.Source)
		}
	}
	return nil
}

func (o *ForgetOptions) forgetFeed(ctx context.Context, out io.Writer, record *sqlite.Record) error {
	h, err := record.FeedHistory(ctx, o.Feed)
	if err != nil {
		return unknown(err, "feed", o.Feed, "marsad feeds list names them")
	}
	fmt.Fprintf(out, "feed %s: %d articles%s with %d mentions of topics, %d polls\n", o.Feed, h.Articles, period(h), h.Mentions, h.Polls)
	if o.DryRun {
		return dryRun(out)
	}
	if err := record.ForgetFeed(ctx, o.Feed, now(), nil); err != nil {
		return err
	}
	return forgotten(out)
}

func (o *ForgetOptions) forgetTopic(ctx context.Context, out io.Writer, record *sqlite.Record) error {
	h, err := record.TopicHistory(ctx, o.Topic)
	if err != nil {
		return unknown(err, "topic", o.Topic, "its name is that of the configuration in which it was")
	}
	fmt.Fprintf(out, "topic %s: mentions in %d articles%s, which stay; %d evaluations, %d incidents\n", o.Topic, h.Mentions, period(h), h.Evaluations, h.Incidents)
	if o.DryRun {
		return dryRun(out)
	}
	if err := record.ForgetTopic(ctx, o.Topic, now(), nil); err != nil {
		return err
	}
	return forgotten(out)
}

func unknown(err error, kind, name, remedy string) error {
	if errors.Is(err, timeline.ErrNotFound) {
		return fmt.Errorf("record has no %s %q: %s", kind, name, remedy)
	}
	return err
}

func period(h timeline.History) string {
	if h.First.IsZero() {
		return ""
	}
	return fmt.Sprintf(" of %s to %s", h.First.Format("2006-01-02"), h.Last.Format("2006-01-02"))
}

func dryRun(out io.Writer) error {
	_, err := fmt.Fprintln(out, "nothing was deleted (--dry-run)")
	return err
}

func forgotten(out io.Writer) error {
	_, err := fmt.Fprintln(out, "deleted; points in InfluxDB go when marsad runs, and there is no way back but a backup")
	return err
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/sync/errgroup"

	"marsad/alerts"
	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/text"
)

const (
	// backtestDefault is how far back a backtest goes when nothing else is said.
	backtestDefault = 30 * 24 * time.Hour
	// backtestLearns is what lies before and is learnt from.
	backtestLearns = 400 * 24 * time.Hour
)

// BacktestOptions are the flags of `marsad backtest`.
type BacktestOptions struct {
	From, To string // RFC 3339, a date, or -30d; empty: the last 30 days of the record
	Topic    string // only this one; empty: all
	Format   string // text, json or csv
}

// Backtest runs topics and rules over the articles of the record, with the code
// that a running Marsad uses, and shows what would have fired next to what did.
// The record is only read. A record that is not there yet is an error.
func Backtest(ctx context.Context, env Env, common Common, o BacktestOptions) error {
	write, ok := map[string]func(io.Writer, *backtest) error{"text": backtestText, "json": backtestJSON, "csv": backtestCSV}[o.Format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text, json or csv", o.Format)
	}
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	if o.Topic != "" {
		if _, err := namedTopic(cfg, o.Topic); err != nil {
			return err
		}
		cfg.Topics = slices.DeleteFunc(slices.Clone(cfg.Topics), func(t config.Topic) bool { return t.Name != o.Topic })
	}
	if len(cfg.Topics) == 0 {
		return errors.New("there are no topics to try: write some under topics in config.yaml, or take seeds")
	}
	boundMemory(env.LookupEnv)
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	period, err := backtestPeriod(ctx, record, o, cfg.Timezone)
	if err != nil {
		return err
	}
	b := &backtest{period: period, zone: cfg.Timezone}
	stats, err := record.Stats(ctx)
	if err != nil {
		return err
	}
	past, err := readPast(ctx, env, cfg, record, b, stats.Articles)
	if err != nil {
		return err
	}
	if err := b.run(ctx, env, cfg, past); err != nil {
		return err
	}
	if err := b.compare(ctx, cfg, record); err != nil {
		return err
	}
	return write(env.Stdout, b)
}

// backtestPeriod is the period asked for, or the last days of the record. It does
// not go on beyond the record's newest article.
func backtestPeriod(ctx context.Context, record library, o BacktestOptions, zone *time.Location) (timeline.Interval, error) {
	period, err := parsePeriod(o.From, o.To, zone, now())
	if err != nil {
		return period, err
	}
	page, err := record.Articles(ctx, timeline.Query{Limit: 1})
	if err != nil {
		return period, err
	}
	if len(page.Items) == 0 {
		return period, errors.New("the record has no articles: let marsad collect some, or marsad load an archive")
	}
	newest := page.Items[0].Article.Published.Add(1)
	if period.Hi.IsZero() || period.Hi.After(newest) {
		period.Hi = newest
	}
	if period.Lo.IsZero() {
		period.Lo = period.Hi.Add(-backtestDefault)
	}
	if !period.Lo.Before(period.Hi) {
		return period, fmt.Errorf("--from %s lies after the newest article, of %s", period.Lo.Format(time.RFC3339), newest.Format(time.RFC3339))
	}
	return period, nil
}

// countable walks through the articles that may count.
type countable interface {
	Countable(ctx context.Context, from, to time.Time, yield func([]timeline.RankedArticle) error) error
}

// readPast reads the topics of all articles up to the end of the period: while the
// next are fetched from the record, workers go through those that are. There are
// at most so many.
func readPast(ctx context.Context, env Env, cfg *config.Config, record countable, b *backtest, most int) (*alerts.Past, error) {
	matcher, err := extract.NewMatcher(pageTopics(cfg), cfg.Entities)
	if err != nil {
		return nil, err
	}
	past := alerts.NewPast(cfg.Alerts.Step, cfg.Alerts.StoryCap)
	bar := progress(env, int64(most), "reading articles")
	defer func() { _ = bar.Finish() }()

	group, ctx := errgroup.WithContext(ctx)
	n := runtime.GOMAXPROCS(0)
	batches := make(chan []timeline.RankedArticle, n)
	group.Go(func() error {
		defer close(batches)
		return record.Countable(ctx, b.period.Lo.Add(-backtestLearns), b.period.Hi, func(articles []timeline.RankedArticle) error {
			select {
			case batches <- articles:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	var adding sync.Mutex // to past, which does not mind in what order
	for range n {
		group.Go(func() error {
			var words text.Text
			var mentions [][]timeline.Mention
			for articles := range batches {
				mentions = mentions[:0]
				for i := range articles {
					text.ReadInto(&words, articles[i].Article.Reading())
					mentions = append(mentions, matcher.Match(&words))
				}
				adding.Lock()
				for i := range articles {
					past.Add(&articles[i], mentions[i])
				}
				b.articles += len(articles)
				_ = bar.Add(len(articles)) // that nobody sees how far it is stops nothing
				adding.Unlock()
			}
			return nil
		})
	}
	return past, group.Wait()
}

// progress shows on a terminal how far a long work is.
func progress(env Env, total int64, what string) *progressbar.ProgressBar {
	out := env.Stderr
	if !isTerminal(out) {
		out = io.Discard
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0)) // or it would leave a goroutine behind
}

// backtest is what came of one.
type backtest struct {
	period   timeline.Interval
	zone     *time.Location
	articles int // read
	topics   []backtestTopic
}

// backtestTopic is what came of a topic.
type backtestTopic struct {
	name     string
	articles int     // that count, in the period
	budget   float64 // false alarms a week
	would    []timeline.Incident
	did      []timeline.Incident // on record
	// same is the incident on record at the time of each of would, or -1.
	same []int
}

func (b *backtest) weeks() float64 { return b.period.Hi.Sub(b.period.Lo).Hours() / (7 * 24) }

func (b *backtest) run(ctx context.Context, env Env, cfg *config.Config, past *alerts.Past) error {
	steps := int64(math.Ceil(float64(b.period.Hi.Sub(b.period.Lo)) / float64(cfg.Alerts.Step)))
	bar := progress(env, steps, "closing steps")
	defer func() { _ = bar.Finish() }()
	incidents, err := past.Backtest(ctx, cfg.Alerts, alertTopics(cfg), b.period.Lo, b.period.Hi, func(time.Time) { _ = bar.Add(1) })
	if err != nil {
		return err
	}
	for _, t := range alertTopics(cfg) {
		budget := t.Rule.FalseAlarms // which the configuration has filled in
		of := backtestTopic{name: t.Name, articles: past.Articles(t.Name, b.period.Lo, b.period.Hi), budget: budget.N / (budget.Per.Hours() / (7 * 24))}
		for _, i := range incidents {
			if i.Topic == t.Name {
				of.would = append(of.would, i)
			}
		}
		b.topics = append(b.topics, of)
	}
	return nil
}

// incidents gives incidents, last opened first.
type incidents interface {
	Incidents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error)
}

// compare looks for what did fire, and puts it next to what would have fired at
// the same time.
func (b *backtest) compare(ctx context.Context, cfg *config.Config, record incidents) error {
	for n := range b.topics {
		t := &b.topics[n]
		for q := (timeline.Query{Topic: t.name, From: b.period.Lo, To: b.period.Hi, Limit: 1000}); ; {
			page, err := record.Incidents(ctx, q)
			if err != nil {
				return err
			}
			// What is said of counts is not tried.
			t.did = append(t.did, slices.DeleteFunc(page.Items, func(i timeline.Incident) bool { return i.Kind == timeline.CountChanged })...)
			if page.Next == "" {
				break
			}
			q.Cursor = page.Next
		}
		slices.Reverse(t.did)
		for i := range t.would {
			t.same = append(t.same, slices.IndexFunc(t.did, func(d timeline.Incident) bool {
				return overlap(&t.would[i], &d, cfg.Alerts.Step)
			}))
		}
	}
	return nil
}

// overlap reports whether two incidents were under way at the same time.
func overlap(a, b *timeline.Incident, step time.Duration) bool {
	end := func(i *timeline.Incident) time.Time {
		if i.Resolved.IsZero() {
			return i.Updated.Add(alerts.Quiet)
		}
		return i.Resolved
	}
	return a.Opened.Before(end(b).Add(step)) && b.Opened.Before(end(a).Add(step))
}

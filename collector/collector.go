// Package collector polls feeds: on each feed's schedule it fetches the
// document, reads its items and decides which are new, known, revised or
// rejected. It is the only importer of gofeed.
//
// A poll is recorded whole or not at all, together with what the next one needs
// (ETag, body hash), so that an item is handed on exactly once and forgotten
// only when the record has it safe. Every poll is a row of the ledger, failed
// ones too, and in every row the items add up.
//
// Feeds are hostile input. Sizes, times, redirects and nesting are limited,
// addresses are checked when they are connected to, and markup is dropped.
package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"marsad/internal/schedule"
	"marsad/timeline"
)

// Record is where polls are kept.
type Record interface {
	// FeedState gives what the last poll left; a zero state when there was none.
	FeedState(ctx context.Context, feed string) (timeline.FeedState, error)
	// Known gives what is remembered of each identity, in the same order.
	Known(ctx context.Context, ids []timeline.Identity) ([]timeline.Known, error)
	// CommitPoll records the result whole or not at all.
	CommitPoll(ctx context.Context, result timeline.PollResult) error
}

// Reader reads facts out of an article. It is called by many polls at once.
type Reader interface {
	Read(a *timeline.Article) timeline.Facts
}

// Options are what a Collector is made of. All but Transport, Pages and the observers
// are required.
type Options struct {
	Config Config
	Feeds  []Feed         // those with enabled: false are left out
	Zone   *time.Location // of feeds without their own
	Record Record
	Reader Reader
	Logger *slog.Logger
	Now    func() time.Time

	// Transport makes the requests; nil is one of the collector's own, which
	// keeps the rules of Config on addresses and proxy. Another must keep them
	// itself.
	Transport http.RoundTripper

	// Pages is where articles wait for their pages; without it feeds with
	// full_text are read like the others.
	Pages PageRecord
	// ObservePage is told of every try at a page that was recorded, by many at
	// once.
	ObservePage func(timeline.PageResult)

	// Observe is told of every poll that was recorded, with its new and revised
	// articles, by many polls at once.
	Observe func(timeline.Poll, []timeline.ReadArticle)
}

// Collector polls feeds. It is safe for concurrent use.
type Collector struct {
	sources  map[string]*source // by name
	names    []string           // sorted
	fetcher  *fetcher
	limits   *limits
	maxItems int
	record   Record
	reader   Reader
	logger   *slog.Logger
	now      func() time.Time
	observe  func(timeline.Poll, []timeline.ReadArticle)

	pages       PageRecord
	pageReader  *pageReader
	observePage func(timeline.PageResult)

	// reading has a place for each processor. A document takes many times its size
	// while it is read, and more at once would not be read sooner.
	reading chan struct{}
	// holding has a place for each document whose articles are read and not yet
	// recorded, which is when a poll takes most memory. There are enough for the
	// record to take several at once while the next are read.
	holding chan struct{}

	maxBackoff, maxRetryAfter time.Duration

	unrecorded                                unrecorded
	waiting, running, skipped, heldRetryAfter atomic.Int64
}

// maxHeld is how many documents are held for each processor.
const maxHeld = 8

// New makes a Collector. The error names every feed that cannot be polled, with
// the key and what to write instead.
func New(o Options) (*Collector, error) {
	if err := checkConfig(&o.Config); err != nil {
		return nil, err
	}
	fetcher, err := newFetcher(&o.Config, o.Transport)
	if err != nil {
		return nil, err
	}
	limits := newLimits(&o.Config, o.Now)
	c := &Collector{
		sources:  make(map[string]*source, len(o.Feeds)),
		fetcher:  fetcher,
		limits:   limits,
		maxItems: o.Config.MaxItems,
		record:   o.Record,
		reader:   o.Reader,
		logger:   o.Logger,
		now:      o.Now,
		observe:  o.Observe,

		pages:         o.Pages,
		pageReader:    newPageReader(fetcher, o.Config.UserAgent, o.Now, limits),
		observePage:   o.ObservePage,
		maxBackoff:    o.Config.MaxBackoff,
		maxRetryAfter: o.Config.MaxRetryAfter,
		reading:       make(chan struct{}, runtime.GOMAXPROCS(0)),
		holding:       make(chan struct{}, maxHeld*runtime.GOMAXPROCS(0)),
	}
	var wrong []error
	for i := range o.Feeds {
		f := &o.Feeds[i]
		if f.Enabled != nil && !*f.Enabled {
			continue
		}
		s, err := newSource(f, &o.Config, o.Zone)
		switch {
		case err != nil:
			wrong = append(wrong, err)
		case c.sources[f.Name] != nil:
			wrong = append(wrong, fmt.Errorf("feed %q: name: given twice: rename one", f.Name))
		default:
			c.sources[f.Name] = s
			c.names = append(c.names, f.Name)
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	slices.Sort(c.names)
	return c, nil
}

// checkConfig refuses limits that would let nothing through.
func checkConfig(cfg *Config) error {
	for _, limit := range []struct {
		key   string
		value int64
		least int64
	}{
		{"concurrency", int64(cfg.Concurrency), 1},
		{"per_host", int64(cfg.PerHost), 1},
		{"timeout", int64(cfg.Timeout), 1},
		{"max_bytes", int64(cfg.MaxBytes), 1},
		{"max_items", int64(cfg.MaxItems), 1},
		{"max_redirects", int64(cfg.MaxRedirects), 0},
		{"host_interval", int64(cfg.HostInterval), 0},
		{"max_backoff", int64(cfg.MaxBackoff), 1},
		{"max_retry_after", int64(cfg.MaxRetryAfter), 1},
	} {
		if limit.value < limit.least {
			return fmt.Errorf("collector.%s: %d lets nothing through: write %d or more", limit.key, limit.value, limit.least)
		}
	}
	return nil
}

// Stats counts what a collector is at and what went amiss since it was made.
type Stats struct {
	Feeds      int
	Waiting    int64 // polls that wait for a place
	Running    int64 // polls at work
	Unrecorded int64 // polls that the record could not take
	Skipped    int64 // ticks passed over because the poll before was still at work

	HeldRetryAfter int64 // answers whose Retry-After was longer than is obeyed
}

// Stats gives the counts as they are now.
func (c *Collector) Stats() Stats {
	return Stats{
		Feeds:      len(c.names),
		Waiting:    c.waiting.Load(),
		Running:    c.running.Load(),
		Unrecorded: c.unrecorded.count(),
		Skipped:    c.skipped.Load(),

		HeldRetryAfter: c.heldRetryAfter.Load(),
	}
}

// Rhythm gives the typical time between two scheduled polls of the feed after t;
// 0 for a feed that is not polled.
func (c *Collector) Rhythm(feed string, t time.Time) time.Duration {
	if s := c.sources[feed]; s != nil {
		return s.spec.Rhythm(t)
	}
	return 0
}

// Run polls every feed on its schedule until ctx ends, and returns when the last
// poll has; polls that are at work then are given up whole. When enough, which may
// be nil, is closed, polls that wait for a place are left to another collector,
// and those at work are finished first. Feeds that are due when it starts are
// polled soon. The error says that the record could not be read at the start.
func (c *Collector) Run(ctx context.Context, enough <-chan struct{}) error {
	begin, stop := context.WithCancel(ctx) // for as long as polls may begin
	var watch sync.WaitGroup
	defer watch.Wait()
	defer stop()
	watch.Go(func() {
		select {
		case <-enough:
			stop()
		case <-begin.Done():
		}
	})
	start := c.now()
	jobs := make([]schedule.Job, 0, len(c.names))
	for _, name := range c.names {
		state, err := c.record.FeedState(ctx, name)
		if err != nil {
			return fmt.Errorf("state of feed %q: %w", name, err)
		}
		s := c.sources[name]
		jobs = append(jobs, schedule.Job{
			Name:    name,
			Spec:    s.spec,
			First:   c.firstPoll(s, state, start),
			Do:      c.pollTick(ctx, s),
			Skipped: func(time.Time) { c.skipped.Add(1) },
		})
	}
	defer c.fetcher.closeIdle()
	schedule.Run(begin, c.logger, c.now, jobs)
	return nil
}

// How long a feed waits when a poll has not said when the next is to be: one that
// is gone, until it is asked whether it still is; one whose schedule is learnt,
// when the record could not take the poll.
const (
	goneWait       = 24 * time.Hour
	unrecordedWait = time.Minute
)

// pollTick is the job of a feed, which begins while its own context lasts, and is
// at work while ctx does.
func (c *Collector) pollTick(ctx context.Context, s *source) func(context.Context, time.Time) time.Time {
	_, learns := s.spec.Auto()
	return func(begin context.Context, scheduled time.Time) (again time.Time) {
		result, err := c.poll(begin, ctx, s.name, scheduled)
		switch {
		case errors.Is(err, ErrGone):
			return scheduled.Add(goneWait)
		case err != nil:
			if begin.Err() == nil {
				c.logger.Error("poll not recorded, its items will be fetched again", "feed", s.name, "error", err)
			}
			if learns {
				return c.now().Add(max(s.spec.Rhythm(scheduled), unrecordedWait))
			}
		case result.State.Pace.Gone:
			return scheduled.Add(goneWait)
		case learns || !result.Poll.Outcome.Succeeded():
			return result.State.NextPoll
		}
		return time.Time{}
	}
}

// startSpread is the longest that a due feed waits for its poll at the start,
// startPace the time each feed adds to it.
const (
	startSpread = 30 * time.Second
	startPace   = 100 * time.Millisecond
)

// firstPoll gives the instant of a feed's first poll: soon after the start when
// it is due or its configuration has changed. A few feeds are polled within
// seconds, for somebody is looking on; thousands are spread over half a minute.
// It is zero for one that waits for a tick of its schedule.
func (c *Collector) firstPoll(s *source, state timeline.FeedState, start time.Time) time.Time {
	changed := state.Pace.Entry != "" && state.Pace.Entry != s.entry
	if !state.LastPoll.IsZero() && state.NextPoll.After(start) && !changed {
		if _, learns := s.spec.Auto(); learns || state.Failures > 0 {
			return state.NextPoll
		}
		return time.Time{}
	}
	window := min(time.Duration(len(c.names))*startPace, startSpread, s.spec.Rhythm(start))
	wait := time.Duration(timeline.Spread(max(int64(window), 1), "first poll", s.name))
	return start.Add(wait + time.Millisecond) // after the start, never at it
}

// logPoll tells of troubles that begin or end; the ledger has the rest.
func (c *Collector) logPoll(ctx context.Context, result *timeline.PollResult, before *timeline.FeedState) {
	p, pace := &result.Poll, &result.State.Pace
	switch {
	case pace.Gone:
		c.logger.Warn("feed is gone for good and not polled any more: change its entry to try it again, or remove it", "feed", p.Feed)
	case !p.Outcome.Succeeded() && before.Failures == 0:
		c.logger.Warn("feed fails", "feed", p.Feed, "outcome", p.Outcome, "error", p.Error)
	case p.Outcome.Succeeded() && before.Failures > 0:
		c.logger.Info("feed is back", "feed", p.Feed, "failures", before.Failures)
	}
	switch {
	case pace.MovedTo != "" && pace.MovedTo != before.Pace.MovedTo:
		c.logger.Warn("feed has another address for good: write it into its entry", "feed", p.Feed, "url", timeline.RedactURL(pace.MovedTo))
	case pace.MovedTo == "" && before.Pace.MovedTo != "":
		c.logger.Info("feed is asked for at its configured address again", "feed", p.Feed)
	}
	if !pace.Stuck.IsZero() && before.Pace.Stuck.IsZero() {
		c.logger.Warn("server says not modified though there is news: its validators are not believed any more", "feed", p.Feed)
	}
	if n := p.Reasons[ReasonTooMany]; n > 0 {
		c.logger.Warn("items beyond collector.max_items rejected", "feed", p.Feed, "rejected", n)
	}
	c.logger.LogAttrs(ctx, slog.LevelDebug, "feed polled", slog.String("feed", p.Feed), slog.String("outcome", string(p.Outcome)),
		slog.Int("fetched", p.Fetched), slog.Int("new", p.New), slog.Int("revised", p.Revised), slog.Int("rejected", p.Rejected), slog.Duration("took", p.Took))
}

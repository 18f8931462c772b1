package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"marsad/timeline"
	"marsad/timeline/influx"
)

const (
	// watchEvery is how often it is asked whether a step has closed or articles
	// have come in late. It is what either waits for at most.
	watchEvery = time.Minute
	// deliverEvery is how often the outbox is looked at when nothing woke the
	// dispatcher and no notice is due: nobody else fills it, this is for safety.
	deliverEvery = 5 * time.Minute
	// pagesEvery is how often it is asked whether articles wait for their pages.
	pagesEvery = 10 * time.Second
	// indexEvery is how often it is asked whether articles wait to be searched.
	indexEvery = 10 * time.Second
	// indexPause is between one batch of them and the next, so that a record that is
	// large, or a first poll, does not keep a processor busy with it.
	indexPause = time.Second
	// pruneEvery is how often what is older than the record keeps is dropped.
	pruneEvery = 6 * time.Hour
)

// run starts every part and ends when ctx does, or when one part cannot go on.
func (d *daemon) run(stop context.Context) error {
	group, ctx := errgroup.WithContext(stop)
	group.Go(func() error { return d.collect(ctx) })
	group.Go(func() error { return d.pages.Watch(ctx) })
	group.Go(func() error { return d.readPages(ctx) })
	group.Go(func() error { return d.watch(ctx) })
	group.Go(func() error { return d.rereadFacts(ctx) })
	for i, dispatcher := range d.dispatchers {
		group.Go(func() error { return d.deliver(ctx, dispatcher, d.woken[i]) })
	}
	group.Go(func() error { return d.indexWords(ctx) })
	group.Go(func() error { return d.prune(ctx) })
	if d.socket != nil {
		group.Go(func() error { return d.socket.Run(ctx) })
	}
	if d.projector != nil {
		group.Go(func() error { return d.projector.Run(ctx) })
	}
	return unlessEnded(stop, group.Wait())
}

// unlessEnded leaves out the error of work that was told to stop. A part that
// ends with such an error by itself has failed.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// watch reads the mentions of changed topics, and from then on closes steps.
func (d *daemon) watch(ctx context.Context) error {
	d.retry(ctx, "read_mentions", func() error {
		return d.record.ReadMentions(ctx, d.reader.Hashes(), d.reader.Mentions, d.topicProgress)
	})
	d.waiting.Store(nil)
	close(d.topicsRead)
	var evaluated time.Time // start of the step that was open at the last evaluation
	return every(ctx, watchEvery, func() {
		d.do(ctx, "heartbeat", func() error { return d.heartbeat.Beat(ctx, d.now()) })
		d.do(ctx, "feed_groups", func() error { return d.darkGroups.Look(ctx, d.now()) })
		d.do(ctx, "repeat", func() error { return d.repeater.Repeat(ctx, d.now()) })
		d.do(ctx, "report", func() error { return d.reporter.Report(ctx, d.now()) })
		d.wake()
		open := timeline.StepStart(d.now(), d.cfg.Alerts.Step)
		if arrived := d.arrived.Swap(false); !arrived && open.Equal(evaluated) {
			return
		}
		if !d.do(ctx, "evaluate", func() error { return d.evaluator.Close(ctx, d.now()) }) {
			d.arrived.Store(true)
			return
		}
		evaluated = open
		d.wake()
	})
}

// observePoll is told of every row of the ledger.
func (d *daemon) observePoll(p timeline.Poll, articles []timeline.ReadArticle) {
	d.metrics.observePoll(p)
	d.metrics.observeArticles(articles)
	if p.New+p.Revised > 0 {
		d.arrived.Store(true)
	}
}

// readPages reads the pages that articles wait for.
func (d *daemon) readPages(ctx context.Context) error {
	return every(ctx, pagesEvery, func() {
		for {
			var tried int
			if !d.do(ctx, "read_pages", func() (err error) {
				tried, err = d.collector.ReadPages(ctx)
				return err
			}) || tried == 0 {
				return
			}
		}
	})
}

// observePage is told of every try at a page.
func (d *daemon) observePage(p timeline.PageResult) {
	d.metrics.observePage(p)
	if p.Read != nil {
		d.arrived.Store(true)
	}
}

func (d *daemon) topicProgress(done, total int) {
	reason := fmt.Sprintf("topics are read anew: %d of %d articles", done, total)
	d.waiting.Store(&reason)
}

// indexWords takes articles into the index of words behind the polls, a few at a
// time, so that a poll waits for a fraction of a second.
func (d *daemon) indexWords(ctx context.Context) error {
	return every(ctx, indexEvery, func() {
		for {
			var more bool
			if !d.do(ctx, "index_words", func() (err error) {
				more, err = d.record.IndexWords(ctx)
				return err
			}) || !more {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(indexPause):
			}
		}
	})
}

// prune drops what is older than the record keeps.
func (d *daemon) prune(ctx context.Context) error {
	return every(ctx, pruneEvery, func() {
		d.do(ctx, "prune", func() error {
			n, err := d.record.Prune(ctx, d.now())
			if n > 0 {
				d.metrics.pruned.Add(float64(n))
				d.logger.Info("old articles dropped", "articles", n)
			}
			return err
		})
	})
}

// do does a turn of regular work, measures it, and says whether it succeeded.
func (d *daemon) do(ctx context.Context, stage string, work func() error) (done bool) {
	began := now()
	err := work()
	d.metrics.workSeconds.WithLabelValues(stage).Observe(now().Sub(began).Seconds())
	if err != nil {
		d.failed(ctx, stage, err)
		return false
	}
	d.metrics.workDone.WithLabelValues(stage).SetToCurrentTime()
	return true
}

// failed logs and counts work that will be tried again.
func (d *daemon) failed(ctx context.Context, stage string, err error) {
	if ctx.Err() != nil {
		return // the work was given up, it did not fail
	}
	d.metrics.failures.WithLabelValues(stage).Inc()
	d.logger.Error("work failed; it will be tried again", "stage", stage, "error", err)
}

// retry does the work until it succeeds or ctx ends.
func (d *daemon) retry(ctx context.Context, stage string, work func() error) {
	for ctx.Err() == nil {
		if d.do(ctx, stage, work) {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchEvery):
		}
	}
}

// every does the work now and then once a period, until ctx ends.
func every(ctx context.Context, period time.Duration, work func()) error {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		work()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// maxToldUnrecorded is how many feeds are named whose polls are not recorded.
const maxToldUnrecorded = 3

// reasons says why the daemon does not do all its work, for /readyz and the page.
func (d *daemon) reasons() []string {
	var reasons []string
	if r := d.waiting.Load(); r != nil {
		reasons = append(reasons, *r)
	}
	refused := d.collector.Unrecorded()
	for i, u := range refused {
		if i == maxToldUnrecorded {
			reasons = append(reasons, fmt.Sprintf("and polls of %d feeds more are not recorded", len(refused)-i))
			break
		}
		reasons = append(reasons, fmt.Sprintf("the record did not take the last %d polls of feed %q, at %s: %s; their items are fetched again",
			u.Polls, u.Feed, u.At.UTC().Format(time.RFC3339), u.Error))
	}
	return reasons
}

// background says what is done that nothing waits for, and why another
// configuration was not taken.
func (d *daemon) background() (doing []string) {
	if r := d.refused.Load(); r != nil {
		doing = append(doing, *r)
	}
	if r := d.working.Load(); r != nil {
		doing = append(doing, *r)
	}
	if d.projector != nil {
		doing = append(doing, projectionNotes(d.projector.Status())...)
	}
	return doing
}

// projectionNotes says what is the matter with the projection, if anything is.
func projectionNotes(s influx.Status) (notes []string) {
	if s.LastError != "" {
		notes = append(notes, fmt.Sprintf("InfluxDB lacks what came after change %d, and is tried again; failed in a row: %d: %s", s.Position, s.Failures, s.LastError))
	}
	if s.Poisoned > 0 {
		notes = append(notes, fmt.Sprintf("InfluxDB refused %d points since the start; the log names them with the reason", s.Poisoned))
	}
	return notes
}

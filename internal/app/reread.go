package app

import (
	"context"
	"fmt"
)

// rereadFacts reads the facts of kept articles again that a reader of another
// version has read, as after an upgrade or a change of the lexicon. It waits for
// the topics, without which no alarm can be raised; nothing waits for it.
func (d *daemon) rereadFacts(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-d.topicsRead:
	}
	began, articles, before := now(), 0, 0
	progress := func(done, total int) {
		if articles == 0 {
			d.logger.Info("kept articles are read again", "articles", total, "version", d.reader.Version())
		}
		d.metrics.reread.Add(float64(max(done-before, 0)))
		articles, before = total, done
		d.metrics.stale.Set(float64(total - done))
		reason := fmt.Sprintf("facts of kept articles are read again: %d of %d articles", done, total)
		d.working.Store(&reason)
	}
	d.retry(ctx, "read_facts", func() error {
		before = 0
		return d.record.ReadFacts(ctx, d.reader.Version(), d.reader.Read, progress)
	})
	d.working.Store(nil)
	if ctx.Err() == nil && articles > 0 {
		d.logger.Info("kept articles have been read again", "articles", articles, "took", now().Sub(began))
	}
	return ctx.Err()
}

package sqlite

import (
	"context"
	"slices"
	"time"
)

// intake is what the polls and articles of one transaction have in common: what
// was looked up once serves for all, and what is written once for all is written
// at the end.
type intake struct {
	s       *session
	of      *finder // of the feed and publisher that were asked for last
	printed bool    // the groupers know what the record has
	arrived []arrival
	polled  []polled
}

// arrival is a new article.
type arrival struct {
	article, feed int64
	at            time.Time
}

func newIntake(s *session) *intake { return &intake{s: s} }

func (in *intake) finder(feed int64, publisher string) *finder {
	if in.of == nil || in.of.feed != feed || in.of.publisher != publisher {
		in.of = newFinder(in.s, feed, publisher)
	}
	return in.of
}

// changesAtOnce is how many entries of the change log one statement inserts at
// most.
const changesAtOnce = 16

// feedRow gives the row of a feed; timeline.ErrNotFound when there is none.
func (in *intake) feedRow(ctx context.Context, name string) (row int64, err error) {
	if row, ok := in.s.feeds[name]; ok {
		return row, nil
	}
	if row, err = feedRow(ctx, in.s, name); err == nil {
		in.s.feeds[name] = row
	}
	return row, err
}

// closeIntake writes what waited: it adds the new articles to the change log, to the
// numbers of their feeds and to the hourly sums, enters the polls into the ledger and saves what they
// leave.
func (r *Record) closeIntake(ctx context.Context, in *intake) error {
	if err := in.addArrived(ctx); err != nil {
		return err
	}
	if err := in.s.flushSums(ctx); err != nil {
		return err
	}
	if err := in.enter(ctx); err != nil {
		return err
	}
	return r.saveStates(ctx, in.s, in.polled)
}

func (in *intake) addArrived(ctx context.Context) error {
	for some := range slices.Chunk(in.arrived, changesAtOnce) {
		args := make([]any, 0, 3*len(some))
		for _, a := range some {
			args = append(args, stamp{a.at}, articleChange, a.article)
		}
		if _, err := in.s.exec(ctx, `INSERT OR FAIL INTO changes (at, kind, ref) VALUES `+tuples(len(some), 3), args...); err != nil {
			return err
		}
	}
	articles := make(map[int64]int)
	for _, a := range in.arrived {
		articles[a.feed]++
	}
	for feed, n := range articles {
		if _, err := in.s.exec(ctx, `UPDATE feeds SET articles = articles + ? WHERE id = ?`, n, feed); err != nil {
			return err
		}
	}
	return nil
}

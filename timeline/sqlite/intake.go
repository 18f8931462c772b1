package sqlite

import (
	"context"
	"slices"
	"time"
)

// intake is what the articles of one write have in common: what was looked up
// once serves for all, and what is written once for all is written at the end.
type intake struct {
	s       *session
	of      *finder // of the feed and publisher that were asked for last
	arrived []arrival
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

// close adds the new articles to the change log and to the numbers of their
// feeds.
func (in *intake) close(ctx context.Context) error {
	for some := range slices.Chunk(in.arrived, changesAtOnce) {
		args := make([]any, 0, 3*len(some))
		for _, a := range some {
			args = append(args, stamp{a.at}, articleChange, a.article)
		}
		if _, err := in.s.exec(ctx, `INSERT INTO changes (at, kind, ref) VALUES `+tuples(len(some), 3), args...); err != nil {
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

package sqlite

import (
	"context"
	"time"

	"marsad/timeline"
)

// How much is deleted in one transaction: few enough that a poll, which waits for
// one at most, waits for a few hundredths of a second.
const (
	pruneArticles = 25
	pruneItems    = 100
	pruneRows     = 500
)

// Prune deletes what is older than the record is to keep: articles first seen
// before record.keep, with their facts and their share of the step counts;
// evaluations and change log likewise; polls by record.ledger_keep; items that
// no feed has had for collector.remember. Incidents stay. A period of 0 keeps
// for ever. It says how many articles it deleted, also when it breaks off.
//
// Points of event dates are deleted by the change log, since their bucket keeps
// everything. All other points are left to the retention of theirs, which is no
// longer than the record's.
func (r *Record) Prune(ctx context.Context, now time.Time) (articles int, err error) {
	if r.cfg.Keep > 0 {
		before := now.Add(-r.cfg.Keep)
		for n := pruneArticles; n == pruneArticles; {
			if n, err = r.pruneArticles(ctx, before, now); err != nil {
				return articles, errorf(err, "deletion of articles")
			}
			articles += n
		}
		for _, query := range []string{
			`DELETE FROM evaluations WHERE (topic, span, step) IN (SELECT topic, span, step FROM evaluations WHERE step < ? LIMIT ?)`,
			`DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE kind = 'article' AND at < ? LIMIT ?)`,
			`DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE kind = 'step' AND at < ? LIMIT ?)`,
		} {
			if err := r.pruneRows(ctx, query, before); err != nil {
				return articles, errorf(err, "deletion of evaluations and changes")
			}
		}
	}
	if err := r.prunePrints(ctx); err != nil {
		return articles, errorf(err, "deletion of prints")
	}
	if r.cfg.LedgerKeep > 0 {
		for _, query := range []string{
			`DELETE FROM polls WHERE id IN (SELECT id FROM polls WHERE at < ? LIMIT ?)`,
			`DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE kind = 'poll' AND at < ? LIMIT ?)`,
		} {
			if err := r.pruneRows(ctx, query, now.Add(-r.cfg.LedgerKeep)); err != nil {
				return articles, errorf(err, "deletion of polls")
			}
		}
	}
	if r.opts.Remember > 0 {
		err = r.pruneItems(ctx, now.Add(-r.opts.Remember))
	}
	return articles, errorf(err, "deletion of items")
}

// pruneItems deletes the items that no feed has had since and whose articles are
// not kept. There may be many whose articles are: they are passed over before the
// transaction begins.
func (r *Record) pruneItems(ctx context.Context, before time.Time) error {
	for n := pruneItems; n == pruneItems; {
		var rows []int64
		if err := r.read(ctx, func(s *session) (err error) {
			rows, err = all(ctx, s, column[int64], `SELECT id FROM items WHERE last_seen < ?
				AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = items.id) LIMIT ?`, stamp{before}, pruneItems)
			return err
		}); err != nil {
			return err
		}
		if err := r.write(ctx, func(ctx context.Context, s *session) error {
			for _, row := range rows {
				// Unless it was seen again meanwhile.
				if _, err := s.exec(ctx, `DELETE FROM items WHERE id = ? AND last_seen < ?`, row, stamp{before}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		n = len(rows)
	}
	return nil
}

// pruneRows runs a deletion of so many rows at a time until fewer are left.
func (r *Record) pruneRows(ctx context.Context, query string, before time.Time) error {
	for n := int64(pruneRows); n == pruneRows; {
		if err := r.write(ctx, func(ctx context.Context, s *session) (err error) {
			n, err = s.exec(ctx, query, stamp{before}, pruneRows)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// pruneArticles deletes up to a batch of articles and says how many it did.
func (r *Record) pruneArticles(ctx context.Context, before, now time.Time) (n int, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		rows, err := all(ctx, s, column[int64], `SELECT id FROM articles WHERE first_seen < ? ORDER BY first_seen LIMIT ?`,
			stamp{before}, pruneArticles)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := r.deleteArticle(ctx, s, row, now, pointsOfEvents); err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	return n, err
}

// Which points go with an article: those that no retention deletes, or all.
func pointsOfEvents(p *timeline.Point) bool { return p.Bucket == timeline.BucketEvents }
func everyPoint(*timeline.Point) bool       { return true }

// deleteArticle deletes an article and those of its points that are chosen.
func (r *Record) deleteArticle(ctx context.Context, s *session, row int64, now time.Time, chosen func(*timeline.Point) bool) error {
	k, err := r.readKept(ctx, s, row)
	if err != nil {
		return err
	}
	if err := r.count(ctx, s, &k.Article, k.rank, k.Facts.Mentions, -1); err != nil {
		return err
	}
	if err := giveAllTimes(ctx, s, row); err != nil {
		return err
	}
	if err := s.flushSums(ctx); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE feeds SET articles = articles - 1 WHERE id = (SELECT feed FROM articles WHERE id = ?)`,
		`UPDATE stories SET articles = articles - 1 WHERE id = (SELECT story FROM articles WHERE id = ?)`,
		`DELETE FROM articles WHERE id = ?`, // and with it mentions, revisions, keys
	} {
		if _, err := s.exec(ctx, query, row); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, `DELETE FROM stories WHERE story = ? AND articles = 0`, k.Article.Story); err != nil {
		return err
	}
	var gone []timeline.Point
	for _, p := range timeline.ArticlePoints(&k.Article, k.Facts) {
		if chosen(&p) {
			gone = append(gone, p)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return logChange(ctx, s, articleChange, row, now, vanished(gone, nil))
}

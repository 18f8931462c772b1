package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marsad/timeline"
)

// The states of an article's page.
const (
	pageWaiting = "waiting"
	pageRead    = "read"
	pageFailed  = "failed"
)

// awaitPage has an article wait for its page from now on.
func awaitPage(ctx context.Context, s *session, row, feed int64, at time.Time) error {
	_, err := s.exec(ctx, `INSERT INTO article_pages (article, feed, state, since, due, tries, outcome, status, error)
		SELECT ?1, ?2, ?3, ?4, ?4, 0, '', 0, '' WHERE EXISTS (SELECT 1 FROM articles WHERE id = ?1)
		ON CONFLICT (article) DO UPDATE SET state = excluded.state, since = excluded.since, due = excluded.due, tries = 0`,
		row, feed, pageWaiting, stamp{at})
	return err
}

// PendingPages gives the articles whose page may be tried at the instant, those
// first that have been due the longest.
func (r *Record) PendingPages(ctx context.Context, at time.Time, limit int) (pages []timeline.PendingPage, err error) {
	err = r.read(ctx, func(s *session) error {
		pages, err = all(ctx, s, func(row scanner) (p timeline.PendingPage, err error) {
			var since stamp
			err = row.Scan(&p.Article, &p.Feed, &p.URL, &p.Tries, &since)
			p.Since = since.Time
			return p, err
		}, `SELECT a.article, f.name, a.url, p.tries, p.since FROM article_pages p
			JOIN articles a ON a.id = p.article JOIN feeds f ON f.id = p.feed WHERE p.due <= ? ORDER BY p.due, p.article LIMIT ?`,
			stamp{at}, limit)
		return err
	})
	return pages, errorf(err, "pages that are due")
}

// CommitPage records a try at an article's page and, when it was taken, the text
// and the facts: the article's revision is completed by them, not followed by
// another, so that a topic that only the page names counts like one that the feed
// names. Nothing is changed when the article is gone, was revised since it was
// read, or when another try was recorded meanwhile.
func (r *Record) CommitPage(ctx context.Context, result timeline.PageResult) error {
	if result.Read != nil {
		if err := validArticle(result.Read); err != nil {
			return errorf(err, "refused")
		}
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		var row int64
		var tries, revision int
		err := s.get(ctx, `SELECT p.article, p.tries, a.revision FROM items i
			JOIN articles a ON a.id = i.id JOIN article_pages p ON p.article = i.id WHERE i.article = ? AND p.state = ?`, []any{result.Article, pageWaiting}, &row, &tries, &revision)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return nil
		case err != nil:
			return err
		case tries != result.Before || result.Read != nil && result.Read.Article.Revision != revision:
			return nil
		}
		state := pageWaiting
		switch {
		case result.Read != nil:
			state = pageRead
			if err := r.completeArticle(ctx, s, row, result.Read, result.At); err != nil {
				return err
			}
		case result.Next.IsZero():
			state = pageFailed
		}
		_, err = s.exec(ctx, `UPDATE article_pages SET state = ?1, due = ?2, tries = ?3, at = ?4, outcome = ?5, status = ?6, error = ?7,
			read_at = iif(?1 = ?8, ?4, read_at) WHERE article = ?9`,
			state, stamp{result.Next}, result.Tries, stamp{result.At}, result.Outcome, result.Status, result.Error, pageRead, row)
		return err
	})
	return errorf(err, "page of article %s", result.Article)
}

// completeArticle gives the newest revision of a kept article the text of its page.
func (r *Record) completeArticle(ctx context.Context, s *session, row int64, read *timeline.ReadArticle, at time.Time) error {
	before, err := r.readKept(ctx, s, row)
	if err != nil {
		return err
	}
	a := before.Article
	a.Text = read.Article.Text
	return r.rewriteArticle(ctx, s, &before, &a, &read.Facts, at)
}

// pageCounts counts the pages of every feed that has some, by the feed's row.
func pageCounts(ctx context.Context, s *session) (map[string]timeline.PageCounts, error) {
	counts := make(map[string]timeline.PageCounts)
	_, err := all(ctx, s, func(row scanner) (struct{}, error) {
		var name, state, lastError string
		var n int
		err := row.Scan(&name, &state, &n, &lastError)
		c := counts[name]
		switch state {
		case pageWaiting:
			c.Waiting = n
		case pageRead:
			c.Read = n
		case pageFailed:
			c.Failed, c.LastError = n, lastError
		}
		counts[name] = c
		return struct{}{}, err
	}, `SELECT f.name, p.state, COUNT(*), (SELECT l.error FROM article_pages l WHERE l.feed = p.feed AND l.state = p.state ORDER BY l.at DESC LIMIT 1)
		FROM article_pages p JOIN feeds f ON f.id = p.feed GROUP BY p.feed, p.state`)
	return counts, err
}

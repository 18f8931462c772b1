package sqlite

import (
	"context"

	"marsad/timeline"
)

// Articles gives kept articles with their facts, newest first by publication.
// All of the query selects; Topic selects those that mention it. Of the identity
// only feed and publisher come back.
func (r *Record) Articles(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.ReadArticle], err error) {
	err = r.read(ctx, func(s *session) error {
		p, err := newPager(q)
		if err != nil {
			return err
		}
		where := selection{column: `a.published`, id: `a.article`}
		tables := articleTables
		if q.Topic != "" { // the join is crossed so that it starts at the few that mention it
			tables = `mentions m CROSS JOIN ` + articleTables
			where.column = `m.published`
			where.where(`m.topic = ? AND a.id = m.article`, q.Topic)
		}
		where.between(q.From, q.To)
		whereArticle(&where, q)
		found, err := turn(ctx, s, p, where, r.scanKept, articleKey, `SELECT `+articleColumns+` FROM `+tables)
		if err != nil {
			return err
		}
		page = timeline.Page[timeline.ReadArticle]{Items: make([]timeline.ReadArticle, 0, len(found.Items)), Next: found.Next}
		for _, k := range found.Items {
			if k.Facts, err = readFacts(ctx, s, k.row); err != nil {
				return err
			}
			page.Items = append(page.Items, k.ReadArticle)
		}
		return nil
	})
	return page, errorf(err, "articles")
}

func articleKey(k kept) key { return key{k.Article.Published.UnixNano(), k.Article.ID} }

// whereArticle selects by what an article has of its own.
func whereArticle(w *selection, q timeline.Query) {
	if q.Feed != "" { // by row, so that the index of the feed's articles serves
		w.where(`a.feed = (SELECT id FROM feeds WHERE name = ?)`, q.Feed)
	}
	w.equal(`a.lang`, q.Lang)
	w.equal(`a.publisher`, q.Publisher)
}

// Article gives a kept article with its facts; timeline.ErrNotFound when there
// is none of that id.
func (r *Record) Article(ctx context.Context, id string) (read timeline.ReadArticle, err error) {
	err = r.read(ctx, func(s *session) error {
		found, err := all(ctx, s, r.scanKept, `SELECT `+articleColumns+` FROM `+articleTables+` WHERE a.id = (SELECT id FROM items WHERE article = ?)`, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return notKept(ctx, s, id)
		}
		read = found[0].ReadArticle
		read.Facts, err = readFacts(ctx, s, found[0].row)
		return err
	})
	return read, errorf(err, "article %q", id)
}

// Polls gives the ledger, newest first by the time a poll began. Of the query
// From, To and Feed select.
func (r *Record) Polls(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.Poll], err error) {
	err = r.read(ctx, func(s *session) error {
		p, err := newPager(q)
		if err != nil {
			return err
		}
		where := selection{column: `p.at`, id: `p.poll`}
		where.between(q.From, q.To)
		if q.Feed != "" {
			where.where(`p.feed = (SELECT id FROM feeds WHERE name = ?)`, q.Feed)
		}
		page, err = turn(ctx, s, p, where, func(row scanner) (timeline.Poll, error) {
			poll, _, err := scanPoll(row)
			return poll, err
		}, func(poll timeline.Poll) key { return key{poll.At.UnixNano(), poll.ID} },
			`SELECT `+pollColumns+` FROM polls p JOIN feeds f ON f.id = p.feed`)
		return err
	})
	return page, errorf(err, "polls")
}

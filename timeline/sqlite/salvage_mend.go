package sqlite

import (
	"context"
	"fmt"
	"slices"
)

// Statements that bring a salvaged record in order.
const (
	// missingParents puts in the rows that others refer to and that are lost, as far as
	// those tell of them. A feed without its name finds its articles again under the
	// names of its publisher.
	missingParents = `
INSERT INTO feeds (id, name, url, title, publisher, country, lang, archive, enabled, rhythm)
	SELECT r.feed, 'lost-' || r.feed, '', '', COALESCE((SELECT publisher FROM articles a WHERE a.feed = r.feed LIMIT 1), ''), '', '', 0, 0, 0
	FROM (SELECT feed FROM articles UNION SELECT feed FROM items UNION SELECT feed FROM polls) r
	WHERE r.feed NOT IN (SELECT id FROM feeds);
INSERT INTO items (id, article, feed, content, revision, last_seen)
	SELECT id, article, feed, '', revision, first_seen FROM articles WHERE id NOT IN (SELECT id FROM items);
INSERT OR IGNORE INTO stories (id, story, first, last, articles)
	SELECT story, article, min(published), max(published), 0 FROM articles WHERE story NOT IN (SELECT id FROM stories) GROUP BY story;
INSERT INTO article_readings (article, version) SELECT id, 0 FROM articles WHERE id NOT IN (SELECT article FROM article_readings);`

	// madeAnew makes what follows from articles and mentions. Step counts are made when
	// the record is opened without a grid, and words are indexed behind the polls.
	madeAnew = `
DELETE FROM stories WHERE id NOT IN (SELECT story FROM articles);
UPDATE stories SET (first, last, articles) = (SELECT min(published), max(published), COUNT(*) FROM articles WHERE story = stories.id);
UPDATE feeds SET articles = (SELECT COUNT(*) FROM articles WHERE feed = feeds.id), etag = '', last_modified = '', body_hash = '';
INSERT OR IGNORE INTO fact_times (kind, second, nanos, article)
	SELECT f.value ->> 'kind', f.value ->> '$.at[0]', f.value ->> '$.at[1]', a.id
	FROM articles a, json_each(a.facts) f WHERE f.value ->> 'at' IS NOT NULL;
UPDATE mentions SET points = NULL;
DELETE FROM point_hours;
DELETE FROM point_series;
INSERT INTO point_series (feed, publisher, country, lang) SELECT DISTINCT feed, publisher, country, lang FROM articles;
INSERT INTO point_hours (topic, hour, series, n)
	SELECT t.topic, a.published / 3600000000000 - (a.published % 3600000000000 < 0), s.id, COUNT(*)
	FROM (SELECT '' AS topic, id AS article FROM articles UNION ALL SELECT topic, article FROM mentions) t
	JOIN articles a ON a.id = t.article
	JOIN point_series s ON (s.feed, s.publisher, s.country, s.lang) = (a.feed, a.publisher, a.country, a.lang)
	GROUP BY 1, 2, 3;
DELETE FROM article_words_due;
DELETE FROM meta WHERE key IN ('grid', 'words upto');
DELETE FROM detectors;
UPDATE sqlite_sequence SET seq = max(seq, (SELECT COALESCE(max(seq), 0) FROM followers)) WHERE name = 'changes';`

	// readAgain has the articles read for topics and facts again, in the background.
	readAgain = `
UPDATE topics SET hash = '', reading = '', upto = 0;
UPDATE article_readings SET version = 0;`
)

// mend leaves out what refers to lost rows, and makes anew what follows from the
// rest.
func (v *salvager) mend(ctx context.Context) error {
	if err := v.forgetLostArticles(ctx); err != nil {
		return err
	}
	if _, err := v.tx.ExecContext(ctx, missingParents); err != nil {
		return err
	}
	if err := v.deleteOrphans(ctx); err != nil {
		return err
	}
	// Before the feeds' counts are made anew.
	if err := v.tx.QueryRowContext(ctx, `SELECT COUNT(*), max(0, (SELECT COALESCE(SUM(articles), 0) FROM feeds) - COUNT(*)) FROM articles`).
		Scan(&v.result.Articles, &v.result.LostArticles); err != nil {
		return err
	}
	if _, err := v.tx.ExecContext(ctx, madeAnew); err != nil {
		return err
	}
	if !slices.ContainsFunc(v.result.Tables, func(t SalvagedTable) bool {
		return slices.Contains([]string{"mentions", "topics", "event_mentions", "former_figures", "article_readings"}, t.Name)
	}) {
		return nil
	}
	_, err := v.tx.ExecContext(ctx, readAgain)
	return err
}

// forgetLostArticles forgets the items of the articles that could not be read, so
// that they are new again. Items whose articles were dropped for their age are
// told apart by nothing, and forgotten too where they lie between.
func (v *salvager) forgetLostArticles(ctx context.Context) error {
	for _, gap := range v.gaps["articles"] {
		if _, err := v.tx.ExecContext(ctx, `DELETE FROM items WHERE id BETWEEN ? AND ? AND id NOT IN (SELECT id FROM articles)`, gap.First, gap.Last); err != nil {
			return err
		}
	}
	return nil
}

// deleteOrphans deletes rows that refer to none, until there are none.
func (v *salvager) deleteOrphans(ctx context.Context) error {
	statements, err := texts(ctx, v.tx, `SELECT format('DELETE FROM "%w" WHERE "%w" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "%w" p WHERE p."%w" = "%w"."%w")',
			t.name, r."from", r."table", COALESCE(r."to", 'id'), t.name, r."from")
		FROM pragma_table_list t, pragma_foreign_key_list(t.name) r WHERE t.schema = 'main' AND t.type = 'table'`)
	if err != nil {
		return err
	}
	for {
		var gone int64
		for _, statement := range statements {
			result, err := v.tx.ExecContext(ctx, statement)
			if err != nil {
				return fmt.Errorf("%w in %s", err, statement)
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			gone += n
		}
		if gone == 0 {
			return nil
		}
	}
}

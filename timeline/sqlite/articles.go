package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"marsad/timeline"
)

// kept is an article as the record has it.
type kept struct {
	row  int64
	rank sql.NullInt64 // null: never counts
	timeline.ReadArticle
}

const articleColumns = `a.id, a.rank, a.article, f.name, a.publisher, a.country, a.lang, a.guid, a.url, a.title, a.text,
	a.published, a.zone, a.zone_offset, a.dated, a.first_seen, a.revision, a.countable, a.loaded, s.story, a.at,
	EXISTS (SELECT 1 FROM article_pages g WHERE g.article = a.id AND g.read_at IS NOT NULL)`

const articleTables = `articles a JOIN feeds f ON f.id = a.feed JOIN stories s ON s.id = a.story`

// scanKept scans articleColumns; the facts are apart.
func (r *Record) scanKept(row scanner) (k kept, err error) {
	var (
		published, firstSeen, at stamp
		zone                     string
		offset                   int
	)
	a := &k.Article
	if err := row.Scan(&k.row, &k.rank, &a.ID, &a.Feed, &a.Publisher, &a.Country, &a.Lang, &a.GUID, &a.URL, &a.Title, &a.Text,
		&published, &zone, &offset, &a.Dated, &firstSeen, &a.Revision, &a.Countable, &a.Loaded, &a.Story, &at, &a.FromPage); err != nil {
		return k, err
	}
	a.Published = r.zones.in(published.Time, zone, offset)
	a.FirstSeen, a.At = firstSeen.Time, at.Time
	k.Identity = timeline.Identity{Feed: a.Feed, Publisher: a.Publisher}
	return k, nil
}

// readKept reads an article with its facts; sql.ErrNoRows when it is not kept.
func (r *Record) readKept(ctx context.Context, s *session, row int64) (k kept, err error) {
	return r.readKeptWith(ctx, s, row, func(facts []byte) []byte { return facts })
}

// readKeptWith reads an article with what is left of the facts in its row.
func (r *Record) readKeptWith(ctx context.Context, s *session, row int64, left func([]byte) []byte) (k kept, err error) {
	var facts []byte
	rows, err := all(ctx, s, func(row scanner) (kept, error) { return r.scanKept(followed{row, []any{&facts}}) },
		`SELECT `+articleColumns+`, a.facts FROM `+articleTables+` WHERE a.id = ?`, row)
	if err != nil {
		return k, err
	}
	if len(rows) == 0 {
		return k, sql.ErrNoRows
	}
	k = rows[0]
	recorded, err := decodeRecorded(row, left(facts))
	if err != nil {
		return k, err
	}
	k.Facts, err = wholeFacts(ctx, s, row, recorded)
	return k, err
}

// insertArticle records a new article: the row, its story and rank, its facts and
// its share of the step counts. It takes the row of its item.
func (r *Record) insertArticle(ctx context.Context, s *session, row, feed int64, read *timeline.ReadArticle) error {
	a := read.Article // a copy: what the record assigns stays here
	sig, err := r.group(ctx, s, &a)
	if err != nil {
		return fmt.Errorf("story of article %s: %w", a.ID, err)
	}
	storyRow, rank, err := joinStory(ctx, s, &a)
	if err != nil {
		return err
	}
	right, err := corrected(ctx, s, &a, &read.Facts)
	if err != nil {
		return err
	}
	facts, err := newFactWriter(&s.room, &a, right)
	if err != nil {
		return err
	}
	if err := facts.takeTimes(ctx, s, row); err != nil {
		return err
	}
	encoded := facts.encode()
	if err := insertAt(a.Published, a.ID, func(at stamp) (int64, error) {
		return s.exec(ctx, `INSERT OR FAIL INTO articles
			(id, article, feed, story, rank, published, zone, zone_offset, dated, first_seen, at, revision, countable, loaded,
			 publisher, country, lang, guid, url, title, text, facts)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (feed, at) DO NOTHING`,
			row, a.ID, feed, storyRow, rank, stamp{a.Published}, a.Published.Location().String(), offsetOf(a.Published), a.Dated,
			stamp{a.FirstSeen}, at, a.Revision, a.Countable, a.Loaded, a.Publisher, a.Country, a.Lang, a.GUID, a.URL, a.Title, a.Text, encoded)
	}); err != nil {
		return err
	}
	if err := r.insertSignature(ctx, s, row, &a, &sig); err != nil {
		return err
	}
	if err := r.placeEvents(ctx, s, row, &a, *right, nil); err != nil {
		return fmt.Errorf("happenings of article %s: %w", a.ID, err)
	}
	if err := setVersion(ctx, s, row, read.Facts.Version); err != nil {
		return err
	}
	mentions := distinctTopics(read.Facts.Mentions)
	timed := facts.timed(right)
	timed.Mentions = mentions
	points := packPoints(&a, timed)
	for i := range mentions {
		mentions[i].Revision = a.Revision
		if err := insertMention(ctx, s, row, &a, &mentions[i], points[mentions[i].Topic]); err != nil {
			return err
		}
	}
	if err := s.sumArticle(ctx, feed, &a, mentions); err != nil {
		return err
	}
	return r.count(ctx, s, &a, rank, mentions, +1)
}

// joinStory adds the article to its story and decides its rank there, for good:
// the number of countable articles before it, none when it may not count or when
// its publisher has told the story already.
func joinStory(ctx context.Context, s *session, a *timeline.Article) (story int64, rank sql.NullInt64, err error) {
	var articles int
	if err := s.get(ctx, `INSERT INTO stories (story, first, last, articles) VALUES (?, ?, ?, 1)
		ON CONFLICT (story) DO UPDATE SET
			first = min(first, excluded.first), last = max(last, excluded.last), articles = articles + 1
		RETURNING id, articles`, []any{a.Story, stamp{a.Published}, stamp{a.Published}}, &story, &articles); err != nil {
		return 0, rank, err
	}
	if !a.Countable {
		return story, rank, nil
	}
	if articles == 1 {
		return story, sql.NullInt64{Valid: true}, nil
	}
	var told bool
	// The highest rank and not their number: articles may have been pruned.
	if err := s.get(ctx, `SELECT COALESCE(MAX(rank) + 1, 0), MAX(publisher = ?) FROM articles WHERE story = ?`,
		[]any{a.Publisher, story}, &rank.Int64, &told); err != nil {
		return 0, rank, err
	}
	rank.Valid = !told
	return story, rank, nil
}

// reviseArticle gives a kept article new words and facts. Its date, story, rank
// and whether it counts stay; mentions it had before keep their first revision.
func (r *Record) reviseArticle(ctx context.Context, s *session, row int64, read *timeline.ReadArticle, at time.Time) error {
	before, err := r.readKept(ctx, s, row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // pruned: it is known, but there is nothing to revise any more
	}
	if err != nil {
		return err
	}
	a := before.Article
	a.Revision, a.Title, a.Text = read.Article.Revision, read.Article.Title, read.Article.Text
	a.URL, a.GUID, a.Lang = read.Article.URL, read.Article.GUID, read.Article.Lang
	if _, err := s.exec(ctx, `INSERT INTO revisions (article, revision, title, text) VALUES (?, ?, ?, ?)`,
		row, before.Article.Revision, before.Article.Title, before.Article.Text); err != nil {
		return err
	}
	if err := r.rewriteArticle(ctx, s, &before, &a, &read.Facts, at); err != nil {
		return err
	}
	return r.keepFormer(ctx, s, &before, at)
}

// rewriteArticle gives a kept article other words and facts, and brings counts and
// change log up to date.
func (r *Record) rewriteArticle(ctx context.Context, s *session, before *kept, a *timeline.Article, facts *timeline.Facts, at time.Time) error {
	row := before.row
	facts, err := corrected(ctx, s, a, facts)
	if err != nil {
		return err
	}
	if err := s.flushSums(ctx); err != nil {
		return err
	}
	if _, err := s.exec(ctx, `UPDATE articles SET revision = ?, title = ?, text = ?, url = ?, guid = ?, lang = ? WHERE id = ?`,
		a.Revision, a.Title, a.Text, a.URL, a.GUID, a.Lang, row); err != nil {
		return err
	}
	if err := replaceFacts(ctx, s, row, a, facts); err != nil {
		return err
	}
	if err := r.placeEvents(ctx, s, row, a, *facts, before); err != nil {
		return err
	}
	since := make(map[string]int, len(before.Facts.Mentions))
	for _, m := range before.Facts.Mentions {
		since[m.Topic] = m.Revision
	}
	mentions := distinctTopics(facts.Mentions)
	for i := range mentions {
		mentions[i].Revision = cmp.Or(since[mentions[i].Topic], a.Revision)
	}
	if err := replaceMentions(ctx, s, row, a, before.Facts.Mentions, mentions); err != nil {
		return err
	}
	return r.changed(ctx, s, before, at)
}

// replaceFacts gives a kept article other facts, mentions apart.
func replaceFacts(ctx context.Context, s *session, row int64, a *timeline.Article, facts *timeline.Facts) error {
	w, err := newFactWriter(&s.room, a, facts)
	if err != nil {
		return err
	}
	if err := w.replace(ctx, s, row); err != nil {
		return err
	}
	return setVersion(ctx, s, row, facts.Version)
}

// changed brings the step counts and the change log up to date after a kept
// article was changed; before is what it was.
func (r *Record) changed(ctx context.Context, s *session, before *kept, at time.Time) error {
	after, err := r.readKept(ctx, s, before.row)
	if err != nil {
		return err
	}
	if err := r.count(ctx, s, &before.Article, before.rank, before.Facts.Mentions, -1); err != nil {
		return err
	}
	if err := r.count(ctx, s, &after.Article, after.rank, after.Facts.Mentions, +1); err != nil {
		return err
	}
	return logFacts(ctx, s, before, &after, at)
}

// logFacts appends to the change log what an article was and is, and keeps its
// points beside its mentions.
func logFacts(ctx context.Context, s *session, before, after *kept, at time.Time) error {
	if err := repackPoints(ctx, s, after.row, &after.Article, after.Facts); err != nil {
		return err
	}
	gone := vanished(
		timeline.ArticlePoints(&before.Article, before.Facts),
		timeline.ArticlePoints(&after.Article, after.Facts))
	return logChange(ctx, s, articleChange, before.row, at, gone)
}

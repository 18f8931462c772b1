package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"

	"marsad/timeline"
)

// factBatch is how many articles are read again at a time. They are read before
// the transaction that records them begins, which a poll waits for a few
// hundredths of a second.
const factBatch = 25

// ReadFacts brings dates, counts, other quantities and events of the kept
// articles up to date with a reader of another version than the one they were
// read by: read gives the facts of an article, whose mentions are passed over. A
// fact that is still there keeps its id and the time of its points, and an article
// all of whose facts are as before makes no change.
//
// The articles last recorded come first. The work is done in batches, so that
// polls go on meanwhile. When it breaks off it goes on, the next time, with those
// that are left. progress, which may be nil, is told after each batch.
func (r *Record) ReadFacts(ctx context.Context, version string, read func(*timeline.Article) timeline.Facts, progress func(done, total int)) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	hash := versionHash(version)
	var done, total int
	if err := r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT COUNT(*) FROM article_readings WHERE version <> ?`, []any{hash}, &total)
	}); err != nil {
		return errorf(err, "articles to read again")
	}
	for before := int64(math.MaxInt64); ; {
		stale, err := r.staleArticles(ctx, hash, before)
		if err != nil {
			return errorf(err, "articles to read again")
		}
		if len(stale) == 0 {
			return nil
		}
		facts := make([]timeline.Facts, len(stale))
		for i := range stale {
			facts[i] = read(&stale[i].Article)
			facts[i].Version = version
		}
		if err := r.write(ctx, func(ctx context.Context, s *session) error {
			for i := range stale {
				if err := r.setFacts(ctx, s, &stale[i], facts[i]); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return errorf(err, "facts of articles")
		}
		before = stale[len(stale)-1].row
		done += len(stale)
		progress(done, max(done, total))
	}
}

// staleArticles gives some articles whose facts are of another version, without
// their facts, the last recorded first; those before the row alone.
func (r *Record) staleArticles(ctx context.Context, version, before int64) (stale []kept, err error) {
	err = r.read(ctx, func(s *session) error {
		stale, err = all(ctx, s, r.scanKept, `SELECT `+articleColumns+` FROM article_readings v CROSS JOIN `+articleTables+`
			WHERE a.id = v.article AND v.version <> ? AND v.article < ? ORDER BY v.article DESC LIMIT ?`, version, before, factBatch)
		return err
	})
	return stale, err
}

// setFacts gives an article the facts that were read of it as it was in was. When
// it has other words since, or is pruned, the facts that came with those stay.
func (r *Record) setFacts(ctx context.Context, s *session, was *kept, facts timeline.Facts) error {
	k, err := r.readKept(ctx, s, was.row)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (k.Article.Revision != was.Article.Revision || k.Article.Reading() != was.Article.Reading()) {
		return nil
	}
	if err != nil {
		return err
	}
	facts.Mentions = k.Facts.Mentions
	if err := validArticle(&timeline.ReadArticle{Article: k.Article, Facts: facts}); err != nil {
		return err
	}
	right, err := corrected(ctx, s, &k.Article, &facts)
	if err != nil {
		return err
	}
	w, err := newFactWriter(&s.room, &k.Article, right)
	if err != nil {
		return err
	}
	same, err := w.compare(ctx, s, k.row)
	if err != nil {
		return err
	}
	same = same && !slices.ContainsFunc(k.Facts.Events, func(e timeline.Event) bool { return e.Happening == "" })
	if !same {
		if err := w.replace(ctx, s, k.row); err != nil {
			return err
		}
		if err := r.placeEvents(ctx, s, k.row, &k.Article, *right, &k); err != nil {
			return err
		}
		at, err := lastChange(ctx, s)
		if err != nil {
			return err
		}
		after, err := r.readKept(ctx, s, k.row)
		if err != nil {
			return err
		}
		if err := logFacts(ctx, s, &k, &after, at); err != nil {
			return err
		}
	} else if err := repackPoints(ctx, s, k.row, &k.Article, k.Facts); err != nil {
		return err
	}
	return setVersion(ctx, s, k.row, facts.Version)
}

// compare reports whether the article has these facts and no other, and gives
// those that it has the time of their points that they have.
func (w *factWriter) compare(ctx context.Context, s *session, row int64) (same bool, err error) {
	recorded, err := recordedFacts(ctx, s, row)
	if err != nil {
		return false, err
	}
	same = len(recorded) == len(w.facts)
	for i := range recorded {
		was := &recorded[i]
		var data struct{ Rule string }
		if err := was.read(&data); err != nil {
			return false, err
		}
		for k := range w.facts {
			if f := &w.facts[k]; f.Kind == was.Kind && f.Span == was.Span && f.rule == data.Rule && f.sameSecond(was) && f.At != nil {
				*f.At = *was.At
			}
		}
		if same {
			f := &w.facts[i]
			same = f.Kind == was.Kind && f.Span == was.Span && f.Sentence == was.Sentence && f.sameSecond(was) && bytes.Equal(f.Data, was.Data)
		}
	}
	return same, nil
}

// sameSecond reports whether the two are listed at one second, or not at all.
func (f *fact) sameSecond(g *fact) bool {
	return (f.At == nil) == (g.At == nil) && (f.At == nil || f.At[0] == g.At[0])
}

// setVersion remembers which reader the facts of an article are of.
func setVersion(ctx context.Context, s *session, row int64, version string) error {
	_, err := s.exec(ctx, `INSERT INTO article_readings (article, version) VALUES (?, ?)
		ON CONFLICT (article) DO UPDATE SET version = excluded.version`, row, versionHash(version))
	return err
}

// versionHash gives the version as the file has it, 0 for none.
func versionHash(version string) int64 {
	if version == "" {
		return 0
	}
	return 1 + timeline.Spread(math.MaxInt64, "reading", version)
}

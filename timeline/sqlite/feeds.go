package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"marsad/timeline"
)

// SyncFeeds registers the feeds, brings what is recorded of them up to date and
// disables those that are missing; nothing is deleted, archives are left alone.
// A feed at another address is another document: its validators, its first poll
// and its pace are forgotten, so that the next poll reads it whole and counts
// nothing.
//
// A feed that says what it Was takes over that feed's history under its new
// name, when there is none of the new name yet; the points of its articles and
// polls get the new name with the next entries of the change log.
func (r *Record) SyncFeeds(ctx context.Context, feeds []timeline.Feed) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if err := r.renameFeeds(ctx, s, feeds); err != nil {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE feeds SET enabled = 0 WHERE NOT archive`); err != nil {
			return err
		}
		for i := range feeds {
			if err := saveFeed(ctx, s, &feeds[i]); err != nil {
				return err
			}
		}
		s.forgetRows() // of the names from before
		r.states.forget()
		return nil
	})
	return errorf(err, "registration of feeds")
}

func saveFeed(ctx context.Context, s *session, f *timeline.Feed) error {
	if _, err := s.exec(ctx, `INSERT INTO former_publishers (feed, publisher)
		SELECT id, publisher FROM feeds WHERE name = ? AND publisher <> ? ON CONFLICT DO NOTHING`, f.Name, f.Publisher); err != nil {
		return err
	}
	if _, err := s.exec(ctx, `UPDATE feed_polls SET interval = 0, holds = 0, last_full = NULL
		WHERE feed = (SELECT id FROM feeds WHERE name = ? AND url <> ?)`, f.Name, f.URL); err != nil {
		return err
	}
	_, err := s.exec(ctx, `INSERT INTO feeds (name, url, title, publisher, country, lang, archive, enabled, rhythm)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET url = excluded.url, title = excluded.title, publisher = excluded.publisher,
			country = excluded.country, lang = excluded.lang, archive = excluded.archive, enabled = excluded.enabled, rhythm = excluded.rhythm,
			etag = iif(url = excluded.url, etag, ''), last_modified = iif(url = excluded.url, last_modified, ''),
			body_hash = iif(url = excluded.url, body_hash, ''), first_poll = iif(url = excluded.url, first_poll, NULL),
			items = iif(url = excluded.url, items, 0), overflowed = iif(url = excluded.url, overflowed, NULL),
			habits = iif(url = excluded.url, habits, '{}'), pace = iif(url = excluded.url, pace, '{}')`,
		f.Name, f.URL, f.Title, f.Publisher, f.Country, f.Lang, f.Archive, f.Enabled, int64(f.Rhythm))
	return err
}

// renameFeeds carries out the renames that have not been yet. One may wait for
// another to free its name, so it goes round until nothing is left to do.
func (r *Record) renameFeeds(ctx context.Context, s *session, feeds []timeline.Feed) error {
	for again := true; again; {
		again = false
		for _, f := range feeds {
			if f.Was == "" || f.Was == f.Name {
				continue
			}
			row, err := feedRow(ctx, s, f.Was)
			if errors.Is(err, timeline.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			switch _, err := feedRow(ctx, s, f.Name); {
			case err == nil:
				configured := slices.ContainsFunc(feeds, func(g timeline.Feed) bool { return g.Name == f.Was })
				if !configured {
					r.log.LogAttrs(ctx, slog.LevelWarn, "feed keeps two histories: both names are recorded, so it was not renamed",
						slog.String("feed", f.Name), slog.String("was", f.Was))
				}
				continue
			case !errors.Is(err, timeline.ErrNotFound):
				return err
			}
			if err := r.renameFeed(ctx, s, row, f.Name); err != nil {
				return err
			}
			again = true
		}
	}
	return nil
}

// renameFeed renames a feed and moves the points of its articles and polls.
func (r *Record) renameFeed(ctx context.Context, s *session, row int64, name string) error {
	at, err := lastChange(ctx, s)
	if err != nil {
		return err
	}
	articles, err := all(ctx, s, column[int64], `SELECT id FROM articles WHERE feed = ? ORDER BY id`, row)
	if err != nil {
		return err
	}
	polls, err := all(ctx, s, scanLoggedPoll, `SELECT p.id, `+pollColumns+` FROM polls p JOIN feeds f ON f.id = p.feed WHERE p.feed = ? ORDER BY p.id`, row)
	if err != nil {
		return err
	}
	for _, p := range polls {
		if err := logChange(ctx, s, pollChange, p.row, at, vanished([]timeline.Point{p.point()}, nil)); err != nil {
			return err
		}
	}
	for _, article := range articles {
		k, err := r.readKept(ctx, s, article)
		if err != nil {
			return err
		}
		old := timeline.ArticlePoints(&k.Article, k.Facts)
		k.Article.Feed = name
		if err := logChange(ctx, s, articleChange, article, at, vanished(old, timeline.ArticlePoints(&k.Article, k.Facts))); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, `UPDATE feeds SET name = ? WHERE id = ?`, name, row); err != nil {
		return err
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "feed renamed", slog.String("feed", name), slog.Int("articles", len(articles)), slog.Int("polls", len(polls)))
	return nil
}

// Feeds gives every feed with its state and the number of kept articles that it
// had first, by name.
func (r *Record) Feeds(ctx context.Context) (feeds []timeline.FeedStatus, err error) {
	err = r.read(ctx, func(s *session) error {
		feeds, err = all(ctx, s, scanFeed, `SELECT `+stateColumns+`, f.url, f.title, f.publisher, f.country, f.lang,
			f.archive, f.enabled, f.rhythm, f.articles FROM `+stateTables+` ORDER BY f.name`)
		if err != nil {
			return err
		}
		counts, err := pageCounts(ctx, s)
		for i := range feeds {
			feeds[i].Pages = counts[feeds[i].Name]
		}
		return err
	})
	return feeds, errorf(err, "feeds")
}

func scanFeed(row scanner) (f timeline.FeedStatus, err error) {
	var state stateScan
	g := &f.Feed
	err = row.Scan(append(state.columns(), &g.URL, &g.Title, &g.Publisher, &g.Country, &g.Lang,
		&g.Archive, &g.Enabled, (*int64)(&g.Rhythm), &f.Articles)...)
	if err != nil {
		return f, err
	}
	f.FeedState, err = state.state()
	g.Name = f.FeedState.Feed
	return f, err
}

// feedRow gives the row of a feed; timeline.ErrNotFound when there is none.
func feedRow(ctx context.Context, s *session, name string) (row int64, err error) {
	err = s.get(ctx, `SELECT id FROM feeds WHERE name = ?`, []any{name}, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("feed %q is not registered (SyncFeeds): %w", name, timeline.ErrNotFound)
	}
	return row, err
}

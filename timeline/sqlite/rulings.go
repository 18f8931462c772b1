package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"marsad/timeline"
)

// Story gives a story with its articles; timeline.ErrNotFound when there is none
// of the id. A story that rulings emptied is not there any more: the error names
// the one that has its articles now.
func (r *Record) Story(ctx context.Context, id string) (d timeline.StoryDetail, err error) {
	err = r.read(ctx, func(s *session) error {
		st, err := storyNamed(ctx, s, id)
		if err != nil {
			return err
		}
		if err := completeStory(ctx, s, &st); err != nil {
			return err
		}
		d.Story = st.Story
		members, err := all(ctx, s, r.scanMember, `SELECT `+articleColumns+`, COALESCE(u.was, ''), u.at, COALESCE(u.by, ''), COALESCE(u.why, '')
			FROM `+articleTables+` LEFT JOIN story_rulings u ON u.article = a.article AND u.story = s.story
			WHERE a.story = ? ORDER BY a.id`, st.row)
		if err != nil {
			return err
		}
		d.Members = members
		d.Moved, err = all(ctx, s, func(row scanner) (m timeline.StoryMove, err error) {
			var at stamp
			err = row.Scan(&m.Article, &m.Story, &at, &m.By, &m.Why)
			m.Ruled = at.Time
			return m, err
		}, `SELECT article, story, at, by, why FROM story_rulings WHERE was = ?1 AND story <> ?1 ORDER BY article`, id)
		return err
	})
	return d, errorf(err, "story %q", id)
}

func (r *Record) scanMember(row scanner) (m timeline.StoryMember, err error) {
	var ruled stamp
	k, err := r.scanKept(withMore{row, []any{&m.Was, &ruled, &m.By, &m.Why}})
	m.Article, m.Ruled = k.Article, ruled.Time
	m.Counted = k.rank.Valid && k.rank.Int64 < int64(r.opts.StoryCap)
	return m, err
}

// withMore is a row that has more columns behind those that are asked for.
type withMore struct {
	scanner

	more []any
}

func (w withMore) Scan(into ...any) error { return w.scanner.Scan(append(into, w.more...)...) }

// storyNamed finds a story by its id.
func storyNamed(ctx context.Context, s *session, id string) (st storyRow, err error) {
	found, err := all(ctx, s, scanStory, `SELECT id, story, first, last, articles FROM stories WHERE story = ?`, id)
	if err != nil {
		return st, err
	}
	if len(found) > 0 {
		return found[0], nil
	}
	var now string
	err = s.get(ctx, `SELECT story FROM story_rulings WHERE was = ? LIMIT 1`, []any{id}, &now)
	if err == nil {
		return st, fmt.Errorf("its articles were moved to story %s: %w", now, timeline.ErrNotFound)
	}
	if errors.Is(err, sql.ErrNoRows) {
		err = timeline.ErrNotFound
	}
	return st, err
}

// SplitStory takes articles out of their story and puts them into one of their
// own, whose id it gives. At least one article must stay. The ruling outlives the
// articles: whatever is read or loaded again goes where it was ruled to be.
func (r *Record) SplitStory(ctx context.Context, id string, articles []string, ruling timeline.Ruling) (split string, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		from, err := storyNamed(ctx, s, id)
		if err != nil {
			return err
		}
		rows := make([]int64, 0, len(articles))
		for _, a := range articles {
			var row int64
			err := s.get(ctx, `SELECT id FROM articles WHERE story = ? AND article = ?`, []any{from.row, a}, &row)
			if errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("article %q is not in it: %w", a, timeline.ErrNotFound)
			}
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		slices.Sort(rows)
		rows = slices.Compact(rows)
		if len(rows) == 0 || len(rows) == from.Articles {
			return &timeline.MistakeError{Err: fmt.Errorf("%d of its %d articles were named: name some that are to leave it, not all", len(rows), from.Articles)}
		}
		sorted := slices.Sorted(slices.Values(articles))
		split = timeline.Hash("story split", id, strings.Join(sorted, " "))
		return r.moveArticles(ctx, s, rows, split, ruling)
	})
	return split, errorf(err, "split of story %q", id)
}

// MergeStories puts the articles of the stories into the first one. Likewise.
func (r *Record) MergeStories(ctx context.Context, into string, stories []string, ruling timeline.Ruling) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		target, err := storyNamed(ctx, s, into)
		if err != nil {
			return err
		}
		var rows []int64
		for _, id := range stories {
			st, err := storyNamed(ctx, s, id)
			if err != nil {
				return fmt.Errorf("story %q: %w", id, err)
			}
			if st.row == target.row {
				return &timeline.MistakeError{Err: fmt.Errorf("story %q is to be merged with itself: name two", id)}
			}
			of, err := all(ctx, s, column[int64], `SELECT id FROM articles WHERE story = ? ORDER BY id`, st.row)
			if err != nil {
				return err
			}
			rows = append(rows, of...)
		}
		slices.Sort(rows)
		return r.moveArticles(ctx, s, slices.Compact(rows), into, ruling)
	})
	return errorf(err, "merge into story %q", into)
}

// moveArticles rules the articles into a story and ranks anew what may still
// change there and in the stories they leave.
func (r *Record) moveArticles(ctx context.Context, s *session, rows []int64, story string, ruling timeline.Ruling) error {
	touched := make(map[string]bool)
	for _, row := range rows {
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return err
		}
		a := k.Article
		touched[a.Story], touched[story] = true, true
		if _, err := s.exec(ctx, `INSERT INTO story_rulings (article, story, was, at, by, why) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (article) DO UPDATE SET story = excluded.story, at = excluded.at, by = excluded.by, why = excluded.why`,
			a.ID, story, a.Story, stamp{ruling.At}, ruling.By, ruling.Why); err != nil {
			return err
		}
		s.fill("story_rulings")
		var to int64
		if err := s.get(ctx, `INSERT INTO stories (story, first, last, articles) VALUES (?, ?, ?, 0)
			ON CONFLICT (story) DO UPDATE SET articles = articles RETURNING id`,
			[]any{story, stamp{a.Published}, stamp{a.Published}}, &to); err != nil {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE articles SET story = ? WHERE id = ?`, to, row); err != nil {
			return err
		}
		if err := logChange(ctx, s, articleChange, row, ruling.At, nil); err != nil {
			return err
		}
	}
	for id := range touched {
		if err := r.settleStory(ctx, s, id, ruling); err != nil {
			return err
		}
	}
	return nil
}

// settleStory brings a story and the ranks of its articles up to date with who is
// in it. Steps that are final stay: what was published before ruling.Since keeps
// its rank.
func (r *Record) settleStory(ctx context.Context, s *session, id string, ruling timeline.Ruling) error {
	if _, err := s.exec(ctx, `UPDATE stories SET (first, last, articles) =
			(SELECT COALESCE(MIN(published), first), COALESCE(MAX(published), last), COUNT(*) FROM articles WHERE story = stories.id)
		WHERE story = ?`, id); err != nil {
		return err
	}
	if _, err := s.exec(ctx, `DELETE FROM stories WHERE story = ? AND articles = 0`, id); err != nil {
		return err
	}
	rows, err := all(ctx, s, column[int64], `SELECT a.id FROM articles a JOIN stories s ON s.id = a.story WHERE s.story = ? ORDER BY a.id`, id)
	if err != nil {
		return err
	}
	told := make(map[string]bool)
	next := int64(0)
	for _, row := range rows {
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return err
		}
		rank := k.rank
		if !k.Article.Published.Before(ruling.Since) {
			rank = sql.NullInt64{Int64: next, Valid: k.Article.Countable && !told[k.Article.Publisher]}
		}
		told[k.Article.Publisher] = true
		if rank.Valid {
			next = max(next, rank.Int64+1)
		}
		if rank == k.rank || !rank.Valid && !k.rank.Valid {
			continue
		}
		if err := r.count(ctx, s, &k.Article, k.rank, k.Facts.Mentions, -1); err != nil {
			return err
		}
		var value any
		if rank.Valid {
			value = rank.Int64
		}
		if _, err := s.exec(ctx, `UPDATE articles SET rank = ? WHERE id = ?`, value, row); err != nil {
			return err
		}
		if err := r.count(ctx, s, &k.Article, rank, k.Facts.Mentions, +1); err != nil {
			return err
		}
	}
	return nil
}

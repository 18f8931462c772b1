package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"marsad/timeline"
)

// CorrectFact records an analyst's correction of a fact, in the place of an earlier
// one, and reads the article's facts anew with it. The correction outlives the
// article: whatever is read or loaded again is corrected. timeline.ErrNotFound when
// the article is not kept, or when read finds no such fact in it.
func (r *Record) CorrectFact(ctx context.Context, c timeline.Correction, read func(*timeline.Article) timeline.Facts) error {
	data, err := json.Marshal(c)
	if err != nil {
		return errorf(err, "correction of article %q", c.Article)
	}
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		k, facts, err := r.readAnew(ctx, s, c.Article, read)
		if err != nil {
			return err
		}
		if !hasReading(&k.Article, &facts, c.ID) {
			return fmt.Errorf("fact %q: %w", c.ID, timeline.ErrNotFound)
		}
		if _, err := s.exec(ctx, `INSERT INTO fact_corrections (article, reading, correction) VALUES (?, ?, ?)
			ON CONFLICT (article, reading) DO UPDATE SET correction = excluded.correction`, c.Article, c.ID, string(data)); err != nil {
			return err
		}
		s.fill("fact_corrections")
		return r.setFacts(ctx, s, &k, facts)
	})
	return errorf(err, "correction of article %q", c.Article)
}

// RestoreFact takes a correction back and reads the article's facts anew. Likewise.
func (r *Record) RestoreFact(ctx context.Context, article, id string, read func(*timeline.Article) timeline.Facts) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		n, err := s.exec(ctx, `DELETE FROM fact_corrections WHERE article = ? AND reading = ?`, article, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("no correction of %q: %w", id, timeline.ErrNotFound)
		}
		k, facts, err := r.readAnew(ctx, s, article, read)
		if errors.Is(err, timeline.ErrNotFound) {
			return nil // pruned: there is nothing to restore
		}
		if err != nil {
			return err
		}
		return r.setFacts(ctx, s, &k, facts)
	})
	return errorf(err, "restoration of article %q", article)
}

// Corrections gives the corrections of an article, or all when it is "", by article.
func (r *Record) Corrections(ctx context.Context, article string) (list []timeline.Correction, err error) {
	err = r.read(ctx, func(s *session) error {
		list, err = all(ctx, s, scanCorrection,
			`SELECT correction FROM fact_corrections WHERE article = ?1 OR ?1 = '' ORDER BY article, reading`, article)
		return err
	})
	return list, errorf(err, "corrections")
}

func scanCorrection(row scanner) (c timeline.Correction, err error) {
	var data []byte
	if err := row.Scan(&data); err != nil {
		return c, err
	}
	return c, json.Unmarshal(data, &c)
}

// readAnew reads the facts of a kept article, uncorrected.
func (r *Record) readAnew(ctx context.Context, s *session, id string, read func(*timeline.Article) timeline.Facts) (k kept, facts timeline.Facts, err error) {
	var row int64
	if err := s.get(ctx, `SELECT id FROM articles WHERE article = ?`, []any{id}, &row); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = timeline.ErrNotFound
		}
		return k, facts, err
	}
	k, err = r.readKept(ctx, s, row)
	if err != nil {
		return k, facts, err
	}
	return k, read(&k.Article), nil
}

// hasReading reports whether one of the facts has the id.
func hasReading(a *timeline.Article, f *timeline.Facts, id string) bool {
	for i := range f.Dates {
		if f.Dates[i].ReadingID(a) == id {
			return true
		}
	}
	for i := range f.Counts {
		if f.Counts[i].ReadingID(a) == id {
			return true
		}
	}
	for i := range f.Events {
		if f.Events[i].ReadingID(a) == id {
			return true
		}
	}
	return false
}

// corrected gives facts as they are to be recorded.
func corrected(ctx context.Context, s *session, a *timeline.Article, facts *timeline.Facts) (*timeline.Facts, error) {
	if none, err := s.isEmpty(ctx, "fact_corrections"); err != nil || none {
		return facts, err
	}
	list, err := all(ctx, s, scanCorrection, `SELECT correction FROM fact_corrections WHERE article = ?`, a.ID)
	if err != nil || len(list) == 0 {
		return facts, err
	}
	by := make(map[string]timeline.Correction, len(list))
	for _, c := range list {
		by[c.ID] = c
	}
	out, err := timeline.CorrectFacts(a, *facts, by)
	return &out, err
}

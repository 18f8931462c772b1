package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// every is the topic of the steps' rows that count all articles: the exposure.
const every = ""

// count adds an article's share to the step counts, or takes it away (sign -1).
// An article counts when its rank is below the story cap, a mention when it was
// there in the first revision too.
func (r *Record) count(ctx context.Context, s *session, a *timeline.Article, rank sql.NullInt64, mentions []timeline.Mention, sign int) error {
	if !rank.Valid || rank.Int64 >= int64(r.opts.StoryCap) {
		return nil
	}
	step := stamp{timeline.StepStart(a.Published, r.opts.Step)}
	loaded := 0
	if a.Loaded {
		loaded = sign
	}
	add := func(topic string) error {
		if _, err := s.exec(ctx, `INSERT INTO steps (topic, step, lang, n, loaded) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (topic, step, lang) DO UPDATE SET n = n + excluded.n, loaded = loaded + excluded.loaded`,
			topic, step, a.Lang, sign, loaded); err != nil || sign > 0 {
			return err
		}
		_, err := s.exec(ctx, `DELETE FROM steps WHERE topic = ? AND step = ? AND lang = ? AND n = 0`, topic, step, a.Lang)
		return err
	}
	if err := add(every); err != nil {
		return err
	}
	for i := range mentions {
		if mentions[i].Revision == 1 {
			if err := add(mentions[i].Topic); err != nil {
				return err
			}
		}
	}
	return nil
}

// alignSteps makes the step counts anew when they were made for another grid or
// another story cap, unless it is to keep those.
func (r *Record) alignSteps(ctx context.Context) error {
	return r.write(ctx, func(ctx context.Context, s *session) error {
		var was string
		err := s.get(ctx, `SELECT value FROM meta WHERE key = 'grid'`, nil, &was)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if r.opts.Beside && was != "" {
			return r.takeGrid(was)
		}
		grid := fmt.Sprintf("%s %d", r.opts.Step, r.opts.StoryCap)
		if was == grid {
			return nil
		}
		if err := recount(ctx, s, r.opts.Step, r.opts.StoryCap); err != nil {
			return err
		}
		if err := recounted(ctx, s, every); err != nil {
			return err
		}
		if was != "" {
			r.log.LogAttrs(ctx, slog.LevelInfo, "step counts made anew", slog.String("grid", grid), slog.String("was", was))
		}
		_, err = s.exec(ctx, `INSERT INTO meta (key, value) VALUES ('grid', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`, grid)
		return err
	})
}

// takeGrid reads the grid and the story cap that the counts were made for.
func (r *Record) takeGrid(grid string) error {
	step, storyCap, _ := strings.Cut(grid, " ")
	var errStep, errCap error
	r.opts.Step, errStep = time.ParseDuration(step)
	r.opts.StoryCap, errCap = strconv.Atoi(storyCap)
	if errStep != nil || errCap != nil {
		return fmt.Errorf("grid %q in the file is not a step and a story cap", grid)
	}
	return nil
}

// recount makes the step counts from the articles and mentions.
func recount(ctx context.Context, s *session, width time.Duration, storyCap int) error {
	if _, err := s.exec(ctx, `DELETE FROM steps`); err != nil {
		return err
	}
	// SQLite's remainder has the sign of what is divided; before 1970 too a step
	// begins at or before its articles.
	const step = `a.published - (a.published % ?1 + ?1) % ?1`
	if _, err := s.exec(ctx, `INSERT INTO steps (topic, step, lang, n, loaded)
		SELECT '', `+step+`, a.lang, COUNT(*), SUM(a.loaded) FROM articles a WHERE a.rank < ?2 GROUP BY 2, 3`,
		int64(width), storyCap); err != nil {
		return err
	}
	_, err := s.exec(ctx, `INSERT INTO steps (topic, step, lang, n, loaded)
		SELECT m.topic, `+step+`, a.lang, COUNT(*), SUM(a.loaded) FROM mentions m JOIN articles a ON a.id = m.article
		WHERE a.rank < ?2 AND m.revision = 1 GROUP BY 1, 2, 3`,
		int64(width), storyCap)
	return err
}

// Counts gives what was counted of a topic in the steps of [from, to), oldest
// first. A step in which nothing was collected at all is missing, and so is one
// before that from which on articles were read for the topic.
func (r *Record) Counts(ctx context.Context, topic string, after, before time.Time) (counts []timeline.StepCount, err error) {
	err = r.read(ctx, func(s *session) error {
		since, err := topicSince(ctx, s, topic)
		if err != nil {
			return err
		}
		if first := timeline.StepStart(since, r.opts.Step).Add(r.opts.Step); !since.IsZero() && after.Before(first) {
			after = first
		}
		counts, err = all(ctx, s, func(row scanner) (c timeline.StepCount, err error) {
			var step stamp
			err = row.Scan(&step, &c.Exposure, &c.N, &c.Loaded)
			c.Step = step.Time
			return c, err
		}, `SELECT e.step, e.n, COALESCE(t.n, 0), COALESCE(t.loaded, 0)
			FROM (SELECT step, SUM(n) AS n FROM steps WHERE topic = '' AND step >= ?1 AND step < ?2 GROUP BY step) e
			LEFT JOIN (SELECT step, SUM(n) AS n, SUM(loaded) AS loaded FROM steps
				WHERE topic = ?3 AND step >= ?1 AND step < ?2 GROUP BY step) t ON t.step = e.step
			ORDER BY e.step`, from(after), to(before), topic)
		return err
	})
	return counts, errorf(err, "counts of topic %q", topic)
}

package sqlite

import (
	"context"
	"time"

	"marsad/timeline"
)

// LastChange gives the number of the newest entry of the change log; 0 when it is
// empty.
func (r *Record) LastChange(ctx context.Context) (seq int64, err error) {
	err = r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT COALESCE(MAX(seq), 0) FROM changes`, nil, &seq)
	})
	return seq, errorf(err, "last change")
}

// Changed says what up to limit entries of the change log are about, those after the
// number. What is gone since is not named. Without an entry Seq is the number
// itself.
func (r *Record) Changed(ctx context.Context, after int64, limit int) (c timeline.Changed, err error) {
	c.Seq = after
	err = r.read(ctx, func(s *session) error {
		var entries int
		if err := s.get(ctx, `SELECT COALESCE(MAX(seq), ?1), COUNT(*) FROM (SELECT seq FROM changes WHERE seq > ?1 ORDER BY seq LIMIT ?2)`,
			[]any{after, limit}, &c.Seq, &entries); err != nil || entries == 0 {
			return err
		}
		// Crossed, so that each starts at the few entries.
		for _, named := range []struct {
			into  *[]string
			query string
		}{
			{&c.Articles, `SELECT a.article FROM changes c CROSS JOIN articles a ON a.id = c.ref
				WHERE c.seq > ? AND c.seq <= ? AND c.kind = 'article' GROUP BY a.id ORDER BY a.id`},
			{&c.Topics, `SELECT DISTINCT m.topic FROM changes c CROSS JOIN mentions m ON m.article = c.ref
				WHERE c.seq > ? AND c.seq <= ? AND c.kind = 'article' ORDER BY m.topic`},
			{&c.Feeds, `SELECT DISTINCT f.name FROM changes c CROSS JOIN polls p ON p.id = c.ref CROSS JOIN feeds f ON f.id = p.feed
				WHERE c.seq > ? AND c.seq <= ? AND c.kind = 'poll' ORDER BY f.name`},
			{&c.Incidents, `SELECT DISTINCT i.incident FROM changes c CROSS JOIN incidents i ON i.id = c.ref
				WHERE c.seq > ? AND c.seq <= ? AND c.kind = 'incident' ORDER BY i.incident`},
		} {
			if *named.into, err = all(ctx, s, column[string], named.query, after, c.Seq); err != nil {
				return err
			}
		}
		if c.Steps, err = all(ctx, s, func(row scanner) (time.Time, error) {
			var step stamp
			err := row.Scan(&step)
			return step.Time, err
		}, `SELECT DISTINCT c.ref FROM changes c WHERE c.seq > ? AND c.seq <= ? AND c.kind = 'step' ORDER BY c.ref`, after, c.Seq); err != nil {
			return err
		}
		return s.get(ctx, `SELECT EXISTS (SELECT 1 FROM changes WHERE seq > ?)`, []any{c.Seq}, &c.More)
	})
	return c, errorf(err, "what changed after %d", after)
}

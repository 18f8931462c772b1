package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"marsad/timeline"
)

// History names the counts of a topic's steps that are final. It changes when an
// archive was loaded, when the topic was read again, and when the step counts
// were made anew for another grid.
func (r *Record) History(ctx context.Context, topic string) (history int64, err error) {
	err = r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT COALESCE(SUM(n), 0) FROM histories WHERE topic IN (?, '')`, []any{topic}, &history)
	})
	return history, errorf(err, "history of topic %q", topic)
}

// recounted gives a topic another history; every gives all of them another one.
func recounted(ctx context.Context, s *session, topic string) error {
	_, err := s.exec(ctx, `INSERT INTO histories (topic, n) VALUES (?, 1) ON CONFLICT (topic) DO UPDATE SET n = n + 1`, topic)
	return err
}

// DetectorState gives what was recorded last of a topic's detector;
// timeline.ErrNotFound when nothing was.
func (r *Record) DetectorState(ctx context.Context, topic string) (state timeline.DetectorState, err error) {
	err = r.read(ctx, func(s *session) error {
		var upto stamp
		err := s.get(ctx, `SELECT topic, upto, history, state FROM detectors WHERE topic = ?`, []any{topic},
			&state.Topic, &upto, &state.History, &state.Data)
		if errors.Is(err, sql.ErrNoRows) {
			return timeline.ErrNotFound
		}
		state.Upto = upto.Time
		return err
	})
	return state, errorf(err, "detector of topic %q", topic)
}

func saveDetectors(ctx context.Context, s *session, states []timeline.DetectorState) error {
	for i := range states {
		d := &states[i]
		if _, err := s.exec(ctx, `INSERT INTO detectors (topic, upto, history, state) VALUES (?, ?, ?, ?)
			ON CONFLICT (topic) DO UPDATE SET upto = excluded.upto, history = excluded.history, state = excluded.state`,
			d.Topic, stamp{d.Upto}, d.History, d.Data); err != nil {
			return err
		}
	}
	return nil
}

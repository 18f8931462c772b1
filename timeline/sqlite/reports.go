package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"marsad/timeline"
)

// ReportedUntil says until when a report has told; zero when it never has.
func (r *Record) ReportedUntil(ctx context.Context, report string) (until time.Time, err error) {
	err = r.read(ctx, func(s *session) error {
		var at stamp
		err := s.get(ctx, `SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'report ' || ?`, []any{report}, &at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		until = at.Time
		return err
	})
	return until, errorf(err, "report %q", report)
}

// CommitTelling records that a report's time is over, with what is told of it, in
// one transaction. A notice that is there already stays as it is.
func (r *Record) CommitTelling(ctx context.Context, t timeline.Telling) error {
	if t.Report == "" || t.Until.IsZero() {
		return fmt.Errorf("telling of report %q until %v: name the report and until when it tells", t.Report, t.Until)
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		for i := range t.Notices {
			if err := insertNotice(ctx, s, &t.Notices[i]); err != nil {
				return fmt.Errorf("notice %s: %w", t.Notices[i].ID, err)
			}
		}
		for i := range t.Covered {
			if err := withdraw(ctx, s, t.Covered[i].Incident.ID, t.Covered[i].Receiver); err != nil {
				return err
			}
		}
		_, err := s.exec(ctx, `INSERT INTO meta (key, value) VALUES ('report ' || ?1, ?2)
			ON CONFLICT (key) DO UPDATE SET value = ?2 WHERE CAST(value AS INTEGER) < CAST(?2 AS INTEGER)`, t.Report, stamp{t.Until})
		return err
	})
	return errorf(err, "report %q", t.Report)
}

// Turns gives the openings and resolutions that were put into the outbox in
// [from, to), for all receivers, each with its incident as it is now, oldest
// first.
func (r *Record) Turns(ctx context.Context, from, to time.Time) (out []timeline.Notice, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanNotice, `SELECT `+noticeColumns+` FROM notices n JOIN incidents i ON i.id = n.incident
			WHERE n.created >= ? AND n.created < ? AND n.kind IN ('opening', 'resolution') ORDER BY n.created, n.id`, stamp{from}, stamp{to})
		return err
	})
	return out, errorf(err, "openings and resolutions")
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"marsad/timeline"
)

// The states of a notice.
const (
	pending = "pending"
	sent    = "sent"
	failed  = "failed" // given up

	withheld = "withheld" // nobody wanted to be told
)

func insertNotice(ctx context.Context, s *session, n *timeline.Notice) error {
	var incident int64
	err := s.get(ctx, `SELECT id FROM incidents WHERE incident = ?`, []any{n.Incident.ID}, &incident)
	if errors.Is(err, sql.ErrNoRows) {
		return errorf(timeline.ErrNotFound, "its incident %q", n.Incident.ID)
	}
	if err != nil {
		return err
	}
	next := n.NextTry
	if next.IsZero() {
		next = n.Created
	}
	_, err = s.exec(ctx, `INSERT INTO notices (notice, incident, kind, state, created, attempts, next_try, error, channel, ts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '') ON CONFLICT (notice) DO NOTHING`,
		n.ID, incident, n.Kind, pending, stamp{n.Created}, n.Attempts, stamp{next}, n.Error)
	return err
}

// DueNotices gives up to limit notices that are to be tried now, oldest first,
// each with its incident as it is now.
func (r *Record) DueNotices(ctx context.Context, now time.Time, limit int) (out []timeline.Notice, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanNotice, `SELECT n.notice, n.kind, n.created, n.attempts, n.next_try, n.error, n.held, `+incidentColumns+`
			FROM notices n JOIN incidents i ON i.id = n.incident
			WHERE n.state = 'pending' AND n.next_try <= ? ORDER BY n.created, n.id LIMIT ?`, stamp{now}, limit)
		return err
	})
	return out, errorf(err, "due notices")
}

func scanNotice(row scanner) (n timeline.Notice, err error) {
	var (
		created, next stamp
		incident      incidentScan
	)
	if err := row.Scan(append([]any{&n.ID, &n.Kind, &created, &n.Attempts, &next, &n.Error, &n.Held}, incident.columns()...)...); err != nil {
		return n, err
	}
	n.Created, n.NextTry = created.Time, next.Time
	n.Incident, err = incident.incident()
	return n, err
}

// MarkSent records that a receiver has the notice, and with an opening where its
// incident was announced. A notice that was sent before stays as it was;
// timeline.ErrNotFound when there is none of that id.
func (r *Record) MarkSent(ctx context.Context, id string, receipt timeline.Receipt, at time.Time) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		var (
			incident int64
			kind     timeline.NoticeKind
			state    string
		)
		if err := findNotice(ctx, s, id, &incident, &kind, &state); err != nil || state == sent {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE notices SET state = ?, attempts = attempts + 1, next_try = NULL, error = '',
			channel = ?, ts = ?, sent_at = ? WHERE notice = ?`, sent, receipt.Channel, receipt.TS, stamp{at}, id); err != nil {
			return err
		}
		if kind != timeline.NoticeOpening {
			return nil
		}
		_, err := s.exec(ctx, `UPDATE incidents SET channel = ?, ts = ? WHERE id = ?`, receipt.Channel, receipt.TS, incident)
		return err
	})
	return errorf(err, "notice %q", id)
}

// MarkFailed records that an attempt failed and when to try next; a zero time
// gives the notice up. A notice that was sent stays sent; timeline.ErrNotFound
// when there is none of that id.
func (r *Record) MarkFailed(ctx context.Context, id, reason string, next time.Time) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		var (
			incident int64
			kind     timeline.NoticeKind
			state    string
		)
		if err := findNotice(ctx, s, id, &incident, &kind, &state); err != nil || state == sent {
			return err
		}
		state = pending
		if next.IsZero() {
			state = failed
		}
		_, err := s.exec(ctx, `UPDATE notices SET state = ?, attempts = attempts + 1, next_try = ?, error = ? WHERE notice = ?`,
			state, stamp{next}, reason, id)
		return err
	})
	return errorf(err, "notice %q", id)
}

func findNotice(ctx context.Context, s *session, id string, incident *int64, kind *timeline.NoticeKind, state *string) error {
	err := s.get(ctx, `SELECT incident, kind, state FROM notices WHERE notice = ?`, []any{id}, incident, kind, state)
	if errors.Is(err, sql.ErrNoRows) {
		return timeline.ErrNotFound
	}
	return err
}

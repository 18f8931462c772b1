package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
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

// insertNotice puts a notice into the outbox, unless it is there. Who was not told
// of an incident's opening, as a receiver that is new, does not wait for what
// follows.
func insertNotice(ctx context.Context, s *session, n *timeline.Notice) error {
	var incident sql.NullInt64
	if n.Kind != timeline.NoticeReport {
		err := s.get(ctx, `SELECT id FROM incidents WHERE incident = ?`, []any{n.Incident.ID}, &incident)
		if errors.Is(err, sql.ErrNoRows) {
			return errorf(timeline.ErrNotFound, "its incident %q", n.Incident.ID)
		}
		if err != nil {
			return err
		}
	}
	if n.Kind != timeline.NoticeReport && n.Kind != timeline.NoticeOpening {
		var opened bool
		if err := s.get(ctx, `SELECT EXISTS (SELECT 1 FROM notices WHERE incident = ? AND receiver = ? AND kind = 'opening')`,
			[]any{incident, n.Receiver}, &opened); err != nil || !opened {
			return err
		}
	}
	next := n.NextTry
	if next.IsZero() {
		next = n.Created
	}
	news, err := newsOf(n)
	if err != nil {
		return err
	}
	// An update that was delivered, or given up, waits anew; one that waits will
	// tell the newest state anyway.
	_, err = s.exec(ctx, `INSERT INTO notices (notice, incident, receiver, kind, news, state, created, attempts, next_try, error, channel, ts)
		VALUES (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?7, ?8, ?9, '', '')
		ON CONFLICT (notice) DO UPDATE SET revision = revision + 1, state = 'pending',
			created  = CASE state WHEN 'pending' THEN created ELSE excluded.created END,
			attempts = CASE state WHEN 'pending' THEN attempts ELSE 0 END,
			error    = CASE state WHEN 'pending' THEN error ELSE '' END,
			next_try = CASE state WHEN 'pending' THEN next_try ELSE MAX(excluded.next_try, COALESCE(sent_at, 0) + ?10) END
		WHERE kind = 'update'`,
		n.ID, incident, n.Receiver, n.Kind, news, stamp{n.Created}, n.Attempts, stamp{next}, n.Error, int64(timeline.UpdateEvery))
	return err
}

// newsOf is what a notice tells beside its incident, as JSON; empty when it tells
// nothing.
func newsOf(n *timeline.Notice) (string, error) {
	var body []byte
	var err error
	switch n.Kind {
	case timeline.NoticeReport:
		body, err = json.Marshal(n.Report)
	case timeline.NoticeThread, timeline.NoticeEscalation:
		body, err = json.Marshal(n.News)
	default:
	}
	return string(body), err
}

const noticeColumns = `n.notice, n.kind, n.receiver, n.news, n.created, n.revision, n.attempts, n.next_try, n.error, n.held, n.unsure, n.since,
	COALESCE((SELECT o.channel FROM notices o WHERE o.incident = n.incident AND o.receiver = n.receiver AND o.kind = 'opening'), ''),
	COALESCE((SELECT o.ts      FROM notices o WHERE o.incident = n.incident AND o.receiver = n.receiver AND o.kind = 'opening'), ''), ` + incidentColumns

// DueNotices gives up to limit notices for a receiver that are to be tried now,
// each with its incident as it is now: what is to be told at once before updates
// and thread notices, and reports before what they announce, else the oldest first. Of an incident's notices only the
// oldest is due, but for its update, which any other may overtake save the
// opening.
func (r *Record) DueNotices(ctx context.Context, receiver string, now time.Time, limit int) (out []timeline.Notice, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanNotice, `SELECT `+noticeColumns+`
			FROM notices n LEFT JOIN incidents i ON i.id = n.incident
			WHERE n.state = 'pending' AND n.receiver = ? AND n.next_try <= ?
				AND NOT EXISTS (SELECT 1 FROM notices e WHERE e.incident = n.incident AND e.receiver = n.receiver AND e.state = 'pending'
					AND e.kind <> 'update' AND (e.created, e.id) < (n.created, n.id))
			ORDER BY n.kind IN ('update', 'thread'), n.kind <> 'report', n.created, n.id LIMIT ?`, receiver, stamp{now}, limit)
		if err != nil {
			return err
		}
		for n := range out {
			if err := shareSilence(ctx, s, &out[n].Incident); err != nil {
				return err
			}
		}
		return nil
	})
	return out, errorf(err, "due notices")
}

// Undelivered gives up to limit notices of all receivers that no receiver has:
// those that wait, the oldest first, and then those given up, the newest first,
// whose NextTry is zero.
func (r *Record) Undelivered(ctx context.Context, limit int) (out []timeline.Notice, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanNotice, `SELECT `+noticeColumns+` FROM notices n LEFT JOIN incidents i ON i.id = n.incident
			WHERE n.state IN ('pending', 'failed') ORDER BY n.state DESC,
				CASE n.state WHEN 'pending' THEN n.created ELSE -n.created END LIMIT ?`, limit)
		return err
	})
	return out, errorf(err, "undelivered notices")
}

func scanNotice(row scanner) (n timeline.Notice, err error) {
	var (
		created, next, since stamp
		news                 []byte
		opening              timeline.Receipt
		incident             incidentScan
	)
	if err := row.Scan(append([]any{
		&n.ID, &n.Kind, &n.Receiver, &news, &created, &n.Revision, &n.Attempts, &next, &n.Error, &n.Held, &n.Unsure, &since,
		&opening.Channel, &opening.TS,
	}, incident.columns()...)...); err != nil {
		return n, err
	}
	n.Created, n.NextTry, n.Since = created.Time, next.Time, since.Time
	switch {
	case n.Kind == timeline.NoticeReport:
		return n, json.Unmarshal(news, &n.Report)
	case len(news) > 0:
		if err := json.Unmarshal(news, &n.News); err != nil {
			return n, err
		}
	}
	n.Incident, err = incident.incident()
	if n.Receiver != "" {
		n.Incident.Announced = opening
	}
	return n, err
}

// MarkTrying records that an attempt begins whose end the record may never learn:
// until MarkSent or MarkFailed say otherwise the receiver may have the notice. That
// outlives a power cut. timeline.ErrNotFound when there is none of that id.
func (r *Record) MarkTrying(ctx context.Context, id string, at time.Time) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		n, err := s.exec(ctx, `UPDATE notices SET unsure = unsure + 1, since = COALESCE(since, ?) WHERE notice = ?`, stamp{at}, id)
		if err == nil && n == 0 {
			return timeline.ErrNotFound
		}
		return err
	})
	if err == nil {
		err = r.makeDurable()
	}
	return errorf(err, "notice %q", id)
}

// MarkSent records that a receiver has the notice as it was given by DueNotices.
// What tells an incident's state to the team's own receiver says also where the
// incident was announced. A notice that was sent before stays as it was; an
// update that was put into the outbox again meanwhile waits on, and one that
// waits beside a resolution is told with it. timeline.ErrNotFound when there is
// no such notice.
func (r *Record) MarkSent(ctx context.Context, n timeline.Notice, receipt timeline.Receipt, at time.Time) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		found, err := findNotice(ctx, s, n.ID)
		if err != nil || found.state == sent {
			return err
		}
		state, next := sent, time.Time{}
		if found.revision != n.Revision {
			state, next = pending, at.Add(timeline.UpdateEvery)
		}
		if _, err := s.exec(ctx, `UPDATE notices SET state = ?, attempts = attempts + 1, next_try = ?, error = '', unsure = 0, since = NULL,
			channel = ?, ts = ?, sent_at = ? WHERE notice = ?`, state, stamp{next}, receipt.Channel, receipt.TS, stamp{at}, n.ID); err != nil {
			return err
		}
		if found.kind == timeline.NoticeResolution {
			if _, err := s.exec(ctx, `UPDATE notices SET state = 'sent', next_try = NULL, sent_at = ?
				WHERE incident = ? AND receiver = ? AND kind = 'update' AND state = 'pending'`,
				stamp{at}, found.incident, found.receiver); err != nil {
				return err
			}
		}
		opening := found.kind == timeline.NoticeOpening
		elsewhere := receipt.TS != "" && (found.kind == timeline.NoticeUpdate || found.kind == timeline.NoticeResolution)
		if found.receiver != "" || !opening && !elsewhere {
			return nil
		}
		_, err = s.exec(ctx, `UPDATE incidents SET channel = ?, ts = ? WHERE id = ?`, receipt.Channel, receipt.TS, found.incident)
		return err
	})
	return errorf(err, "notice %q", n.ID)
}

// MarkFailed records that an attempt failed. A notice that was sent stays sent;
// timeline.ErrNotFound when there is none of that id.
func (r *Record) MarkFailed(ctx context.Context, id string, f timeline.Failure) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		found, err := findNotice(ctx, s, id)
		if err != nil || found.state == sent {
			return err
		}
		state := pending
		if f.Next.IsZero() {
			state = failed
		}
		_, err = s.exec(ctx, `UPDATE notices SET state = ?, attempts = attempts + 1, next_try = ?, error = ?, unsure = ?,
			since = CASE ? WHEN 0 THEN NULL ELSE since END WHERE notice = ?`,
			state, stamp{f.Next}, f.Reason, f.Unsure, f.Unsure, id)
		return err
	})
	return errorf(err, "notice %q", id)
}

// noticeRow is what marking a notice needs to know of it.
type noticeRow struct {
	incident int64 // 0: none
	kind     timeline.NoticeKind
	receiver string
	state    string
	revision int
}

func findNotice(ctx context.Context, s *session, id string) (n noticeRow, err error) {
	err = s.get(ctx, `SELECT COALESCE(incident, 0), kind, receiver, state, revision FROM notices WHERE notice = ?`, []any{id},
		&n.incident, &n.kind, &n.receiver, &n.state, &n.revision)
	if errors.Is(err, sql.ErrNoRows) {
		return n, timeline.ErrNotFound
	}
	return n, err
}

// retryGivenUp is how old a notice may be that is tried again when the receiver
// is set up otherwise: what is older is no news.
const retryGivenUp = 7 * 24 * time.Hour

// ReceiversAre says which receivers there are. What waits for another is taken out
// of the outbox and stays on record as withheld; it says how many notices those
// are.
func (r *Record) ReceiversAre(ctx context.Context, receivers []string) (withdrawn int64, err error) {
	body, err := json.Marshal(receivers)
	if err != nil {
		return 0, errorf(err, "receivers")
	}
	err = r.write(ctx, func(ctx context.Context, s *session) (err error) {
		withdrawn, err = s.exec(ctx, `UPDATE notices SET state = ?, next_try = NULL
			WHERE state IN ('pending', 'failed') AND receiver NOT IN (SELECT value FROM json_each(?))`, withheld, string(body))
		return err
	})
	return withdrawn, errorf(err, "receivers")
}

// ReceiverIs says how a receiver is set up: by an opaque word that changes when
// that does. If it did, what was given up in the last week waits again. It says
// how many notices those are.
func (r *Record) ReceiverIs(ctx context.Context, receiver, setup string, now time.Time) (waiting int64, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		changed, err := s.exec(ctx, `INSERT INTO meta (key, value) VALUES ('receiver ' || ?1, ?2)
			ON CONFLICT (key) DO UPDATE SET value = ?2 WHERE value <> ?2`, receiver, setup)
		if err != nil || changed == 0 {
			return err
		}
		waiting, err = s.exec(ctx, `UPDATE notices SET state = 'pending', attempts = 0, next_try = ?
			WHERE state = 'failed' AND receiver = ? AND created >= ?`, stamp{now}, receiver, stamp{now.Add(-retryGivenUp)})
		return err
	})
	return waiting, errorf(err, "receiver %q", receiver)
}

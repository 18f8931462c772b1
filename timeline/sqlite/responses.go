package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"marsad/timeline"
)

// Acknowledge records who has taken an incident in hand. The first to do so
// stays. timeline.ErrNotFound when there is none of the id.
func (r *Record) Acknowledge(ctx context.Context, incident string, a timeline.Acknowledgement) error {
	if a.By == "" || a.At.IsZero() {
		return fmt.Errorf("acknowledgement of incident %q: by %q at %v: say who and when", incident, a.By, a.At)
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if err := respond(ctx, s, `UPDATE incidents SET
			ack_by = CASE WHEN ack_at IS NULL THEN ?1 ELSE ack_by END, ack_at = COALESCE(ack_at, ?2) WHERE incident = ?3`,
			a.By, stamp{a.At}, incident); err != nil {
			return err
		}
		return showAgain(ctx, s, a.At, `i.incident = ?`, incident)
	})
	return errorf(err, "acknowledgement of incident %q", incident)
}

// Label records what somebody thinks of an incident, in place of what was said
// before. timeline.ErrNotFound when there is none of the id.
func (r *Record) Label(ctx context.Context, incident string, f timeline.Feedback) error {
	if !f.Label.Known() || f.By == "" || f.At.IsZero() {
		return fmt.Errorf("label of incident %q: %q by %q at %v: say true, false or duplicate, who and when", incident, f.Label, f.By, f.At)
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if err := respond(ctx, s, `UPDATE incidents SET label = ?, label_by = ?, label_at = ? WHERE incident = ?`,
			f.Label, f.By, stamp{f.At}, incident); err != nil {
			return err
		}
		return showAgain(ctx, s, f.At, `i.incident = ?`, incident)
	})
	return errorf(err, "label of incident %q", incident)
}

// showAgain puts an update of the incidents that a receiver has into the outbox,
// so that it shows what was said to them. The team's own must be able to edit.
func showAgain(ctx context.Context, s *session, at time.Time, which string, args ...any) error {
	updates, err := all(ctx, s, func(row scanner) (timeline.Notice, error) {
		n := timeline.Notice{Kind: timeline.NoticeUpdate, Created: at, NextTry: at}
		err := row.Scan(&n.Incident.ID, &n.Receiver)
		return n, err
	}, `SELECT i.incident, n.receiver FROM incidents i JOIN notices n ON n.incident = i.id AND n.kind = 'opening'
		WHERE CASE n.receiver WHEN '' THEN i.ts <> '' ELSE n.state = 'sent' END AND `+which, args...)
	if err != nil {
		return err
	}
	for i := range updates {
		n := &updates[i]
		n.ID = timeline.NoticeID(n.Incident.ID, n.Kind, timeline.ReceiverParts(n.Receiver)...)
		if err := insertNotice(ctx, s, n); err != nil {
			return err
		}
	}
	return nil
}

// respond changes what has to be there already.
func respond(ctx context.Context, s *session, update string, args ...any) error {
	n, err := s.exec(ctx, update, args...)
	if err == nil && n == 0 {
		err = timeline.ErrNotFound
	}
	return err
}

// Unanswered gives the open incidents that nobody has acknowledged and that a
// receiver was told of aloud before an instant and not since, for each receiver,
// oldest first. While something of the kind waits for a receiver there is none.
func (r *Record) Unanswered(ctx context.Context, before time.Time) (out []timeline.Unanswered, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, func(row scanner) (u timeline.Unanswered, err error) {
			var (
				said     stamp
				incident incidentScan
			)
			if err := row.Scan(append([]any{&u.Receiver, &said}, incident.columns()...)...); err != nil {
				return u, err
			}
			u.Said = said.Time
			u.Incident, err = incident.incident()
			return u, err
		}, `SELECT n.receiver, MAX(n.sent_at), `+incidentColumns+`
			FROM incidents i JOIN notices n ON n.incident = i.id AND n.kind IN ('opening', 'escalation', 'repeat')
			WHERE i.state = ? AND i.ack_at IS NULL GROUP BY i.id, n.receiver
			HAVING MAX(n.state = 'pending') = 0 AND MAX(n.kind = 'opening' AND n.state = 'sent') = 1 AND MAX(n.sent_at) < ?
			ORDER BY i.opened, n.receiver`, timeline.IncidentOpen, stamp{before})
		return err
	})
	return out, errorf(err, "unanswered incidents")
}

// SetSilence records that a topic is not to be announced for a while, in place of
// what was said of the topic before. One that is over as it begins lifts it: what
// was held back for the topic is due at once.
func (r *Record) SetSilence(ctx context.Context, q timeline.Silence) error {
	if q.Topic == "" || q.By == "" || q.At.IsZero() {
		return fmt.Errorf("silence of topic %q: by %q at %v: name the topic, say who and when", q.Topic, q.By, q.At)
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if _, err := s.exec(ctx, `INSERT INTO silences (topic, by, at, until) VALUES (?, ?, ?, ?)
			ON CONFLICT (topic) DO UPDATE SET by = excluded.by, at = excluded.at, until = excluded.until`,
			q.Topic, q.By, stamp{q.At}, stamp{q.Until}); err != nil {
			return err
		}
		_, err := s.exec(ctx, `UPDATE notices SET next_try = ? WHERE state = 'pending' AND held <> ''
			AND incident IN (SELECT id FROM incidents WHERE topic = ?)`, stamp{q.At}, q.Topic)
		if err != nil {
			return err
		}
		return showAgain(ctx, s, q.At, `i.topic = ? AND i.state = ?`, q.Topic, timeline.IncidentOpen)
	})
	return errorf(err, "silence of topic %q", q.Topic)
}

// Silences gives those that hold at an instant, by topic.
func (r *Record) Silences(ctx context.Context, at time.Time) (out []timeline.Silence, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, func(row scanner) (q timeline.Silence, err error) {
			var asked, until stamp
			err = row.Scan(&q.Topic, &q.By, &asked, &until)
			q.At, q.Until = asked.Time, until.Time
			return q, err
		}, `SELECT topic, by, at, until FROM silences WHERE until IS NULL OR until > ? ORDER BY topic`, stamp{at})
		return err
	})
	return out, errorf(err, "silences")
}

// HoldNotice puts a pending notice off, without an attempt, and says why.
// timeline.ErrNotFound when there is none of the id that is pending.
func (r *Record) HoldNotice(ctx context.Context, id, reason string, until time.Time) error {
	if reason == "" || until.IsZero() {
		return errors.New("notice held: say why and until when")
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		return respond(ctx, s, `UPDATE notices SET held = ?, next_try = ? WHERE notice = ? AND state = 'pending'`,
			reason, stamp{until}, id)
	})
	return errorf(err, "notice %q", id)
}

// WithdrawNotices takes a receiver's pending notices of an incident out of the
// outbox: it will not be told. They stay on record as withheld.
func (r *Record) WithdrawNotices(ctx context.Context, incident, receiver string) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error { return withdraw(ctx, s, incident, receiver) })
	return errorf(err, "notices of incident %q", incident)
}

func withdraw(ctx context.Context, s *session, incident, receiver string) error {
	_, err := s.exec(ctx, `UPDATE notices SET state = ?, next_try = NULL WHERE state = 'pending'
		AND receiver = ? AND incident = (SELECT id FROM incidents WHERE incident = ?)`, withheld, receiver, incident)
	return err
}

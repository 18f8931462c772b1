package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// changeKind says what an entry of the change log is about.
type changeKind string

const (
	articleChange  changeKind = "article"
	pollChange     changeKind = "poll"
	stepChange     changeKind = "step"
	incidentChange changeKind = "incident"
)

// tombstone is a point that is gone, as the change log keeps it.
type tombstone struct {
	Bucket      timeline.Bucket `json:"b,omitempty"`
	Measurement string          `json:"m"`
	Tags        [][2]string     `json:"t"`
	Time        int64           `json:"at"`
}

// vanished gives the points of before that are not among those of after.
func vanished(before, after []timeline.Point) []tombstone {
	still := make(map[string]bool, len(after))
	for i := range after {
		still[pointKey(&after[i])] = true
	}
	var gone []tombstone
	for i := range before {
		p := &before[i]
		if still[pointKey(p)] {
			continue
		}
		t := tombstone{Bucket: p.Bucket, Measurement: p.Measurement, Time: p.Time.UnixNano()}
		for _, tag := range p.Tags {
			t.Tags = append(t.Tags, [2]string{tag.Key, tag.Value})
		}
		gone = append(gone, t)
	}
	return gone
}

// pointKey names what tells a point from others: writing two alike overwrites.
func pointKey(p *timeline.Point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s %d", p.Bucket, p.Measurement, p.Time.UnixNano())
	for _, tag := range p.Tags {
		b.WriteString(strconv.Quote(tag.Key) + strconv.Quote(tag.Value))
	}
	return b.String()
}

func (t *tombstone) point() timeline.Point {
	p := timeline.Point{Bucket: t.Bucket, Measurement: t.Measurement, Time: time.Unix(0, t.Time).UTC()}
	for _, tag := range t.Tags {
		p.Tags = append(p.Tags, timeline.Tag{Key: tag[0], Value: tag[1]})
	}
	return p
}

// logChange appends an entry to the change log.
func logChange(ctx context.Context, s *session, kind changeKind, ref int64, at time.Time, gone []tombstone) error {
	var tombstones any
	if len(gone) > 0 {
		data, err := json.Marshal(gone)
		if err != nil {
			return err
		}
		tombstones = string(data)
	}
	_, err := s.exec(ctx, `INSERT INTO changes (at, kind, ref, tombstones) VALUES (?, ?, ?, ?)`, stamp{at}, kind, ref, tombstones)
	return err
}

// lastChange gives the time of the newest entry, for changes that come without a
// time of their own; 1970 when the log is empty.
func lastChange(ctx context.Context, s *session) (time.Time, error) {
	var at stamp
	err := s.get(ctx, `SELECT at FROM changes ORDER BY seq DESC LIMIT 1`, nil, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Unix(0, 0).UTC(), nil
	}
	return at.Time, err
}

// change is a row of changes.
type change struct {
	seq, ref   int64
	kind       changeKind
	at         stamp
	tombstones []byte
}

// Changes gives up to limit entries of the change log, those after the number,
// in order. What an entry writes is as it is now: an entry of something that has
// been pruned since writes nothing, and an article that was revised since comes
// in its newest form. Whoever applies the entries in order ends with exactly the
// points of the record as it is at the last one, wherever it began.
func (r *Record) Changes(ctx context.Context, after int64, limit int) (changes []timeline.Change, err error) {
	err = r.read(ctx, func(s *session) error {
		rows, err := all(ctx, s, func(row scanner) (c change, err error) {
			return c, row.Scan(&c.seq, &c.at, &c.kind, &c.ref, &c.tombstones)
		}, `SELECT seq, at, kind, ref, tombstones FROM changes WHERE seq > ? ORDER BY seq LIMIT ?`, after, limit)
		if err != nil {
			return err
		}
		changes = make([]timeline.Change, 0, len(rows))
		for i := range rows {
			c, err := r.resolve(ctx, s, &rows[i])
			if err != nil {
				return fmt.Errorf("change %d: %w", rows[i].seq, err)
			}
			changes = append(changes, c)
		}
		return nil
	})
	if err == nil && len(changes) > 0 { // who asks tells others
		err = r.makeDurable()
	}
	return changes, errorf(err, "changes after %d", after)
}

// resolve gives an entry its points.
func (r *Record) resolve(ctx context.Context, s *session, row *change) (c timeline.Change, err error) {
	c = timeline.Change{Seq: row.seq, At: row.at.Time}
	if row.tombstones != nil {
		var gone []tombstone
		if err := json.Unmarshal(row.tombstones, &gone); err != nil {
			return c, err
		}
		for i := range gone {
			c.Delete = append(c.Delete, gone[i].point())
		}
	}
	switch row.kind {
	case articleChange:
		k, err := r.readKeptWith(ctx, s, row.ref, withPoints)
		if errors.Is(err, sql.ErrNoRows) {
			return c, nil
		}
		if err != nil {
			return c, err
		}
		c.Write, c.Beyond = timeline.ArticlePoints(&k.Article, k.Facts), beyond(k.Facts.Events)
	case pollChange:
		polls, err := all(ctx, s, scanLoggedPoll,
			`SELECT p.id, `+pollColumns+` FROM polls p JOIN feeds f ON f.id = p.feed WHERE p.id = ?`, row.ref)
		if err != nil {
			return c, err
		}
		for i := range polls {
			c.Write = append(c.Write, polls[i].point())
		}
	case stepChange:
		evaluations, err := all(ctx, s, scanEvaluation,
			`SELECT `+evaluationColumns+` FROM evaluations WHERE step = ? ORDER BY topic, span`, row.ref)
		if err != nil {
			return c, err
		}
		for i := range evaluations {
			c.Write = append(c.Write, evaluations[i].Point())
		}
	case incidentChange:
		c.Write, err = incidentPoints(ctx, s, row.ref)
	}
	return c, err
}

// beyond counts the events that no point can have.
func beyond(events []timeline.Event) (n int) {
	for i := range events {
		if events[i].At.IsZero() {
			n++
		}
	}
	return n
}

// loggedPoll is a poll with its row and the time of its point.
type loggedPoll struct {
	row  int64
	at   time.Time
	poll timeline.Poll
}

func scanLoggedPoll(row scanner) (p loggedPoll, err error) {
	p.poll, p.at, err = scanPoll(prefixed{row, []any{&p.row}})
	return p, err
}

// point gives the poll's point at its own time.
func (p *loggedPoll) point() timeline.Point {
	at := p.poll
	at.At = p.at
	return at.Point()
}

// prefixed is a row that has some columns before those that are asked for.
type prefixed struct {
	row    scanner
	before []any
}

// Scan implements scanner.
func (p prefixed) Scan(into ...any) error { return p.row.Scan(append(p.before, into...)...) }

// Position gives how far a follower of the change log has come; 0 at first.
func (r *Record) Position(ctx context.Context, follower string) (seq int64, err error) {
	err = r.read(ctx, func(s *session) error {
		err := s.get(ctx, `SELECT seq FROM followers WHERE follower = ?`, []any{follower}, &seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return seq, errorf(err, "position of %q", follower)
}

// SetPosition records how far a follower has come.
func (r *Record) SetPosition(ctx context.Context, follower string, seq int64) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		_, err := s.exec(ctx, `INSERT INTO followers (follower, seq) VALUES (?, ?)
			ON CONFLICT (follower) DO UPDATE SET seq = excluded.seq`, follower, seq)
		return err
	})
	return errorf(err, "position of %q", follower)
}

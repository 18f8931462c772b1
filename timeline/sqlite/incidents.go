package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"marsad/timeline"
)

// saveIncident inserts or updates an incident, gives it a point when it is in a
// new state or severity, and logs the change.
func saveIncident(ctx context.Context, s *session, i *timeline.Incident) error {
	body, err := json.Marshal(i)
	if err != nil {
		return err
	}
	var row int64
	if err := s.get(ctx, `INSERT INTO incidents (incident, topic, state, opened, body, channel, ts)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (incident) DO UPDATE SET topic = excluded.topic, state = excluded.state, opened = excluded.opened, body = excluded.body
		RETURNING id`,
		[]any{i.ID, i.Topic, i.State, stamp{i.Opened}, string(body), i.Announced.Channel, i.Announced.TS}, &row); err != nil {
		return err
	}
	if err := markState(ctx, s, row, i); err != nil {
		return err
	}
	return logChange(ctx, s, incidentChange, row, i.Updated, nil)
}

// markState gives the incident a point for its state and severity, unless it has
// been in both before. The point shows the leading headline of that time.
func markState(ctx context.Context, s *session, row int64, i *timeline.Incident) error {
	var been bool
	if err := s.get(ctx, `SELECT EXISTS (SELECT 1 FROM incident_points WHERE incident = ? AND state = ? AND severity = ?)`,
		[]any{row, i.State, i.Severity}, &been); err != nil || been {
		return err
	}
	var text, url string
	if len(i.Headlines) > 0 {
		text, url = i.Headlines[0].Title, i.Headlines[0].URL
	}
	point := pointTime(i.Updated, i.ID, string(i.State))
	for {
		changed, err := s.exec(ctx, `INSERT INTO incident_points (incident, state, severity, at, title, text, url)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (at) DO NOTHING`,
			row, i.State, i.Severity, stamp{point}, i.Title, text, url)
		if err != nil || changed > 0 {
			return err
		}
		point = point.Add(1)
	}
}

// incidentPoints gives the points of an incident: one for each state and severity
// it has been in.
func incidentPoints(ctx context.Context, s *session, row int64) ([]timeline.Point, error) {
	return all(ctx, s, scanIncidentPoint, incidentPointQuery+` WHERE p.incident = ? ORDER BY p.at`, row)
}

const incidentPointQuery = `SELECT i.topic, p.state, p.severity, p.at, p.title, p.text, p.url
	FROM incident_points p JOIN incidents i ON i.id = p.incident`

func scanIncidentPoint(row scanner) (timeline.Point, error) {
	var (
		i         timeline.Incident
		at        stamp
		text, url string
	)
	err := row.Scan(&i.Topic, &i.State, &i.Severity, &at, &i.Title, &text, &url)
	i.Updated = at.Time
	return i.Point(text, url), err
}

// incidentColumns may be of no incident, in a notice that has none.
const incidentColumns = `COALESCE(i.incident, ''), COALESCE(i.topic, ''), i.opened, i.body, COALESCE(i.channel, ''), COALESCE(i.ts, ''),
	COALESCE(i.ack_by, ''), i.ack_at, COALESCE(i.label, ''), COALESCE(i.label_by, ''), i.label_at,
	COALESCE((SELECT q.by FROM silences q WHERE q.topic = i.topic), ''),
	(SELECT q.at FROM silences q WHERE q.topic = i.topic),
	(SELECT q.until FROM silences q WHERE q.topic = i.topic)`

func scanIncident(row scanner) (timeline.Incident, error) {
	var scan incidentScan
	if err := row.Scan(scan.columns()...); err != nil {
		return timeline.Incident{}, err
	}
	return scan.incident()
}

// incidentScan takes incidentColumns.
type incidentScan struct {
	id, topic string
	opened    stamp
	body      []byte
	announce  timeline.Receipt

	acknowledged        timeline.Acknowledgement
	feedback            timeline.Feedback
	silence             timeline.Silence
	ackAt, labelAt      stamp
	silenceAt, silenced stamp
}

func (c *incidentScan) columns() []any {
	return []any{
		&c.id, &c.topic, &c.opened, &c.body, &c.announce.Channel, &c.announce.TS,
		&c.acknowledged.By, &c.ackAt, &c.feedback.Label, &c.feedback.By, &c.labelAt,
		&c.silence.By, &c.silenceAt, &c.silenced,
	}
}

func (c *incidentScan) incident() (i timeline.Incident, err error) {
	err = json.Unmarshal(c.body, &i)
	// The columns are what counts: the body is from before.
	i.Announced, i.Acknowledged, i.Feedback, i.Silence = c.announce, c.acknowledged, c.feedback, c.silence
	i.Acknowledged.At, i.Feedback.At = c.ackAt.Time, c.labelAt.Time
	if !c.silenceAt.IsZero() {
		i.Silence.Topic, i.Silence.At, i.Silence.Until = c.topic, c.silenceAt.Time, c.silenced.Time
	}
	return i, err
}

// shareSilence gives an incident that others have joined the silence that all its
// topics share: the one that ends first. Where a topic has none, it has none.
func shareSilence(ctx context.Context, s *session, i *timeline.Incident) error {
	for _, topic := range i.Topics()[1:] {
		if i.Silence.At.IsZero() {
			return nil
		}
		q := timeline.Silence{Topic: topic}
		var asked, until stamp
		err := s.get(ctx, `SELECT by, at, until FROM silences WHERE topic = ?`, []any{topic}, &q.By, &asked, &until)
		switch q.At, q.Until = asked.Time, until.Time; {
		case errors.Is(err, sql.ErrNoRows):
			i.Silence = timeline.Silence{}
		case err != nil:
			return err
		case i.Silence.Muted(), !q.Muted() && q.Until.Before(i.Silence.Until):
			i.Silence = q
		}
	}
	return nil
}

func shareSilences(ctx context.Context, s *session, incidents []timeline.Incident) error {
	for n := range incidents {
		if err := shareSilence(ctx, s, &incidents[n]); err != nil {
			return err
		}
	}
	return nil
}

// OpenIncidents gives the incidents that are not resolved, oldest first.
func (r *Record) OpenIncidents(ctx context.Context) (out []timeline.Incident, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanIncident, `SELECT `+incidentColumns+` FROM incidents i WHERE state = ? ORDER BY opened, incident`,
			timeline.IncidentOpen)
		if err != nil {
			return err
		}
		return shareSilences(ctx, s, out)
	})
	return out, errorf(err, "open incidents")
}

// Incident gives an incident by its id; timeline.ErrNotFound when there is none.
func (r *Record) Incident(ctx context.Context, id string) (i timeline.Incident, err error) {
	err = r.read(ctx, func(s *session) error {
		found, err := all(ctx, s, scanIncident, `SELECT `+incidentColumns+` FROM incidents i WHERE incident = ?`, id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return timeline.ErrNotFound
		}
		if err := shareSilences(ctx, s, found); err != nil {
			return err
		}
		i = found[0]
		return nil
	})
	return i, errorf(err, "incident %q", id)
}

// Incidents gives the incidents by the time they opened, newest first. Of the
// query From, To and Topic select.
func (r *Record) Incidents(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.Incident], err error) {
	err = r.read(ctx, func(s *session) error {
		p, err := newPager(q)
		if err != nil {
			return err
		}
		where := selection{column: `i.opened`, id: `i.incident`}
		where.between(q.From, q.To)
		where.equal(`i.topic`, q.Topic)
		page, err = turn(ctx, s, p, where, scanIncident,
			func(i timeline.Incident) key { return key{i.Opened.UnixNano(), i.ID} },
			`SELECT `+incidentColumns+` FROM incidents i`)
		if err != nil {
			return err
		}
		return shareSilences(ctx, s, page.Items)
	})
	return page, errorf(err, "incidents")
}

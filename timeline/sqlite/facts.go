package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"marsad/timeline"
)

// The forms in which what no column holds of a fact lies in facts.data.
type (
	dateData struct {
		Lo        *instant           `json:"lo,omitempty"`
		Hi        *instant           `json:"hi,omitempty"`
		Precision timeline.Precision `json:"precision"`
		Relation  timeline.Relation  `json:"relation"`
		TIMEX3    string             `json:"timex,omitempty"`
		Ref       *instant           `json:"ref,omitempty"`
		Rule      string             `json:"rule"`
	}
	countData struct {
		Lo      *float64       `json:"lo,omitempty"`
		Best    *float64       `json:"best,omitempty"`
		Hi      *float64       `json:"hi,omitempty"`
		Bound   timeline.Bound `json:"bound"`
		Object  [2]int         `json:"object"`
		Kind    string         `json:"kind"`
		Of      string         `json:"of,omitempty"`
		By      string         `json:"by,omitempty"`
		Negated bool           `json:"negated,omitempty"`
		Rule    string         `json:"rule"`
	}
	quantityData struct {
		Type  string   `json:"type"`
		Value *float64 `json:"value,omitempty"`
		Lo    *float64 `json:"lo,omitempty"`
		Hi    *float64 `json:"hi,omitempty"`
		Unit  string   `json:"unit,omitempty"`
		Text  string   `json:"text,omitempty"`
		Rule  string   `json:"rule"`
	}
)

// fact is a row of facts.
type fact struct {
	id             int64
	fact           string
	article        int64
	kind           timeline.FactKind
	span, sentence timeline.Span
	at             stamp
	data           []byte
}

const factColumns = `f.id, f.fact, f.article, f.kind, f.span_start, f.span_end, f.sentence_start, f.sentence_end, f.at, f.data`

func scanFact(row scanner) (f fact, err error) {
	return f, row.Scan(&f.id, &f.fact, &f.article, &f.kind, &f.span.Start, &f.span.End, &f.sentence.Start, &f.sentence.End, &f.at, &f.data)
}

func (f *fact) date() (d timeline.Date, err error) {
	var data dateData
	if err := json.Unmarshal(f.data, &data); err != nil {
		return d, fmt.Errorf("fact %s: %w", f.fact, err)
	}
	d = timeline.Date{
		Span: f.span, Sentence: f.sentence, Precision: data.Precision, Relation: data.Relation,
		TIMEX3: data.TIMEX3, Rule: data.Rule, At: f.at.Time,
	}
	for _, t := range []struct {
		from *instant
		to   *time.Time
	}{{data.Lo, &d.Interval.Lo}, {data.Hi, &d.Interval.Hi}, {data.Ref, &d.Ref}} {
		if t.from != nil {
			*t.to = t.from.Time
		}
	}
	return d, nil
}

func (f *fact) count() (c timeline.Count, err error) {
	var data countData
	if err := json.Unmarshal(f.data, &data); err != nil {
		return c, fmt.Errorf("fact %s: %w", f.fact, err)
	}
	return timeline.Count{
		Span: f.span, Sentence: f.sentence, Lo: data.Lo, Best: data.Best, Hi: data.Hi, Bound: data.Bound,
		Object: timeline.Span{Start: data.Object[0], End: data.Object[1]}, Kind: data.Kind,
		Of: data.Of, By: data.By, Negated: data.Negated, Rule: data.Rule, At: f.at.Time,
	}, nil
}

func (f *fact) quantity() (q timeline.Quantity, err error) {
	var data quantityData
	if err := json.Unmarshal(f.data, &data); err != nil {
		return q, fmt.Errorf("fact %s: %w", f.fact, err)
	}
	return timeline.Quantity{
		Span: f.span, Sentence: f.sentence, Type: data.Type, Value: data.Value, Lo: data.Lo, Hi: data.Hi,
		Unit: data.Unit, Text: data.Text, Rule: data.Rule,
	}, nil
}

// factWriter inserts the facts of one revision of an article.
type factWriter struct {
	row      int64
	article  string
	revision int
	seen     map[string]bool // ids; a fact read twice is one
}

// insertFacts inserts dates, counts and other quantities and gives each date and
// count the time of its points. Mentions are apart.
func insertFacts(ctx context.Context, s *session, row int64, a *timeline.Article, facts *timeline.Facts) error {
	w := factWriter{row: row, article: a.ID, revision: a.Revision, seen: make(map[string]bool)}
	for i := range facts.Dates {
		d := &facts.Dates[i]
		data := dateData{
			Lo: instantOf(d.Interval.Lo), Hi: instantOf(d.Interval.Hi), Precision: d.Precision, Relation: d.Relation,
			TIMEX3: d.TIMEX3, Ref: instantOf(d.Ref), Rule: d.Rule,
		}
		at := d.Interval.Lo
		if at.IsZero() {
			at = d.Interval.Hi
		}
		lo := sql.NullInt64{Int64: at.Unix(), Valid: !at.IsZero()}
		if !projectable(at) {
			at = time.Time{}
		}
		if err := w.insert(ctx, s, timeline.KindDate, d.Span, d.Sentence, d.Rule, lo, stamp{}, at, data); err != nil {
			return err
		}
	}
	for i := range facts.Counts {
		c := &facts.Counts[i]
		data := countData{
			Lo: c.Lo, Best: c.Best, Hi: c.Hi, Bound: c.Bound, Object: [2]int{c.Object.Start, c.Object.End}, Kind: c.Kind,
			Of: c.Of, By: c.By, Negated: c.Negated, Rule: c.Rule,
		}
		if err := w.insert(ctx, s, timeline.KindCount, c.Span, c.Sentence, c.Rule, sql.NullInt64{}, stamp{a.Published}, a.Published, data); err != nil {
			return err
		}
	}
	for i := range facts.Other {
		q := &facts.Other[i]
		data := quantityData{Type: q.Type, Value: q.Value, Lo: q.Lo, Hi: q.Hi, Unit: q.Unit, Text: q.Text, Rule: q.Rule}
		if err := w.insert(ctx, s, timeline.KindOther, q.Span, q.Sentence, q.Rule, sql.NullInt64{}, stamp{}, time.Time{}, data); err != nil {
			return err
		}
	}
	return nil
}

func instantOf(t time.Time) *instant {
	if t.IsZero() {
		return nil
	}
	return &instant{t}
}

// insert inserts a fact; its points are at the second of at, and have none when
// at is zero.
func (w *factWriter) insert(ctx context.Context, s *session, kind timeline.FactKind, span, sentence timeline.Span, rule string,
	lo sql.NullInt64, published stamp, at time.Time, data any,
) error {
	id := timeline.FactID(w.article, w.revision, kind, span, rule)
	if w.seen[id] {
		return nil
	}
	w.seen[id] = true
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("%s at %d of article %s: %w", kind, span.Start, w.article, err)
	}
	const query = `INSERT INTO facts
		(fact, article, kind, revision, span_start, span_end, sentence_start, sentence_end, lo, published, at, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, at) WHERE at IS NOT NULL DO NOTHING`
	insert := func(at stamp) (int64, error) {
		return s.exec(ctx, query, id, w.row, kind, w.revision, span.Start, span.End, sentence.Start, sentence.End, lo, published, at, string(encoded))
	}
	if at.IsZero() {
		_, err := insert(stamp{})
		return err
	}
	return insertAt(at, id, insert)
}

// insertAt calls insert with the time of a point: at to the second, and the
// nanoseconds that the id has of its own. While insert says that the time is
// taken (no row changed), it goes on to the next nanosecond.
func insertAt(at time.Time, id string, insert func(at stamp) (changed int64, err error)) error {
	point := pointTime(at, id)
	for {
		changed, err := insert(stamp{point})
		if err != nil || changed > 0 {
			return err
		}
		point = point.Add(1)
	}
}

func pointTime(at time.Time, id ...string) time.Time {
	return time.Unix(at.Unix(), timeline.Spread(int64(time.Second), id...)).UTC()
}

// readFacts reads the facts of an article, mentions and all, in the order in
// which they were given.
func readFacts(ctx context.Context, s *session, row int64) (facts timeline.Facts, err error) {
	rows, err := all(ctx, s, scanFact, `SELECT `+factColumns+` FROM facts f WHERE f.article = ? ORDER BY f.id`, row)
	if err != nil {
		return facts, err
	}
	for i := range rows {
		switch rows[i].kind {
		case timeline.KindDate:
			d, err := rows[i].date()
			if err != nil {
				return facts, err
			}
			facts.Dates = append(facts.Dates, d)
		case timeline.KindCount:
			c, err := rows[i].count()
			if err != nil {
				return facts, err
			}
			facts.Counts = append(facts.Counts, c)
		case timeline.KindOther:
			q, err := rows[i].quantity()
			if err != nil {
				return facts, err
			}
			facts.Other = append(facts.Other, q)
		}
	}
	facts.Mentions, err = readMentions(ctx, s, row)
	return facts, err
}

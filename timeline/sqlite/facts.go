package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
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
	eventData struct {
		Lo        instant            `json:"lo"`
		Hi        instant            `json:"hi"`
		Precision timeline.Precision `json:"precision"`
		Relation  timeline.Relation  `json:"relation"`
		TIMEX3    string             `json:"timex,omitempty"`
		Dates     [][2]int           `json:"dates,omitempty"`
		Counts    [][2]int           `json:"counts,omitempty"`
		Actors    []string           `json:"actors,omitempty"`
		Places    []string           `json:"places,omitempty"`
		Planned   bool               `json:"planned,omitempty"`
		Rule      string             `json:"rule"`
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
	article        int64
	kind           timeline.FactKind
	span, sentence timeline.Span
	second, nanos  sql.NullInt64
	data           []byte
}

const factColumns = `f.id, f.article, f.kind, f.span_start, f.span_end, f.sentence_start, f.sentence_end, f.second, f.nanos, f.data`

func scanFact(row scanner) (f fact, err error) {
	return f, row.Scan(&f.id, &f.article, &f.kind, &f.span.Start, &f.span.End, &f.sentence.Start, &f.sentence.End, &f.second, &f.nanos, &f.data)
}

// at gives the time of the fact's points; zero when it has none.
func (f *fact) at() time.Time {
	if !f.second.Valid {
		return time.Time{}
	}
	at := time.Unix(f.second.Int64, f.nanos.Int64).UTC()
	if !projectable(at) {
		return time.Time{}
	}
	return at
}

func (f *fact) date() (d timeline.Date, err error) {
	var data dateData
	if err := json.Unmarshal(f.data, &data); err != nil {
		return d, fmt.Errorf("fact %d: %w", f.id, err)
	}
	d = timeline.Date{
		Span: f.span, Sentence: f.sentence, Precision: data.Precision, Relation: data.Relation,
		TIMEX3: data.TIMEX3, Rule: data.Rule,
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
		return c, fmt.Errorf("fact %d: %w", f.id, err)
	}
	return timeline.Count{
		Span: f.span, Sentence: f.sentence, Lo: data.Lo, Best: data.Best, Hi: data.Hi, Bound: data.Bound,
		Object: timeline.Span{Start: data.Object[0], End: data.Object[1]}, Kind: data.Kind,
		Of: data.Of, By: data.By, Negated: data.Negated, Rule: data.Rule, At: f.at(),
	}, nil
}

func (f *fact) event() (e timeline.Event, err error) {
	var data eventData
	if err := json.Unmarshal(f.data, &data); err != nil {
		return e, fmt.Errorf("fact %d: %w", f.id, err)
	}
	return timeline.Event{
		Span: f.span, Sentence: f.sentence, Dates: spansFrom(data.Dates), Counts: spansFrom(data.Counts),
		Actors: data.Actors, Places: data.Places, Interval: timeline.Interval{Lo: data.Lo.Time, Hi: data.Hi.Time},
		Precision: data.Precision, Relation: data.Relation, TIMEX3: data.TIMEX3, Planned: data.Planned, Rule: data.Rule, At: f.at(),
	}, nil
}

func (f *fact) quantity() (q timeline.Quantity, err error) {
	var data quantityData
	if err := json.Unmarshal(f.data, &data); err != nil {
		return q, fmt.Errorf("fact %d: %w", f.id, err)
	}
	return timeline.Quantity{
		Span: f.span, Sentence: f.sentence, Type: data.Type, Value: data.Value, Lo: data.Lo, Hi: data.Hi,
		Unit: data.Unit, Text: data.Text, Rule: data.Rule,
	}, nil
}

// factRow is a fact as it is inserted.
type factRow struct {
	kind           timeline.FactKind
	span, sentence timeline.Span
	rule           string
	second, nanos  sql.NullInt64
	data           string
}

// factWriter collects the facts of one revision of an article.
type factWriter struct {
	article *timeline.Article
	rows    []factRow
}

// insertFacts inserts the facts of a revision, gives each count and event the time
// of its points, and remembers which reader they are of. Mentions are apart.
func insertFacts(ctx context.Context, s *session, row int64, a *timeline.Article, facts *timeline.Facts) error {
	w, err := newFactWriter(a, facts)
	if err != nil {
		return err
	}
	if err := w.insert(ctx, s, row); err != nil {
		return err
	}
	return setVersion(ctx, s, row, facts.Version)
}

// newFactWriter collects the facts of a revision, mentions apart.
func newFactWriter(a *timeline.Article, facts *timeline.Facts) (*factWriter, error) {
	w := &factWriter{article: a, rows: make([]factRow, 0, len(facts.Dates)+len(facts.Counts)+len(facts.Other)+len(facts.Events))}
	for i := range facts.Dates {
		d := &facts.Dates[i]
		if err := w.add(timeline.KindDate, d.Span, d.Sentence, d.Rule, time.Time{}, dateData{
			Lo: instantOf(d.Interval.Lo), Hi: instantOf(d.Interval.Hi), Precision: d.Precision, Relation: d.Relation,
			TIMEX3: d.TIMEX3, Ref: instantOf(d.Ref), Rule: d.Rule,
		}); err != nil {
			return nil, err
		}
	}
	for i := range facts.Counts {
		c := &facts.Counts[i]
		if err := w.add(timeline.KindCount, c.Span, c.Sentence, c.Rule, a.Published, countData{
			Lo: c.Lo, Best: c.Best, Hi: c.Hi, Bound: c.Bound, Object: [2]int{c.Object.Start, c.Object.End}, Kind: c.Kind,
			Of: c.Of, By: c.By, Negated: c.Negated, Rule: c.Rule,
		}); err != nil {
			return nil, err
		}
	}
	for i := range facts.Other {
		q := &facts.Other[i]
		if err := w.add(timeline.KindOther, q.Span, q.Sentence, q.Rule, time.Time{}, quantityData{
			Type: q.Type, Value: q.Value, Lo: q.Lo, Hi: q.Hi, Unit: q.Unit, Text: q.Text, Rule: q.Rule,
		}); err != nil {
			return nil, err
		}
	}
	for i := range facts.Events {
		e := &facts.Events[i]
		if err := w.add(timeline.KindEvent, e.Span, e.Sentence, e.Rule, e.Interval.Lo, eventData{
			Lo: instant{e.Interval.Lo}, Hi: instant{e.Interval.Hi}, Precision: e.Precision, Relation: e.Relation, TIMEX3: e.TIMEX3,
			Dates: pairsOf(e.Dates), Counts: pairsOf(e.Counts), Actors: e.Actors, Places: e.Places, Planned: e.Planned, Rule: e.Rule,
		}); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func instantOf(t time.Time) *instant {
	if t.IsZero() {
		return nil
	}
	return &instant{t}
}

func pairsOf(spans []timeline.Span) [][2]int {
	pairs := make([][2]int, 0, len(spans))
	for _, s := range spans {
		pairs = append(pairs, [2]int{s.Start, s.End})
	}
	return pairs
}

func spansFrom(pairs [][2]int) (spans []timeline.Span) {
	for _, p := range pairs {
		spans = append(spans, timeline.Span{Start: p[0], End: p[1]})
	}
	return spans
}

// add collects a fact that lies at the second of at, or nowhere when at is zero.
// A fact that was read twice is one.
func (w *factWriter) add(kind timeline.FactKind, span, sentence timeline.Span, rule string, at time.Time, data any) error {
	for i := range w.rows {
		if f := &w.rows[i]; f.kind == kind && f.span == span && f.rule == rule {
			return nil
		}
	}
	encoded, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("%s at %d of article %s: %w", kind, span.Start, w.article.ID, err)
	}
	f := factRow{kind: kind, span: span, sentence: sentence, rule: rule, data: string(encoded)}
	if !at.IsZero() {
		id := timeline.FactID(w.article.ID, w.article.Revision, kind, span, rule)
		f.second = sql.NullInt64{Int64: at.Unix(), Valid: true}
		f.nanos = sql.NullInt64{Int64: timeline.Spread(int64(time.Second), id), Valid: true}
	}
	w.rows = append(w.rows, f)
	return nil
}

// factsAtOnce is how many facts one statement inserts at most.
const factsAtOnce = 8

// insert inserts the facts, several with one statement. Where a time is taken,
// which hardly ever is, the facts of that statement are inserted one by one, each
// at the next nanosecond of its second that is free.
func (w *factWriter) insert(ctx context.Context, s *session, row int64) error {
	for some := range slices.Chunk(w.rows, factsAtOnce) {
		first, err := insertFactRows(ctx, s, row, w.article.Revision, some)
		if err != nil {
			return err
		}
		if first == int64(len(some)) {
			continue
		}
		if _, err := s.exec(ctx, `DELETE FROM facts WHERE id IN (SELECT id FROM facts WHERE article = ? ORDER BY id DESC LIMIT ?)`, row, first); err != nil {
			return err
		}
		for i := range some {
			for changed := int64(0); changed == 0; {
				if changed, err = insertFactRows(ctx, s, row, w.article.Revision, some[i:i+1]); err != nil {
					return err
				}
				if changed == 0 {
					some[i].nanos.Int64 = (some[i].nanos.Int64 + 1) % int64(time.Second)
				}
			}
		}
	}
	return nil
}

// insertFactRows inserts those of the facts whose times are free and says how
// many.
func insertFactRows(ctx context.Context, s *session, row int64, revision int, facts []factRow) (inserted int64, err error) {
	args := make([]any, 0, 10*len(facts))
	for i := range facts {
		f := &facts[i]
		args = append(args, row, f.kind, revision, f.span.Start, f.span.End, f.sentence.Start, f.sentence.End, f.second, f.nanos, f.data)
	}
	return s.exec(ctx, `INSERT INTO facts
		(article, kind, revision, span_start, span_end, sentence_start, sentence_end, second, nanos, data)
		VALUES `+tuples(len(facts), 10)+` ON CONFLICT (kind, second, nanos) WHERE second IS NOT NULL DO NOTHING`, args...)
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
		case timeline.KindEvent:
			e, err := rows[i].event()
			if err != nil {
				return facts, err
			}
			facts.Events = append(facts.Events, e)
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

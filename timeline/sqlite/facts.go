package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"marsad/timeline"
)

// The forms in which what a fact of one kind has of its own is kept.
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
		Lo        *float64       `json:"lo,omitempty"`
		Best      *float64       `json:"best,omitempty"`
		Hi        *float64       `json:"hi,omitempty"`
		Bound     timeline.Bound `json:"bound"`
		Object    [2]int         `json:"object"`
		Kind      string         `json:"kind"`
		Of        string         `json:"of,omitempty"`
		By        string         `json:"by,omitempty"`
		In        []string       `json:"in,omitempty"`
		Countries []string       `json:"countries,omitempty"`
		Negated   bool           `json:"negated,omitempty"`
		Rule      string         `json:"rule"`
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
		Countries []string           `json:"countries,omitempty"`
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

// fact is a fact as the row of its article has it.
type fact struct {
	Kind     timeline.FactKind `json:"kind"`
	Span     [2]int            `json:"span"`
	Sentence [2]int            `json:"sentence"`
	At       *moment           `json:"at"`   // as in fact_times; nil when it is in no listing
	Data     json.RawMessage   `json:"data"` // one of the forms above

	// Of a fact that is to be written: its rule, and its place among those of its kind
	// that were given.
	rule  string
	given int
}

// moment is a second since 1970 and a nanosecond in it.
type moment [2]int64

// recordedFacts gives the facts of an article as they are in its row.
func recordedFacts(ctx context.Context, s *session, row int64) ([]fact, error) {
	var data []byte
	if err := s.get(ctx, `SELECT facts FROM articles WHERE id = ?`, []any{row}, &data); err != nil {
		return nil, err
	}
	return decodeRecorded(row, data)
}

func decodeRecorded(row int64, data []byte) (facts []fact, err error) {
	if err := json.Unmarshal(data, &facts); err != nil {
		return nil, fmt.Errorf("facts of article %d: %w", row, err)
	}
	return facts, nil
}

func (f *fact) span() timeline.Span { return timeline.Span{Start: f.Span[0], End: f.Span[1]} }

func (f *fact) sentence() timeline.Span {
	return timeline.Span{Start: f.Sentence[0], End: f.Sentence[1]}
}

// read decodes the form that the fact has its data in.
func (f *fact) read(form any) error {
	if err := json.Unmarshal(f.Data, form); err != nil {
		return fmt.Errorf("%s at %d: %w", f.Kind, f.Span[0], err)
	}
	return nil
}

// at gives the time of the fact's points; zero when it has none.
func (f *fact) at() time.Time {
	if f.At == nil {
		return time.Time{}
	}
	at := time.Unix(f.At[0], f.At[1]).UTC()
	if !projectable(at) {
		return time.Time{}
	}
	return at
}

func (f *fact) date() (d timeline.Date, err error) {
	var data dateData
	if err := f.read(&data); err != nil {
		return d, err
	}
	d = timeline.Date{
		Span: f.span(), Sentence: f.sentence(), Precision: data.Precision, Relation: data.Relation,
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
	if err := f.read(&data); err != nil {
		return c, err
	}
	return timeline.Count{
		Span: f.span(), Sentence: f.sentence(), Lo: data.Lo, Best: data.Best, Hi: data.Hi, Bound: data.Bound,
		Object: timeline.Span{Start: data.Object[0], End: data.Object[1]}, Kind: data.Kind,
		Of: data.Of, By: data.By, In: data.In, Countries: data.Countries, Negated: data.Negated, Rule: data.Rule, At: f.at(),
	}, nil
}

func (f *fact) event() (e timeline.Event, err error) {
	var data eventData
	if err := f.read(&data); err != nil {
		return e, err
	}
	return timeline.Event{
		Span: f.span(), Sentence: f.sentence(), Dates: spansFrom(data.Dates), Counts: spansFrom(data.Counts),
		Actors: data.Actors, Places: data.Places, Countries: data.Countries, Interval: timeline.Interval{Lo: data.Lo.Time, Hi: data.Hi.Time},
		Precision: data.Precision, Relation: data.Relation, TIMEX3: data.TIMEX3, Planned: data.Planned, Rule: data.Rule, At: f.at(),
	}, nil
}

func (f *fact) quantity() (q timeline.Quantity, err error) {
	var data quantityData
	if err := f.read(&data); err != nil {
		return q, err
	}
	return timeline.Quantity{
		Span: f.span(), Sentence: f.sentence(), Type: data.Type, Value: data.Value, Lo: data.Lo, Hi: data.Hi,
		Unit: data.Unit, Text: data.Text, Rule: data.Rule,
	}, nil
}

// factWriter collects the facts of one revision of an article.
type factWriter struct {
	article *timeline.Article
	facts   []fact
	data    []byte // of the facts, in one piece as long as there is room
	room    *factRoom
}

// factRoom is what the facts of one article after the other are written into.
type factRoom struct{ data, encoded []byte }

// maxFactRoom is how much of it is kept, in bytes.
const maxFactRoom = 1 << 18

// leave keeps the room of a writer for the next.
func (r *factRoom) leave(data, encoded []byte) {
	if cap(data)+cap(encoded) <= maxFactRoom {
		r.data, r.encoded = data[:0], encoded[:0]
	}
}

// usualData is how much the data of a fact takes, in bytes; it may take more.
const usualData = 192

// newFactWriter collects the facts of a revision, mentions apart. Once it has
// encoded them the room is another's.
func newFactWriter(room *factRoom, a *timeline.Article, facts *timeline.Facts) (*factWriter, error) {
	n := len(facts.Dates) + len(facts.Counts) + len(facts.Other) + len(facts.Events)
	w := &factWriter{article: a, facts: make([]fact, 0, n), data: slices.Grow(room.data, n*usualData), room: room}
	for i := range facts.Dates {
		d := &facts.Dates[i]
		if err := w.add(i, timeline.KindDate, d.Span, d.Sentence, d.Rule, time.Time{}, &dateData{
			Lo: instantOf(d.Interval.Lo), Hi: instantOf(d.Interval.Hi), Precision: d.Precision, Relation: d.Relation,
			TIMEX3: d.TIMEX3, Ref: instantOf(d.Ref), Rule: d.Rule,
		}); err != nil {
			return nil, err
		}
	}
	for i := range facts.Counts {
		c := &facts.Counts[i]
		if err := w.add(i, timeline.KindCount, c.Span, c.Sentence, c.Rule, a.Published, &countData{
			Lo: c.Lo, Best: c.Best, Hi: c.Hi, Bound: c.Bound, Object: [2]int{c.Object.Start, c.Object.End}, Kind: c.Kind,
			Of: c.Of, By: c.By, In: c.In, Countries: c.Countries, Negated: c.Negated, Rule: c.Rule,
		}); err != nil {
			return nil, err
		}
	}
	for i := range facts.Other {
		q := &facts.Other[i]
		if err := w.add(i, timeline.KindOther, q.Span, q.Sentence, q.Rule, time.Time{}, &quantityData{
			Type: q.Type, Value: q.Value, Lo: q.Lo, Hi: q.Hi, Unit: q.Unit, Text: q.Text, Rule: q.Rule,
		}); err != nil {
			return nil, err
		}
	}
	for i := range facts.Events {
		e := &facts.Events[i]
		if err := w.add(i, timeline.KindEvent, e.Span, e.Sentence, e.Rule, e.Interval.Lo, &eventData{
			Lo: instant{e.Interval.Lo}, Hi: instant{e.Interval.Hi}, Precision: e.Precision, Relation: e.Relation, TIMEX3: e.TIMEX3,
			Dates: pairsOf(e.Dates), Counts: pairsOf(e.Counts), Actors: e.Actors, Places: e.Places, Countries: e.Countries, Planned: e.Planned, Rule: e.Rule,
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
func (w *factWriter) add(given int, kind timeline.FactKind, span, sentence timeline.Span, rule string, at time.Time, data appender) error {
	for i := range w.facts {
		if f := &w.facts[i]; f.Kind == kind && f.span() == span && f.rule == rule {
			return nil
		}
	}
	start := len(w.data)
	encoded, err := data.appendTo(w.data)
	if err != nil {
		return fmt.Errorf("%s at %d of article %s: %w", kind, span.Start, w.article.ID, err)
	}
	w.data = encoded
	f := fact{Kind: kind, Span: [2]int{span.Start, span.End}, Sentence: [2]int{sentence.Start, sentence.End}, Data: encoded[start:len(encoded):len(encoded)], rule: rule, given: given}
	if !at.IsZero() {
		id := timeline.FactID(w.article.ID, w.article.Revision, kind, span, rule)
		f.At = &moment{at.Unix(), timeline.Spread(int64(time.Second), id)}
	}
	w.facts = append(w.facts, f)
	return nil
}

// timesAtOnce is how many times one statement takes at most.
const timesAtOnce = 8

// takeTimes takes the time of each fact that is listed, several with one
// statement. Where one is taken already, which hardly ever is, the facts of that
// statement take theirs one by one, each the next nanosecond of its second that is
// free.
func (w *factWriter) takeTimes(ctx context.Context, s *session, row int64) error {
	var listed []*fact
	for i := range w.facts {
		f := &w.facts[i]
		if f.At == nil {
			continue
		}
		for slices.ContainsFunc(listed, func(g *fact) bool { return g.Kind == f.Kind && *g.At == *f.At }) {
			f.At.advance()
		}
		listed = append(listed, f)
	}
	for some := range slices.Chunk(listed, timesAtOnce) {
		taken, err := takeTimes(ctx, s, row, some)
		if err != nil {
			return err
		}
		if taken == int64(len(some)) {
			continue
		}
		if err := giveTimes(ctx, s, row, some); err != nil {
			return err
		}
		for i := range some {
			for taken := int64(0); taken == 0; {
				if taken, err = takeTimes(ctx, s, row, some[i:i+1]); err != nil {
					return err
				}
				if taken == 0 {
					some[i].At.advance()
				}
			}
		}
	}
	return nil
}

// advance goes on to the next nanosecond of the second.
func (m *moment) advance() { m[1] = (m[1] + 1) % int64(time.Second) }

// takeTimes takes those of the times that are free and says how many.
func takeTimes(ctx context.Context, s *session, row int64, facts []*fact) (taken int64, err error) {
	args := make([]any, 0, 4*len(facts))
	for _, f := range facts {
		args = append(args, f.Kind, f.At[0], f.At[1], row)
	}
	return s.exec(ctx, `INSERT OR FAIL INTO fact_times (kind, second, nanos, article) VALUES `+tuples(len(facts), 4)+` ON CONFLICT DO NOTHING`, args...)
}

// giveTimes gives back those of the times that the article has.
func giveTimes(ctx context.Context, s *session, row int64, facts []*fact) error {
	for _, f := range facts {
		if _, err := s.exec(ctx, `DELETE FROM fact_times WHERE kind = ? AND second = ? AND nanos = ? AND article = ?`,
			f.Kind, f.At[0], f.At[1], row); err != nil {
			return err
		}
	}
	return nil
}

// giveAllTimes gives back the times of an article whose facts go.
func giveAllTimes(ctx context.Context, s *session, row int64) error {
	facts, err := recordedFacts(ctx, s, row)
	if err != nil {
		return err
	}
	var listed []*fact
	for i := range facts {
		if facts[i].At != nil {
			listed = append(listed, &facts[i])
		}
	}
	return giveTimes(ctx, s, row, listed)
}

// replace puts the facts in the place of those that the article has.
func (w *factWriter) replace(ctx context.Context, s *session, row int64) error {
	if err := giveAllTimes(ctx, s, row); err != nil {
		return err
	}
	if err := w.takeTimes(ctx, s, row); err != nil {
		return err
	}
	_, err := s.exec(ctx, `UPDATE articles SET facts = ? WHERE id = ?`, w.encode(), row)
	return err
}

// timed gives the counts and events of the facts that were given with the times they
// have taken.
func (w *factWriter) timed(given *timeline.Facts) (facts timeline.Facts) {
	for i := range w.facts {
		f := &w.facts[i]
		switch f.Kind {
		case timeline.KindCount:
			c := given.Counts[f.given]
			c.At = f.at()
			facts.Counts = append(facts.Counts, c)
		case timeline.KindEvent:
			e := given.Events[f.given]
			e.At = f.at()
			facts.Events = append(facts.Events, e)
		default: // has no time
		}
	}
	return facts
}

// encode gives the facts as the article's row has them.
func (w *factWriter) encode() string {
	size := 2
	for i := range w.facts {
		size += len(w.facts[i].Data) + usualData/2
	}
	out := append(slices.Grow(w.room.encoded, size), '[')
	for i := range w.facts {
		f := &w.facts[i]
		if i > 0 {
			out = append(out, ',')
		}
		o := object{out: out}
		o.text("kind", string(f.Kind))
		o.ints("span", f.Span[:])
		o.ints("sentence", f.Sentence[:])
		if f.At != nil {
			o.ints64("at", f.At[:])
		}
		o.raw("data", f.Data)
		out = o.end()
	}
	out = append(out, ']')
	w.room.leave(w.data, out)
	return string(out)
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
func readFacts(ctx context.Context, s *session, row int64) (timeline.Facts, error) {
	recorded, err := recordedFacts(ctx, s, row)
	if err != nil {
		return timeline.Facts{}, err
	}
	return wholeFacts(ctx, s, row, recorded)
}

// wholeFacts decodes recorded facts and completes them with what other tables
// have of them.
func wholeFacts(ctx context.Context, s *session, row int64, recorded []fact) (facts timeline.Facts, err error) {
	for i := range recorded {
		if err := recorded[i].addTo(&facts); err != nil {
			return facts, fmt.Errorf("facts of article %d: %w", row, err)
		}
	}
	if err := readPlaces(ctx, s, row, facts.Events); err != nil {
		return facts, err
	}
	facts.Mentions, err = readMentions(ctx, s, row)
	return facts, err
}

// addTo adds the fact to those of its kind.
func (f *fact) addTo(facts *timeline.Facts) error {
	switch f.Kind {
	case timeline.KindDate:
		d, err := f.date()
		facts.Dates = append(facts.Dates, d)
		return err
	case timeline.KindCount:
		c, err := f.count()
		facts.Counts = append(facts.Counts, c)
		return err
	case timeline.KindEvent:
		e, err := f.event()
		facts.Events = append(facts.Events, e)
		return err
	case timeline.KindOther:
		q, err := f.quantity()
		facts.Other = append(facts.Other, q)
		return err
	}
	return nil
}

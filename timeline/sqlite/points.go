package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
)

// Points visits the points that the record has of a measurement, in the order of
// their seconds, until visit gives an error, which it returns as it is. They are
// the points that the change log writes. Those of counts and events are read with
// their articles, which takes its time.
func (r *Record) Points(ctx context.Context, q timeline.PointQuery, visit func(*timeline.Point) error) error {
	var stopped error
	err := r.read(ctx, func(s *session) error {
		w := pointWalk{ctx: ctx, record: r, s: s, q: q}
		w.visit = func(p *timeline.Point) error {
			if (q.From.IsZero() || !p.Time.Before(q.From)) && (q.To.IsZero() || p.Time.Before(q.To)) {
				stopped = visit(p)
			}
			return stopped
		}
		return w.walk()
	})
	if stopped != nil {
		return stopped
	}
	return errorf(err, "points of %s", q.Measurement)
}

// pointWalk is one walk through the points of a measurement.
type pointWalk struct {
	ctx    context.Context //nolint:containedctx // of the one call that it lives for
	record *Record
	s      *session
	q      timeline.PointQuery
	visit  func(*timeline.Point) error
}

func (w *pointWalk) walk() error {
	switch w.q.Measurement {
	case "articles":
		return w.articles()
	case "mentions":
		return w.mentions()
	case "counts":
		return w.counts()
	case "events":
		return w.events()
	case "expected":
		return w.expected()
	case "incidents":
		return w.incidents()
	case "polls":
		return w.polls()
	}
	return fmt.Errorf("there is no measurement %q", w.q.Measurement)
}

// walkQuery is a query that is put together.
type walkQuery struct {
	text   string
	wheres []string
	args   []any
}

func (b *walkQuery) where(condition string, args ...any) {
	b.wheres = append(b.wheres, condition)
	b.args = append(b.args, args...)
}

// oneOf selects by the values that a tag may have, if the query names any.
func (b *walkQuery) oneOf(column string, values []string, bound bool) {
	if bound {
		b.where(column+` IN (`+strings.TrimPrefix(strings.Repeat(", ?", len(values)), ", ")+`)`, anys(values)...)
	}
}

func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// between selects by a column that is in the same second as the points: whole
// seconds, which the walk then narrows.
func (b *walkQuery) between(column string, q *timeline.PointQuery) {
	if !q.From.IsZero() {
		b.where(column+` >= ?`, from(q.From.Truncate(time.Second)))
	}
	if !q.To.IsZero() {
		b.where(column+` < ?`, to(time.Unix(ceilSeconds(q.To), 0)))
	}
}

func (b *walkQuery) ordered(column string, q *timeline.PointQuery) (query string, args []any) {
	text := b.text
	if len(b.wheres) > 0 {
		text += ` WHERE ` + strings.Join(b.wheres, ` AND `)
	}
	text += ` ORDER BY ` + column
	if q.Newest {
		text += ` DESC`
	}
	return text, b.args
}

// each reads the rows of a query one by one.
func each(ctx context.Context, s *session, query string, args []any, scan func(scanner) error) error {
	stmt, err := s.prepare(ctx, query) //nolint:sqlclosecheck // the session keeps it
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (w *pointWalk) articles() error {
	b := walkQuery{text: `SELECT a.at, f.name, a.publisher, a.country, a.lang, ` + w.unlessBare(`s.story`) + `
		FROM articles a JOIN feeds f ON f.id = a.feed` + w.unlessBareJoin()}
	b.between(`a.published`, &w.q)
	query, args := b.ordered(`a.published`, &w.q)
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		var (
			a  timeline.Article
			at stamp
		)
		if err := row.Scan(&at, &a.Feed, &a.Publisher, &a.Country, &a.Lang, &a.Story); err != nil {
			return err
		}
		a.At = at.Time
		return w.visit(&timeline.ArticlePoints(&a, timeline.Facts{})[0])
	})
}

// bare reports whether no field but n is wanted.
func (w *pointWalk) bare() bool {
	return w.q.Fields != nil && !slices.ContainsFunc(w.q.Fields, func(name string) bool { return name != "n" })
}

// unlessBare gives the columns, or empty ones where only n is wanted.
func (w *pointWalk) unlessBare(columns ...string) string {
	if w.bare() {
		for i := range columns {
			columns[i] = `''`
		}
	}
	return strings.Join(columns, `, `)
}

func (w *pointWalk) unlessBareJoin() string {
	if w.bare() {
		return ``
	}
	return ` JOIN stories s ON s.id = a.story`
}

func (w *pointWalk) mentions() error {
	b := walkQuery{text: `SELECT m.topic, m.topic_hash, m.revision, m.at, ` + w.spans() + `,
			f.name, a.publisher, a.country, a.lang, ` + w.unlessBare(`s.story`, `a.title`, `a.url`) + `
		FROM mentions m JOIN articles a ON a.id = m.article JOIN feeds f ON f.id = a.feed` + w.unlessBareJoin()}
	// Either way there is an index that has them in their order.
	order := `m.at`
	topics, bound := w.q.Tags["topic"]
	if bound {
		order = `m.published`
	}
	b.oneOf(`m.topic`, topics, bound)
	b.between(order, &w.q)
	query, args := b.ordered(order, &w.q)
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		var a timeline.Article
		m, err := scanMention(followed{row, []any{&a.Feed, &a.Publisher, &a.Country, &a.Lang, &a.Story, &a.Title, &a.URL}})
		if err != nil {
			return err
		}
		return w.visit(&timeline.ArticlePoints(&a, timeline.Facts{Mentions: []timeline.Mention{m}})[1])
	})
}

func (w *pointWalk) spans() string {
	if w.bare() {
		return `'[]'`
	}
	return `m.spans`
}

// followed is a row that has some columns after those that are asked for.
type followed struct {
	row   scanner
	after []any
}

// Scan implements scanner.
func (f followed) Scan(into ...any) error { return f.row.Scan(append(into, f.after...)...) }

// placed is an article that has facts with points in a second.
type placed struct{ second, article int64 }

func scanPlaced(row scanner) (p placed, err error) { return p, row.Scan(&p.second, &p.article) }

// counts are found by the articles on a topic where topics are named, for most
// articles have counts and few are on a topic.
func (w *pointWalk) counts() error {
	if packable(&w.q) {
		return w.packed()
	}
	topics, bound := w.q.Tags["topic"]
	if !bound || slices.Contains(topics, timeline.NoTopic) {
		return w.facts(w.listedFacts("count"))
	}
	b := walkQuery{text: `SELECT DISTINCT m.published / 1000000000 - (m.published % 1000000000 < 0), m.article FROM mentions m`}
	b.oneOf(`m.topic`, topics, true)
	b.between(`m.published`, &w.q)
	return w.facts(b.ordered(`m.published`, &w.q))
}

// events lie at other seconds than their articles: those are read once each where
// the order does not matter.
func (w *pointWalk) events() error {
	if !w.q.AnyOrder {
		return w.facts(w.listedFacts("event"))
	}
	if packable(&w.q) {
		return w.packed()
	}
	b := w.listed(`SELECT DISTINCT f.article FROM fact_times f`, timeline.KindEvent)
	query, args := b.ordered(`f.article`, &w.q)
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		var article int64
		if err := row.Scan(&article); err != nil {
			return err
		}
		return w.article(article)
	})
}

// listedFacts finds articles by the times of their facts.
func (w *pointWalk) listedFacts(kind timeline.FactKind) (query string, args []any) {
	b := w.listed(`SELECT DISTINCT f.second, f.article FROM fact_times f`, kind)
	return b.ordered(`f.second`, &w.q)
}

func (w *pointWalk) listed(text string, kind timeline.FactKind) *walkQuery {
	b := walkQuery{text: text}
	b.where(`f.kind = ?`, kind)
	if !w.q.From.IsZero() {
		b.where(`f.second >= ?`, w.q.From.Unix())
	}
	if !w.q.To.IsZero() {
		b.where(`f.second < ?`, ceilSeconds(w.q.To))
	}
	if topics, bound := w.q.Tags["topic"]; bound && !slices.Contains(topics, timeline.NoTopic) {
		b.where(`EXISTS (SELECT 1 FROM mentions m WHERE m.article = f.article AND m.topic IN (`+
			strings.TrimPrefix(strings.Repeat(", ?", len(topics)), ", ")+`))`, anys(topics)...)
	}
	return &b
}

// facts visits the points of the measurement that articles have in a second.
func (w *pointWalk) facts(query string, args []any) error {
	var last int64
	var points []timeline.Point
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		p, err := scanPlaced(row)
		if err != nil {
			return err
		}
		if p.article != last {
			if points, err = w.pointsOf(p.article); err != nil {
				return err
			}
			last = p.article
		}
		for i := range points {
			if points[i].Time.Unix() == p.second {
				if err := w.visit(&points[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// article visits the points of the measurement that an article has.
func (w *pointWalk) article(row int64) error {
	points, err := w.pointsOf(row)
	if err != nil {
		return err
	}
	for i := range points {
		if err := w.visit(&points[i]); err != nil {
			return err
		}
	}
	return nil
}

// pointsOf reads the points of the measurement that an article has.
func (w *pointWalk) pointsOf(row int64) ([]timeline.Point, error) {
	left := withPoints
	if w.q.Measurement == "counts" {
		left = withCounts
	}
	k, err := w.record.readKeptWith(w.ctx, w.s, row, left)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(timeline.ArticlePoints(&k.Article, k.Facts), func(p timeline.Point) bool { return p.Measurement != w.q.Measurement }), nil
}

func (w *pointWalk) expected() error {
	b := walkQuery{text: `SELECT ` + evaluationColumns + ` FROM evaluations`}
	topics, bound := w.q.Tags["topic"]
	b.oneOf(`topic`, topics, bound)
	if windows, bound := w.q.Tags["window"]; bound {
		var spans []any
		for _, window := range windows {
			// What is no window has no points.
			if d, err := time.ParseDuration(window); err == nil {
				spans = append(spans, int64(d))
			}
		}
		b.where(`span IN (`+strings.TrimPrefix(strings.Repeat(", ?", len(spans)), ", ")+`)`, spans...)
	}
	b.between(`step`, &w.q)
	query, args := b.ordered(`step`, &w.q)
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		e, err := scanEvaluation(row)
		if err != nil {
			return err
		}
		p := e.Point()
		return w.visit(&p)
	})
}

func (w *pointWalk) incidents() error {
	b := walkQuery{text: incidentPointQuery}
	b.between(`p.at`, &w.q)
	query, args := b.ordered(`p.at`, &w.q)
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		p, err := scanIncidentPoint(row)
		if err != nil {
			return err
		}
		return w.visit(&p)
	})
}

func (w *pointWalk) polls() error {
	b := walkQuery{text: `SELECT f.name, p.point, p.outcome, p.fetched, p.new, p.known, p.revised, p.rejected, p.status, p.bytes, p.took
		FROM polls p JOIN feeds f ON f.id = p.feed`}
	feeds, bound := w.q.Tags["feed"]
	b.oneOf(`f.name`, feeds, bound)
	b.between(`p.at`, &w.q)
	query, args := b.ordered(`p.at`, &w.q)
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		var (
			p  timeline.Poll
			at stamp
		)
		if err := row.Scan(&p.Feed, &at, &p.Outcome, &p.Fetched, &p.New, &p.Known, &p.Revised, &p.Rejected, &p.Status, &p.Bytes, (*int64)(&p.Took)); err != nil {
			return err
		}
		p.At = at.Time
		point := p.Point()
		return w.visit(&point)
	})
}

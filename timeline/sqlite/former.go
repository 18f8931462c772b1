package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"marsad/timeline"
)

// formerFigure is a count that a former revision had, by itself: the text that it was read
// in is not read for it again.
type formerFigure struct {
	Text string `json:"text"` // as written
	countData
}

// keepFormer keeps what an article said of each happening and does not say any more
// now that it is revised; before is what it was.
func (r *Record) keepFormer(ctx context.Context, s *session, before *kept, at time.Time) error {
	if len(before.Facts.Counts) == 0 {
		return nil
	}
	now, err := readFacts(ctx, s, before.row)
	if err != nil {
		return err
	}
	former := make(map[int64][]formerFigure)
	reading := before.Article.Reading()
	for i := range before.Facts.Events {
		e := &before.Facts.Events[i]
		n, ok := parseHappening(e.Happening)
		if !ok {
			continue
		}
		for _, c := range countsAt(before.Facts.Counts, e.Counts) {
			f := formerFigure{c.Span.Of(reading), countData{
				Lo: c.Lo, Best: c.Best, Hi: c.Hi, Bound: c.Bound, Kind: c.Kind, Of: c.Of, By: c.By,
				In: c.In, Countries: c.Countries, Negated: c.Negated, Rule: c.Rule,
			}}
			if !says(&now, e.Happening, &c) && !hasFigure(former[n], &c) {
				former[n] = append(former[n], f)
			}
		}
	}
	for n, figures := range former {
		data, err := json.Marshal(figures)
		if err != nil {
			return fmt.Errorf("former figures of article %s: %w", before.Article.ID, err)
		}
		if _, err := s.exec(ctx, `INSERT INTO former_figures (happening, article, revision, until, figures) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, n, before.row, before.Article.Revision, stamp{at}, string(data)); err != nil {
			return err
		}
	}
	return nil
}

// says reports whether the facts have a count of as many of the same in what they
// tell of a happening.
func says(f *timeline.Facts, happening string, c *timeline.Count) bool {
	for i := range f.Events {
		e := &f.Events[i]
		if e.Happening != happening {
			continue
		}
		for _, other := range countsAt(f.Counts, e.Counts) {
			if other.Kind == c.Kind && other.Negated == c.Negated && sameNumber(&other, c) {
				return true
			}
		}
	}
	return false
}

func hasFigure(figures []formerFigure, c *timeline.Count) bool {
	for i := range figures {
		f := figures[i].count()
		if f.Kind == c.Kind && f.By == c.By && f.Negated == c.Negated && sameNumber(&f, c) {
			return true
		}
	}
	return false
}

func sameNumber(a, b *timeline.Count) bool {
	same := func(x, y *float64) bool { return x == nil && y == nil || x != nil && y != nil && *x == *y }
	return a.Bound == b.Bound && same(a.Lo, b.Lo) && same(a.Best, b.Best) && same(a.Hi, b.Hi)
}

func (f *formerFigure) count() timeline.Count {
	return timeline.Count{
		Lo: f.Lo, Best: f.Best, Hi: f.Hi, Bound: f.Bound, Kind: f.Kind, Of: f.Of, By: f.By,
		In: f.In, Countries: f.Countries, Negated: f.Negated, Rule: f.Rule,
	}
}

// former gives what its sources said of a happening in revisions before the newest,
// at most maxMentions revisions.
func (l *listing) former(ctx context.Context, happening int64) (said []timeline.FormerCount, err error) {
	type row struct {
		article  int64
		revision int
		until    stamp
		figures  []byte
	}
	rows, err := all(ctx, l.s, func(from scanner) (r row, err error) {
		return r, from.Scan(&r.article, &r.revision, &r.until, &r.figures)
	}, `SELECT article, revision, until, figures FROM former_figures WHERE happening = ? ORDER BY article, revision LIMIT ?`, happening, maxMentions)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		var figures []formerFigure
		if err := json.Unmarshal(r.figures, &figures); err != nil {
			return nil, fmt.Errorf("former figures of article %d: %w", r.article, err)
		}
		of, err := l.article(ctx, r.article)
		if err != nil {
			return nil, err
		}
		for i := range figures {
			said = append(said, timeline.FormerCount{
				Article: of.Article, Revision: r.revision, Until: r.until.Time, Count: figures[i].count(), Text: figures[i].Text,
			})
		}
	}
	return said, nil
}

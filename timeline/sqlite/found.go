package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"marsad/timeline"
)

// FoundEvents gives the events that were found in articles, latest first by where
// they begin; From and To select by that too. Topic selects the events of the
// topic, which are fewer than those of the articles that mention it; the rest
// selects by article.
func (r *Record) FoundEvents(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.FoundEvent], err error) {
	err = r.read(ctx, func(s *session) error {
		page, err = findFacts(ctx, r, s, q, eventSelection(q), func(k *kept, f *fact) (timeline.FoundEvent, timeline.Span, error) {
			e, err := f.event()
			return timeline.FoundEvent{Article: k.Article, Event: e, Counts: countsAt(k.Facts.Counts, e.Counts)}, e.Sentence, err
		}, func(e *timeline.FoundEvent) *[]string { return &e.Topics })
		return err
	})
	return page, errorf(err, "events")
}

// eventSelection selects events by where they begin.
func eventSelection(q timeline.Query) selection {
	where := selection{column: `f.second`, id: `f.nanos`}
	where.where(`f.kind = 'event'`)
	if !q.From.IsZero() {
		where.where(`f.second >= ?`, ceilSeconds(q.From))
	}
	if !q.To.IsZero() {
		where.where(`f.second < ?`, ceilSeconds(q.To))
	}
	return where
}

// countsAt gives the counts with one of the spans.
func countsAt(counts []timeline.Count, spans []timeline.Span) (at []timeline.Count) {
	for i := range counts {
		if slices.Contains(spans, counts[i].Span) {
			at = append(at, counts[i])
		}
	}
	return at
}

// FoundCounts gives the counts that were found in articles, newest first by the
// article's publication. Topic selects the counts of the topic; the rest selects
// by article.
func (r *Record) FoundCounts(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.FoundCount], err error) {
	err = r.read(ctx, func(s *session) error {
		where := selection{column: `f.second`, id: `f.nanos`}
		where.where(`f.kind = 'count'`)
		if !q.From.IsZero() {
			where.where(`f.second >= ? AND a.published >= ?`, q.From.Unix(), from(q.From))
		}
		if !q.To.IsZero() {
			where.where(`f.second < ? AND a.published < ?`, ceilSeconds(q.To), to(q.To))
		}
		page, err = findFacts(ctx, r, s, q, where, func(k *kept, f *fact) (timeline.FoundCount, timeline.Span, error) {
			c, err := f.count()
			return timeline.FoundCount{Article: k.Article, Count: c}, c.Sentence, err
		}, func(c *timeline.FoundCount) *[]string { return &c.Topics })
		return err
	})
	return page, errorf(err, "counts")
}

// ceilSeconds gives the first whole second at or after t.
func ceilSeconds(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// listed is a row of fact_times.
type listed struct {
	kind    timeline.FactKind
	at      moment
	article int64
}

func scanListed(row scanner) (l listed, err error) {
	return l, row.Scan(&l.kind, &l.at[0], &l.at[1], &l.article)
}

// place is where the fact stands in a listing.
func (l *listed) place() key { return key{l.at[0], strconv.FormatInt(l.at[1], 10)} }

// factsOf is an article with its facts as its row has them.
type factsOf struct {
	kept
	recorded []fact
}

func (r *Record) readFactsOf(ctx context.Context, s *session, row int64) (of *factsOf, err error) {
	of = &factsOf{}
	if of.kept, err = r.readKept(ctx, s, row); err != nil {
		return nil, err
	}
	of.recorded, err = recordedFacts(ctx, s, row)
	return of, err
}

// find gives the fact that is listed.
func (of *factsOf) find(l *listed) (*fact, error) {
	for i := range of.recorded {
		if f := &of.recorded[i]; f.Kind == l.kind && f.At != nil && *f.At == l.at {
			return f, nil
		}
	}
	return nil, fmt.Errorf("article %d has no %s at %d.%09d, which is listed", l.article, l.kind, l.at[0], l.at[1])
}

// findFacts reads a page of facts. Which topics a fact has is not a column (it
// depends on its sentence), so that facts of articles that mention the topic are
// gone through until the page is full.
func findFacts[T any](ctx context.Context, r *Record, s *session, q timeline.Query, where selection,
	found func(*kept, *fact) (T, timeline.Span, error), topics func(*T) *[]string,
) (page timeline.Page[T], err error) {
	p, err := newPager(q)
	if err != nil {
		return page, err
	}
	whereArticle(&where, q)
	if q.Topic != "" {
		where.where(`EXISTS (SELECT 1 FROM mentions m WHERE m.article = f.article AND m.topic = ?)`, q.Topic)
	}
	page.Items = []T{}
	for after := p.after; ; {
		query, args := where.sql(`SELECT f.kind, f.second, f.nanos, f.article FROM fact_times f JOIN articles a ON a.id = f.article`, after, p.limit+1)
		facts, err := all(ctx, s, scanListed, query, args...)
		if err != nil {
			return page, err
		}
		articles := make(map[int64]*factsOf) // of these facts; most share theirs
		for i := range facts {
			l := &facts[i]
			of := articles[l.article]
			if of == nil {
				if of, err = r.readFactsOf(ctx, s, l.article); err != nil {
					return page, err
				}
				articles[l.article] = of
			}
			f, err := of.find(l)
			if err != nil {
				return page, err
			}
			item, sentence, err := found(&of.kept, f)
			if err != nil {
				return page, err
			}
			its := timeline.TopicsOf(&of.Article, sentence, of.Facts.Mentions)
			if q.Topic != "" && !slices.Contains(its, q.Topic) {
				continue
			}
			if len(page.Items) == p.limit { // there is more
				page.Next = p.after.cursor()
				return page, nil
			}
			*topics(&item) = its
			page.Items = append(page.Items, item)
			p.after = l.place()
		}
		if len(facts) <= p.limit {
			return page, nil
		}
		after = facts[len(facts)-1].place()
	}
}

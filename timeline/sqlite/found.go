package sqlite

import (
	"context"
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
		where := selection{column: `f.second`, id: `f.nanos`}
		where.where(`f.kind = 'event'`)
		if !q.From.IsZero() {
			where.where(`f.second >= ?`, ceilSeconds(q.From))
		}
		if !q.To.IsZero() {
			where.where(`f.second < ?`, ceilSeconds(q.To))
		}
		page, err = findFacts(ctx, r, s, q, where, func(k *kept, f *fact) (timeline.FoundEvent, timeline.Span, error) {
			e, err := f.event()
			return timeline.FoundEvent{Article: k.Article, Event: e, Counts: countsAt(k.Facts.Counts, e.Counts)}, e.Sentence, err
		}, func(e *timeline.FoundEvent) *[]string { return &e.Topics })
		return err
	})
	return page, errorf(err, "events")
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

// place is where the fact stands in a listing.
func (f *fact) place() key { return key{f.second.Int64, strconv.FormatInt(f.nanos.Int64, 10)} }

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
		query, args := where.sql(`SELECT `+factColumns+` FROM facts f JOIN articles a ON a.id = f.article`, after, p.limit+1)
		facts, err := all(ctx, s, scanFact, query, args...)
		if err != nil {
			return page, err
		}
		articles := make(map[int64]*kept) // of these facts; most share theirs
		for i := range facts {
			f := &facts[i]
			k := articles[f.article]
			if k == nil {
				article, err := r.readKept(ctx, s, f.article)
				if err != nil {
					return page, err
				}
				k = &article
				articles[f.article] = k
			}
			item, sentence, err := found(k, f)
			if err != nil {
				return page, err
			}
			of := timeline.TopicsOf(&k.Article, sentence, k.Facts.Mentions)
			if q.Topic != "" && !slices.Contains(of, q.Topic) {
				continue
			}
			if len(page.Items) == p.limit { // there is more
				page.Next = p.after.cursor()
				return page, nil
			}
			*topics(&item) = of
			page.Items = append(page.Items, item)
			p.after = f.place()
		}
		if len(facts) <= p.limit {
			return page, nil
		}
		after = facts[len(facts)-1].place()
	}
}

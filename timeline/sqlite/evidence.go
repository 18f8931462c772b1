package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"marsad/timeline"
)

// How much evidence is shown. Figures and events are looked for in the newest articles
// alone, so that a topic in the midst of a storm costs no more than one in calm.
const (
	maxHeadlines   = 5
	maxFigures     = 10
	maxEvents      = 5
	figureArticles = 500
)

// counted selects the articles m, a that count for a topic, did not come from an
// archive and were published in [?2, ?3): ?1 is the topic, ?4 the story cap.
const counted = ` FROM mentions m CROSS JOIN articles a ON a.id = m.article
	WHERE m.topic = ?1 AND m.published >= ?2 AND m.published < ?3 AND m.revision = 1 AND a.rank < ?4 AND NOT a.loaded`

// Evidence gives what stands behind the count of a topic in [after, before): the
// articles that count and did not come from an archive, up to five stories of
// them, told by most publishers first and then newest, each by its earliest
// article, and up to ten distinct figures and five distinct events with a date of
// their own that stand with the topic, those that most articles name first.
func (r *Record) Evidence(ctx context.Context, topic string, after, before time.Time) (e timeline.Evidence, err error) {
	args := []any{topic, from(after), to(before), r.opts.StoryCap}
	err = r.read(ctx, func(s *session) error {
		if e.Breadth, err = breadth(ctx, s, args); err != nil {
			return err
		}
		if e.Headlines, err = r.headlines(ctx, s, args); err != nil {
			return err
		}
		if e.Langs, err = all(ctx, s, column[string], `SELECT a.lang`+counted+` AND a.lang <> ''
			GROUP BY a.lang ORDER BY COUNT(*) DESC, a.lang`, args...); err != nil {
			return err
		}
		e.Figures, e.Events, err = r.figuresAndEvents(ctx, s, topic, args)
		return err
	})
	return e, errorf(err, "evidence of topic %q", topic)
}

// Breadth gives how many stand behind the count of a topic in [after, before).
func (r *Record) Breadth(ctx context.Context, topic string, after, before time.Time) (b timeline.Breadth, err error) {
	err = r.read(ctx, func(s *session) error {
		b, err = breadth(ctx, s, []any{topic, from(after), to(before), r.opts.StoryCap})
		return err
	})
	return b, errorf(err, "breadth of topic %q", topic)
}

func breadth(ctx context.Context, s *session, args []any) (b timeline.Breadth, err error) {
	err = s.get(ctx, `SELECT COUNT(*), COUNT(DISTINCT a.story), COUNT(DISTINCT a.publisher)`+counted, args,
		&b.Counted, &b.Stories, &b.Publishers)
	return b, err
}

// StoryIDs names the stories of the articles of [after, before) that count for a
// topic and did not come from an archive, each once.
func (r *Record) StoryIDs(ctx context.Context, topic string, after, before time.Time) (names []string, err error) {
	err = r.read(ctx, func(s *session) error {
		names, err = all(ctx, s, column[string], `SELECT story FROM stories WHERE id IN (SELECT a.story`+counted+`) ORDER BY id`,
			topic, from(after), to(before), r.opts.StoryCap)
		return err
	})
	return names, errorf(err, "stories of topic %q", topic)
}

// PublisherCounts gives how many articles of [after, before) count for a topic, by
// publisher, archives included.
func (r *Record) PublisherCounts(ctx context.Context, topic string, after, before time.Time) (map[string]int, error) {
	counts := make(map[string]int)
	err := r.read(ctx, func(s *session) error {
		type told struct {
			publisher string
			articles  int
		}
		by, err := all(ctx, s, func(row scanner) (t told, err error) {
			return t, row.Scan(&t.publisher, &t.articles)
		}, `SELECT a.publisher, COUNT(*) FROM mentions m CROSS JOIN articles a ON a.id = m.article
			WHERE m.topic = ?1 AND m.published >= ?2 AND m.published < ?3 AND m.revision = 1 AND a.rank < ?4 GROUP BY a.publisher`,
			topic, from(after), to(before), r.opts.StoryCap)
		for _, t := range by {
			counts[t.publisher] = t.articles
		}
		return err
	})
	return counts, errorf(err, "publishers of topic %q", topic)
}

func (r *Record) headlines(ctx context.Context, s *session, args []any) ([]timeline.Headline, error) {
	type wide struct {
		story      int64
		publishers int
	}
	stories, err := all(ctx, s, func(row scanner) (w wide, err error) {
		return w, row.Scan(&w.story, &w.publishers)
	}, `SELECT a.story, COUNT(DISTINCT a.publisher) AS width`+counted+
		` GROUP BY a.story ORDER BY width DESC, MAX(a.published) DESC, a.story LIMIT ?5`, append(slices.Clip(args), maxHeadlines)...)
	if err != nil {
		return nil, err
	}
	headlines := make([]timeline.Headline, 0, len(stories))
	for _, w := range stories {
		var row int64
		if err := s.get(ctx, `SELECT a.id`+counted+` AND a.story = ?5 ORDER BY a.published, a.id LIMIT 1`,
			append(slices.Clip(args), w.story), &row); err != nil {
			return nil, err
		}
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return nil, err
		}
		a := &k.Article
		headlines = append(headlines, timeline.Headline{
			Story: a.Story, Article: a.ID, Title: a.Title, URL: a.URL, Publisher: a.Publisher,
			Publishers: w.publishers, Lang: a.Lang, Published: a.Published,
		})
	}
	return headlines, nil
}

// tally counts how many articles name each of several things, by their keys.
type tally[T any] struct {
	named []*tallied[T] // in the order in which they came up
	byKey map[string]*tallied[T]
}

type tallied[T any] struct {
	thing    T
	articles int
	last     int64 // article that named it last: one that says it twice names it once
}

func (t *tally[T]) add(key string, article int64, thing func() T) {
	if t.byKey == nil {
		t.byKey = make(map[string]*tallied[T])
	}
	known := t.byKey[key]
	if known == nil {
		known = &tallied[T]{thing: thing()}
		t.byKey[key] = known
		t.named = append(t.named, known)
	}
	if known.last != article {
		known.last, known.articles = article, known.articles+1
	}
}

// most gives up to n things, those that most articles name first.
func (t *tally[T]) most(n int) []T {
	slices.SortStableFunc(t.named, func(a, b *tallied[T]) int { return cmp.Compare(b.articles, a.articles) })
	var things []T
	for _, k := range t.named[:min(len(t.named), n)] {
		things = append(things, k.thing)
	}
	return things
}

func (r *Record) figuresAndEvents(ctx context.Context, s *session, topic string, args []any) ([]timeline.Figure, []timeline.DatedEvent, error) {
	rows, err := all(ctx, s, column[int64], `SELECT a.id`+counted+` ORDER BY m.published DESC, a.id DESC LIMIT ?5`,
		append(slices.Clip(args), figureArticles)...)
	if err != nil {
		return nil, nil, err
	}
	var (
		figures tally[timeline.Figure]
		events  tally[timeline.DatedEvent]
	)
	for _, row := range rows {
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return nil, nil, err
		}
		onTopic := func(sentence timeline.Span) bool {
			return slices.Contains(timeline.TopicsOf(&k.Article, sentence, k.Facts.Mentions), topic)
		}
		for i := range k.Facts.Counts {
			if c := &k.Facts.Counts[i]; !c.Negated && onTopic(c.Sentence) {
				f := figure(&k.Article, c)
				figures.add(f.Key(), row, func() timeline.Figure { return f })
			}
		}
		for i := range k.Facts.Events {
			if e := &k.Facts.Events[i]; len(e.Dates) > 0 && onTopic(e.Sentence) {
				events.add(fmt.Sprint(e.Interval.Lo.Unix(), e.Interval.Hi.Unix()), row, func() timeline.DatedEvent { return datedEvent(&k.Article, e) })
			}
		}
	}
	return figures.most(maxFigures), events.most(maxEvents), nil
}

func datedEvent(a *timeline.Article, e *timeline.Event) timeline.DatedEvent {
	return timeline.DatedEvent{
		Text: e.Span.Of(a.Reading()), Interval: e.Interval, Precision: e.Precision, Planned: e.Planned,
		Publisher: a.Publisher, URL: a.URL,
	}
}

func figure(a *timeline.Article, c *timeline.Count) timeline.Figure {
	reading := a.Reading()
	return timeline.Figure{
		Lo: c.Lo, Best: c.Best, Hi: c.Hi, Bound: c.Bound, Text: c.Span.Of(reading), Object: c.Object.Of(reading),
		Kind: c.Kind, By: c.By, Publisher: a.Publisher, URL: a.URL,
	}
}

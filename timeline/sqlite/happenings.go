package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strconv"

	"marsad/timeline"
)

// EventGrouper tells which events are one happening. It knows the events of the
// newest articles of the record; what it answers follows from those that were
// added, in their order, and nothing else. It is used by one goroutine at a time.
type EventGrouper interface {
	// Sign gives the print of an event of the article, whose counts are given. It
	// depends on these alone.
	Sign(a *timeline.Article, e *timeline.Event, counts []timeline.Count) []byte
	// Near gives the events that are one happening with that of the print, the
	// surest first.
	Near(signed []byte) []timeline.EventPrint
	// Add puts an event behind those that were added before, and gives the article
	// of the first that is still remembered; 0 while all are.
	Add(p timeline.EventPrint) (oldest int64)
	// Reset forgets all events and gives how many are remembered at most.
	Reset() (limit int)
}

// remembered is what the grouper of events has been told.
type remembered struct {
	last   int64 // the last article it knows; 0: nothing
	oldest int64 // the first of which it has an event; 0: all that there are
}

// readEventPrints tells the grouper of the events of articles that it does not
// know yet. It comes before facts are recorded in a transaction.
func (r *Record) readEventPrints(ctx context.Context, s *session) error {
	if r.opts.Events == nil {
		return nil
	}
	newest := int64(0)
	if err := s.get(ctx, `SELECT COALESCE(MAX(id), 0) FROM articles`, nil, &newest); err != nil || newest <= r.events.last {
		return err
	}
	limit := 1 << 20
	if r.events.last == 0 {
		limit = r.opts.Events.Reset()
	}
	prints, err := all(ctx, s, func(row scanner) (p timeline.EventPrint, err error) {
		return p, row.Scan(&p.Article, &p.Revision, &p.Span.Start, &p.Span.End, &p.Print)
	}, `SELECT article, revision, span_start, span_end, print FROM event_mentions
		WHERE article > ? AND print IS NOT NULL ORDER BY article DESC, span_start DESC, span_end DESC LIMIT ?`, r.events.last, limit)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(prints) {
		r.events.oldest = r.opts.Events.Add(p)
	}
	r.events.last = newest
	return nil
}

// forgetEventPrints makes the grouper begin anew, as forgetPrints does.
func (r *Record) forgetEventPrints() {
	if r.opts.Events != nil {
		r.events = remembered{}
		r.opts.Events.Reset()
	}
}

// eventAt tells the events of an article apart.
type eventAt struct {
	revision int
	span     timeline.Span
}

// placeEvents puts the events that were read of an article into the happenings
// that they tell of. before is what the article was, nil when it is new: what
// tells of the same as an event of then stays where that was.
func (r *Record) placeEvents(ctx context.Context, s *session, row int64, a *timeline.Article, facts timeline.Facts, before *kept) error {
	own := make(map[eventAt]int64, len(facts.Events)) // happenings of this article's events
	if before != nil {
		for _, e := range before.Facts.Events {
			if n, ok := parseHappening(e.Happening); ok {
				own[eventAt{before.Article.Revision, e.Span}] = n
			}
		}
		if _, err := s.exec(ctx, `DELETE FROM event_mentions WHERE article = ?`, row); err != nil {
			return err
		}
	}
	if len(facts.Events) == 0 {
		return nil
	}
	if r.events.last == 0 {
		if err := r.readEventPrints(ctx, s); err != nil {
			return err
		}
	}
	placed := make([]any, 0, 7*len(facts.Events))
	seen := make(map[timeline.Span]bool, len(facts.Events))
	for i := range facts.Events {
		e := &facts.Events[i]
		if seen[e.Span] {
			continue // one clause is one mention, whatever rules read it
		}
		seen[e.Span] = true
		signed, happening, found, err := r.placeEvent(ctx, s, row, a, e, facts.Counts, own)
		if err != nil {
			return err
		}
		own[eventAt{a.Revision, e.Span}] = happening
		told := 1
		if found || before != nil { // else it is the first that tells of it
			if err := s.get(ctx, `SELECT COUNT(*) FROM (SELECT a.publisher FROM event_mentions e CROSS JOIN articles a ON a.id = e.article
				WHERE e.happening = ? UNION SELECT ?)`, []any{happening, a.Publisher}, &told); err != nil {
				return err
			}
		}
		placed = append(placed, row, e.Span.Start, e.Span.End, a.Revision, happening, told, signed)
		if signed != nil && row >= r.events.oldest {
			r.events.oldest = r.opts.Events.Add(timeline.EventPrint{Article: row, Revision: a.Revision, Span: e.Span, Print: signed})
			r.events.last = max(r.events.last, row)
		}
	}
	for some := range slices.Chunk(placed, 7*eventsAtOnce) {
		if _, err := s.exec(ctx, `INSERT OR FAIL INTO event_mentions (article, span_start, span_end, revision, happening, told, print)
			VALUES `+tuples(len(some)/7, 7), some...); err != nil {
			return err
		}
	}
	return nil
}

// eventsAtOnce is how many events one statement inserts at most.
const eventsAtOnce = 8

// placeEvent gives the print of an event and the happening that it tells of: that
// of the surest mention which the record still has, found, or one of its own. own
// is the happenings of the article's other events, and of those it had.
func (r *Record) placeEvent(ctx context.Context, s *session, row int64, a *timeline.Article, e *timeline.Event,
	counts []timeline.Count, own map[eventAt]int64,
) (signed []byte, happening int64, found bool, err error) {
	happening, found = own[eventAt{a.Revision, e.Span}]
	if r.opts.Events != nil {
		signed = r.opts.Events.Sign(a, e, counts)
	}
	if found {
		return signed, happening, true, nil
	}
	if signed != nil {
		for _, p := range r.opts.Events.Near(signed) {
			if p.Article == row {
				happening, found = own[eventAt{p.Revision, p.Span}]
			} else if happening, found, err = happeningOf(ctx, s, &p); err != nil {
				return nil, 0, false, err
			}
			if found {
				return signed, happening, true, nil
			}
		}
	}
	return signed, timeline.HappeningID(a, e), false, nil
}

// happeningOf gives the happening of a remembered event, if the record still has
// the event.
func happeningOf(ctx context.Context, s *session, p *timeline.EventPrint) (happening int64, ok bool, err error) {
	err = s.get(ctx, `SELECT happening FROM event_mentions WHERE article = ? AND span_start = ? AND span_end = ? AND revision = ?`,
		[]any{p.Article, p.Span.Start, p.Span.End, p.Revision}, &happening)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return happening, err == nil, err
}

// readPlaces gives the events of an article the happenings that they tell of.
func readPlaces(ctx context.Context, s *session, row int64, events []timeline.Event) error {
	if len(events) == 0 {
		return nil
	}
	type place struct {
		span      timeline.Span
		happening int64
		told      int
	}
	places, err := all(ctx, s, func(row scanner) (p place, err error) {
		return p, row.Scan(&p.span.Start, &p.span.End, &p.happening, &p.told)
	}, `SELECT span_start, span_end, happening, told FROM event_mentions WHERE article = ?`, row)
	for _, p := range places {
		for i := range events {
			if events[i].Span == p.span {
				events[i].Happening, events[i].Publishers = formatHappening(p.happening), p.told
			}
		}
	}
	return err
}

const happeningBase = 36

func formatHappening(n int64) string { return strconv.FormatInt(n, happeningBase) }

func parseHappening(id string) (n int64, ok bool) {
	n, err := strconv.ParseInt(id, happeningBase, 64)
	return n, err == nil && strconv.FormatInt(n, happeningBase) == id
}

const (
	// maxMentions is how many mentions of a happening are given, the first in the order
	// of the record.
	maxMentions = 200
	// listedFirst and listedLast are how many of them a list gives: how it began, and
	// how it stands. Articles are read for each, so that a page of what thousands tell
	// would take seconds.
	listedFirst, listedLast = 3, 9
	// maxListed is how many events a page looks at; one that finds too few in them ends
	// there, and its cursor goes on.
	maxListed = 20_000
)

// Happening gives a happening with what tells of it; timeline.ErrNotFound when
// nothing does, or not any more.
func (r *Record) Happening(ctx context.Context, id string) (h timeline.Happening, err error) {
	err = r.read(ctx, func(s *session) error {
		l := r.newListing(s, timeline.Query{})
		mentions, err := l.mentions(ctx, id, maxMentions)
		if err != nil {
			return err
		}
		h, err = l.read(ctx, id, mentions)
		return err
	})
	return h, errorf(err, "happening %q", id)
}

// Happenings gives the happenings that the query selects a mention of, as
// FoundEvents selects, each at the place of the latest such mention.
func (r *Record) Happenings(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.Happening], err error) {
	err = r.read(ctx, func(s *session) error {
		p, err := newPager(q)
		if err != nil {
			return err
		}
		l := r.newListing(s, q)
		page.Items = []timeline.Happening{}
		begin := p.after
		seen := make(map[string]bool)
		looked := 0
		for after := p.after; ; {
			query, args := l.where.sql(listedColumns+` FROM fact_times f JOIN articles a ON a.id = f.article`, after, p.limit+1)
			facts, err := all(ctx, s, scanListed, query, args...)
			if err != nil {
				return err
			}
			for i := range facts {
				e, selected, err := l.event(ctx, &facts[i])
				if err != nil {
					return err
				}
				if !selected || e.Happening == "" || seen[e.Happening] {
					continue
				}
				seen[e.Happening] = true
				if q.Cursor != "" {
					before, err := l.before(ctx, e.Happening, begin)
					if err != nil {
						return err
					}
					if before {
						continue
					}
				}
				if len(page.Items) == p.limit { // there is more
					page.Next = p.after.cursor()
					return nil
				}
				mentions, err := l.endsOf(ctx, e.Happening)
				if err != nil {
					return err
				}
				h, err := l.read(ctx, e.Happening, mentions)
				if err != nil {
					return err
				}
				page.Items = append(page.Items, h)
				p.after = facts[i].place()
			}
			if len(facts) <= p.limit {
				return nil
			}
			after = facts[len(facts)-1].place()
			if looked += len(facts); looked >= maxListed {
				page.Next = after.cursor()
				return nil
			}
		}
	})
	return page, errorf(err, "happenings")
}

const listedColumns = `SELECT f.kind, f.second, f.nanos, f.article`

// listing is one reading of happenings; articles are read once for it.
type listing struct {
	r        *Record
	s        *session
	topic    string
	where    selection
	articles map[int64]*factsOf
}

func (r *Record) newListing(s *session, q timeline.Query) *listing {
	l := &listing{r: r, s: s, topic: q.Topic, where: eventSelection(q), articles: make(map[int64]*factsOf)}
	whereArticle(&l.where, q)
	if q.Topic != "" {
		l.where.where(`EXISTS (SELECT 1 FROM mentions m WHERE m.article = f.article AND m.topic = ?)`, q.Topic)
	}
	return l
}

func (l *listing) article(ctx context.Context, row int64) (of *factsOf, err error) {
	if of = l.articles[row]; of == nil {
		of, err = l.r.readFactsOf(ctx, l.s, row)
		l.articles[row] = of
	}
	return of, err
}

// event gives the event that is listed, and whether it is on the topic.
func (l *listing) event(ctx context.Context, at *listed) (e *timeline.Event, onTopic bool, err error) {
	of, err := l.article(ctx, at.article)
	if err != nil {
		return nil, false, err
	}
	f, err := of.find(at)
	if err != nil {
		return nil, false, err
	}
	i := slices.IndexFunc(of.Facts.Events, func(e timeline.Event) bool { return e.Span == f.span() })
	e = &of.Facts.Events[i]
	return e, l.topic == "" || slices.Contains(timeline.TopicsOf(&of.Article, e.Sentence, of.Facts.Mentions), l.topic), nil
}

// mention is a row of event_mentions.
type mention struct {
	article int64
	span    timeline.Span
}

func scanTelling(row scanner) (m mention, err error) {
	return m, row.Scan(&m.article, &m.span.Start, &m.span.End)
}

func (l *listing) mentions(ctx context.Context, id string, limit int) ([]mention, error) {
	n, ok := parseHappening(id)
	if !ok {
		return nil, timeline.ErrNotFound
	}
	return all(ctx, l.s, scanTelling, `SELECT article, span_start, span_end FROM event_mentions WHERE happening = ? ORDER BY article, span_start LIMIT ?`, n, limit)
}

// endsOf gives the first and the last mentions of a happening.
func (l *listing) endsOf(ctx context.Context, id string) ([]mention, error) {
	n, ok := parseHappening(id)
	if !ok {
		return nil, timeline.ErrNotFound
	}
	return all(ctx, l.s, scanTelling, `SELECT article, span_start, span_end FROM (
			SELECT * FROM (SELECT article, span_start, span_end FROM event_mentions WHERE happening = ?1 ORDER BY article, span_start LIMIT ?2)
			UNION SELECT * FROM (SELECT article, span_start, span_end FROM event_mentions WHERE happening = ?1 ORDER BY article DESC, span_start DESC LIMIT ?3)
		) ORDER BY article, span_start`, n, listedFirst, listedLast)
}

// read reads a happening by those of its mentions that are to be given.
func (l *listing) read(ctx context.Context, id string, mentions []mention) (h timeline.Happening, err error) {
	h.ID = id
	for _, m := range mentions {
		of, err := l.article(ctx, m.article)
		if err != nil {
			return h, err
		}
		for _, e := range of.Facts.Events {
			if e.Span == m.span {
				h.Mentions = append(h.Mentions, timeline.FoundEvent{
					Article: of.Article, Event: e, Counts: countsAt(of.Facts.Counts, e.Counts),
					Topics: timeline.TopicsOf(&of.Article, e.Sentence, of.Facts.Mentions),
				})
				break
			}
		}
	}
	if len(h.Mentions) == 0 {
		return h, timeline.ErrNotFound
	}
	n, _ := parseHappening(id)
	if h.Former, err = l.former(ctx, n); err != nil {
		return h, err
	}
	return h, l.s.get(ctx, `SELECT COUNT(*), COUNT(DISTINCT a.publisher) FROM event_mentions e CROSS JOIN articles a ON a.id = e.article
		WHERE e.happening = ?`, []any{n}, &h.All, &h.Publishers)
}

// before reports whether a page before the one that begins behind the key has the
// happening.
func (l *listing) before(ctx context.Context, id string, begin key) (bool, error) {
	mentions, err := l.mentions(ctx, id, math.MaxInt32)
	if err != nil {
		return false, err
	}
	for _, m := range mentions {
		of, err := l.article(ctx, m.article)
		if err != nil {
			return false, err
		}
		i := slices.IndexFunc(of.recorded, func(f fact) bool { return f.Kind == timeline.KindEvent && f.span() == m.span })
		if i < 0 || of.recorded[i].At == nil {
			continue
		}
		at := of.recorded[i].At
		facts, err := all(ctx, l.s, scanListed, listedColumns+` FROM fact_times f JOIN articles a ON a.id = f.article
			WHERE f.second = ? AND f.nanos = ? AND (f.second, f.nanos) >= (?, CAST(? AS INTEGER)) AND `+l.where.conditions(),
			append([]any{at[0], at[1], begin.at, begin.id}, l.where.args...)...)
		if err != nil {
			return false, err
		}
		for i := range facts {
			if _, selected, err := l.event(ctx, &facts[i]); err != nil || selected {
				return selected, err
			}
		}
	}
	return false, nil
}

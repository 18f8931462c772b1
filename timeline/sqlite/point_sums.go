package sqlite

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"marsad/timeline"
)

// pointSums is what a transaction has still to add to point_hours: the new articles
// and their mentions. Triggers keep the sums of what is changed or taken away, so
// that flushSums comes before that, and before the end of the transaction.
type pointSums struct {
	series  map[pointSeries]int64 // rows that were looked up
	pending map[pointHour]int
}

// pointSeries is the tags of a row of point_series.
type pointSeries struct {
	feed                     int64
	publisher, country, lang string
}

// pointHour is the key of a row of point_hours.
type pointHour struct {
	topic        string // empty: articles
	hour, series int64
}

func newPointSums() pointSums {
	return pointSums{series: make(map[pointSeries]int64), pending: make(map[pointHour]int)}
}

// forget forgets what was looked up, and what was to be added by a transaction
// that is undone.
func (p *pointSums) forget() {
	clear(p.series)
	clear(p.pending)
}

// sumArticle adds a new article and its mentions to the sums.
func (s *session) sumArticle(ctx context.Context, feed int64, a *timeline.Article, mentions []timeline.Mention) error {
	tags := pointSeries{feed, a.Publisher, a.Country, a.Lang}
	series, ok := s.sums.series[tags]
	if !ok {
		// Setting what is there already has its id returned.
		if err := s.get(ctx, `INSERT INTO point_series (feed, publisher, country, lang) VALUES (?, ?, ?, ?)
			ON CONFLICT (feed, publisher, country, lang) DO UPDATE SET lang = lang RETURNING id`,
			[]any{feed, a.Publisher, a.Country, a.Lang}, &series); err != nil {
			return err
		}
		s.sums.series[tags] = series
	}
	at := pointHour{hour: floorHour(a.Published.UnixNano()), series: series}
	s.sums.pending[at]++
	for i := range mentions {
		at.topic = mentions[i].Topic
		s.sums.pending[at]++
	}
	return nil
}

// sumMention adds a mention that a recorded article now has to the sums.
func sumMention(ctx context.Context, s *session, row int64, topic string) error {
	_, err := s.exec(ctx, `INSERT INTO point_hours (topic, hour, series, n)
		SELECT ?, a.published / 3600000000000 - (a.published % 3600000000000 < 0), p.id, 1 FROM articles a
		JOIN point_series p ON (p.feed, p.publisher, p.country, p.lang) = (a.feed, a.publisher, a.country, a.lang)
		WHERE a.id = ?
		ON CONFLICT (topic, hour, series) DO UPDATE SET n = n + 1`, topic, row)
	return err
}

// floorHour gives the hour since 1970 of nanoseconds since then.
func floorHour(nanos int64) int64 {
	const hour = 3600e9
	if nanos%hour < 0 {
		return nanos/hour - 1
	}
	return nanos / hour
}

// sumsAtOnce is how many sums one statement adds to at most.
const sumsAtOnce = 16

// flushSums writes the sums of the new articles, in the order of their rows.
func (s *session) flushSums(ctx context.Context) error {
	if len(s.sums.pending) == 0 {
		return nil
	}
	hours := slices.SortedFunc(maps.Keys(s.sums.pending), func(a, b pointHour) int {
		return cmp.Or(cmp.Compare(a.topic, b.topic), cmp.Compare(a.hour, b.hour), cmp.Compare(a.series, b.series))
	})
	for some := range slices.Chunk(hours, sumsAtOnce) {
		args := make([]any, 0, 4*len(some))
		for _, at := range some {
			args = append(args, at.topic, at.hour, at.series, s.sums.pending[at])
		}
		if _, err := s.exec(ctx, `INSERT OR FAIL INTO point_hours (topic, hour, series, n) VALUES `+tuples(len(some), 4)+`
			ON CONFLICT (topic, hour, series) DO UPDATE SET n = n + excluded.n`, args...); err != nil {
			return err
		}
	}
	clear(s.sums.pending)
	return nil
}

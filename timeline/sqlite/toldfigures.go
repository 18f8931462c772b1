package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"marsad/timeline"
)

// knownArticles is how many articles what is known of a count is looked for in, the
// newest.
const knownArticles = 2000

// saysOf selects articles with a count that is said of somebody. It looks at the
// facts as they are written, which is a tenth of reading them.
const saysOf = ` AND instr(a.facts, '"of":"') > 0`

// FiguresTold gives the counts that are said of an entity and have a value, in the
// articles of [after, before) that count for a topic and did not come from an
// archive, where they stand with the topic and are not negated: in the order of
// publication, of the newest 500 articles.
func (r *Record) FiguresTold(ctx context.Context, topic string, after, before time.Time) (told []timeline.ToldFigure, err error) {
	err = r.read(ctx, func(s *session) error {
		rows, err := all(ctx, s, column[int64], `SELECT a.id`+counted+saysOf+` ORDER BY m.published DESC, a.id DESC LIMIT ?5`,
			topic, from(after), to(before), r.opts.StoryCap, figureArticles)
		if err != nil {
			return err
		}
		told, err = r.toldFigures(ctx, s, topic, rows)
		return err
	})
	return told, errorf(err, "figures told of topic %q", topic)
}

// FiguresKnown gives those of one kind and one entity in all articles of [after,
// before) that mention the topic: of the newest 2000.
func (r *Record) FiguresKnown(ctx context.Context, topic, kind, of string, after, before time.Time) (told []timeline.ToldFigure, err error) {
	entity, err := json.Marshal(of)
	if err != nil {
		return nil, errorf(err, "entity %q", of)
	}
	err = r.read(ctx, func(s *session) error {
		rows, err := all(ctx, s, column[int64], `SELECT a.id FROM mentions m CROSS JOIN articles a ON a.id = m.article
			WHERE m.topic = ?1 AND m.published >= ?2 AND m.published < ?3 AND instr(a.facts, ?4) > 0
			ORDER BY m.published DESC, a.id DESC LIMIT ?5`,
			topic, from(after), to(before), `"of":`+string(entity), knownArticles)
		if err != nil {
			return err
		}
		told, err = r.toldFigures(ctx, s, topic, rows)
		return err
	})
	told = slices.DeleteFunc(told, func(f timeline.ToldFigure) bool { return f.Kind != kind || f.Of != of })
	return told, errorf(err, "figures known of topic %q", topic)
}

// otherKind is the kind of counts that the seeds have no kind for: no two of them
// need be of the same.
const otherKind = "other"

// toldFigures reads the counts of the articles, the last row first.
func (r *Record) toldFigures(ctx context.Context, s *session, topic string, rows []int64) (told []timeline.ToldFigure, err error) {
	for _, row := range slices.Backward(rows) {
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return nil, err
		}
		a := &k.Article
		for i := range k.Facts.Counts {
			c := &k.Facts.Counts[i]
			if c.Of == "" || c.Kind == otherKind || c.Negated || c.Lo == nil && c.Best == nil && c.Hi == nil ||
				!slices.Contains(timeline.TopicsOf(a, c.Sentence, k.Facts.Mentions), topic) {
				continue
			}
			told = append(told, timeline.ToldFigure{
				Figure: figure(a, c), Of: c.Of, Article: a.ID, Story: a.Story, Lang: a.Lang, Published: a.Published,
				Headline: timeline.Headline{
					Story: a.Story, Article: a.ID, Title: a.Title, URL: a.URL, Publisher: a.Publisher, Publishers: 1, Lang: a.Lang, Published: a.Published,
				},
			})
		}
	}
	return told, nil
}

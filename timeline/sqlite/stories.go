package sqlite

import (
	"context"

	"marsad/timeline"
)

// Stories gives stories, newest first by the publication of their earliest
// article. From and To select those that go on at some time in between; the rest
// of the query selects those that have an article of the kind.
func (r *Record) Stories(ctx context.Context, q timeline.Query) (page timeline.Page[timeline.Story], err error) {
	err = r.read(ctx, func(s *session) error {
		p, err := newPager(q)
		if err != nil {
			return err
		}
		where := selection{column: `s.first`, id: `s.story`}
		if !q.From.IsZero() {
			where.where(`s.last >= ?`, from(q.From))
		}
		if !q.To.IsZero() {
			where.where(`s.first < ?`, to(q.To))
		}
		whereHasArticle(&where, q)
		found, err := turn(ctx, s, p, where, scanStory,
			func(st storyRow) key { return key{st.First.UnixNano(), st.ID} },
			`SELECT s.id, s.story, s.first, s.last, s.articles FROM stories s`)
		if err != nil {
			return err
		}
		page = timeline.Page[timeline.Story]{Items: make([]timeline.Story, 0, len(found.Items)), Next: found.Next}
		for _, st := range found.Items {
			if err := completeStory(ctx, s, &st); err != nil {
				return err
			}
			page.Items = append(page.Items, st.Story)
		}
		return nil
	})
	return page, errorf(err, "stories")
}

// whereHasArticle selects stories with an article that is all the query asks.
func whereHasArticle(w *selection, q timeline.Query) {
	of := timeline.Query{Topic: q.Topic, Feed: q.Feed, Lang: q.Lang, Publisher: q.Publisher}
	if of == (timeline.Query{}) {
		return
	}
	var article selection
	article.where(`a.story = s.id`)
	whereArticle(&article, of)
	if of.Topic != "" {
		article.where(`EXISTS (SELECT 1 FROM mentions m WHERE m.article = a.id AND m.topic = ?)`, of.Topic)
	}
	w.where(`EXISTS (SELECT 1 FROM articles a WHERE `+article.conditions()+`)`, article.args...)
}

// storyRow is a story with its row.
type storyRow struct {
	row int64
	timeline.Story
}

func scanStory(row scanner) (st storyRow, err error) {
	var first, last stamp
	err = row.Scan(&st.row, &st.ID, &first, &last, &st.Articles)
	st.First, st.Last = first.Time, last.Time
	return st, err
}

// completeStory adds what the story's articles say of it.
func completeStory(ctx context.Context, s *session, st *storyRow) error {
	if err := s.get(ctx, `SELECT title, url, lang FROM articles WHERE story = ? ORDER BY id LIMIT 1`, []any{st.row},
		&st.Title, &st.URL, &st.Lang); err != nil {
		return err
	}
	var err error
	if st.Publishers, err = all(ctx, s, column[string],
		`SELECT DISTINCT publisher FROM articles WHERE story = ? ORDER BY publisher`, st.row); err != nil {
		return err
	}
	st.Topics, err = all(ctx, s, column[string],
		`SELECT DISTINCT m.topic FROM articles a JOIN mentions m ON m.article = a.id WHERE a.story = ? ORDER BY m.topic`, st.row)
	return err
}

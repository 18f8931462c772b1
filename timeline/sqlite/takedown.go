package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"marsad/timeline"
)

// TakeDown deletes an article wherever its words are: the article with its facts,
// revisions and corrections, its share of the series, final steps too, its points,
// and what incidents and their notices quote of it. Messages that showed it are put
// into the outbox again, to be edited. The ruling says who wants that and why, and
// which steps of its story's other articles may still change. The article is not
// recorded again while it is remembered (collector.remember). timeline.ErrNotFound
// when it is not kept.
func (r *Record) TakeDown(ctx context.Context, id string, ruling timeline.Ruling) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		var row int64
		if err := s.get(ctx, `SELECT id FROM articles WHERE article = ?`, []any{id}, &row); err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				return notKept(ctx, s, id)
			}
			return err
		}
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return err
		}
		if err := r.deleteArticle(ctx, s, row, ruling.At, everyPoint); err != nil {
			return err
		}
		if err := r.settleStory(ctx, s, k.Article.Story, ruling); err != nil {
			return err
		}
		if _, err := s.exec(ctx, `DELETE FROM fact_corrections WHERE article = ?`, id); err != nil {
			return err
		}
		if err := takeOutOfIncidents(ctx, s, &k.Article, ruling); err != nil {
			return err
		}
		_, err = s.exec(ctx, `INSERT INTO takedowns (article, at, by, why) VALUES (?, ?, ?, ?)`, id, stamp{ruling.At}, ruling.By, ruling.Why)
		return err
	})
	return errorf(err, "taking down article %q", id)
}

// notKept says why there is no article of the id: it was taken down, or there was
// none.
func notKept(ctx context.Context, s *session, id string) error {
	var (
		down timeline.TakenDownError
		at   stamp
	)
	err := s.get(ctx, `SELECT at, by, why FROM takedowns WHERE article = ?`, []any{id}, &at, &down.By, &down.Why)
	if errors.Is(err, sql.ErrNoRows) {
		return timeline.ErrNotFound
	}
	if err != nil {
		return err
	}
	down.At = at.Time
	return &down
}

// quote is an incident that quotes an article.
type quote struct {
	row  int64
	body []byte
}

// takeOutOfIncidents deletes what incidents, their points and the news that waits for
// their threads quote of the article, and has messages edited that showed it.
func takeOutOfIncidents(ctx context.Context, s *session, a *timeline.Article, ruling timeline.Ruling) error {
	quotes, err := all(ctx, s, func(row scanner) (q quote, err error) { return q, row.Scan(&q.row, &q.body) },
		`SELECT id, body FROM incidents WHERE instr(body, ?1) > 0 OR ?2 <> '' AND instr(body, ?2) > 0`, a.ID, quoted(a.URL))
	if err != nil {
		return err
	}
	for _, q := range quotes {
		var i timeline.Incident
		if err := json.Unmarshal(q.body, &i); err != nil {
			return err
		}
		if !takeOut(&i, a) {
			continue
		}
		i.TakenDown++
		body, err := json.Marshal(i)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE incidents SET body = ? WHERE id = ?`, string(body), q.row); err != nil {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE incident_points SET text = '', url = '' WHERE incident = ? AND text = ? AND url = ?`, q.row, a.Title, a.URL); err != nil {
			return err
		}
		if err := takeOutOfNews(ctx, s, q.row, a); err != nil {
			return err
		}
		if err := logChange(ctx, s, incidentChange, q.row, ruling.At, nil); err != nil {
			return err
		}
		receivers, err := all(ctx, s, column[string], `SELECT receiver FROM notices WHERE incident = ? AND kind = 'opening' AND state = 'sent'`, q.row)
		if err != nil {
			return err
		}
		for _, receiver := range receivers {
			if err := insertNotice(ctx, s, &timeline.Notice{
				ID:   timeline.NoticeID(i.ID, timeline.NoticeUpdate, timeline.ReceiverParts(receiver)...),
				Kind: timeline.NoticeUpdate, Receiver: receiver, Incident: i, Created: ruling.At,
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// quoted is a text as it stands in JSON, without the quotation marks.
func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil || s == "" {
		return ""
	}
	return string(data[1 : len(data)-1])
}

// takeOut deletes what an incident quotes of the article and reports whether it did.
func takeOut(i *timeline.Incident, a *timeline.Article) bool {
	said := []*[]timeline.Figure{&i.Figures}
	if c := i.Change; c != nil {
		said = append(said, &c.Was.Figures, &c.Now.Figures)
	}
	before, after := len(i.Headlines)+len(i.Events), 0
	i.Headlines = slices.DeleteFunc(i.Headlines, func(h timeline.Headline) bool { return h.Article == a.ID })
	i.Events = slices.DeleteFunc(i.Events, func(e timeline.DatedEvent) bool { return isOf(a, e.Publisher, e.URL) })
	for _, figures := range said {
		before += len(*figures)
		*figures = slices.DeleteFunc(*figures, func(f timeline.Figure) bool { return isOf(a, f.Publisher, f.URL) })
		after += len(*figures)
	}
	return len(i.Headlines)+len(i.Events)+after < before
}

// isOf reports whether what is quoted by publisher and address is of the article.
func isOf(a *timeline.Article, publisher, url string) bool {
	return a.Publisher == publisher && a.URL == url
}

// takeOutOfNews deletes it from the news of notices, and a notice that has no other
// news is not sent any more.
func takeOutOfNews(ctx context.Context, s *session, incident int64, a *timeline.Article) error {
	quotes, err := all(ctx, s, func(row scanner) (q quote, err error) { return q, row.Scan(&q.row, &q.body) },
		`SELECT id, news FROM notices WHERE incident = ? AND news <> ''`, incident)
	if err != nil {
		return err
	}
	for _, q := range quotes {
		var news timeline.News
		if err := json.Unmarshal(q.body, &news); err != nil {
			return err
		}
		before := len(news.Headlines) + len(news.Figures)
		news.Headlines = slices.DeleteFunc(news.Headlines, func(h timeline.Headline) bool { return h.Article == a.ID })
		news.Figures = slices.DeleteFunc(news.Figures, func(f timeline.FigureNews) bool {
			if f.Was != nil && isOf(a, f.Was.Publisher, f.Was.URL) {
				return true
			}
			return isOf(a, f.Publisher, f.URL)
		})
		if len(news.Headlines)+len(news.Figures) == before {
			continue
		}
		body, err := json.Marshal(news)
		if err != nil {
			return err
		}
		state := pending
		if news.Severity == "" && len(news.Headlines)+len(news.Figures)+len(news.Joined) == 0 {
			state = withheld
		}
		if _, err := s.exec(ctx, `UPDATE notices SET news = ?1, state = CASE state WHEN 'pending' THEN ?2 ELSE state END,
			next_try = CASE ?2 WHEN 'withheld' THEN NULL ELSE next_try END WHERE id = ?3`, string(body), state, q.row); err != nil {
			return err
		}
	}
	return nil
}

package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"marsad/timeline"
)

// forgetPolls is how many polls are deleted in one transaction.
const forgetPolls = 500

// FeedHistory says what the record holds of a feed, and what ForgetFeed would delete;
// timeline.ErrNotFound when it does not know the feed.
func (r *Record) FeedHistory(ctx context.Context, feed string) (h timeline.History, err error) {
	err = r.read(ctx, func(s *session) error {
		row, err := feedRow(ctx, s, feed)
		if err != nil {
			return err
		}
		var first, last stamp
		err = s.get(ctx, `SELECT COUNT(*), MIN(published), MAX(published), (SELECT COUNT(*) FROM polls WHERE feed = ?1),
				(SELECT COUNT(*) FROM mentions WHERE article IN (SELECT id FROM articles WHERE feed = ?1))
			FROM articles WHERE feed = ?1`, []any{row}, &h.Articles, &first, &last, &h.Polls, &h.Mentions)
		h.First, h.Last = first.Time, last.Time
		return err
	})
	return h, errorf(err, "history of feed %q", feed)
}

// TopicHistory says what the record holds of a topic, and what ForgetTopic would
// delete; articles that mention it are counted as mentions. timeline.ErrNotFound when
// it does not know the topic.
func (r *Record) TopicHistory(ctx context.Context, topic string) (h timeline.History, err error) {
	err = r.read(ctx, func(s *session) error {
		known, err := hasTopic(ctx, s, topic)
		if err != nil {
			return err
		}
		var first, last stamp
		if err := s.get(ctx, `SELECT COUNT(*), MIN(published), MAX(published), (SELECT COUNT(*) FROM evaluations WHERE topic = ?1),
				(SELECT COUNT(*) FROM incidents WHERE topic = ?1)
			FROM mentions WHERE topic = ?1`, []any{topic}, &h.Mentions, &first, &last, &h.Evaluations, &h.Incidents); err != nil {
			return err
		}
		h.First, h.Last = first.Time, last.Time
		if !known && h.Mentions+h.Evaluations+h.Incidents == 0 {
			return timeline.ErrNotFound
		}
		return nil
	})
	return h, errorf(err, "history of topic %q", topic)
}

// ForgetTopic deletes all that is of a topic: mentions with their share of the
// counts, evaluations, incidents with their notices, and what its detector has
// learnt. Articles stay. What goes is in the change log, so that its points are
// deleted wherever they were projected. It works in batches; when it breaks off, part
// of it is done, and calling it again does the rest. progress, which may be nil, is
// told how many articles do not mention the topic any more.
func (r *Record) ForgetTopic(ctx context.Context, topic string, now time.Time, progress func(done int)) error {
	done := 0
	for more := true; more; {
		n, err := r.forgetMentions(ctx, topic)
		if err != nil {
			return errorf(err, "deletion of topic %q", topic)
		}
		done, more = done+n, n > 0
		if progress != nil && more {
			progress(done)
		}
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if err := dropEvaluationPoints(ctx, s, topic); err != nil {
			return err
		}
		if err := forgetIncidents(ctx, s, topic, now); err != nil {
			return err
		}
		for _, table := range []string{"evaluations", "steps", "point_hours", "detectors", "histories", "silences", "topics"} {
			if _, err := s.exec(ctx, `DELETE FROM `+table+` WHERE topic = ?`, topic); err != nil {
				return err
			}
		}
		return nil
	})
	return errorf(err, "deletion of topic %q", topic)
}

// forgetMentions deletes some mentions of a topic and says how many.
func (r *Record) forgetMentions(ctx context.Context, topic string) (n int, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		rows, err := all(ctx, s, column[int64], `SELECT article FROM mentions WHERE topic = ? LIMIT ?`, topic, rereadBatch)
		if err != nil {
			return err
		}
		n = len(rows)
		return r.remention(ctx, s, rows, func(k *kept) ([]timeline.Mention, error) {
			return slices.DeleteFunc(slices.Clone(k.Facts.Mentions), func(m timeline.Mention) bool { return m.Topic == topic }), nil
		})
	})
	return n, err
}

// forgetIncidents deletes the incidents of a topic with their points and notices, and
// takes them out of those of other topics that tell of them.
func forgetIncidents(ctx context.Context, s *session, topic string, now time.Time) error {
	rows, err := all(ctx, s, func(row scanner) (q quote, err error) { return q, row.Scan(&q.row, &q.body) },
		`SELECT id, body FROM incidents WHERE topic = ?1 OR instr(body, ?2) > 0`, topic, `"Topic":"`+quoted(topic)+`"`)
	if err != nil {
		return err
	}
	for _, q := range rows {
		var i timeline.Incident
		if err := json.Unmarshal(q.body, &i); err != nil {
			return err
		}
		var gone []tombstone
		if i.Topic == topic {
			points, err := incidentPoints(ctx, s, q.row)
			if err != nil {
				return err
			}
			gone = vanished(points, nil)
			for _, query := range []string{
				`DELETE FROM incident_points WHERE incident = ?`, `DELETE FROM notices WHERE incident = ?`, `DELETE FROM incidents WHERE id = ?`,
			} {
				if _, err := s.exec(ctx, query, q.row); err != nil {
					return err
				}
			}
		} else {
			i.Joined = slices.DeleteFunc(i.Joined, func(j timeline.Joined) bool { return j.Topic == topic })
			body, err := json.Marshal(i)
			if err != nil {
				return err
			}
			if _, err := s.exec(ctx, `UPDATE incidents SET body = ? WHERE id = ?`, string(body), q.row); err != nil {
				return err
			}
		}
		if err := logChange(ctx, s, incidentChange, q.row, now, gone); err != nil {
			return err
		}
	}
	return nil
}

// ForgetFeed deletes all that is of a feed: its articles with their facts and their
// share of the series, final steps too, its polls, and what is remembered of its
// items. What incidents quote of its articles stays, as what the team was told. What
// goes is in the change log, so that its points are deleted wherever they were
// projected. It works in batches; when it breaks off, part of it is done, and calling
// it again does the rest. progress, which may be nil, is told how many articles are
// deleted. timeline.ErrNotFound when the feed is not known.
func (r *Record) ForgetFeed(ctx context.Context, feed string, now time.Time, progress func(done int)) error {
	done := 0
	for more := true; more; {
		n, err := r.forgetArticles(ctx, feed, now)
		if err != nil {
			return errorf(err, "deletion of feed %q", feed)
		}
		done, more = done+n, n > 0
		if progress != nil && more {
			progress(done)
		}
	}
	for more := true; more; {
		var err error
		if more, err = r.forgetFeedPolls(ctx, feed, now); err != nil {
			return errorf(err, "deletion of feed %q", feed)
		}
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		row, err := feedRow(ctx, s, feed)
		if err != nil {
			return err
		}
		for _, query := range []string{
			`DELETE FROM items WHERE feed = ?`, // and with them their identities and sightings
			`DELETE FROM sightings WHERE feed = ?`,
			`DELETE FROM former_publishers WHERE feed = ?`,
			`DELETE FROM feed_polls WHERE feed = ?`,
			`DELETE FROM point_series WHERE feed = ?`,
			`DELETE FROM feeds WHERE id = ?`,
		} {
			if _, err := s.exec(ctx, query, row); err != nil {
				return err
			}
		}
		s.forgetRows()
		r.states.forget()
		return recounted(ctx, s, every)
	})
	return errorf(err, "deletion of feed %q", feed)
}

// forgotten is an article that is about to be.
type forgotten struct {
	row       int64
	id, story string
}

// forgetArticles deletes some articles of a feed and says how many.
func (r *Record) forgetArticles(ctx context.Context, feed string, now time.Time) (n int, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		row, err := feedRow(ctx, s, feed)
		if err != nil {
			return err
		}
		rows, err := all(ctx, s, func(row scanner) (a forgotten, err error) { return a, row.Scan(&a.row, &a.id, &a.story) }, `SELECT a.id, a.article, s.story FROM articles a JOIN stories s ON s.id = a.story WHERE a.feed = ? LIMIT ?`, row, pruneArticles)
		if err != nil {
			return err
		}
		n = len(rows)
		for _, a := range rows {
			if err := r.deleteArticle(ctx, s, a.row, now, everyPoint); err != nil {
				return err
			}
			if err := r.settleStory(ctx, s, a.story, timeline.Ruling{}); err != nil {
				return err
			}
			if _, err := s.exec(ctx, `DELETE FROM fact_corrections WHERE article = ?`, a.id); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// forgetFeedPolls deletes some polls of a feed and says whether there may be more.
func (r *Record) forgetFeedPolls(ctx context.Context, feed string, now time.Time) (more bool, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		row, err := feedRow(ctx, s, feed)
		if err != nil {
			return err
		}
		polls, err := all(ctx, s, scanLoggedPoll, `SELECT p.id, `+pollColumns+` FROM polls p JOIN feeds f ON f.id = p.feed
			WHERE p.feed = ? ORDER BY p.id LIMIT ?`, row, forgetPolls)
		if err != nil {
			return err
		}
		for _, p := range polls {
			if err := logChange(ctx, s, pollChange, p.row, now, vanished([]timeline.Point{p.point()}, nil)); err != nil {
				return err
			}
			if _, err := s.exec(ctx, `DELETE FROM polls WHERE id = ?`, p.row); err != nil {
				return err
			}
		}
		more = len(polls) > 0
		return nil
	})
	return more, err
}

package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"marsad/timeline"
)

// SyncTopics registers the topics that are watched from now on. One that is new is
// read for as far back as it says, when [Record.ReadMentions] is called next; one
// that was watched before and is no more keeps what it has, and goes on from there
// when it comes back.
//
// A topic that says what it Was takes over that topic's history under its new name,
// when there is none of the new name yet: mentions, counts, evaluations, what its
// detector has learnt, incidents and silences. Its points get the new name with the
// next entries of the change log.
func (r *Record) SyncTopics(ctx context.Context, topics []timeline.WatchedTopic, now time.Time) error {
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if err := r.renameTopics(ctx, s, topics); err != nil {
			return err
		}
		names := make([]string, len(topics))
		for i, t := range topics {
			names[i] = t.Name
			var since any
			if t.ReadBack > 0 {
				since = stamp{now.Add(-t.ReadBack)}
			}
			if _, err := s.exec(ctx, `INSERT INTO topics (topic, hash, reading, upto, since) VALUES (?, '', ?, 0, ?)
				ON CONFLICT (topic) DO NOTHING`, t.Name, t.Hash, since); err != nil {
				return err
			}
		}
		body, err := json.Marshal(names)
		if err != nil {
			return err
		}
		// What comes in from now on is not read for the others.
		_, err = s.exec(ctx, `UPDATE topics SET upto = iif(hash = reading, (SELECT COALESCE(MAX(id), 0) FROM articles), upto), hash = ''
			WHERE hash <> '' AND topic NOT IN (SELECT value FROM json_each(?))`, string(body))
		return err
	})
	return errorf(err, "registration of topics")
}

// renameTopics carries out the renames that have not been yet, as renameFeeds does.
func (r *Record) renameTopics(ctx context.Context, s *session, topics []timeline.WatchedTopic) error {
	for again := true; again; {
		again = false
		for _, t := range topics {
			if t.Was == "" || t.Was == t.Name {
				continue
			}
			was, err := hasTopic(ctx, s, t.Was)
			if err != nil {
				return err
			}
			is, err := hasTopic(ctx, s, t.Name)
			if err != nil {
				return err
			}
			switch configured := slices.ContainsFunc(topics, func(o timeline.WatchedTopic) bool { return o.Name == t.Was }); {
			case !was:
			case !is:
				if err := r.renameTopic(ctx, s, t.Was, t.Name); err != nil {
					return err
				}
				again = true
			case !configured:
				r.log.LogAttrs(ctx, slog.LevelWarn, "topic keeps two histories: both names are recorded, so it was not renamed",
					slog.String("topic", t.Name), slog.String("was", t.Was))
			}
		}
	}
	return nil
}

func hasTopic(ctx context.Context, s *session, topic string) (has bool, err error) {
	err = s.get(ctx, `SELECT EXISTS (SELECT 1 FROM topics WHERE topic = ?)`, []any{topic}, &has)
	return has, err
}

// renameTopic gives all that is of a topic to another name, of which there is
// nothing, and moves its points.
func (r *Record) renameTopic(ctx context.Context, s *session, was, name string) error {
	at, err := lastChange(ctx, s)
	if err != nil {
		return err
	}
	articles, err := r.renameMentions(ctx, s, was, name, at)
	if err != nil {
		return err
	}
	if err := dropEvaluationPoints(ctx, s, was); err != nil {
		return err
	}
	if err := renameIncidents(ctx, s, was, name, at); err != nil {
		return err
	}
	for _, table := range []string{"mentions", "steps", "point_hours", "evaluations", "detectors", "histories", "silences", "topics"} {
		if _, err := s.exec(ctx, `UPDATE `+table+` SET topic = ? WHERE topic = ?`, name, was); err != nil {
			return err
		}
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "topic renamed", slog.String("topic", name), slog.String("was", was), slog.Int("articles", articles))
	return nil
}

// renameMentions logs what becomes of the points of the articles that mention the
// topic, before the mentions have the new name.
func (r *Record) renameMentions(ctx context.Context, s *session, was, name string, at time.Time) (articles int, err error) {
	if err := s.flushSums(ctx); err != nil {
		return 0, err
	}
	rows, err := all(ctx, s, column[int64], `SELECT article FROM mentions WHERE topic = ? ORDER BY article`, was)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return 0, err
		}
		old := timeline.ArticlePoints(&k.Article, k.Facts)
		k.Facts.Mentions = slices.Clone(k.Facts.Mentions)
		for i := range k.Facts.Mentions {
			if m := &k.Facts.Mentions[i]; m.Topic == was {
				m.Topic = name
			}
		}
		if err := logChange(ctx, s, articleChange, row, at, vanished(old, timeline.ArticlePoints(&k.Article, k.Facts))); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}

// dropEvaluationPoints logs that the points of a topic's evaluations are gone, which
// are about to have another name or to go.
func dropEvaluationPoints(ctx context.Context, s *session, topic string) error {
	spans, err := all(ctx, s, column[int64], `SELECT DISTINCT span FROM evaluations WHERE topic = ?`, topic)
	if err != nil {
		return err
	}
	for _, span := range spans {
		evaluations, err := all(ctx, s, scanEvaluation, `SELECT `+evaluationColumns+` FROM evaluations WHERE topic = ? AND span = ? ORDER BY step`, topic, span)
		if err != nil {
			return err
		}
		for i := range evaluations {
			e := &evaluations[i]
			if err := logChange(ctx, s, stepChange, e.Step.UnixNano(), e.Step, vanished([]timeline.Point{e.Point()}, nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

// renameIncidents gives incidents of a topic, and what they say of it in others, the
// new name. Their ids stay.
func renameIncidents(ctx context.Context, s *session, was, name string, at time.Time) error {
	quoting, err := all(ctx, s, func(row scanner) (q quote, err error) { return q, row.Scan(&q.row, &q.body) },
		`SELECT id, body FROM incidents WHERE topic = ?1 OR instr(body, ?2) > 0`, was, `"Topic":"`+quoted(was)+`"`)
	if err != nil {
		return err
	}
	for _, q := range quoting {
		var i timeline.Incident
		if err := json.Unmarshal(q.body, &i); err != nil {
			return err
		}
		points, err := incidentPoints(ctx, s, q.row)
		if err != nil {
			return err
		}
		for n := range i.Joined {
			if i.Joined[n].Topic == was {
				i.Joined[n].Topic = name
			}
		}
		var gone []tombstone
		if i.Topic == was {
			i.Topic = name
			gone = vanished(points, nil)
		}
		body, err := json.Marshal(i)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, `UPDATE incidents SET topic = ?, body = ? WHERE id = ?`, i.Topic, string(body), q.row); err != nil {
			return err
		}
		if err := logChange(ctx, s, incidentChange, q.row, at, gone); err != nil {
			return err
		}
	}
	return nil
}

// topicSince gives from when on articles were read for a topic; zero when all were.
func topicSince(ctx context.Context, s *session, topic string) (time.Time, error) {
	var since stamp
	err := s.get(ctx, `SELECT since FROM topics WHERE topic = ?`, []any{topic}, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return since.Time, err
}

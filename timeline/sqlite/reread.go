package sqlite

import (
	"context"
	"maps"
	"slices"
	"time"

	"marsad/timeline"
)

// rereadBatch is how many articles are read again in one transaction: few enough
// that a poll waits for a fraction of a second.
const rereadBatch = 100

// ReadMentions brings the mentions of the kept articles up to date with the
// topics, given as name to hash. Articles are read again for those topics whose
// hash is not the recorded one; mentions of topics that are not in the map are left
// as they are. Articles that were published before what a topic is read back to are
// passed over for it. read gives all mentions of an article; those of other topics are
// passed over. A new mention's Revision is the first revision of the article in
// which read finds it.
//
// The work is done in batches, so that polls go on meanwhile. When it breaks off
// it goes on, the next time, from where it was. progress, which may be nil, is
// told after each batch.
func (r *Record) ReadMentions(ctx context.Context, topics map[string]string,
	read func(*timeline.Article) []timeline.Mention, progress func(done, total int),
) error {
	if progress == nil {
		progress = func(int, int) {}
	}
	changed, since, upto, err := r.changedTopics(ctx, topics)
	if err != nil || len(changed) == 0 {
		return errorf(err, "topics")
	}
	var done, total int
	if err := r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT COUNT(*) FILTER (WHERE id <= ?), COUNT(*) FROM articles`, []any{upto}, &done, &total)
	}); err != nil {
		return errorf(err, "articles to read again")
	}
	for {
		n, err := r.rereadArticles(ctx, changed, since, &upto, read)
		if err != nil {
			return errorf(err, "mentions of %d topics", len(changed))
		}
		if n == 0 {
			return nil
		}
		done += n
		progress(done, max(done, total))
	}
}

// changedTopics gives the topics that are not read for their hash, by when the oldest
// article was published that is read for each, and the last article that has been
// read for all of them.
func (r *Record) changedTopics(ctx context.Context, topics map[string]string) (changed map[string]string, since map[string]time.Time, upto int64, err error) {
	changed, since = make(map[string]string), make(map[string]time.Time)
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		first := true
		for _, topic := range slices.Sorted(maps.Keys(topics)) {
			// A topic that was being read for another definition begins anew.
			var hash string
			var at int64
			var from stamp
			if err := s.get(ctx, `INSERT INTO topics (topic, hash, reading, upto) VALUES (?1, '', ?2, 0)
				ON CONFLICT (topic) DO UPDATE SET upto = iif(reading = ?2, upto, 0), reading = ?2 RETURNING hash, upto, since`,
				[]any{topic, topics[topic]}, &hash, &at, &from); err != nil {
				return err
			}
			if hash == topics[topic] {
				continue
			}
			changed[topic], since[topic] = topics[topic], from.Time
			if first || at < upto {
				first, upto = false, at
			}
		}
		return nil
	})
	return changed, since, upto, err
}

// rereadArticles reads the next articles after *upto for the changed topics. When
// there are none, the topics are read; it says how many there were.
func (r *Record) rereadArticles(ctx context.Context, changed map[string]string, since map[string]time.Time, upto *int64, read func(*timeline.Article) []timeline.Mention) (n int, err error) {
	froms := slices.Collect(maps.Values(since))
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		rows, err := all(ctx, s, column[int64], `SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?`, *upto, rereadBatch)
		if err != nil {
			return err
		}
		if err := r.remention(ctx, s, rows, func(k *kept) ([]timeline.Mention, error) {
			mentions := slices.DeleteFunc(slices.Clone(k.Facts.Mentions), func(m timeline.Mention) bool { return changed[m.Topic] != "" })
			if !slices.ContainsFunc(froms, func(from time.Time) bool { return !k.Article.Published.Before(from) }) {
				return mentions, nil // too old for all of them
			}
			again, err := mentionsOf(ctx, s, k, changed, read)
			again = slices.DeleteFunc(again, func(m timeline.Mention) bool { return k.Article.Published.Before(since[m.Topic]) })
			return append(mentions, again...), err
		}); err != nil {
			return err
		}
		n = len(rows)
		last := *upto
		if n > 0 {
			last = rows[n-1]
		}
		for topic, hash := range changed {
			query := `UPDATE topics SET upto = max(upto, ?2) WHERE topic = ?1 AND reading = ?3`
			if n == 0 {
				query = `UPDATE topics SET upto = ?2, hash = ?3 WHERE topic = ?1 AND reading = ?3`
			}
			if _, err := s.exec(ctx, query, topic, last, hash); err != nil {
				return err
			}
			if n == 0 {
				if err := recounted(ctx, s, topic); err != nil {
					return err
				}
			}
		}
		*upto = last
		return nil
	})
	return n, err
}

// mentionsOf reads the mentions of the topics, each with the first revision that
// has it.
func mentionsOf(ctx context.Context, s *session, k *kept, topics map[string]string, read func(*timeline.Article) []timeline.Mention) ([]timeline.Mention, error) {
	of := func(a *timeline.Article) []timeline.Mention {
		found := slices.Clone(read(a)) // whose array may be the reader's own
		return distinctTopics(slices.DeleteFunc(found, func(m timeline.Mention) bool { return topics[m.Topic] == "" }))
	}
	mentions := of(&k.Article)
	if len(mentions) == 0 {
		return nil, nil
	}
	since := make(map[string]int, len(mentions))
	if k.Article.Revision > 1 {
		earlier, err := all(ctx, s, func(row scanner) (timeline.Article, error) {
			a := k.Article
			err := row.Scan(&a.Revision, &a.Title, &a.Text)
			return a, err
		}, `SELECT revision, title, text FROM revisions WHERE article = ? ORDER BY revision`, k.row)
		if err != nil {
			return nil, err
		}
		for i := range earlier {
			for _, m := range of(&earlier[i]) {
				if since[m.Topic] == 0 {
					since[m.Topic] = earlier[i].Revision
				}
			}
		}
	}
	for i := range mentions {
		mentions[i].Revision = k.Article.Revision
		if revision := since[mentions[i].Topic]; revision > 0 {
			mentions[i].Revision = revision
		}
	}
	return mentions, nil
}

// remention gives each of the articles the mentions that of returns for it.
func (r *Record) remention(ctx context.Context, s *session, rows []int64, of func(*kept) ([]timeline.Mention, error)) error {
	at, err := lastChange(ctx, s)
	if err != nil {
		return err
	}
	for _, row := range rows {
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return err
		}
		mentions, err := of(&k)
		if err != nil {
			return err
		}
		if err := r.setMentions(ctx, s, &k, mentions, at); err != nil {
			return err
		}
	}
	return nil
}

// setMentions makes the mentions of an article the given ones; when they are
// what it has, nothing is written.
func (r *Record) setMentions(ctx context.Context, s *session, k *kept, mentions []timeline.Mention, at time.Time) error {
	slices.SortFunc(mentions, byTopic)
	if slices.EqualFunc(k.Facts.Mentions, mentions, sameMention) {
		return nil
	}
	read := timeline.ReadArticle{Article: k.Article, Facts: timeline.Facts{Mentions: mentions}}
	if err := validArticle(&read); err != nil {
		return err
	}
	if err := replaceMentions(ctx, s, k.row, &k.Article, k.Facts.Mentions, mentions); err != nil {
		return err
	}
	return r.changed(ctx, s, k, at)
}

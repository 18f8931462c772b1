package sqlite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"marsad/timeline"
)

// readMentions reads the mentions of an article, by topic.
func readMentions(ctx context.Context, s *session, row int64) ([]timeline.Mention, error) {
	mentions, err := all(ctx, s, scanMention,
		`SELECT topic, topic_hash, revision, at, spans FROM mentions WHERE article = ? ORDER BY topic`, row)
	if len(mentions) == 0 {
		return nil, err
	}
	return mentions, err
}

func scanMention(row scanner) (m timeline.Mention, err error) {
	var (
		at    stamp
		data  []byte
		spans [][2]int
	)
	if err := row.Scan(&m.Topic, &m.TopicHash, &m.Revision, &at, &data); err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &spans); err != nil {
		return m, fmt.Errorf("mention of %s: %w", m.Topic, err)
	}
	m.At = at.Time
	m.Spans = spansFrom(spans)
	return m, nil
}

// insertMention inserts a mention. m.Revision is the first revision that had it;
// points go beside it, nil while they are not known.
func insertMention(ctx context.Context, s *session, row int64, a *timeline.Article, m *timeline.Mention, points []byte) error {
	spans, err := encodeSpans(m.Spans)
	if err != nil {
		return err
	}
	return insertAt(a.Published, timeline.MentionID(a.ID, m.Topic, m.TopicHash), func(at stamp) (int64, error) {
		return s.exec(ctx, `INSERT OR FAIL INTO mentions (article, topic, topic_hash, revision, published, at, spans, points)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (at) DO NOTHING`,
			row, m.Topic, m.TopicHash, m.Revision, stamp{a.Published}, at, spans, points)
	})
}

// replaceMentions makes the mentions of a recorded article the given ones. One
// that is still there keeps its time; each says in Revision since when it is.
func replaceMentions(ctx context.Context, s *session, row int64, a *timeline.Article, before, after []timeline.Mention) error {
	old := make(map[string]timeline.Mention, len(before))
	for _, m := range before {
		old[m.Topic] = m
	}
	for i := range after {
		m := &after[i]
		was, ok := old[m.Topic]
		delete(old, m.Topic)
		if ok && was.TopicHash == m.TopicHash {
			spans, err := encodeSpans(m.Spans)
			if err != nil {
				return err
			}
			if _, err := s.exec(ctx, `UPDATE mentions SET revision = ?, spans = ? WHERE article = ? AND topic = ?`,
				m.Revision, spans, row, m.Topic); err != nil {
				return err
			}
			continue
		}
		if ok {
			if err := deleteMention(ctx, s, row, m.Topic); err != nil {
				return err
			}
		}
		if err := insertMention(ctx, s, row, a, m, nil); err != nil {
			return err
		}
		if err := sumMention(ctx, s, row, m.Topic); err != nil {
			return err
		}
	}
	for topic := range old {
		if err := deleteMention(ctx, s, row, topic); err != nil {
			return err
		}
	}
	return nil
}

func deleteMention(ctx context.Context, s *session, row int64, topic string) error {
	if err := s.flushSums(ctx); err != nil {
		return err
	}
	_, err := s.exec(ctx, `DELETE FROM mentions WHERE article = ? AND topic = ?`, row, topic)
	return err
}

func encodeSpans(spans []timeline.Span) (string, error) {
	data, err := json.Marshal(pairsOf(spans))
	return string(data), err
}

// distinctTopics drops all but the first mention of each topic.
func distinctTopics(mentions []timeline.Mention) []timeline.Mention {
	seen := make(map[string]bool, len(mentions))
	out := make([]timeline.Mention, 0, len(mentions))
	for _, m := range mentions {
		if !seen[m.Topic] {
			seen[m.Topic] = true
			out = append(out, m)
		}
	}
	return out
}

func byTopic(a, b timeline.Mention) int { return cmp.Compare(a.Topic, b.Topic) }

// sameMention reports whether the two say the same; times are the record's.
func sameMention(a, b timeline.Mention) bool {
	return a.Topic == b.Topic && a.TopicHash == b.TopicHash && a.Revision == b.Revision && slices.Equal(a.Spans, b.Spans)
}

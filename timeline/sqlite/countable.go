package sqlite

import (
	"context"
	"time"

	"marsad/timeline"
)

// walkBatch is how many articles are handed on at once.
const walkBatch = 500

// Countable walks through the articles published in [after, before) that may
// count, in the order of the record, each in the words of its first revision and
// without facts. yield is given some of them at a time, and owns them; its error
// ends the walk. Polls go on meanwhile; what they bring may or may not be seen.
func (r *Record) Countable(ctx context.Context, after, before time.Time, yield func([]timeline.RankedArticle) error) error {
	// The plus keeps SQLite from going by the index of publication, which it would
	// have to sort for each batch.
	for last := int64(0); ; {
		var batch []timeline.RankedArticle
		err := r.read(ctx, func(s *session) error {
			found, err := all(ctx, s, r.scanKept, `SELECT `+articleColumns+` FROM `+articleTables+`
				WHERE a.id > ? AND a.rank IS NOT NULL AND +a.published >= ? AND +a.published < ? ORDER BY a.id LIMIT ?`,
				last, from(after), to(before), walkBatch)
			if err != nil {
				return err
			}
			batch = make([]timeline.RankedArticle, len(found))
			for i := range found {
				k := &found[i]
				if k.Article.Revision > 1 {
					if err := s.get(ctx, `SELECT revision, title, text FROM revisions WHERE article = ? ORDER BY revision LIMIT 1`,
						[]any{k.row}, &k.Article.Revision, &k.Article.Title, &k.Article.Text); err != nil {
						return err
					}
				}
				batch[i] = timeline.RankedArticle{Article: k.Article, Rank: int(k.rank.Int64)}
				last = k.row
			}
			return nil
		})
		if err != nil {
			return errorf(err, "countable articles")
		}
		if len(batch) == 0 {
			return nil
		}
		if err := yield(batch); err != nil {
			return err
		}
	}
}

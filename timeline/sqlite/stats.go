package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"marsad/timeline"
)

// Stats says how much the record holds. Bytes is the size of the file and of
// those that SQLite keeps next to it.
func (r *Record) Stats(ctx context.Context) (st timeline.Stats, err error) {
	err = r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT (SELECT COALESCE(SUM(articles), 0) FROM feeds), (SELECT COUNT(*) FROM feeds),
				(SELECT COUNT(*) FROM polls), (SELECT COUNT(*) FROM stories), (SELECT COUNT(*) FROM incidents),
				(SELECT COUNT(*) FROM notices WHERE state = 'pending'), (SELECT COUNT(*) FROM notices WHERE state = 'failed'),
				(SELECT COUNT(*) FROM article_pages WHERE due IS NOT NULL), (SELECT COALESCE(MAX(seq), 0) FROM changes)`, nil,
			&st.Articles, &st.Feeds, &st.Polls, &st.Stories, &st.Incidents, &st.Pending, &st.Failed, &st.Pages, &st.LastSeq)
	})
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, statErr := os.Stat(r.path + suffix)
		if statErr == nil {
			st.Bytes += info.Size()
		} else if !errors.Is(statErr, fs.ErrNotExist) {
			err = errors.Join(err, statErr)
		}
	}
	return st, errorf(err, "statistics")
}

package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"marsad/timeline"
)

// Stats says how much the record holds. Bytes is the size of the file and of
// those that SQLite keeps next to it.
func (r *Record) Stats(ctx context.Context) (st timeline.Stats, err error) {
	var oldest stamp
	err = r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT (SELECT COALESCE(SUM(articles), 0) FROM feeds), (SELECT COUNT(*) FROM feeds),
				(SELECT COUNT(*) FROM polls), (SELECT COUNT(*) FROM stories),
				(SELECT COUNT(*) FROM incidents), (SELECT COUNT(*) FROM incidents WHERE state = 'open'),
				(SELECT COUNT(*) FROM notices WHERE state = 'pending'), (SELECT MIN(created) FROM notices WHERE state = 'pending' AND held = ''),
				(SELECT COUNT(*) FROM notices WHERE state = 'failed'), (SELECT COUNT(*) FROM article_pages WHERE due IS NOT NULL),
				(SELECT COUNT(*) FROM articles WHERE id > upto) + (SELECT COUNT(*) FROM article_words_due WHERE article <= upto),
				(SELECT COALESCE(MAX(seq), 0) FROM changes)
			FROM (SELECT COALESCE(MAX(CAST(value AS INTEGER)), 0) AS upto FROM meta WHERE key = 'words upto')`, nil,
			&st.Articles, &st.Feeds, &st.Polls, &st.Stories, &st.Incidents, &st.Open, &st.Pending, &oldest, &st.Failed,
			&st.Pages, &st.Unindexed, &st.LastSeq)
	})
	st.Oldest = oldest.Time
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

// Lag gives how far a follower of the change log is behind it.
func (r *Record) Lag(ctx context.Context, follower string) (lag timeline.Lag, err error) {
	var since stamp
	err = r.read(ctx, func(s *session) error {
		return s.get(ctx, `SELECT COUNT(*), MIN(at) FROM changes WHERE seq > COALESCE((SELECT seq FROM followers WHERE follower = ?), 0)`,
			[]any{follower}, &lag.Entries, &since)
	})
	lag.Since = since.Time
	return lag, errorf(err, "lag of %q", follower)
}

// Free gives how many bytes may still be written on the record's disk; negative where
// the system does not say.
func (r *Record) Free() int64 { return freeBytes(filepath.Dir(r.path)) }

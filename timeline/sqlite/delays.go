package sqlite

import (
	"context"
	"time"

	"marsad/timeline"
)

// Delays gives how long after the end of their step the articles of [after,
// before) were first seen that count for a topic, the shortest delay first: all
// articles when the topic is empty. What came from an archive is left out.
func (r *Record) Delays(ctx context.Context, topic string, after, before time.Time) (delays []timeline.Delay, err error) {
	// As in recount, the end of the step is that of a grid that also holds before 1970.
	const late = `SELECT MAX(0, a.first_seen - (a.published - (a.published % ?5 + ?5) % ?5 + ?5) + ?6 - 1) / ?6, COUNT(*)`
	query := late + counted + ` GROUP BY 1 ORDER BY 1`
	if topic == every {
		query = late + ` FROM articles a
			WHERE ?1 = '' AND a.published >= ?2 AND a.published < ?3 AND a.rank < ?4 AND NOT a.loaded GROUP BY 1 ORDER BY 1`
	}
	err = r.read(ctx, func(s *session) error {
		delays, err = all(ctx, s, func(row scanner) (d timeline.Delay, err error) {
			var minutes int64
			err = row.Scan(&minutes, &d.N)
			d.After = time.Duration(minutes) * time.Minute
			return d, err
		}, query, topic, from(after), to(before), r.opts.StoryCap, int64(r.opts.Step), int64(time.Minute))
		return err
	})
	return delays, errorf(err, "delays of topic %q", topic)
}

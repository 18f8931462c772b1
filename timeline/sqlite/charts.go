package sqlite

import (
	"context"
	"time"

	"marsad/timeline"
)

// Sums gives what Counts does in sums over stretches of the width, the first of
// which begins at the time; each has the start of its stretch. before need not end
// one.
func (r *Record) Sums(ctx context.Context, topic string, width time.Duration, after, before time.Time) (sums []timeline.StepCount, err error) {
	// Each topic is summed by itself, along the primary key: joined by steps it
	// takes three times as long.
	of := func(s *session, topic string) ([]timeline.StepCount, error) {
		return all(ctx, s, func(row scanner) (c timeline.StepCount, err error) {
			var n int64
			err = row.Scan(&n, &c.N, &c.Loaded)
			c.Step = after.Add(time.Duration(n) * width).UTC()
			return c, err
		}, `SELECT (step - ?2) / ?4 AS stretch, SUM(n), SUM(loaded) FROM steps
			WHERE topic = ?1 AND step >= ?2 AND step < ?3 GROUP BY stretch ORDER BY stretch`, topic, from(after), to(before), int64(width))
	}
	err = r.read(ctx, func(s *session) error {
		counted, err := of(s, topic)
		if err != nil {
			return err
		}
		if sums, err = of(s, every); err != nil {
			return err
		}
		for i := range sums {
			sum := &sums[i]
			sum.Exposure, sum.N, sum.Loaded = sum.N, 0, 0
			if len(counted) > 0 && counted[0].Step.Equal(sum.Step) {
				sum.N, sum.Loaded = counted[0].N, counted[0].Loaded
				counted = counted[1:]
			}
		}
		return nil
	})
	return sums, errorf(err, "sums of topic %q", topic)
}

// EvaluationsOf gives those evaluations of a topic in [after, before) whose window is
// one of the stretches of its length that follow each other from after on, oldest
// first.
func (r *Record) EvaluationsOf(ctx context.Context, topic string, window time.Duration, after, before time.Time) (out []timeline.Evaluation, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanEvaluation, `SELECT `+evaluationColumns+` FROM evaluations
			WHERE topic = ?1 AND span = ?2 AND step >= ?3 AND step < ?4 AND (step + ?5 - ?3) % ?2 = 0 ORDER BY step`,
			topic, int64(window), from(after), to(before), int64(r.opts.Step))
		return err
	})
	return out, errorf(err, "evaluations of topic %q", topic)
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"marsad/timeline"
)

// LastStep gives the newest step that was evaluated; zero when none was.
func (r *Record) LastStep(ctx context.Context) (step time.Time, err error) {
	err = r.read(ctx, func(s *session) error {
		var at stamp
		err := s.get(ctx, `SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'last_step'`, nil, &at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		step = at.Time
		return err
	})
	return step, errorf(err, "last step")
}

// CommitStep records all that closing a step changes, in one transaction.
// Evaluations and incidents replace those of the same name; what was announced
// of an incident stays. A notice is put in the outbox unless it was there
// before, sent or not; its incident must be recorded, if only by this call.
func (r *Record) CommitStep(ctx context.Context, result timeline.StepResult) error {
	if err := validStep(&result); err != nil {
		return errorf(err, "refused")
	}
	err := r.write(ctx, func(ctx context.Context, s *session) error {
		if err := saveEvaluations(ctx, s, result.Evaluations); err != nil {
			return err
		}
		for i := range result.Incidents {
			if err := saveIncident(ctx, s, &result.Incidents[i]); err != nil {
				return fmt.Errorf("incident %s: %w", result.Incidents[i].ID, err)
			}
		}
		for i := range result.Notices {
			if err := insertNotice(ctx, s, &result.Notices[i]); err != nil {
				return fmt.Errorf("notice %s: %w", result.Notices[i].ID, err)
			}
		}
		if err := saveDetectors(ctx, s, result.Detectors); err != nil {
			return fmt.Errorf("detectors: %w", err)
		}
		_, err := s.exec(ctx, `INSERT INTO meta (key, value) VALUES ('last_step', ?1)
			ON CONFLICT (key) DO UPDATE SET value = ?1 WHERE CAST(value AS INTEGER) < CAST(?1 AS INTEGER)`, stamp{result.Step})
		return err
	})
	return errorf(err, "step %s", result.Step.UTC().Format(time.RFC3339))
}

// saveEvaluations records evaluations and logs each step of which one changed.
// Steps are evaluated again and again while they are young; most stay as they
// were, and the log need not grow for those.
func saveEvaluations(ctx context.Context, s *session, evaluations []timeline.Evaluation) error {
	var changed []time.Time
	seen := make(map[int64]bool)
	for i := range evaluations {
		e := &evaluations[i]
		n, err := s.exec(ctx, `INSERT INTO evaluations (topic, span, step, observed, expected, upper, p, exposure, state)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (topic, span, step) DO UPDATE SET observed = excluded.observed, expected = excluded.expected,
				upper = excluded.upper, p = excluded.p, exposure = excluded.exposure, state = excluded.state
			WHERE (observed, expected, upper, p, exposure, state)
				IS NOT (excluded.observed, excluded.expected, excluded.upper, excluded.p, excluded.exposure, excluded.state)`,
			e.Topic, int64(e.Window), stamp{e.Step}, e.Observed, e.Expected, e.Upper, e.P, e.Exposure, e.State)
		if err != nil {
			return fmt.Errorf("evaluation of topic %q: %w", e.Topic, err)
		}
		if n > 0 && !seen[e.Step.UnixNano()] {
			seen[e.Step.UnixNano()] = true
			changed = append(changed, e.Step)
		}
	}
	for _, step := range changed {
		if err := logChange(ctx, s, stepChange, step.UnixNano(), step, nil); err != nil {
			return err
		}
	}
	return nil
}

const evaluationColumns = `topic, span, step, observed, expected, upper, p, exposure, state`

func scanEvaluation(row scanner) (e timeline.Evaluation, err error) {
	var step stamp
	err = row.Scan(&e.Topic, (*int64)(&e.Window), &step, &e.Observed, &e.Expected, &e.Upper, &e.P, &e.Exposure, &e.State)
	e.Step = step.Time
	return e, err
}

// Evaluations gives the evaluations of a topic whose step is in [after, before),
// oldest first, then by window; a window of 0 takes in all.
func (r *Record) Evaluations(ctx context.Context, topic string, window time.Duration, after, before time.Time) (out []timeline.Evaluation, err error) {
	err = r.read(ctx, func(s *session) error {
		out, err = all(ctx, s, scanEvaluation, `SELECT `+evaluationColumns+` FROM evaluations
			WHERE topic = ?1 AND (?2 = 0 OR span = ?2) AND step >= ?3 AND step < ?4 ORDER BY step, span`,
			topic, int64(window), from(after), to(before))
		return err
	})
	return out, errorf(err, "evaluations of topic %q", topic)
}

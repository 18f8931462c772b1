package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"marsad/timeline"
)

// polled is a poll that a transaction records, as its ledger row says it.
type polled struct {
	feed  int64
	poll  timeline.Poll
	state *timeline.FeedState
}

// isRecorded reports whether the poll is in the ledger already, or in this
// transaction. No poll begins before the instant it is for, so that only those of
// the feed since then can be the same.
func (r *Record) isRecorded(ctx context.Context, in *intake, feed int64, p *timeline.Poll) (done bool, err error) {
	for i := range in.polled {
		if in.polled[i].poll.ID == p.ID {
			return true, nil
		}
	}
	if last, ok := r.states.get(p.Feed); ok && last.newest.Before(p.Scheduled) {
		return false, nil
	}
	err = in.s.get(ctx, `SELECT EXISTS (SELECT 1 FROM polls WHERE feed = ? AND at >= ? AND poll = ?)`,
		[]any{feed, from(p.Scheduled), p.ID}, &done)
	return done, err
}

// pollsAtOnce is how many rows of the ledger one statement inserts at most.
const pollsAtOnce = 16

// enter inserts the rows of the ledger, several with one statement, and adds them
// to the change log. Where the time of a point is taken already, which hardly ever
// is, the rows of that statement are inserted one by one.
func (in *intake) enter(ctx context.Context) error {
	if len(in.polled) == 0 {
		return nil
	}
	var newest int64
	if err := in.s.get(ctx, `SELECT COALESCE(MAX(id), 0) FROM polls`, nil, &newest); err != nil {
		return err
	}
	for some := range slices.Chunk(in.polled, pollsAtOnce) {
		entered, err := insertPolls(ctx, in.s, newest, some, nil)
		if err != nil {
			return err
		}
		if entered < int64(len(some)) {
			if err := in.enterOneByOne(ctx, newest, some); err != nil {
				return err
			}
		}
		args := make([]any, 0, 3*len(some))
		for i := range some {
			newest++
			args = append(args, stamp{some[i].poll.At}, pollChange, newest)
		}
		if _, err := in.s.exec(ctx, `INSERT OR FAIL INTO changes (at, kind, ref) VALUES `+tuples(len(some), 3), args...); err != nil {
			return err
		}
	}
	return nil
}

// enterOneByOne inserts the rows behind the newest in the place of those of them
// that were inserted, each at the next nanosecond that is free.
func (in *intake) enterOneByOne(ctx context.Context, newest int64, rows []polled) error {
	if _, err := in.s.exec(ctx, `DELETE FROM polls WHERE id > ?`, newest); err != nil {
		return err
	}
	for i := range rows {
		p := &rows[i].poll
		if err := insertAt(p.At, p.ID, func(at stamp) (int64, error) {
			return insertPolls(ctx, in.s, newest, rows[i:i+1], &at)
		}); err != nil {
			return err
		}
		newest++
	}
	return nil
}

// insertPolls inserts rows of the ledger behind the newest, with their points at
// their own times unless another is given, and says how many it did.
func insertPolls(ctx context.Context, s *session, newest int64, rows []polled, point *stamp) (entered int64, err error) {
	const columns = 18
	args := make([]any, 0, columns*len(rows))
	for i := range rows {
		p := &rows[i].poll
		reasons, marks := "null", "[]"
		if len(p.Reasons) > 0 {
			if reasons, err = encode(p.Reasons); err != nil {
				return 0, err
			}
		}
		if len(p.Marks) > 0 {
			if marks, err = encode(p.Marks); err != nil {
				return 0, err
			}
		}
		at := stamp{pointTime(p.At, p.ID)}
		if point != nil {
			at = *point
		}
		args = append(args, newest+1+int64(i), p.ID, rows[i].feed, stamp{p.Scheduled}, stamp{p.At}, at, p.Outcome,
			p.Fetched, p.New, p.Known, p.Revised, p.Rejected, reasons, p.Status, p.Bytes, int64(p.Took), p.Error, marks)
	}
	return s.exec(ctx, `INSERT OR FAIL INTO polls (id, poll, feed, scheduled, at, point, outcome, fetched, new, known, revised, rejected,
			reasons, status, bytes, took, error, marks) VALUES `+tuples(len(rows), columns)+` ON CONFLICT (point) DO NOTHING`, args...)
}

func encode(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}

const pollColumns = `p.poll, f.name, p.scheduled, p.at, p.point, p.outcome, p.fetched, p.new, p.known, p.revised, p.rejected,
	p.reasons, p.status, p.bytes, p.took, p.error, p.marks`

// scanPoll scans pollColumns; point is the time of the poll's point.
func scanPoll(row scanner) (p timeline.Poll, point time.Time, err error) {
	var (
		scheduled, at, pointAt stamp
		reasons, marks         []byte
		took                   int64
	)
	if err := row.Scan(&p.ID, &p.Feed, &scheduled, &at, &pointAt, &p.Outcome, &p.Fetched, &p.New, &p.Known, &p.Revised, &p.Rejected,
		&reasons, &p.Status, &p.Bytes, &took, &p.Error, &marks); err != nil {
		return p, point, err
	}
	p.Scheduled, p.At, p.Took = scheduled.Time, at.Time, time.Duration(took)
	if err := json.Unmarshal(marks, &p.Marks); err != nil {
		return p, point, err
	}
	if len(p.Marks) == 0 {
		p.Marks = nil
	}
	return p, pointAt.Time, json.Unmarshal(reasons, &p.Reasons)
}

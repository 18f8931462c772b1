package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"marsad/timeline"
)

// states is what this process has committed last of each feed's state. It spares
// the next poll the reading of it, and the writing of what has not changed: of
// most polls that is all but a few times.
type states struct {
	mu   sync.RWMutex
	last map[string]lastState // by feed
}

type lastState struct {
	timeline.FeedState
	newest time.Time // of the polls committed; LastPoll, unless the clock was set back
}

func (c *states) get(feed string) (last lastState, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	last, ok = c.last[feed]
	return last, ok
}

// commit takes what a transaction has saved.
func (c *states) commit(saved []polled) {
	if len(saved) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = make(map[string]lastState)
	}
	for i := range saved {
		st := *saved[i].state
		st.Feed = saved[i].poll.Feed
		for _, t := range []*time.Time{
			&st.FirstPoll, &st.LastPoll, &st.LastSuccess, &st.NextPoll, &st.Overflowed,
			&st.Pace.LastNew, &st.Pace.LastFull, &st.Pace.Stuck,
		} {
			*t = t.Round(0).UTC() // as it would be read
		}
		newest := st.LastPoll
		if before := c.last[st.Feed].newest; before.After(newest) {
			newest = before
		}
		c.last[st.Feed] = lastState{st, newest}
	}
}

// forget is for when somebody else may have written.
func (c *states) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.last)
}

// seldom is the part of a state that lies in feeds, where it is written only when
// it has changed.
func seldom(st timeline.FeedState) timeline.FeedState {
	st.LastPoll, st.LastSuccess, st.NextPoll, st.LastOutcome = time.Time{}, time.Time{}, time.Time{}, ""
	st.Pace.Interval, st.Pace.Holds, st.Pace.LastFull = 0, 0, time.Time{}
	return st
}

// statesAtOnce is how many states one statement saves at most.
const statesAtOnce = 16

// saveStates saves what polls leave for the next ones.
func (r *Record) saveStates(ctx context.Context, s *session, saved []polled) error {
	for some := range slices.Chunk(saved, statesAtOnce) {
		args := make([]any, 0, 8*len(some))
		for i := range some {
			st := some[i].state
			args = append(args, some[i].feed, stamp{st.LastPoll}, stamp{st.LastSuccess}, stamp{st.NextPoll}, st.LastOutcome,
				int64(st.Pace.Interval), int64(st.Pace.Holds), stamp{st.Pace.LastFull})
		}
		if _, err := s.exec(ctx, `INSERT OR REPLACE INTO feed_polls (feed, last_poll, last_success, next_poll, last_outcome, interval, holds, last_full)
			VALUES `+tuples(len(some), 8), args...); err != nil {
			return err
		}
	}
	for i := range saved {
		if slices.ContainsFunc(saved[i+1:], func(later polled) bool { return later.feed == saved[i].feed }) {
			continue
		}
		st := seldom(*saved[i].state)
		st.Feed = saved[i].poll.Feed
		if last, ok := r.states.get(st.Feed); ok && seldom(last.FeedState) == st {
			continue
		}
		if err := saveSeldom(ctx, s, saved[i].feed, &st); err != nil {
			return err
		}
	}
	return nil
}

func saveSeldom(ctx context.Context, s *session, feed int64, st *timeline.FeedState) error {
	habits, err := json.Marshal(st.Habits)
	if err != nil {
		return err
	}
	pace, err := json.Marshal(&st.Pace)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `UPDATE feeds SET etag = ?, last_modified = ?, body_hash = ?, first_poll = ?, failures = ?, last_error = ?,
			items = ?, overflowed = ?, habits = ?, pace = ? WHERE id = ?`,
		st.ETag, st.LastModified, st.BodyHash, stamp{st.FirstPoll}, st.Failures, st.LastError,
		st.Items, stamp{st.Overflowed}, string(habits), string(pace), feed)
	return err
}

// FeedState gives what the last poll left. It is zero but for the name when the
// feed was never polled.
func (r *Record) FeedState(ctx context.Context, feed string) (timeline.FeedState, error) {
	if last, ok := r.states.get(feed); ok {
		return last.FeedState, errorf(ctx.Err(), "state of feed %q", feed)
	}
	st := timeline.FeedState{Feed: feed}
	err := r.read(ctx, func(s *session) error {
		ctx := context.WithoutCancel(ctx)
		states, err := all(ctx, s, scanState, `SELECT `+stateColumns+` FROM `+stateTables+` WHERE f.name = ?`, feed)
		if len(states) > 0 {
			st = states[0]
		}
		return err
	})
	return st, errorf(err, "state of feed %q", feed)
}

const stateColumns = `f.name, f.etag, f.last_modified, f.body_hash, f.first_poll, f.failures, f.last_error, f.items, f.overflowed, f.habits, f.pace,
	p.last_poll, p.last_success, p.next_poll, COALESCE(p.last_outcome, ''), COALESCE(p.interval, 0), COALESCE(p.holds, 0), p.last_full`

const stateTables = `feeds f LEFT JOIN feed_polls p ON p.feed = f.id`

func scanState(row scanner) (timeline.FeedState, error) {
	var scan stateScan
	if err := row.Scan(scan.columns()...); err != nil {
		return timeline.FeedState{}, err
	}
	return scan.state()
}

// stateScan takes stateColumns.
type stateScan struct {
	st                                           timeline.FeedState
	first, last, success, next, overflowed, full stamp
	interval, holds                              int64
	habits, pace                                 []byte // JSON
}

func (c *stateScan) columns() []any {
	return []any{
		&c.st.Feed, &c.st.ETag, &c.st.LastModified, &c.st.BodyHash, &c.first, &c.st.Failures, &c.st.LastError,
		&c.st.Items, &c.overflowed, &c.habits, &c.pace,
		&c.last, &c.success, &c.next, &c.st.LastOutcome, &c.interval, &c.holds, &c.full,
	}
}

func (c *stateScan) state() (timeline.FeedState, error) {
	c.st.FirstPoll, c.st.LastPoll, c.st.LastSuccess, c.st.NextPoll = c.first.Time, c.last.Time, c.success.Time, c.next.Time
	c.st.Overflowed = c.overflowed.Time
	if err := json.Unmarshal(c.habits, &c.st.Habits); err != nil {
		return c.st, err
	}
	if err := json.Unmarshal(c.pace, &c.st.Pace); err != nil {
		return c.st, err
	}
	c.st.Pace.Interval, c.st.Pace.Holds, c.st.Pace.LastFull = time.Duration(c.interval), time.Duration(c.holds), c.full.Time
	return c.st, nil
}

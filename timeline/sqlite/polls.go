package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"marsad/timeline"
)

// CommitPoll records all that a poll changes, in one transaction: its ledger
// row, the new and the revised articles with their facts, what it has seen again
// and the feed's new state. A poll that is recorded already (by its id) changes
// nothing. The feed must be registered; the poll's numbers must sum.
//
// An article that another poll has brought meanwhile, as two feeds of one
// publisher may, is not recorded twice; the ledger row then says known.
func (r *Record) CommitPoll(ctx context.Context, result timeline.PollResult) error {
	if err := validPoll(&result); err != nil {
		return errorf(err, "refused")
	}
	err := r.writeTogether(ctx, r.pollWrite(&result))
	return errorf(err, "poll %s of feed %q", result.Poll.ID, result.Poll.Feed)
}

// pollWrite records the poll. It may run twice.
func (r *Record) pollWrite(result *timeline.PollResult) func(context.Context, *session) error {
	return func(ctx context.Context, s *session) error {
		p := result.Poll // a copy, for what is found known changes its numbers
		feed, err := feedRow(ctx, s, p.Feed)
		if err != nil {
			return err
		}
		var done bool
		if err := s.get(ctx, `SELECT EXISTS (SELECT 1 FROM polls WHERE poll = ?)`, []any{p.ID}, &done); err != nil || done {
			return err
		}
		in := newIntake(s)
		if err := r.readPrints(ctx, s); err != nil {
			return err
		}
		if err := r.readEventPrints(ctx, s); err != nil {
			return err
		}
		for i := range result.Articles {
			read := &result.Articles[i]
			added, err := r.admit(ctx, in, feed, read, p.At)
			if err != nil {
				return fmt.Errorf("article %s: %w", read.Article.ID, err)
			}
			if !added {
				becomeKnown(&p, read.Article.Revision)
			}
		}
		for i := range result.Seen {
			if err := seeAgain(ctx, s, feed, &result.Seen[i], p.At); err != nil {
				return err
			}
		}
		if err := in.close(ctx); err != nil {
			return err
		}
		if err := insertPoll(ctx, s, feed, &p); err != nil {
			return err
		}
		return saveState(ctx, s, feed, &result.State)
	}
}

// becomeKnown moves an article of the poll from new or revised to known.
func becomeKnown(p *timeline.Poll, revision int) {
	from := &p.New
	if revision > 1 {
		from = &p.Revised
	}
	if *from > 0 {
		*from--
		p.Known++
	}
}

// admit records a new or a revised article and remembers its identity. It says
// whether the record did not have that revision before. What all new articles
// have in common waits until the intake is closed.
func (r *Record) admit(ctx context.Context, in *intake, feed int64, read *timeline.ReadArticle, at time.Time) (added bool, err error) {
	s, a := in.s, &read.Article
	it, err := itemNamed(ctx, s, a.ID)
	if err != nil {
		return false, err
	}
	if it == nil && len(read.Identity.Keys) > 0 {
		// Recorded meanwhile under another id, as when the feed was renamed.
		if it, err = in.finder(feed, read.Identity.Publisher).item(ctx, read.Identity.Keys[0]); err != nil {
			return false, err
		}
	}
	content := contentOf(read)
	switch {
	case it == nil:
		it = &item{article: a.ID, lastSeen: stamp{at}}
		if err := s.get(ctx, `INSERT INTO items (article, feed, content, revision, last_seen) VALUES (?, ?, ?, ?, ?) RETURNING id`,
			[]any{a.ID, feed, content, a.Revision, it.lastSeen}, &it.row); err != nil {
			return false, err
		}
		if err := r.insertArticle(ctx, s, it.row, feed, read); err != nil {
			return false, err
		}
		in.arrived = append(in.arrived, arrival{article: it.row, feed: feed, at: at})
		added = true
	case it.article == a.ID && it.revision < a.Revision:
		if _, err := s.exec(ctx, `UPDATE items SET content = ?, revision = ? WHERE id = ?`, content, a.Revision, it.row); err != nil {
			return false, err
		}
		if err := r.reviseArticle(ctx, s, it.row, read, at); err != nil {
			return false, err
		}
		added = true
	}
	if added && read.AwaitsPage {
		if err := awaitPage(ctx, s, it.row, feed, at); err != nil {
			return false, err
		}
	}
	return added, remember(ctx, s, it, feed, &read.Identity, at)
}

// contentOf gives the hash of the words that the feed has for the article, which
// are not the article's when those are its page's.
func contentOf(read *timeline.ReadArticle) string {
	for _, key := range read.Identity.Keys {
		if key.Kind == timeline.KeyContent {
			return key.Value
		}
	}
	return timeline.ContentHash(read.Article.Title, read.Article.Text)
}

// seeAgain remembers for longer what the feed still has.
func seeAgain(ctx context.Context, s *session, feed int64, seen *timeline.Sighting, at time.Time) error {
	it, err := itemNamed(ctx, s, seen.Article)
	if err != nil || it == nil { // forgotten since the poll asked: the next one finds it new
		return err
	}
	return remember(ctx, s, it, feed, &seen.Identity, at)
}

func insertPoll(ctx context.Context, s *session, feed int64, p *timeline.Poll) error {
	reasons, err := json.Marshal(p.Reasons)
	if err != nil {
		return err
	}
	marks, err := json.Marshal(append([]timeline.Mark{}, p.Marks...))
	if err != nil {
		return err
	}
	if err := insertAt(p.At, p.ID, func(at stamp) (int64, error) {
		return s.exec(ctx, `INSERT INTO polls (poll, feed, scheduled, at, point, outcome, fetched, new, known, revised, rejected,
				reasons, status, bytes, took, error, marks)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (point) DO NOTHING`,
			p.ID, feed, stamp{p.Scheduled}, stamp{p.At}, at, p.Outcome, p.Fetched, p.New, p.Known, p.Revised, p.Rejected,
			string(reasons), p.Status, p.Bytes, int64(p.Took), p.Error, string(marks))
	}); err != nil {
		return err
	}
	var row int64
	if err := s.get(ctx, `SELECT id FROM polls WHERE poll = ?`, []any{p.ID}, &row); err != nil {
		return err
	}
	return logChange(ctx, s, pollChange, row, p.At, nil)
}

func saveState(ctx context.Context, s *session, feed int64, st *timeline.FeedState) error {
	habits, err := json.Marshal(st.Habits)
	if err != nil {
		return err
	}
	pace, err := json.Marshal(&st.Pace)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `UPDATE feeds SET etag = ?, last_modified = ?, body_hash = ?, first_poll = ?, last_poll = ?,
			last_success = ?, next_poll = ?, failures = ?, last_outcome = ?, last_error = ?,
			items = ?, overflowed = ?, habits = ?, pace = ? WHERE id = ?`,
		st.ETag, st.LastModified, st.BodyHash, stamp{st.FirstPoll}, stamp{st.LastPoll},
		stamp{st.LastSuccess}, stamp{st.NextPoll}, st.Failures, st.LastOutcome, st.LastError,
		st.Items, stamp{st.Overflowed}, string(habits), string(pace), feed)
	return err
}

// FeedState gives what the last poll left. It is zero but for the name when the
// feed was never polled.
func (r *Record) FeedState(ctx context.Context, feed string) (timeline.FeedState, error) {
	st := timeline.FeedState{Feed: feed}
	err := r.read(ctx, func(s *session) error {
		ctx := context.WithoutCancel(ctx)
		states, err := all(ctx, s, scanState, `SELECT `+stateColumns+` FROM feeds f WHERE f.name = ?`, feed)
		if len(states) > 0 {
			st = states[0]
		}
		return err
	})
	return st, errorf(err, "state of feed %q", feed)
}

const stateColumns = `f.name, f.etag, f.last_modified, f.body_hash, f.first_poll, f.last_poll, f.last_success, f.next_poll,
	f.failures, f.last_outcome, f.last_error, f.items, f.overflowed, f.habits, f.pace`

func scanState(row scanner) (timeline.FeedState, error) {
	var scan stateScan
	if err := row.Scan(scan.columns()...); err != nil {
		return timeline.FeedState{}, err
	}
	return scan.state()
}

// stateScan takes stateColumns.
type stateScan struct {
	st                                     timeline.FeedState
	first, last, success, next, overflowed stamp
	habits, pace                           []byte // JSON
}

func (c *stateScan) columns() []any {
	return []any{
		&c.st.Feed, &c.st.ETag, &c.st.LastModified, &c.st.BodyHash, &c.first, &c.last, &c.success, &c.next,
		&c.st.Failures, &c.st.LastOutcome, &c.st.LastError, &c.st.Items, &c.overflowed, &c.habits, &c.pace,
	}
}

func (c *stateScan) state() (timeline.FeedState, error) {
	c.st.FirstPoll, c.st.LastPoll, c.st.LastSuccess, c.st.NextPoll = c.first.Time, c.last.Time, c.success.Time, c.next.Time
	c.st.Overflowed = c.overflowed.Time
	if err := json.Unmarshal(c.habits, &c.st.Habits); err != nil {
		return c.st, err
	}
	return c.st, json.Unmarshal(c.pace, &c.st.Pace)
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

// feedRow gives the row of a feed; timeline.ErrNotFound when there is none.
func feedRow(ctx context.Context, s *session, name string) (row int64, err error) {
	err = s.get(ctx, `SELECT id FROM feeds WHERE name = ?`, []any{name}, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("feed %q is not registered (SyncFeeds): %w", name, timeline.ErrNotFound)
	}
	return row, err
}

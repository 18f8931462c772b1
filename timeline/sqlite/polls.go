package sqlite

import (
	"context"
	"database/sql"
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
	kind := together
	if len(result.Articles) == 0 {
		kind = patient
	}
	err := r.writeTogether(ctx, kind, r.pollWrite(&result))
	return errorf(err, "poll %s of feed %q", result.Poll.ID, result.Poll.Feed)
}

// pollWrite records the poll. It may run twice.
func (r *Record) pollWrite(result *timeline.PollResult) func(context.Context, *intake) error {
	return func(ctx context.Context, in *intake) error {
		p := result.Poll // a copy, for what is found known changes its numbers
		feed, err := in.feedRow(ctx, p.Feed)
		if err != nil {
			return err
		}
		if done, err := r.isRecorded(ctx, in, feed, &p); err != nil || done {
			return err
		}
		if len(result.Articles) > 0 {
			if err := r.readAllPrints(ctx, in); err != nil {
				return err
			}
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
			if err := seeAgain(ctx, in.s, feed, &result.Seen[i], p.At); err != nil {
				return err
			}
		}
		in.polled = append(in.polled, polled{feed: feed, poll: p, state: &result.State})
		return nil
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
	content := contentOf(read)
	it, isNew, err := in.item(ctx, feed, read, content, at)
	if err != nil {
		return false, err
	}
	switch {
	case isNew:
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

// item gives the item of an article, which it inserts when there is none.
func (in *intake) item(ctx context.Context, feed int64, read *timeline.ReadArticle, content string, at time.Time) (it *item, isNew bool, err error) {
	a := &read.Article
	if len(read.Identity.Keys) > 0 {
		// It may have been recorded meanwhile, and under another id, as when the feed
		// was renamed.
		if it, err = in.finder(feed, read.Identity.Publisher).item(ctx, read.Identity.Keys[0]); err != nil {
			return nil, false, err
		}
	}
	if it != nil && it.article == a.ID {
		return it, false, nil
	}
	named := item{article: a.ID, lastSeen: stamp{at}}
	if it == nil {
		err := in.s.get(ctx, `INSERT INTO items (article, feed, content, revision, last_seen) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (article) DO NOTHING RETURNING id`, []any{a.ID, feed, content, a.Revision, named.lastSeen}, &named.row)
		if !errors.Is(err, sql.ErrNoRows) {
			return &named, true, err
		}
	}
	own, err := itemNamed(ctx, in.s, a.ID)
	if own != nil {
		it = own
	}
	return it, false, err
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

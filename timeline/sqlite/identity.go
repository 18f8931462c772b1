package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"marsad/timeline"
)

// item is what is remembered of an article, for longer than the article is kept.
type item struct {
	row      int64
	article  string
	content  string
	revision int
	feed     string // the one that had it first
	lastSeen stamp
}

const itemColumns = `i.id, i.article, i.content, i.revision, f.name, i.last_seen`

func (i *item) columns() []any {
	return []any{&i.row, &i.article, &i.content, &i.revision, &i.feed, &i.lastSeen}
}

// Known tells of each identity what the record remembers: one answer for each,
// in the same order.
//
// The deciding key, the first, decides alone. When it is new the item is new,
// even if another key is known: sites give many articles one link, and agencies
// one text to many, so that a match of a lesser key would swallow news.
func (r *Record) Known(ctx context.Context, ids []timeline.Identity) ([]timeline.Known, error) {
	out := make([]timeline.Known, len(ids))
	err := r.read(ctx, func(s *session) error {
		for i := range ids {
			if len(ids[i].Keys) == 0 {
				continue
			}
			feed, err := feedRow(ctx, s, ids[i].Feed)
			if err != nil && !errors.Is(err, timeline.ErrNotFound) {
				return err
			}
			if out[i], err = known(ctx, s, feed, &ids[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errorf(err, "known items")
	}
	return out, nil
}

func known(ctx context.Context, s *session, feed int64, id *timeline.Identity) (k timeline.Known, err error) {
	it, err := itemOf(ctx, s, feed, id)
	if err != nil || it == nil {
		return k, err
	}
	k = timeline.Known{Article: it.article, Content: it.content, Revision: it.revision, Feed: it.feed}
	if err := s.get(ctx, `SELECT EXISTS (SELECT 1 FROM sightings WHERE item = ? AND feed = ?)`,
		[]any{it.row, feed}, &k.InFeed); err != nil {
		return k, err
	}
	var published stamp
	err = s.get(ctx, `SELECT published FROM articles WHERE id = ?`, []any{it.row}, &published)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return k, err
	}
	k.Published = published.Time
	return k, nil
}

// itemOf finds the item by its deciding key; nil when there is none. What the
// feed had when its publisher went by another name it still has.
func itemOf(ctx context.Context, s *session, feed int64, id *timeline.Identity) (*item, error) {
	const query = `SELECT ` + itemColumns + ` FROM identities k JOIN items i ON i.id = k.item JOIN feeds f ON f.id = i.feed WHERE k.key = ?`
	var it item
	err := s.get(ctx, query, []any{identityKey(feed, id.Publisher, id.Keys[0])}, it.columns()...)
	if !errors.Is(err, sql.ErrNoRows) {
		return &it, err
	}
	former, err := all(ctx, s, column[string], `SELECT publisher FROM former_publishers WHERE feed = ? AND publisher <> ?`, feed, id.Publisher)
	if err != nil {
		return nil, err
	}
	for _, publisher := range former {
		// In this feed only: the others of that name are another publisher's now.
		err := s.get(ctx, query+` AND EXISTS (SELECT 1 FROM sightings g WHERE g.item = i.id AND g.feed = ?)`,
			[]any{identityKey(feed, publisher, id.Keys[0]), feed}, it.columns()...)
		if !errors.Is(err, sql.ErrNoRows) {
			return &it, err
		}
	}
	return nil, nil
}

// itemNamed finds the item of an article by its id; nil when there is none.
func itemNamed(ctx context.Context, s *session, article string) (*item, error) {
	var it item
	err := s.get(ctx, `SELECT `+itemColumns+` FROM items i JOIN feeds f ON f.id = i.feed WHERE i.article = ?`,
		[]any{article}, it.columns()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &it, err
}

// identityKey names a key within its scope: the feed for a GUID that promises no
// more, else the publisher. The feed is its row, which a rename leaves alone.
func identityKey(feed int64, publisher string, key timeline.Key) string {
	scope := ""
	if key.Kind == timeline.KeyGUID && !timeline.IsGlobalGUID(key.Value) {
		scope = strconv.FormatInt(feed, 10)
	}
	return timeline.Hash("identity", publisher, scope, string(key.Kind), key.Value)
}

// remember records all keys of an item and that the feed has it. A key that is
// another item's already stays with that item.
func remember(ctx context.Context, s *session, it *item, feed int64, id *timeline.Identity, now time.Time) error {
	for _, key := range id.Keys {
		if _, err := s.exec(ctx, `INSERT INTO identities (key, item) VALUES (?, ?) ON CONFLICT DO NOTHING`,
			identityKey(feed, id.Publisher, key), it.row); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, `INSERT INTO sightings (item, feed) VALUES (?, ?) ON CONFLICT DO NOTHING`, it.row, feed); err != nil {
		return err
	}
	// To the day: what a feed has for weeks need not be written at every poll.
	if now.Sub(it.lastSeen.Time) < 24*time.Hour {
		return nil
	}
	_, err := s.exec(ctx, `UPDATE items SET last_seen = ? WHERE id = ?`, stamp{now}, it.row)
	return err
}

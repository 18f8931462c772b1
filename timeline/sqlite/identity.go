package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
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
		ctx := context.WithoutCancel(ctx) // many short queries: watching ctx would cost as much as they do
		var of *finder
		var asked *timeline.Identity // whose feed and publisher it is of
		for i := range ids {
			id := &ids[i]
			if len(id.Keys) == 0 {
				continue
			}
			if asked == nil || id.Feed != asked.Feed || id.Publisher != asked.Publisher {
				feed, err := feedRow(ctx, s, id.Feed)
				if err != nil && !errors.Is(err, timeline.ErrNotFound) {
					return err
				}
				of, asked = newFinder(s, feed, id.Publisher), id
			}
			it, err := of.item(ctx, id.Keys[0])
			if err != nil {
				return err
			}
			if it == nil {
				continue
			}
			k := &out[i]
			*k = timeline.Known{Article: it.article, Content: it.content, Revision: it.revision, Feed: it.feed}
			var published stamp
			if err := s.get(ctx, `SELECT EXISTS (SELECT 1 FROM sightings WHERE item = ?1 AND feed = ?2), (SELECT published FROM articles WHERE id = ?1)`,
				[]any{it.row, of.feed}, &k.InFeed, &published); err != nil {
				return err
			}
			k.Published = published.Time
		}
		return nil
	})
	if err != nil {
		return nil, errorf(err, "known items")
	}
	return out, nil
}

// finder finds the items of a feed by their keys.
type finder struct {
	s         *session
	feed      int64
	publisher string

	askedFormer bool
	former      []string // what the feed's publisher was called before
}

func newFinder(s *session, feed int64, publisher string) *finder {
	return &finder{s: s, feed: feed, publisher: publisher}
}

// item finds the item by its deciding key; nil when there is none. What the feed
// had when its publisher went by another name it still has.
func (f *finder) item(ctx context.Context, key timeline.Key) (*item, error) {
	it, err := itemUnder(ctx, f.s, f.feed, f.publisher, key)
	if err != nil || it != nil {
		return it, err
	}
	if !f.askedFormer {
		if f.former, err = all(ctx, f.s, column[string], `SELECT publisher FROM former_publishers WHERE feed = ? AND publisher <> ?`,
			f.feed, f.publisher); err != nil {
			return nil, err
		}
		f.askedFormer = true
	}
	for _, publisher := range f.former {
		it, err := itemUnder(ctx, f.s, f.feed, publisher, key)
		if err != nil {
			return nil, err
		}
		if it == nil {
			continue
		}
		// In this feed only: the others of that name are another publisher's now.
		var seen bool
		if err := f.s.get(ctx, `SELECT EXISTS (SELECT 1 FROM sightings WHERE item = ? AND feed = ?)`, []any{it.row, f.feed}, &seen); err != nil {
			return nil, err
		}
		if seen {
			return it, nil
		}
	}
	return nil, nil
}

// itemUnder finds the item by a key of the publisher's; nil when there is none.
func itemUnder(ctx context.Context, s *session, feed int64, publisher string, key timeline.Key) (*item, error) {
	row, err := publisherRow(ctx, s, publisher)
	if err != nil || row == 0 {
		return nil, err
	}
	var it item
	err = s.get(ctx, `SELECT `+itemColumns+` FROM identities k JOIN items i ON i.id = k.item JOIN feeds f ON f.id = i.feed
		WHERE k.publisher = ? AND k.key = ?`, []any{row, identityKey(feed, publisher, key)}, it.columns()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &it, err
}

// publisherRow gives the row of a publisher; 0 when there is none.
func publisherRow(ctx context.Context, s *session, publisher string) (row int64, err error) {
	if row, ok := s.publishers[publisher]; ok {
		return row, nil
	}
	err = s.get(ctx, `SELECT id FROM publishers WHERE publisher = ?`, []any{publisher}, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		s.publishers[publisher] = row
	}
	return row, err
}

// addPublisher gives the row of a publisher, which it inserts when it is missing.
func addPublisher(ctx context.Context, s *session, publisher string) (row int64, err error) {
	if row, err = publisherRow(ctx, s, publisher); err != nil || row != 0 {
		return row, err
	}
	err = s.get(ctx, `INSERT INTO publishers (publisher) VALUES (?) RETURNING id`, []any{publisher}, &row)
	return row, err
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

// keyBits is how much is kept of a key's hash. Keys of one publisher share an
// index, so that a thousand million items of one are as many as are likely to
// stay apart.
const keyBits = 60

// identityKey names a key within its scope: the feed for a GUID that promises no
// more, else the publisher. The feed is its row, which a rename leaves alone.
func identityKey(feed int64, publisher string, key timeline.Key) int64 {
	scope := ""
	if key.Kind == timeline.KeyGUID && !timeline.IsGlobalGUID(key.Value) {
		scope = strconv.FormatInt(feed, 10)
	}
	return timeline.Spread(1<<keyBits, "identity", publisher, scope, string(key.Kind), key.Value)
}

// keysAtOnce is how many keys one statement inserts at most.
const keysAtOnce = 8

// remember records all keys of an item and that the feed has it. A key that is
// another item's already stays with that item.
func remember(ctx context.Context, s *session, it *item, feed int64, id *timeline.Identity, now time.Time) error {
	publisher, err := addPublisher(ctx, s, id.Publisher)
	if err != nil {
		return err
	}
	for keys := range slices.Chunk(id.Keys, keysAtOnce) {
		args := make([]any, 0, 3*len(keys))
		for _, key := range keys {
			args = append(args, publisher, identityKey(feed, id.Publisher, key), it.row)
		}
		if _, err := s.exec(ctx, `INSERT OR FAIL INTO identities (publisher, key, item) VALUES `+tuples(len(keys), 3)+
			` ON CONFLICT DO NOTHING`, args...); err != nil {
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
	_, err = s.exec(ctx, `UPDATE items SET last_seen = ? WHERE id = ?`, stamp{now}, it.row)
	return err
}

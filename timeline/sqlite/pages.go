package sqlite

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// Pages hold 100 items unless the query says otherwise, and never more than 1000.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// key is an item's place in a listing: newest first, then by id, backwards.
type key struct {
	at int64
	id string
}

// cursor spells a key so that nobody is tempted to make one.
func (k key) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(k.at, 10) + " " + k.id))
}

func parseCursor(cursor string) (key, error) {
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, found := strings.Cut(string(data), " ")
	if err != nil || !found || id == "" {
		return key{}, fmt.Errorf("%q: %w", cursor, timeline.ErrCursor)
	}
	n, err := strconv.ParseInt(at, 10, 64)
	k := key{n, id}
	if err != nil || k.cursor() != cursor {
		return key{}, fmt.Errorf("%q: %w", cursor, timeline.ErrCursor)
	}
	return k, nil
}

// pager is where a page begins and how long it is.
type pager struct {
	after key
	limit int
}

func newPager(q timeline.Query) (pager, error) {
	p := pager{after: key{math.MaxInt64, "\U0010FFFF"}, limit: q.Limit} // before every item
	if p.limit <= 0 {
		p.limit = defaultLimit
	}
	p.limit = min(p.limit, maxLimit)
	if q.Cursor == "" {
		return p, nil
	}
	var err error
	p.after, err = parseCursor(q.Cursor)
	return p, err
}

// selection is what a listing selects and is ordered by.
type selection struct {
	column string // the time it is ordered by
	id     string // the column of content ids, for what has the same time
	wheres []string
	args   []any
}

func (w *selection) where(condition string, args ...any) {
	w.wheres = append(w.wheres, condition)
	w.args = append(w.args, args...)
}

// equal selects by a column, unless the value is empty.
func (w *selection) equal(column, value string) {
	if value != "" {
		w.where(column+` = ?`, value)
	}
}

// between selects the times of [after, before) in nanoseconds.
func (w *selection) between(after, before time.Time) {
	if !after.IsZero() {
		w.where(w.column+` >= ?`, from(after))
	}
	if !before.IsZero() {
		w.where(w.column+` < ?`, to(before))
	}
}

func (w *selection) conditions() string { return strings.Join(w.wheres, ` AND `) }

// sql completes the query with the conditions, the place to go on after and the
// order.
func (w *selection) sql(query string, after key, limit int) (string, []any) {
	conditions := append([]string{w.column + ` <= ?`, `(` + w.column + `, ` + w.id + `) < (?, ?)`}, w.wheres...)
	args := append([]any{after.at, after.at, after.id}, w.args...)
	return query + ` WHERE ` + strings.Join(conditions, ` AND `) +
		` ORDER BY ` + w.column + ` DESC, ` + w.id + ` DESC LIMIT ?`, append(args, limit)
}

// turn reads a page: the query, which has neither conditions nor order, and how
// to scan a row and name its place.
func turn[T any](ctx context.Context, s *session, p pager, w selection, scan func(scanner) (T, error), place func(T) key, query string) (timeline.Page[T], error) {
	query, args := w.sql(query, p.after, p.limit+1)
	items, err := all(ctx, s, scan, query, args...)
	if err != nil {
		return timeline.Page[T]{}, err
	}
	page := timeline.Page[T]{Items: items}
	if len(items) > p.limit {
		page.Items = items[:p.limit]
		page.Next = place(items[p.limit-1]).cursor()
	}
	return page, nil
}

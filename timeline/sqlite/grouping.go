package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"marsad/timeline"
)

// prints is what the grouper of stories has been told.
type prints struct {
	last   int64 // the last article it knows; 0: nothing
	oldest int64 // the first that is still of use to it
}

// readAllPrints tells the groupers of what they do not know yet, once in a
// transaction.
func (r *Record) readAllPrints(ctx context.Context, in *intake) error {
	if in.printed {
		return nil
	}
	in.printed = true
	if err := r.readPrints(ctx, in.s); err != nil {
		return err
	}
	return r.readEventPrints(ctx, in.s)
}

// readPrints tells the grouper of the articles that it does not know yet: all of
// its window when the record was opened, later those that another process has
// recorded. It comes before articles are grouped in a transaction.
func (r *Record) readPrints(ctx context.Context, s *session) error {
	if r.opts.Stories == nil {
		return nil
	}
	for n := printsAtOnce; n == printsAtOnce; {
		rows, err := all(ctx, s, func(row scanner) (p timeline.Printed, err error) {
			var published, firstSeen stamp
			err = row.Scan(&p.Number, &published, &firstSeen, &p.Print)
			p.Published, p.FirstSeen = published.Time, firstSeen.Time
			return p, err
		}, `SELECT article, published, first_seen, print FROM story_prints WHERE article > ? ORDER BY article LIMIT ?`, r.prints.last, printsAtOnce)
		if err != nil {
			return err
		}
		for i := range rows {
			r.prints = prints{last: rows[i].Number, oldest: r.opts.Stories.Add(rows[i])}
		}
		n = len(rows)
	}
	if r.prints.last == 0 {
		return r.makePrints(ctx, s)
	}
	return nil
}

// printsAtOnce is how many prints are in memory before the grouper has them.
const printsAtOnce = 5000

// makePrintsOf is how old an article may be, by when it was first seen, to get a
// print in a record that has none.
const makePrintsOf = 4 * 24 * time.Hour

// makePrints makes the prints of a record that was written before there were any.
func (r *Record) makePrints(ctx context.Context, s *session) error {
	var newest stamp
	if err := s.get(ctx, `SELECT MAX(first_seen) FROM articles`, nil, &newest); err != nil || newest.IsZero() {
		return err
	}
	rows, err := all(ctx, s, column[int64], `SELECT id FROM articles WHERE first_seen >= ? ORDER BY id`,
		stamp{newest.Add(-makePrintsOf)})
	if err != nil {
		return err
	}
	for _, row := range rows {
		k, err := r.readKept(ctx, s, row)
		if err != nil {
			return err
		}
		sig := r.opts.Stories.Sign(&k.Article)
		sig.Keys = nil // it has them
		if err := r.insertSignature(ctx, s, row, &k.Article, &sig); err != nil {
			return err
		}
	}
	r.log.LogAttrs(ctx, slog.LevelInfo, "articles made comparable", slog.Int("articles", len(rows)))
	return nil
}

// forgetPrints makes the grouper begin anew: a transaction that it was told of
// did not take place, and what the record numbers next may be something else.
func (r *Record) forgetPrints() {
	if r.opts.Stories != nil && r.prints.last > 0 {
		r.prints = prints{}
		r.opts.Stories.Reset()
	}
}

// group puts a new article into its story: the one an analyst ruled, else the
// oldest of those that the same text is in, else its own.
func (r *Record) group(ctx context.Context, s *session, a *timeline.Article) (sig timeline.Signature, err error) {
	a.Story = timeline.Hash("story", a.ID)
	if r.opts.Stories == nil {
		return sig, nil
	}
	sig = r.opts.Stories.Sign(a)
	unruled, err := s.isEmpty(ctx, "story_rulings")
	if err != nil {
		return sig, err
	}
	if !unruled {
		err := s.get(ctx, `SELECT story FROM story_rulings WHERE article = ?`, []any{a.ID}, &a.Story)
		if !errors.Is(err, sql.ErrNoRows) {
			return sig, err
		}
	}
	sharing, err := findSharing(ctx, s, &sig)
	if err != nil {
		return sig, err
	}
	numbers := r.opts.Stories.Near(&sig, sharing)
	if len(numbers) == 0 {
		return sig, nil
	}
	near, err := json.Marshal(numbers)
	if err != nil {
		return sig, err
	}
	err = s.get(ctx, `SELECT s.story FROM json_each(?) n CROSS JOIN articles a ON a.id = n.value JOIN stories s ON s.id = a.story
		ORDER BY s.id LIMIT 1`, []any{string(near)}, &a.Story)
	if errors.Is(err, sql.ErrNoRows) { // none, or pruned
		return sig, nil
	}
	return sig, err
}

// findSharing gives the articles that share a key with the signed one and were
// published in its time, in record order.
func findSharing(ctx context.Context, s *session, sig *timeline.Signature) ([]timeline.StoryMatch, error) {
	if len(sig.Keys) == 0 {
		return nil, nil
	}
	args := make([]any, 0, len(sig.Keys)+2)
	for _, key := range sig.Keys {
		args = append(args, key)
	}
	return all(ctx, s, func(row scanner) (m timeline.StoryMatch, err error) {
		return m, row.Scan(&m.Article, &m.Key)
	}, `SELECT article, key FROM story_keys WHERE key IN `+tuples(1, len(sig.Keys))+` AND published >= ? AND published < ?
		ORDER BY article, key`, append(args, from(sig.From), to(sig.To))...)
}

// insertSignature remembers what later articles may find a new one by.
func (r *Record) insertSignature(ctx context.Context, s *session, row int64, a *timeline.Article, sig *timeline.Signature) error {
	for some := range slices.Chunk(sig.Keys, keysAtOnce) {
		args := make([]any, 0, 3*len(some))
		for _, key := range some {
			args = append(args, row, key, stamp{a.Published})
		}
		if _, err := s.exec(ctx, `INSERT OR FAIL INTO story_keys (article, key, published) VALUES `+tuples(len(some), 3)+
			` ON CONFLICT DO NOTHING`, args...); err != nil {
			return err
		}
	}
	if sig.Print == nil {
		return nil
	}
	if _, err := s.exec(ctx, `INSERT INTO story_prints (article, published, first_seen, print) VALUES (?, ?, ?, ?)`,
		row, stamp{a.Published}, stamp{a.FirstSeen}, sig.Print); err != nil {
		return err
	}
	oldest := r.opts.Stories.Add(timeline.Printed{Number: row, Published: a.Published, FirstSeen: a.FirstSeen, Print: sig.Print})
	r.prints = prints{last: row, oldest: oldest}
	return nil
}

// prunePrints deletes the prints that are of no use any more.
func (r *Record) prunePrints(ctx context.Context) error {
	for n := int64(pruneRows); n == pruneRows; {
		if err := r.write(ctx, func(ctx context.Context, s *session) (err error) {
			n, err = r.dropPrints(ctx, s)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// dropPrints deletes up to pruneRows of them and says how many it did.
func (r *Record) dropPrints(ctx context.Context, s *session) (int64, error) {
	return s.exec(ctx, `DELETE FROM story_prints WHERE article IN (SELECT article FROM story_prints WHERE article < ? ORDER BY article LIMIT ?)`,
		r.prints.oldest, pruneRows)
}

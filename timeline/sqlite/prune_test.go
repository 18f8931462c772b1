package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline"
)

// A poll that comes while much is pruned waits for one batch and no more.
func TestPollsGoOnWhilePruning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
		syncFeed(t, r)
		const batches = 4
		if err := r.CommitPoll(t.Context(), testPoll(0, batches*pruneArticles)); err != nil {
			t.Fatal(err)
		}
		count := func(ctx context.Context, s *session) (n int, err error) {
			return n, s.get(ctx, `SELECT COUNT(*) FROM articles`, nil, &n)
		}

		r.turn <- struct{}{} // so that both wait
		pruned := make(chan error)
		go func() {
			_, err := r.Prune(t.Context(), noon.Add(r.cfg.Keep+time.Hour))
			pruned <- err
		}()
		synctest.Wait()
		polled := make(chan error)
		left := 0
		go func() {
			polled <- r.writeTogether(t.Context(), together, func(ctx context.Context, in *intake) (err error) {
				left, err = count(ctx, in.s)
				return err
			})
		}()
		synctest.Wait()
		<-r.turn
		if err := <-polled; err != nil || left != (batches-1)*pruneArticles {
			t.Errorf("when the poll's turn came %d articles were left, %v; want all but those of one batch", left, err)
		}
		if err := <-pruned; err != nil {
			t.Fatal(err)
		}
		if stats, err := r.Stats(t.Context()); err != nil || stats.Articles != 0 {
			t.Errorf("%d articles are left, %v", stats.Articles, err)
		}
	})
}

// An item is forgotten when no feed has had it for long and its article is gone.
// What is kept is passed over, however much there is of it.
func TestPruneItems(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	syncFeed(t, r)
	r.cfg.Keep, r.opts.Remember = 0, time.Hour
	for n := range 3 {
		if err := r.CommitPoll(t.Context(), testPoll(n, pruneItems)); err != nil {
			t.Fatal(err)
		}
	}
	known := func() (n int) {
		t.Helper()
		for poll := range 3 {
			for i := range pruneItems {
				known, err := r.Known(t.Context(), []timeline.Identity{testArticle(fmt.Sprintf("%d-%d", poll, i), noon).Identity})
				if err != nil {
					t.Fatal(err)
				}
				if known[0].Revision > 0 {
					n++
				}
			}
		}
		return n
	}
	later := noon.Add(30 * 24 * time.Hour)
	if _, err := r.Prune(t.Context(), later); err != nil || known() != 3*pruneItems {
		t.Errorf("%d items are known, %v; want all, whose articles are kept", known(), err)
	}
	r.cfg.Keep = 30*24*time.Hour - 2*time.Minute // the first two polls go
	r.cfg.LedgerKeep = 0
	if _, err := r.Prune(t.Context(), later); err != nil || known() != pruneItems {
		t.Errorf("%d items are known, %v; want those of the last poll", known(), err)
	}
}

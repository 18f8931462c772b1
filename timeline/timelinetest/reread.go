//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// readBy has the facts read by a reader of the version.
func readBy(version string) change {
	return func(r *timeline.ReadArticle) { r.Facts.Version = version }
}

// factReader reads articles as drafts are read, and notes which.
type factReader struct {
	of   string // the group that counts are said of
	read []string
	then func(name string) // called after each reading; may be nil
}

func (f *factReader) facts(a *timeline.Article) timeline.Facts {
	facts := factsOf(a)
	for i := range facts.Counts {
		facts.Counts[i].Of = f.of
	}
	name := strings.TrimPrefix(a.Title, "News of ")
	f.read = append(f.read, name)
	if f.then != nil {
		f.then(name)
	}
	return facts
}

func testReadFacts(t *testing.T, s Store) {
	register(t, s, "f", "P")
	along := newFollower(s)
	changes := func() int {
		t.Helper()
		n := 0
		for k := along.follow(t, 100); k > 0; k = along.follow(t, 100) {
			n += k
		}
		along.wantState(t)
		return n
	}
	reread := func(version string, r *factReader, names ...string) {
		t.Helper()
		if err := s.ReadFacts(t.Context(), version, r.facts, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(names, r.read); diff != "" {
			t.Errorf("articles read again for %q (-want +got):\n%s", version, diff)
		}
	}
	commit(t, s,
		poll("f", 0, draft("a", about("t"), readBy("1")), draft("b", readBy("1"), text("Nothing.")), draft("c", readBy("1"))),
		poll("f", time.Minute, draft("c", revision(2), readBy("1"), text("In 2016 they were 13 men."))))
	changes()
	before := snapshot(t, s)

	reread("1", &factReader{of: "isis"})
	reread("2", &factReader{of: "isis"}, "c", "b", "a") // the last recorded first
	if n := changes(); n != 0 {
		t.Errorf("facts that are as before make %d changes", n)
	}
	if diff := cmp.Diff(before, snapshot(t, s)); diff != "" {
		t.Errorf("facts that are as before (-before +after):\n%s", diff)
	}

	reread("3", &factReader{of: "alqaeda"}, "c", "b", "a")
	if n := changes(); n != 2 {
		t.Errorf("%d changes, want one for each article with a count", n)
	}
	was := make(map[string]timeline.ReadArticle)
	for _, r := range before.Articles {
		was[r.Article.ID] = r
	}
	for _, r := range articles(t, s) {
		for i, c := range r.Facts.Counts {
			if old := was[r.Article.ID].Facts.Counts[i]; c.Of != "alqaeda" || !c.At.Equal(old.At) {
				t.Errorf("count of %q at %v, want alqaeda at %v as before", c.Of, c.At, old.At)
			}
		}
		for i, e := range r.Facts.Events {
			if old := was[r.Article.ID].Facts.Events[i]; !e.At.Equal(old.At) {
				t.Errorf("event at %v, want %v as before", e.At, old.At)
			}
		}
		if diff := cmp.Diff(was[r.Article.ID].Facts.Mentions, r.Facts.Mentions); diff != "" {
			t.Errorf("mentions (-before +after):\n%s", diff)
		}
	}
	wantCounts(t, s, "t", 1, 3)

	// What goes has its points deleted.
	if err := s.ReadFacts(t.Context(), "4", func(*timeline.Article) timeline.Facts { return timeline.Facts{} }, nil); err != nil {
		t.Fatal(err)
	}
	changes()
	for key := range along.points {
		if key.measurement == "counts" || key.measurement == "events" {
			t.Errorf("point %v is left of a fact that is not read any more", key)
		}
	}

	// An article that is revised while it is read has the facts of the revision.
	commit(t, s, poll("f", 2*time.Minute, draft("d", readBy("5"))))
	revised := false
	reread("5", &factReader{of: "isis", then: func(name string) {
		if name == "b" && !revised {
			revised = true
			commit(t, s, poll("f", 3*time.Minute, draft("b", revision(2), readBy("5"), text("In 2012 they were 14 men."))))
		}
	}}, "c", "b", "a")
	changes()
	for _, r := range articles(t, s) {
		if got := len(r.Facts.Counts) + len(r.Facts.Events); got != 2 {
			t.Errorf("%s has %d counts and events, want one each", r.Article.Title, got)
		}
	}
	reread("5", &factReader{})
}

func testReadFactsResumes(t *testing.T, s Store) {
	const n = 120
	register(t, s, "f", "P")
	for i := range n / 40 {
		commit(t, s, poll("f", time.Duration(i)*time.Minute, drafts(40, fmt.Sprint("a", i, "-"), readBy("1"))...))
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first := &factReader{of: "alqaeda"}
	recorded := 0
	err := s.ReadFacts(ctx, "2", first.facts, func(done, total int) {
		if total != n || done <= 0 || done > total {
			t.Errorf("progress %d of %d, want at most %d", done, total, n)
		}
		recorded = done
		cancel()
	})
	if !errors.Is(err, context.Canceled) || recorded == 0 || recorded >= n {
		t.Fatalf("%d articles read, %v; want some and %v", recorded, err, context.Canceled)
	}
	second := &factReader{of: "alqaeda"}
	if err := s.ReadFacts(t.Context(), "2", second.facts, nil); err != nil {
		t.Fatal(err)
	}
	if len(second.read) != n-recorded {
		t.Errorf("the second go read %d articles, want the %d that the first left", len(second.read), n-recorded)
	}
	for _, r := range articles(t, s) {
		if of := r.Facts.Counts[0].Of; of != "alqaeda" {
			t.Fatalf("count of %q after reading again, want alqaeda", of)
		}
	}
}

//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// storyOf gives the story that an article is in.
func storyOf(t *testing.T, s Store, name string, changes ...change) string {
	t.Helper()
	got, err := s.Article(t.Context(), draft(name, changes...).Article.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got.Article.Story
}

// Articles that share no key are one story when the grouper says that they read
// alike; one that would join two stories joins the older and leaves both be.
func testStoriesByText(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	wire := func(name string) change { return text("Wire " + name + ". They were 12 men.") }
	commit(t, s,
		poll("f", 0, draft("a", wire("one"), about("t")), draft("b", titled("Other story"))),
		poll("g", 0, draft("c", in("g", "Q"), wire("one"), about("t")), draft("d", in("g", "Q"), wire("two"))),
		poll("f", time.Hour, draft("e", wire("two"), titled("Other story"), at(time.Minute))),
		poll("f", 2*time.Hour, draft("late", wire("one"), at(30*time.Hour))))
	q := in("g", "Q")
	if a, c := storyOf(t, s, "a"), storyOf(t, s, "c", q); a != c {
		t.Errorf("the copy is in story %s, want %s", c, a)
	}
	b, d, e := storyOf(t, s, "b"), storyOf(t, s, "d", q), storyOf(t, s, "e")
	if e != b || d == b {
		t.Errorf("what would join two stories joined %s, want the older %s and not %s", e, b, d)
	}
	if late := storyOf(t, s, "late"); late == storyOf(t, s, "a") {
		t.Error("an article of the next day joined the story")
	}
	wantCounts(t, s, "t", 2, 4)
}

func testStoriesRuled(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q", "h", "R")
	same := titled("Wire story")
	members := []timeline.ReadArticle{
		draft("a", same, about("t")),
		draft("b", in("g", "Q"), same, about("t")),
		draft("c", in("h", "R"), same, about("t")),
		draft("again", same, about("t"), at(time.Minute)),
	}
	commit(t, s,
		poll("f", 0, members[0]), poll("g", 0, members[1]), poll("h", 0, members[2]), poll("f", time.Minute, members[3]))
	id := storyOf(t, s, "a")
	wantCounts(t, s, "t", 3, 3)
	ruling := timeline.Ruling{At: noon.Add(time.Hour), Since: noon.Add(-5 * time.Hour), By: "analyst", Why: "not the same"}

	for name, wrong := range map[string][]string{"nothing": nil, "a stranger": {"none"}, "all": {
		members[0].Article.ID, members[1].Article.ID, members[2].Article.ID, members[3].Article.ID,
	}} {
		if _, err := s.SplitStory(t.Context(), id, wrong, ruling); err == nil {
			t.Errorf("split off %s: no error", name)
		}
	}
	if _, err := s.SplitStory(t.Context(), "none", []string{members[0].Article.ID}, ruling); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("split of no story: %v, want %v", err, timeline.ErrNotFound)
	}

	// The publisher's second article is first of its publisher where it is now.
	split, err := s.SplitStory(t.Context(), id, []string{members[3].Article.ID, members[2].Article.ID}, ruling)
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, "t", 4, 4)
	detail, err := s.Story(t.Context(), split)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range detail.Members {
		if m.Was != id || !m.Ruled.Equal(ruling.At) || !m.Counted || m.By != ruling.By || m.Why != ruling.Why {
			t.Errorf("member %+v, want one ruled out of %s that counts", m, id)
		}
		got = append(got, m.Article.URL)
	}
	if diff := cmp.Diff([]string{"https://example.org/c", "https://example.org/again"}, got); diff != "" {
		t.Errorf("split off (-want +got):\n%s", diff)
	}
	if detail, err = s.Story(t.Context(), id); err != nil || len(detail.Members) != 2 || len(detail.Moved) != 2 || detail.Moved[0].By != ruling.By || detail.Story.Articles != 2 {
		t.Errorf("what is left %+v, %v; want two members, and two that were moved", detail, err)
	}

	// A copy that comes later goes where it reads like the older; reading and
	// loading again leave the ruling alone.
	commit(t, s, poll("f", 2*time.Minute, members...))
	revised := draft("c", in("h", "R"), same, about("t"), text("Corrected."), revision(2))
	commit(t, s, poll("h", 3*time.Minute, revised))
	if _, err := s.CommitLoad(t.Context(), []timeline.ReadArticle{members[2]}); err != nil {
		t.Fatal(err)
	}
	if got := storyOf(t, s, "c", in("h", "R")); got != split {
		t.Errorf("read again it is in story %s, want %s", got, split)
	}
	commit(t, s, poll("g", 4*time.Minute, draft("later", in("g", "Q"), same, at(2*time.Minute))))
	if got := storyOf(t, s, "later", in("g", "Q")); got != id {
		t.Errorf("a later copy is in story %s, want the older %s", got, id)
	}

	// Merged again, all is as it was, and the empty story says where to look.
	if err := s.MergeStories(t.Context(), id, []string{split}, ruling); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, "t", 3, 3)
	if _, err := s.Story(t.Context(), split); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("the merged story: %v, want %v", err, timeline.ErrNotFound)
	}
	if err := s.MergeStories(t.Context(), id, []string{id}, ruling); err == nil {
		t.Error("a story was merged with itself")
	}

	// Steps that are final stay as they are.
	final := timeline.Ruling{At: noon.Add(48 * time.Hour), Since: noon.Add(24 * time.Hour)}
	if split, err = s.SplitStory(t.Context(), id, []string{members[3].Article.ID}, final); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, "t", 3, 3)

	// The ruling outlives the article and its being known.
	if _, err := s.Prune(t.Context(), noon.Add(Keep+Remember)); err != nil {
		t.Fatal(err)
	}
	if got := articles(t, s); len(got) != 0 {
		t.Fatalf("%d articles after all were pruned", len(got))
	}
	commit(t, s, poll("f", 5*time.Minute, members[0], members[3]))
	if a, again := storyOf(t, s, "a"), storyOf(t, s, "again"); again != split || a != id {
		t.Errorf("recorded again they are in stories %s and %s, want %s and %s", a, again, id, split)
	}
}

//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// namesOf gives the last letters of the addresses of those that tell of it.
func namesOf(h *timeline.Happening) string {
	var names strings.Builder
	for _, m := range h.Mentions {
		names.WriteString(m.Article.URL[strings.LastIndexByte(m.Article.URL, '/')+1:])
	}
	return names.String()
}

func happenings(t *testing.T, s Store, q timeline.Query) (names []string) {
	t.Helper()
	for _, h := range pages(t, q, s.Happenings) {
		names = append(names, namesOf(&h))
	}
	return names
}

// men has a text of so many men at a place in a year.
func men(year, n, place string) change {
	return text("In " + year + " they were " + n + " men at " + place + ".")
}

// What several articles tell of is one happening, in the order of the record.
func testHappenings(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q", "h", "R")
	commit(t, s,
		poll("f", 0, draft("a", about("t"), men("2015", "12", "Mosul")), draft("b", men("2015", "12", "Aleppo"))),
		poll("g", 0, draft("c", in("g", "Q"), men("2015", "31", "Mosul"))),
		poll("h", 0, draft("d", in("h", "R"), at(time.Hour), about("t"), men("2016", "12", "Mosul")), draft("e", in("h", "R"), men("2015", "19", "Mosul"))))
	for _, test := range []struct {
		q    timeline.Query
		want []string
	}{
		{timeline.Query{}, []string{"d", "ace", "b"}},
		{timeline.Query{Topic: "t"}, []string{"d", "ace"}},
		{timeline.Query{Publisher: "Q"}, []string{"ace"}},
		{timeline.Query{To: time.Date(2015, time.June, 1, 0, 0, 0, 0, time.UTC)}, []string{"ace", "b"}},
		{timeline.Query{Topic: "x"}, nil},
	} {
		for _, limit := range []int{0, 1, 2} {
			test.q.Limit = limit
			got := happenings(t, s, test.q)
			if len(got) > 1 && got[len(got)-2] == "b" { // two of one date stand in either order
				got[len(got)-1], got[len(got)-2] = got[len(got)-2], got[len(got)-1]
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", test.q, diff)
			}
		}
	}
	for _, h := range pages(t, timeline.Query{Publisher: "Q"}, s.Happenings) {
		if h.All != 3 || h.Publishers != 3 {
			t.Errorf("told %d times by %d publishers, want 3 by 3", h.All, h.Publishers)
		}
		for i, m := range h.Mentions {
			if m.Event.Happening != h.ID || m.Event.Publishers != i+1 || len(m.Counts) != 1 {
				t.Errorf("mention %d is of %q, told by %d, with %d counts; want %q, %d and one", i, m.Event.Happening, m.Event.Publishers, len(m.Counts), h.ID, i+1)
			}
		}
		again, err := s.Happening(t.Context(), h.ID)
		if diff := cmp.Diff(h, again); err != nil || diff != "" {
			t.Errorf("%v, by its id (-listed +got):\n%s", err, diff)
		}
	}
	for _, id := range []string{"", "x!", "1"} {
		if _, err := s.Happening(t.Context(), id); !errors.Is(err, timeline.ErrNotFound) {
			t.Errorf("happening %q: %v, want %v", id, err, timeline.ErrNotFound)
		}
	}
	if _, err := s.Happenings(t.Context(), timeline.Query{Cursor: "x"}); !errors.Is(err, timeline.ErrCursor) {
		t.Errorf("bad cursor: %v, want %v", err, timeline.ErrCursor)
	}
}

// A mention leaves when its article is revised, read otherwise or pruned; a
// happening nothing tells of is gone; and points follow.
func testHappeningsChange(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	along := newFollower(s)
	check := func(want ...string) {
		t.Helper()
		along.catchUp(t)
		along.wantState(t)
		if diff := cmp.Diff(want, happenings(t, s, timeline.Query{})); diff != "" {
			t.Errorf("happenings (-want +got):\n%s", diff)
		}
	}
	idOf := func(name string, changes ...change) string {
		t.Helper()
		got, err := s.Article(t.Context(), draft(name, changes...).Article.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got.Facts.Events[0].Happening
	}
	q := in("g", "Q")
	commit(t, s,
		poll("f", 0, draft("a", men("2015", "12", "Mosul"), readBy("1"))),
		poll("g", 0, draft("b", q, men("2015", "31", "Mosul"), readBy("1"), at(time.Hour))))
	check("ab")
	id := idOf("a")

	// The first mention goes; what is left keeps the id.
	commit(t, s, poll("f", time.Minute, draft("a", men("2016", "12", "Mosul"), readBy("1"), revision(2))))
	check("a", "b")
	if got := idOf("b", q); got != id || idOf("a") == id {
		t.Errorf("the mention that is left is of %s, want %s as before, and the other of another", got, id)
	}
	// What does not speak of it any more is no reason to join it.
	commit(t, s, poll("g", time.Minute, draft("c", q, men("2015", "5", "Mosul"), readBy("1"), at(2*time.Hour))))
	check("a", "bc")
	// A new toll in a revision is of the same happening.
	commit(t, s, poll("g", 2*time.Minute, draft("b", q, men("2015", "40", "Mosul"), readBy("1"), revision(2))))
	check("a", "bc")
	if got := idOf("b", q); got != id {
		t.Errorf("the revised mention is of %s, want %s", got, id)
	}
	// What it said before is kept beside it, until its article goes.
	former := func() (said []string) {
		t.Helper()
		h, err := s.Happening(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range h.Former {
			said = append(said, fmt.Sprintf("%s %v until revision %d, %s", f.Text, *f.Count.Best, f.Revision, f.Until.Sub(noon).Round(time.Minute)))
		}
		return said
	}
	wantFormer := []string{"12 12 until revision 1, 1m0s", "31 31 until revision 1, 2m0s"}
	if diff := cmp.Diff(wantFormer, former()); diff != "" {
		t.Errorf("former figures (-want +got):\n%s", diff)
	}
	commit(t, s, poll("g", 3*time.Minute, draft("b", q, men("2015", "40", "Mosul"), readBy("1"), revision(3))))
	if diff := cmp.Diff(wantFormer, former()); diff != "" {
		t.Errorf("former figures after a revision that says the same (-want +got):\n%s", diff)
	}

	// Reading again keeps what is where it was.
	before := snapshot(t, s)
	if err := s.ReadFacts(t.Context(), "2", (&factReader{of: "isis"}).facts, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, snapshot(t, s)); diff != "" {
		t.Errorf("read again alike (-before +after):\n%s", diff)
	}
	if err := s.ReadFacts(t.Context(), "3", (&factReader{of: "alqaeda"}).facts, nil); err != nil {
		t.Fatal(err)
	}
	check("a", "bc")
	if got := idOf("b", q); got != id {
		t.Errorf("read again it is of %s, want %s", got, id)
	}

	// Pruned with their articles.
	if _, err := s.Prune(t.Context(), noon.Add(Keep+90*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c"}, happenings(t, s, timeline.Query{})); diff != "" {
		t.Errorf("happenings after others were pruned (-want +got):\n%s", diff)
	}
	if _, err := s.Prune(t.Context(), noon.Add(Keep+24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := happenings(t, s, timeline.Query{}); len(got) != 0 {
		t.Errorf("%v are left of articles that were pruned", got)
	}
	if _, err := s.Happening(t.Context(), id); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("the happening: %v, want %v", err, timeline.ErrNotFound)
	}
}

// A list gives of what many tell how it began and how it stands, and how many there are.
func testWideHappenings(t *testing.T, s Store) {
	register(t, s, "f", "P")
	const told = 30
	for i := range told {
		name := string(rune('A' + i))
		commit(t, s, poll("f", time.Duration(i)*time.Minute, draft(name, about("t"), men("2015", "12", "Mosul"))))
	}
	listed := pages(t, timeline.Query{Topic: "t"}, s.Happenings)
	if len(listed) != 1 {
		t.Fatalf("%d happenings, want one", len(listed))
	}
	h := listed[0]
	if got := namesOf(&h); h.All != told || len(h.Mentions) >= told || !strings.HasPrefix(got, "AB") || !strings.HasSuffix(got, "]^") {
		t.Errorf("listed with %s of %d, want the first and the last of %d", got, h.All, told)
	}
	whole, err := s.Happening(t.Context(), h.ID)
	if err != nil || len(whole.Mentions) != told {
		t.Errorf("%d mentions (%v), want %d", len(whole.Mentions), err, told)
	}
}

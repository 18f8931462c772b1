//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"testing"
	"time"

	"marsad/timeline"
)

// testCorrections corrects and hides facts: points follow, and the corrections
// outlive reading again, revisions that keep the words, pruning and loading.
func testCorrections(t *testing.T, s Store) {
	register(t, s, "f", "P")
	along := newFollower(s)
	words := text("In 2012 they were 14 men.")
	d := draft("a", words, readBy("1"))
	commit(t, s, poll("f", 0, d))
	kinds := func() map[string]int {
		t.Helper()
		for along.follow(t, 100) > 0 {
		}
		n := map[string]int{}
		for key := range along.points {
			n[key.measurement]++
		}
		return n
	}
	if n := kinds(); n["counts"] != 1 || n["events"] != 1 {
		t.Fatalf("%v points before, want a count and an event", n)
	}
	a := d.Article
	read := factsOf(&a)
	by := func(id string, kind timeline.FactKind) timeline.Correction {
		return timeline.Correction{ID: id, Article: a.ID, Kind: kind, By: "analyst", Why: "misread", At: noon}
	}
	count := by(read.Counts[0].ReadingID(&a), timeline.KindCount)
	count.Set = map[string]string{"best": "40", "lo": "", "hi": "", "bound": "about"}
	event := by(read.Events[0].ReadingID(&a), timeline.KindEvent)
	event.Hidden = true
	for _, c := range []timeline.Correction{count, event} {
		if err := s.CorrectFact(t.Context(), c, factsOf); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(after string) {
		t.Helper()
		got, err := s.Article(t.Context(), a.ID)
		if err != nil {
			t.Fatalf("%s: %v", after, err)
		}
		f := got.Facts
		if len(f.Counts) != 1 || f.Counts[0].Bound != timeline.About || *f.Counts[0].Best != 40 || f.Counts[0].Lo != nil || len(f.Events) != 0 || len(f.Dates) != 1 {
			t.Errorf("%s: %+v, want about 40, the date and no event", after, f)
		}
	}
	holds("corrected")
	if n := kinds(); n["counts"] != 1 || n["events"] != 0 {
		t.Errorf("%v points, want the count alone", n)
	}
	if err := s.ReadFacts(t.Context(), "2", factsOf, nil); err != nil {
		t.Fatal(err)
	}
	holds("read again")
	commit(t, s, poll("f", time.Minute, draft("a", text("In 2012 they were 14 men.\nMore."), revision(2), readBy("2"))))
	holds("revised elsewhere")
	if _, err := s.Prune(t.Context(), noon.Add(Keep+Remember)); err != nil {
		t.Fatal(err)
	}
	commit(t, s, poll("f", 2*time.Minute, draft("a", words, readBy("2"))))
	holds("pruned and polled again")

	if list, err := s.Corrections(t.Context(), ""); err != nil || len(list) != 2 || list[0].By != "analyst" || !list[0].At.Equal(noon) {
		t.Errorf("corrections %+v, %v; want both with who and when", list, err)
	}
	for _, c := range []timeline.Correction{count, event} {
		if err := s.RestoreFact(t.Context(), a.ID, c.ID, factsOf); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Article(t.Context(), a.ID); err != nil || *got.Facts.Counts[0].Best != 14 || len(got.Facts.Events) != 1 {
		t.Errorf("restored %+v, %v; want what was read", got.Facts, err)
	}
	if n := kinds(); n["counts"] != 1 || n["events"] != 1 {
		t.Errorf("%v points restored, want both", n)
	}
	for name, err := range map[string]error{
		"a fact that is not":     s.CorrectFact(t.Context(), by("none", timeline.KindCount), factsOf),
		"no correction":          s.RestoreFact(t.Context(), a.ID, count.ID, factsOf),
		"an article that is not": s.CorrectFact(t.Context(), timeline.Correction{ID: count.ID, Article: "none"}, factsOf),
	} {
		if !errors.Is(err, timeline.ErrNotFound) {
			t.Errorf("%s: %v, want %v", name, err, timeline.ErrNotFound)
		}
	}
	count.Set = map[string]string{"best": "many"}
	if err := s.CorrectFact(t.Context(), count, factsOf); err == nil {
		t.Error("a count of many was taken")
	}
	holdsNone, err := s.Corrections(t.Context(), a.ID)
	if err != nil || len(holdsNone) != 0 {
		t.Errorf("%v, %v left of what was refused", holdsNone, err)
	}
}

//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// A story counts once for a publisher and at most StoryCap times, in the order
// of the record.
func testStoryCap(t *testing.T, s Store) {
	register(t, s, "p", "P", "q", "Q", "r", "R", "u", "U", "v", "V")
	wire := func(name, feed, publisher string, changes ...change) timeline.ReadArticle {
		return draft(name, append([]change{in(feed, publisher), titled("Wire"), about("t")}, changes...)...)
	}
	for i, step := range []struct {
		article     timeline.ReadArticle
		n, exposure int
	}{
		{wire("1", "p", "P"), 1, 1},
		{wire("2", "p", "P"), 1, 1},            // its publisher has told it
		{wire("3", "q", "Q", uncounted), 1, 1}, // does not count
		{wire("4", "q", "Q"), 1, 1},            // its publisher has told it, though that did not count
		{wire("5", "r", "R"), 2, 2},
		{wire("6", "u", "U"), 3, 3},
		{wire("7", "v", "V"), 3, 3},                               // beyond the cap
		{draft("8", in("v", "V"), titled("Other wire")), 3, 4},    // another story, no topic
		{draft("9", in("v", "V"), about("t"), uncounted), 3, 4},   // does not count
		{wire("10", "v", "V", titled("Third"), about("u")), 4, 5}, // a story of its own
	} {
		commit(t, s, poll(step.article.Article.Feed, time.Duration(i)*time.Minute, step.article))
		wantCounts(t, s, "t", step.n, step.exposure)
	}
	wantCounts(t, s, "u", 1, 5)
}

// A topic that an article gains by a revision is kept and never counted.
func testRevisionCounts(t *testing.T, s Store) {
	register(t, s, "f", "P")
	commit(t, s, poll("f", 0, draft("a", about("t")), draft("b")))
	wantCounts(t, s, "t", 1, 2)
	commit(t, s, poll("f", 1*time.Minute,
		draft("a", revision(2), about("t", "u"), text("Two.")), draft("b", revision(2), about("t"), text("Two."))))
	wantCounts(t, s, "t", 1, 2)
	wantCounts(t, s, "u", 0, 2)
	if got := pages(t, timeline.Query{Topic: "t"}, s.Articles); len(got) != 2 {
		t.Errorf("%d articles of t, want 2", len(got))
	}
	revisions := make(map[string]int)
	for _, read := range articles(t, s) {
		for _, m := range read.Facts.Mentions {
			revisions[read.Article.Title+" "+m.Topic] = m.Revision
		}
	}
	if diff := cmp.Diff(map[string]int{"News of a t": 1, "News of a u": 2, "News of b t": 2}, revisions); diff != "" {
		t.Errorf("first revisions (-want +got):\n%s", diff)
	}
	commit(t, s, poll("f", 2*time.Minute, draft("a", revision(3), text("Three."))))
	wantCounts(t, s, "t", 0, 2)
}

// What was loaded counts as history, once, and is no evidence.
func testLoad(t *testing.T, s Store) {
	register(t, s, "f", "P")
	commit(t, s, poll("f", 0, draft("a", about("t"))))
	archive := []timeline.ReadArticle{
		draft("a", about("t"), loaded), // known from the feed
		draft("b", about("t"), loaded, in("archive", "Q")),
		draft("c", loaded, in("archive", "Q")),
	}
	for _, want := range []int{2, 0} {
		added, err := s.CommitLoad(t.Context(), archive)
		if err != nil || added != want {
			t.Errorf("added %d, %v; want %d", added, err, want)
		}
		counts, err := s.Counts(t.Context(), "t", noon, noon.Add(Step))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]timeline.StepCount{{Step: noon, N: 2, Loaded: 1, Exposure: 3}}, counts); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
	}
	e, err := s.Evidence(t.Context(), "t", noon, noon.Add(Step))
	if err != nil || e.Counted != 1 {
		t.Errorf("evidence of %d articles, %v; want 1", e.Counted, err)
	}
	archive[2].Article.Title = "" // now a span lies beyond the reading
	if _, err := s.CommitLoad(t.Context(), archive); err == nil {
		t.Error("a load with a span beyond the text was recorded")
	}
	before := len(articles(t, s))
	if _, err := s.CommitLoad(t.Context(), []timeline.ReadArticle{draft("new", loaded), draft("nowhere", in("", "P"))}); err == nil {
		t.Error("a load that names no feed was recorded")
	}
	if after := len(articles(t, s)); after != before {
		t.Errorf("%d articles after a refused load, want %d", after, before)
	}
}

func testEvidence(t *testing.T, s Store) {
	register(t, s, "p", "P", "q", "Q", "r", "R")
	men := func(n int) change { return text(fmt.Sprintf("In 2015 they were %d men.", n)) }
	commit(t, s,
		poll("p", 1*time.Minute,
			draft("wide1", in("p", "P"), titled("Wide story"), about("t"), men(12)),
			draft("loaded", in("p", "P"), about("t"), men(99), loaded),
			draft("uncounted", in("p", "P"), about("t"), men(98), uncounted),
			draft("other", in("p", "P"), men(97))),
		poll("q", 2*time.Minute,
			draft("wide2", in("q", "Q"), titled("Wide story"), about("t"), men(12), at(-time.Second)),
			draft("sentence", in("q", "Q"), aboutSentence("t"), men(13), at(time.Minute)),
			draft("late", in("q", "Q"), about("t"), men(96), at(Step))),
		poll("r", 3*time.Minute,
			draft("negated", in("r", "R"), about("t"), men(95), at(2*time.Minute))))
	negated := draft("negated2", in("r", "R"), about("t"), men(94), at(3*time.Minute))
	negated.Facts.Counts[0].Negated = true
	commit(t, s, poll("r", 4*time.Minute, negated))

	got, err := s.Evidence(t.Context(), "t", noon.Add(-time.Minute), noon.Add(Step))
	if err != nil {
		t.Fatal(err)
	}
	breadth, err := s.Breadth(t.Context(), "t", noon.Add(-time.Minute), noon.Add(Step))
	if err != nil {
		t.Fatal(err)
	}
	want := timeline.Breadth{Counted: 5, Stories: 4, Publishers: 3}
	if got.Breadth != want || breadth != want {
		t.Errorf("breadth of the evidence %+v and by itself %+v; want %+v", got.Breadth, breadth, want)
	}
	publishers, err := s.PublisherCounts(t.Context(), "t", noon.Add(-time.Minute), noon.Add(Step))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"P": 2, "Q": 2, "R": 2}, publishers); diff != "" { // with the archive
		t.Errorf("publishers (-want +got):\n%s", diff)
	}
	var headlines []string
	for _, h := range got.Headlines {
		headlines = append(headlines, fmt.Sprintf("%s %s %d", h.URL, h.Publisher, h.Publishers))
	}
	if diff := cmp.Diff([]string{
		"https://example.org/wide2 Q 2", // the earliest of the widest
		"https://example.org/negated2 R 1",
		"https://example.org/negated R 1",
		"https://example.org/sentence Q 1",
	}, headlines); diff != "" {
		t.Errorf("headlines (-want +got):\n%s", diff)
	}
	var figures []string
	for _, f := range got.Figures {
		figures = append(figures, f.Text+" "+f.Object)
	}
	if diff := cmp.Diff([]string{"12 men", "95 men", "13 men"}, figures); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}

	if stories, err := s.StoryIDs(t.Context(), "t", noon.Add(-time.Minute), noon.Add(Step)); err != nil || len(stories) != got.Stories {
		t.Errorf("%d stories, %v; want the %d of the evidence", len(stories), err, got.Stories)
	}
	said := func(told []timeline.ToldFigure, err error) (all []string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range told {
			all = append(all, fmt.Sprintf("%s %s %s of %s", f.Publisher, f.Text, f.Kind, f.Of))
		}
		return all
	}
	told := said(s.FiguresTold(t.Context(), "t", noon.Add(-time.Minute), noon.Add(Step)))
	if diff := cmp.Diff([]string{"Q 12 fighters of isis", "P 12 fighters of isis", "Q 13 fighters of isis", "R 95 fighters of isis"}, told); diff != "" {
		t.Errorf("figures told (-want +got):\n%s", diff)
	}
	// What is known is known from archives and first polls, too.
	known := said(s.FiguresKnown(t.Context(), "t", "fighters", "isis", noon.Add(-time.Minute), noon.Add(2*Step)))
	slices.Sort(known)
	if diff := cmp.Diff([]string{
		"P 12 fighters of isis", "P 98 fighters of isis", "P 99 fighters of isis", "Q 12 fighters of isis", "Q 13 fighters of isis",
		"Q 96 fighters of isis", "R 95 fighters of isis",
	}, known); diff != "" {
		t.Errorf("figures known (-want +got):\n%s", diff)
	}
	for _, other := range [][2]string{{"killed", "isis"}, {"fighters", "is"}, {"fighters", `"`}} {
		if known := said(s.FiguresKnown(t.Context(), "t", other[0], other[1], noon.Add(-time.Minute), noon.Add(2*Step))); len(known) > 0 {
			t.Errorf("known of %s: %v", other, known)
		}
	}

	// No more than five headlines and ten figures, however many there are.
	var many []timeline.ReadArticle
	for i := range 12 {
		many = append(many, draft(fmt.Sprint("many", i), in("p", "P"), about("many"), men(i)))
	}
	commit(t, s, poll("p", time.Hour, many...))
	got, err = s.Evidence(t.Context(), "many", noon, noon.Add(Step))
	if err != nil {
		t.Fatal(err)
	}
	if got.Counted != 12 || len(got.Headlines) != 5 || len(got.Figures) != 10 {
		t.Errorf("%d articles, %d headlines, %d figures; want 12, 5, 10", got.Counted, len(got.Headlines), len(got.Figures))
	}
}

// What may count is walked through in the order of the record and in its first
// words; that is what a topic is tried on.
func testCountable(t *testing.T, s Store) {
	register(t, s, "f", "P")
	register(t, s, "g", "Q")
	commit(t, s,
		poll("f", 0, draft("later", at(time.Hour)), draft("first"), draft("background", uncounted)),
		poll("g", 0, draft("first", in("g", "Q"), at(time.Minute)), draft("too late", in("g", "Q"), at(2*time.Hour))),
		poll("f", time.Hour, draft("first", revision(2), text("Other words."))))
	var got []string
	if err := s.Countable(t.Context(), noon, noon.Add(2*time.Hour), func(articles []timeline.RankedArticle) error {
		for _, a := range articles {
			got = append(got, fmt.Sprintf("%s %s %d %s", a.Article.Publisher, a.Article.Title, a.Rank, a.Article.Text[:7]))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"P News of later 0 In 2015", "P News of first 0 In 2015", "Q News of first 1 In 2015"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := s.Countable(t.Context(), noon, noon.Add(time.Hour), func([]timeline.RankedArticle) error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("error %v, want the caller's", err)
	}
}

// How long articles take to be seen counts from the end of their step, for what
// counts alone.
func testDelays(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	seen := func(d time.Duration) change {
		return func(r *timeline.ReadArticle) { r.Article.FirstSeen = noon.Add(d) }
	}
	commit(t, s, poll("f", time.Hour,
		draft("at once", about("t"), seen(time.Minute)),
		draft("at the end", about("t"), seen(Step)),
		draft("a second late", seen(Step+time.Second)),
		draft("an hour late", about("t"), seen(Step+time.Hour)),
		draft("another step", about("t"), at(-Step), seen(time.Hour)),
		draft("uncounted", about("t"), uncounted, seen(3*time.Hour))))
	if _, err := s.CommitLoad(t.Context(), []timeline.ReadArticle{draft("archive", about("t"), loaded, seen(4*time.Hour), in("g", "Q"))}); err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string][]timeline.Delay{
		"t": {{After: 0, N: 2}, {After: time.Hour, N: 1}},
		"":  {{After: 0, N: 2}, {After: time.Minute, N: 1}, {After: time.Hour, N: 1}},
		"u": {},
	} {
		got, err := s.Delays(t.Context(), topic, noon, noon.Add(Step))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("delays of topic %q (-want +got):\n%s", topic, diff)
		}
	}
}

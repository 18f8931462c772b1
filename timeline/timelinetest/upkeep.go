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

// reader mentions every topic whose word is in the article, under the topic's
// hash.
func reader(topics map[string]string) func(*timeline.Article) []timeline.Mention {
	return func(a *timeline.Article) (mentions []timeline.Mention) {
		for topic, hash := range topics {
			word, _, _ := strings.Cut(hash, "-")
			if i := strings.Index(a.Reading(), word); i >= 0 {
				mentions = append(mentions, timeline.Mention{
					Topic: topic, TopicHash: hash, Spans: []timeline.Span{{Start: i, End: i + len(word)}},
				})
			}
		}
		return mentions
	}
}

func testReadMentions(t *testing.T, s Store) {
	register(t, s, "f", "P")
	commit(t, s,
		poll("f", 0, draft("war", text("War and peace.")), draft("peace", text("Peace.")), draft("sea", text("Ships.")), draft("gain", text("Nothing."))),
		poll("f", time.Minute, draft("gain", revision(2), text("War after all."))))
	reads := 0
	reread := func(topics map[string]string) {
		t.Helper()
		read := reader(topics)
		if err := s.ReadMentions(t.Context(), topics, func(a *timeline.Article) []timeline.Mention {
			reads++
			return read(a)
		}, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := func(topic string, n int, of ...string) {
		t.Helper()
		wantCounts(t, s, topic, n, 4)
		found := make(map[string]bool)
		for _, r := range pages(t, timeline.Query{Topic: topic}, s.Articles) {
			found[strings.TrimPrefix(r.Article.Title, "News of ")] = true
		}
		named := make(map[string]bool)
		for _, name := range of {
			named[name] = true
		}
		if diff := cmp.Diff(named, found); diff != "" {
			t.Errorf("articles of %s (-want +got):\n%s", topic, diff)
		}
	}
	reread(map[string]string{"w": "War", "p": "Peace"})
	want("w", 1, "war", "gain") // what a revision brought is not counted
	want("p", 1, "peace")
	before := snapshot(t, s)
	reads = 0
	reread(map[string]string{"w": "War", "p": "Peace"})
	if diff := cmp.Diff(before, snapshot(t, s)); diff != "" || reads != 0 {
		t.Errorf("topics that are as before: %d articles read again (-before +after):\n%s", reads, diff)
	}
	reread(map[string]string{"w": "War", "p": "eace"}) // one topic is defined anew
	want("w", 1, "war", "gain")
	want("p", 2, "war", "peace")
	reread(map[string]string{"p": "eace"})
	want("w", 1, "war", "gain") // what is no more watched for keeps what it has
	want("p", 2, "war", "peace")
	forget := func(topic string) {
		t.Helper()
		if err := s.ForgetTopic(t.Context(), topic, noon, nil); err != nil {
			t.Fatal(err)
		}
	}
	forget("w")
	want("w", 0)
	want("p", 2, "war", "peace")
	forget("p")
	want("p", 0)
}

func testReadMentionsResumes(t *testing.T, s Store) {
	const n = 350
	register(t, s, "f", "P")
	for i := range n / 50 {
		commit(t, s, poll("f", time.Duration(i)*time.Minute, drafts(50, fmt.Sprint("a", i, "-"))...))
	}
	topics := map[string]string{"m": "men"}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reads, recorded := 0, 0
	read := func(a *timeline.Article) []timeline.Mention {
		reads++
		return reader(topics)(a)
	}
	err := s.ReadMentions(ctx, topics, read, func(done, total int) {
		if total != n || done <= 0 || done > total {
			t.Errorf("progress %d of %d, want at most %d", done, total, n)
		}
		recorded = done
		cancel()
	})
	if !errors.Is(err, context.Canceled) || recorded == 0 || recorded >= n {
		t.Fatalf("%d articles read, %v; want some and %v", recorded, err, context.Canceled)
	}
	reads = 0
	if err := s.ReadMentions(t.Context(), topics, read, nil); err != nil {
		t.Fatal(err)
	}
	if reads != n-recorded {
		t.Errorf("the second go read %d articles, want the %d that the first left", reads, n-recorded)
	}
	wantCounts(t, s, "m", n, n)
}

func testPrune(t *testing.T, s Store) {
	register(t, s, "f", "P")
	evaluation := timeline.Evaluation{Topic: "t", Step: noon, Window: Step, P: 1, State: timeline.WarmingUp}
	if err := s.CommitStep(t.Context(), timeline.StepResult{Step: noon, Evaluations: []timeline.Evaluation{evaluation}}); err != nil {
		t.Fatal(err)
	}
	old := drafts(250, "old", about("t"))
	late := Keep - 24*time.Hour
	commit(t, s, poll("f", 0, old...), poll("f", late, draft("young", at(late), about("t"))))
	along := newFollower(s)
	along.catchUp(t)
	prune := func(now time.Time, want int) {
		t.Helper()
		if n, err := s.Prune(t.Context(), now); err != nil || n != want {
			t.Errorf("pruned %d, %v; want %d", n, err, want)
		}
	}
	prune(noon, 0)
	prune(noon.Add(Keep+time.Hour), 250)
	prune(noon.Add(Keep+time.Hour), 0)
	if got := articles(t, s); len(got) != 1 {
		t.Errorf("%d articles, want 1", len(got))
	}
	if got := pages(t, timeline.Query{}, s.Polls); len(got) != 1 {
		t.Errorf("%d polls, want 1", len(got))
	}
	if got := pages(t, timeline.Query{}, s.Stories); len(got) != 1 {
		t.Errorf("%d stories, want 1", len(got))
	}
	if got, err := s.Evaluations(t.Context(), "t", 0, time.Time{}, time.Time{}); err != nil || len(got) != 0 {
		t.Errorf("%d evaluations, %v; want none", len(got), err)
	}
	counts, err := s.Counts(t.Context(), "t", time.Time{}, time.Time{})
	if err != nil || len(counts) != 1 || counts[0].N != 1 {
		t.Errorf("counts %v, %v; want one step with the young article", counts, err)
	}

	// The events are gone from a database that follows; the rest of what it has
	// too much lies before what the record keeps.
	along.catchUp(t)
	fresh := newFollower(s)
	fresh.catchUp(t)
	for key := range along.points {
		if _, ok := fresh.points[key]; !ok && (key.bucket == timeline.BucketEvents || key.time > noon.Add(time.Hour).UnixNano()) {
			t.Errorf("point %v is left", key)
		}
	}
	for key := range fresh.points {
		if _, ok := along.points[key]; !ok {
			t.Errorf("point %v is missing", key)
		}
	}

	// What is pruned is known still, and does not come back.
	known := func() timeline.Known {
		t.Helper()
		got, err := s.Known(t.Context(), []timeline.Identity{old[0].Identity})
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	if k := known(); k.Article != old[0].Article.ID || !k.Published.IsZero() || k.Revision != 1 {
		t.Errorf("known %+v, want the pruned article", k)
	}
	commit(t, s, poll("f", late+time.Minute, old[0], draft("old0", revision(2), text("Anew."), about("t"))))
	if got := articles(t, s); len(got) != 1 {
		t.Errorf("%d articles after the pruned one came back, want 1", len(got))
	}
	if k := known(); k.Revision != 2 {
		t.Errorf("known %+v, want revision 2", k)
	}
	// It was seen again, so that it is forgotten so much later.
	prune(noon.Add(late+Remember-time.Hour), 1)
	if k := known(); k.Article == "" {
		t.Error("forgotten too early")
	}
	prune(noon.Add(late+Remember+time.Hour), 0)
	if k := known(); k.Article != "" {
		t.Errorf("known %+v, want it forgotten", k)
	}
}

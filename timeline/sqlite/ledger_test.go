package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// unchangedPoll is the poll of a feed that found nothing new.
func unchangedPoll(feed string, at time.Time, state timeline.FeedState) timeline.PollResult {
	state.Feed, state.LastPoll, state.LastSuccess, state.LastOutcome = feed, at, at, timeline.OutcomeUnchanged
	return timeline.PollResult{
		Poll:  timeline.Poll{ID: timeline.PollID(feed, at), Feed: feed, Scheduled: at, At: at, Outcome: timeline.OutcomeUnchanged, Status: 304},
		State: state,
	}
}

func syncFeeds(tb testing.TB, r *Record, names ...string) {
	tb.Helper()
	feeds := make([]timeline.Feed, 0, len(names))
	for _, name := range names {
		feeds = append(feeds, timeline.Feed{Name: name, URL: "https://example.org/" + name, Publisher: "P", Enabled: true})
	}
	if err := r.SyncFeeds(tb.Context(), feeds); err != nil {
		tb.Fatal(err)
	}
}

// commitTogether commits the polls in one transaction.
func commitTogether(tb testing.TB, r *Record, results ...timeline.PollResult) {
	tb.Helper()
	group := make([]*pendingWrite, len(results))
	for i := range results {
		group[i] = &pendingWrite{ctx: tb.Context(), do: r.pollWrite(&results[i]), done: make(chan struct{})}
	}
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	if err := r.transact(group); err != nil {
		tb.Fatal(err)
	}
}

func ledger(tb testing.TB, r *Record) []timeline.Poll {
	tb.Helper()
	page, err := r.Polls(tb.Context(), timeline.Query{Limit: 1000})
	if err != nil {
		tb.Fatal(err)
	}
	return page.Items
}

// Many polls of one transaction are all in the ledger and the change log, each at a
// time of its own, though one of the times is taken.
func TestLedgerTogether(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	var names []string
	for i := range 2*pollsAtOnce + 3 {
		names = append(names, fmt.Sprintf("feed-%d", i))
	}
	syncFeeds(t, r, names...)
	commitTogether(t, r, unchangedPoll(names[0], noon, timeline.FeedState{}))

	later := noon.Add(time.Hour)
	taken := pointTime(later, timeline.PollID(names[pollsAtOnce+1], later)) // as if another had it
	if _, err := r.writer.exec(t.Context(), `UPDATE polls SET point = ?`, stamp{taken}); err != nil {
		t.Fatal(err)
	}
	results := make([]timeline.PollResult, 0, len(names))
	for _, name := range names {
		results = append(results, unchangedPoll(name, later, timeline.FeedState{}))
	}
	commitTogether(t, r, append(results, results[5])...) // one of them twice

	if polls := ledger(t, r); len(polls) != len(names)+1 {
		t.Errorf("%d polls in the ledger, want %d", len(polls), len(names)+1)
	}
	changes, err := r.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	times := make(map[time.Time]string)
	for _, c := range changes {
		for i := range c.Write {
			feed := c.Write[i].Tags[0].Value
			if other, ok := times[c.Write[i].Time]; ok && other != feed {
				t.Errorf("polls of %s and %s have one time", feed, other)
			}
			times[c.Write[i].Time] = feed
		}
	}
	if len(times) != len(names)+1 {
		t.Errorf("%d points of polls, want %d", len(times), len(names)+1)
	}
}

// A poll is recorded once, also by a process that does not remember it, and one
// that has been recorded does not bring back an older state.
func TestPollRecordedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	r := openTest(t, path)
	syncFeeds(t, r, "f")
	first, second := unchangedPoll("f", noon, timeline.FeedState{ETag: "1"}), unchangedPoll("f", noon.Add(time.Hour), timeline.FeedState{ETag: "2"})
	for _, result := range []timeline.PollResult{first, second, first, second} {
		if err := r.CommitPoll(t.Context(), result); err != nil {
			t.Fatal(err)
		}
	}
	r = openBeside(t, path) // as another process has it
	for _, result := range []timeline.PollResult{first, second} {
		if err := r.CommitPoll(t.Context(), result); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(ledger(t, r)); n != 2 {
		t.Errorf("%d polls in the ledger, want 2", n)
	}
	if state, err := r.FeedState(t.Context(), "f"); err != nil || state.ETag != "2" {
		t.Errorf("state %+v, %v; want that of the second poll", state, err)
	}
}

// What is remembered of a feed's state is what the file has, whatever part of it a
// poll changed, and whoever did.
func TestFeedStateRemembered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	r, other := openTest(t, path), openBeside(t, path)
	syncFeeds(t, r, "f")
	state := timeline.FeedState{Feed: "f", ETag: "1", FirstPoll: noon, Items: 30}
	state.Pace.Interval, state.Pace.Holds, state.Pace.LastFull, state.Pace.LastNew = time.Minute, time.Hour, noon, noon
	for i, change := range []func(*timeline.FeedState){
		func(*timeline.FeedState) {},
		func(*timeline.FeedState) {},
		func(st *timeline.FeedState) { st.Pace.Holds, st.Pace.Interval = 2*time.Hour, 0 },
		func(st *timeline.FeedState) { st.Pace.Arrive(noon.Add(time.Hour)) },
		func(st *timeline.FeedState) { st.ETag, st.Failures, st.LastError = "2", 3, "gone" },
	} {
		change(&state)
		at := noon.Add(time.Duration(i) * time.Hour)
		result := unchangedPoll("f", at, state)
		state = result.State
		if err := r.CommitPoll(t.Context(), result); err != nil {
			t.Fatal(err)
		}
		for name, record := range map[string]*Record{"remembered": r, "read": other} {
			got, err := record.FeedState(t.Context(), "f")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(state, got); diff != "" {
				t.Errorf("state %d as it is %s (-want +got):\n%s", i, name, diff)
			}
		}
	}

	// Another process registers the feed at another address.
	if err := other.SyncFeeds(t.Context(), []timeline.Feed{{Name: "f", URL: "https://example.org/moved", Publisher: "P", Enabled: true}}); err != nil {
		t.Fatal(err)
	}
	syncless := unchangedPoll("f", noon.Add(24*time.Hour), timeline.FeedState{ETag: "3"})
	if err := r.CommitPoll(t.Context(), syncless); err != nil {
		t.Fatal(err)
	}
	for _, record := range []*Record{r, other} {
		if got, err := record.FeedState(t.Context(), "f"); err != nil || cmp.Diff(syncless.State, got) != "" {
			t.Errorf("state %+v, %v; want %+v", got, err, syncless.State)
		}
	}
}

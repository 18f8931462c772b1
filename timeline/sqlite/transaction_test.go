package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// Polls that are committed together are each recorded whole or not at all: one
// that fails, or is given up, takes no other with it.
func TestWriteTogether(t *testing.T) {
	dir := t.TempDir()
	r, alone := openTest(t, filepath.Join(dir, "together.db")), openTest(t, filepath.Join(dir, "alone.db"))
	syncFeed(t, r)
	syncFeed(t, alone)
	unregistered := testPoll(2, 1)
	unregistered.Poll.Feed, unregistered.State.Feed = "g", "g"
	ended, end := context.WithCancel(t.Context())
	end()
	contexts := map[bool]context.Context{false: t.Context(), true: ended}

	polls := []struct {
		result  timeline.PollResult
		givenUp bool
		want    error
	}{
		{testPoll(0, 3), false, nil},
		{unregistered, false, timeline.ErrNotFound},
		{testPoll(3, 2), false, nil},
		{testPoll(4, 2), true, context.Canceled},
		{testPoll(5, 2), false, nil},
	}
	group := make([]*pendingWrite, len(polls))
	for i := range polls {
		group[i] = &pendingWrite{ctx: contexts[polls[i].givenUp], do: r.pollWrite(&polls[i].result), done: make(chan struct{})}
	}
	r.turn <- struct{}{}
	r.commit(group)
	<-r.turn
	for i, p := range polls {
		if !group[i].isDone() || !errors.Is(group[i].err, p.want) {
			t.Errorf("poll %d: %v, want %v", i, group[i].err, p.want)
		}
		if p.want == nil {
			if err := alone.CommitPoll(t.Context(), p.result); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(contents(t, alone), contents(t, r)); diff != "" {
		t.Errorf("(-alone +together):\n%s", diff)
	}
}

// A write that asked to be alone is, and none is passed over.
func TestWriteQueue(t *testing.T) {
	var q writeQueue
	names := make(map[*pendingWrite]rune)
	for _, name := range "abCDefgH" {
		w := &pendingWrite{alone: strings.ContainsRune("CDH", name)}
		names[w] = name
		q.push(w)
	}
	gone := q.waiting[5]
	if !q.remove(gone) || q.remove(gone) {
		t.Error("a write is removed once")
	}
	var groups []string
	for group := q.next(); len(group) > 0; group = q.next() {
		var letters strings.Builder
		for _, w := range group {
			letters.WriteRune(names[w])
		}
		groups = append(groups, letters.String())
	}
	if diff := cmp.Diff([]string{"ab", "C", "D", "eg", "H"}, groups); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

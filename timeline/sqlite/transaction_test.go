package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// Polls that are committed together are each recorded whole or not at all: one
// that fails, or is given up, takes no other with it.
func TestWriteTogether(t *testing.T) {
	dir := t.TempDir()
	r, single := openTest(t, filepath.Join(dir, "together.db")), openTest(t, filepath.Join(dir, "alone.db"))
	syncFeed(t, r)
	syncFeed(t, single)
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
			if err := single.CommitPoll(t.Context(), p.result); err != nil {
				t.Fatal(err)
			}
		}
	}
	if diff := cmp.Diff(contents(t, single), contents(t, r)); diff != "" {
		t.Errorf("(-alone +together):\n%s", diff)
	}
}

// A write that asked to be alone is, and none is passed over.
func TestWriteQueue(t *testing.T) {
	q := newWriteQueue()
	names := make(map[*pendingWrite]rune)
	for _, name := range "abCDefgH" {
		w := &pendingWrite{kind: together}
		if strings.ContainsRune("CDH", name) {
			w.kind = alone
		}
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

// Whoever has the turn waits for others while everybody can wait: until there are
// enough of them, or somebody comes who cannot.
func TestWriteQueueGathers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		first writeKind
		then  []writeKind // one a millisecond
		want  time.Duration
	}{
		{"nobody else", patient, nil, patience},
		{"a few", patient, []writeKind{patient, patient}, patience},
		{"one that cannot wait", patient, []writeKind{patient, together, patient}, 2 * time.Millisecond},
		{"one that wants to be alone", patient, []writeKind{alone}, time.Millisecond},
		{"the first cannot", together, nil, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			q := newWriteQueue()
			q.push(&pendingWrite{kind: tt.first})
			var others sync.WaitGroup
			others.Go(func() {
				for _, kind := range tt.then {
					<-time.After(time.Millisecond)
					q.push(&pendingWrite{kind: kind})
				}
			})
			began := time.Now()
			q.gather()
			if took := time.Since(began); took != tt.want {
				t.Errorf("%s: waited %v, want %v", tt.name, took, tt.want)
			}
			others.Wait()
		})
	}
	synctest.Test(t, func(t *testing.T) {
		q := newWriteQueue()
		for range maxGroup {
			q.push(&pendingWrite{kind: patient})
		}
		began := time.Now()
		if q.gather(); time.Since(began) != 0 {
			t.Error("waited though the group is full")
		}
	})
}

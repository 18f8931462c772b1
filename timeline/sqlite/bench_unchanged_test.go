//go:build unix

package sqlite

import (
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"marsad/timeline"
)

// BenchmarkCommitUnchanged reads the states of feeds and records polls that found
// nothing new, as many at a time as Marsad polls.
func BenchmarkCommitUnchanged(b *testing.B) {
	const count, atOnce = 1000, 32
	r := openTest(b, filepath.Join(b.TempDir(), "record.db"))
	feeds := make([]timeline.Feed, count)
	for i := range feeds {
		name := fmt.Sprintf("feed-%d", i)
		feeds[i] = timeline.Feed{Name: name, URL: "https://example.org/" + name, Title: name, Publisher: "P", Enabled: true}
	}
	if err := r.SyncFeeds(b.Context(), feeds); err != nil {
		b.Fatal(err)
	}
	round := func(number int) {
		at := noon.Add(time.Duration(number) * time.Minute)
		work := make(chan string)
		var group sync.WaitGroup
		for range atOnce {
			group.Go(func() {
				for name := range work {
					if err := commitUnchanged(b, r, name, at); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for i := range feeds {
			work <- feeds[i].Name
		}
		close(work)
		group.Wait()
	}
	round(0)
	n := 1
	before := cpuTime(b)
	for b.Loop() {
		round(n)
		n++
	}
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64((n-1)*count), "µs-CPU/poll")
}

func commitUnchanged(b *testing.B, r *Record, name string, at time.Time) error {
	b.Helper()
	state, err := r.FeedState(b.Context(), name)
	if err != nil {
		return err
	}
	if state.FirstPoll.IsZero() {
		state.FirstPoll, state.ETag, state.BodyHash = at, `"abc"`, timeline.Hash(name)
		state.Pace.Entry = timeline.Hash("entry", name)
		for i := range 10 {
			state.Pace.Arrive(at.Add(time.Duration(i-20) * time.Hour))
		}
	}
	state.LastPoll, state.LastSuccess, state.NextPoll, state.LastOutcome = at, at, at.Add(10*time.Minute), timeline.OutcomeUnchanged
	return r.CommitPoll(b.Context(), timeline.PollResult{
		Poll:  timeline.Poll{ID: timeline.PollID(name, at), Feed: name, Scheduled: at, At: at, Outcome: timeline.OutcomeUnchanged, Status: 304, Took: time.Millisecond},
		State: state,
	})
}

// cpuTime gives the processor time that the process has taken. Wall time says
// little on a machine that others use too.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

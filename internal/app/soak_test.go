package app

import (
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline/sqlite"
)

// soakVariable is how long the soak takes, in the environment of those who want it:
// 2m, say.
const soakVariable = "MARSAD_SOAK"

// Bounds of what a process may take more at the end of the soak than when its
// windows were full.
const (
	soakHeap       = 8 << 20
	soakGoroutines = 5
)

// TestSoak lives for weeks with one fault after the other, by chance. Memory and
// goroutines stay flat, and in the end all that TestFaults checks holds.
func TestSoak(t *testing.T) {
	wanted, err := time.ParseDuration(os.Getenv(soakVariable))
	if err != nil {
		t.Skipf("takes as long as %s says, as in 2m", soakVariable)
	}
	seed := uint64(realSeconds(t))
	t.Logf("chance begins with %d", seed)
	rows := slices.DeleteFunc(faults(), func(f fault) bool { return f.set == nil || f.stops != "" || f.at != 0 || f.end != nil || f.deaf })
	synctest.Test(t, func(t *testing.T) { soak(t, wanted, rand.New(rand.NewPCG(seed, 1)), rows) })
}

func soak(t *testing.T, wanted time.Duration, chance *rand.Rand, rows []fault) {
	t.Helper()
	// Nothing is dropped for its age, so that all can be compared.
	job := strings.Replace(projectedJob, "{path: RECORD}", "{path: RECORD, keep: 4000d, ledger_keep: 4000d}", 1)
	l := &life{T: t, s: newSite(t, job), w: newWorld()}
	l.s.load(t, history(time.Now(), 9))
	l.begin()
	began, until := time.Now(), realSeconds(t)+wanted.Seconds()
	var heap, goroutines, most int
	faulted := 0
	for realSeconds(t) < until || heap == 0 {
		quietDays(l.w, 0.25)
		f := rows[chance.IntN(len(rows))]
		l.w.mu.Lock()
		f.set(l)
		l.w.mu.Unlock()
		faulted++
		for range 6 {
			if chance.IntN(8) == 0 {
				publishBurst(l.w, time.Now())
			}
			pass(10 * time.Minute)
		}
		if chance.IntN(10) == 0 {
			l.restart()
		}
		l.w.mu.Lock()
		l.w.feedFault, l.w.slackFault, l.w.dbFault, l.w.road = nil, nil, nil, nil
		l.w.mu.Unlock()
		pass(2 * time.Minute)                   // until requests that hung are given up
		if time.Since(began) < 6*24*time.Hour { // the window of stories is four days
			continue
		}
		now, running := l.weigh()
		if heap == 0 {
			heap, goroutines = now, running
		}
		most = max(most, now)
		if running > goroutines+soakGoroutines {
			t.Fatalf("%d goroutines after %v, %d before", running, time.Since(began), goroutines)
		}
	}
	quietDays(l.w, 0.25)
	pass(time.Hour + 90*time.Second)
	last, running := l.weigh()
	t.Logf("%d faults in %v: heap %d KB at first, %d at most, %d at last; goroutines %d and %d; %d articles served",
		faulted, time.Since(began), heap>>10, most>>10, last>>10, goroutines, running, len(l.w.served))
	if last > heap+soakHeap {
		t.Errorf("the heap grew from %d to %d bytes", heap, last)
	}
	l.settle()
	checkInvariants(t, l.d, l.w)
	checkProjected(t, l.d.record, *l.s.cfg, l.w)
	l.stop()
	if err := sqlite.Check(t.Context(), l.s.cfg.Record.Path); err != nil {
		t.Error(err)
	}
}

// weigh gives what the heap holds beside the world, which remembers all, and how
// many goroutines there are.
func (l *life) weigh() (heap, goroutines int) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	heap, goroutines = weigh()
	heap -= l.w.influx.Size()
	for i := range l.w.posts {
		p := &l.w.posts[i]
		heap -= len(p.text) + len(p.blocks) + len(p.metadata) + 256
	}
	return heap - 512*len(l.w.served), goroutines
}

// weigh gives what the heap holds, and how many goroutines there are.
func weigh() (heap, goroutines int) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc), runtime.NumGoroutine()
}

// realSeconds is the clock outside of the bubble.
func realSeconds(t *testing.T) float64 {
	t.Helper()
	var now syscall.Timeval
	if err := syscall.Gettimeofday(&now); err != nil {
		t.Fatal(err)
	}
	return float64(now.Sec) + float64(now.Usec)/1e6
}

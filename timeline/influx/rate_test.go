package influx_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"

	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
	"marsad/timeline/sqlite"
)

// What TestRate projects: so many made-up points, or a record. Without either
// there is no such test, for it takes minutes.
const (
	rateVariable       = "MARSAD_RATE_POINTS"
	rateRecordVariable = "MARSAD_RATE_RECORD"
)

// TestRate projects a log to a real server, step by step in turns with the client
// library alone, which writes the same lines, ready, in batches as large: so both
// meet the same machine and the same server. It shows both rates, the processor
// time that each takes, and the memory of the projection.
func TestRate(t *testing.T) {
	log := rateLog(t)
	s := influxtest.StartV1(t)
	projector := newProjector(t, config(s.URL, influxtest.TokenV1, "projected"), influx.Options{Log: log})
	alone := newProjector(t, config(s.URL, influxtest.TokenV1, "alone"), influx.Options{Log: log})
	if err := errors.Join(projector.Ensure(t.Context()), alone.Ensure(t.Context())); err != nil { // makes the databases
		t.Fatal(err)
	}
	client := influxdb2.NewClientWithOptions(s.URL, influxtest.TokenV1, influxdb2.DefaultOptions().SetUseGZip(true).SetPrecision(time.Nanosecond))
	defer client.Close()
	writeAlone := func(ready lines) {
		for bucket, lines := range ready {
			writer := client.WriteAPIBlocking("", bucket)
			for batch := range slices.Chunk(lines, influx.DefaultConfig().Batch) {
				if err := writer.WriteRecord(t.Context(), batch...); err != nil {
					t.Fatal(err)
				}
			}
		}
	}

	var byClient, byProjection effort
	points, heap := 0, &heapWatch{}
	for turn, more := 0, true; more; turn++ {
		ready := lines{}
		alone.SetTransport(ready)
		var err error
		if more, err = alone.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		points += ready.count()
		if turn%2 == 0 {
			byClient.add(t, func() { writeAlone(ready) })
		}
		heap.begin()
		log.heap = heap
		byProjection.add(t, func() {
			if _, err := projector.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		log.heap = nil
		if turn%2 == 1 {
			byClient.add(t, func() { writeAlone(ready) })
		}
	}
	if status := projector.Status(); status.Written != int64(points) || !status.CaughtUp {
		t.Errorf("status %+v, want %d points written", status, points)
	}
	for bucket, field := range map[string]string{"mentions": "n", "articles": "n", "counts": "bound"} {
		if n, want := countV1(t, s, "projected", bucket, field), countV1(t, s, "alone", bucket, field); n != want {
			t.Errorf("%d %s are there, want %d", n, bucket, want)
		}
	}
	t.Logf("%d points: client alone %s, projection %s: %.2f of the rate; heap at most %d MB more", points,
		byClient.rate(points), byProjection.rate(points), byClient.took.Seconds()/byProjection.took.Seconds(), heap.most>>20)
}

// rateLog is the log that TestRate projects.
func rateLog(t *testing.T) *watchedLog {
	t.Helper()
	if path := os.Getenv(rateRecordVariable); path != "" {
		cfg := sqlite.DefaultConfig()
		cfg.Path = path
		r, err := sqlite.Open(t.Context(), cfg, sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		})
		return &watchedLog{Log: r}
	}
	points, err := strconv.ParseInt(os.Getenv(rateVariable), 10, 64)
	if err != nil {
		t.Skipf("neither is %s a number of points nor %s the path of a record", rateVariable, rateRecordVariable)
	}
	return &watchedLog{Log: &endlessLog{last: points}}
}

// effort is what some part of the work took.
type effort struct{ took, processor time.Duration }

func (e *effort) add(t *testing.T, work func()) {
	t.Helper()
	began, spent := time.Now(), processorTime(t)
	work()
	e.took += time.Since(began)
	e.processor += processorTime(t) - spent
}

func (e *effort) rate(points int) string {
	return fmt.Sprintf("%.0f points/s (%.2f s of processor time)", float64(points)/e.took.Seconds(), e.processor.Seconds())
}

// processorTime is what this process has used so far.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// lines are those of each bucket. As the way to a server they keep what is
// written, and all is well.
type lines map[string][]string

func (l lines) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := &http.Response{StatusCode: http.StatusNoContent, Body: http.NoBody, Request: r}
	if r.URL.Path != "/api/v2/write" {
		return answer, nil
	}
	body, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(body)
	bucket := r.URL.Query().Get("bucket")
	l[bucket] = append(l[bucket], strings.Split(string(text), "\n")...)
	return answer, errors.Join(err, r.Body.Close())
}

func (l lines) count() (n int) {
	for _, of := range l {
		n += len(of)
	}
	return n
}

// heapWatch is by how much the heap grows.
type heapWatch struct{ before, most uint64 }

func (h *heapWatch) begin() {
	runtime.GC()
	h.before = heapInUse()
}

func (h *heapWatch) look() {
	if now := heapInUse(); now > h.before {
		h.most = max(h.most, now-h.before)
	}
}

func heapInUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// watchedLog is a log that looks at the heap whenever it has been read.
type watchedLog struct {
	influx.Log
	heap *heapWatch // or nil
}

func (l *watchedLog) Changes(ctx context.Context, after int64, limit int) ([]timeline.Change, error) {
	changes, err := l.Log.Changes(ctx, after, limit)
	if l.heap != nil {
		l.heap.look()
	}
	return changes, err
}

// endlessLog makes up a change log, a point for each number.
type endlessLog struct {
	memoryLog
	last int64
}

func (l *endlessLog) Changes(_ context.Context, after int64, limit int) (changes []timeline.Change, _ error) {
	for i := after; i < l.last && len(changes) < limit; {
		c := timeline.Change{At: noon}
		for ; i < l.last && len(c.Write) < 10; i++ { // as many as an article has
			p := mention(int(i), fmt.Sprintf("Publisher %d", i%100))
			p.Time = p.Time.Add(-time.Duration(i) * (time.Hour - time.Second))
			c.Write = append(c.Write, p)
		}
		c.Seq = i
		changes = append(changes, c)
	}
	return changes, nil
}

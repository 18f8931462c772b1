package influx_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"

	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
)

// rateVariable is how many points TestRate writes; without it there is no such
// test, for it takes minutes.
const rateVariable = "MARSAD_RATE_POINTS"

// TestRate projects so many points to a real server, twice, in turns with the
// client library alone writing lines that are ready, and shows both rates and
// the memory that the projection takes.
func TestRate(t *testing.T) {
	points, err := strconv.Atoi(os.Getenv(rateVariable))
	if err != nil {
		t.Skipf("%s is not a number of points", rateVariable)
	}
	s := influxtest.StartV1(t)
	for round := range 2 {
		database := fmt.Sprintf("round%d", round)
		began, spent := time.Now(), processorTime(t)
		writeAlone(t, s, database+"_alone", points)
		alone, aloneSpent := time.Since(began), processorTime(t)-spent

		log := &endlessLog{last: int64(points)}
		p := newProjector(t, config(s.URL, influxtest.TokenV1, database), influx.Options{Log: log})
		began, spent = time.Now(), processorTime(t)
		if replayed, err := p.Replay(t.Context(), influx.ReplayOptions{}); err != nil || replayed.Written != int64(points) {
			t.Fatalf("replayed %+v: %v", replayed, err)
		}
		projected, projectedSpent := time.Since(began), processorTime(t)-spent
		if n := countV1(t, s, database, "mentions", "n"); n != points {
			t.Errorf("%d points are there, want %d", n, points)
		}
		t.Logf("client alone %.0f points/s in %s, projection %.0f points/s in %s: %.2f; heap at most %d MB",
			float64(points)/alone.Seconds(), aloneSpent, float64(points)/projected.Seconds(), projectedSpent,
			alone.Seconds()/projected.Seconds(), log.heap>>20)
	}
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

func writeAlone(t *testing.T, s *influxtest.Server, database string, points int) {
	t.Helper()
	s.InfluxQL(t, "", "CREATE DATABASE "+database)
	client := influxdb2.NewClientWithOptions(s.URL, influxtest.TokenV1, influxdb2.DefaultOptions().SetUseGZip(true).SetPrecision(time.Nanosecond))
	defer client.Close()
	writer := client.WriteAPIBlocking("", database)
	const batch = 5000
	lines := make([]string, 0, batch)
	for i := range points {
		lines = append(lines, fmt.Sprintf(`mentions,publisher=Publisher\ %d,topic=group-merger n=1i,title="داعش \"والقاعدة\"" %d`,
			i%100, mention(i, "").Time.Add(-time.Duration(i)*(time.Hour-time.Second)).UnixNano()))
		if len(lines) == batch || i == points-1 {
			if err := writer.WriteRecord(t.Context(), lines...); err != nil {
				t.Fatal(err)
			}
			lines = lines[:0]
		}
	}
}

// endlessLog makes up a change log, a point for each number, and looks at the
// heap while it does.
type endlessLog struct {
	last int64
	heap uint64
}

func (l *endlessLog) Changes(_ context.Context, after int64, limit int) (changes []timeline.Change, _ error) {
	if after%100_000 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		l.heap = max(l.heap, m.HeapAlloc)
	}
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

func (l *endlessLog) Position(context.Context, string) (int64, error) { return 0, nil }

func (l *endlessLog) SetPosition(context.Context, string, int64) error { return nil }

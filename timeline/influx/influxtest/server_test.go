package influxtest_test

import (
	"path/filepath"
	"testing"

	"marsad/timeline/influx/influxtest"
)

func TestServerComesBackWithItsData(t *testing.T) {
	s := influxtest.Start(t)
	s.CreateBucket(t, "b")
	s.Kill(t)
	s.Restart(t)
	if n := s.Count(t, "b", "m", "n"); n != 0 {
		t.Errorf("an empty bucket counts %d", n)
	}
	buckets := s.Query(t, `buckets() |> filter(fn: (r) => r.name == "b")`)
	if len(buckets) != 1 {
		t.Errorf("after a restart there are %d buckets b, want 1", len(buckets))
	}
}

func TestPathFromEnvironment(t *testing.T) {
	want := filepath.Join(t.TempDir(), "influxd")
	t.Setenv("MARSAD_INFLUXD", want)
	if got, err := influxtest.Path(); got != want || err != nil {
		t.Errorf("Path() = %q, %v, want %q", got, err, want)
	}
}

package influxtest_test

import (
	"path/filepath"
	"strings"
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

func TestV1ComesBackWithItsData(t *testing.T) {
	s := influxtest.StartV1(t)
	s.InfluxQL(t, "", `CREATE DATABASE b`)
	s.Kill(t)
	s.Restart(t)
	if got := string(s.InfluxQL(t, "", `SHOW DATABASES`)); !strings.Contains(got, `["b"]`) {
		t.Errorf("after a restart there are %s, want b", got)
	}
}

func TestPathFromEnvironment(t *testing.T) {
	for variable, release := range map[string]influxtest.Release{"MARSAD_INFLUXD": influxtest.V2(), "MARSAD_INFLUXD18": influxtest.V1()} {
		want := filepath.Join(t.TempDir(), "influxd")
		t.Setenv(variable, want)
		if got, err := release.Path(); got != want || err != nil {
			t.Errorf("Path() = %q, %v, want %q", got, err, want)
		}
	}
}

package app

import (
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline/influx/influxtest"
)

// TestInfluxEqualsRecord loads an archive, projects it to a real InfluxDB that is
// killed on the way, and again from the beginning. The hourly sums there are
// those of the record each time.
func TestInfluxEqualsRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: weeks of history and a real InfluxDB")
	}
	t.Parallel()
	server := influxtest.Start(t)
	s := newSite(t, mainJob+`
influx: {url: "`+server.URL+`", token: `+influxtest.Token+`, org: `+influxtest.Org+`, bucket: app, events_bucket: app_events, retention: 400d}
`)
	until := time.Now().UTC().Truncate(time.Hour)
	s.load(t, history(until, 14))

	common := Common{Config: filepath.Join(s.dir, "config.yaml"), LogLevel: "error", LogFormat: "text"}
	env := Env{Stdout: io.Discard, Stderr: t.Output(), LookupEnv: func(string) (string, bool) { return "", false }}
	for _, step := range []struct {
		name    string
		prepare func()
	}{
		{"once", func() {}},
		{"again", func() {}},
		{"after the server was killed and more was loaded", func() {
			server.Kill(t)
			s.load(t, history(until.Add(7*time.Hour).Add(-30*24*time.Hour), 7))
			server.Restart(t)
		}},
	} {
		step.prepare()
		if err := Project(t.Context(), env, common, ProjectOptions{}); err != nil {
			t.Fatalf("projected %s: %v", step.name, err)
		}
		if diff := cmp.Diff(recordSums(t, s), influxSums(t, server)); diff != "" {
			t.Errorf("hourly sums, projected %s (-record +InfluxDB):\n%s", step.name, diff)
		}
	}
}

// recordSums counts the record's articles and mentions by the hour.
func recordSums(t *testing.T, s *site) map[string]int {
	t.Helper()
	record, err := openRecord(t.Context(), s.cfg, s.log, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	sums := map[string]int{}
	for _, a := range allPages(t, record.Articles) {
		hour := a.Article.Published.UTC().Truncate(time.Hour).Format(time.RFC3339)
		sums["articles "+hour]++
		if len(a.Facts.Mentions) > 0 {
			sums["mentions "+hour] += len(a.Facts.Mentions)
		}
	}
	return sums
}

// influxSums asks InfluxDB for the same.
func influxSums(t *testing.T, server *influxtest.Server) map[string]int {
	t.Helper()
	sums := map[string]int{}
	for _, measurement := range []string{"articles", "mentions"} {
		for _, row := range server.Query(t, fmt.Sprintf(`from(bucket: "app") |> range(start: 1999-01-01T00:00:00Z, stop: 2100-01-01T00:00:00Z)
			|> filter(fn: (r) => r._measurement == %q and r._field == "n") |> group()
			|> aggregateWindow(every: 1h, fn: sum, createEmpty: false, timeSrc: "_start")`, measurement)) {
			hour, n := row["_time"].(time.Time), row["_value"].(int64)
			sums[measurement+" "+hour.Format(time.RFC3339)] = int(n)
		}
	}
	return sums
}

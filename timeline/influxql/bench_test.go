package influxql_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/influxql"
	"marsad/timeline/sqlite"
)

// millionMentions makes a record of a million articles of 100 feeds in 30 days,
// each of which mentions one topic.
func millionMentions(b *testing.B) *sqlite.Record {
	b.Helper()
	cfg := sqlite.DefaultConfig()
	cfg.Path = filepath.Join(b.TempDir(), "record.db")
	open := func() *sqlite.Record {
		r, err := sqlite.Open(b.Context(), cfg, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	if err := open().Close(); err != nil {
		b.Fatal(err)
	}
	// Polls would take minutes to bring them; what is read is the same.
	db, err := sql.Open("sqlite", cfg.Path)
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	for _, statement := range []string{
		`PRAGMA synchronous = OFF`,
		`INSERT INTO stories (id, story, first, last, articles) VALUES (1, 's', 0, 0, 1000000)`,
		`WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 100)
			INSERT INTO feeds (id, name, url, title, publisher, country, lang, archive, enabled, rhythm)
			SELECT i, 'feed-' || i, '', '', 'Publisher ' || (i % 60), 'IQ', CASE i % 3 WHEN 0 THEN 'ar' WHEN 1 THEN 'en' ELSE 'fr' END, 0, 1, 0 FROM k`,
		fmt.Sprintf(`WITH RECURSIVE k (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < 999999)
			INSERT INTO articles (id, article, feed, story, rank, published, zone, zone_offset, dated, first_seen, at, revision, countable, loaded,
				publisher, country, lang, guid, url, title, text)
			SELECT i + 1, 'a' || i, f.id, 1, 0, %d + i * 2592000000, 'UTC', 0, 'published', 0, %[1]d + i * 2592000000, 1, 1, 0,
				f.publisher, f.country, f.lang, '', 'https://example.org/' || i, 'Title ' || i, '' FROM k JOIN feeds f ON f.id = 1 + (i * 7919) %% 100`,
			end().AddDate(0, 0, -30).UnixNano()),
		`INSERT INTO mentions (article, topic, topic_hash, revision, published, at, spans)
			SELECT id, 'hot', 'h', 1, published, at, '[[0,5]]' FROM articles`,
	} {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("a million mentions written in %s", time.Since(began))
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	r := open()
	b.Cleanup(func() {
		if err := r.Close(); err != nil {
			b.Error(err)
		}
	})
	return r
}

// cpu is how long this process has had a processor, which is what compares on a
// machine that has other things to do.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkTopicPanel draws 30 days of a topic with a million mentions, hour by
// hour, the time asked for as Grafana asks: from and to some millisecond.
func BenchmarkTopicPanel(b *testing.B) {
	e := engine(millionMentions(b), influxql.Limits{Points: 2_000_000})
	within := fmt.Sprintf(`"topic" = 'hot' AND time >= %dms AND time <= %dms`, end().AddDate(0, 0, -30).UnixMilli()+12_345, end().UnixMilli()-54_321)
	for _, tt := range []struct{ name, statement string }{
		{"sum", `SELECT sum("n") FROM "mentions" WHERE ` + within + ` GROUP BY time(1h) fill(0)`},
		{"by language", `SELECT sum("n") FROM "mentions" WHERE ` + within + ` GROUP BY time(1h), "lang" fill(0)`},
		{"by feed", `SELECT sum("n") FROM "mentions" WHERE ` + within + ` GROUP BY time(1h), "feed" fill(0)`},
		{"days by publisher", `SELECT sum("n") FROM "mentions" WHERE ` + within + ` GROUP BY time(1d), "publisher" fill(0)`},
		{"top stories", `SELECT "title", "url" FROM "mentions" WHERE ` + within + ` ORDER BY time DESC LIMIT 100`},
	} {
		b.Run(tt.name, func(b *testing.B) {
			began := cpu(b)
			for b.Loop() {
				if data := ask(b.Context(), b, e, "marsad", tt.statement); len(data) < 1000 {
					b.Fatalf("%s", data)
				}
			}
			b.ReportMetric(float64((cpu(b)-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkFactPanels draws counts and events of a topic that a third of 100,000
// articles in 30 days mention, as the dashboards do; or those of another record.
func BenchmarkFactPanels(b *testing.B) {
	topic, last := "floods", end()
	var record *sqlite.Record
	if path := os.Getenv("MARSAD_PANEL_RECORD"); path != "" {
		cfg := sqlite.DefaultConfig()
		cfg.Path = path
		var err error
		if record, err = sqlite.Open(b.Context(), cfg, sqlite.Options{}); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := record.Close(); err != nil {
				b.Error(err)
			}
		})
		topic = os.Getenv("MARSAD_PANEL_TOPIC")
		if err := record.Points(b.Context(), timeline.PointQuery{Measurement: "articles", Newest: true, Fields: []string{"n"}}, func(p *timeline.Point) error {
			last = p.Time
			return errFirst
		}); !errors.Is(err, errFirst) {
			b.Fatal(err)
		}
	} else {
		record = filled(b, 30, 8000)
	}
	e := engine(record, influxql.Limits{Points: 2_000_000})
	within := fmt.Sprintf(`"topic" = '%s' AND time >= %dms AND time <= %dms`, topic, last.AddDate(0, 0, -30).UnixMilli()+12_345, last.UnixMilli()-54_321)
	dates := fmt.Sprintf(`"topic" = '%s' AND time >= %dms AND time < %dms`, topic, last.AddDate(-50, 0, 0).UnixMilli(), last.AddDate(10, 0, 0).UnixMilli())
	for _, tt := range []struct{ name, database, statement string }{
		{"counts", "marsad", `SELECT min("lo") AS "least", max("hi") AS "most" FROM "counts" WHERE "kind" =~ /^.*$/ AND "lang" =~ /^.*$/ AND "publisher" =~ /^.*$/ AND ` + within + ` GROUP BY time(1h) fill(none)`},
		{"counts newest", "marsad", `SELECT "kind", "lo", "best", "hi", "bound", "object", "by", "publisher", "sentence", "url" FROM "counts" WHERE ` + within + ` ORDER BY time DESC LIMIT 200`},
		{"events by year", "marsad_events", `SELECT count("sentence") AS "events" FROM "events" WHERE ` + dates + ` GROUP BY time(365d) fill(none)`},
		{"events newest", "marsad_events", `SELECT "sentence", "precision", "relation", "hi", "best", "publishers" FROM "events" WHERE ` + dates + ` ORDER BY time DESC LIMIT 300`},
	} {
		b.Run(tt.name, func(b *testing.B) {
			began := cpu(b)
			for b.Loop() {
				if data := ask(b.Context(), b, e, tt.database, tt.statement); len(data) < 300 {
					b.Fatalf("%s", data)
				}
			}
			b.ReportMetric(float64((cpu(b)-began).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// errFirst ends a reading after the first point.
var errFirst = errors.New("the first")

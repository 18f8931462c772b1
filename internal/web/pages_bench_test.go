package web

import (
	"cmp"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
	"marsad/timeline/timelinetest"
)

// recordEnv names a record of one's own that pages are timed over, of which nothing is
// changed; without it one of 100,000 articles is made.
const recordEnv = "MARSAD_BENCH_RECORD"

// BenchmarkPages times each page, its slowest answer apart: the first has the cold
// caches.
//
//	go test -run '^$' -bench Pages -benchtime 20x ./internal/web
func BenchmarkPages(b *testing.B) {
	record, at := benchRecord(b)
	newest, err := record.Articles(b.Context(), timeline.Query{Limit: 1})
	if err != nil || len(newest.Items) == 0 {
		b.Fatalf("no articles: %v", err)
	}
	if at.IsZero() {
		at = newest.Items[0].Article.Published.Add(time.Minute)
	}
	topics := benchTopics(b, record, at)
	m := fill()
	cfg, o := DefaultConfig(), optionsOf(m)
	o.Articles, o.Facts, o.Feeds, o.Series, o.Incidents, o.Search, o.Changes = record, record, record, record, record, record, record
	o.FactDesk, o.Topics, o.Now = readingsOnly{m, record}, topics, func() time.Time { return at }
	cfg.Rate = RateConfig{}
	s, err := New(cfg, o)
	if err != nil {
		b.Fatal(err)
	}
	id := newest.Items[0].Article
	word := strings.Fields(id.Title)[0]
	paths := []string{
		"/", "/articles", "/articles/" + id.ID, "/stories", "/stories/" + id.Story, "/events", "/incidents", "/feeds", "/polls", "/search?q=" + word, "/explain",
		"/api/v1/articles?limit=100", "/api/v1/events?limit=100", "/api/v1/counts?limit=100", "/api/v1/topics",
	}
	for _, t := range topics {
		for _, list := range []string{"/articles?topic=", "/stories?topic=", "/events?topic="} {
			paths = append(paths, list+t.Name)
		}
		for _, choice := range periodChoices() {
			paths = append(paths, "/topics/"+t.Name+"?span="+choice.Name)
		}
	}
	for _, path := range paths {
		b.Run(path, func(b *testing.B) {
			var slowest time.Duration
			cpu := cpuTime(b)
			for b.Loop() {
				began := time.Now()
				if w := ask(s, "GET", path); w.Code != http.StatusOK {
					b.Fatalf("status %d: %.300s", w.Code, w.Body)
				}
				slowest = max(slowest, time.Since(began))
			}
			b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
		})
	}
}

// cpuTime is what the process has taken of processors, which says more than a clock on
// a machine that has other things to do.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// benchRecord opens the record that pages are timed over, and says when that is.
func benchRecord(b *testing.B) (*sqlite.Record, time.Time) {
	b.Helper()
	cfg := sqlite.DefaultConfig()
	cfg.Path = os.Getenv(recordEnv)
	open, at := sqlite.OpenToRead, time.Time{}
	if cfg.Path == "" {
		cfg.Path = filepath.Join(b.TempDir(), "record.db")
		open, at = sqlite.Open, now
	}
	stories := story.DefaultConfig()
	record, err := open(b.Context(), cfg, sqlite.Options{Step: 10 * time.Minute, StoryCap: 5, Stories: story.New(stories), Events: story.NewEvents(stories, nil)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = record.Close() })
	if !at.IsZero() {
		timelinetest.Fill(b, record, at, 100, 2400, 1) // a poll brings half of it
		for more := true; more; {
			if more, err = record.IndexWords(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	stats, err := record.Stats(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d articles, %d MB", stats.Articles, stats.Bytes>>20)
	return record, at
}

// benchTopics gives the topic of most articles and that of fewest, of the newest.
func benchTopics(b *testing.B, record *sqlite.Record, at time.Time) []timeline.Topic {
	b.Helper()
	page, err := record.Articles(b.Context(), timeline.Query{To: at, Limit: maxLimit})
	if err != nil {
		b.Fatal(err)
	}
	articles := map[string]int{}
	for _, a := range page.Items {
		for _, name := range topicsOf(a.Facts) {
			articles[name]++
		}
	}
	var topics []timeline.Topic
	for name := range articles {
		topics = append(topics, timeline.Topic{Name: name, Any: []string{name}})
	}
	slices.SortFunc(topics, func(x, y timeline.Topic) int { return cmp.Compare(articles[y.Name], articles[x.Name]) })
	if len(topics) > 2 {
		topics = []timeline.Topic{topics[0], topics[len(topics)-1]}
	}
	return topics
}

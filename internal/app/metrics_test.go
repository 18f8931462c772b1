package app

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"marsad/timeline"
)

type fixedStats timeline.Stats

func (s fixedStats) Stats(context.Context) (timeline.Stats, error) { return timeline.Stats(s), nil }
func (s fixedStats) Free() int64                                   { return -1 }

// Whoever scrapes several programs finds ours by its prefix, also what the
// libraries count for us.
func TestMetricNames(t *testing.T) {
	t.Parallel()
	m := newMetrics("devel")
	m.watchRecord(fixedStats{Articles: 3})
	m.observePoll(timeline.Poll{Outcome: timeline.OutcomeOK, Fetched: 2, New: 1, Rejected: 1, Reasons: map[string]int{"empty": 1}})
	body := scraped(t, m)
	for lines := bufio.NewScanner(strings.NewReader(body)); lines.Scan(); {
		if line := lines.Text(); !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "marsad_") {
			t.Errorf("%s: want a name that begins with marsad_", line)
		}
	}
	for _, want := range []string{
		"marsad_articles 3\n", `marsad_polls_total{outcome="ok"} 1` + "\n", `marsad_items_total{state="new"} 1` + "\n",
		`marsad_rejected_items_total{reason="empty"} 1` + "\n", "marsad_go_goroutines ",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not among the metrics", want)
		}
	}
}

// How late an article is known counts for those alone that a feed dates and that are
// news; how late a notice is, for openings that went out as soon as they could.
func TestLatencies(t *testing.T) {
	t.Parallel()
	m := newMetrics("devel")
	seen := time.Now()
	article := timeline.Article{Revision: 1, Countable: true, Dated: timeline.DatedPublished, Published: seen.Add(-90 * time.Second), FirstSeen: seen}
	revised, first, undated := article, article, article
	revised.Revision, first.Countable, undated.Dated = 2, false, timeline.DatedFirstSeen
	m.observeArticles([]timeline.ReadArticle{{Article: article}, {Article: revised}, {Article: first}, {Article: undated}})
	incident := timeline.Incident{Opened: seen.Add(-10 * time.Minute), Headlines: []timeline.Headline{{Published: seen.Add(-time.Hour)}, {Published: seen.Add(-3 * time.Minute)}}}
	m.observeNotice(timeline.Notice{Kind: timeline.NoticeOpening, Incident: incident}, nil)
	m.observeNotice(timeline.Notice{Kind: timeline.NoticeOpening, Incident: incident, Held: "quiet hours"}, nil)
	m.observeNotice(timeline.Notice{Kind: timeline.NoticeOpening, Incident: incident}, errors.New("away"))
	m.observeNotice(timeline.Notice{Kind: timeline.NoticeUpdate, Incident: incident}, nil)
	body := scraped(t, m)
	for _, want := range []string{
		`marsad_record_latency_seconds_bucket{le="60"} 0`, `marsad_record_latency_seconds_bucket{le="120"} 1`, "marsad_record_latency_seconds_count 1",
		`marsad_notice_latency_seconds_bucket{since="opened",le="300"} 0`, `marsad_notice_latency_seconds_bucket{since="opened",le="1200"} 1`, `marsad_notice_latency_seconds_count{since="opened"} 1`,
		`marsad_notice_latency_seconds_bucket{since="published",le="120"} 0`, `marsad_notice_latency_seconds_bucket{since="published",le="300"} 1`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("%q is not among the metrics:\n%s", want, body)
		}
	}
}

// scraped gives what Prometheus is answered.
func scraped(t *testing.T, m *metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.handler(slog.New(slog.DiscardHandler), prometheus.NewRegistry()).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	return w.Body.String()
}

package app

import (
	"bufio"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"marsad/timeline"
)

type fixedStats timeline.Stats

func (s fixedStats) Stats(context.Context) (timeline.Stats, error) { return timeline.Stats(s), nil }

// Whoever scrapes several programs finds ours by its prefix, also what the
// libraries count for us.
func TestMetricNames(t *testing.T) {
	t.Parallel()
	m := newMetrics("devel")
	m.watchRecord(fixedStats{Articles: 3})
	m.observePoll(timeline.Poll{Outcome: timeline.OutcomeOK, Fetched: 2, New: 1, Rejected: 1, Reasons: map[string]int{"empty": 1}})
	w := httptest.NewRecorder()
	m.handler(slog.New(slog.DiscardHandler), prometheus.NewRegistry()).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	body := w.Body.String()
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

package alerts_test

import (
	"slices"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// A topic that falls silent has an incident of its own, beside those of rises,
// and is over when it is talked of again. A blind collector raises none.
func TestFallSilent(t *testing.T) {
	talked := merger
	talked.Rule.Falls = alerts.Budget{N: 1, Per: 26 * 7 * day}
	silent := start.Add(40 * day)
	end := silent.Add(10 * day)
	for name, c := range map[string]struct {
		topic alerts.Topic
		blind bool
		want  int
	}{
		"silent":       {talked, false, 1},
		"nobody asked": {merger, false, 0},
		"blind":        {talked, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory(time.Hour)
			m.fill(start, end, 40, 20, false)
			m.articles = slices.DeleteFunc(m.articles, func(a article) bool {
				gone := !a.published.Before(silent) && a.published.Before(silent.Add(3*day))
				return gone && (c.blind || a.topic != "")
			})
			e := newEvaluator(t, m, c.topic)
			for now := silent.Add(-day); !now.After(end); now = now.Add(time.Hour) {
				closeAt(t, e, now)
			}
			falls := 0
			for _, i := range m.incidents {
				if i.Kind != timeline.Fall {
					continue
				}
				falls++
				if i.State != timeline.IncidentResolved || i.Opened.Sub(silent) > 2*day || i.Weeks < 26 || i.ID != timeline.FallID("merger", i.Opened) {
					t.Errorf("incident %+v", i)
				}
			}
			if falls != c.want {
				t.Errorf("%d falls, want %d", falls, c.want)
			}
		})
	}
}

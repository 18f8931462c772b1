package alerts_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// TestRoutes lets a topic rise, rise further and come to an end, and says what
// each receiver is told in turn.
func TestRoutes(t *testing.T) {
	severe := []string{alerts.SeverityCritical}
	for name, test := range map[string]struct {
		routing alerts.Routing
		want    map[string][]timeline.NoticeKind // without updates and news
	}{
		"no routes": {
			alerts.Routing{Receivers: []string{"desk"}},
			map[string][]timeline.NoticeKind{
				"":     {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution},
				"desk": {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution},
			},
		},
		"a channel from when it is critical": {
			alerts.Routing{Receivers: []string{"#crisis", "desk"}, Routes: []alerts.Route{{To: "#crisis", Severities: severe}}},
			map[string][]timeline.NoticeKind{
				"":        {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution},
				"desk":    {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution},
				"#crisis": {timeline.NoticeOpening, timeline.NoticeResolution},
			},
		},
		"the team, too": {
			alerts.Routing{Routes: []alerts.Route{{To: alerts.Team, Severities: severe}}},
			map[string][]timeline.NoticeKind{"": {timeline.NoticeOpening, timeline.NoticeResolution}},
		},
		"another topic": {
			alerts.Routing{Receivers: []string{"desk"}, Routes: []alerts.Route{{To: "desk", Topics: []string{"other"}}}},
			map[string][]timeline.NoticeKind{"": {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution}},
		},
		"either of two routes": {
			alerts.Routing{Receivers: []string{"#crisis"}, Routes: []alerts.Route{
				{To: "#crisis", Topics: []string{"other"}}, {To: "#crisis", Topics: []string{"Merger"}, Severities: severe},
			}},
			map[string][]timeline.NoticeKind{
				"":        {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution},
				"#crisis": {timeline.NoticeOpening, timeline.NoticeResolution},
			},
		},
		"the team's own channel": {
			alerts.Routing{
				Receivers: []string{"#crisis"}, Routes: []alerts.Route{{To: "#crisis"}},
				Channel: func(string) string { return "crisis" },
			},
			map[string][]timeline.NoticeKind{"": {timeline.NoticeOpening, timeline.NoticeEscalation, timeline.NoticeResolution}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(time.Hour)
			m.fill(start, start.Add(15*day), 20, 10, false)
			e, err := alerts.NewEvaluator(alerts.Options{
				Config: configOf(m), Topics: []alerts.Topic{merger}, Series: m, Stories: m, Memory: m, Results: m, Routing: test.routing,
				Logger: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				t.Fatal(err)
			}
			rise := start.Add(12*day + 10*time.Hour)
			m.burst(rise, 14, 10, false)
			m.burst(rise.Add(time.Hour), 60, 10, false)
			for now := rise.Add(-day); !now.After(start.Add(15 * day)); now = now.Add(time.Hour) {
				closeAt(t, e, now)
				if now.Equal(rise.Add(time.Hour)) && only(t, m).Severity == alerts.SeverityCritical {
					t.Fatal("critical from the beginning: the test tries nothing")
				}
			}
			got := make(map[string][]timeline.NoticeKind)
			for _, c := range m.commits {
				for _, n := range c.Notices {
					if n.Kind != timeline.NoticeUpdate && n.Kind != timeline.NoticeThread {
						got[n.Receiver] = append(got[n.Receiver], n.Kind)
					}
				}
			}
			for receiver, kinds := range got {
				if !slices.Equal(slices.Compact(kinds), test.want[receiver]) {
					t.Errorf("%q is told %q, want %q", receiver, kinds, test.want[receiver])
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("told: %q, want %q", got, test.want)
			}
		})
	}
}

func configOf(m *memory) alerts.Config {
	c := alerts.DefaultConfig()
	c.Step = m.step
	return c
}

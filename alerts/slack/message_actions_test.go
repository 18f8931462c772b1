package slack

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"marsad/timeline"
)

// A notice leads to the dashboard that is provisioned, at the incident's topic,
// window and time; or to one of the team's own.
func TestCharts(t *testing.T) {
	opened := time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)
	open := timeline.Incident{Topic: "group-merger", State: timeline.IncidentOpen, Opened: opened, Window: time.Hour}
	resolved := open
	resolved.State, resolved.Resolved = timeline.IncidentResolved, opened.Add(5*time.Hour)
	blind := timeline.Incident{Kind: timeline.Blind, State: timeline.IncidentOpen, Opened: opened, Window: time.Hour}
	const from, to = "1779249600000", "1779296400000" // eight windows before, and when it was resolved
	for _, tt := range []struct {
		name, grafana string
		incident      timeline.Incident
		path          string
		query         url.Values
	}{
		{"none", "", open, "", nil},
		{"provisioned", "https://grafana.example.org", open, "/d/marsad-topic", url.Values{"var-topic": {"group-merger"}, "var-window": {"1h"}, "from": {from}, "to": {"now"}}},
		{"below a path, resolved", "https://example.org/grafana/?orgId=2", resolved, "/grafana/d/marsad-topic", url.Values{"orgId": {"2"}, "var-topic": {"group-merger"}, "var-window": {"1h"}, "from": {from}, "to": {to}}},
		{"no topic's", "https://grafana.example.org", blind, "/d/marsad-collection", url.Values{"from": {from}, "to": {"now"}}},
		{"the team's own", "https://grafana.example.org/d/news", open, "/d/news", url.Values{"var-topic": {"group-merger"}, "from": {from}, "to": {"now"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := url.Parse(renderer{grafana: tt.grafana}.charts(&tt.incident))
			if err != nil || got.Path != tt.path || got.RawQuery != tt.query.Encode() {
				t.Errorf("%v (%v), want the path %s with %s", got, err, tt.path, tt.query.Encode())
			}
		})
	}
}

// The dashboards that notices lead to are those that are provisioned, and have the
// variables that notices set.
func TestDashboardsOfCharts(t *testing.T) {
	for uid, wanted := range map[string][]string{dashboardTopic: {"topic", "window"}, dashboardCollection: nil} {
		data, err := os.ReadFile("../../deploy/grafana/dashboards/" + uid + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			UID        string
			Templating struct{ List []struct{ Name string } }
		}
		if err := json.Unmarshal(data, &d); err != nil || d.UID != uid {
			t.Errorf("uid %q (%v), want %q", d.UID, err, uid)
		}
		for _, name := range wanted {
			if !slices.ContainsFunc(d.Templating.List, func(v struct{ Name string }) bool { return v.Name == name }) {
				t.Errorf("%s has no variable %q", uid, name)
			}
		}
	}
}

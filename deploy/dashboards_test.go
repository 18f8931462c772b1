// Package deploy_test checks what is deployed beside Marsad: the dashboards and
// the files that put them, the data sources and the servers up.
package deploy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// dashboards gives the files by uid.
func dashboards(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("grafana/dashboards/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d dashboards (%v)", len(paths), err)
	}
	found := make(map[string][]byte)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found[strings.TrimSuffix(filepath.Base(path), ".json")] = data
	}
	return found
}

// TestDashboardsAreGrafanas reads the dashboards as Grafana's own schema has
// them, where nothing unknown may be.
func TestDashboardsAreGrafanas(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for uid, data := range dashboards(t) {
		var d dashboard.Dashboard
		if err := d.UnmarshalJSONStrict(data); err != nil {
			t.Errorf("%s: %v", uid, err)
		}
		if err := d.Validate(); err != nil {
			t.Errorf("%s: %v", uid, err)
		}
		if d.Uid == nil || *d.Uid != uid {
			t.Errorf("%s: its uid is another: links lead to the file's name", uid)
		}
	}
}

// question is a query somewhere in a dashboard.
type question struct {
	where    string
	database string
	query    string
}

// questions finds all queries of a dashboard: of panels, annotations, variables.
func questions(t *testing.T, uid string, data []byte) (all []question) {
	t.Helper()
	type target struct {
		Datasource struct{ UID string }
		Query      string
	}
	var d struct {
		Panels []struct {
			Title   string
			Type    string
			Targets []target
		}
		Annotations struct {
			List []struct {
				Name   string
				Target target
			}
		}
		Templating struct {
			List []struct {
				Name, Type string
				Datasource struct{ UID string }
				Query      string
			}
		}
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	add := func(where, source, query string) {
		database, known := map[string]string{"${ds}": "marsad", "${events}": "marsad_events"}[source]
		if !known {
			t.Errorf("%s: %s asks the data source %q", uid, where, source)
		}
		all = append(all, question{uid + ": " + where, database, query})
	}
	for _, p := range d.Panels {
		if p.Type == "row" {
			continue
		}
		if len(p.Targets) == 0 {
			t.Errorf("%s: %s asks nothing", uid, p.Title)
		}
		for _, its := range p.Targets {
			add(p.Title, its.Datasource.UID, its.Query)
		}
	}
	for _, a := range d.Annotations.List {
		if a.Target.Query != "" {
			add(a.Name, a.Target.Datasource.UID, a.Target.Query)
		}
	}
	for _, v := range d.Templating.List {
		if v.Type == "query" {
			add("$"+v.Name, v.Datasource.UID, v.Query)
		}
	}
	return all
}

// filledIn gives a query as Grafana sends it, for some choice of the variables.
func filledIn(query string, end time.Time) string {
	ms := func(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
	return strings.NewReplacer(
		"$timeFilter", "time >= "+ms(end.AddDate(0, 0, -6).Add(-17*time.Minute))+"ms and time <= "+ms(end)+"ms",
		"$__interval", "1h", "now()", "'"+end.UTC().Format(time.RFC3339)+"'",
		"${topic:regex}", `(floods|group\-merger)`, "${feed:regex}", ".*", "${lang:regex}", "(ar|en)", "${publisher:regex}", ".*",
		"${country:regex}", ".*", "${kind:regex}", "fighters", "$topic", "group-merger", "$window", "1h", "$by", "lang",
	).Replace(query)
}

// TestEveryQueryAnswers runs all queries of all dashboards over a filled record:
// Marsad's own answer has rows, and is that of a real InfluxDB 1.8 with the same
// points.
func TestEveryQueryAnswers(t *testing.T) {
	w := newWorld(t)
	for uid, data := range dashboards(t) {
		asked := questions(t, uid, data)
		if len(asked) < 10 {
			t.Errorf("%s: %d queries, want more", uid, len(asked))
		}
		for _, q := range asked {
			statement := filledIn(q.query, w.end)
			if strings.Contains(statement, "$") && !strings.Contains(statement, "$/") || strings.Contains(statement, "${") {
				t.Errorf("%s: a variable is not known: %s", q.where, statement)
			}
			own := w.record(t, q.database, statement)
			if !strings.Contains(string(own), `"values":[[`) {
				t.Errorf("%s\n%s\ngives %s", q.where, statement, own)
			}
			if w.influx == nil {
				continue
			}
			var want, got any
			if err := json.Unmarshal(w.influx.InfluxQL(t, q.database, statement), &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(own, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, approximately()); diff != "" {
				t.Errorf("%s\n%s\n(-InfluxDB +record):\n%s", q.where, statement, diff)
			}
		}
	}
}

// TestLinksLead checks that what links to a dashboard names one that there is, and
// variables that it has.
func TestLinksLead(t *testing.T) {
	all := dashboards(t)
	for uid, data := range all {
		for _, part := range strings.Split(string(data), `"/d/`)[1:] {
			address, _, _ := strings.Cut(part, `"`)
			to, parameters, _ := strings.Cut(address, "?")
			if all[to] == nil {
				t.Errorf("%s links to %q", uid, to)
				continue
			}
			for parameter := range strings.SplitSeq(parameters, "&") {
				name, _, _ := strings.Cut(strings.TrimPrefix(parameter, "var-"), "=")
				if strings.HasPrefix(parameter, "var-") && !slices.Contains(variables(t, all[to]), name) {
					t.Errorf("%s links to %s with the variable %q, which that has not", uid, to, name)
				}
			}
		}
	}
}

func variables(t *testing.T, data []byte) (names []string) {
	t.Helper()
	var d struct {
		Templating struct{ List []struct{ Name string } }
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	for _, v := range d.Templating.List {
		names = append(names, v.Name)
	}
	return names
}

package influx_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/influx/influxtest"
)

// TestDocumentedQueries runs every query of docs/SERIES.md over points of all
// measurements, InfluxQL against version 1 and Flux against version 2. Each gives
// something.
func TestDocumentedQueries(t *testing.T) {
	document, err := os.ReadFile("../../docs/SERIES.md")
	if err != nil {
		t.Fatal(err)
	}
	queries := func(language string) (all []string) {
		for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(document), -1) {
			all = append(all, strings.TrimSpace(m[1]))
		}
		if len(all) < 10 {
			t.Fatalf("%d queries in %s, want one for each question", len(all), language)
		}
		return all
	}
	log := &memoryLog{}
	log.add(timeline.Change{Write: everyMeasurement()})
	fill := func(t *testing.T, url, token string) {
		t.Helper()
		cfg := config(url, token, "marsad")
		p := newProjector(t, cfg, influx.Options{Log: log})
		if replayed, err := p.Replay(t.Context(), influx.ReplayOptions{}); err != nil || replayed.Poisoned+replayed.Dropped > 0 || len(replayed.Sent) != 7 {
			t.Fatalf("replayed %+v (%v), want points of seven measurements", replayed, err)
		}
	}
	t.Run("InfluxQL", func(t *testing.T) {
		s := influxtest.StartV1(t)
		fill(t, s.URL, influxtest.TokenV1)
		for _, q := range queries("influxql") {
			database := "marsad"
			if strings.Contains(q, `"events"`) {
				database = "marsad_events"
			}
			var answer struct {
				Results []struct {
					Error  string
					Series []struct{ Values [][]any }
				}
			}
			data := s.InfluxQL(t, database, q)
			if err := json.Unmarshal(data, &answer); err != nil || len(answer.Results) != 1 || len(answer.Results[0].Series) == 0 {
				t.Errorf("%s\ngives %s (%v)", q, data, err)
			}
		}
	})
	t.Run("Flux", func(t *testing.T) {
		s := influxtest.Start(t)
		fill(t, s.URL, influxtest.Token)
		for _, q := range queries("flux") {
			if rows := s.Query(t, q); len(rows) == 0 {
				t.Errorf("%s\ngives nothing", q)
			}
		}
	})
}

// everyMeasurement gives points of all measurements, as the record gives them.
func everyMeasurement() []timeline.Point {
	at := time.Date(2026, 5, 20, 12, 0, 0, 7, time.UTC)
	title := "Groups merge"
	text := "The merger of 2012 brought 12 to 15 fighters."
	reading := title + "\n" + text
	span := func(s string) timeline.Span {
		i := strings.Index(reading, s)
		return timeline.Span{Start: i, End: i + len(s)}
	}
	lo, hi := 12.0, 15.0
	a := timeline.Article{
		ID: "a", Feed: "example", Publisher: "Example News", Country: "IQ", Lang: "en", URL: "https://example.org/1",
		Title: title, Text: text, Published: at, Story: "s", At: at,
	}
	points := timeline.ArticlePoints(&a, timeline.Facts{
		Mentions: []timeline.Mention{{Topic: "group-merger", Spans: []timeline.Span{span("merge"), span("merger")}, At: at}},
		Counts: []timeline.Count{{
			Span: span("12 to 15"), Sentence: span(text), Lo: &lo, Hi: &hi, Bound: timeline.Between, Object: span("fighters"), Kind: "fighters", By: "Example", At: at,
		}},
		Events: []timeline.Event{{
			Span: span("The merger of 2012"), Sentence: span(text), Precision: timeline.Year, Relation: timeline.On, At: time.Date(2012, 1, 1, 0, 0, 0, 7, time.UTC),
			Interval: timeline.Interval{Lo: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC), Hi: time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)},
		}},
	})
	poll := timeline.Poll{Feed: "example", At: at, Outcome: timeline.OutcomeOK, Fetched: 3, New: 1, Known: 2, Status: 200, Bytes: 4000, Took: time.Second}
	evaluation := timeline.Evaluation{Topic: "group-merger", Step: at.Truncate(time.Hour), Window: time.Hour, Observed: 9, Expected: 1.5, Upper: 6, P: 1e-5, Exposure: 120}
	incident := timeline.Incident{Topic: "group-merger", State: timeline.IncidentOpen, Severity: "high", Title: "Group merger", Opened: at, Updated: at}
	return append(points, poll.Point(), evaluation.Point(), incident.Point("Groups merge", "https://example.org/1"))
}

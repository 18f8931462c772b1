package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// object decodes an answer.
func object(t *testing.T, s *Server, path string) map[string]any {
	t.Helper()
	w := ask(s, "GET", path)
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("GET %s: %v: %.200s", path, err, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("GET %s: content type %q", path, got)
	}
	return v
}

// TestShapes holds the answers to the keys that scripts and dashboards rely on.
func TestShapes(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	for _, tt := range []struct{ path, keys string }{
		{"articles", "id guid feed publisher country lang url title text published dated first_seen revision story topics dates counts"},
		{"corrections", "fact article kind text sentence hidden set by why at"},
		{"stories", "id title url lang first last articles publishers topics"},
		{"polls", "feed at outcome fetched new known revised rejected reasons status bytes ms error"},
		{"feeds", "name title url state error last_poll next_poll rhythm articles"},
		{"incidents", "id topic state opened updated resolved observed expected exposure p window publishers stories announced acknowledged feedback silence"},
		{"series?topic=group-merger", "topic step points"},
		{"topics", "name title state windows"},
		{"stories", "id title url lang first last articles publishers topics"},
		{"events", "happening interval grain happened first publishers mentions who where sources tallies"},
		{"events", "article publisher lang url published topics sentence start end text lo hi precision relation timex planned dates counts actors places rule figures"},
		{"events/mentions", "article publisher lang url published topics sentence start end text lo hi precision relation timex planned dates counts actors places rule figures"},
		{"counts", "article publisher lang url published topics sentence start end text lo best hi bound object obj_start obj_end kind of by negated rule"},
	} {
		answer := object(t, s, "/api/v1/"+tt.path)
		if got := slices.Sorted(maps.Keys(answer)); !slices.Equal(got, []string{"items", "next"}) {
			t.Errorf("%s: keys %v, want items and next", tt.path, got)
		}
		items, _ := answer["items"].([]any)
		if len(items) == 0 {
			t.Fatalf("%s: no items", tt.path)
		}
		item, _ := items[0].(map[string]any)
		for key := range strings.FieldsSeq(tt.keys) {
			if _, ok := item[key]; !ok {
				t.Errorf("%s: no key %s in %v", tt.path, key, slices.Sorted(maps.Keys(item)))
			}
		}
	}
}

func TestArticleJSON(t *testing.T) {
	got := object(t, newServer(t, fill(), nil), "/api/v1/articles/"+timeline.Hash("seed"))
	wantEqual(t, "published in the article's zone", "2017-05-20T12:00:00+03:00", got["published"])
	wantEqual(t, "topics", []any{"group-merger"}, got["topics"].([]any))
	wantEqual(t, "dates", []any{map[string]any{
		"start": 112.0, "end": 120.0, "text": "عام 2012", "lo": "2012-01-01", "hi": "2013-01-01",
		"precision": "year", "relation": "since", "timex": "2012", "rule": "ar.year",
	}}, got["dates"].([]any))
	wantEqual(t, "counts", []any{map[string]any{
		"start": 72.0, "end": 98.0, "text": "ما بين 12 ألفاً إلى 15 ألف", "lo": 12000.0, "best": nil, "hi": 15000.0, "bound": "between",
		"object": "ارهابي", "obj_start": 99.0, "obj_end": 105.0, "kind": "fighters", "of": "داعش", "in": []any{"syria"}, "countries": []any{"SY"}, "by": "Newsweek",
		"negated": false, "rule": "ar.between",
	}}, got["counts"].([]any))
	reading := []rune(got["title"].(string) + "\n" + got["text"].(string))
	if words := string(reading[112:120]); words != "عام 2012" {
		t.Errorf("offsets of title, line feed and text lead to %q", words)
	}
}

func TestIncidentJSON(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	open := object(t, s, "/api/v1/incidents/"+m.incidents[0].ID)
	wantEqual(t, "resolved while open", any(nil), open["resolved"])
	wantEqual(t, "announced before it is", any(nil), open["announced"])
	wantEqual(t, "window", any("1h"), open["window"])
	resolved := object(t, s, "/api/v1/incidents/"+m.incidents[1].ID)
	wantEqual(t, "announced", any(map[string]any{"channel": "C1", "ts": "1495281600.000100"}), resolved["announced"])
	wantEqual(t, "resolved", any("2017-05-20T12:34:00Z"), resolved["resolved"])
}

func TestFeedJSON(t *testing.T) {
	answer := object(t, newServer(t, fill(), nil), "/api/v1/feeds")
	states := map[any]any{}
	for _, item := range answer["items"].([]any) {
		feed := item.(map[string]any)
		states[feed["name"]] = feed["state"]
		if feed["name"] == "example-ar" {
			wantEqual(t, "address without user and password", any("https://example.org/rss"), feed["url"])
		}
	}
	wantEqual(t, "states", map[any]any{"example-ar": "ok", "example-en": "failing", "new": "waiting", "old": "disabled", "paper": "archive"}, states)
}

// TestPaging follows next through lists that the server pages itself.
func TestPaging(t *testing.T) {
	s := newServer(t, fill(), nil)
	for _, tt := range []struct {
		path string
		want int
	}{{"feeds", 5}, {"topics", 2}, {"series", 2}, {"articles", 6}} {
		seen, pages, cursor := 0, 0, ""
		for {
			answer := object(t, s, "/api/v1/"+tt.path+"?limit=1&cursor="+cursor)
			seen += len(answer["items"].([]any))
			pages++
			if cursor, _ = answer["next"].(string); cursor == "" || pages > 20 {
				break
			}
		}
		if seen != tt.want || pages != tt.want {
			t.Errorf("%s: %d items on %d pages, want %d on as many", tt.path, seen, pages, tt.want)
		}
	}
}

func TestSeriesJSON(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	get := func(query string) (points []map[string]any) {
		answer := object(t, s, "/api/v1/series?topic=group-merger&"+query)
		for _, p := range answer["items"].([]any)[0].(map[string]any)["points"].([]any) {
			points = append(points, p.(map[string]any))
		}
		return points
	}
	sum := func(points []map[string]any) (n float64) {
		for _, p := range points {
			n += p["n"].(float64)
		}
		return n
	}
	hours, steps := get("from=-48h"), get("from=-48h&step=10m")
	if a, b := sum(hours), sum(steps); a != b || a == 0 {
		t.Errorf("hours sum up to %v and steps to %v, want the same", a, b)
	}
	// 49 hours from 12:00 to 13:00, less the two that the gap covers whole.
	if len(hours) != 47 {
		t.Errorf("%d hours, want 47: those without collection have no point", len(hours))
	}
	first := hours[0]
	if first["t"] != "2017-05-18T12:00:00Z" || first["expected"] != 0.6 || first["upper"] != 6.0 {
		t.Errorf("first hour is %v", first)
	}
	if last := hours[len(hours)-1]; last["expected"] != nil {
		t.Errorf("the hour that is not over has the expectation of another window: %v", last)
	}
	if steps[0]["expected"] != nil {
		t.Errorf("a step has the expectation of an hour: %v", steps[0])
	}
}

func TestQueryReachesTheRecord(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	ask(s, "GET", "/api/v1/articles?from=-24h&to=2017-05-20T12:00:00+03:00&topic=ceasefire&feed=f&lang=ar&publisher=p&limit=7&cursor=0")
	wantEqual(t, "query", []timeline.Query{{
		From: now.Add(-day), To: time.Date(2017, 5, 20, 9, 0, 0, 0, time.UTC), Topic: "ceasefire", Feed: "f", Lang: "ar", Publisher: "p", Limit: 7, Cursor: "0",
	}}, utc(m.asked))
}

func utc(queries []timeline.Query) []timeline.Query {
	for i := range queries {
		queries[i].From, queries[i].To = queries[i].From.UTC(), queries[i].To.UTC()
	}
	return queries
}

// TestErrorsNameTheRemedy holds every refusal of the API to its form.
func TestErrorsNameTheRemedy(t *testing.T) {
	s := newServer(t, fill(), nil)
	for path, want := range map[string]string{
		"articles?lmit=1":                        "lmit: no such parameter here",
		"articles?limit=5000":                    `limit: "5000" is not a limit`,
		"articles?from=monday":                   `from: "monday" is not a time`,
		"articles?topic=mergre":                  `topic: no topic is named "mergre"`,
		"articles?from=2017-05-20&to=2017-05-19": "to: before from",
		"articles?cursor=x":                      "cursor: not one that this list gave",
		"series?step=13m":                        `step: "13m" is not a step`,
		"series?from=-9999d&step=10m":            "from: more points than 10000 between from and to",
		"articles/x":                             "not in the record",
		"artikel":                                "no such resource",
	} {
		answer := object(t, s, "/api/v1/"+path)
		if answer["error"] != want || answer["remedy"] == "" || len(answer) != 2 {
			t.Errorf("%s: %v, want error %q with a remedy", path, answer, want)
		}
	}
}

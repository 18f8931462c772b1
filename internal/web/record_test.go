package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// recorded makes a real record with what memory has: a poll with all articles of
// each feed, a step with its evaluations, an incident and its notice.
func recorded(t *testing.T, m *memory) *sqlite.Record {
	t.Helper()
	cfg := sqlite.DefaultConfig()
	cfg.Path = t.TempDir() + "/record.db"
	record, err := sqlite.Open(t.Context(), cfg, sqlite.Options{Step: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	})
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	feeds := make([]timeline.Feed, 0, len(m.feeds))
	for _, f := range m.feeds {
		feeds = append(feeds, f.Feed)
	}
	check(record.SyncFeeds(t.Context(), feeds))
	for _, f := range m.feeds[:2] {
		f.FeedState.Feed = f.Name
		result := timeline.PollResult{State: f.FeedState, Poll: timeline.Poll{
			ID: timeline.PollID(f.Name, now), Feed: f.Name, Scheduled: now, At: now, Outcome: f.LastOutcome, Error: f.LastError,
		}}
		for _, a := range m.articles {
			if a.Article.Feed == f.Name {
				a.Article.Story, a.Article.Revision, a.Article.Countable = "", 1, true
				a.Identity = timeline.Identity{Feed: f.Name, Publisher: a.Article.Publisher, Keys: []timeline.Key{{Kind: timeline.KeyLink, Value: a.Article.URL}}}
				result.Articles = append(result.Articles, a)
			}
		}
		result.Poll.New = len(result.Articles)
		result.Poll.Fetched = result.Poll.New
		check(record.CommitPoll(t.Context(), result))
	}
	step := m.evaluations[len(m.evaluations)-1].Step
	check(record.CommitStep(t.Context(), timeline.StepResult{
		Step: step, Evaluations: m.evaluations[len(m.evaluations)-3*24*6:], Incidents: m.incidents[:1],
		Notices: []timeline.Notice{{ID: timeline.NoticeID(m.incidents[0].ID, timeline.NoticeOpening), Kind: timeline.NoticeOpening, Incident: m.incidents[0], Created: step}},
	}))
	return record
}

// TestOverTheRecord asks for every page and every list over a real record.
func TestOverTheRecord(t *testing.T) {
	m := fill()
	record := recorded(t, m)
	s := newServer(t, m, func(_ *Config, o *Options) {
		o.Articles, o.Facts, o.Feeds, o.Series, o.Incidents = record, record, record, record, record
	})
	article := timeline.Hash("seed")
	for path, want := range map[string]string{
		"/":                                    "no such host",
		"/topics/group-merger":                 "عام 2012",
		"/topics/group-merger?span=30d":        "Group merger",
		"/articles":                            "Two groups announce a merger, 24 sources say",
		"/articles?topic=group-merger&lang=ar": "تقرير",
		"/articles/" + article:                 `<mark class="date"`,
		"/feeds":                               "failed in a row: 3",
		"/polls":                               "name does not resolve",
		"/incidents":                           "observed 9",
		"/incidents/" + m.incidents[0].ID:      "Not announced yet",
		"/api/v1/topics":                       `"state":"alarm"`,
		"/api/v1/articles/" + article:          `"rule":"ar.year"`,
		"/api/v1/stories":                      `"publishers":["Example"]`,
		"/api/v1/events?topic=group-merger":    `"lo":"2012-01-01"`,
		"/api/v1/events?from=2013-01-01":       `"items":[]`,
		"/api/v1/counts?topic=group-merger":    `"lo":12000`,
		"/api/v1/series?topic=group-merger":    `"exposure":`,
		"/api/v1/incidents":                    `"announced":null`,
		"/api/v1/feeds":                        `"state":"archive"`,
		"/api/v1/polls":                        `"outcome":"dns"`,
		"/api/v1/articles?to=9999-12-31":       article,
		"/api/v1/articles?from=0001-01-02":     article,
	} {
		if w := ask(s, "GET", path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("GET %s: status %d without %q: %.300s", path, w.Code, want, w.Body)
		}
	}
	for path, want := range map[string]int{
		"/articles/nothing": 404, "/incidents/nothing": 404, "/articles?cursor=nonsense": 400, "/api/v1/polls?cursor=nonsense": 400, "/api/v1/stories?cursor=nonsense": 400,
		"/api/v1/events?cursor=nonsense": 400, "/api/v1/counts?cursor=nonsense": 400, "/api/v1/incidents?cursor=nonsense": 400,
	} {
		if w := ask(s, "GET", path); w.Code != want {
			t.Errorf("GET %s: status %d, want %d: %.300s", path, w.Code, want, w.Body)
		}
	}
}

// TestPagesOfTheRecord follows the cursors of the record to the end.
func TestPagesOfTheRecord(t *testing.T) {
	m := fill()
	record := recorded(t, m)
	s := newServer(t, m, func(_ *Config, o *Options) { o.Articles = record })
	seen, cursor := map[string]bool{}, ""
	for range 10 {
		var page timeline.Page[struct{ ID string }]
		w := ask(s, "GET", "/api/v1/articles?limit=2&cursor="+cursor)
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Items {
			seen[a.ID] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d articles over all pages, want 6", len(seen))
	}
}

package web

import (
	"net/http"
	"strings"
	"testing"

	"marsad/timeline"
)

// TestStory shows a story with its articles: which count, and which came and went
// by a correction.
func TestStory(t *testing.T) {
	m := fill()
	id := m.stories[0].ID
	w := ask(newServer(t, m, nil), "GET", "/stories/"+id)
	for _, want := range []string{
		`href="/articles/` + m.articles[0].Article.ID + `"`, `href="/articles/` + m.articles[1].Article.ID + `"`, ">counted<", ">not counted<",
		`href="/topics/group-merger"`, `<a href="/stories/` + timeline.Hash("other") + `">from another story, by a correction of</a>`, "Taken out of this story",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q in %s", want, w.Body)
		}
	}
	got := object(t, newServer(t, m, nil), "/api/v1/stories/"+id)
	members := got["members"].([]any)
	wantEqual(t, "members", 2, len(members))
	second := members[1].(map[string]any)
	wantEqual(t, "moved member", []any{timeline.Hash("other"), "2017-05-20T12:34:00Z", false}, []any{second["was"], second["ruled"], second["counted"]})
	wantEqual(t, "not moved", []any{"", nil, true}, []any{members[0].(map[string]any)["was"], members[0].(map[string]any)["ruled"], members[0].(map[string]any)["counted"]})
	wantEqual(t, "moves", []any{map[string]any{"article": "gone", "story": timeline.Hash("other"), "ruled": "2017-05-20T12:34:00Z", "by": "", "why": ""}}, got["moved"].([]any))
}

// TestCorrectionsShow says of a fact that it is corrected, and of a hidden one that
// there is one.
func TestCorrectionsShow(t *testing.T) {
	m := fill()
	article := m.articles[0].Article.ID
	s := newServer(t, m, nil)
	body := ask(s, "GET", "/articles/"+article).Body.String()
	for _, want := range []string{"corrected: <code>kind=fighters</code>", "they fight", "<h3>Hidden</h3>", "no date", `href="/stories/` + m.articles[0].Article.Story} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	corrections := object(t, s, "/api/v1/articles/"+article)["corrections"].([]any)
	wantEqual(t, "corrections that hold", 2, len(corrections))
	hidden := corrections[0].(map[string]any) // dates first
	wantEqual(t, "hidden date", []any{112.0, 120.0, "date", true, "Omar", "no date"},
		[]any{hidden["start"], hidden["end"], hidden["kind"], hidden["hidden"], hidden["by"], hidden["why"]})
	if all := object(t, s, "/api/v1/corrections")["items"].([]any); len(all) != 3 {
		t.Errorf("%d corrections in all, want 3", len(all))
	}
	if of := object(t, s, "/api/v1/corrections?article=gone")["items"].([]any); len(of) != 1 {
		t.Errorf("%d corrections of an article, want 1", len(of))
	}
}

// TestEvent shows a happening: when, who tells of it and in which words.
func TestEvent(t *testing.T) {
	m := fill()
	m.articles[0].Facts.Events[0].Counts = []timeline.Span{m.articles[0].Facts.Counts[0].Span}
	s := newServer(t, m, nil)
	w := ask(s, "GET", "/events/h0")
	for _, want := range []string{"2012-01-01 – 2012-12-31", ">year<", "ومنذ عام 2012", "2017-05-20 09:00", `href="/articles/` + m.articles[0].Article.ID, "Islamic State"} {
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("status %d without %q: %s", w.Code, want, w.Body)
		}
	}
	for _, page := range []string{"/events", "/topics/group-merger"} {
		if body := ask(s, "GET", page).Body.String(); !strings.Contains(body, `href="/events/h0"`) {
			t.Errorf("%s does not lead to the event", page)
		}
	}
}

package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	m := fill()
	m.articles[1].Article.Text = "<b>The merger</b> was announced."
	m.articles[1].Facts.Mentions = nil
	s := newServer(t, m, nil)
	body := ask(s, "GET", "/search?q=merger&lang=en").Body.String()
	for _, want := range []string{"announce a <mark>merger</mark>", "&lt;b&gt;The <mark>merger</mark>&lt;/b&gt;", `name="q" value="merger"`, `name="lang" value="en"`, `href="/articles/` + m.articles[1].Article.ID} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if body := ask(s, "GET", "/search").Body.String(); !strings.Contains(body, `role="search"`) || strings.Contains(body, "No article has these words") {
		t.Errorf("without words: %s", body)
	}
	if body := ask(s, "GET", "/search?q=quorum").Body.String(); !strings.Contains(body, "No article has these words") {
		t.Errorf("nothing found: %s", body)
	}
	got := object(t, s, "/api/v1/search?q=اندماج")["items"].([]any)
	wantEqual(t, "found", 1, len(got))
	found := got[0].(map[string]any)
	wantEqual(t, "words", []any{[]any{9.0, 15.0}, []any{142.0, 148.0}}, found["words"].([]any))
	got = object(t, s, "/api/v1/search?q=Newsweek")["items"].([]any)
	found = got[0].(map[string]any)
	snippet := []rune(found["snippet"].(string))
	span := found["snippet_words"].([]any)[0].([]any)
	wantEqual(t, "word of the snippet", "Newsweek", string(snippet[int(span[0].(float64)):int(span[1].(float64))]))
	for path, want := range map[string]int{
		"/search?q=merger&topic=nothing": 400, "/search?x=1": 400, "/search?q=merger&cursor=nonsense": 400, "/search?q=a&from=2017-01-01&to=2018-01-01&feed=example-en": 200,
		"/api/v1/search": 400, "/api/v1/search?q=merger&topic=nothing": 400, "/api/v1/search?q=merger&cursor=nonsense": 400,
	} {
		if w := ask(s, "GET", path); w.Code != want {
			t.Errorf("GET %s: status %d, want %d: %.200s", path, w.Code, want, w.Body)
		}
	}
	if w := ask(s, "GET", "/api/v1/search"); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "no word to look for") {
		t.Errorf("no words: %s", w.Body)
	}
}

package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"marsad/timeline"
)

// send posts a form as a browser does from a page of ours.
func send(s *Server, target string, values url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "http://127.0.0.1:8780"+target, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// formOf reads the fields of the form of the fact out of the page, as a browser
// sends them.
func formOf(t *testing.T, page, fact string) url.Values {
	t.Helper()
	_, form, found := strings.Cut(page, `name="fact" value="`+fact+`"`)
	if !found {
		t.Fatalf("no form for the fact %s in %s", fact, page)
	}
	form, _, _ = strings.Cut(form, "</form>")
	values := url.Values{"fact": {fact}}
	for _, input := range strings.Split(form, "<input ")[1:] {
		_, name, _ := strings.Cut(input, `name="`)
		name, rest, _ := strings.Cut(name, `"`)
		_, value, ok := strings.Cut(rest, `value="`)
		if value, _, _ = strings.Cut(value, `"`); ok && strings.HasPrefix(name, "set.") {
			values.Set(name, value)
		}
	}
	return values
}

func TestCorrectFact(t *testing.T) {
	m := fill()
	m.corrections = nil
	s := newServer(t, m, nil)
	seed := &m.articles[0]
	page := "/articles/" + seed.Article.ID
	count := seed.Facts.Counts[0].ReadingID(&seed.Article)
	values := formOf(t, ask(s, "GET", page).Body.String(), count)
	wantEqual(t, "the count as it is", []string{"12000", "15000", "fighters", "Newsweek"},
		[]string{values.Get("set.lo"), values.Get("set.hi"), values.Get("set.kind"), values.Get("set.by")})
	values.Set("by", " Zahra ")
	values.Set("why", "the paper says so")
	values.Set("do", "correct")

	if w := send(s, page+"/facts", values); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "nothing was changed") {
		t.Errorf("status %d for a form in which nothing is changed: %s", w.Code, w.Body)
	}
	values.Set("set.hi", "16000")
	w := send(s, page+"/facts", values)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != page+"#facts" {
		t.Fatalf("status %d, leads to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	want := []timeline.Correction{{ID: count, Article: seed.Article.ID, Set: map[string]string{"hi": "16000"}, By: "Zahra", Why: "the paper says so"}}
	wantEqual(t, "corrections", want, m.corrections)

	// The name is kept for the next form.
	cookie := w.Result().Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("cookie %v", cookie)
	}
	if body := ask(s, "GET", page, func(r *http.Request) { r.AddCookie(cookie) }).Body.String(); !strings.Contains(body, `name="by" value="Zahra"`) {
		t.Error("the name is asked for again")
	}

	send(s, page+"/facts", url.Values{"fact": {count}, "do": {"restore"}, "by": {"Zahra"}})
	wantEqual(t, "corrections after it was taken back", 0, len(m.corrections))
	send(s, page+"/facts", url.Values{"fact": {count}, "do": {"hide"}, "by": {"Zahra"}})
	wantEqual(t, "hidden", []timeline.Correction{{ID: count, Article: seed.Article.ID, Hidden: true, By: "Zahra"}}, m.corrections)

	for name, bad := range map[string]struct {
		values url.Values
		status int
	}{
		"nobody":     {url.Values{"fact": {count}, "do": {"hide"}}, 400},
		"nothing":    {url.Values{"fact": {count}, "by": {"Z"}}, 400},
		"no fact":    {url.Values{"fact": {"x"}, "do": {"correct"}, "by": {"Z"}}, 404},
		"restored":   {url.Values{"fact": {"x"}, "do": {"restore"}, "by": {"Z"}}, 404},
		"long name":  {url.Values{"fact": {count}, "do": {"hide"}, "by": {strings.Repeat("x", maxBy+1)}}, 400},
		"long why":   {url.Values{"fact": {count}, "do": {"hide"}, "by": {"Z"}, "why": {strings.Repeat("x", maxWhy+1)}}, 400},
		"long value": {url.Values{"fact": {count}, "do": {"correct"}, "by": {"Z"}, "set.of": {strings.Repeat("x", maxValue+1)}}, 400},
		"long form":  {url.Values{"fact": {count}, "do": {"hide"}, "by": {"Z"}, "x": {strings.Repeat("x", maxCorrection)}}, 400},
	} {
		if w := send(s, page+"/facts", bad.values); w.Code != bad.status {
			t.Errorf("%s: status %d, want %d: %.300s", name, w.Code, bad.status, w.Body)
		}
	}
	if w := send(s, "/articles/none/facts", values); w.Code != http.StatusNotFound {
		t.Errorf("no such article: status %d", w.Code)
	}
	wantEqual(t, "corrections after the bad forms", 1, len(m.corrections))
}

func TestCorrectStory(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	page := "/stories/" + m.stories[0].ID
	w := send(s, page+"/split", url.Values{"article": {"a", "b"}, "by": {"Zahra"}, "why": {"another place"}})
	wantEqual(t, "split leads to", "/stories/split", w.Header().Get("Location"))
	for _, other := range []string{"other", " http://127.0.0.1:8780/stories/other?x=1 "} {
		w = send(s, page+"/merge", url.Values{"story": {other}, "by": {"Omar"}})
		wantEqual(t, "merge leads to", page, w.Header().Get("Location"))
	}
	merged := "merge " + m.stories[0].ID + " Omar  other"
	wantEqual(t, "rulings", []string{"split " + m.stories[0].ID + " Zahra another place a b", merged, merged}, m.ruled)
	if w := send(s, page+"/split", url.Values{"by": {"Zahra"}}); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "none was named") {
		t.Errorf("nothing ticked: status %d: %s", w.Code, w.Body)
	}
	if w := send(s, page+"/merge", url.Values{"by": {"Zahra"}}); w.Code != http.StatusBadRequest {
		t.Errorf("no other story: status %d", w.Code)
	}
}

func TestTakeDown(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	article := m.articles[0].Article.ID
	page := "/articles/" + article
	if w := send(s, page+"/takedown", url.Values{"by": {"Zahra"}}); w.Code != http.StatusBadRequest || len(m.ruled) > 0 {
		t.Errorf("not ticked: status %d, %v", w.Code, m.ruled)
	}
	w := send(s, page+"/takedown", url.Values{"by": {"Zahra"}, "why": {"asked for"}, "sure": {"yes"}})
	wantEqual(t, "leads to", "/articles", w.Header().Get("Location"))
	wantEqual(t, "taken down", []string{"takedown " + article + " Zahra asked for"}, m.ruled)
	for _, path := range []string{page, "/api/v1" + page} {
		if w := ask(s, "GET", path); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "taken down on 2017-05-20 by Zahra: asked for") {
			t.Errorf("GET %s: status %d: %s", path, w.Code, w.Body)
		}
	}
}

// TestFormsFromElsewhere sends forms as pages of others make a browser send them,
// and without what says who may.
func TestFormsFromElsewhere(t *testing.T) {
	values := url.Values{"article": {"a"}, "by": {"Mallory"}}
	for name, change := range map[string]func(*http.Request){
		"cross-site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same site only": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"another origin": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		},
		"no origin": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "null")
		},
		"another name": func(r *http.Request) { r.Host = "evil.example" },
	} {
		m := fill()
		if w := send(newServer(t, m, nil), "/stories/"+m.stories[0].ID+"/split", values, change); w.Code != http.StatusForbidden || len(m.ruled) > 0 {
			t.Errorf("%s: status %d, ruled %v", name, w.Code, m.ruled)
		}
	}
	m := fill()
	s := newServer(t, m, withToken)
	path := "/stories/" + m.stories[0].ID + "/split"
	if w := send(s, path, values); !strings.HasPrefix(w.Header().Get("Location"), "/login") || len(m.ruled) > 0 {
		t.Errorf("without the token: status %d, ruled %v", w.Code, m.ruled)
	}
	if w := send(s, path, values, func(r *http.Request) { r.Header.Set("Authorization", "Bearer a token of some length") }); w.Code != http.StatusSeeOther || len(m.ruled) != 1 {
		t.Errorf("with the token: status %d, ruled %v", w.Code, m.ruled)
	}
	for _, path := range []string{"/stories", "/articles/x", "/", "/api/v1/stories/x/split"} {
		if w := send(s, path, values); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: status %d, want 405", path, w.Code)
		}
	}
}

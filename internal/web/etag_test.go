package web

import (
	"net/http"
	"testing"
)

// TestETag asks again for what the client has.
func TestETag(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	for _, path := range []string{"/articles", "/api/v1/articles", "/stories/" + m.stories[0].ID} {
		first := ask(s, "GET", path)
		tag := first.Header().Get("ETag")
		if tag == "" {
			t.Fatalf("GET %s: no ETag", path)
		}
		for _, have := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			w := ask(s, "GET", path, func(r *http.Request) { r.Header.Set("If-None-Match", have) })
			if w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
				t.Errorf("GET %s with %s: status %d, %d bytes", path, have, w.Code, w.Body.Len())
			}
		}
		if w := ask(s, "GET", path, func(r *http.Request) { r.Header.Set("If-None-Match", `"x"`) }); w.Code != http.StatusOK || w.Body.String() != first.Body.String() {
			t.Errorf("GET %s with another tag: status %d", path, w.Code)
		}
		if w := ask(s, "GET", path, func(r *http.Request) { r.Header.Set("Origin", "https://other.example") }); w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("GET %s: open to pages elsewhere", path)
		}
	}
	tag := ask(s, "GET", "/api/v1/articles").Header().Get("ETag")
	m.articles = m.articles[1:]
	if w := ask(s, "GET", "/api/v1/articles", func(r *http.Request) { r.Header.Set("If-None-Match", tag) }); w.Code != http.StatusOK {
		t.Errorf("what changed: status %d", w.Code)
	}
	for _, path := range []string{"/articles/nothing", "/api/v1/nothing"} {
		if w := ask(s, "GET", path); w.Header().Get("ETag") != "" {
			t.Errorf("GET %s: status %d has an ETag", path, w.Code)
		}
	}
}

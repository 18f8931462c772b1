package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	if body := ask(s, "GET", "/explain").Body.String(); !strings.Contains(body, `<textarea name="text"`) {
		t.Errorf("the form: %s", body)
	}
	for name, tt := range map[string]struct {
		form   url.Values
		status int
		want   []string
	}{
		"a text": {url.Values{"text": {"<i>12 were killed.</i>"}, "day": {"2017-05-20"}, "lang": {"en"}}, 200, []string{
			`<mark class="count" title="killed: 12 (count.plain)" tabindex="0">12</mark>`, "&lt;i&gt;", `value="2017-05-20"`, "<details open><summary><bdi>Group merger</bdi>: on the topic", "none is there: truce",
		}},
		"a page":        {url.Values{"url": {"https://example.org/1"}}, 200, []string{"A page", "words.", "Published at https://example.org/1"}},
		"no page":       {url.Values{"url": {"https://example.org/gone"}}, 400, []string{"404 Not Found"}},
		"nothing":       {url.Values{}, 400, []string{"paste a text"}},
		"no date":       {url.Values{"text": {"x"}, "day": {"May"}}, 400, []string{"not a date"}},
		"too much":      {url.Values{"text": {strings.Repeat("x", maxExplained)}}, 400, []string{"longer than 512 KB"}},
		"broken UTF-8":  {url.Values{"text": {"12 \xff killed"}}, 200, []string{"killed"}},
		"bidi override": {url.Values{"text": {"12 killed \u202e evil"}}, 200, []string{"killed"}},
	} {
		w := send(s, "/explain", tt.form)
		for _, want := range tt.want {
			if w.Code != tt.status || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: status %d without %q: %.3000s", name, w.Code, want, w.Body)
			}
		}
	}
	if w := send(s, "/explain", url.Values{"url": {"https://example.org/1"}}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); w.Code != http.StatusForbidden {
		t.Errorf("from elsewhere: status %d", w.Code)
	}
}

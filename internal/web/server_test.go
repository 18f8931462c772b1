package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// ask sends one request to the server and returns the answer.
func ask(s *Server, method, target string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, "http://127.0.0.1:8780"+target, nil)
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestEveryRoute(t *testing.T) {
	m := fill()
	s := newServer(t, m, nil)
	article, incident := m.articles[0].Article.ID, m.incidents[0].ID
	for _, tt := range []struct {
		path   string
		status int
	}{
		{"/", 200},
		{"/?x=1", 400},
		{"/topics/group-merger", 200},
		{"/topics/group-merger?span=24h", 200},
		{"/topics/group-merger?span=30d", 200},
		{"/topics/group-merger?span=1y", 200},
		{"/topics/group-merger?span=3y", 400},
		{"/topics/group-merger?from=2010-01-01&to=2017-05-20", 200},
		{"/topics/group-merger?from=2017-05-01", 200},
		{"/topics/group-merger?to=2017-05-01", 400},
		{"/topics/group-merger?from=2017-05-21", 400},
		{"/topics/group-merger?from=1917-05-21", 400},
		{"/topics/group-merger?span=7d&from=2017-05-01", 400},
		{"/topics/ceasefire", 200},
		{"/topics/nothing", 404},
		{"/topics/", 404},
		{"/articles", 200},
		{"/articles?topic=group-merger&feed=example-en&lang=en&publisher=", 200},
		{"/articles?limit=2", 200},
		{"/articles?topic=nothing", 400},
		{"/articles?cursor=nonsense", 400},
		{"/articles?from=yesterday", 400},
		{"/articles/" + article, 200},
		{"/articles/nothing", 404},
		{"/stories", 200},
		{"/stories?topic=group-merger&lang=ar&publisher=Example", 200},
		{"/stories?topic=nothing", 400},
		{"/stories?x=1", 400},
		{"/stories/" + m.stories[0].ID, 200},
		{"/stories/nothing", 404},
		{"/events", 200},
		{"/events?topic=group-merger&from=2012-01-01&to=2013-01-01", 200},
		{"/events?topic=nothing", 400},
		{"/events?x=1", 400},
		{"/events/h0", 200},
		{"/events/nothing", 404},
		{"/feeds", 200},
		{"/feeds?x=1", 400},
		{"/polls", 200},
		{"/polls?feed=example-en", 200},
		{"/polls?limit=1001", 400},
		{"/incidents", 200},
		{"/incidents?topic=group-merger", 200},
		{"/incidents?x=1", 400},
		{"/incidents/" + incident, 200},
		{"/incidents/" + m.incidents[1].ID, 200},
		{"/incidents/nothing", 404},
		{"/nothing", 404},
		{"/query", 404},
		{"/ping", 204},
		{"/metrics", 404},
		{"/healthz", 200},
		{"/readyz", 200},
		{"/login", 303},
		{"/static/marsad.css", 200},
		{"/static/icon.svg", 200},
		{"/static/nothing", 404},
		{"/static/..%2fserver.go", 404},
		{"/api/v1/topics", 200},
		{"/api/v1/topics?topic=ceasefire", 200},
		{"/api/v1/topics?cursor=!", 400},
		{"/api/v1/articles", 200},
		{"/api/v1/articles?from=-24h&to=2017-05-20T12:00:00%2B03:00&topic=group-merger&feed=a&lang=ar&publisher=b&limit=5", 200},
		{"/api/v1/articles?limit=1000", 200},
		{"/api/v1/articles?limit=1001", 400},
		{"/api/v1/articles?limit=0", 400},
		{"/api/v1/articles?lmit=1", 400},
		{"/api/v1/articles?limit=1&limit=2", 400},
		{"/api/v1/articles?topic=nothing", 400},
		{"/api/v1/articles?cursor=nonsense", 400},
		{"/api/v1/articles?from=%zz", 400},
		{"/api/v1/articles/" + article, 200},
		{"/api/v1/articles/" + article + "?lang=ar", 400},
		{"/api/v1/articles/nothing", 404},
		{"/api/v1/stories", 200},
		{"/api/v1/events?topic=group-merger", 200},
		{"/api/v1/events?topic=nothing", 400},
		{"/api/v1/counts", 200},
		{"/api/v1/counts?topic=nothing", 400},
		{"/api/v1/stories?topic=nothing", 400},
		{"/api/v1/stories/" + m.stories[0].ID, 200},
		{"/api/v1/stories/nothing", 404},
		{"/api/v1/corrections", 200},
		{"/api/v1/corrections?article=" + article, 200},
		{"/api/v1/corrections?cursor=nonsense", 400},
		{"/api/v1/corrections?topic=group-merger", 400},
		{"/api/v1/series", 200},
		{"/api/v1/series?topic=group-merger&from=-7d&step=6h", 200},
		{"/api/v1/series?step=7m", 400},
		{"/api/v1/series?step=5m", 400},
		{"/api/v1/series?from=-3000d&step=10m", 400},
		{"/api/v1/series?from=2030-01-01", 400},
		{"/api/v1/series?lang=ar", 400},
		{"/api/v1/series?topic=nothing", 400},
		{"/api/v1/incidents", 200},
		{"/api/v1/incidents/" + incident, 200},
		{"/api/v1/incidents/nothing", 404},
		{"/api/v1/feeds", 200},
		{"/api/v1/feeds?feed=example-ar&lang=ar&publisher=Example", 200},
		{"/api/v1/polls", 200},
		{"/api/v1/polls?topic=group-merger", 400},
		{"/api/v1/openapi.json", 200},
		{"/api/v1/openapi.json?pretty=1", 400},
		{"/api/v1/nothing", 404},
		{"/api/", 404},
	} {
		w := ask(s, "GET", tt.path)
		if w.Code != tt.status {
			t.Errorf("GET %s: status %d, want %d: %.300s", tt.path, w.Code, tt.status, w.Body)
		}
		if strings.Contains(w.Body.String(), "ZgotmplZ") {
			t.Errorf("GET %s: a value was cut out by the template", tt.path)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "no-referrer",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
				"form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("GET %s: %s: %q, want %q", tt.path, name, got, want)
			}
		}
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
			if method == "POST" && (tt.path == "/login" || tt.path == "/query") {
				continue
			}
			if w := ask(s, method, tt.path); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
				t.Errorf("%s %s: status %d, want 405 with Allow", method, tt.path, w.Code)
			}
		}
	}
}

func TestEmptyRecord(t *testing.T) {
	for _, language := range []string{"en", "ar"} {
		s := newServer(t, &memory{}, func(_ *Config, o *Options) {
			o.Language = language
			o.Topics = nil
			o.Notes = nil
		})
		for _, path := range []string{"/", "/articles", "/stories", "/events", "/feeds", "/polls", "/incidents", "/api/v1/topics", "/api/v1/articles", "/api/v1/series", "/api/v1/corrections"} {
			if w := ask(s, "GET", path); w.Code != http.StatusOK {
				t.Errorf("%s GET %s: status %d: %.300s", language, path, w.Code, w.Body)
			} else if strings.HasPrefix(path, "/api/") && w.Body.String() != `{"items":[],"next":""}`+"\n" {
				t.Errorf("%s GET %s: %s, want an empty list", language, path, w.Body)
			}
		}
	}
}

func TestFailingRecord(t *testing.T) {
	m := fill()
	m.err = errors.New("disk on fire")
	s := newServer(t, m, nil)
	for _, path := range []string{
		"/", "/topics/group-merger", "/articles", "/articles/" + m.articles[0].Article.ID, "/feeds", "/polls", "/incidents", "/incidents/" + m.incidents[0].ID,
		"/stories", "/stories/" + m.stories[0].ID, "/events", "/events/h0", "/api/v1/stories/" + m.stories[0].ID, "/api/v1/corrections",
		"/api/v1/topics", "/api/v1/articles", "/api/v1/stories", "/api/v1/events", "/api/v1/counts", "/api/v1/series", "/api/v1/incidents", "/api/v1/feeds", "/api/v1/polls",
	} {
		w := ask(s, "GET", path)
		if w.Code != http.StatusInternalServerError {
			t.Errorf("GET %s: status %d, want 500", path, w.Code)
		}
		if strings.Contains(w.Body.String(), "on fire") {
			t.Errorf("GET %s: tells what is inside: %s", path, w.Body)
		}
	}
}

// slowStore answers when the request is over.
type slowStore struct{ *memory }

func (slowStore) Feeds(ctx context.Context) ([]timeline.FeedStatus, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSlowRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, fill(), func(_ *Config, o *Options) { o.Feeds = slowStore{fill()} })
		began := time.Now()
		w := ask(s, "GET", "/api/v1/feeds")
		if took := time.Since(began); w.Code != http.StatusServiceUnavailable || took != requestTimeout {
			t.Errorf("status %d after %s, want 503 after %s", w.Code, took, requestTimeout)
		}
	})
}

func TestReady(t *testing.T) {
	reasons := []string{"the record is catching up"}
	s := newServer(t, fill(), func(_ *Config, o *Options) { o.Ready = func() []string { return reasons } })
	w := ask(s, "GET", "/readyz")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), reasons[0]) {
		t.Errorf("readyz: status %d: %s, want 503 with the reason", w.Code, w.Body)
	}
	if w := ask(s, "GET", "/"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), reasons[0]) {
		t.Errorf("first page: status %d, want 200 with the reason", w.Code)
	}
	if w := ask(s, "GET", "/healthz"); w.Code != http.StatusOK {
		t.Errorf("healthz: status %d, want 200", w.Code)
	}
	reasons = nil
	if w := ask(s, "GET", "/readyz"); w.Code != http.StatusOK {
		t.Errorf("readyz: status %d when ready, want 200", w.Code)
	}
}

func TestMetrics(t *testing.T) {
	s := newServer(t, fill(), func(_ *Config, o *Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("marsad_up 1\n")) })
	})
	if w := ask(s, "GET", "/metrics"); w.Body.String() != "marsad_up 1\n" {
		t.Errorf("metrics: %q", w.Body)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config, *Options)
		want   string
	}{
		"open to all":     {func(c *Config, _ *Options) { c.Listen = "0.0.0.0:8780" }, "set web.token"},
		"open by default": {func(c *Config, _ *Options) { c.Listen = ":8780" }, "set web.token"},
		"open to a net":   {func(c *Config, _ *Options) { c.Listen = "10.0.0.1:8780" }, "set web.token"},
		"a name":          {func(c *Config, _ *Options) { c.Listen = "news.example.org:8780" }, "set web.token"},
		"no port":         {func(c *Config, _ *Options) { c.Listen = "127.0.0.1" }, "host:port"},
		"base url":        {func(c *Config, _ *Options) { c.BaseURL = "news.example.org" }, "web.base_url"},
		"language":        {func(_ *Config, o *Options) { o.Language = "xx" }, "en or ar"},
		"step":            {func(_ *Config, o *Options) { o.Step = 7 * time.Minute }, "divide a day"},
		"store":           {func(_ *Config, o *Options) { o.Series = nil }, "store"},
		"clock":           {func(_ *Config, o *Options) { o.Now = nil }, "Now"},
	} {
		cfg, o := DefaultConfig(), optionsOf(fill())
		tt.change(&cfg, &o)
		if _, err := New(cfg, o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, tt.want)
		}
	}
	for _, listen := range []string{"127.0.0.1:0", "127.9.9.9:1", "[::1]:8780", "localhost:8780", "[::ffff:127.0.0.1]:1"} {
		if _, err := New(Config{Listen: listen}, optionsOf(fill())); err != nil {
			t.Errorf("listening on %s: %v", listen, err)
		}
	}
	if _, err := New(Config{Listen: ":8780", Token: scalar.NewSecret("t")}, optionsOf(fill())); err != nil {
		t.Errorf("listening everywhere with a token: %v", err)
	}
}

func TestHostHeader(t *testing.T) {
	s := newServer(t, fill(), func(c *Config, _ *Options) { c.BaseURL = "https://news.example.org/" })
	for host, want := range map[string]int{
		"127.0.0.1:8780": 200, "localhost": 200, "LOCALHOST:1": 200, "[::1]:8780": 200, "[::1]": 200,
		"news.example.org": 200, "NEWS.example.org:443": 200,
		"evil.example": 403, "127.0.0.1.evil.example:8780": 403, "": 403, "10.0.0.1": 403,
	} {
		w := ask(s, "GET", "/api/v1/feeds", func(r *http.Request) { r.Host = host })
		if w.Code != want {
			t.Errorf("Host %q: status %d, want %d", host, w.Code, want)
		}
	}
}

func TestToken(t *testing.T) {
	s := newServer(t, fill(), withToken)
	bearer := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	for _, tt := range []struct {
		path, authorization string
		want                int
	}{
		{"/api/v1/feeds", "", 401},
		{"/api/v1/feeds", "Bearer a token of some lengt", 401},
		{"/api/v1/feeds", "Bearer ", 401},
		{"/api/v1/feeds", "Basic a token of some length", 401},
		{"/api/v1/feeds", "Bearer a token of some length", 200},
		{"/api/v1/feeds", "bearer a token of some length", 200},
		{"/metrics", "", 401},
		{"/", "", 303},
		{"/articles?topic=group-merger", "", 303},
		{"/", "Bearer a token of some length", 200},
		{"/healthz", "", 200},
		{"/readyz", "", 200},
		{"/static/marsad.css", "", 200},
		{"/login", "", 200},
	} {
		w := ask(s, "GET", tt.path, bearer(tt.authorization))
		if w.Code != tt.want {
			t.Errorf("GET %s with %q: status %d, want %d", tt.path, tt.authorization, w.Code, tt.want)
		}
	}
	if got := ask(s, "GET", "/articles?topic=x").Header().Get("Location"); got != "/login?next=%2Farticles%3Ftopic%3Dx" {
		t.Errorf("led to %q, want the login form that leads back", got)
	}
}

func TestLogin(t *testing.T) {
	s := newServer(t, fill(), withToken)
	const token, home = "a token of some length", "http://127.0.0.1:8780"
	login := func(token, next, origin string) *httptest.ResponseRecorder {
		form := url.Values{"token": {token}, "next": {next}}.Encode()
		return ask(s, http.MethodPost, "/login", func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", origin)
		})
	}
	for name, tt := range map[string]struct {
		answer *httptest.ResponseRecorder
		want   int
	}{
		"wrong token":          {login("wrong", "/feeds", home), http.StatusUnauthorized},
		"no token":             {login("", "/feeds", home), http.StatusUnauthorized},
		"form of another page": {login(token, "/feeds", "https://evil.example"), http.StatusForbidden},
		"form too large":       {login(token, "/"+strings.Repeat("x", maxForm), home), http.StatusBadRequest},
	} {
		if tt.answer.Code != tt.want || tt.answer.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s: status %d and cookie %q, want %d and none", name, tt.answer.Code, tt.answer.Header().Get("Set-Cookie"), tt.want)
		}
	}

	w := login(token, "/feeds", home)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/feeds" {
		t.Errorf("right token: status %d to %q, want 303 to /feeds", w.Code, w.Header().Get("Location"))
	}
	cookie, err := http.ParseSetCookie(w.Header().Get("Set-Cookie"))
	if err != nil {
		t.Fatalf("right token: %v", err)
	}
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || strings.Contains(cookie.Value, "token") {
		t.Errorf("cookie %v, want HttpOnly, Lax, and not the token itself", cookie)
	}
	show := func(r *http.Request) { r.AddCookie(cookie) }
	if w := ask(s, "GET", "/feeds", show); w.Code != http.StatusOK {
		t.Errorf("with the cookie: status %d, want 200", w.Code)
	}
	cookie.Value = strings.Repeat("0", len(cookie.Value))
	if w := ask(s, "GET", "/feeds", show); w.Code != http.StatusSeeOther {
		t.Errorf("with a forged cookie: status %d, want 303", w.Code)
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"": "/", "/": "/", "/feeds?x=1": "/feeds?x=1", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/",
		"/\t/evil.example": "/", "feeds": "/", "/\n": "/",
	} {
		if got := localPath(in); got != want {
			t.Errorf("localPath(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestIncidentSaysWhoActed shows on an incident's page what people said to it, and
// that its topic is silent only for as long as it is.
func TestIncidentSaysWhoActed(t *testing.T) {
	for name, tt := range map[string]struct {
		until time.Time
		want  string
		not   string
	}{
		"snoozed":  {now.Add(time.Hour), "snoozed until", "muted"},
		"muted":    {time.Time{}, "The topic is muted", "snoozed"},
		"long ago": {now.Add(-time.Hour), "Labelled false alarm", "snoozed"},
	} {
		m := fill()
		i := &m.incidents[0]
		i.Acknowledged = timeline.Acknowledgement{By: "U1<b>", At: now.Add(-3 * time.Hour)}
		i.Feedback = timeline.Feedback{Label: timeline.LabelFalse, By: "U2", At: now.Add(-2 * time.Hour)}
		i.Silence = timeline.Silence{Topic: i.Topic, Until: tt.until, By: "U3", At: now.Add(-2 * time.Hour)}
		page := ask(newServer(t, m, nil), "GET", "/incidents/"+i.ID).Body.String()
		for _, want := range []string{"Acknowledged by <bdi>U1&lt;b&gt;</bdi>", "Labelled false alarm", tt.want} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: no %q in %s", name, want, page)
			}
		}
		if strings.Contains(page, tt.not) {
			t.Errorf("%s: %q in %s", name, tt.not, page)
		}
	}
}

// TestBlindIsNoTopic names the incident of hearing nothing for what it is.
func TestBlindIsNoTopic(t *testing.T) {
	m := fill()
	m.incidents[0].Kind, m.incidents[0].Topic = timeline.Blind, timeline.NoTopic
	s := newServer(t, m, nil)
	for _, path := range []string{"/", "/incidents", "/incidents/" + m.incidents[0].ID} {
		if page := ask(s, "GET", path).Body.String(); !strings.Contains(page, "No feed answers") {
			t.Errorf("%s does not say that no feed answers", path)
		}
	}
}

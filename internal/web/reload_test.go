package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestReload asks for another configuration as a script, as a browser that somebody
// else's page makes ask, and without the token.
func TestReload(t *testing.T) {
	for name, tc := range map[string]struct {
		err    error
		change func(*http.Request)
		cfg    func(*Config, *Options)
		status int
		body   string
		asked  bool
	}{
		"taken":   {status: http.StatusOK, body: `{"status":"taken","changes":["feed added: a"]}`, asked: true},
		"refused": {err: errors.New("config.yaml:3: wrong"), status: http.StatusUnprocessableEntity, body: "config.yaml:3", asked: true},
		"from another site": {
			change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, status: http.StatusForbidden,
		},
		"under another name": {change: func(r *http.Request) { r.Host = "evil.example" }, status: http.StatusForbidden},
		"read only":          {change: func(r *http.Request) { r.Method = http.MethodGet }, status: http.StatusNotFound},
		"without the token":  {cfg: withToken, status: http.StatusUnauthorized},
		"with the token": {
			cfg: withToken, change: func(r *http.Request) { r.Header.Set("Authorization", "Bearer a token of some length") },
			status: http.StatusOK, body: "taken", asked: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked := false
			s := newServer(t, fill(), func(c *Config, o *Options) {
				if tc.cfg != nil {
					tc.cfg(c, o)
				}
				o.Reload = func(context.Context) ([]string, error) {
					asked = true
					return []string{"feed added: a"}, tc.err
				}
			})
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:8780/-/reload", http.NoBody)
			if tc.change != nil {
				tc.change(r)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != tc.status || asked != tc.asked || !strings.Contains(w.Body.String(), tc.body) {
				t.Errorf("status %d, asked %t: %s; want %d, %t and %q", w.Code, asked, w.Body, tc.status, tc.asked, tc.body)
			}
		})
	}
}

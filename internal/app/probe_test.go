package app

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestProbe asks a small world in which some things are wrong.
func TestProbe(t *testing.T) {
	t.Parallel()
	const feed = `<rss version="2.0"><channel><title>f</title>%s</channel></rss>`
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/good":
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, feed, "<item><guid>1</guid><title>News</title></item>")
		case "/empty":
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, feed, "")
		case "/api/auth.test":
			fmt.Fprint(w, `{"ok":true,"user":"marsad","team":"Desk"}`)
		case "/api/conversations.list":
			fmt.Fprint(w, `{"ok":true,"channels":[{"id":"C0000001","name":"news"},{"id":"C0000002","name":"closed"}]}`)
		case "/api/conversations.info":
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			fmt.Fprintf(w, `{"ok":true,"channel":{"id":%q,"is_member":%t}}`, r.Form.Get("channel"), r.Form.Get("channel") == "C0000001")
		case "/api/v2/write":
			if r.URL.Query().Get("bucket") == "marsad" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"code":"not found","message":"bucket \"marsad_events\" not found"}`)
		case "/health", "/ping":
			w.Header().Set("X-Influxdb-Version", "v2.7.0")
			fmt.Fprint(w, `{"name":"influxdb","status":"pass","version":"v2.7.0"}`)
		default:
			mu.Lock()
			asked = append(asked, r.URL.Path)
			mu.Unlock()
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	path := filepath.Join(t.TempDir(), "config.yaml")
	yaml := strings.NewReplacer("SERVER", server.URL, "GONE", gone.URL).Replace(`
seeds: {feeds: [], topics: [], lexicons: []}
collector: {allow_private: true, host_interval: 0s}
feeds:
  - {name: good, url: SERVER/good}
  - {name: missing, url: SERVER/missing}
  - {name: empty, url: SERVER/empty}
  - {name: away, url: GONE/}
  - {name: off, url: SERVER/off, enabled: false}
topics: [{name: t, any: [truce], alert: {channel: "#closed"}}, {name: u, any: [coup], alert: {channel: "#nowhere"}}]
slack: {token: xoxb-secret, channel: "#news", api_url: SERVER/api/}
influx: {url: SERVER, token: secret}
webhooks:
  - {name: here, url: SERVER/hook, secret: whsec_cmVwbGFjZSB0aGlzIGV4YW1wbGUgb2YgYSBzZWNyZXQ=}
  - {name: there, url: GONE/hook, secret: whsec_cmVwbGFjZSB0aGlzIGV4YW1wbGUgb2YgYSBzZWNyZXQ=}
`)
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := Probe(t.Context(), Env{Stdout: &out, LookupEnv: noEnvironment}, Common{Config: path})
	if err == nil {
		t.Error("nothing is said to be wrong")
	}
	for _, want := range []string{
		"ok    feeds: 1 of 4 answer",
		"FAIL  feed missing: ", "marsad feeds discover",
		"FAIL  feed empty: it answers, but has no items",
		"FAIL  feed away: ",
		"ok    slack token: marsad in workspace Desk",
		"ok    slack channel #news: the app is in it",
		"FAIL  slack channel #closed: not_in_channel; write /invite and the app's name in the channel",
		"FAIL  slack channel #nowhere: ", "check the name",
		`ok    influx: it answers; ["marsad_events"] is not there`,
		"ok    webhook here: its host takes connections; nothing was sent",
		"FAIL  webhook there: ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not said", want)
		}
	}
	if strings.Contains(out.String(), "secret") || t.Failed() {
		t.Errorf("it says:\n%s", out.String())
	}
	server.Close()
	for _, p := range asked {
		if p == "/hook" || p == "/off" || strings.HasSuffix(p, "postMessage") {
			t.Errorf("%s was asked for", p)
		}
	}
}

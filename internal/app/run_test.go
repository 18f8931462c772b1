package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is an output that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// running is `marsad run` as a user has it: a file, real sockets, real time.
type running struct {
	stdout, stderr *lockedBuffer
	address        string
	stop           func() error // ends it and returns what Run returned
}

func startRunning(t *testing.T, yaml string) *running {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	yaml = strings.ReplaceAll(yaml, "RECORD", filepath.Join(dir, "marsad.db"))
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &running{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		env := Env{Stdout: r.stdout, Stderr: r.stderr, LookupEnv: func(string) (string, bool) { return "", false }}
		done <- Run(ctx, env, Common{Config: path, LogLevel: "info", LogFormat: "text"})
	}()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = r.stop() })
	printed := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	r.address = eventually(t, 10*time.Second, func() (string, bool) {
		address := printed.FindString(r.stdout.String())
		return address, address != ""
	})
	return r
}

// eventually asks until there is an answer, and fails the test after a while.
func eventually[T any](t *testing.T, within time.Duration, ask func() (T, bool)) T {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	timeout := time.After(within)
	for {
		if answer, ok := ask(); ok {
			return answer
		}
		select {
		case <-ticker.C:
		case <-timeout:
			t.Fatalf("nothing within %v", within)
		}
	}
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestRun runs the whole of it over real sockets, from a feed to the page.
func TestRun(t *testing.T) {
	t.Parallel()
	feed := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/rss" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		fmt.Fprint(w, `<rss version="2.0"><channel><title>f</title><item><guid>tag:e.org,2026:1</guid><link>https://e.org/1</link>
			<title>القاعدة وداعش يخططان للاندماج</title><description>At least 16 people were killed since 2012.</description>
			<pubDate>Sat, 20 May 2017 12:00:00 +0300</pubDate></item></channel></rss>`)
	}))
	t.Cleanup(feed.Close)
	r := startRunning(t, `
record: {path: RECORD}
web: {listen: "127.0.0.1:0"}
seeds: {feeds: [], topics: all, lexicons: all}
collector: {allow_private: [127.0.0.0/8]}
feeds:
  - {name: good, url: "`+feed.URL+`/rss", publisher: Good News, lang: ar}
  - {name: gone, url: "`+feed.URL+`/gone"}
`)
	eventually(t, 20*time.Second, func() (string, bool) {
		_, body := get(t, r.address+"/api/v1/polls")
		return body, strings.Contains(body, `"good"`) && strings.Contains(body, "HTTP 404 Not Found")
	})
	_, body := get(t, r.address+"/api/v1/articles?topic=group-merger")
	var page struct {
		Items []struct {
			GUID, Publisher string
			Topics          []string
			Counts          []struct{ Lo float64 }
		}
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 || page.Items[0].Publisher != "Good News" || len(page.Items[0].Counts) != 1 || page.Items[0].Counts[0].Lo != 16 {
		t.Errorf("the article is %s", body)
	}
	for path, want := range map[string]string{
		"/":         "group-merger",
		"/articles": "للاندماج",
		"/feeds":    "HTTP 404 Not Found",
		"/healthz":  "",
		"/readyz":   "ready",
		"/metrics":  `marsad_items_total{state="new"} 1`,
	} {
		if status, body := get(t, r.address+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s answers %d without %q", path, status, want)
		}
	}

	began := time.Now()
	if err := r.stop(); err != nil {
		t.Errorf("run ended with %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ending took %v", took)
	}
}

// A second Marsad, started by mistake, leaves the record of the first alone.
func TestRunBesideAnother(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "marsad.db")
	config := func(listen, feeds string) string {
		return `
record: {path: ` + path + `}
web: {listen: "` + listen + `"}
seeds: {feeds: [], topics: [], lexicons: []}
feeds: [` + feeds + `]
`
	}
	first := startRunning(t, config("127.0.0.1:0", `{name: first, url: "http://127.0.0.1:1/rss"}`))
	file := filepath.Join(t.TempDir(), "config.yaml")
	second := config(strings.TrimPrefix(first.address, "http://"), `{name: second, url: "http://127.0.0.1:1/rss"}`)
	if err := os.WriteFile(file, []byte(second), 0o600); err != nil {
		t.Fatal(err)
	}
	env := Env{Stdout: io.Discard, Stderr: io.Discard, LookupEnv: func(string) (string, bool) { return "", false }}
	err := Run(t.Context(), env, Common{Config: file, LogLevel: "info", LogFormat: "text"})
	if err == nil || !strings.Contains(err.Error(), "another marsad?") {
		t.Errorf("the second is refused with %v", err)
	}
	if _, body := get(t, first.address+"/api/v1/feeds"); !strings.Contains(body, `"first"`) || strings.Contains(body, `"second"`) || strings.Contains(body, `"disabled"`) {
		t.Errorf("the first now has %s", body)
	}
}

// Only being told to stop is no error.
func TestUnlessEnded(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	broken := errors.New("broken")
	for _, tc := range []struct {
		name      string
		ctx       context.Context //nolint:containedctx // the argument
		err, want error
	}{
		{"told to stop", ended, fmt.Errorf("poll: %w", context.Canceled), nil},
		{"broken while it was told to stop", ended, broken, broken},
		{"stopped by itself", t.Context(), context.Canceled, context.Canceled},
		{"well", t.Context(), nil, nil},
	} {
		if got := unlessEnded(tc.ctx, tc.err); !errors.Is(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestRunRefuses starts what cannot run; each is refused with its place and a
// remedy.
func TestRunRefuses(t *testing.T) {
	t.Parallel()
	taken := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(taken.Close)
	const anyPort = `web: {listen: "127.0.0.1:0"}`
	for _, tc := range []struct{ name, yaml, want string }{
		{"an address in use", `web: {listen: "` + taken.Listener.Addr().String() + `"}` + "\nrecord: {path: RECORD}", "web.listen .* or set another address"},
		{"a record that is no record", "record: {path: config.yaml}\n" + anyPort, "config.yaml"},
		{"a folder that cannot be made", "record: {path: config.yaml/marsad.db}\n" + anyPort, "config.yaml"},
		{"a page for all without a token", `web: {listen: "0.0.0.0:0"}`, "web.token"},
		{"a mistake in the file", `colector: {}`, "config.yaml:1:1: colector"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "config.yaml")
			yaml := strings.ReplaceAll(tc.yaml, "RECORD", filepath.Join(dir, "marsad.db"))
			yaml = strings.ReplaceAll(yaml, "{path: config.yaml", "{path: "+path)
			if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			env := Env{Stdout: io.Discard, Stderr: io.Discard, LookupEnv: func(string) (string, bool) { return "", false }}
			err := Run(ctx, env, Common{Config: path, LogLevel: "info", LogFormat: "text"})
			if err == nil || !regexp.MustCompile(tc.want).MatchString(err.Error()) {
				t.Errorf("refused with %v, want %q", err, tc.want)
			}
		})
	}
}

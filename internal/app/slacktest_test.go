package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSlackTestWalksThroughALife(t *testing.T) {
	var methods []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := strings.TrimPrefix(r.URL.Path, "/api/")
		if r.FormValue("thread_ts") != "" {
			method += " in the thread"
		}
		methods = append(methods, method)
		fmt.Fprint(w, `{"ok":true,"channel":"C0000001","ts":"1.1"}`)
	}))
	defer server.Close()
	path := filepath.Join(t.TempDir(), "config.yaml")
	config := fmt.Sprintf("slack: {token: xoxb-1-secret, channel: \"#watch\", api_url: %s/api/}\nseeds: {feeds: [], topics: [], lexicons: []}\n", server.URL)
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, logged strings.Builder
	env := Env{Stdout: &out, Stderr: &logged, LookupEnv: func(string) (string, bool) { return "", false }}
	common := Common{Config: path, LogLevel: "debug", LogFormat: "text"}
	if err := SlackTest(t.Context(), env, common, SlackTestOptions{}); err != nil {
		t.Fatal(err)
	}
	want := "chat.postMessage, chat.update, chat.postMessage in the thread, chat.postMessage in the thread, chat.update"
	if got := strings.Join(methods, ", "); got != want {
		t.Errorf("Slack was asked for %s, want %s", got, want)
	}
	if strings.Contains(out.String()+logged.String(), "secret") {
		t.Error("the token is in what is written")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := SlackTest(cancelled, env, common, SlackTestOptions{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}

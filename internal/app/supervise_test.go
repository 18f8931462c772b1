package app

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSupervise is the service manager at the other end of the socket.
func TestSupervise(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Skipf("datagram sockets by name are not to be had here: %v", err)
	}
	t.Cleanup(func() { _ = manager.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "200000")
	r := startRunning(t, `
record: {path: RECORD}
web: {listen: "127.0.0.1:0"}
seeds: {feeds: [], topics: [], lexicons: []}
`)
	hear := func(want string) {
		t.Helper()
		heard := make([]byte, 4096)
		if err := manager.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		for {
			n, err := manager.Read(heard)
			if err != nil {
				t.Fatalf("the manager was not told %q: %v", want, err)
			}
			if strings.Contains(string(heard[:n]), want) {
				return
			}
		}
	}
	hear("READY=1")
	hear("WATCHDOG=1\nSTATUS=")
	hear("WATCHDOG=1\nSTATUS=all is well")
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	hear("STOPPING=1")
}

// TestHealth asks a daemon for its health as a container does.
func TestHealth(t *testing.T) {
	t.Parallel()
	r := startRunning(t, `
record: {path: RECORD}
web: {listen: "127.0.0.1:0"}
seeds: {feeds: [], topics: [], lexicons: []}
`)
	config := filepath.Join(t.TempDir(), "config.yaml")
	ask := func(address string) error {
		if err := os.WriteFile(config, []byte("web: {listen: \""+address+"\"}\nseeds: {feeds: [], topics: [], lexicons: []}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env := Env{Stdout: &lockedBuffer{}, Stderr: &lockedBuffer{}, LookupEnv: func(string) (string, bool) { return "", false }}
		return Health(t.Context(), env, Common{Config: config, LogLevel: "info", LogFormat: "text"})
	}
	address := strings.TrimPrefix(r.address, "http://")
	if err := ask(address); err != nil {
		t.Errorf("a daemon that is up: %v", err)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if err := ask(address); err == nil || !strings.Contains(err.Error(), "marsad does not answer") {
		t.Errorf("a daemon that is down: %v", err)
	}
}

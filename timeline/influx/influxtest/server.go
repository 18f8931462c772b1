// Package influxtest runs a real InfluxDB for tests: on a random port of the
// loopback, in a directory of its own, onboarded with a token. It can be killed
// and started again on what it had written.
//
// A server takes some seconds to start, so let the subtests of one test share
// it, each with buckets of its own. Version 2.0.0-beta.8 breaks when a delete
// runs beside a write, whatever the bucket: such subtests must not be parallel.
package influxtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"
)

// Org and Token are what every server of version 2 is onboarded with, TokenV1 is
// the user and password of version 1. They may do everything.
const (
	Org     = "news"
	Token   = "influxtest-admin-token"
	TokenV1 = "admin:admin-password"
)

// The server reads all of Flux's library when it starts, which takes seconds on
// an idle machine and much longer on a busy one.
const (
	startTimeout = 3 * time.Minute
	stopTimeout  = 20 * time.Second
)

// Server is a running server.
type Server struct {
	URL string

	release           Release
	binary, dir, addr string
	client            http.Client
	process           *exec.Cmd
	exited            chan struct{} // closed once the process is gone
}

// Start starts a server of version 2 that is stopped when the test ends. Where
// there is no binary the test is skipped, or fails if $MARSAD_REQUIRE_INFLUXD is 1
// and none can be built.
func Start(t *testing.T) *Server {
	t.Helper()
	s := start(t, V2())
	s.post(t, "/api/v2/setup", map[string]any{
		"username": "admin", "password": "admin-password", "org": Org, "bucket": "unused", "token": Token,
	})
	return s
}

// StartV1 starts a server of version 1 likewise.
func StartV1(t *testing.T) *Server {
	t.Helper()
	s := start(t, V1())
	s.InfluxQL(t, "", `CREATE USER admin WITH PASSWORD 'admin-password' WITH ALL PRIVILEGES`)
	return s
}

func start(t *testing.T, r Release) *Server {
	t.Helper()
	s := &Server{release: r, binary: binary(t, r), dir: t.TempDir()}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	s.URL = "http://" + s.addr
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	s.launch(t)
	return s
}

func binary(t *testing.T, r Release) string {
	t.Helper()
	path, err := r.Path()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if os.Getenv(requireVariable) != "1" {
		t.Skipf("NOT TESTED: there is no InfluxDB %s at %s; build it once with\n\t%s", r.Version, path, BuildCommand)
	}
	if path, err = r.Build(t.Context()); err != nil {
		t.Fatal(err)
	}
	return path
}

// launch starts the process and waits until it is ready.
func (s *Server) launch(t *testing.T) {
	t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	// Not bound to the test's context: it ends before the cleanup that stops the
	// server in good order.
	s.process = s.command(context.Background())
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	s.exited = make(chan struct{})
	go func(process *exec.Cmd, exited chan<- struct{}) {
		defer close(exited)
		// How it ended is in process.ProcessState.
		_ = process.Wait()
	}(s.process, s.exited)

	deadline := time.After(startTimeout)
	for !s.ready(t) {
		select {
		case <-s.exited:
			t.Fatalf("influxd ended: %v\n%s", s.process.ProcessState, s.log())
		case <-deadline:
			t.Fatalf("influxd is not ready after %s\n%s", startTimeout, s.log())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *Server) command(ctx context.Context) *exec.Cmd {
	if s.release == V2() {
		c := exec.CommandContext(ctx, s.binary, "run", "--reporting-disabled", "--http-bind-address", s.addr,
			"--bolt-path", filepath.Join(s.dir, "influxd.bolt"), "--engine-path", filepath.Join(s.dir, "engine"))
		c.Env = append(os.Environ(), "HOME="+s.dir)
		return c
	}
	c := exec.CommandContext(ctx, s.binary, "run", "-config", os.DevNull)
	c.Env = append(os.Environ(), "HOME="+s.dir, "INFLUXDB_META_DIR="+filepath.Join(s.dir, "meta"),
		"INFLUXDB_DATA_DIR="+filepath.Join(s.dir, "data"), "INFLUXDB_DATA_WAL_DIR="+filepath.Join(s.dir, "wal"),
		"INFLUXDB_HTTP_BIND_ADDRESS="+s.addr, "INFLUXDB_BIND_ADDRESS=127.0.0.1:0", "INFLUXDB_REPORTING_DISABLED=true",
		"INFLUXDB_HTTP_AUTH_ENABLED=true", "INFLUXDB_HTTP_FLUX_ENABLED=true", "INFLUXDB_MONITOR_STORE_ENABLED=false")
	return c
}

func (s *Server) ready(t *testing.T) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+map[bool]string{true: "/ready", false: "/health"}[s.release == V2()], http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (s *Server) log() string {
	data, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// Kill ends the server at once (SIGKILL), as a crash does.
func (s *Server) Kill(t *testing.T) {
	t.Helper()
	if err := s.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.exited
	s.client.CloseIdleConnections()
}

// Restart starts a server that was killed again, at the same address on the same
// data.
func (s *Server) Restart(t *testing.T) {
	t.Helper()
	s.launch(t)
}

func (s *Server) stop() {
	if s.process == nil || s.process.Process == nil {
		return
	}
	// An error here says that it has ended already.
	_ = s.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		_ = s.process.Process.Kill()
		<-s.exited
	}
}

// CreateToken returns a token with the given permissions in the organisation, in
// the terms of POST /api/v2/authorizations: {"action": "write", "resource":
// {"type": "buckets"}}.
func (s *Server) CreateToken(t *testing.T, permissions ...map[string]any) string {
	t.Helper()
	org := s.orgID(t)
	for _, p := range permissions {
		if resource, ok := p["resource"].(map[string]any); ok {
			resource["orgID"] = org
		}
	}
	created := s.post(t, "/api/v2/authorizations", map[string]any{"orgID": org, "permissions": permissions})
	token, ok := created["token"].(string)
	if !ok {
		t.Fatalf("no token in %v", created)
	}
	return token
}

// CreateBucket creates a bucket that keeps everything.
func (s *Server) CreateBucket(t *testing.T, name string) {
	t.Helper()
	s.post(t, "/api/v2/buckets", map[string]any{"orgID": s.orgID(t), "name": name})
}

// DeleteBucket deletes a bucket and all in it.
func (s *Server) DeleteBucket(t *testing.T, name string) {
	t.Helper()
	c := influxdb2.NewClient(s.URL, Token)
	defer c.Close()
	bucket, err := c.BucketsAPI().FindBucketByName(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.BucketsAPI().DeleteBucket(t.Context(), bucket); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) orgID(t *testing.T) string {
	t.Helper()
	c := influxdb2.NewClient(s.URL, Token)
	defer c.Close()
	org, err := c.OrganizationsAPI().FindOrganizationByName(t.Context(), Org)
	if err != nil {
		t.Fatal(err)
	}
	return *org.Id
}

// post sends JSON with the admin token and returns the answer.
func (s *Server) post(t *testing.T, path string, body map[string]any) map[string]any {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Token "+Token)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s %s %v", path, resp.Status, answer, err)
	}
	var v map[string]any
	if err := json.Unmarshal(answer, &v); err != nil {
		t.Fatalf("%s: %v in %s", path, err, answer)
	}
	return v
}

// InfluxQL runs a statement on a server of version 1 and returns the answer, with
// times in nanoseconds. An answer that has an error in it is one, too.
func (s *Server) InfluxQL(t *testing.T, database, statement string) []byte {
	t.Helper()
	body := url.Values{"db": {database}, "q": {statement}, "epoch": {"ns"}}.Encode()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/query", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Token "+TokenV1)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", statement, resp.Status, answer, err)
	}
	return answer
}

// Query runs Flux and returns the records, each a map from column to value.
func (s *Server) Query(t *testing.T, flux string) []map[string]any {
	t.Helper()
	c := influxdb2.NewClientWithOptions(s.URL, Token, influxdb2.DefaultOptions().SetHTTPRequestTimeout(60))
	defer c.Close()
	result, err := c.QueryAPI(Org).Query(t.Context(), flux)
	if err != nil {
		t.Fatalf("%v in %s", err, flux)
	}
	defer result.Close()
	var records []map[string]any
	for result.Next() {
		records = append(records, result.Record().Values())
	}
	if result.Err() != nil {
		t.Fatalf("%v in %s", result.Err(), flux)
	}
	return records
}

// Count is the number of values of a field of a measurement, over all times and
// tags.
func (s *Server) Count(t *testing.T, bucket, measurement, field string) int {
	t.Helper()
	records := s.Query(t, fmt.Sprintf(`from(bucket: %q)
		|> range(start: 1700-01-01T00:00:00Z, stop: 2250-01-01T00:00:00Z)
		|> filter(fn: (r) => r._measurement == %q and r._field == %q)
		|> keep(columns: ["_value"]) |> count()`, bucket, measurement, field))
	total := 0
	for _, r := range records {
		if n, ok := r["_value"].(int64); ok {
			total += int(n)
		}
	}
	return total
}

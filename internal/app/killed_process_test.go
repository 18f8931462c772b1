package app

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// lifeVariable is the folder of a site in the environment of a process that is to
// live there, and killVariable where it kills itself.
const (
	lifeVariable = "MARSAD_LIFE"
	killVariable = "MARSAD_LIFE_KILL"
)

// asking is a request of a process that lives in a bubble, and answering what the
// world that its parent keeps says to that. The world outlives the process, as the
// real one does.
type asking struct {
	Now    time.Time // by the clock of the bubble
	Method string
	URL    string
	Header http.Header
	Body   []byte
}

type answering struct {
	Error  string // instead of an answer
	Status int
	Header http.Header
	Body   []byte
}

// afar is the world as the process sees it: one question at a time.
type afar struct {
	mu  sync.Mutex
	out *json.Encoder
	in  *json.Decoder
}

// RoundTrip implements http.RoundTripper.
func (a *afar) RoundTrip(r *http.Request) (*http.Response, error) {
	q := asking{Now: time.Now(), Method: r.Method, URL: r.URL.String(), Header: r.Header}
	if r.Body != nil {
		var err error
		if q.Body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.out.Encode(q); err != nil {
		return nil, err
	}
	var answer answering
	if err := a.in.Decode(&answer); err != nil {
		return nil, err
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return &http.Response{
		StatusCode: answer.Status, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(answer.Body)),
		ContentLength: int64(len(answer.Body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
	}, nil
}

// pace asks the parent how long to wait until it is asked again, in time of the
// bubble; 0 when all is over.
func (a *afar) pace(t *testing.T) time.Duration {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://pace.test/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	wait, err := time.ParseDuration(string(body))
	if err != nil {
		t.Fatal(err)
	}
	return wait
}

// TestLifeProcess is no test: it is what the processes of TestKilled do.
func TestLifeProcess(t *testing.T) {
	dir := os.Getenv(lifeVariable)
	if dir == "" {
		t.Skip("runs as a part of TestKilled")
	}
	what := os.Getenv(killVariable)
	hookKill(what)
	a := &afar{out: json.NewEncoder(os.NewFile(3, "questions")), in: json.NewDecoder(os.NewFile(4, "answers"))}
	synctest.Test(t, func(t *testing.T) {
		pass(a.pace(t)) // what has passed in the lives before
		s := newSiteIn(t, dir, projectedJob)
		_, stop := s.startWith(t, edges{feeds: a, receivers: &http.Client{Transport: a, Timeout: 30 * time.Second}, influx: a})
		for tick := 0; ; tick++ {
			wait := a.pace(t)
			if wait == 0 {
				break
			}
			troubleStore(t, what, tick, s.cfg.Record.Path)
			pass(wait)
		}
		stop()
	})
}

// die ends the process as the system does that has no memory left.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// hookKill has the process kill itself at a boundary: WHEN OPERATION TABLE NTH, where
// when is during the statement, at its commit, or after that.
func hookKill(what string) {
	fields := strings.Fields(what)
	if len(fields) != 4 {
		return
	}
	when, table := fields[0], fields[2]
	operation := map[string]int32{"INSERT": sqlite3.SQLITE_INSERT, "UPDATE": sqlite3.SQLITE_UPDATE, "DELETE": sqlite3.SQLITE_DELETE}[fields[1]]
	left, _ := strconv.Atoi(fields[3])
	touched, armed := false, false
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, _ string) error {
		hooks := conn.(sqlite.HookRegisterer)
		hooks.RegisterPreUpdateHook(func(d sqlite.SQLitePreUpdateData) {
			if armed {
				die()
			}
			if d.TableName != table || d.Op != operation {
				return
			}
			touched = true
			if when == "during" {
				if left--; left == 0 {
					die()
				}
			}
		})
		hooks.RegisterCommitHook(func() int32 {
			if armed {
				die()
			}
			if touched && when != "during" {
				touched = false
				if left--; left == 0 && when == "at" {
					die()
				}
				armed = left == 0
			}
			return 0
		})
		return nil
	})
}

// troubleStore makes the record refuse writes from the second ten minutes on, for
// half an hour.
func troubleStore(t *testing.T, what string, tick int, path string) {
	t.Helper()
	switch {
	case what == "full" && tick == 1:
		signal.Ignore(syscall.SIGXFSZ)
		limitFiles(t, 0)
	case what == "full" && tick == 4:
		limitFiles(t, -1)
	case what == "damage" && tick == 1:
		damage(t, path)
	case what == "busy" && tick == 1:
		// Another program, which would keep the record to itself for ever.
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(context.Background(), `BEGIN IMMEDIATE`); err != nil {
			t.Fatal(err)
		}
		go func() {
			<-time.After(25 * time.Minute)
			_ = conn.Close()
			_ = db.Close()
		}()
	case what == "backup" && tick < 5:
		if err := Backup(context.Background(), Env{Stdout: io.Discard, Stderr: io.Discard, LookupEnv: noEnvironment},
			Common{Config: filepath.Join(filepath.Dir(path), "config.yaml")}, path+strconv.Itoa(tick)); err != nil {
			t.Error(err)
		}
	}
}

// limitFiles sets how large a file may become, in bytes: a disk without room. -1
// lifts that.
func limitFiles(t *testing.T, size int64) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur = uint64(size); size < 0 {
		limit.Cur = limit.Max
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
}

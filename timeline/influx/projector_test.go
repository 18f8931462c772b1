package influx_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline"
	"marsad/timeline/influx"
)

// fakeInflux takes writes and deletes and answers as it is told.
type fakeInflux struct {
	*httptest.Server
	version string
	mu      sync.Mutex
	answer  func(path string, lines []string) (status int, body string)
	header  map[string]string
	lines   map[string]bool // written
	writes  []int           // lines of each write that was tried
}

func newFakeInflux(t *testing.T) *fakeInflux {
	t.Helper()
	f := &fakeInflux{lines: map[string]bool{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeInflux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	data, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	lines := strings.Split(string(data), "\n")
	switch r.URL.Path {
	case "/ping":
		w.Header().Set("X-Influxdb-Version", f.version)
		w.WriteHeader(http.StatusNoContent)
		return
	case "/api/v2/buckets":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"buckets":[]}`)
		return
	case "/api/v2/write":
		if strings.HasPrefix(lines[0], "#") {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		f.writes = append(f.writes, len(lines))
	}
	if f.answer != nil {
		if status, text := f.answer(r.URL.Path, lines); status != 0 {
			for k, v := range f.header {
				w.Header().Set(k, v)
			}
			if strings.HasPrefix(text, "{") {
				w.Header().Set("Content-Type", "application/json")
			}
			w.WriteHeader(status)
			fmt.Fprint(w, text)
			return
		}
	}
	if r.URL.Path == "/api/v2/write" {
		for _, line := range lines {
			f.lines[line] = true
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (f *fakeInflux) set(header map[string]string, answer func(path string, lines []string) (int, string)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.header, f.answer = header, answer
}

func (f *fakeInflux) written() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.lines)
}

func logOf(n int) *memoryLog {
	log := &memoryLog{}
	for i := range n {
		log.add(timeline.Change{At: noon.Add(time.Duration(i) * time.Hour), Write: []timeline.Point{mention(i, "Example News")}})
	}
	return log
}

// blames answers like a server that does not like some lines, wherever they are.
func blames(status int, body string, bad ...string) func(string, []string) (int, string) {
	return func(_ string, lines []string) (int, string) {
		for _, line := range lines {
			for _, b := range bad {
				if strings.Contains(line, b) {
					return status, body
				}
			}
		}
		return 0, ""
	}
}

func TestAnswersOfTheServer(t *testing.T) {
	at := func(i int) string { return fmt.Sprint(mention(i, "").Time.UnixNano()) }
	for _, c := range []struct {
		name     string
		answer   func(string, []string) (int, string)
		fails    string // in the error; empty when the step succeeds
		written  int
		poisoned int64
		dropped  int64
	}{
		{"all well", nil, "", 40, 0, 0},
		{"partial write, 500", blames(500, `{"code":"internal error","message":"unexpected error writing points to database: partial write: field type conflict dropped=1"}`, at(7), at(8)), "", 38, 2, 0},
		{"partial write, 422", blames(422, `{"code":"unprocessable entity","message":"partial write: x dropped=1"}`, at(39)), "", 39, 1, 0},
		{"unable to parse", blames(400, `{"code":"invalid","message":"unable to parse 'x'"}`, at(0)), "", 39, 1, 0},
		{"beyond retention", blames(422, `{"code":"unprocessable entity","message":"partial write: points beyond retention policy dropped=1"}`, at(3)), "", 39, 0, 1},
		{"partial write of 3 Core, 500", blames(500, `{"error":"partial write of line protocol occurred","data":[{"error_message":"invalid column type","line_number":1,"original_line":"m"}]}`, at(7)), "", 39, 1, 0},
		{"partial write of 3 Core, 400", blames(400, `{"error":"partial write of line protocol occurred","data":[]}`, at(7), at(39)), "", 38, 2, 0},
		{"3 Core cannot parse", blames(400, `{"error":"parsing failed for write_lp endpoint","data":null}`, at(7)), "", 39, 1, 0},
		{"3 Core is at its end", blames(500, `{"error":"object store is not there"}`, "mentions"), "object store", 0, 0, 0},
		{"a point is too large", blames(413, "<html>too large</html>", at(5)), "", 39, 1, 0},
		{"a batch is too large", func(_ string, lines []string) (int, string) {
			if len(lines) > 10 {
				return 413, `{"code":"request too large","message":"x"}`
			}
			return 0, ""
		}, "", 40, 0, 0},
		{"unauthorized", blames(401, `{"code":"unauthorized","message":"unauthorized access"}`, "mentions"), "influx.token", 0, 0, 0},
		{"forbidden", blames(403, `{"code":"forbidden","message":"insufficient permissions for write"}`, "mentions"), "influx.token", 0, 0, 0},
		{"bucket gone", blames(404, `{"code":"not found","message":"bucket not found"}`, "mentions"), "bucket not found", 0, 0, 0},
		{"busy", blames(429, `{"code":"too many requests","message":"slow down"}`, "mentions"), "slow down", 0, 0, 0},
		{"down", blames(503, `{"code":"unavailable","message":"starting"}`, "mentions"), "starting", 0, 0, 0},
		{"a proxy that does not know the way", blames(400, "<html>Bad Request</html>", "mentions"), "Bad Request", 0, 0, 0},
		{"another server", blames(405, "", "mentions"), "405", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFakeInflux(t)
			log := logOf(40)
			p := newProjector(t, config(f.URL, "secret-token", "b"), influx.Options{Log: log})
			f.set(nil, c.answer)
			_, err := p.Step(t.Context())
			if c.fails == "" && err != nil || c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)) {
				t.Fatalf("error %v, want %q in it", err, c.fails)
			}
			if err != nil && strings.Contains(err.Error(), "secret-token") {
				t.Errorf("the error gives the token away: %v", err)
			}
			status := p.Status()
			if f.written() != c.written || status.Poisoned != c.poisoned || status.Dropped != c.dropped {
				t.Errorf("written %d, poisoned %d, dropped %d; want %d, %d, %d", f.written(), status.Poisoned, status.Dropped, c.written, c.poisoned, c.dropped)
			}
			if c.fails == "" {
				return
			}
			if status.Position != 0 || status.Failures != 1 || status.LastError != err.Error() {
				t.Errorf("status after a failure %+v", status)
			}
			f.set(nil, nil)
			drain(t, p)
			if status := p.Status(); f.written() != 40 || status.Position != 40 || status.Failures != 0 || status.LastError != "" {
				t.Errorf("after the failure %d lines are written, status %+v", f.written(), status)
			}
		})
	}
}

func TestPoisonedPointsAreNamedUpToALimit(t *testing.T) {
	f := newFakeInflux(t)
	var logged bytes.Buffer
	p := newProjector(t, config(f.URL, "t", "b"), influx.Options{Log: logOf(40), Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	f.set(nil, blames(400, `{"code":"invalid","message":"unable to parse"}`, "mentions"))
	drain(t, p)
	named := strings.Count(logged.String(), "point cannot be projected")
	if named != 20 || !strings.Contains(logged.String(), "points=20") || p.Status().Poisoned != 40 {
		t.Errorf("%d points named, status %+v; want 20 named, 20 summed up, 40 counted\n%s", named, p.Status(), logged.String())
	}
}

func TestBatchesAreBounded(t *testing.T) {
	f := newFakeInflux(t)
	cfg := config(f.URL, "t", "b")
	cfg.Batch = 15
	drain(t, newProjector(t, cfg, influx.Options{Log: logOf(40)}))
	if got := fmt.Sprint(f.writes); got != "[15 15 10]" {
		t.Errorf("writes of %s lines, want [15 15 10]", got)
	}

	// 300 texts of 50 kB are more than one write's worth of bytes.
	log := &memoryLog{}
	for i := range 300 {
		point := mention(i, "Example News")
		point.Fields = append(point.Fields, timeline.Field{Key: "text", Value: strings.Repeat("x", 50_000)})
		log.add(timeline.Change{Write: []timeline.Point{point}})
	}
	g := newFakeInflux(t)
	drain(t, newProjector(t, config(g.URL, "t", "b"), influx.Options{Log: log}))
	if len(g.writes) != 2 || g.written() != 300 {
		t.Errorf("writes of %v lines, want two", g.writes)
	}
}

func TestDeletesGoFirst(t *testing.T) {
	f := newFakeInflux(t)
	var paths []string
	f.set(nil, func(path string, lines []string) (int, string) {
		paths = append(paths, path)
		if path == "/api/v2/delete" {
			for _, want := range []string{`_measurement=\"mentions\"`, `\"publisher\"=\"Example News\"`, "2017-05-20T12:00:00Z"} {
				if !strings.Contains(lines[0], want) {
					t.Errorf("%s is not in %s", want, lines[0])
				}
			}
			if strings.Contains(lines[0], "country") {
				t.Errorf("the empty tag is in %s", lines[0])
			}
		}
		return 0, ""
	})
	log := &memoryLog{}
	log.add(
		timeline.Change{Write: []timeline.Point{mention(1, "B")}},
		timeline.Change{Delete: []timeline.Point{tombstone(mention(0, "Example News"))}, Write: []timeline.Point{mention(0, "B")}},
	)
	drain(t, newProjector(t, config(f.URL, "t", "b"), influx.Options{Log: log}))
	if got := fmt.Sprint(paths); got != "[/api/v2/delete /api/v2/write]" {
		t.Errorf("requests %s", got)
	}
}

// TestCoreKeepsWhatIsGone projects to a server that cannot delete.
func TestCoreKeepsWhatIsGone(t *testing.T) {
	f := newFakeInflux(t)
	f.version = "3.2.1"
	f.set(nil, func(path string, _ []string) (int, string) {
		if path != "/api/v2/write" {
			t.Errorf("3 Core is asked for %s", path)
			return 404, ""
		}
		return 0, ""
	})
	log := logOf(3)
	log.add(timeline.Change{Delete: []timeline.Point{tombstone(mention(0, "Example News"))}, Write: []timeline.Point{mention(0, "B")}})
	p := newProjector(t, config(f.URL, "t", "b"), influx.Options{Log: log})
	drain(t, p)
	if s := p.Status(); s.Kept != 1 || s.Deleted != 0 || s.Written != 3 || s.Position != 4 {
		t.Errorf("status %+v, want one kept and the rest written", s)
	}
}

func TestReplayOfASpan(t *testing.T) {
	f := newFakeInflux(t)
	log := logOf(1201) // more than one stretch
	p := newProjector(t, config(f.URL, "t", "b"), influx.Options{Log: log})
	o := influx.ReplayOptions{From: noon.Add(30 * time.Hour), To: noon.Add(1000 * time.Hour), DryRun: true}
	steps := 0
	o.Progress = func(influx.Replayed) { steps++ }
	for range 2 {
		replayed, err := p.Replay(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if replayed.Changes != 970 || replayed.Written != 970 || replayed.Sent["mentions"] != 970 || replayed.Seq != 1201 {
			t.Errorf("replayed %+v, want 970 changes up to 1201", replayed)
		}
		if want := map[bool]int{true: 0, false: 970}[o.DryRun]; f.written() != want {
			t.Errorf("dry run %v: %d lines written, want %d", o.DryRun, f.written(), want)
		}
		o.DryRun = false
	}
	if steps != 2*3 {
		t.Errorf("progress told %d times, want once a stretch", steps)
	}
	if p.Status().Position != 0 || len(log.positions) != 0 {
		t.Errorf("a replay moves the position to %v", log.positions)
	}
}

func TestReplayGivesUp(t *testing.T) {
	f := newFakeInflux(t)
	f.set(nil, blames(503, "", "mentions"))
	p := newProjector(t, config(f.URL, "t", "b"), influx.Options{Log: logOf(1), Backoff: time.Millisecond, MaxBackoff: time.Millisecond})
	if _, err := p.Replay(t.Context(), influx.ReplayOptions{}); err == nil {
		t.Error("a replay to a server that is down succeeds")
	}
	if tries := len(f.writes); tries != 6 {
		t.Errorf("%d tries, want 6", tries)
	}
}

// TestRunWaits runs on the clock of a synctest bubble, with a transport in place
// of the network, and looks at when the requests come.
func TestRunWaits(t *testing.T) {
	for _, c := range []struct {
		name   string
		header string
		want   []time.Duration // between the first tries
	}{
		{"backs off up to the limit", "", []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second}},
		{"obeys seconds", "17", []time.Duration{17 * time.Second, 17 * time.Second}},
		{"obeys a date", "Sat, 01 Jan 2000 00:00:50 GMT", []time.Duration{50 * time.Second, 2 * time.Second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeInflux{lines: map[string]bool{}}
				var tries []time.Time
				f.set(map[string]string{"Retry-After": c.header}, func(string, []string) (int, string) {
					tries = append(tries, time.Now())
					return 503, ""
				})
				p := newProjector(t, config("http://influx.test", "t", "b"), influx.Options{
					Log: logOf(3), Now: time.Now, Backoff: time.Second, MaxBackoff: 5 * time.Second,
				})
				p.SetTransport(handlerTransport{f})
				ctx, cancel := context.WithCancelCause(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- p.Run(ctx) }()
				for range c.want {
					<-time.After(time.Minute)
				}
				because := errors.New("enough")
				cancel(because)
				if err := <-ended; !errors.Is(err, because) {
					t.Errorf("Run ends with %v, want the cause", err)
				}
				if len(tries) <= len(c.want) {
					t.Fatalf("%d tries, want more than %d", len(tries), len(c.want))
				}
				for i, want := range c.want {
					if got := tries[i+1].Sub(tries[i]); got != want {
						t.Errorf("pause %d is %s, want %s", i+1, got, want)
					}
				}
			})
		})
	}
}

func TestRunFollowsTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeInflux{lines: map[string]bool{}}
		log, wake := logOf(1201), make(chan struct{}, 1) // more than one stretch
		p := newProjector(t, config("http://influx.test", "t", "b"), influx.Options{Log: log, Now: time.Now, Wake: wake, Interval: time.Hour})
		p.SetTransport(handlerTransport{f})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		expect := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			if f.written() != want || !p.Status().CaughtUp {
				t.Errorf("%s %d lines are written, status %+v; want %d", when, f.written(), p.Status(), want)
			}
		}
		expect("at first", 1201)
		log.add(timeline.Change{Write: []timeline.Point{mention(5000, "Example News")}})
		expect("before the call", 1201)
		wake <- struct{}{}
		expect("after the call", 1202)
		log.add(timeline.Change{Write: []timeline.Point{mention(5001, "Example News")}})
		<-time.After(time.Hour)
		expect("after the interval", 1203)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ends with %v, want context.Canceled", err)
		}
	})
}

// handlerTransport serves requests without a network.
type handlerTransport struct{ http.Handler }

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestNewNamesTheKey(t *testing.T) {
	for want, change := range map[string]func(*influx.Config){
		"influx.url":           func(c *influx.Config) { c.URL = "localhost:8086" },
		"influx.org":           func(c *influx.Config) { c.Org = "" },
		"influx.bucket":        func(c *influx.Config) { c.Bucket = "" },
		"influx.events_bucket": func(c *influx.Config) { c.EventsBucket = c.Bucket },
		"influx.batch":         func(c *influx.Config) { c.Batch = 0 },
	} {
		cfg := config("http://localhost:8086", "t", "b")
		change(&cfg)
		_, err := influx.New(cfg, influx.Options{Log: &memoryLog{}, Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that names %s", err, want)
		}
	}
}

func TestUnreachable(t *testing.T) {
	f := newFakeInflux(t)
	f.Close()
	var logged bytes.Buffer
	p := newProjector(t, config(f.URL, "secret-token", "b"), influx.Options{Log: logOf(1), Logger: slog.New(slog.NewTextHandler(&logged, nil))})
	if _, err := p.Step(t.Context()); err == nil || strings.Contains(err.Error()+logged.String(), "secret-token") {
		t.Errorf("an unreachable server gives %v", err)
	}
}

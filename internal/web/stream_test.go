package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// listener is a client of the stream: what it has been sent, and whether it reads.
type listener struct {
	mu     sync.Mutex
	header http.Header
	status int
	text   strings.Builder
	stuck  <-chan struct{} // nil: it reads
}

func (l *listener) Header() http.Header { return l.header }

func (l *listener) WriteHeader(status int) { l.status = status }

func (l *listener) Write(p []byte) (int, error) {
	if l.stuck != nil {
		<-l.stuck
		return 0, os.ErrDeadlineExceeded
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *listener) FlushError() error { return nil }

// heard gives what was sent since it was last asked.
func (l *listener) heard() string {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text.String()
	l.text.Reset()
	return text
}

// listen makes a client; what is returned sends it away and waits for it to go.
func listen(t *testing.T, s *Server, l *listener, lastEvent string) (leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", "http://127.0.0.1:8780"+streamPath, nil)
	if lastEvent != "" {
		r.Header.Set("Last-Event-ID", lastEvent)
	}
	l.header = http.Header{}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		s.ServeHTTP(l, r)
	}()
	synctest.Wait()
	return func() {
		cancel()
		<-gone
	}
}

// metered counts what a server refuses.
type metered struct{ refused, dropped, limited int }

func (m *metered) StreamRefused() { m.refused++ }
func (m *metered) StreamDropped() { m.dropped++ }
func (m *metered) RateLimited()   { m.limited++ }

// watched runs the stream of a server until the test ends it.
func watched(t *testing.T, m *memory, streams int) (s *Server, count *metered, end func()) {
	t.Helper()
	count = &metered{}
	s = newServer(t, m, func(cfg *Config, o *Options) {
		cfg.Streams, o.Meter = streams, count
		o.Now = time.Now
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx) }()
	return s, count, func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("watch: %v", err)
		}
	}
}

// pass lets time pass in the bubble, and all that it brings happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func changeEvent(seq int, articles ...string) string {
	quoted := ""
	if len(articles) > 0 {
		quoted = `"` + strings.Join(articles, `","`) + `"`
	}
	return fmt.Sprintf("event: change\nid: %[1]d\ndata: {\"seq\":%[1]d,\"articles\":[%s],\"topics\":[],\"feeds\":[],\"incidents\":[],\"steps\":[],\"more\":false}\n\n", seq, quoted)
}

func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := fill()
		m.change("old")
		s, count, end := watched(t, m, 10)
		var one, two listener
		leaveOne := listen(t, s, &one, "")
		wantEqual(t, "start", "event: start\nid: 1\ndata: {}\n\nretry: 5000\n\n", one.heard())
		wantEqual(t, "type", "text/event-stream; charset=utf-8", one.header.Get("Content-Type"))

		m.change("a", "b")
		pass(streamEvery)
		wantEqual(t, "change", changeEvent(3, "a", "b"), one.heard())

		m.change("c")
		leaveTwo := listen(t, s, &two, "1")
		wantEqual(t, "what one who comes back has missed", strings.Replace(changeEvent(3, "a", "b", "c"), "\n\n", "\n\nretry: 5000\n\n", 1), two.heard())
		pass(streamEvery)
		wantEqual(t, "change of one", changeEvent(4, "c"), one.heard())
		wantEqual(t, "change of the other", changeEvent(4, "c"), two.heard())

		pass(streamHeartbeat)
		if text := one.heard(); !strings.HasPrefix(text, ":") || strings.Contains(text, "event") {
			t.Errorf("heartbeat: %q", text)
		}
		two.heard()

		for i := range maxChanges + 1 {
			m.change(fmt.Sprint(i))
		}
		leaveTwo()
		pass(streamEvery)
		if text := one.heard(); !strings.Contains(text, `"more":true`) || !strings.Contains(text, fmt.Sprintf("id: %d\n", 4+maxChanges+1)) {
			t.Errorf("many changes: %.200q", text)
		}
		wantEqual(t, "what is sent to one who has left", "", two.heard())
		end()
		leaveOne()
		if *count != (metered{}) {
			t.Errorf("%+v, want nothing refused", *count)
		}
		if w := ask(s, "GET", streamPath); w.Code != http.StatusServiceUnavailable {
			t.Errorf("after the end: status %d", w.Code)
		}
	})
}

// TestStreamBounds lets in as many clients as may be, and gives up those that do not
// read.
func TestStreamBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := fill()
		s, count, end := watched(t, m, 2)
		stuck := make(chan struct{})
		slow, quick := listener{stuck: stuck}, listener{}
		leaveSlow, leaveQuick := listen(t, s, &slow, ""), listen(t, s, &quick, "")
		w := ask(s, "GET", streamPath)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || count.refused != 1 {
			t.Errorf("one too many: status %d, %d refused: %s", w.Code, count.refused, w.Body)
		}
		for range streamBacklog + 1 {
			m.change("a")
			pass(streamEvery)
		}
		synctest.Wait()
		if events := strings.Count(quick.heard(), "event: change"); events != streamBacklog+1 || count.dropped != 1 {
			t.Errorf("%d events for who reads, want %d; %d dropped, want 1", events, streamBacklog+1, count.dropped)
		}
		var third listener
		leaveThird := listen(t, s, &third, "")
		if !strings.Contains(third.heard(), "event: start") {
			t.Error("the place of who was dropped is not free")
		}
		close(stuck)
		leaveSlow()
		leaveQuick()
		leaveThird()
		end()
		if count.dropped != 1 {
			t.Errorf("one that was dropped counts %d times", count.dropped)
		}
	})
}

// TestStreamAsksNothing leaves the record alone while nobody listens.
func TestStreamAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := fill()
		m.err = errors.New("asked though nobody listens")
		s, _, end := watched(t, m, 1)
		if slow, err := s.live.tell(t.Context()); slow != 0 || err != nil {
			t.Error(slow, err)
		}
		if w := ask(s, "GET", streamPath); w.Code != http.StatusInternalServerError {
			t.Errorf("record that cannot be read: status %d", w.Code)
		}
		end()
	})
}

// TestStreamRefuses what is no question to it.
func TestStreamRefuses(t *testing.T) {
	s := newServer(t, fill(), withToken)
	for path, status := range map[string]int{streamPath: http.StatusUnauthorized, streamPath + "?topic=a": http.StatusUnauthorized} {
		if w := ask(s, "GET", path); w.Code != status {
			t.Errorf("%s: status %d, want %d", path, w.Code, status)
		}
	}
	s = newServer(t, fill(), nil)
	if w := ask(s, "GET", streamPath+"?topic=a"); w.Code != http.StatusBadRequest {
		t.Errorf("a parameter: status %d", w.Code)
	}
	if w := ask(s, "POST", streamPath); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: status %d", w.Code)
	}
}

package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"marsad/timeline"
)

// ChangeStore says what has changed in the record.
type ChangeStore interface {
	// LastChange gives the number of the newest change; 0 before the first.
	LastChange(ctx context.Context) (int64, error)
	// Changed says what up to limit changes after the number are about.
	Changed(ctx context.Context, after int64, limit int) (timeline.Changed, error)
}

const (
	streamPath = apiPrefix + "stream"

	// streamEvery is how often it is asked what has changed, while somebody listens.
	streamEvery = 2 * time.Second
	// streamHeartbeat is how often something is sent when nothing changes, so that
	// neither end takes the other for gone.
	streamHeartbeat = 20 * time.Second
	// streamRetry is how long a browser waits before it asks again.
	streamRetry = 5 * time.Second
	// maxChanges is how many changes one event is of. Of more it is said that there
	// are more, and not which.
	maxChanges = 500
	// streamBacklog is how many events wait for a client before it is given up.
	streamBacklog = 8
	// streamWrite is how long a client may take to read one event.
	streamWrite = 10 * time.Second
)

// Why a client is not let in.
var (
	errStreamFull  = errors.New("too many streams")
	errStreamEnded = errors.New("the server ends")
)

// changedJSON is one event of the stream: what has changed since the one before.
type changedJSON struct {
	Seq       int64       `json:"seq"`
	Articles  []string    `json:"articles"`
	Topics    []string    `json:"topics"`
	Feeds     []string    `json:"feeds"`
	Incidents []string    `json:"incidents"`
	Steps     []time.Time `json:"steps"`
	More      bool        `json:"more"`
}

func changedJSONOf(c timeline.Changed) changedJSON {
	steps := make([]time.Time, 0, len(c.Steps))
	for _, step := range c.Steps {
		steps = append(steps, step.UTC())
	}
	return changedJSON{
		Seq: c.Seq, More: c.More, Steps: steps,
		Articles: append([]string{}, c.Articles...), Topics: append([]string{}, c.Topics...),
		Feeds: append([]string{}, c.Feeds...), Incidents: append([]string{}, c.Incidents...),
	}
}

// event writes an event as the HTML standard has it (9.2.5): JSON is one line.
func event(name string, id int64, data any) ([]byte, error) {
	body, err := json.Marshal(data)
	return fmt.Appendf(nil, "event: %s\nid: %d\ndata: %s\n\n", name, id, body), err
}

// broadcast tells those who listen what changes. It asks the record once for all of
// them, and not at all while nobody listens.
type broadcast struct {
	store ChangeStore
	limit int // clients at once

	mu      sync.Mutex
	clients map[chan []byte]bool // a channel is closed when its client is given up
	told    int64                // number of the last change that those were told of
	ended   bool
}

func newBroadcast(store ChangeStore, limit int) *broadcast {
	return &broadcast{store: store, limit: limit, clients: make(map[chan []byte]bool)}
}

// join lets a client in, who is told of what comes after the number.
func (b *broadcast) join(ctx context.Context) (events chan []byte, after int64, err error) {
	last, err := b.store.LastChange(ctx)
	if err != nil {
		return nil, 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.ended:
		return nil, 0, errStreamEnded
	case len(b.clients) >= b.limit:
		return nil, 0, errStreamFull
	case len(b.clients) == 0:
		b.told = last
	}
	events = make(chan []byte, streamBacklog)
	b.clients[events] = true
	return events, b.told, nil
}

// leave forgets a client, and says whether it was one until then.
func (b *broadcast) leave(events chan []byte) (was bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was = b.clients[events]
	delete(b.clients, events)
	return was
}

// tell tells all clients what has changed since they were told last, and says how
// many were given up because they do not read.
func (b *broadcast) tell(ctx context.Context) (slow int, err error) {
	b.mu.Lock()
	after, idle := b.told, len(b.clients) == 0
	b.mu.Unlock()
	if idle {
		return 0, nil
	}
	c, err := b.changedSince(ctx, after)
	if err != nil || c.Seq == after {
		return 0, err
	}
	text, err := event("change", c.Seq, changedJSONOf(c))
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told = c.Seq
	for events := range b.clients {
		select {
		case events <- text:
		default:
			delete(b.clients, events)
			close(events)
			slow++
		}
	}
	return slow, nil
}

// changedSince says what has changed after the number, up to now.
func (b *broadcast) changedSince(ctx context.Context, after int64) (timeline.Changed, error) {
	c, err := b.store.Changed(ctx, after, maxChanges)
	if err == nil && c.More {
		c.Seq, err = b.store.LastChange(ctx)
	}
	return c, err
}

// end sends everybody away and lets nobody in any more.
func (b *broadcast) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	for events := range b.clients {
		close(events)
	}
	clear(b.clients)
}

// Watch tells those who listen to the stream what changes, until ctx ends; then it
// ends their streams, without which a server would wait for them. It runs once, for
// as long as the server does.
func (s *Server) Watch(ctx context.Context) error {
	defer s.live.end()
	ticker := time.NewTicker(streamEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		slow, err := s.live.tell(ctx)
		if err != nil && ctx.Err() == nil {
			s.opts.Logger.ErrorContext(ctx, "changes not told", "error", err)
		}
		for range slow {
			s.streamDropped(ctx)
		}
	}
}

// stream sends events for as long as the client listens. One that was listening
// before says so by Last-Event-ID, and is told first what it missed.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	if _, err := parseParams(r.URL.RawQuery, nil, s.opts.Now()); err != nil {
		s.fail(w, r, err)
		return
	}
	events, at, err := s.live.join(r.Context())
	switch {
	case errors.Is(err, errStreamFull):
		s.opts.Meter.StreamRefused()
		s.opts.Logger.WarnContext(r.Context(), "stream refused", "streams", s.live.limit, "remote_addr", r.RemoteAddr)
		w.Header().Set("Retry-After", strconv.Itoa(int(10*streamRetry/time.Second)))
		s.refuse(w, r, problem{http.StatusServiceUnavailable, "as many streams are open as may be", "raise web.streams, or ask again later"})
		return
	case errors.Is(err, errStreamEnded):
		s.refuse(w, r, problem{http.StatusServiceUnavailable, "Marsad is ending", "ask again when it runs"})
		return
	case err != nil:
		s.fail(w, r, err)
		return
	}
	defer s.live.leave(events)

	first, err := s.firstEvent(r, at)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy in between is not to collect
	if r.Method == http.MethodHead {
		return
	}
	err = s.sendEvents(w, r, fmt.Appendf(first, "retry: %d\n\n", streamRetry.Milliseconds()), events)
	if errors.Is(err, os.ErrDeadlineExceeded) && s.live.leave(events) {
		s.streamDropped(r.Context())
	}
}

// streamDropped counts a client that was given up because it does not read.
func (s *Server) streamDropped(ctx context.Context) {
	s.opts.Meter.StreamDropped()
	s.opts.Logger.WarnContext(ctx, "stream given up: the client does not read")
}

// firstEvent says where the stream begins, and what the client has missed.
func (s *Server) firstEvent(r *http.Request, at int64) ([]byte, error) {
	seen, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || seen >= at {
		return event("start", at, struct{}{})
	}
	c, err := s.live.changedSince(r.Context(), seen)
	if err != nil {
		return nil, err
	}
	c.Seq = at // what came since is told again
	return event("change", at, changedJSONOf(c))
}

// sendEvents writes the first event and those that come, and a comment where none
// does. The error is the writer's, or nil when the stream is over.
func (s *Server) sendEvents(w http.ResponseWriter, r *http.Request, first []byte, events <-chan []byte) error {
	connection := http.NewResponseController(w)
	heartbeat := time.NewTicker(streamHeartbeat)
	defer heartbeat.Stop()
	for text, more := first, true; more; {
		// A writer that has no deadline, as in tests, is not slow either.
		_ = connection.SetWriteDeadline(s.opts.Now().Add(streamWrite))
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := connection.Flush(); err != nil {
			return err
		}
		select {
		case <-r.Context().Done():
			more = false
		case text, more = <-events:
		case <-heartbeat.C:
			text = []byte(": still here\n\n")
		}
	}
	return nil
}

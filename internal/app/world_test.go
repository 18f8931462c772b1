package app

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/influx/influxtest"
)

// world is what lies beyond a daemon: publishers with a feed each, Slack, and the
// receiver of a webhook.
// It answers in memory, so that months of it run inside synctest.
type world struct {
	mu    sync.Mutex
	now   func() time.Time  // whoever asks has the same clock
	items map[string][]item // by feed, newest first
	etag  map[string]int

	// feedFault and slackFault, when set, answer in place of the real thing and
	// report whether they did.
	feedFault  func(w http.ResponseWriter, r *http.Request) bool
	slackFault func(w http.ResponseWriter, r *http.Request) bool
	hookFault  func(w http.ResponseWriter, r *http.Request) bool
	feedDelay  time.Duration // until a feed answers
	dbFault    func(w http.ResponseWriter, r *http.Request) bool
	// road, when set, may break the way there, or the way back when it was answered.
	road func(r *http.Request, answered bool) error

	served map[string]map[string]bool // by an item's first GUID: those it had in complete answers
	posts  []post                     // what Slack took
	events []event                    // what the webhook took
	influx *influxtest.Memory         // what InfluxDB took
}

type item struct {
	first             string // GUID
	guid, title, text string
	published         time.Time
}

// post is a call of Slack's API that was answered with ok.
type post struct {
	at           time.Time
	method       string // chat.postMessage, reply for one in a thread, chat.update, ...
	channel, ts  string
	text, blocks string
	thread       string // of a reply
	metadata     json.RawMessage
}

// event is a request of a webhook that was answered with 200.
type event struct {
	id   string
	Type string
	Data struct {
		Incident struct{ ID, Topic, State, Severity string }
	}
}

func newWorld() *world {
	return &world{
		now: time.Now, items: map[string][]item{}, etag: map[string]int{}, served: map[string]map[string]bool{}, influx: influxtest.NewMemory(),
	}
}

// edges are those of a daemon in this world.
func (w *world) edges() edges {
	return edges{feeds: w, receivers: &http.Client{Transport: w, Timeout: 30 * time.Second}, influx: w}
}

// windowSize is how many items a feed shows, as real ones do.
const windowSize = 30

func (w *world) publish(feed, title, text string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.etag[feed]++
	guid := fmt.Sprintf("tag:%s,2000:%d", feed, w.etag[feed])
	it := item{first: guid, guid: guid, title: title, text: text, published: at}
	w.items[feed] = append([]item{it}, w.items[feed]...)
	if len(w.items[feed]) > windowSize {
		w.items[feed] = w.items[feed][:windowSize]
	}
}

// RoundTrip implements http.RoundTripper without a network.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if err := w.pass(r, false); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	if err := r.Context().Err(); err != nil { // it took too long
		return nil, err
	}
	if err := w.pass(r, true); err != nil {
		return nil, err
	}
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

func (w *world) pass(r *http.Request, answered bool) error {
	w.mu.Lock()
	road := w.road
	w.mu.Unlock()
	if road == nil {
		return nil
	}
	return road(r, answered) // which may take its time
}

// ServeHTTP implements http.Handler.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch r.URL.Host {
	case "slack.test":
		w.slack(rw, r)
	case "hook.test":
		w.hook(rw, r)
	case "influx.test":
		w.mu.Lock()
		fault := w.dbFault
		w.mu.Unlock()
		if fault == nil || !fault(rw, r) {
			w.influx.ServeHTTP(rw, r)
		}
	default:
		w.mu.Lock()
		delay := w.feedDelay
		w.mu.Unlock()
		select {
		case <-time.After(delay):
			w.feed(rw, r)
		case <-r.Context().Done():
		}
	}
}

func (w *world) feed(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.feedFault != nil && w.feedFault(rw, r) {
		return
	}
	feed := strings.TrimSuffix(r.URL.Host, ".test")
	etag := fmt.Sprintf(`W/"%d"`, w.etag[feed])
	if r.Header.Get("If-None-Match") == etag {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	rw.Header().Set("ETag", etag)
	rw.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprint(rw, `<rss version="2.0"><channel><title>A feed</title>`)
	for _, it := range w.items[feed] {
		fmt.Fprintf(rw, `<item><guid isPermaLink="false">%s</guid><link>https://%s.test/%s</link><title>%s</title><description>%s</description><pubDate>%s</pubDate></item>`,
			it.guid, feed, url.PathEscape(it.guid), html.EscapeString(it.title), html.EscapeString(it.text), it.published.Format(time.RFC1123Z))
		if w.served[it.first] == nil {
			w.served[it.first] = map[string]bool{}
		}
		w.served[it.first][it.guid] = true
	}
	fmt.Fprint(rw, `</channel></rss>`)
}

func (w *world) slack(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.slackFault != nil && w.slackFault(rw, r) {
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	if method, ok := strings.CutPrefix(r.URL.Path, "/api/conversations."); ok {
		w.conversations(rw, method, r.Form.Get("ts"))
		return
	}
	p := post{
		at: w.now(), method: strings.TrimPrefix(r.URL.Path, "/api/"),
		channel: r.Form.Get("channel"), ts: r.Form.Get("ts"), text: r.Form.Get("text"), blocks: r.Form.Get("blocks"),
		thread: r.Form.Get("thread_ts"), metadata: json.RawMessage(r.Form.Get("metadata")),
	}
	if r.Form.Get("thread_ts") != "" {
		p.method = "reply"
	}
	if p.ts == "" {
		p.ts = fmt.Sprintf("%d.%06d", w.now().Unix(), len(w.posts))
	}
	w.posts = append(w.posts, p)
	fmt.Fprintf(rw, `{"ok":true,"channel":"C123456","ts":%q}`, p.ts)
}

// conversations answers what a look-up asks.
func (w *world) conversations(rw http.ResponseWriter, method, thread string) {
	type message struct {
		TS       string          `json:"ts"`
		Metadata json.RawMessage `json:"metadata,omitempty"`
	}
	answer := map[string]any{"ok": true, "channels": []map[string]string{{"id": "C123456", "name": "watch"}}}
	messages := []message{}
	for i := range w.posts {
		p := &w.posts[i]
		if p.method == "chat.postMessage" && method == "history" || p.method == "reply" && method == "replies" && p.thread == thread {
			messages = append(messages, message{p.ts, p.metadata})
		}
	}
	answer["messages"] = messages
	_ = json.NewEncoder(rw).Encode(answer) // whoever asked may be gone
}

func (w *world) hook(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hookFault != nil && w.hookFault(rw, r) {
		return
	}
	e := event{id: r.Header.Get("webhook-id")}
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil || r.Header.Get("webhook-signature") == "" {
		http.Error(rw, "not an event", http.StatusBadRequest)
		return
	}
	w.events = append(w.events, e)
}

// sent gives what Slack took by one method.
func (w *world) sent(method string) []post {
	w.mu.Lock()
	defer w.mu.Unlock()
	var sent []post
	for _, p := range w.posts {
		if p.method == method {
			sent = append(sent, p)
		}
	}
	return sent
}

// news gives what the team was told of topics, and how often that Marsad was
// blind.
func (w *world) news() (topics []post, blind int) {
	for _, p := range w.sent("chat.postMessage") {
		if strings.HasPrefix(p.text, "Marsad is blind") {
			blind++
			continue
		}
		topics = append(topics, p)
	}
	return topics, blind
}

// site is a place where daemons run one after the other: a folder with a
// config.yaml and a record.
type site struct {
	dir string
	cfg *config.Config
	log *slog.Logger

	hangup chan os.Signal // to the daemon that runs
}

func newSite(t *testing.T, yaml string) *site {
	t.Helper()
	return newSiteIn(t, t.TempDir(), yaml)
}

func newSiteIn(t *testing.T, dir, yaml string) *site {
	t.Helper()
	s := &site{dir: dir, log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	s.configure(t, yaml)
	return s
}

// configure writes another config.yaml, which holds for what is started from now
// on.
func (s *site) configure(t *testing.T, yaml string) {
	t.Helper()
	s.write(t, yaml)
	var err error
	if s.cfg, err = config.Load(s.path(), noEnvironment, os.ReadFile); err != nil {
		t.Fatal(err)
	}
}

func (s *site) path() string { return filepath.Join(s.dir, "config.yaml") }

// write puts another configuration in the place of the one that there is.
func (s *site) write(t *testing.T, yaml string) {
	t.Helper()
	yaml = strings.ReplaceAll(yaml, "RECORD", filepath.Join(s.dir, "marsad.db"))
	if err := os.WriteFile(s.path(), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
}

func noEnvironment(string) (string, bool) { return "", false }

// start runs a daemon; stop ends it and fails the test if it had not been well.
func (s *site) start(t *testing.T, w *world) (d *daemon, stop func()) {
	t.Helper()
	return s.startWith(t, w.edges())
}

func (s *site) startWith(t *testing.T, world edges) (d *daemon, stop func()) {
	t.Helper()
	service, err := newService(t.Context(), s.cfg, s.log, world)
	if err != nil {
		t.Fatal(err)
	}
	service.load = func() (*config.Config, error) { return config.Load(s.path(), noEnvironment, os.ReadFile) }
	s.hangup = make(chan os.Signal, 1)
	service.hangup = s.hangup
	d = service.current.Load()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- service.run(ctx, newSilentListener()) }()
	return d, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("daemon ended with %v", err)
		}
		if err := d.record.Close(); err != nil {
			t.Errorf("record closed with %v", err)
		}
	}
}

// load takes an archive into the site's record.
func (s *site) load(t *testing.T, lines []archiveLine) LoadResult {
	t.Helper()
	record, err := openRecordBeside(t.Context(), s.cfg, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	reader, err := newReader(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	var archive strings.Builder
	encoder := json.NewEncoder(&archive)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	var result LoadResult
	l := &loader{record: record, reader: reader, feeds: archiveFeeds(s.cfg), now: now}
	if err := l.load(t.Context(), "archive.jsonl", strings.NewReader(archive.String()), &result); err != nil {
		t.Fatal(err)
	}
	return result
}

// silentListener is a listener that nobody connects to.
type silentListener struct {
	once   sync.Once
	closed chan struct{}
}

func newSilentListener() *silentListener { return &silentListener{closed: make(chan struct{})} }

func (l *silentListener) Accept() (net.Conn, error) {
	<-l.closed
	return nil, net.ErrClosed
}

func (l *silentListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *silentListener) Addr() net.Addr { return &net.TCPAddr{} }

// allPages collects what a paged question of the record has for answers.
func allPages[T any](t *testing.T, ask func(context.Context, timeline.Query) (timeline.Page[T], error)) []T {
	t.Helper()
	var all []T
	q := timeline.Query{Limit: 1000}
	for {
		page, err := ask(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		q.Cursor = page.Next
	}
}

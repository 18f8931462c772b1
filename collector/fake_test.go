package collector

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// memory is a Record that keeps what it is given in maps and checks what every
// record checks.
type memory struct {
	t    *testing.T
	fail error // returned by CommitPoll

	mu       sync.Mutex
	states   map[string]timeline.FeedState
	known    map[string]timeline.Known // by scope and deciding key
	articles map[string]timeline.Article
	polls    []timeline.PollResult
}

func newMemory(t *testing.T) *memory {
	t.Helper()
	return &memory{
		t:        t,
		states:   make(map[string]timeline.FeedState),
		known:    make(map[string]timeline.Known),
		articles: make(map[string]timeline.Article),
	}
}

func (m *memory) FeedState(_ context.Context, feed string) (timeline.FeedState, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.states[feed], nil
}

func (m *memory) Known(_ context.Context, ids []timeline.Identity) ([]timeline.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := make([]timeline.Known, len(ids))
	for i, id := range ids {
		known[i] = m.known[timeline.ArticleID(id.Publisher, id.Feed, id.Keys[0])]
	}
	return known, nil
}

func (m *memory) CommitPoll(ctx context.Context, r timeline.PollResult) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if !r.Poll.Sums() || len(r.Articles) != r.Poll.New+r.Poll.Revised || len(r.Seen) != r.Poll.Known {
		m.t.Errorf("poll does not add up: %+v", r.Poll)
	}
	for _, a := range r.Articles {
		old, found := m.articles[a.Article.ID]
		if found {
			a.Article.Published, a.Article.Countable = old.Published, old.Countable
			a.Article.Dated, a.Article.FirstSeen = old.Dated, old.FirstSeen
		} else {
			old = a.Article
		}
		if a.Article.Published.IsZero() || a.Article.Published.After(a.Article.FirstSeen) {
			m.t.Errorf("article published %s, first seen %s", a.Article.Published, a.Article.FirstSeen)
		}
		m.articles[a.Article.ID] = a.Article
		known := timeline.Known{
			Article: a.Article.ID, Content: timeline.ContentHash(a.Article.Title, a.Article.Text),
			Revision: a.Article.Revision, InFeed: true, Feed: old.Feed, Published: a.Article.Published,
		}
		for _, k := range a.Identity.Keys {
			key := timeline.ArticleID(a.Identity.Publisher, a.Identity.Feed, k)
			if other, taken := m.known[key]; !taken || other.Article == known.Article {
				m.known[key] = known
			}
		}
	}
	m.states[r.Poll.Feed] = r.State
	m.polls = append(m.polls, r)
	return nil
}

// wordless is a Reader that reads nothing.
type wordless struct{}

func (wordless) Read(*timeline.Article) timeline.Facts { return timeline.Facts{} }

// bench is a collector of one feed called "feed" and the server it is on.
type bench struct {
	*Collector
	record *memory
	server *httptest.Server
	now    time.Time
}

// ready is when every bench's clock stands: just after the items of rss are
// published.
var ready = time.Date(2025, time.January, 12, 8, 0, 0, 0, time.UTC)

// newBench serves the handler on loopback and polls /feed there; change, when
// not nil, may alter the options before the collector is made.
func newBench(t *testing.T, handler http.Handler, change func(*Options)) *bench {
	t.Helper()
	b := &bench{record: newMemory(t), now: ready}
	if handler != nil {
		b.server = httptest.NewServer(handler)
		t.Cleanup(b.server.Close)
	}
	o := Options{
		Config: DefaultConfig(),
		Feeds:  []Feed{{Name: "feed", Publisher: "Example News", Timezone: "Asia/Baghdad"}},
		Zone:   time.UTC,
		Record: b.record,
		Reader: wordless{},
		Logger: slog.New(slog.DiscardHandler),
		Now:    func() time.Time { return b.now },
	}
	if b.server != nil {
		o.Feeds[0].URL = b.server.URL + "/feed"
	}
	o.Config.AllowPrivate.All = true
	o.Config.Timeout = 10 * time.Second
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b.Collector = c
	return b
}

// poll polls the feed at the bench's time.
func (b *bench) poll(t *testing.T) timeline.PollResult {
	t.Helper()
	p, err := b.Poll(t.Context(), "feed", b.now)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Sums() {
		t.Errorf("poll does not add up: %+v", p)
	}
	last := b.record.polls[len(b.record.polls)-1]
	if last.Poll.ID != p.ID {
		t.Errorf("recorded poll %s, returned %s", last.Poll.ID, p.ID)
	}
	return last
}

// body is a handler that answers with a document.
func body(contentType, document string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(document)) // the reader may have gone
	}
}

// rss is a feed of the items' XML.
func rss(items ...string) string {
	doc := `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Example</title><language>ar-IQ</language>`
	for _, item := range items {
		doc += "<item>" + item + "</item>"
	}
	return doc + "</channel></rss>"
}

const (
	first  = `<guid>a1</guid><title>Two groups merge</title><link>https://example.org/a/1</link><pubDate>Sun, 12 Jan 2025 07:00:00 GMT</pubDate>`
	second = `<guid>a2</guid><title>Talks begin</title><link>https://example.org/a/2</link><pubDate>Sun, 12 Jan 2025 07:30:00 GMT</pubDate>`
	third  = `<guid>a3</guid><title>Talks end</title><link>https://example.org/a/3</link><pubDate>Sun, 12 Jan 2025 08:05:00 GMT</pubDate>`
)

func secret(s string) scalar.Secret { return scalar.NewSecret(s) }

func secrets(header string) map[string]scalar.Secret {
	return map[string]scalar.Secret{header: secret("hunter2")}
}

// found is an answer with a document.
func found(r *http.Request, document string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(document)), Request: r}
}

package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// paper is a site with a feed and the pages of its articles, and a record that
// it is read into.
type paper struct {
	*httptest.Server
	record *sqlite.Record
	now    time.Time

	mu    sync.Mutex
	items []string // XML of the feed's
	pages map[string]http.HandlerFunc
	asked []string // paths, in order
}

func newPaper(t *testing.T) *paper {
	t.Helper()
	record, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "record.db")}, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = record.Close() })
	if err := record.SyncFeeds(t.Context(), []timeline.Feed{{Name: "feed", Publisher: "Example News", Enabled: true}}); err != nil {
		t.Fatal(err)
	}
	p := &paper{record: record, now: ready, pages: make(map[string]http.HandlerFunc)}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *paper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.URL.Path)
	page := p.pages[r.URL.Path]
	items := p.items
	p.mu.Unlock()
	switch {
	case r.URL.Path == "/feed":
		body("application/rss+xml", rss(items...))(w, r)
	case page == nil:
		http.NotFound(w, r)
	default:
		page(w, r)
	}
}

// print adds an article to the feed, and its page.
func (p *paper) print(path, title string, page http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items = append(p.items, fmt.Sprintf("<guid>%s</guid><title>%s</title><link>%s%s</link><description>In brief.</description>", path, title, p.URL, path))
	p.pages[path] = page
}

// times gives how often the path was asked for.
func (p *paper) times(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, asked := range p.asked {
		if asked == path {
			n++
		}
	}
	return n
}

// collector makes one as a process does that was just started.
func (p *paper) collector(t *testing.T, pages PageRecord) *Collector {
	t.Helper()
	cfg := DefaultConfig()
	cfg.AllowPrivate.Prefixes = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	cfg.PerHost = 4
	c, err := New(Options{
		Config: cfg, Zone: time.UTC, Record: p.record, Pages: pages, Reader: wordless{}, Logger: slog.New(slog.DiscardHandler),
		Feeds: []Feed{{Name: "feed", URL: p.URL + "/feed", Publisher: "Example News", FullText: true}},
		Now:   func() time.Time { return p.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	c.pageReader.interval = 0
	return c
}

// poll polls the feed and reads pages until none is due.
func (p *paper) poll(t *testing.T, c *Collector) timeline.Poll {
	t.Helper()
	p.now = p.now.Add(10 * time.Minute)
	poll, err := c.Poll(t.Context(), "feed", p.now)
	if err != nil {
		t.Fatal(err)
	}
	p.read(t, c)
	return poll
}

func (p *paper) read(t *testing.T, c *Collector) {
	t.Helper()
	for {
		tried, err := c.ReadPages(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if tried == 0 {
			return
		}
	}
}

// article gives the article that the feed has under the path.
func (p *paper) article(t *testing.T, path string) timeline.Article {
	t.Helper()
	id := timeline.ArticleID("Example News", "feed", timeline.Key{Kind: timeline.KeyGUID, Value: path})
	read, err := p.record.Article(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return read.Article
}

func (p *paper) counts(t *testing.T) timeline.PageCounts {
	t.Helper()
	feeds, err := p.record.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return feeds[0].Pages
}

// story is a web page with an article of some paragraphs and what surrounds it.
func story(title string, paragraphs ...string) string {
	return "<!doctype html><html><head><title>" + title + "</title></head><body><nav><a href='/'>Home</a> <a href='/world'>World</a></nav><article><h1>" +
		title + "</h1><p>" + strings.Join(paragraphs, "</p><p>") + "</p></article><footer>All rights reserved</footer></body></html>"
}

const (
	talks       = "Talks between the two groups ended on Friday, mediators said, without an agreement on the return of 1,200 displaced families to the valley."
	talksFailed = "A second round is to begin in six weeks, and both sides said that they would keep the truce until then, observers in the valley reported."
	talksArabic = "انتهت يوم الجمعة المحادثات بين الجماعتين من دون اتفاق على عودة ألف ومئتي عائلة نازحة إلى الوادي، بحسب ما قال الوسطاء للصحفيين في ختام الجلسة الأخيرة."
)

func TestReadPages(t *testing.T) {
	arabic, err := charmap.Windows1256.NewEncoder().String(story("انتهاء المحادثات بين الجماعتين", talksArabic, talksArabic))
	if err != nil {
		t.Fatal(err)
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	html := func(page string) http.HandlerFunc { return body("text/html; charset=utf-8", page) }
	const title = "Talks between groups end"
	tests := []struct {
		name  string
		title string
		page  http.HandlerFunc
		want  string // of the article's text; the feed's when empty
		error string
		tries int // requests for the page until it is given up, 1 when 0
	}{
		{name: "article", page: html(story(title, talks, talksFailed)), want: talks + "\n" + talksFailed},
		{name: "Arabic, encoding named by the page", title: "انتهاء المحادثات بين الجماعتين", page: body("text/html", strings.Replace(arabic, "<head>", "<head><meta charset=windows-1256>", 1)), want: talksArabic + "\n" + talksArabic},
		{name: "Arabic, encoding not named", title: "انتهاء المحادثات بين الجماعتين", page: body("text/html", arabic), want: talksArabic + "\n" + talksArabic},
		{name: "redirect", page: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				http.Redirect(w, r, r.URL.Path+"?to=article", http.StatusFound)
				return
			}
			html(story(title, talks, talksFailed))(w, r)
		}, want: talks + "\n" + talksFailed, tries: 2},
		{name: "not found", page: status(http.StatusNotFound), error: "HTTP 404"},
		{name: "forbidden for now and for good", page: status(http.StatusForbidden), error: "HTTP 403", tries: 4},
		{name: "server error", page: status(http.StatusInternalServerError), error: "HTTP 500", tries: 4},
		{name: "huge", page: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for line := bytes.Repeat([]byte("<p>and so on</p>\n"), 1000); ; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, error: "the page is larger than 4194304 bytes"},
		{name: "no page", page: body("application/pdf", "%PDF-1.7"), error: "not a web page (application/pdf)"},
		{name: "private address", page: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.2:1/", http.StatusFound)
		}, error: "127.0.0.2 is a private address"},
		{name: "round and round", page: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, error: "more than 5 redirects", tries: 6},
		{name: "consent", page: html(story("Before you go on", strings.Repeat("We and our partners store information on your device. ", 20))), error: "another text"},
		{name: "no more than the feed", page: html(story("")), error: "no"},
		{name: "deep", page: html(strings.Repeat("<div>", 100_000) + talks), error: "no"},
		{name: "many elements", page: html(story(title, strings.Repeat("<b>x</b>", 60_000))), error: "no article is found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPaper(t)
			c := p.collector(t, p.record)
			if tt.title == "" {
				tt.title = title
			}
			p.print("/page", tt.title, tt.page)
			if poll := p.poll(t, c); poll.New != 1 {
				t.Fatalf("%d new, want 1", poll.New)
			}
			for range 5 { // until there is nothing left to wait for
				p.now = p.now.Add(3 * time.Hour)
				p.read(t, c)
			}
			counts, a := p.counts(t), p.article(t, "/page")
			if tt.want != "" {
				if a.Text != tt.want || !a.FromPage || a.Revision != 1 || counts != (timeline.PageCounts{Read: 1}) {
					t.Errorf("text %q, from the page: %v, revision %d; %+v", a.Text, a.FromPage, a.Revision, counts)
				}
			} else if a.Text != "In brief." || a.FromPage || counts.Failed != 1 || !strings.Contains(counts.LastError, tt.error) {
				t.Errorf("text %q; %+v, want the feed's text and %q", a.Text, counts, tt.error)
			}
			if got := p.times("/page"); got != max(tt.tries, 1) {
				t.Errorf("asked %d times, want %d", got, max(tt.tries, 1))
			}
			if poll := p.poll(t, p.collector(t, p.record)); poll.New+poll.Revised != 0 {
				t.Errorf("next poll: %+v, want nothing new", poll)
			}
		})
	}
}

func TestReadPagesRobots(t *testing.T) {
	tests := []struct {
		name, robots string
		status       int
		path         string
		want         string // error; none when empty
		waits        bool
	}{
		{"forbidden", "User-agent: *\nDisallow: /news/", 200, "/news/1", "the robots.txt of", false},
		{"allowed", "User-agent: *\nDisallow: /news/", 200, "/other/1", "", false},
		{"forbidden to us", "User-agent: *\nAllow: /\n\nUser-agent: marsad\nDisallow: /", 200, "/news/1", "forbids this page to Marsad", false},
		{"the longest rule", "User-agent: *\nDisallow: /\nAllow: /news/", 200, "/news/1", "", false},
		{"lines nobody knows", "\ufeffnonsense\nCrawl-delay: soon\nDisallow: /news/\nUser-agent: *\nCrawl-delay: x\nNoindex: /\nDisallow: /other/ # not these", 200, "/other/1", "forbids", false},
		{"none", "", 404, "/news/1", "", false},
		{"out of order", "", 503, "/news/1", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPaper(t)
			c := p.collector(t, p.record)
			p.print(tt.path, "Talks end", body("text/html", story("Talks end", talks)))
			p.pages["/robots.txt"] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.robots)) // the reader may have gone
			}
			p.poll(t, c)
			counts := p.counts(t)
			switch {
			case tt.waits:
				if counts.Waiting != 1 || p.times(tt.path) != 0 {
					t.Errorf("%+v, asked %d times; want it to wait", counts, p.times(tt.path))
				}
			case tt.want == "":
				if counts.Read != 1 {
					t.Errorf("%+v, want it read", counts)
				}
			default:
				if counts.Failed != 1 || !strings.Contains(counts.LastError, tt.want) || p.times(tt.path) != 0 {
					t.Errorf("%+v, asked %d times; want none and %q", counts, p.times(tt.path), tt.want)
				}
			}
		})
	}
}

// brittle is a record that cannot take what became of a page.
type brittle struct {
	*sqlite.Record
	broken bool
}

func (b *brittle) CommitPage(ctx context.Context, r timeline.PageResult) error {
	if b.broken {
		return errors.New("disk full")
	}
	return b.Record.CommitPage(ctx, r)
}

// Between the fetch and its commit the process may end; the page waits on.
func TestReadPagesRestart(t *testing.T) {
	p := newPaper(t)
	p.print("/page", "Talks end", body("text/html", story("Talks end", talks)))
	record := &brittle{p.record, true}
	c := p.collector(t, record)
	if _, err := c.Poll(t.Context(), "feed", p.now); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ReadPages(t.Context()); err == nil {
		t.Error("no error, though the record took nothing")
	}
	if counts := p.counts(t); counts != (timeline.PageCounts{Waiting: 1}) {
		t.Errorf("%+v, want it to wait", counts)
	}
	record.broken = false
	p.read(t, p.collector(t, record))
	if a := p.article(t, "/page"); a.Text != talks {
		t.Errorf("text %q, want the page's", a.Text)
	}
}

// A page that does not come is waited for no longer than collector.timeout.
func TestReadPagesSlow(t *testing.T) {
	p := newPaper(t)
	p.print("/slow", "Talks end", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := p.collector(t, p.record)
	if _, err := c.Poll(t.Context(), "feed", p.now); err != nil {
		t.Fatal(err)
	}
	c.pageReader.fetcher.timeout = 200 * time.Millisecond
	p.read(t, c)
	if counts := p.counts(t); counts.Waiting != 1 {
		t.Errorf("%+v, want another try", counts)
	}
	if a := p.article(t, "/slow"); a.Text != "In brief." {
		t.Errorf("text %q, want the feed's", a.Text)
	}
}

// A host that asks for less is left alone, with all of its pages.
func TestReadPagesBusy(t *testing.T) {
	p := newPaper(t)
	for i := range 5 {
		p.print(fmt.Sprintf("/%d", i), "Talks end", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		})
	}
	c := p.collector(t, p.record)
	p.poll(t, c)
	p.now = p.now.Add(59 * time.Minute)
	p.read(t, c)
	asked := 0
	for i := range 5 {
		asked += p.times(fmt.Sprintf("/%d", i))
	}
	if asked != 1 {
		t.Errorf("asked for %d pages within the hour, want 1", asked)
	}
	p.now = p.now.Add(2 * time.Minute)
	if tried, err := c.ReadPages(t.Context()); tried != 5 || err != nil {
		t.Errorf("after the hour %d tried, %v; want 5", tried, err)
	}
}

// A revision keeps the text of the page until that is read again.
func TestReadPagesRevision(t *testing.T) {
	p := newPaper(t)
	p.print("/page", "Talks end", body("text/html", story("Talks end", talks)))
	c := p.collector(t, p.record)
	p.poll(t, c)
	p.mu.Lock()
	p.items[0] = strings.Replace(p.items[0], "Talks end", "Talks between groups end", 1)
	p.pages["/page"] = body("text/html", story("Talks end", talks, talksFailed))
	p.mu.Unlock()
	p.now = p.now.Add(10 * time.Minute)
	if poll, err := c.Poll(t.Context(), "feed", p.now); err != nil || poll.Revised != 1 {
		t.Fatalf("%+v, %v; want 1 revised", poll, err)
	}
	if a := p.article(t, "/page"); a.Text != talks || a.Title != "Talks between groups end" || a.Revision != 2 {
		t.Errorf("revision %d: %q, %q; want the new title over the page's text", a.Revision, a.Title, a.Text)
	}
	p.read(t, c)
	if a := p.article(t, "/page"); a.Text != talks+"\n"+talksFailed || a.Revision != 2 {
		t.Errorf("revision %d: %q, want the page as it is now", a.Revision, a.Text)
	}
	if poll := p.poll(t, c); poll.New+poll.Revised != 0 {
		t.Errorf("next poll: %+v, want nothing new", poll)
	}
}

package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
	"marsad/timeline/timelinetest"
)

// The pages are looked at in a browser by tools/browser, where there is one:
//
//	go build -C tools/browser -o /tmp/browser .
//	MARSAD_BROWSER=/tmp/browser MARSAD_AXE=axe.min.js go test -run TestInBrowser ./internal/web
//
// MARSAD_AXE is axe.min.js of axe-core; without it pages are not held to it.
// MARSAD_SCREENSHOTS is a folder for a picture of each page; empty: none.
const (
	browserEnv     = "MARSAD_BROWSER"
	axeEnv         = "MARSAD_AXE"
	screenshotsEnv = "MARSAD_SCREENSHOTS"
)

// browser is a running tools/browser.
type browser struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

// startBrowser starts one that ends with the test.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path := os.Getenv(browserEnv)
	if path == "" {
		t.Skip("SKIPPED: no page is looked at in a browser: " + browserEnv + " names no build of tools/browser")
	}
	cmd := exec.CommandContext(t.Context(), path, "-axe", os.Getenv(axeEnv))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	b := &browser{in, bufio.NewScanner(out)}
	b.out.Buffer(nil, 16<<20)
	return b
}

// look is what tools/browser is asked.
type look struct {
	URL        string `json:"url"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Dark       bool   `json:"dark"`
	Screenshot string `json:"screenshot"`
	Eval       string `json:"eval"`
}

// look looks at a page, in which nothing may be wrong, and gives the value of Eval.
func (b *browser) look(t *testing.T, l look) any {
	t.Helper()
	line, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.in.Write(append(line, '\n')); err != nil {
		t.Fatal(err)
	}
	if !b.out.Scan() {
		t.Fatalf("%s: the browser gives no answer: %v", l.URL, b.out.Err())
	}
	var found struct {
		Problems []string `json:"problems"`
		Value    any      `json:"value"`
	}
	if err := json.Unmarshal(b.out.Bytes(), &found); err != nil {
		t.Fatal(err)
	}
	for _, problem := range found.Problems {
		t.Errorf("%s, %d pixels wide, dark: %t: %s", l.URL, l.Width, l.Dark, problem)
	}
	return found.Value
}

// serve serves pages on loopback for as long as the test runs. told has an entry when
// the stream's first event was sent.
func serve(t *testing.T, s *Server) (base string, told <-chan bool) {
	t.Helper()
	events := make(chan bool, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == streamPath {
			w = &streamWriter{w, events}
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.live.end()
		server.Close()
	})
	return server.URL, events
}

// streamWriter says when something was sent.
type streamWriter struct {
	http.ResponseWriter

	sent chan<- bool
}

// FlushError is what http.ResponseController calls.
func (w *streamWriter) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	select {
	case w.sent <- true:
	default:
	}
	return err
}

// SetWriteDeadline does nothing: the clock of the tests stands still.
func (w *streamWriter) SetWriteDeadline(time.Time) error { return nil }

// filledRecord has a month of news in three languages up to now, and the Arabic article.
func filledRecord(t *testing.T) *sqlite.Record {
	t.Helper()
	cfg := sqlite.DefaultConfig()
	cfg.Path = filepath.Join(t.TempDir(), "record.db")
	stories := story.DefaultConfig()
	record, err := sqlite.Open(t.Context(), cfg, sqlite.Options{Step: 10 * time.Minute, StoryCap: 5, Stories: story.New(stories), Events: story.NewEvents(stories, nil)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	})
	timelinetest.Fill(t, record, now, 30, 60, 1)
	seed := arabic()
	seed.Article.URL = "https://example.org/seed" // Fill has others
	commitArticle(t, record, seed)
	for {
		more, err := record.IndexWords(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return record
		}
	}
}

// commitArticle records a poll that brought the article.
func commitArticle(t *testing.T, record *sqlite.Record, a timeline.ReadArticle) {
	t.Helper()
	a.Article.Feed, a.Article.Publisher, a.Article.Story = "example-ar", "Example News", ""
	a.Identity = timeline.Identity{Feed: a.Article.Feed, Publisher: a.Article.Publisher, Keys: []timeline.Key{{Kind: timeline.KeyLink, Value: a.Article.URL}}}
	result := timeline.PollResult{
		Poll:     timeline.Poll{ID: timeline.PollID(a.Article.Feed, a.Article.FirstSeen), Feed: a.Article.Feed, Scheduled: now, At: now, Outcome: timeline.OutcomeOK, Fetched: 1, New: 1},
		Articles: []timeline.ReadArticle{a}, State: timeline.FeedState{Feed: a.Article.Feed, FirstPoll: now.AddDate(0, -1, 0), LastPoll: now, LastOutcome: timeline.OutcomeOK},
	}
	if err := record.CommitPoll(t.Context(), result); err != nil {
		t.Fatal(err)
	}
}

// overRecord serves the record in a language, by its own clock.
func overRecord(t *testing.T, record *sqlite.Record, language string) *Server {
	t.Helper()
	m := fill()
	return newServer(t, m, func(_ *Config, o *Options) {
		o.Articles, o.Facts, o.Feeds, o.Series, o.Incidents, o.Search, o.Changes = record, record, record, record, record, record, record
		o.FactDesk = readingsOnly{m, record}
		o.Language = language
		for _, name := range timelinetest.Topics()[1:] {
			o.Topics = append(o.Topics, timeline.Topic{Name: name, Title: timeline.Text{"en": name, "ar": name}, Any: []string{name}})
		}
		o.Notes = []string{"Slack is not set up."}
	})
}

// readingsOnly reads out of the record, and corrects nothing.
type readingsOnly struct {
	*memory

	record *sqlite.Record
}

// Readings gives the facts as they are.
func (r readingsOnly) Readings(ctx context.Context, article string) ([]timeline.Reading, error) {
	a, err := r.record.Article(ctx, article)
	return timeline.Readings(&a.Article, a.Facts, nil), err
}

// everyPage gives a path of each page of a server that has something of everything.
func everyPage(t *testing.T, s *Server) []string {
	t.Helper()
	ids := idsOf(t, s)
	pages := []string{
		"/", "/topics/group-merger", "/topics/group-merger?span=1y", "/articles", "/stories", "/events", "/search?q=men", "/explain", "/incidents", "/feeds", "/polls",
		"/nothing", "/articles?from=yesterday",
	}
	for list, id := range ids {
		pages = append(pages, strings.TrimPrefix(strings.TrimSuffix(list, "{id}"), "/api/v1")+url.PathEscape(id))
	}
	return append(pages, "/articles/"+arabic().Article.ID)
}

// The windows that pages are looked at in: both languages and themes, wide and on a
// phone, each with each other.
func windows() []struct {
	language string
	dark     bool
	width    int
} {
	return []struct {
		language string
		dark     bool
		width    int
	}{{"en", false, 1280}, {"en", true, 390}, {"ar", false, 390}, {"ar", true, 1280}}
}

// picture names the file of a page's picture; empty when none is wanted.
func picture(language string, dark bool, width int, path string) string {
	folder := os.Getenv(screenshotsEnv)
	if folder == "" {
		return ""
	}
	if i := strings.LastIndexByte(path, '/'); i > 0 && len(path)-i > 20 {
		path = path[:i] + "/one"
	}
	name := strings.NewReplacer("/", "_", "?", "_", "=", "_").Replace(path)
	theme := "light"
	if dark {
		theme = "dark"
	}
	return filepath.Join(folder, language+"-"+theme+"-"+strconv.Itoa(width)+name+".png")
}

// TestInBrowser looks at every page of a filled record: the console says nothing, the
// policy stops nothing, nothing comes from elsewhere, nothing is wider than the window,
// and axe-core has no serious finding.
func TestInBrowser(t *testing.T) {
	b := startBrowser(t)
	record := filledRecord(t)
	for _, w := range windows() {
		s := overRecord(t, record, w.language)
		base, _ := serve(t, s)
		for _, path := range everyPage(t, s) {
			if path == "/nothing" || strings.Contains(path, "yesterday") {
				continue // a refused page is an error of the console's
			}
			b.look(t, look{URL: base + path, Width: w.width, Height: 1000, Dark: w.dark, Screenshot: picture(w.language, w.dark, w.width, path)})
		}
	}
}

// TestHostileInBrowser looks at what feeds may try: nothing of it runs, and nothing
// breaks out of the layout.
func TestHostileInBrowser(t *testing.T) {
	b := startBrowser(t)
	m := hostileRecord()
	s := newServer(t, m, func(_ *Config, o *Options) {
		o.Notes = []string{hostile}
		o.Topics[0].Title = timeline.Text{"en": hostile}
	})
	base, _ := serve(t, s)
	for i, path := range []string{
		"/", "/topics/group-merger?span=1y", "/articles", "/articles/" + m.articles[0].Article.ID, "/articles/" + m.articles[1].Article.ID, "/stories", "/events",
		"/search?q=a", "/feeds", "/polls", "/incidents", "/incidents/" + m.incidents[0].ID,
	} {
		width := 390 + i%2*890
		b.look(t, look{URL: base + path, Width: width, Height: 1000, Screenshot: picture("hostile", false, width, path)})
	}
}

// TestLiveInBrowser has an open page show what is recorded meanwhile.
func TestLiveInBrowser(t *testing.T) {
	b := startBrowser(t)
	record := filledRecord(t)
	s := overRecord(t, record, "en")
	base, told := serve(t, s)
	watching, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Watch(watching) }()
	defer func() {
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	go func() {
		<-told // the page listens
		a := arabic()
		a.Article.ID, a.Article.URL, a.Article.Title = timeline.Hash("late"), "https://example.org/late", "News that came late"
		a.Article.Published, a.Article.FirstSeen = now.Add(-time.Minute), now
		reading := a.Article.Reading()
		a.Facts = timeline.Facts{Mentions: []timeline.Mention{{Topic: "group-merger", Spans: []timeline.Span{at(reading, "late")}}}}
		commitArticle(t, record, a)
	}()
	shown := b.look(t, look{URL: base + "/topics/group-merger", Width: 1280, Height: 1000, Eval: `new Promise((resolve) => {
		const main = document.querySelector("main");
		const shown = () => main.textContent.includes("News that came late") && resolve(true);
		new MutationObserver(shown).observe(main, {childList: true, subtree: true});
		setTimeout(() => resolve(false), 15000);
		shown();
	})`})
	if shown != true {
		t.Error("the page does not show what was recorded while it was open")
	}
}

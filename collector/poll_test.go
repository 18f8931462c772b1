package collector

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// changing is a handler whose document a test replaces between polls.
type changing struct {
	mu       sync.Mutex
	document string
}

func (c *changing) set(document string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.document = document
}

func (c *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body("application/rss+xml", c.document)(w, r)
}

func TestPollOverTime(t *testing.T) {
	feed := &changing{}
	b := newBench(t, feed, nil)
	steps := []struct {
		name     string
		document string
		later    time.Duration
		want     timeline.Poll // the sums alone
		outcome  timeline.Outcome
	}{
		{"first poll", rss(second, first), 0, timeline.Poll{Fetched: 2, New: 2}, timeline.OutcomeOK},
		{"same bytes", rss(second, first), 10 * time.Minute, timeline.Poll{}, timeline.OutcomeUnchanged},
		{"one more", rss(third, second, first), 10 * time.Minute, timeline.Poll{Fetched: 3, New: 1, Known: 2}, timeline.OutcomeOK},
		{
			"white space only", rss(third, second, "<guid>a1</guid><title>Two  groups\n merge </title><link>https://example.org/a/1</link>"), 10 * time.Minute,
			timeline.Poll{Fetched: 3, Known: 3},
			timeline.OutcomeOK,
		},
		{
			"another title and date", rss(third, second, `<guid>a1</guid><title>Three groups merge</title><pubDate>Sun, 12 Jan 2025 08:20:00 GMT</pubDate>`),
			10 * time.Minute,
			timeline.Poll{Fetched: 3, Known: 2, Revised: 1},
			timeline.OutcomeOK,
		},
		{"gone", rss(third), 10 * time.Minute, timeline.Poll{Fetched: 1, Known: 1}, timeline.OutcomeOK},
		{
			"back with its new title", rss(third, `<guid>a1</guid><title>Three groups merge</title>`), 10 * time.Minute,
			timeline.Poll{Fetched: 2, Known: 2},
			timeline.OutcomeOK,
		},
	}
	for _, s := range steps {
		feed.set(s.document)
		b.now = b.now.Add(s.later)
		r := b.poll(t)
		got := timeline.Poll{Fetched: r.Poll.Fetched, New: r.Poll.New, Known: r.Poll.Known, Revised: r.Poll.Revised, Rejected: r.Poll.Rejected}
		if diff := cmp.Diff(s.want, got); diff != "" || r.Poll.Outcome != s.outcome {
			t.Errorf("%s: outcome %s, want %s; sums (-want +got):\n%s", s.name, r.Poll.Outcome, s.outcome, diff)
		}
	}

	id := timeline.ArticleID("Example News", "feed", timeline.Key{Kind: timeline.KeyGUID, Value: "a1"})
	got := b.record.articles[id]
	if got.Title != "Three groups merge" || got.Revision != 2 || !got.Published.Equal(ready.Add(-time.Hour)) {
		t.Errorf("revised article: title %q, revision %d, published %s", got.Title, got.Revision, got.Published)
	}
	if zone := got.Published.Location().String(); zone != "Asia/Baghdad" {
		t.Errorf("published in zone %s: want the feed's", zone)
	}
	if got.Lang != "ar" {
		t.Errorf("language %q: want that of the document", got.Lang)
	}
}

// When nothing is left of what a feed had, some may have come and gone.
func TestPollOverflow(t *testing.T) {
	feed := &changing{}
	b := newBench(t, feed, nil)
	tests := []struct {
		name     string
		document string
		want     []timeline.Mark
	}{
		{"first poll", rss(first), nil},
		{"one more", rss(second, first), nil},
		{"all new", rss(third), []timeline.Mark{timeline.MarkOverflow}},
		{"empty", rss(), nil},
		{"after an empty one", rss(`<guid>a4</guid><title>Talks fail</title>`), nil},
		{"known again", rss(first), nil},
	}
	for _, tt := range tests {
		feed.set(tt.document)
		b.now = b.now.Add(10 * time.Minute)
		r := b.poll(t)
		if diff := cmp.Diff(tt.want, r.Poll.Marks); diff != "" {
			t.Errorf("%s: marks (-want +got):\n%s", tt.name, diff)
		}
	}
	state := b.record.states["feed"]
	if want := ready.Add(30 * time.Minute); !state.Overflowed.Equal(want) {
		t.Errorf("overflowed at %s, want %s", state.Overflowed, want)
	}
	if diff := cmp.Diff([]timeline.Mark{timeline.MarkOverflow}, state.Marks()); diff != "" {
		t.Errorf("marks of the feed (-want +got):\n%s", diff)
	}
	b.now = b.now.Add(24 * time.Hour)
	b.poll(t)
	if state := b.record.states["feed"]; state.Marks() != nil {
		t.Errorf("a day later the feed still has the marks %v", state.Marks())
	}
}

func TestPollArticlesOldestFirst(t *testing.T) {
	b := newBench(t, body("text/xml", rss(third, first, `<guid>u2</guid><title>Undated, below</title>`, `<guid>u1</guid><title>Undated, above</title>`, second)), nil)
	b.now = ready.Add(time.Hour)
	var got []string
	for _, a := range b.poll(t).Articles {
		got = append(got, a.Article.Title)
	}
	want := []string{"Two groups merge", "Talks begin", "Talks end", "Undated, above", "Undated, below"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestPollRejects(t *testing.T) {
	items := []string{first, second, first, `<guid>empty</guid><description>&lt;img src="x.png"/&gt;</description>`}
	for i := range 3 {
		items = append(items, fmt.Sprintf("<guid>more-%d</guid><title>More %d</title>", i, i))
	}
	b := newBench(t, body("text/xml", rss(items...)), func(o *Options) { o.Config.MaxItems = 5 })
	got := b.poll(t).Poll
	if got.Fetched != 7 || got.New != 3 || got.Rejected != 4 {
		t.Errorf("fetched %d, new %d, rejected %d: want 7, 3, 4", got.Fetched, got.New, got.Rejected)
	}
	want := map[string]int{ReasonDuplicate: 1, ReasonEmpty: 1, ReasonTooMany: 2}
	if diff := cmp.Diff(want, got.Reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

func TestPollValidatorsVerbatim(t *testing.T) {
	for _, etag := range []string{`"abc"`, `W/"abc"`, `abc`, `"a b,c"`} {
		t.Run(etag, func(t *testing.T) {
			const modified = "Sunday, 12-Jan-25 07:00:00 GMT"
			var conditions []string
			b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conditions = append(conditions, r.Header.Get("If-None-Match")+"|"+r.Header.Get("If-Modified-Since"))
				if r.Header.Get("If-None-Match") != "" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				w.Header()["Etag"] = []string{etag}
				w.Header().Set("Last-Modified", modified)
				body("text/xml", rss(first))(w, r)
			}), nil)
			b.poll(t)
			b.now = b.now.Add(10 * time.Minute)
			r := b.poll(t)
			if r.Poll.Outcome != timeline.OutcomeUnchanged || r.Poll.Status != http.StatusNotModified || r.Poll.Fetched != 0 {
				t.Errorf("second poll: %+v", r.Poll)
			}
			if diff := cmp.Diff([]string{"|", etag + "|" + modified}, conditions); diff != "" {
				t.Errorf("conditions (-want +got):\n%s", diff)
			}
			if !r.State.LastSuccess.Equal(b.now) || r.State.ETag != etag {
				t.Errorf("state after 304: %+v", r.State)
			}
		})
	}
}

// A poll that the record cannot take changes nothing: the same items come again.
func TestPollNotRecorded(t *testing.T) {
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			t.Error("validator sent of a document that was never recorded")
		}
		w.Header().Set("ETag", `"1"`)
		body("text/xml", rss(first))(w, r)
	}), nil)
	b.record.fail = errors.New("disk full")
	if _, err := b.Poll(t.Context(), "feed", b.now); !errors.Is(err, b.record.fail) {
		t.Errorf("error %v: want the record's", err)
	}
	if got := b.Stats().Unrecorded; got != 1 {
		t.Errorf("%d unrecorded polls counted: want 1", got)
	}
	b.record.fail = nil
	if r := b.poll(t); r.Poll.New != 1 {
		t.Errorf("after the failure %d new: want 1", r.Poll.New)
	}
}

func TestPollBrokenOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := newBench(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}), nil)
	if _, err := b.Poll(ctx, "feed", b.now); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v: want that of the context", err)
	}
	if len(b.record.polls) != 0 {
		t.Error("a poll that was broken off is recorded")
	}
}

func TestPollUnknownFeed(t *testing.T) {
	b := newBench(t, body("text/xml", rss()), nil)
	if _, err := b.Poll(t.Context(), "other", b.now); !errors.Is(err, ErrUnknownFeed) {
		t.Errorf("error %v: want ErrUnknownFeed", err)
	}
}

// A failed poll is a row of the ledger and keeps what the next one needs.
func TestPollFailureKeepsState(t *testing.T) {
	feed := &changing{}
	fails := false
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fails {
			w.Header().Set("ETag", `"error page"`)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("ETag", `"1"`)
		feed.ServeHTTP(w, r)
	}), nil)
	feed.set(rss(first))
	good := b.poll(t).State
	fails = true
	for failures := 1; failures <= 2; failures++ {
		b.now = b.now.Add(10 * time.Minute)
		r := b.poll(t)
		if r.State.Failures != failures || r.State.ETag != `"1"` || r.State.BodyHash != good.BodyHash || !r.State.LastSuccess.Equal(good.LastSuccess) {
			t.Errorf("after failure %d: %+v", failures, r.State)
		}
		if r.State.LastError != "HTTP 503 Service Unavailable" || r.Poll.Error != r.State.LastError || !r.State.NextPoll.After(b.now) {
			t.Errorf("after failure %d: error %q, next poll %s", failures, r.State.LastError, r.State.NextPoll)
		}
	}
	fails = false
	feed.set(rss(second, first))
	b.now = b.now.Add(10 * time.Minute)
	if r := b.poll(t); r.State.Failures != 0 || r.State.LastError != "" || r.Poll.New != 1 || r.Poll.Known != 1 {
		t.Errorf("back: %+v", r)
	}
}

// One article in two feeds of a publisher, in two lengths, is revised by its own
// feed alone.
func TestPollSisterFeeds(t *testing.T) {
	short, long := &changing{}, &changing{}
	mux := http.NewServeMux()
	mux.Handle("/short", short)
	mux.Handle("/long", long)
	b := newBench(t, mux, nil)
	o := Options{Config: DefaultConfig(), Zone: time.UTC, Record: b.record, Reader: wordless{}, Logger: b.logger, Now: b.Collector.now}
	o.Config.AllowPrivate.All = true
	for _, name := range []string{"short", "long"} {
		o.Feeds = append(o.Feeds, Feed{Name: name, Publisher: "One", URL: b.server.URL + "/" + name})
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	item := func(text string) string {
		return rss("<guid>https://example.org/a/1</guid><title>Merger</title><description>" + text + "</description>")
	}
	for i, step := range []struct {
		feed     *changing
		name     string
		document string
		want     [3]int // new, known, revised
	}{
		{short, "short", item("Two groups."), [3]int{1, 0, 0}},
		{long, "long", item("Two groups have merged."), [3]int{0, 1, 0}},
		{short, "short", item("Two groups. "), [3]int{0, 1, 0}},
		{long, "long", item("Two groups have merged, at last."), [3]int{0, 1, 0}},
		{short, "short", item("Three groups."), [3]int{0, 0, 1}},
	} {
		step.feed.set(step.document)
		b.now = b.now.Add(time.Minute)
		p, err := c.Poll(t.Context(), step.name, b.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]int{p.New, p.Known, p.Revised}; got != step.want {
			t.Errorf("step %d, %s: new, known, revised %v: want %v", i, step.name, got, step.want)
		}
	}
}

package collector

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline"
)

// Two hours of a hundred feeds: each is polled soon after the start and then at
// every tick of its own, never two at the same host at once, and all is joined.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		polls := make(map[string][]time.Duration) // by feed, since the start
		b := newBench(t, nil, func(o *Options) {
			o.Now = time.Now
			o.Feeds = nil
			for i := range 100 {
				o.Feeds = append(o.Feeds, Feed{Name: fmt.Sprintf("feed %d", i), URL: fmt.Sprintf("http://%d.example/", i)})
			}
			disabled := false
			o.Feeds = append(o.Feeds, Feed{Name: "off", URL: "http://off.example/", Enabled: &disabled})
			o.Observe = func(p timeline.Poll, _ []timeline.ReadArticle) {
				mu.Lock()
				defer mu.Unlock()
				polls[p.Feed] = append(polls[p.Feed], p.Scheduled.Sub(start))
			}
			o.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
				return found(r, rss(first)), nil
			})
		})
		// One feed was polled a moment ago, by the process before this.
		b.record.states["feed 0"] = timeline.FeedState{
			Feed: "feed 0", LastPoll: start.Add(-time.Minute), NextPoll: b.sources["feed 0"].spec.Next(start.Add(-time.Minute)),
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		if err := b.Run(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 2*time.Hour {
			t.Errorf("Run took %s", took)
		}
		if len(polls) != 100 {
			t.Errorf("%d feeds polled: want 100", len(polls))
		}
		for name, at := range polls {
			if name == "feed 0" {
				if want := b.sources[name].spec.Next(start).Sub(start); at[0] != want {
					t.Errorf("feed polled a moment ago: first poll after %s, want its tick after %s", at[0], want)
				}
				continue
			}
			if at[0] > 10*time.Second {
				t.Errorf("%s: first poll after %s", name, at[0])
			}
			for i := 2; i < len(at); i++ {
				if gap := at[i] - at[i-1]; gap != 10*time.Minute {
					t.Errorf("%s: %s between polls", name, gap)
				}
			}
			if len(at) < 12 || len(at) > 13 {
				t.Errorf("%s: %d polls in two hours of ten minutes", name, len(at))
			}
		}
	})
}

// Run ends with its context in the middle of polls, and records none of them.
func TestRunEndsMidPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil, func(o *Options) {
			o.Now = time.Now
			o.Feeds[0].URL = "http://slow.example/"
			o.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})
		})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		start := time.Now()
		if err := b.Run(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("Run returned %s after its context ended", took-5*time.Second)
		}
		if len(b.record.polls) != 0 {
			t.Errorf("recorded: %+v", b.record.polls)
		}
	})
}

// Run leaves no connection behind.
func TestRunClosesConnections(t *testing.T) {
	closed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(body("text/xml", rss(first)))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b := newBench(t, nil, func(o *Options) {
		o.Now = time.Now
		o.Feeds[0].URL = server.URL
		o.Observe = func(timeline.Poll, []timeline.ReadArticle) { cancel() }
	})
	if err := b.Run(ctx, nil); err != nil {
		t.Fatal(err)
	}
	<-closed
	if p := b.record.polls[0].Poll; p.New != 1 {
		t.Errorf("poll: %+v", p)
	}
}

func TestNewErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"no name", func(o *Options) { o.Feeds[0].Name = "" }, "name: missing"},
		{"no address", func(o *Options) { o.Feeds[0].URL = "" }, "url: not a web address: write"},
		{"password in a bad address", func(o *Options) { o.Feeds[0].URL = "ftp://user:hunter2@a.example" }, "url: not a web address"},
		{"unparsable", func(o *Options) { o.Feeds[0].URL = "http://hunter2\x7f" }, "url: not a web address"},
		{"zone", func(o *Options) { o.Feeds[0].Timezone = "Asia/Nowhere" }, "write an IANA name"},
		{"schedule", func(o *Options) { o.Feeds[0].Schedule = "often" }, "not a cron spec"},
		{"identity", func(o *Options) { o.Feeds[0].Identity = "title" }, "write auto, guid, link or content"},
		{"header", func(o *Options) { o.Feeds[0].Headers = secrets("accept-encoding") }, "Accept-Encoding is set by the collector"},
		{"twice", func(o *Options) { o.Feeds = append(o.Feeds, o.Feeds[0]) }, "given twice"},
		{"proxy", func(o *Options) { o.Config.Proxy = secret("hunter2") }, "collector.proxy: not an address"},
		{"proxy scheme", func(o *Options) { o.Config.Proxy = secret("ftp://hunter2:1") }, `"ftp" is no scheme of a proxy`},
		{"concurrency", func(o *Options) { o.Config.Concurrency = 0 }, "collector.concurrency: 0 lets nothing through"},
		{"redirects", func(o *Options) { o.Config.MaxRedirects = -1 }, "collector.max_redirects"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Config: DefaultConfig(), Zone: time.UTC, Feeds: []Feed{{Name: "feed", URL: "http://a.example"}}}
			tt.change(&o)
			_, err := New(o)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %q: want %q, and no secret", err, tt.want)
			}
		})
	}
}

package collector

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// transportFunc is a transport made of a function.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestPollFailures(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		change  func(*Options)
		outcome timeline.Outcome
		status  int
		message string // part of it
	}{
		{name: "forbidden", handler: status(403), outcome: timeline.OutcomeForbidden, status: 403, message: "HTTP 403 Forbidden"},
		{name: "missing", handler: status(404), outcome: timeline.OutcomeNotFound, status: 404, message: "HTTP 404 Not Found"},
		{name: "gone", handler: status(410), outcome: timeline.OutcomeGone, status: 410, message: "HTTP 410 Gone"},
		{name: "too many requests", handler: status(429), outcome: timeline.OutcomeRateLimited, status: 429, message: "HTTP 429 Too Many Requests"},
		{name: "server error", handler: status(500), outcome: timeline.OutcomeServerError, status: 500, message: "HTTP 500"},
		{name: "made-up status", handler: status(599), outcome: timeline.OutcomeServerError, status: 599, message: "HTTP 599 (no standard status)"},
		{name: "no content", handler: status(204), outcome: timeline.OutcomeHTTP, status: 204, message: "HTTP 204"},
		{name: "304 unasked", handler: status(304), outcome: timeline.OutcomeHTTP, status: 304, message: "nothing was said to be known"},
		{
			name: "bot wall", handler: body("text/html; charset=utf-8", "<!-- bot wall -->\n<!DOCTYPE html><html><body>Are you a robot?</body></html>"),
			outcome: timeline.OutcomeBotWall, status: 200, message: "a challenge for browsers came instead of a feed: a captcha (HTTP 200 OK)",
		},
		{
			name: "bot wall that says no", status: 403, message: "a challenge for browsers came instead of a feed: Cloudflare (HTTP 403 Forbidden)",
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte("<!DOCTYPE html><html><head><title>Just a moment...</title>"))
			},
			outcome: timeline.OutcomeBotWall,
		},
		{
			name: "page not found on a site with a captcha", status: 404, message: "HTTP 404 Not Found",
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNotFound)
				_, _ = w.Write([]byte("<html>Are you human? Not found.</html>"))
			},
			outcome: timeline.OutcomeNotFound,
		},
		{name: "login", handler: status(401), outcome: timeline.OutcomeUnauthorized, status: 401, message: "HTTP 401 Unauthorized"},
		{name: "unavailable", handler: status(503), outcome: timeline.OutcomeServerError, status: 503, message: "HTTP 503"},
		{
			name: "web page", handler: body("text/html; charset=utf-8", "<!-- home -->\n<!DOCTYPE html><html><body>News</body></html>"),
			outcome: timeline.OutcomeWebPage, status: 200, message: "a web page came instead of a feed (text/html)",
		},
		{
			name: "XHTML page", handler: body("application/xhtml+xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`),
			outcome: timeline.OutcomeWebPage, status: 200, message: "a web page came",
		},
		{name: "empty body", handler: body("text/xml", " \n"), outcome: timeline.OutcomeNotFeed, status: 200, message: "an empty body"},
		{name: "other XML", handler: body("text/xml", "<opml/>"), outcome: timeline.OutcomeNotFeed, status: 200, message: "no feed (text/xml, 7 bytes)"},
		{name: "text", handler: body("text/plain", "hello"), outcome: timeline.OutcomeNotFeed, status: 200, message: "no feed (text/plain, 5 bytes)"},
		{
			name: "truncated document", handler: body("text/xml", strings.TrimSuffix(rss(first), "</item></channel></rss>")),
			outcome: timeline.OutcomeParse, status: 200, message: "cut off before the end of its first item",
		},
		{
			name: "nested too deep", handler: body("text/xml", `<rss><channel>`+strings.Repeat("<x:a>", MaxDepth+1)+strings.Repeat("</x:a>", MaxDepth+1)+`</channel></rss>`),
			outcome: timeline.OutcomeParse, status: 200, message: "nested more than 10000 deep",
		},
		{
			name: "broken off", handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, rss(first)[:100])
			},
			outcome: timeline.OutcomeConnect, status: 200, message: "broke the connection off",
		},
		{
			name: "too large", handler: body("text/xml", rss(first, second)), change: func(o *Options) { o.Config.MaxBytes = 300 },
			outcome: timeline.OutcomeTooLarge, status: 200, message: "larger than 300 bytes: collector.max_bytes",
		},
		{
			name: "small only while compressed", handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(gzipped(t, rss(strings.Repeat(" ", 1e6))))
			},
			change:  func(o *Options) { o.Config.MaxBytes = 100_000 },
			outcome: timeline.OutcomeTooLarge, status: 200, message: "larger than 100000 bytes",
		},
		{
			name: "redirect loop", handler: redirect("/feed"),
			outcome: timeline.OutcomeRedirect, status: 302, message: "more than 5 redirects",
		},
		{name: "redirect nowhere", handler: status(301), outcome: timeline.OutcomeRedirect, status: 301, message: "says not where to"},
		{name: "redirect to nonsense", handler: redirect("http://[::1"), outcome: timeline.OutcomeRedirect, status: 302, message: "says not where to"},
		{name: "redirect to a file", handler: redirect("file:///etc/passwd"), outcome: timeline.OutcomeRefused, message: `"file" is no scheme`},
		{
			name: "redirect to a private address", handler: redirect("http://10.0.0.1/"),
			change: func(o *Options) {
				o.Config.AllowPrivate = AllowPrivate{Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
			},
			outcome: timeline.OutcomeRefused, message: "10.0.0.1 is a private address: to poll it, put 10.0.0.1/32 into collector.allow_private",
		},
		{
			name: "private address", handler: body("text/xml", rss()), change: func(o *Options) { o.Config.AllowPrivate = AllowPrivate{} },
			outcome: timeline.OutcomeRefused, message: "127.0.0.1 is a private address",
		},
		{
			name: "name of a private address", handler: body("text/xml", rss()),
			change: func(o *Options) {
				o.Config.AllowPrivate = AllowPrivate{}
				o.Feeds[0].URL = strings.Replace(o.Feeds[0].URL, "127.0.0.1", "localhost", 1)
			},
			outcome: timeline.OutcomeRefused, message: "where localhost is, is a private address",
		},
		{
			name: "slow", handler: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			change:  func(o *Options) { o.Config.Timeout = 50 * time.Millisecond },
			outcome: timeline.OutcomeTimeout, message: "no complete answer from 127.0.0.1 within 50ms",
		},
		{
			name: "slow body", handler: func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, rss()[:20])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			},
			change:  func(o *Options) { o.Config.Timeout = 100 * time.Millisecond },
			outcome: timeline.OutcomeTimeout, status: 200, message: "no complete answer",
		},
		{
			name:    "nothing listens",
			change:  func(o *Options) { o.Feeds[0].URL = "http://" + freeAddress(t) + "/feed" },
			outcome: timeline.OutcomeConnect, message: "connection refused",
		},
		{
			name: "not TLS", handler: body("text/xml", rss()),
			change:  func(o *Options) { o.Feeds[0].URL = strings.Replace(o.Feeds[0].URL, "http:", "https:", 1) },
			outcome: timeline.OutcomeTLS, message: "no secure connection to 127.0.0.1",
		},
		{
			name: "name unknown",
			change: func(o *Options) {
				o.Feeds[0].URL = "https://user:hunter2@news.example/feed?key=hunter2"
				o.Transport = transportFunc(func(*http.Request) (*http.Response, error) {
					return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "news.example", IsNotFound: true}}
				})
			},
			outcome: timeline.OutcomeDNS, message: "name news.example does not resolve",
		},
		{
			name: "name server fails",
			change: func(o *Options) {
				o.Feeds[0].URL = "https://news.example/feed"
				o.Transport = transportFunc(func(*http.Request) (*http.Response, error) {
					return nil, &net.DNSError{Err: "server misbehaving", Name: "news.example", IsTemporary: true}
				})
			},
			outcome: timeline.OutcomeDNS, message: "name news.example could not be looked up: server misbehaving",
		},
		{
			name: "proxy away",
			change: func(o *Options) {
				o.Feeds[0].URL = "http://user:hunter2@news.example/feed?key=hunter2"
				o.Config.Proxy = secret("http://user:hunter2@" + freeAddress(t))
			},
			outcome: timeline.OutcomeConnect, message: "the proxy of collector.proxy cannot be reached: connection refused",
		},
		{
			name: "a server's words are cut and on one line",
			change: func(o *Options) {
				o.Feeds[0].URL = "https://news.example/feed"
				o.Transport = transportFunc(func(*http.Request) (*http.Response, error) {
					return nil, errors.New("bad\r\nanswer\x1b[2J " + strings.Repeat("x", 1000))
				})
			},
			outcome: timeline.OutcomeConnect, message: "no answer from news.example: bad answer[2J xxx",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var handler http.Handler
			if tt.handler != nil {
				handler = tt.handler
			}
			b := newBench(t, handler, tt.change)
			if handler == nil && b.sources["feed"].url == nil {
				t.Fatal("test without address")
			}
			r := b.poll(t)
			if r.Poll.Outcome != tt.outcome || r.Poll.Status != tt.status || !strings.Contains(r.Poll.Error, tt.message) {
				t.Errorf("outcome %s, status %d, error %q; want %s, %d, %q", r.Poll.Outcome, r.Poll.Status, r.Poll.Error, tt.outcome, tt.status, tt.message)
			}
			if strings.Contains(r.Poll.Error, "hunter2") || len(r.Poll.Error) > maxError+4 || strings.ContainsAny(r.Poll.Error, "\n\x1b") {
				t.Errorf("error not fit to be shown: %q", r.Poll.Error)
			}
			if r.Poll.Fetched != 0 || r.State.Failures != 1 || !r.State.FirstPoll.IsZero() {
				t.Errorf("failed poll: %+v, state %+v", r.Poll, r.State)
			}
		})
	}
}

func TestPollFollowsRedirects(t *testing.T) {
	mux := http.NewServeMux()
	for i := range 5 {
		mux.Handle(fmt.Sprintf("/hop/%d", i), http.RedirectHandler(fmt.Sprintf("/hop/%d", i+1), []int{301, 302, 303, 307, 308}[i]))
	}
	mux.Handle("/hop/5", body("text/xml", rss(`<title>Relative</title><link>../a/1?x=1</link>`)))
	b := newBench(t, mux, func(o *Options) { o.Feeds[0].URL = strings.Replace(o.Feeds[0].URL, "/feed", "/hop/0", 1) })
	r := b.poll(t)
	if r.Poll.New != 1 {
		t.Fatalf("poll: %+v", r.Poll)
	}
	if want := b.server.URL + "/a/1?x=1"; r.Articles[0].Article.URL != want {
		t.Errorf("link %q: want %q, relative to where the document came from", r.Articles[0].Article.URL, want)
	}
}

// A feed's own headers and password are for its own host.
func TestPollHeadersStayAtHome(t *testing.T) {
	got := make(map[string]http.Header)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got["elsewhere"] = r.Header
		body("text/xml", rss(first))(w, r)
	}))
	defer elsewhere.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/feed", func(w http.ResponseWriter, r *http.Request) {
		got["home"] = r.Header
		http.Redirect(w, r, "/moved", http.StatusFound)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		got["moved"] = r.Header
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		http.Redirect(w, r, elsewhere.URL+"/feed", http.StatusFound)
	})
	b := newBench(t, mux, func(o *Options) {
		o.Feeds[0].URL = strings.Replace(o.Feeds[0].URL, "http://", "http://user:hunter2@", 1) + "?token=hunter2"
		o.Feeds[0].Headers = secrets("x-api-key")
	})
	if r := b.poll(t); r.Poll.New != 1 {
		t.Fatalf("poll: %+v", r.Poll)
	}
	for _, host := range []string{"home", "moved"} {
		if h := got[host]; h.Get("X-Api-Key") != "hunter2" || h.Get("Authorization") == "" || h.Get("User-Agent") != DefaultConfig().UserAgent {
			t.Errorf("%s was sent %v", host, h)
		}
	}
	if s := fmt.Sprint(got["elsewhere"]); strings.Contains(s, "hunter2") || got["elsewhere"].Get("Authorization") != "" || got["elsewhere"].Get("Cookie") != "" {
		t.Errorf("another host was sent %s", s)
	}
}

func TestSameHost(t *testing.T) {
	tests := []struct {
		own, to string
		want    bool
	}{
		{"https://a.example/x", "https://a.example/y", true},
		{"http://a.example/x", "https://a.example/x", true},
		{"https://a.example/x", "http://a.example/x", false},
		{"https://a.example/x", "https://www.a.example/x", false},
		{"https://a.example/x", "https://a.example:8443/x", false},
		{"http://a.example:80/x", "https://a.example/x", false},
	}
	for _, tt := range tests {
		own, errOwn := url.Parse(tt.own)
		to, errTo := url.Parse(tt.to)
		if err := errors.Join(errOwn, errTo); err != nil {
			t.Fatal(err)
		}
		if got := sameHost(own, to); got != tt.want {
			t.Errorf("%s and %s: %t, want %t", tt.own, tt.to, got, tt.want)
		}
	}
}

func TestPollGzip(t *testing.T) {
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("Accept-Encoding %q: want gzip", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(gzipped(t, rss(first)))
	}), nil)
	if r := b.poll(t); r.Poll.New != 1 || r.Poll.Bytes != int64(len(rss(first))) {
		t.Errorf("poll: %+v", r.Poll)
	}
}

// Behind a proxy the proxy may be private, the feeds may not.
func TestPollProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		body("text/xml", rss(first))(w, r)
	}))
	defer proxy.Close()
	for feed, want := range map[string]timeline.Outcome{
		"http://news.example/feed": timeline.OutcomeOK,
		"http://192.168.1.1/feed":  timeline.OutcomeRefused,
		"http://localhost/feed":    timeline.OutcomeRefused,
	} {
		b := newBench(t, nil, func(o *Options) {
			o.Config.AllowPrivate = AllowPrivate{}
			o.Config.Proxy = secret(proxy.URL)
			o.Feeds[0].URL = feed
		})
		if r := b.poll(t); r.Poll.Outcome != want {
			t.Errorf("%s: outcome %s (%s), want %s", feed, r.Poll.Outcome, r.Poll.Error, want)
		}
	}
	if diff := cmp.Diff([]string{"http://news.example/feed"}, asked); diff != "" {
		t.Errorf("the proxy was asked for (-want +got):\n%s", diff)
	}
}

func TestIsPrivate(t *testing.T) {
	tests := map[string]bool{
		"127.0.0.1": true, "10.1.2.3": true, "172.16.0.1": true, "192.168.0.1": true, "169.254.169.254": true, "100.64.0.1": true,
		"0.0.0.0": true, "0.1.2.3": true, "224.0.0.1": true, "255.255.255.255": true,
		"::1": true, "::": true, "fe80::1": true, "fd00::1": true, "ff02::1": true, "::ffff:127.0.0.1": true, "::ffff:10.0.0.1": true,
		"64:ff9b::7f00:1": true, "2002:7f00:1::": true,
		"8.8.8.8": false, "172.32.0.1": false, "100.128.0.1": false, "2001:4860:4860::8888": false, "64:ff9b::808:808": false, "2002:808:808::": false,
	}
	for address, want := range tests {
		if got := isPrivate(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: private %t, want %t", address, got, want)
		}
	}
}

// Polls at once stay within both limits, and make full use of them.
func TestPollLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		var mu sync.Mutex
		atHost := make(map[string]int)
		b := newBench(t, nil, func(o *Options) {
			o.Config.Concurrency, o.Config.PerHost = 3, 2
			o.Feeds = nil
			for i := range 4 {
				o.Feeds = append(o.Feeds,
					Feed{Name: fmt.Sprintf("a%d", i), URL: fmt.Sprintf("http://a.example/%d", i)},
					Feed{Name: fmt.Sprintf("b%d", i), URL: fmt.Sprintf("http://B.example/%d", i)})
			}
			o.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
				mu.Lock()
				atHost[strings.ToLower(r.URL.Host)]++
				mu.Unlock()
				<-gate
				mu.Lock()
				atHost[strings.ToLower(r.URL.Host)]--
				mu.Unlock()
				return found(r, rss(first)), nil
			})
		})
		var polls sync.WaitGroup
		for _, name := range b.names {
			polls.Go(func() {
				if _, err := b.Poll(t.Context(), name, b.now); err != nil {
					t.Error(err)
				}
			})
		}
		for range b.names {
			synctest.Wait()
			mu.Lock()
			if n := atHost["a.example"] + atHost["b.example"]; n > 3 || atHost["a.example"] > 2 || atHost["b.example"] > 2 {
				t.Errorf("polls at once: %v; want 3, 2 at a host", atHost)
			}
			mu.Unlock()
			gate <- struct{}{}
		}
		polls.Wait()
		if s := b.Stats(); s.Running != 0 || s.Waiting != 0 || s.Feeds != 8 {
			t.Errorf("stats afterwards: %+v", s)
		}
	})
}

func gzipped(t *testing.T, s string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// freeAddress is a loopback address at which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	var listen net.ListenConfig
	l, err := listen.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

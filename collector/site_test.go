package collector

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	siteFeed = `<rss version="2.0"><channel><title>Site &amp; News</title><language>ar-IQ</language>
<item><title>a</title><pubDate>Sun, 12 Jan 2025 10:00:00</pubDate></item><item><title>b</title><pubDate>Mon, 13 Jan 2125 10:00:00 GMT</pubDate></item></channel></rss>`
	siteAtom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><id>1</id><title>a</title></entry></feed>`
)

// site answers with the pages by path, and remembers what it was asked.
type site struct {
	*httptest.Server

	mu    sync.Mutex
	asked []string
}

func newSite(t *testing.T, pages map[string]string) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, r.URL.Path)
		page, found := pages[r.URL.Path]
		switch {
		case page == "busy":
			w.WriteHeader(http.StatusTooManyRequests)
		case !found:
			http.NotFound(w, r)
		default:
			_, _ = w.Write([]byte(page)) // a client that went away is its own test
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func discoverConfig() Config {
	cfg := DefaultConfig()
	cfg.AllowPrivate.All = true
	return cfg
}

func TestDiscoverFeeds(t *testing.T) {
	link := func(media, href string) string {
		return `<link rel="alternate" type="` + media + `" href="` + href + `">`
	}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	dated := FoundFeed{Title: "Site & News", Lang: "ar", Items: 2, Newest: at}
	with := func(f FoundFeed, path string, origin FeedOrigin) FoundFeed {
		f.URL, f.Origin = path, origin
		return f
	}
	tests := []struct {
		name  string
		pages map[string]string
		path  string
		want  []FoundFeed
		err   string
		asked []string
	}{
		{
			name: "what the page names", path: "/",
			pages: map[string]string{
				"/": "<html><head>" + link("application/rss+xml", "/news.rss") + link("application/atom+xml", "gone") + link("application/feed+json", "/news.json") +
					link("text/css", "/x.css") + link("application/rss+xml", "/again.rss") + "</head></html>",
				"/news.rss": siteFeed, "/again.rss": siteFeed, "/feed": siteAtom,
				"/news.json": `{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":"1","content_text":"x"}]}`,
			},
			want: []FoundFeed{
				with(dated, "/news.rss", OriginPage),
				{URL: "/gone", Origin: OriginPage, Error: "HTTP 404 Not Found"},
				{URL: "/news.json", Origin: OriginPage, Title: "J", Items: 1},
			},
			asked: []string{"/", "/news.rss", "/gone", "/news.json", "/again.rss"},
		},
		{
			name: "the usual addresses", path: "/blog/",
			pages: map[string]string{"/blog/": "<html></html>", "/atom.xml": siteAtom, "/index.xml": siteAtom},
			want:  []FoundFeed{{URL: "/atom.xml", Origin: OriginGuess, Title: "Atom", Items: 1}},
			asked: []string{"/blog/", "/blog/feed", "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"},
		},
		{
			name: "a page that cannot be read", path: "/missing",
			pages: map[string]string{"/rss": siteFeed},
			want:  []FoundFeed{with(dated, "/rss", OriginGuess)},
			asked: []string{"/missing", "/missing/feed", "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"},
		},
		{
			name: "the feed itself", path: "/feed",
			pages: map[string]string{"/feed": siteFeed},
			want:  []FoundFeed{with(dated, "/feed", OriginItself)},
			asked: []string{"/feed"},
		},
		{
			name: "a site that asks for less", path: "/",
			pages: map[string]string{"/": "<html></html>", "/rss": "busy", "/feed.xml": siteFeed},
			err:   "no feed found: the page names none",
			asked: []string{"/", "/feed", "/rss"},
		},
		{
			name: "no feed", path: "/", pages: map[string]string{"/": "<html></html>"},
			err:   "there is none at /feed, /rss, /rss.xml, /atom.xml, /feed.xml, /index.xml: look for",
			asked: []string{"/", "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"},
		},
		{
			name: "neither page nor feed", path: "/x/", pages: nil,
			err:   "no feed found: the page cannot be read (HTTP 404 Not Found), and there is none at the usual addresses",
			asked: []string{"/x/", "/x/feed", "/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, test.pages)
			got, err := DiscoverFeeds(t.Context(), discoverConfig(), s.URL+test.path, time.UTC, at)
			if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Fatalf("error %v, want %q", err, test.err)
			}
			want := slices.Clone(test.want)
			for i := range want {
				want[i].URL = s.URL + want[i].URL
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("feeds (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.asked, s.asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// A page that names a great many feeds does not make a great many requests.
func TestDiscoverFeedsAsksForFew(t *testing.T) {
	var page strings.Builder
	page.WriteString("<html><head>")
	for i := range 1000 {
		page.WriteString(`<link rel="alternate" type="application/rss+xml" href="/` + strings.Repeat("x", i+1) + `">`)
	}
	s := newSite(t, map[string]string{"/p": page.String()})
	got, err := DiscoverFeeds(t.Context(), discoverConfig(), s.URL+"/p", time.UTC, time.Unix(0, 0))
	if err != nil || len(got) != maxLinkedFeeds {
		t.Errorf("%d feeds, error %v", len(got), err)
	}
	if len(s.asked) != 18 {
		t.Errorf("%d requests: %v", len(s.asked), s.asked)
	}
}

// Addresses are checked as those of polls are, and passwords go to the host they
// are for and nowhere else.
func TestDiscoverFeedsKeepsTheRules(t *testing.T) {
	var leaked bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _, leaked = r.BasicAuth()
		_, _ = w.Write([]byte(siteAtom))
	}))
	t.Cleanup(other.Close)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "u" || password != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path == "/own" {
			_, _ = w.Write([]byte(siteFeed))
			return
		}
		_, _ = w.Write([]byte(`<link rel=alternate type=application/rss+xml href=own><link rel=alternate type=application/rss+xml href="` + other.URL + `">`))
	}))
	t.Cleanup(s.Close)
	address := strings.Replace(s.URL, "http://", "http://u:s3cret@", 1)
	got, err := DiscoverFeeds(t.Context(), discoverConfig(), address, time.UTC, time.Unix(0, 0))
	if err != nil || len(got) != 2 || got[0].Error != "" || got[0].URL != s.URL+"/own" {
		t.Errorf("feeds %+v, error %v", got, err)
	}
	if leaked {
		t.Error("the password went to another host")
	}
	for _, test := range []struct{ address, want string }{
		{address, "is a private address"},
		{"ftp://u:s3cret@example.org/", "not a web address"},
		{"example.org", "not a web address"},
	} {
		_, err := DiscoverFeeds(t.Context(), DefaultConfig(), test.address, time.UTC, time.Unix(0, 0))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: error %v, want %q", test.address, err, test.want)
		}
	}
}

package app

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFeedsDiscover(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			_, _ = io.WriteString(w, `<link rel="alternate" type="application/rss+xml" href="/news"><link rel="alternate" type="application/rss+xml" href="/gone">`)
		case "/news":
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>News</title><language>en</language>
				<item><title>a</title><pubDate>Sun, 12 Jan 2025 10:00:00 GMT</pubDate></item><item><title>b</title></item></channel></rss>`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("collector: {allow_private: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	discover := func(format string) string {
		var out bytes.Buffer
		env := Env{Stdout: &out, Stderr: io.Discard, LookupEnv: os.LookupEnv}
		if err := FeedsDiscover(t.Context(), env, Common{Config: path}, site.URL, format); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(out.String(), site.URL, "https://site.test")
	}
	if diff := cmp.Diff(`https://site.test/news
  News: 2 items, newest 2025-01-12T10:00:00Z
https://site.test/gone
  cannot be read: HTTP 404 Not Found
`, discover("text")); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`{
  "feeds": [
    {
      "url": "https://site.test/news",
      "origin": "page",
      "title": "News",
      "lang": "en",
      "items": 2,
      "newest": "2025-01-12T10:00:00Z",
      "error": null
    },
    {
      "url": "https://site.test/gone",
      "origin": "page",
      "title": "",
      "lang": "",
      "items": 0,
      "newest": null,
      "error": "HTTP 404 Not Found"
    }
  ]
}
`, discover("json")); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

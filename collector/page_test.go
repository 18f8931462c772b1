package collector

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFetchPage(t *testing.T) {
	t.Parallel()
	pages := map[string]struct{ contentType, body string }{
		"/page": {"text/html; charset=utf-8", `<!doctype html><html><head><title> A  truce
			holds </title><style>p{}</style></head><body><nav><a href="/">Home</a></nav><h1>A truce holds</h1>
			<p>At least <b>16</b> were killed.<p>Nobody was <i>hurt</i> on Friday.<script>alert(1)</script></body></html>`},
		"/arabic": {"text/html", "<html><head><meta charset=windows-1256></head><body><p>\xe5\xcf\xe4\xc9</p></body></html>"},
		"/plain":  {"text/plain; charset=utf-8", "Sixteen were killed."},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", p.contentType)
		_, _ = io.WriteString(w, p.body) // the reader may have gone
	}))
	t.Cleanup(server.Close)
	cfg := DefaultConfig()
	cfg.AllowPrivate.All = true
	for path, want := range map[string]Page{
		"/page":   {Title: "A truce holds", Text: "A truce holds\nAt least 16 were killed.\nNobody was hurt on Friday."},
		"/arabic": {Text: "هدنة"},
		"/plain":  {Text: "Sixteen were killed."},
	} {
		got, err := FetchPage(t.Context(), cfg, server.URL+path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}

	if _, err := FetchPage(t.Context(), cfg, server.URL+"/none"); err == nil || !strings.Contains(err.Error(), "HTTP 404") {
		t.Errorf("a missing page gives %v", err)
	}
	cfg.AllowPrivate.All = false
	if _, err := FetchPage(t.Context(), cfg, server.URL+"/page"); err == nil || !strings.Contains(err.Error(), "collector.allow_private") {
		t.Errorf("a private address gives %v", err)
	}
	if _, err := FetchPage(t.Context(), cfg, "ftp://user:secret@example.org/"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address of another scheme gives %v", err)
	}
}

package app

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"marsad/timeline/sqlite"
)

const hostileJob = `
record: {path: RECORD}
seeds: {feeds: [], topics: [], lexicons: []}
collector: {schedule: "@every 10m", timeout: 2s, allow_private: [127.0.0.1/32]}
`

// hostile are feeds that mean harm, or might as well; each is one poll.
func hostile() map[string]http.HandlerFunc {
	head := `<rss version="2.0"><channel><title>A feed</title>`
	items := func(w http.ResponseWriter, n int) {
		for i := range n {
			if _, err := fmt.Fprintf(w, "<item><guid>%d</guid><title>News %d of a million</title></item>", i, i); err != nil {
				return
			}
		}
	}
	return map[string]http.HandlerFunc{
		"a byte a second": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				_ = http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(time.Second):
				}
			}
		},
		"an endless body": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, head)
			for r.Context().Err() == nil {
				items(w, 1000)
			}
		},
		"a hundred megabytes": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, head+"<description>")
			chunk := strings.Repeat("news ", 200_000)
			for range 100 {
				if _, err := fmt.Fprint(w, chunk); err != nil {
					return
				}
			}
		},
		"a million items": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, head)
			items(w, 1_000_000)
			fmt.Fprint(w, "</channel></rss>")
		},
		"a decompression bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			chunk := []byte(strings.Repeat(" ", 1<<20))
			for range 200 {
				if _, err := z.Write(chunk); err != nil {
					return
				}
			}
			_ = z.Close() // whoever asked may be gone
		},
		"a redirect to a private address": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.0.0.1/latest/meta-data", http.StatusFound)
		},
		"a redirect to the machine's own services": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		},
		"redirects without end": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"/", http.StatusFound) },
	}
}

// TestHostile polls feeds that mean harm beside one that does not. Each poll ends in
// its time with a reason, memory stays bounded, and the good feed is read.
func TestHostile(t *testing.T) {
	if os.Getenv(faultsVariable) != "all" {
		t.Skipf("a part of the whole table of faults: %s=all runs it", faultsVariable)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	yaml := hostileJob + "feeds:\n"
	mux.HandleFunc("/good", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><item><guid>1</guid><title>Bridge opens in the south</title></item></channel></rss>`)
	})
	rows := hostile()
	names := map[string]string{}
	for what, handler := range rows {
		name := strings.NewReplacer(" ", "-", "'", "").Replace(what)
		names[what] = name
		mux.HandleFunc("/"+name, handler)
		mux.HandleFunc("/"+name+"/", handler)
		yaml += fmt.Sprintf("  - {name: %s, url: \"%s/%s\", publisher: P, lang: en}\n", name, server.URL, name)
	}
	yaml += fmt.Sprintf("  - {name: good, url: \"%s/good\", publisher: Q, lang: en}\n", server.URL)
	s := newSite(t, yaml)
	service, err := newService(t.Context(), s.cfg, s.log, edges{})
	if err != nil {
		t.Fatal(err)
	}
	d := service.current.Load()
	for what := range rows {
		t.Run(what, func(t *testing.T) {
			before, _ := weigh()
			p, err := d.collector.Poll(t.Context(), names[what], now())
			if err != nil || p.Outcome.Succeeded() || p.Error == "" {
				t.Errorf("%v, poll %+v; want one that failed with a reason", err, p)
			}
			if after, _ := weigh(); after > before+(16<<20) {
				t.Errorf("the heap grew from %d to %d bytes", before, after)
			}
			t.Logf("%s: %s", p.Outcome, p.Error)
			if p, err := d.collector.Poll(t.Context(), "good", now()); err != nil || !p.Outcome.Succeeded() {
				t.Errorf("the good feed beside it: %v, %+v", err, p)
			}
		})
	}
	checkLedger(t, d.record)
	if err := d.record.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Check(t.Context(), s.cfg.Record.Path); err != nil {
		t.Error(err)
	}
}

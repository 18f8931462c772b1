package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"marsad/timeline"
)

// TestFactsAreReadAgain starts a daemon on a record whose articles were read
// without the lexicon that it has now, stops it on the way, and starts it again.
func TestFactsAreReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		_, stop := s.start(t, w)
		for i := range 20 {
			for _, feed := range feedNames {
				w.publish(feed, fmt.Sprintf("ISIS attack number %d seen by the %s", i, feed),
					fmt.Sprintf("ISIS killed at least %d people on Friday.", i+2), time.Now())
			}
		}
		pass(time.Hour)
		stop()

		path := filepath.Join(s.dir, "marsad.db")
		again := newSite(t, strings.ReplaceAll(mainJob, "RECORD", path)+"lexicons: {isis: {title: {en: ISIS}, kind: group, aliases: {en: [ISIS]}}}\n")
		_, halt := again.start(t, w)
		halt() // before or while articles are read: the next one goes on
		d, stop := again.start(t, w)
		before, err := d.record.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.publish("north", "ISIS attack while others are read again", "ISIS killed at least 90 people on Friday.", time.Now())
		pass(20 * time.Minute)
		articles := allPages(t, d.record.Articles)
		if len(articles) != 81 {
			t.Fatalf("%d articles, want 81", len(articles))
		}
		for _, a := range articles {
			if len(a.Facts.Counts) == 0 || a.Facts.Counts[len(a.Facts.Counts)-1].Of != "isis" {
				t.Fatalf("counts of %q are %+v, want them of isis", a.Article.Title, a.Facts.Counts)
			}
			if i := slices.IndexFunc(a.Facts.Events, func(e timeline.Event) bool { return slices.Contains(e.Actors, "isis") }); i < 0 {
				t.Fatalf("events of %q are %+v, want one by isis", a.Article.Title, a.Facts.Events)
			}
		}
		after, err := d.record.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if after.LastSeq < before.LastSeq {
			t.Errorf("change log ends at %d, began at %d", after.LastSeq, before.LastSeq)
		}
		if working := d.background(); working != nil {
			t.Errorf("%v goes on after all articles were read", working)
		}
		scrape := httptest.NewRecorder()
		d.metrics.handler(s.log, prometheus.NewRegistry()).ServeHTTP(scrape, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		if !strings.Contains(scrape.Body.String(), "marsad_articles_stale 0") {
			t.Errorf("metrics do not say that no article is left to be read")
		}
		checkInvariants(t, d, w)
		stop()
	})
}

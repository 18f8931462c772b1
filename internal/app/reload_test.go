package app

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline"
)

// answerOf asks the page of whatever daemon holds.
func answerOf(t *testing.T, d *daemon, method, path string) (status int, body string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:8780"+path, http.NoBody)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestReload walks through what may change while Marsad runs.
func TestReload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		s.load(t, history(time.Now(), 9))
		d, stop := s.start(t, w)
		quietDays(w, 0.25)

		status, body := answerOf(t, d, http.MethodPost, "/-/reload")
		if status != http.StatusOK || body != `{"status":"taken","changes":[]}`+"\n" {
			t.Errorf("nothing changed: %d %s", status, body)
		}

		s.write(t, strings.Replace(mainJob, "step: 10m", "step: 7m", 1))
		status, body = answerOf(t, d, http.MethodPost, "/-/reload")
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "config.yaml:6") || !strings.Contains(body, "alerts.step") {
			t.Errorf("a wrong step: %d %s", status, body)
		}
		for _, path := range []string{"/readyz", "/"} {
			if status, body := answerOf(t, d, http.MethodGet, path); status != http.StatusOK || !strings.Contains(body, "config.yaml:6") {
				t.Errorf("%s does not say why the configuration was refused: %d %s", path, status, body)
			}
		}
		if _, body := answerOf(t, d, http.MethodGet, "/metrics"); !strings.Contains(body, `marsad_config_reloads_total{outcome="refused"} 1`) ||
			!strings.Contains(body, "marsad_config_right 0") || !strings.Contains(body, "marsad_feeds_scheduled 4") {
			t.Errorf("not counted:\n%s", body)
		}

		s.write(t, strings.NewReplacer(
			"step: 10m", "step: 20m",
			"name: west", "name: occident, was: west", "label: []", "",
			"  - {name: north,", "  - {name: fifth, url: http://fifth.test/rss, publisher: Fifth, lang: en}\n  - {name: north,",
			"  - {name: east, url: http://east.test/rss, publisher: East, lang: en}\n", "",
			"publisher: South", "publisher: The South",
			"name: merger", "name: union\n    was: merger",
		).Replace(mainJob))
		changes, err := d.askReload(t.Context())
		want := []string{
			"feed added: fifth", "feed removed: east", "feed renamed: occident (was west)", "feed changed: south (publisher)",
			"topic renamed: union (was merger)", "setting changed: alerts.step (holds when marsad is restarted)",
		}
		if err != nil || !slices.Equal(changes, want) {
			t.Fatalf("changes %q, %v; want %q", changes, err, want)
		}
		if _, body := answerOf(t, d, http.MethodGet, "/metrics"); !strings.Contains(body, "marsad_config_right 1") {
			t.Error("the configuration that was taken is not counted as right")
		}
		counts, err := d.record.Counts(t.Context(), "union", time.Now().Add(-9*24*time.Hour), time.Now())
		if n := sumOf(counts); err != nil || n == 0 {
			t.Errorf("the renamed topic has %d articles of before, %v", n, err)
		}
		if counts, _ := d.record.Counts(t.Context(), "merger", time.Now().Add(-9*24*time.Hour), time.Now()); sumOf(counts) != 0 {
			t.Errorf("the old name still has %d articles", sumOf(counts))
		}

		burst(w)
		pass(time.Hour)
		open, err := d.record.OpenIncidents(t.Context())
		if err != nil || len(open) != 1 || open[0].Topic != "union" {
			t.Fatalf("open are %+v, %v; want one of union", open, err)
		}
		// It survives that its topic is asked for otherwise, and under another name.
		s.write(t, strings.Replace(mainJob, "name: merger", "name: mergers\n    was: union", 1))
		if _, err := d.askReload(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.write(t, strings.NewReplacer("name: merger", "name: mergers", "any: [merger,", "any: [merger, unification,").Replace(mainJob))
		if changes, err := d.askReload(t.Context()); err != nil || !slices.Equal(changes, []string{"topic changed: mergers (any)"}) {
			t.Fatalf("changes %q, %v", changes, err)
		}
		pass(time.Hour)
		again, err := d.record.OpenIncidents(t.Context())
		if err != nil || len(again) != 1 || again[0].ID != open[0].ID || again[0].Topic != "mergers" {
			t.Errorf("open are %+v, %v; want the one from before, of mergers", again, err)
		}
		if n := len(w.sent("chat.postMessage")); n != 1 {
			t.Errorf("the team heard %d times, want once", n)
		}
		checkInvariants(t, d, w)
		stop()
	})
}

func sumOf(counts []timeline.StepCount) (n int) {
	for _, c := range counts {
		n += c.N
	}
	return n
}

// TestReloadUnderLoad reloads all the while that a topic takes off, with polls and
// notices under way. Nothing is lost, doubled or told twice. That nothing is left
// running is seen by synctest.
func TestReloadUnderLoad(t *testing.T) {
	t.Parallel()
	for _, slow := range []time.Duration{0, 3 * time.Second, reloadPatience + time.Second} {
		t.Run(fmt.Sprintf("feeds that answer after %v", slow), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				config := strings.Replace(mainJob, "@every 10m", "@every 1m", 1)
				w, s := newWorld(), newSite(t, config)
				w.feedDelay = slow
				s.load(t, history(time.Now(), 9))
				d, stop := s.start(t, w)
				quietDays(w, 0.1)
				for i := range 12 {
					for _, feed := range feedNames {
						w.publish(feed, fmt.Sprintf("Merger of the two groups at %d in the %s", time.Now().Unix(), feed), "", time.Now())
					}
					// In the middle of polls, for these are spread over the minute.
					pass(time.Duration(i%7) * time.Second)
					s.write(t, strings.NewReplacer(
						"any: [merger,", fmt.Sprintf("any: [merger, word%d,", i%2),
						"concurrency: 4", fmt.Sprintf("concurrency: %d", 2+i%3),
					).Replace(config))
					asked := time.Now()
					if _, err := d.askReload(t.Context()); err != nil {
						t.Fatal(err)
					}
					if took := time.Since(asked); took > min(slow, reloadPatience)+3*time.Second {
						t.Errorf("a reload took %v", took)
					}
					pass(5 * time.Minute)
				}
				pass(2 * time.Hour)
				if news, blind := w.news(); len(news) != 1 || blind != 0 {
					t.Errorf("the team heard %d times, and %d times that Marsad is blind; want once and never", len(news), blind)
				}
				checkInvariants(t, d, w)
				stop()
			})
		})
	}
}

// TestReloadAtHangup sends the signal, which leaves no answer but the log.
func TestReloadAtHangup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		d, stop := s.start(t, w)
		s.write(t, strings.Replace(mainJob, "@every 10m", "@every 5m", 1))
		s.hangup <- nil
		pass(time.Second)
		if got := d.current.Load().cfg.Collector.Schedule; got != "@every 5m" {
			t.Errorf("the schedule is %q", got)
		}
		stop()
	})
}

// TestReloadNotRecorded has a record that does not take a new feed: what ran before
// goes on, and the configuration is taken when the record is well again.
func TestReloadNotRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		d, stop := s.start(t, w)
		pass(time.Minute)
		fault, err := sql.Open("sqlite", s.cfg.Record.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer fault.Close()
		do := func(statement string) {
			t.Helper()
			if _, err := fault.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		do(`CREATE TRIGGER full BEFORE INSERT ON feeds WHEN new.name = 'fifth' BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
		s.write(t, strings.Replace(mainJob, "  - {name: north,", "  - {name: fifth, url: http://fifth.test/rss, lang: en}\n  - {name: north,", 1))
		if _, err := d.askReload(t.Context()); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Fatalf("error %v, want the record's", err)
		}
		w.publish("north", "News of the day", "", time.Now())
		w.publish("fifth", "News of the fifth", "", time.Now())
		pass(15 * time.Minute)
		if n := len(allPages(t, d.record.Articles)); n != 1 {
			t.Errorf("%d articles under the configuration before, want that of north", n)
		}
		if _, body := answerOf(t, d, http.MethodGet, "/readyz"); !strings.Contains(body, "disk full") {
			t.Errorf("not told: %s", body)
		}
		do(`DROP TRIGGER full`)
		if _, err := d.askReload(t.Context()); err != nil {
			t.Fatal(err)
		}
		pass(15 * time.Minute)
		if n := len(allPages(t, d.record.Articles)); n != 2 {
			t.Errorf("%d articles, want that of the fifth, too", n)
		}
		stop()
	})
}

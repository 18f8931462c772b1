package app

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline/sqlite"
)

// faultsVariable is "all" in the environment of those who want the whole table;
// .ci/run does. Without it a few rows stand for the rest.
const faultsVariable = "MARSAD_FAULTS"

// projectedJob is the configuration that lives through the faults.
const projectedJob = mainJob + `
influx: {url: "http://influx.test", token: t, org: o, bucket: b, events_bucket: e}
`

// life is a daemon in its world while one thing fails.
type life struct {
	*testing.T
	w    *world
	s    *site
	d    *daemon
	stop func()

	skew time.Duration // of the daemon's clock
}

// restart ends the daemon and starts another with the same record.
func (l *life) restart() {
	l.Helper()
	l.stop()
	l.begin()
}

func (l *life) begin() {
	l.Helper()
	l.d, l.stop = l.s.startWith(l.T, l.edges())
}

func (l *life) edges() edges {
	e := l.w.edges()
	e.now = func() time.Time { return time.Now().Add(l.skew) }
	return e
}

// fault is a row of the table: what goes wrong in the hour in which a topic takes
// off. Three hours later all is well again, and the team has heard of it once.
type fault struct {
	name  string
	quick bool          // a row that stands for others
	set   func(*life)   // when the hour begins
	every func(*life)   // after each ten minutes of it
	end   func(*life)   // when it is over
	blind bool          // no feed could be read for most of it, of which the team hears too
	deaf  bool          // the alarm may be missed: the clock was wrong
	stops string        // why another process does not start then; empty: it does
	at    time.Duration // since the year 2000 began; 0: when the prepared history ends
}

// TestFaults lets one thing fail at a time. Whatever it is, in the end nothing that
// was served is lost, no fact is doubled, the team has heard once, InfluxDB has what
// the record has, and the file is whole.
func TestFaults(t *testing.T) {
	t.Parallel()
	before := prepareLife(t)
	for _, f := range faults() {
		t.Run(f.name, func(t *testing.T) {
			beginRow(t, f.quick)
			synctest.Test(t, func(t *testing.T) { f.live(t, before) })
		})
	}
}

// beginRow lets a row of the table go beside the others, or leaves it out where the
// quick ones alone are wanted.
func beginRow(t *testing.T, quick bool) {
	t.Helper()
	if !quick && os.Getenv(faultsVariable) != "all" {
		t.Skipf("a row of the whole table: %s=all runs it", faultsVariable)
	}
	t.Parallel()
}

// prepared is a record with some days of history and six quiet hours, and the
// world that it came from.
type prepared struct {
	dir string
	w   *world
	at  time.Duration // since the beginning of a bubble's time
}

func prepareLife(t *testing.T) *prepared {
	t.Helper()
	p := &prepared{dir: t.TempDir(), w: newWorld()}
	synctest.Test(t, func(inner *testing.T) {
		began := time.Now()
		s := newSiteIn(inner, p.dir, projectedJob)
		quietLife(inner, s, p.w)
		p.at = time.Since(began)
	})
	return p
}

func quietLife(t *testing.T, s *site, w *world) {
	t.Helper()
	s.load(t, history(time.Now(), 9))
	_, stop := s.start(t, w)
	quietDays(w, 0.25)
	stop()
}

// live lives through the fault.
func (f *fault) live(t *testing.T, before *prepared) {
	t.Helper()
	l := &life{T: t, s: newSite(t, projectedJob), w: before.w.copy()}
	if f.at != 0 {
		l.w = newWorld()
		pass(f.at)
		quietLife(t, l.s, l.w)
	} else {
		if err := os.Remove(filepath.Join(l.s.dir, "config.yaml")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(l.s.dir, os.DirFS(before.dir)); err != nil {
			t.Fatal(err)
		}
		pass(before.at)
	}
	l.begin()
	if f.set != nil {
		l.w.mu.Lock()
		f.set(l)
		l.w.mu.Unlock()
	}
	if f.stops != "" {
		l.stop()
		_, err := newService(t.Context(), l.s.cfg, l.s.log, l.edges())
		if err == nil || !strings.Contains(err.Error(), f.stops) {
			t.Fatalf("started with %v, want %q", err, f.stops)
		}
		f.end(l)
		l.begin()
	}
	for range 6 {
		publishBurst(l.w, time.Now())
		pass(10 * time.Minute)
		if f.every != nil {
			f.every(l)
		}
	}
	if f.end != nil {
		f.end(l)
	}
	pass(3*time.Hour + 90*time.Second) // not at the end of a step
	f.check(l)
}

// publishBurst has every feed tell of the topic.
func publishBurst(w *world, at time.Time) {
	for _, feed := range feedNames {
		w.publish(feed, "Merger of the two groups at "+at.UTC().Format(time.Kitchen)+" in the "+feed, "At least 12 men joined, it is said.", at)
	}
}

func (f *fault) check(l *life) {
	l.Helper()
	news, blind := l.w.news()
	if len(news) != 1 && (!f.deaf || len(news) > 1) {
		l.Errorf("the team heard %d times, want once", len(news))
	}
	if blind > 1 || blind == 1 && !f.blind {
		l.Errorf("the team heard %d times that Marsad is blind", blind)
	}
	if reasons := l.d.reasons(); len(reasons) > 0 {
		l.Errorf("not ready: %q", reasons)
	}
	l.settle()
	checkInvariants(l.T, l.d, l.w)
	checkProjected(l.T, l.d.record, *l.s.cfg, l.w)
	l.stop()
	if err := sqlite.Check(l.Context(), l.s.cfg.Record.Path); err != nil {
		l.Error(err)
	}
}

// settle waits until the projection has come to the end of the change log.
func (l *life) settle() {
	l.Helper()
	for range 100 {
		stats, err := l.d.record.Stats(l.Context())
		if err != nil {
			l.Fatal(err)
		}
		if l.d.projector.Status().Position == stats.LastSeq {
			return
		}
		pass(7 * time.Second)
	}
	l.Errorf("the projection does not come to the end of the change log: %+v", l.d.projector.Status())
}

// copy gives a world of its own that is as this one.
func (w *world) copy() *world {
	c := newWorld()
	for feed, items := range w.items {
		c.items[feed] = append([]item(nil), items...)
	}
	maps.Copy(c.etag, w.etag)
	for first, guids := range w.served {
		c.served[first] = maps.Clone(guids)
	}
	c.posts = append(c.posts, w.posts...)
	c.influx = w.influx.Copy()
	return c
}

// during answers for a while.
func during(d time.Duration, answer http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	began := time.Now()
	return func(w http.ResponseWriter, r *http.Request) bool {
		if time.Since(began) > d {
			return false
		}
		answer(w, r)
		return true
	}
}

// hung answers nothing for a time, or until whoever asks gives up.
func hung(d time.Duration) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(d):
		}
	}
}

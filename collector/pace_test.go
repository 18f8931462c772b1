package collector

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
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

// troubles gives the names of what is the matter with the bench's feed.
func (b *bench) troubles() string {
	status := timeline.FeedStatus{Feed: timeline.Feed{Enabled: true, Rhythm: 10 * time.Minute}, FeedState: b.record.states["feed"]}
	var names []string
	for _, trouble := range status.Troubles() {
		names = append(names, string(trouble.Name))
	}
	return strings.Join(names, " ")
}

// later moves the bench's clock.
func (b *bench) later(d time.Duration) { b.now = b.now.Add(d) }

// A feed that fails is tried again soon, then ever more rarely; a success forgets
// that. What the server asks for is waited for, up to a limit that is told.
func TestBackoff(t *testing.T) {
	answer := func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }
	var log bytes.Buffer
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }), func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	pause := func() time.Duration {
		t.Helper()
		return b.poll(t).State.NextPoll.Sub(b.now)
	}
	last := time.Duration(0)
	for i := range 12 {
		got := pause()
		if i == 0 && got > 4*time.Minute || got > 2*time.Hour*5/4 || i < 6 && got <= last {
			t.Errorf("pause %s after failure %d, and %s before", got, i+1, last)
		}
		last = got
		b.later(got)
	}
	answer = func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	b.record.states = make(map[string]timeline.FeedState)
	if got := pause(); got != 2*time.Hour {
		t.Errorf("pause %s, want the Retry-After of 2h", got)
	}
	answer = func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", b.now.Add(90*time.Minute).Format(http.TimeFormat))
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	b.record.states = make(map[string]timeline.FeedState)
	b.later(time.Minute)
	if got := pause(); got > 90*time.Minute || got <= 90*time.Minute-time.Second { // a date has no fractions
		t.Errorf("pause %s, want the Retry-After of 1h30m", got)
	}
	answer = func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "999999")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	b.later(time.Minute)
	if got := pause(); got != 24*time.Hour || b.Stats().HeldRetryAfter != 1 || !strings.Contains(log.String(), "collector.max_retry_after not obeyed") {
		t.Errorf("pause %s, %d counted, log %s; want 24h, counted and told", got, b.Stats().HeldRetryAfter, log.String())
	}
	answer = func(w http.ResponseWriter) { body("text/xml", rss(first))(w, nil) }
	b.later(time.Minute)
	if got := pause(); got > 10*time.Minute || b.record.states["feed"].Failures != 0 {
		t.Errorf("pause %s after a success: want the schedule's", got)
	}
}

// A feed that is gone is asked for no more, until its entry changes.
func TestGone(t *testing.T) {
	requests := 0
	gone := true
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; gone {
			w.WriteHeader(http.StatusGone)
			return
		}
		body("text/xml", rss(first))(w, r)
	})
	b := newBench(t, handler, nil)
	if p := b.poll(t); !p.State.NextPoll.IsZero() || p.Poll.Outcome != timeline.OutcomeGone || b.troubles() != "gone" {
		t.Errorf("next poll %s after %+v, troubles %s; want none, gone", p.State.NextPoll, p.Poll, b.troubles())
	}
	b.later(time.Hour)
	if _, err := b.Poll(t.Context(), "feed", b.now); err == nil || requests != 1 {
		t.Errorf("error %v after %d requests, want ErrGone and one", err, requests)
	}
	gone = false
	again := newBench(t, handler, func(o *Options) { o.Feeds[0].Title = "Example" })
	again.record = b.record
	again.Collector.record = b.record
	again.later(2 * time.Hour)
	if again.poll(t); again.troubles() != "" {
		t.Errorf("troubles %s with another entry", again.troubles())
	}
}

// Permanent redirects are remembered, others are not; one that leads nowhere is
// forgotten after some failures.
func TestMoved(t *testing.T) {
	var asked []string
	broken := false
	mux := http.NewServeMux()
	to := func(status int, where string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, where, status) }
	}
	mux.HandleFunc("/feed", func(w http.ResponseWriter, r *http.Request) { to(301, "/second")(w, r) })
	mux.HandleFunc("/second", to(308, "/third?a=1"))
	mux.HandleFunc("/third", func(w http.ResponseWriter, r *http.Request) {
		if broken {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		to(302, "/today")(w, r)
	})
	mux.HandleFunc("/today", func(w http.ResponseWriter, r *http.Request) { body("text/xml", rss(first))(w, r) })
	var log bytes.Buffer
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		mux.ServeHTTP(w, r)
	}), func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	poll := func(want string) {
		t.Helper()
		asked = nil
		b.poll(t)
		b.later(10 * time.Minute)
		if got := strings.Join(asked, " "); got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
	}
	poll("/feed /second /third /today")
	if got := b.record.states["feed"].Pace.MovedTo; got != b.server.URL+"/third?a=1" || b.troubles() != "moved" {
		t.Errorf("moved to %s, troubles %s", got, b.troubles())
	}
	poll("/third /today")
	poll("/third /today")
	if n := strings.Count(log.String(), "another address for good"); n != 1 {
		t.Errorf("told %d times: %s", n, log.String())
	}
	broken = true
	poll("/third")
	poll("/third")
	poll("/third")
	broken = false
	poll("/feed /second /third /today")
}

// A server whose ETag is stuck is asked for everything once a day when the feed is
// quiet for long, and is not believed any more when that brings old news.
func TestStuckValidators(t *testing.T) {
	document, conditional := rss(first, second), 0
	var at time.Time
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"stuck"`)
		if r.Header.Get("If-None-Match") != "" {
			conditional++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body("text/xml", document)(w, r)
	}), nil)
	b.poll(t)
	at = b.now
	item := func(after time.Duration) string {
		when := at.Add(after)
		return fmt.Sprintf(`<guid>%s</guid><title>News of %s</title><pubDate>%s</pubDate>`, when, when, when.Format(time.RFC1123Z))
	}
	document = rss(item(3*time.Hour), item(2*time.Hour), first, second)
	found := time.Duration(0)
	for b.now.Sub(at) < 5*24*time.Hour {
		b.later(time.Hour)
		if p := b.poll(t); p.Poll.New > 0 && found == 0 {
			found = b.now.Sub(at)
		}
	}
	if found == 0 || found > 3*24*time.Hour || !strings.HasPrefix(b.troubles(), "stuck-validators") {
		t.Errorf("news found after %s, troubles %q", found, b.troubles())
	}
	conditional = 0
	b.later(time.Hour)
	document = rss(item(6*24*time.Hour), first)
	if p := b.poll(t); conditional > 0 || p.Poll.New != 1 {
		t.Errorf("%d conditional requests afterwards, %d new", conditional, p.Poll.New)
	}
	b.later(stuckFor)
	b.poll(t)
	if b.later(time.Hour); strings.HasPrefix(b.troubles(), "stuck-validators") {
		t.Errorf("troubles %q after %s, want validators to be tried again", b.troubles(), stuckFor)
	}
	if b.poll(t); conditional == 0 {
		t.Error("validators are not sent after a week, want them tried again")
	}
	// A true 304 of a feed that is quiet for long accuses nobody.
	honest := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body("text/xml", rss(first, second))(w, r)
	}), nil)
	full := 0
	for range 10 * 24 {
		if p := honest.poll(t); p.Poll.Status == http.StatusOK {
			full++
		}
		honest.later(time.Hour)
	}
	if full > 11 || honest.troubles() != "silent" {
		t.Errorf("%d whole documents in ten days, troubles %q", full, honest.troubles())
	}
}

// What conditional: false means.
func TestUnconditional(t *testing.T) {
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			t.Error("asked for changes only")
		}
		w.Header().Set("ETag", `"1"`)
		body("text/xml", rss(first))(w, r)
	}), func(o *Options) { o.Feeds[0].Conditional = new(bool) })
	b.poll(t)
	b.later(time.Hour)
	if p := b.poll(t); p.Poll.Outcome != timeline.OutcomeUnchanged {
		t.Errorf("outcome %s of the same body", p.Poll.Outcome)
	}
}

// Dates that are off by whole hours against the polls that brought them are told,
// with the zone that would be right; so are those that lie ahead.
func TestWrongZone(t *testing.T) {
	for _, tt := range []struct {
		name   string
		layout string        // of the dates
		off    time.Duration // how the publisher's clock differs from the feed's zone, UTC
		want   string        // troubles
		zone   string
	}{
		{"right", "2006-01-02 15:04:05", 0, "", ""},
		{"three hours ahead", "2006-01-02 15:04:05", 3 * time.Hour, "wrong-zone", "Etc/GMT-3"},
		{"five hours behind", "2006-01-02 15:04:05", -5 * time.Hour, "wrong-zone", "Etc/GMT+5"},
		{"wrong zone named", "Mon, 02 Jan 2006 15:04:05 GMT", 2 * time.Hour, "wrong-zone", ""},
		{"ahead, no whole hours", "2006-01-02 15:04:05", 95 * time.Minute, "future-dates", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document := ""
			b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { body("text/xml", document)(w, r) }), func(o *Options) {
				o.Feeds[0].Timezone = "UTC"
			})
			for i := range 6 {
				published := b.now.Add(-5 * time.Minute)
				document = rss(fmt.Sprintf(`<guid>%d</guid><title>News %d</title><pubDate>%s</pubDate>`, i, i, published.Add(tt.off).Format(tt.layout)))
				b.poll(t)
				b.later(10 * time.Minute)
			}
			if got, zone := b.troubles(), b.record.states["feed"].Pace.Zone; got != tt.want || zone != tt.zone {
				t.Errorf("troubles %q, zone %q; want %q, %q", got, zone, tt.want, tt.zone)
			}
		})
	}
}

// Polls at one host keep apart, those of different hosts do not wait.
func TestHostInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var mu sync.Mutex
		at := make(map[string][]time.Duration)
		b := newBench(t, nil, func(o *Options) {
			o.Now, o.Feeds = time.Now, nil
			o.Config.HostInterval, o.Config.PerHost = 2*time.Second, 4
			for i := range 8 {
				o.Feeds = append(o.Feeds, Feed{Name: fmt.Sprint(i), URL: fmt.Sprintf("http://%d.example/%d", i%2, i)})
			}
			o.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
				mu.Lock()
				defer mu.Unlock()
				at[r.URL.Host] = append(at[r.URL.Host], time.Since(start))
				return found(r, rss(first)), nil
			})
		})
		var polls sync.WaitGroup
		for i := range 8 {
			polls.Go(func() {
				if _, err := b.Poll(t.Context(), fmt.Sprint(i), start); err != nil {
					t.Error(err)
				}
			})
		}
		polls.Wait()
		for host, times := range at {
			for i, got := range times {
				if got != time.Duration(i)*2*time.Second {
					t.Errorf("%s: request %d after %s", host, i, got)
				}
			}
		}
	})
}

// Whatever a server answers, the next request goes over the same connection.
func TestConnectionReuse(t *testing.T) {
	connections := 0
	statuses := []int{200, 404, 302, 304, 503, 200}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := 200
		if r.URL.Path == "/feed" {
			status, statuses = statuses[0], statuses[1:]
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		if status != 304 {
			fmt.Fprint(w, rss(first)+strings.Repeat(" ", 20_000))
		}
	}))
	var mu sync.Mutex
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			connections++
		}
	}
	server.Start()
	defer server.Close()
	b := newBench(t, nil, func(o *Options) { o.Feeds[0].URL = server.URL + "/feed" })
	for len(statuses) > 0 {
		b.poll(t)
		b.later(time.Hour)
	}
	mu.Lock()
	defer mu.Unlock()
	if connections != 1 {
		t.Errorf("%d connections for 7 requests", connections)
	}
}

// A feed whose polls the record does not take is named until it takes one.
func TestUnrecorded(t *testing.T) {
	b := newBench(t, body("text/xml", rss(first)), nil)
	b.record.fail = fmt.Errorf("disk full")
	for range 2 {
		if _, err := b.Poll(t.Context(), "feed", b.now); err == nil {
			t.Fatal("no error")
		}
	}
	want := Unrecorded{Feed: "feed", At: ready, Polls: 2, Error: "disk full"}
	if got := b.Unrecorded(); len(got) != 1 || got[0] != want {
		t.Errorf("unrecorded %+v, want %+v", got, want)
	}
	b.record.fail = nil
	b.poll(t)
	if got := b.Unrecorded(); len(got) != 0 || b.Stats().Unrecorded != 2 {
		t.Errorf("unrecorded %+v after one was taken, %d counted", got, b.Stats().Unrecorded)
	}
}

// publisher publishes by hour of the day and of the week.
type publisher struct {
	name   string
	perDay float64
	night  float64 // share of the day's rate between 22 and 6
	items  int     // in its document
	maxAge int     // of Cache-Control, seconds; 0: none
}

// publish gives when it publishes over so many days: by hash, as a Poisson
// process would.
func (p *publisher) publish(start time.Time, days int) []time.Time {
	var at []time.Time
	const step = time.Minute
	for i := range days * 24 * 60 {
		now := start.Add(time.Duration(i) * step)
		rate := p.perDay / (24 * 60) * 24 / (16 + 8*p.night)
		if h := now.Hour(); h >= 22 || h < 6 {
			rate *= p.night
		}
		draw := float64(timeline.Spread(1<<30, "publish", p.name, fmt.Sprint(i))) / (1 << 30)
		if draw < 1-math.Exp(-rate) {
			at = append(at, now)
		}
	}
	return at
}

// Weeks of `auto`: how many polls each arrival costs, and how long it waits.
func TestAutoForWeeks(t *testing.T) {
	if testing.Short() {
		t.Skip("weeks of polls")
	}
	for _, tt := range []struct {
		publisher
		days      int
		mostPolls float64       // for each new item
		mostLag   time.Duration // in the mean
	}{
		{publisher{"agency", 400, 0.3, 50, 0}, 4, 0.9, 4 * time.Minute},
		{publisher{"daily paper", 60, 0.1, 30, 0}, 21, 2.5, 12 * time.Minute},
		{publisher{"magazine", 6, 0.1, 20, 0}, 21, 3, 2 * time.Hour},
		{publisher{"weekly", 0.3, 1, 10, 0}, 42, 15, 4 * time.Hour},
		{publisher{"agency that asks for a day", 400, 0.3, 50, 86400}, 21, 0.2, time.Hour},
		{publisher{"paper that asks for half an hour", 60, 0.1, 30, 1800}, 21, 1.5, 20 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				published := tt.publish(start.Add(-2*24*time.Hour), tt.days+2)
				seen := make(map[int]time.Duration) // how long each waited
				polls := 0
				b := newBench(t, nil, func(o *Options) {
					o.Now = time.Now
					o.Feeds = []Feed{{Name: "feed", URL: "http://feed.example/", Schedule: "auto"}}
					o.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
						polls++
						var items []string
						for i := len(published) - 1; i >= 0 && len(items) < tt.items; i-- {
							at := published[i]
							if at.After(time.Now()) {
								continue
							}
							if _, known := seen[i]; !known && at.After(start) {
								seen[i] = time.Since(at)
							}
							items = append(items, fmt.Sprintf("<guid>%d</guid><title>%d</title><pubDate>%s</pubDate>", i, i, at.Format(time.RFC1123Z)))
						}
						answer := found(r, rss(items...))
						if tt.maxAge > 0 {
							answer.Header.Set("Cache-Control", fmt.Sprintf("max-age=%d", tt.maxAge))
						}
						return answer, nil
					})
				})
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(tt.days)*24*time.Hour)
				defer cancel()
				if err := b.Run(ctx, nil); err != nil {
					t.Fatal(err)
				}
				sum, longest := time.Duration(0), time.Duration(0)
				for _, lag := range seen {
					sum += lag
					longest = max(longest, lag)
				}
				lag := sum / time.Duration(len(seen))
				total := 0
				for _, at := range published {
					if at.After(start) && at.Before(start.Add(time.Duration(tt.days-1)*24*time.Hour)) {
						total++
					}
				}
				perNew := float64(polls) / float64(len(seen))
				t.Logf("%d new, %d polls, %.2f a new item; it waits %s in the mean, %s at most", len(seen), polls, perNew, lag.Round(time.Second), longest)
				if perNew > tt.mostPolls || lag > tt.mostLag || longest > 6*time.Hour {
					t.Errorf("want at most %.2f polls a new item and %s of waiting", tt.mostPolls, tt.mostLag)
				}
				if missed := total - len(seen); missed > total/100 {
					t.Errorf("%d of %d never seen", missed, total)
				}
				for i := 1; i < len(b.record.polls); i++ {
					gap := b.record.polls[i].Poll.At.Sub(b.record.polls[i-1].Poll.At)
					if gap < 5*time.Minute-time.Second || gap > 6*time.Hour+time.Second {
						t.Errorf("%s between two polls", gap)
					}
				}
			})
		})
	}
}

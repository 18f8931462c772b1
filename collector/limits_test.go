package collector

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// What a site asks for holds for whatever goes to its host, polls and pages alike,
// and for no other; it goes when the site does not ask for it any more.
func TestHostAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Concurrency: 8, PerHost: 2, HostInterval: time.Second}
		l := newLimits(&cfg, time.Now)
		site, other := &url.URL{Scheme: "https", Host: "example.org"}, &url.URL{Scheme: "https", Host: "example.net"}
		began := time.Now()
		at := func(u *url.URL) time.Duration {
			t.Helper()
			release, err := l.acquire(t.Context(), u)
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			return time.Since(began)
		}
		for _, step := range []struct {
			name string
			do   func()
			at   *url.URL
			want time.Duration
		}{
			{"a poll", func() {}, site, 0},
			{"a page, which says what the site asks for", func() {}, site, time.Second},
			{"a poll behind it", func() { l.ask(site, 10*time.Second) }, site, 11 * time.Second},
			{"another host", func() {}, other, 11 * time.Second},
			{"a page", func() {}, site, 21 * time.Second},
			{"a poll when it asks for no more", func() { l.ask(site, 0) }, site, 22 * time.Second},
		} {
			step.do()
			if got := at(step.at); got != step.want {
				t.Errorf("%s began after %v, want %v", step.name, got, step.want)
			}
		}
	})
}

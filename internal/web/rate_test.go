package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// from asks as another address.
func from(addr string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = addr }
}

// TestRate turns away who asks more often than may be, and nobody else.
func TestRate(t *testing.T) {
	clock := now
	count := &metered{}
	s := newServer(t, fill(), func(cfg *Config, o *Options) {
		cfg.Rate = RateConfig{PerSecond: 2, Burst: 5}
		o.Now, o.Meter = func() time.Time { return clock }, count
	})
	for i := range 5 {
		if w := ask(s, "GET", "/feeds"); w.Code != http.StatusOK {
			t.Fatalf("request %d: status %d", i, w.Code)
		}
	}
	w := ask(s, "GET", "/api/v1/feeds")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" || !strings.Contains(w.Body.String(), "web.rate") || count.limited != 1 {
		t.Errorf("one too many: status %d, Retry-After %q, %d counted: %s", w.Code, w.Header().Get("Retry-After"), count.limited, w.Body)
	}
	if w := ask(s, "GET", "/"); w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "<html") {
		t.Errorf("a page too many: status %d", w.Code)
	}
	for path, addr := range map[string]string{"/healthz": "192.0.2.1:1234", "/readyz": "192.0.2.1:1234", "/feeds": "192.0.2.2:1234"} {
		if w := ask(s, "GET", path, from(addr)); w.Code != http.StatusOK {
			t.Errorf("GET %s from %s: status %d", path, addr, w.Code)
		}
	}
	clock = clock.Add(time.Second)
	for i, want := range []int{200, 200, 429} {
		if w := ask(s, "GET", "/feeds"); w.Code != want {
			t.Errorf("a second later, request %d: status %d, want %d", i, w.Code, want)
		}
	}
}

// TestRateOff lets everybody ask as often as he likes.
func TestRateOff(t *testing.T) {
	s := newServer(t, fill(), func(cfg *Config, _ *Options) { cfg.Rate = RateConfig{} })
	for range 1000 {
		if w := ask(s, "GET", "/static/icon.svg"); w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
	}
}

// TestWrongTokensAreDear has a wrong token cost as much as many requests, by whatever
// way it comes.
func TestWrongTokensAreDear(t *testing.T) {
	wrong := map[string]func(*http.Request){
		"bearer": func(r *http.Request) { r.Header.Set("Authorization", "Bearer guess") },
		"cookie": func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookieName, Value: "guess"}) },
	}
	for name, guess := range wrong {
		s := newServer(t, fill(), func(cfg *Config, o *Options) {
			withToken(cfg, o)
			cfg.Rate = RateConfig{PerSecond: 1, Burst: 10 * wrongToken}
		})
		tries := 0
		for ; tries < 100; tries++ {
			if w := ask(s, "GET", "/api/v1/feeds", guess); w.Code == http.StatusTooManyRequests {
				break
			}
		}
		if tries > 10 {
			t.Errorf("%s: %d tries before they are turned away, want 10", name, tries)
		}
	}
	s := newServer(t, fill(), withToken)
	for i := range 100 { // who has none yet is led to the form
		if w := ask(s, "GET", "/"); w.Code != http.StatusSeeOther {
			t.Fatalf("request %d without a token: status %d", i, w.Code)
		}
	}
}

// TestRateIsBounded keeps so many addresses apart, and takes a network of IPv6 for one.
func TestRateIsBounded(t *testing.T) {
	clock := now
	l := newLimiter(RateConfig{PerSecond: 1, Burst: 1}, func() time.Time { return clock })
	for i := range maxAddresses + 10 {
		clock = clock.Add(time.Microsecond)
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		if ok, _, _ := l.allows(fmt.Sprintf("%s:80", addr)); !ok {
			t.Fatalf("address %d is turned away at once", i)
		}
	}
	if len(l.each) > maxAddresses {
		t.Errorf("%d addresses, want at most %d", len(l.each), maxAddresses)
	}
	if ok, _, tell := l.allows("10.0.39.20:80"); ok || !tell {
		t.Error("one of the newest addresses is forgotten, or nobody is told that it asks too often")
	}
	if ok, _, tell := l.allows("10.0.39.20:81"); ok || tell {
		t.Error("it is told at each request that an address asks too often")
	}
	for remote, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1/32", "[::ffff:192.0.2.1]:80": "192.0.2.1/32", "[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64", "[fe80::1%eth0]:80": "fe80::/64", "@": "invalid Prefix",
	} {
		if got := networkOf(remote).String(); got != want {
			t.Errorf("%s counts as %s, want %s", remote, got, want)
		}
	}
	clock = clock.Add(time.Hour)
	l.allows("192.0.2.1:80")
	if len(l.each) != 1 {
		t.Errorf("%d addresses an hour later, want one: who may ask a burst again is forgotten", len(l.each))
	}
}

// TestNoCORS gives no other site leave to read anything.
func TestNoCORS(t *testing.T) {
	s := newServer(t, fill(), nil)
	elsewhere := func(r *http.Request) { r.Header.Set("Origin", "https://elsewhere.example") }
	for _, method := range []string{"GET", "OPTIONS"} {
		w := ask(s, method, "/api/v1/feeds", elsewhere, func(r *http.Request) { r.Header.Set("Access-Control-Request-Method", "GET") })
		for name := range w.Header() {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: header %s", method, name)
			}
		}
		if method == "OPTIONS" && w.Code != http.StatusMethodNotAllowed {
			t.Errorf("OPTIONS: status %d", w.Code)
		}
		if w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: others may embed it", method)
		}
	}
}

package web

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// RateConfig bounds how often one address may ask.
type RateConfig struct {
	PerSecond int `yaml:"per_second"` // requests in the long run; 0: as many as it likes
	Burst     int `yaml:"burst"`      // requests at once
}

const (
	// wrongToken is as many requests as a wrong token costs, so that tokens cannot be
	// tried out.
	wrongToken = 20
	// maxAddresses is how many addresses are kept apart. Beyond that those that have
	// not asked for longest begin anew.
	maxAddresses = 10_000
)

// limiter lets each address ask so often. IPv6 addresses are those of a network
// (/64), since one customer has one.
type limiter struct {
	config RateConfig
	now    func() time.Time

	mu   sync.Mutex
	each map[netip.Prefix]*visitor
}

// visitor is an address that asks.
type visitor struct {
	rate *rate.Limiter
	last time.Time
	told bool // that it asks too often, since it last did not
}

func newLimiter(config RateConfig, now func() time.Time) *limiter {
	return &limiter{config: config, now: now, each: make(map[netip.Prefix]*visitor)}
}

// networkOf is what a request's address counts as.
func networkOf(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{} // a pipe or a socket: all are one
	}
	addr = addr.Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 32
	}
	network, _ := addr.Prefix(bits) // these are lengths that it has
	return network
}

// visitor gives what is known of an address. The caller holds the lock.
func (l *limiter) visitor(remote string, now time.Time) *visitor {
	network := networkOf(remote)
	v := l.each[network]
	if v == nil {
		if len(l.each) >= maxAddresses {
			l.forget(now)
		}
		v = &visitor{rate: rate.NewLimiter(rate.Limit(l.config.PerSecond), l.config.Burst)}
		l.each[network] = v
	}
	v.last = now
	return v
}

// forget drops those who may ask a burst again, of whom nothing is to be known; when
// there are none, the one that has not asked for longest.
func (l *limiter) forget(now time.Time) {
	var oldest netip.Prefix
	var last time.Time
	for network, v := range l.each {
		if v.rate.TokensAt(now) >= float64(l.config.Burst) {
			delete(l.each, network)
			continue
		}
		if last.IsZero() || v.last.Before(last) {
			oldest, last = network, v.last
		}
	}
	if len(l.each) >= maxAddresses {
		delete(l.each, oldest)
	}
}

// allows reports whether an address may ask now, if not when it may again, and
// whether that is to be told: once for each time that it begins to ask too often.
func (l *limiter) allows(remote string) (ok bool, wait time.Duration, tell bool) {
	if l.config.PerSecond == 0 {
		return true, 0, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	v := l.visitor(remote, now)
	if v.rate.AllowN(now, 1) {
		v.told = false
		return true, 0, false
	}
	tell, v.told = !v.told, true
	missing := 1 - v.rate.TokensAt(now)
	return false, time.Duration(missing / float64(l.config.PerSecond) * float64(time.Second)), tell
}

// punish takes from an address what a wrong token costs.
func (l *limiter) punish(remote string) {
	if l.config.PerSecond == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.visitor(remote, now).rate.ReserveN(now, min(wrongToken, l.config.Burst))
}

// withRate turns away those who ask too often. Probes are always answered.
func (s *Server) withRate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
			next.ServeHTTP(w, r)
			return
		}
		ok, wait, tell := s.limiter.allows(r.RemoteAddr)
		if ok {
			next.ServeHTTP(w, r)
			return
		}
		s.opts.Meter.RateLimited()
		if tell {
			s.opts.Logger.WarnContext(r.Context(), "requests turned away: too many", "remote_addr", r.RemoteAddr,
				"per_second", s.limiter.config.PerSecond, "burst", s.limiter.config.Burst)
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		s.refuse(w, r, problem{
			http.StatusTooManyRequests, "too many requests from this address",
			"wait as long as Retry-After says, or raise web.rate",
		})
	})
}

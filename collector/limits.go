package collector

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
)

// limits bounds the polls at work, all together and at one host.
type limits struct {
	all     chan struct{}
	perHost int

	mu    sync.Mutex
	hosts map[string]chan struct{} // by host name
}

func newLimits(concurrency, perHost int, sources map[string]*source) *limits {
	l := &limits{all: make(chan struct{}, concurrency), perHost: perHost, hosts: make(map[string]chan struct{})}
	for _, s := range sources {
		if host := hostKey(s.url); l.hosts[host] == nil {
			l.hosts[host] = make(chan struct{}, perHost)
		}
	}
	return l
}

func hostKey(u *url.URL) string { return strings.ToLower(u.Hostname()) }

// acquire waits for a place. The host comes first, so that polls that wait for a
// slow host keep no place from others.
func (l *limits) acquire(ctx context.Context, u *url.URL) (release func(), err error) {
	l.mu.Lock()
	host := l.hosts[hostKey(u)]
	if host == nil {
		host = make(chan struct{}, l.perHost)
		l.hosts[hostKey(u)] = host
	}
	l.mu.Unlock()
	for i, places := range []chan struct{}{host, l.all} {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			if i == 1 {
				<-host
			}
			return nil, fmt.Errorf("poll not begun: %w", ctx.Err())
		}
	}
	return func() { <-l.all; <-host }, nil
}

package collector

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

// limits bounds the polls at work, all together and at one host, and keeps them
// apart in time at one host.
type limits struct {
	all      chan struct{}
	perHost  int
	interval time.Duration
	now      func() time.Time

	mu    sync.Mutex
	hosts map[string]*host // by name, as feeds and their moves bring them
}

// host is what is known of one.
type host struct {
	places chan struct{}

	mu    sync.Mutex
	begun time.Time     // when the last of the turns given out begins
	asked time.Duration // what the site wants between two requests (Crawl-delay)
}

func newLimits(cfg *Config, now func() time.Time) *limits {
	return &limits{
		all:      make(chan struct{}, cfg.Concurrency),
		perHost:  cfg.PerHost,
		interval: cfg.HostInterval,
		now:      now,
		hosts:    make(map[string]*host),
	}
}

func hostKey(u *url.URL) string { return strings.ToLower(u.Hostname()) }

func (l *limits) hostOf(u *url.URL) *host {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := hostKey(u)
	h := l.hosts[key]
	if h == nil {
		h = &host{places: make(chan struct{}, l.perHost)}
		l.hosts[key] = h
	}
	return h
}

// acquire waits for a place and for its time. The host comes first, so that polls
// that wait for a slow host keep no place from others.
func (l *limits) acquire(ctx context.Context, u *url.URL) (release func(), err error) {
	h := l.hostOf(u)
	if err := take(ctx, h.places); err != nil {
		return nil, fmt.Errorf("poll not begun: %w", err)
	}
	if err := wait(ctx, h.turn(l.now(), l.interval)); err != nil {
		<-h.places
		return nil, err
	}
	if err := take(ctx, l.all); err != nil {
		<-h.places
		return nil, fmt.Errorf("poll not begun: %w", err)
	}
	return func() { <-l.all; <-h.places }, nil
}

// turn gives how long the next poll or page has to wait, and takes its turn.
func (h *host) turn(now time.Time, interval time.Duration) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	begin := now
	if next := h.begun.Add(max(interval, h.asked)); next.After(now) {
		begin = next
	}
	h.begun = begin
	return begin.Sub(now)
}

// ask keeps polls and pages of a host apart as its site wants it; those that wait
// for their turn already keep it.
func (l *limits) ask(u *url.URL, interval time.Duration) {
	h := l.hostOf(u)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = interval
}

// take waits for one of the places. The error is that of ctx.
func take(ctx context.Context, places chan struct{}) error {
	select {
	case places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	if err := pause(ctx, d); err != nil {
		return fmt.Errorf("poll not begun: %w", err)
	}
	return nil
}

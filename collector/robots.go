package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"marsad/timeline"
)

// robots knows what sites allow of their pages (RFC 9309). Feeds are made to be
// polled and are not asked about.
type robots struct {
	fetcher *fetcher // whose maxBytes is for robots.txt
	token   string   // our name in robots.txt
	now     func() time.Time

	mu    sync.Mutex
	sites map[string]siteRules // by scheme and host
}

// siteRules is what a site's robots.txt said, or why it could not be read.
type siteRules struct {
	group  *robotstxt.Group
	failed *failure
	until  time.Time // when to ask again
}

const (
	// maxRobotsBytes is what is read of a robots.txt (RFC 9309 section 2.5).
	maxRobotsBytes = 500 << 10
	// robotsFor is how long its word is taken for (section 2.4).
	robotsFor = 24 * time.Hour
	// noRobotsFor is how long a site that could not say is left alone.
	noRobotsFor = 5 * time.Minute
	// maxSites is how many sites are remembered; then all are asked again.
	maxSites = 10_000
	// maxCrawlDelay is the longest Crawl-delay that is kept: a host's pages wait
	// for each other.
	maxCrawlDelay = 30 * time.Second
)

func newRobots(f *fetcher, userAgent string, now func() time.Time) *robots {
	own := *f
	own.maxBytes = maxRobotsBytes
	token, _, _ := strings.Cut(userAgent, "/")
	token, _, _ = strings.Cut(strings.TrimSpace(token), " ")
	return &robots{fetcher: &own, token: token, now: now, sites: make(map[string]siteRules)}
}

// check says whether the page may be asked for, and how long to wait before the
// site's next.
func (r *robots) check(ctx context.Context, u *url.URL) (delay time.Duration, failed *failure) {
	site := u.Scheme + "://" + u.Host
	r.mu.Lock()
	rules, found := r.sites[site]
	r.mu.Unlock()
	if !found || !r.now().Before(rules.until) {
		rules = r.ask(ctx, u)
		if ctx.Err() == nil {
			r.remember(site, rules)
		}
	}
	switch {
	case rules.failed != nil:
		return 0, rules.failed
	case !rules.group.Test(u.RequestURI()):
		return 0, &failure{timeline.OutcomeRobots, fmt.Sprintf("the robots.txt of %s forbids this page to %s", u.Host, r.token)}
	}
	return min(rules.group.CrawlDelay, maxCrawlDelay), nil
}

func (r *robots) remember(site string, rules siteRules) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sites) >= maxSites {
		clear(r.sites)
	}
	r.sites[site] = rules
}

// ask reads a site's robots.txt. One that is not there allows everything, one that
// cannot be read nothing (section 2.3.1).
func (r *robots) ask(ctx context.Context, u *url.URL) siteRules {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	a, err := r.fetcher.get(ctx, &source{name: u.Host, url: at, accept: "text/plain, */*;q=0.1"})
	if errors.Is(err, errTooLarge) {
		a.body, err = a.body[:maxRobotsBytes], nil
	}
	later := r.now().Add(noRobotsFor)
	if err != nil {
		failed := r.fetcher.fetchFailure(err, a.url)
		failed.message = "the robots.txt cannot be read: " + failed.message
		return siteRules{failed: failed, until: later}
	}
	if a.status >= http.StatusInternalServerError || a.status == http.StatusTooManyRequests {
		return siteRules{failed: &failure{timeline.OutcomeHTTP, fmt.Sprintf("the robots.txt cannot be read: HTTP %d", a.status)}, until: later}
	}
	data, err := robotstxt.FromBytes(knownRules(a.body)) // none for any other status but 200
	if err != nil {
		return siteRules{failed: &failure{timeline.OutcomeRobots, "the robots.txt is not understood: " + err.Error()}, until: r.now().Add(robotsFor)}
	}
	return siteRules{group: data.FindGroup(r.token), until: r.now().Add(robotsFor)}
}

// knownRules leaves out the lines of a robots.txt that say nothing to us: the
// parser refuses the whole for one that it does not understand.
func knownRules(body []byte) []byte {
	var known []byte
	agent := false
	for line := range bytes.Lines(bytes.TrimPrefix(body, []byte("\ufeff"))) {
		line, _, _ = bytes.Cut(line, []byte("#"))
		key, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch strings.ToLower(string(bytes.TrimSpace(key))) {
		case "user-agent":
			agent = true
		case "allow", "disallow":
			if !agent {
				continue
			}
		case "crawl-delay":
			if _, err := strconv.ParseFloat(string(value), 64); err != nil || !agent {
				continue
			}
		default:
			continue
		}
		known = append(append(known, bytes.TrimSpace(line)...), '\n')
	}
	return known
}

package collector

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// FoundFeed is a feed of a site.
type FoundFeed struct {
	URL    string // as it was found, without user and password
	Origin FeedOrigin
	Title  string    // plain text, one line; empty when the feed has none
	Lang   string    // BCP 47 primary subtag, or empty
	Items  int       // in its document
	Newest time.Time // of its items' dates, none later than now; zero when no item has one
	Error  string    // why it cannot be read, for a person; empty when it was
}

// FeedOrigin says how a feed was found.
type FeedOrigin string

// The origins of found feeds.
const (
	OriginItself FeedOrigin = "itself" // the address asked about is the feed
	OriginPage   FeedOrigin = "page"   // the page names it
	OriginGuess  FeedOrigin = "guess"  // it is where many sites have theirs
)

// maxLinkedFeeds is how many of the feeds that a page names are tried. Pages that
// name more list the comments of every article.
const maxLinkedFeeds = 10

// guessedPaths are where sites have feeds that their pages do not name.
var guessedPaths = []string{"/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml"}

// DiscoverFeeds finds the feeds of the site that the address belongs to. The
// feeds that the page there names come first, in its order, with those that
// cannot be read; only when none can are the usual addresses tried, and given
// when they are feeds. A document that is found twice is given once.
//
// Requests keep the limits and rules of polls and are made one after the other,
// at most 18 of them; a site that does not answer, or asks for less, is asked no
// more. Dates without a zone are read in zone; at is the present. The error says
// that no feed was found, and why; it does not quote the address, which may hold
// a password.
func DiscoverFeeds(ctx context.Context, cfg Config, address string, zone *time.Location, at time.Time) ([]FoundFeed, error) {
	site, err := url.Parse(address)
	if err != nil || !isWeb(site) {
		return nil, errors.New("not a web address: write it as in https://example.org")
	}
	f, err := newFetcher(&cfg, nil)
	if err != nil {
		return nil, err
	}
	defer f.closeIdle()
	d := &discovery{fetcher: f, zone: zone, at: at, tried: map[string]bool{}, bodies: map[[sha256.Size]byte]bool{}}
	return d.discover(ctx, site)
}

// discovery is one search for the feeds of a site.
type discovery struct {
	fetcher *fetcher
	zone    *time.Location
	at      time.Time
	tried   map[string]bool // addresses
	bodies  map[[sha256.Size]byte]bool
	over    bool // the site is to be left alone
	found   []FoundFeed
}

func (d *discovery) discover(ctx context.Context, site *url.URL) ([]FoundFeed, error) {
	a, failed := d.get(ctx, site)
	if a.status == 0 {
		return nil, failed
	}
	if failed == nil {
		if doc, err := ParseDocument(a.body, a.header, a.url, d.zone); err == nil {
			return []FoundFeed{d.describe(site, OriginItself, &doc)}, nil
		}
		d.tryLinks(ctx, a)
	}
	if !d.anyReadable() {
		d.tryGuesses(ctx, a.url)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case len(d.found) > 0:
		return d.found, nil
	case failed != nil:
		return nil, fmt.Errorf("no feed found: the page cannot be read (%w), and there is none at the usual addresses", failed)
	}
	return nil, fmt.Errorf("no feed found: the page names none, and there is none at %s: look for the address on the site", strings.Join(guessedPaths, ", "))
}

// tryLinks tries the feeds that a page names.
func (d *discovery) tryLinks(ctx context.Context, page *answer) {
	base := *page.url
	base.User = nil // the addresses found are shown
	links := feedsOfPage(page.body, &base)
	for _, link := range links[:min(len(links), maxLinkedFeeds)] {
		u, err := url.Parse(link)
		if err != nil || !isWeb(u) {
			continue
		}
		if sameHost(page.url, u) {
			u.User = page.url.User
		}
		d.try(ctx, u, OriginPage)
	}
}

// tryGuesses tries the usual addresses: those of the host, and before them the
// most usual one below the page.
func (d *discovery) tryGuesses(ctx context.Context, page *url.URL) {
	paths := guessedPaths
	if below := strings.TrimRight(page.Path, "/"); below != "" {
		paths = append([]string{below + guessedPaths[0]}, paths...)
	}
	for _, path := range paths {
		d.try(ctx, &url.URL{Scheme: page.Scheme, User: page.User, Host: page.Host, Path: path}, OriginGuess)
	}
}

// try adds the feed at the address, if it is one. What a page names and is none
// is added with its error.
func (d *discovery) try(ctx context.Context, u *url.URL, origin FeedOrigin) {
	if d.over || ctx.Err() != nil || d.tried[u.String()] {
		return
	}
	a, failed := d.get(ctx, u)
	if failed == nil {
		sum := sha256.Sum256(a.body)
		if d.bodies[sum] {
			return
		}
		d.bodies[sum] = true
		doc, err := ParseDocument(a.body, a.header, a.url, d.zone)
		if err == nil {
			d.found = append(d.found, d.describe(u, origin, &doc))
			return
		}
		failed = err
	}
	if origin == OriginPage {
		d.found = append(d.found, FoundFeed{URL: shownURL(u), Origin: origin, Error: oneLine(failed.Error())})
	}
}

// get fetches a document; the error is for a person. After an answer that asks
// for less, or none, the site is left alone.
func (d *discovery) get(ctx context.Context, u *url.URL) (*answer, error) {
	d.tried[u.String()] = true
	a, err := d.fetcher.get(ctx, &source{name: u.Host, url: u})
	if err != nil {
		d.over = a.status == 0
		return a, errors.New(d.fetcher.fetchFailure(err, a.url).message)
	}
	if failed := statusFailure(a, false); failed != nil {
		d.over = a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable
		return a, errors.New(failed.message)
	}
	return a, nil
}

func (d *discovery) anyReadable() bool {
	for i := range d.found {
		if d.found[i].Error == "" {
			return true
		}
	}
	return false
}

func (d *discovery) describe(u *url.URL, origin FeedOrigin, doc *Document) FoundFeed {
	feed := FoundFeed{URL: shownURL(u), Origin: origin, Title: doc.Title, Lang: doc.Lang, Items: len(doc.Items)}
	for i := range doc.Items {
		published := doc.Items[i].Published
		if published.After(d.at) {
			published = d.at.In(published.Location())
		}
		if published.After(feed.Newest) {
			feed.Newest = published
		}
	}
	return feed
}

// shownURL is an address without user and password.
func shownURL(u *url.URL) string {
	shown := *u
	shown.User = nil
	return shown.String()
}

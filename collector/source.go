package collector

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"marsad/internal/schedule"
	"marsad/timeline"
)

// source is a feed with everything about it decided.
type source struct {
	name      string
	url       *url.URL
	publisher string
	country   string
	lang      string // BCP 47 primary subtag, or empty
	zone      *time.Location
	spec      schedule.Spec // spread
	identity  policy
	headers   http.Header // sent to the feed's own host alone
	accept    string      // types of documents wanted; those of feeds when empty
	fullText  bool        // articles have the text of their page

	conditional bool   // the server may be asked for changes only
	entry       string // names the configuration of the feed

	asked *atomic.Pointer[url.URL] // where it was asked for at its last poll, when that is another host; nil at first
}

// askedAt is where the feed was asked for last, as far as this process knows.
func (s *source) askedAt() *url.URL {
	if at := s.asked.Load(); at != nil {
		return at
	}
	return s.url
}

// newSource decides what the feed's entry leaves open. Errors name the key and
// never quote the address, which may hold a password.
func newSource(f *Feed, cfg *Config, zone *time.Location) (*source, error) {
	if f.Name == "" {
		return nil, errors.New("name: missing: give the feed a name of its own")
	}
	u, err := url.Parse(f.URL)
	if err != nil || !isWeb(u) {
		return nil, fmt.Errorf("feed %q: url: not a web address: write it as in https://example.org/rss", f.Name)
	}
	if f.Timezone != "" {
		if zone, err = time.LoadLocation(f.Timezone); err != nil {
			return nil, fmt.Errorf("feed %q: timezone: %q is not known: write an IANA name as in Asia/Baghdad", f.Name, f.Timezone)
		}
	}
	spec, err := schedule.Parse(orElse(f.Schedule, cfg.Schedule), zone)
	if err != nil {
		return nil, fmt.Errorf("feed %q: schedule: %w", f.Name, err)
	}
	identity, err := parsePolicy(f.Identity)
	if err != nil {
		return nil, fmt.Errorf("feed %q: identity: %w", f.Name, err)
	}
	headers := make(http.Header, len(f.Headers))
	for name, value := range f.Headers {
		name = http.CanonicalHeaderKey(name)
		if reservedHeader(name) {
			return nil, fmt.Errorf("feed %q: headers: %s is set by the collector: remove it", f.Name, name)
		}
		headers.Set(name, value.Reveal())
	}
	return &source{
		name:      f.Name,
		url:       u,
		publisher: orElse(f.Publisher, orElse(f.Title, f.Name)),
		country:   f.Country,
		lang:      primarySubtag(f.Lang),
		zone:      zone,
		spec:      spec.Spread(f.Name),
		identity:  identity,
		headers:   headers,
		fullText:  f.FullText,
		asked:     new(atomic.Pointer[url.URL]),

		conditional: f.Conditional == nil || *f.Conditional,
		entry:       entryOf(f),
	}, nil
}

// entryOf names the feed's configuration: another name says that somebody has
// changed it. Secrets are left out.
func entryOf(f *Feed) string {
	plain := *f
	plain.Conditional, plain.Enabled = nil, nil // pointers print as addresses
	conditional := f.Conditional == nil || *f.Conditional
	return timeline.Hash("feed entry", fmt.Sprintf("%+v %t", plain, conditional))
}

// reservedHeader reports whether a poll cannot work with somebody else's value:
// those that ask for a part, another host or an encoding nobody undoes.
func reservedHeader(name string) bool {
	switch name {
	case "Host", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Connection", "Content-Length", "Transfer-Encoding":
		return true
	default:
		return false
	}
}

func orElse(s, fallback string) string {
	if strings.TrimSpace(s) == "" {
		return fallback
	}
	return s
}

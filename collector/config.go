package collector

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"marsad/internal/config/scalar"
)

// Config is the section collector of config.yaml.
type Config struct {
	Schedule     string        `yaml:"schedule"`      // cron spec of feeds without their own, or auto
	Concurrency  int           `yaml:"concurrency"`   // polls at once
	PerHost      int           `yaml:"per_host"`      // polls at once to one host
	HostInterval time.Duration `yaml:"host_interval"` // least time between the begin of two polls at one host
	AllowPrivate AllowPrivate  `yaml:"allow_private"` // private addresses that may be polled
	Proxy        scalar.Secret `yaml:"proxy"`         // URL, may hold a password
	UserAgent    string        `yaml:"user_agent"`
	Timeout      time.Duration `yaml:"timeout"` // of one poll, redirects and body included
	MaxBytes     scalar.Size   `yaml:"max_bytes"`
	MaxItems     int           `yaml:"max_items"` // items read of one document
	MaxRedirects int           `yaml:"max_redirects"`
	Remember     time.Duration `yaml:"remember"` // how long an item not seen any more is known

	MaxBackoff    time.Duration `yaml:"max_backoff"`     // longest time between two tries at a feed that fails
	MaxRetryAfter time.Duration `yaml:"max_retry_after"` // longest Retry-After that is obeyed
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config {
	return Config{
		Schedule:     "*/10 * * * *",
		Concurrency:  32,
		PerHost:      1,
		UserAgent:    "Marsad/0.1 (news watch; feed reader)",
		Timeout:      30 * time.Second,
		MaxBytes:     16e6,
		MaxItems:     10_000,
		MaxRedirects: 5,
		Remember:     500 * 24 * time.Hour,

		MaxBackoff:    2 * time.Hour,
		MaxRetryAfter: 24 * time.Hour,
	}
}

// Feed is an entry of the section feeds.
type Feed struct {
	Name      string `yaml:"name"`
	Was       string `yaml:"was"` // its name before
	URL       string `yaml:"url"`
	Title     string `yaml:"title"`
	Publisher string `yaml:"publisher"` // default: Title, else Name
	Country   string `yaml:"country"`   // ISO 3166-1 alpha-2
	Lang      string `yaml:"lang"`      // BCP 47
	Timezone  string `yaml:"timezone"`  // IANA name; default: the file's
	Schedule  string `yaml:"schedule"`
	Identity  string `yaml:"identity"`  // auto, guid, link or content
	FullText  bool   `yaml:"full_text"` // take the text from the articles' pages
	// Conditional is whether the server is asked for changes only; default: true.
	Conditional *bool                    `yaml:"conditional"`
	Headers     map[string]scalar.Secret `yaml:"headers"`
	Label       []string                 `yaml:"label"`
	Enabled     *bool                    `yaml:"enabled"` // default: true
}

// AllowPrivate says which loopback, private and link-local addresses may be
// polled: none, all ("true"), or those of a list of prefixes.
type AllowPrivate struct {
	All      bool
	Prefixes []netip.Prefix
}

// UnmarshalText implements encoding.TextUnmarshaler; the items of a list are
// joined with commas.
func (a *AllowPrivate) UnmarshalText(text []byte) error {
	*a = AllowPrivate{}
	switch s := string(text); s {
	case "true":
		a.All = true
		return nil
	case "false", "":
		return nil
	default:
		for item := range strings.SplitSeq(s, ",") {
			p, err := netip.ParsePrefix(strings.TrimSpace(item))
			if err != nil {
				return fmt.Errorf("%q is neither true, false nor a prefix: write a list as in [127.0.0.0/8, 10.1.0.0/16]", item)
			}
			a.Prefixes = append(a.Prefixes, p.Masked())
		}
		return nil
	}
}

// Contains reports whether the private address may be polled.
func (a AllowPrivate) Contains(addr netip.Addr) bool {
	if a.All {
		return true
	}
	for _, p := range a.Prefixes {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

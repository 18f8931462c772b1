package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"marsad/internal/config/scalar"
)

// findings gathers what is wrong with a section. Messages are predicates, whose
// subject is the key's value; see document.report.
type findings []scalar.Problem

func (f *findings) add(key, message, remedy string) {
	*f = append(*f, scalar.Problem{Key: key, Message: message, Remedy: remedy})
}

func (f *findings) between(key string, v, low, high int) {
	if v < low || v > high {
		f.add(key, "is out of range", fmt.Sprintf("write a number from %d to %d", low, high))
	}
}

func (f *findings) durationBetween(key string, v, low, high time.Duration) {
	if v < low || v > high {
		f.add(key, "is out of range", fmt.Sprintf("write a duration from %s to %s", spell(low), spell(high)))
	}
}

func (f *findings) oneOf(key, v string, allowed ...string) {
	if !slices.Contains(allowed, v) {
		f.add(key, "is none of "+strings.Join(allowed, ", "), "write one of them")
	}
}

// url wants an absolute URL with a host and one of the schemes.
func (f *findings) url(key, v string, schemes ...string) {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		f.add(key, "is not a URL", "write it whole, as in "+schemes[0]+"://example.org/path")
	case !slices.Contains(schemes, u.Scheme):
		f.add(key, "does not begin with "+strings.Join(schemes, ":// or ")+"://", "write it with "+schemes[0]+"://")
	}
}

// optionalURL wants nothing, or a URL for a browser or a client.
func (f *findings) optionalURL(key, v string) {
	if v != "" {
		f.url(key, v, "https", "http")
	}
}

// text wants a text of some length that can stand in a line.
func (f *findings) text(key, v string, most int) {
	switch {
	case strings.TrimSpace(v) != v:
		f.add(key, "begins or ends with a space", "remove it")
	case strings.ContainsFunc(v, isControl):
		f.add(key, "holds a line break or a control character", "write it in one line")
	case len([]rune(v)) > most:
		f.add(key, "is too long", fmt.Sprintf("write at most %d characters", most))
	}
}

// name wants a text that is not empty.
func (f *findings) name(key, v string) {
	if v == "" {
		f.add(key, "is missing", "give a name, as in "+key+": example")
		return
	}
	f.text(key, v, maxName)
}

const (
	maxName  = 100 // code points
	maxTitle = 300
)

func isControl(r rune) bool {
	return r < ' ' || 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029'
}

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// spell writes a duration as it is written in config.yaml.
func spell(d time.Duration) string {
	if d > 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}

package collector

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	rssfeed "github.com/mmcdole/gofeed/rss"
)

// maxAsked is the longest time between polls that a publisher is heard to ask
// for; `auto` holds it to its own bounds besides.
const maxAsked = 7 * 24 * time.Hour

// askedByServer gives the time for which the answer is fresh (RFC 9111 section
// 4.2): max-age, else Expires, less the time it spent in caches. It is 0 where
// the server says nothing, or that it is to be asked each time.
func askedByServer(header http.Header, at time.Time) time.Duration {
	for directive := range strings.SplitSeq(header.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-cache", "no-store":
			return 0
		case "max-age":
			return heldAsked(seconds(strings.Trim(value, `"`)) - seconds(header.Get("Age")))
		}
	}
	expires, err := http.ParseTime(header.Get("Expires"))
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		at = date // the server's clock on both sides
	}
	return heldAsked(expires.Sub(at))
}

func heldAsked(d time.Duration) time.Duration { return min(max(d, 0), maxAsked) }

// seconds reads a number of seconds; 0 when it is none.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// askedByDocument gives the time between two changes that the document announces:
// ttl of RSS, in minutes, and updatePeriod and updateFrequency of its module
// syndication.
func askedByDocument(feed *gofeed.Feed) time.Duration {
	asked := time.Duration(0)
	if minutes, err := strconv.ParseUint(strings.TrimSpace(feed.Custom[customTTL]), 10, 31); err == nil {
		asked = time.Duration(min(minutes, uint64(maxAsked/time.Minute))) * time.Minute
	}
	syndication := func(name string) string {
		for _, e := range feed.Extensions["sy"][name] {
			return strings.ToLower(strings.TrimSpace(e.Value))
		}
		return ""
	}
	period := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour,
		"monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
	}[syndication("updatePeriod")]
	frequency, err := strconv.ParseFloat(syndication("updateFrequency"), 64)
	if err != nil || !(frequency > 0) || math.IsInf(frequency, 0) {
		frequency = 1
	}
	return heldAsked(max(asked, time.Duration(min(float64(period)/frequency, float64(maxAsked)))))
}

// customTTL is where rssTranslator puts the document's ttl.
const customTTL = "ttl"

// rssTranslator is gofeed's, and keeps ttl, which that drops.
type rssTranslator struct{ gofeed.DefaultRSSTranslator }

// Translate implements gofeed.Translator.
func (t *rssTranslator) Translate(feed any) (*gofeed.Feed, error) {
	translated, err := t.DefaultRSSTranslator.Translate(feed)
	if source, ok := feed.(*rssfeed.Feed); ok && err == nil && source.TTL != "" {
		if translated.Custom == nil {
			translated.Custom = make(map[string]string, 1)
		}
		translated.Custom[customTTL] = source.TTL
	}
	return translated, err
}

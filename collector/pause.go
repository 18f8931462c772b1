package collector

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// How long a failing feed is left alone. The first try comes after a quarter of
// its rhythm, at most firstPause, and each failure doubles the pause, up to
// collector.max_backoff. Where a server does not want us (see patient), the first
// pause is the rhythm.
const (
	firstPause = 5 * time.Minute
	leastPause = 30 * time.Second
)

// patient reports whether trying again soon would be of no use, or unwelcome.
func patient(o timeline.Outcome) bool {
	switch o {
	case timeline.OutcomeUnauthorized, timeline.OutcomeForbidden, timeline.OutcomeNotFound, timeline.OutcomeGone,
		timeline.OutcomeRateLimited, timeline.OutcomeBotWall, timeline.OutcomeRefused:
		return true
	default:
		return false
	}
}

// pauseAfter gives the time to the next try after so many failures in a row,
// spread by a quarter either way by hash, so that feeds that failed together do
// not come back together. rhythm is the time between polls when all is well.
func pauseAfter(o timeline.Outcome, failures int, rhythm, longest time.Duration, key string) time.Duration {
	pause := min(rhythm/4, firstPause)
	if patient(o) {
		pause, longest = rhythm, max(longest, rhythm)
	}
	pause = max(pause, leastPause)
	for range failures - 1 {
		if pause >= longest {
			break
		}
		pause *= 2
	}
	pause = min(pause, longest)
	jitter := timeline.Spread(int64(pause/2)+1, "pause", key, strconv.Itoa(failures))
	return pause - pause/4 + time.Duration(jitter)
}

// retryAfter reads the header of a 429 or a 503 (RFC 9110 section 10.2.3): seconds
// or a date. It is 0 when there is none, or it has passed.
func retryAfter(a *answer, at time.Time) time.Duration {
	if a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable {
		return 0
	}
	value := strings.TrimSpace(a.header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(at), 0)
	}
	return 0
}

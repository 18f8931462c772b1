package schedule

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// Auto is the schedule of a feed whose rhythm is learnt: between two polls lies
// at least Min and at most Max.
type Auto struct {
	Min, Max time.Duration
}

// Bounds of an Auto that does not say its own, and of one that does.
const (
	DefaultShortest = 5 * time.Minute
	DefaultLongest  = 6 * time.Hour
	leastShortest   = time.Second
	mostLongest     = 31 * 24 * time.Hour
)

// Signs are what Auto decides by. Zero is a sign that is not there.
type Signs struct {
	NewEvery time.Duration // expected time between two arrivals of something new
	Asked    time.Duration // least time between polls that the publisher asks for
	Holds    time.Duration // in which all items of the document are replaced
}

// pollsPerNew is how many polls there are to be for each arrival: with two, what
// is new waits for a quarter of the time between arrivals in the mean.
const pollsPerNew = 2

// Interval gives the time to the next poll. The publisher's wish stretches it,
// but not so far that items would leave the document unseen: half of it may be
// replaced between two polls. Nothing leads out of [Min, Max].
func (a Auto) Interval(s Signs) time.Duration {
	interval := s.NewEvery / pollsPerNew
	if s.NewEvery == 0 {
		interval = 0 // nothing is known: look again soon
	}
	interval = max(interval, s.Asked)
	if s.Holds > 0 {
		interval = min(interval, s.Holds/2)
	}
	return min(max(interval, a.Min), a.Max)
}

// Next gives the poll that follows one at an instant after an interval, within a
// twentieth of it and within [Min, Max]. It is drawn from the key by hash, so
// that feeds that began together drift apart, and always alike.
func (a Auto) Next(at time.Time, interval time.Duration, key string) time.Time {
	width := min(interval/10, a.Max-a.Min)
	from := min(max(interval-width/2, a.Min), a.Max-width)
	jitter := timeline.Spread(int64(width)+1, "auto", key, at.UTC().Format(time.RFC3339Nano))
	return at.Add(from + time.Duration(jitter))
}

const autoRemedy = `write "auto", or "auto {min: 5m, max: 6h}" in quotes`

// autoForm is what parseAuto reads: either bound may be missing.
var autoForm = regexp.MustCompile(`^auto(?:\s*\{\s*(?:min:\s*([^\s,}]+))?\s*,?\s*(?:max:\s*([^\s,}]+))?\s*\})?$`)

// parseAuto reads the schedule of a learnt rhythm.
func parseAuto(spec string) (Spec, error) {
	parts := autoForm.FindStringSubmatch(strings.TrimSpace(spec))
	if parts == nil {
		return Spec{}, fmt.Errorf("%q is not how a learnt rhythm is written; %s", spec, autoRemedy)
	}
	auto := Auto{DefaultShortest, DefaultLongest}
	for i, bound := range []*time.Duration{&auto.Min, &auto.Max} {
		if text := parts[i+1]; text != "" {
			d, err := scalar.ParseDuration(text)
			if err != nil {
				return Spec{}, fmt.Errorf("%q: %w; %s", spec, err, autoRemedy)
			}
			*bound = d
		}
	}
	switch {
	case auto.Min < leastShortest || auto.Max > mostLongest:
		return Spec{}, fmt.Errorf("%q: min is 1s or more, max 31d or less; %s", spec, autoRemedy)
	case auto.Min > auto.Max:
		return Spec{}, fmt.Errorf("%q: min %s is longer than max %s; %s", spec, auto.Min, auto.Max, autoRemedy)
	}
	return Spec{auto: auto}, nil
}

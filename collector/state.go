package collector

import (
	"net/url"
	"slices"
	"time"

	"marsad/timeline"
)

// rhythm gives the time between two polls of the feed when all is well.
func (s *source) rhythm(state *timeline.FeedState, at time.Time) time.Duration {
	if _, ok := s.spec.Auto(); ok && state.Pace.Interval > 0 {
		return state.Pace.Interval
	}
	return s.spec.Rhythm(at)
}

// stuckFor is how long validators are left out that were not true. Servers are
// mended, and a whole document each time is a burden to both sides.
const stuckFor = 7 * 24 * time.Hour

// begin is the state that a poll begins with at an instant. What a server was
// believed under another configuration of the feed is forgotten, and so is, after
// a while, that its validators were not true.
func (s *source) begin(state timeline.FeedState, at time.Time) timeline.FeedState {
	p := &state.Pace
	if p.Entry != s.entry {
		p.Entry, p.MovedTo, p.Gone = s.entry, "", false
		p.Stuck, p.Stale = time.Time{}, 0
	}
	if !p.Stuck.IsZero() && at.Sub(p.Stuck) >= stuckFor {
		p.Stuck, p.Stale = time.Time{}, 0
	}
	return state
}

// address is where the feed is asked for: where it has moved to, if it has.
// Between the two ends of a move within a host the user and password stay.
func (s *source) address(p *timeline.FeedPace) *url.URL {
	if p.MovedTo == "" {
		return s.url
	}
	moved, err := url.Parse(p.MovedTo)
	if err != nil || !isWeb(moved) {
		return s.url
	}
	if sameHost(s.url, moved) {
		moved.User = s.url.User
	}
	return moved
}

// maxMovedFailures is how often a feed may fail in a row at the address that it
// moved to before it is asked for at the configured one again.
const maxMovedFailures = 3

// nextState is what the poll leaves for the next, but for the instant of that.
// Validators and body hash advance only when the body they belong to was read: a
// body that could not be is asked for again.
func (s *source) nextState(old timeline.FeedState, poll *timeline.Poll, a *answer, bodyHash string) timeline.FeedState {
	state := old
	state.Feed = s.name
	state.LastPoll = poll.At
	state.LastOutcome = poll.Outcome
	state.LastError = poll.Error
	if !poll.Outcome.Succeeded() {
		state.Failures++
		switch moved := state.Pace.MovedTo != ""; {
		case moved && (poll.Outcome == timeline.OutcomeGone || state.Failures >= maxMovedFailures):
			state.Pace.MovedTo = ""
		case poll.Outcome == timeline.OutcomeGone:
			state.Pace.Gone = true
		}
		return state
	}
	state.Failures = 0
	state.LastSuccess = poll.At
	if poll.Outcome == timeline.OutcomeOK {
		state.Items = poll.Fetched
	}
	if slices.Contains(poll.Marks, timeline.MarkOverflow) {
		state.Overflowed = poll.At
	}
	if state.FirstPoll.IsZero() {
		state.FirstPoll = poll.At
	}
	if bodyHash != "" {
		state.ETag = a.header.Get("ETag")
		state.LastModified = a.header.Get("Last-Modified")
		state.BodyHash = bodyHash
	}
	if a.moved != nil {
		state.Pace.MovedTo = s.movedTo(a.moved)
	}
	return state
}

// movedTo spells the address that permanent redirects led to. It is empty when
// that is where the feed is configured, or would give up TLS.
func (s *source) movedTo(to *url.URL) string {
	plain := *to
	plain.User, plain.Fragment, plain.RawFragment = nil, "", ""
	own := *s.url
	own.User, own.Fragment, own.RawFragment = nil, "", ""
	if plain.String() == own.String() || own.Scheme == "https" && plain.Scheme != "https" {
		return ""
	}
	return plain.String()
}

// next decides when the feed is polled next.
func (c *Collector) next(s *source, state *timeline.FeedState, poll *timeline.Poll, a *answer) time.Time {
	at, p := poll.At, &state.Pace
	auto, learns := s.spec.Auto()
	p.Interval = 0
	if learns {
		p.Interval = auto.Interval(signsOf(p, at))
	}
	switch {
	case p.Gone:
		return time.Time{}
	case poll.Outcome.Succeeded() && learns:
		return auto.Next(at, p.Interval, s.name)
	case poll.Outcome.Succeeded():
		return s.spec.Next(at)
	}
	pause := pauseAfter(poll.Outcome, state.Failures, s.rhythm(state, at), c.maxBackoff, s.name)
	asked := retryAfter(a, at)
	if asked > c.maxRetryAfter {
		c.heldRetryAfter.Add(1)
		c.logger.Warn("Retry-After beyond collector.max_retry_after not obeyed", "feed", s.name, "asked", asked, "obeyed", c.maxRetryAfter)
		asked = c.maxRetryAfter
	}
	return at.Add(max(pause, asked))
}

package timeline

import (
	"math"
	"time"
)

// FeedPace is what polls have learnt of a feed's ways. It is part of the feed's
// state, so that a restart forgets nothing. A zero pace has learnt nothing.
type FeedPace struct {
	// Entry names the feed's configuration at the last poll. What a server was
	// believed because of it (MovedTo, Gone, Stuck) holds while it is the same.
	Entry string `json:"entry,omitempty"`

	// Arrivals and Span say how often something new comes: Span is the time that
	// the Arrivals took, and both weigh less with age.
	Arrivals float64       `json:"arrivals,omitempty"`
	Span     time.Duration `json:"span,omitempty"`
	// LongestGap is the longest of the times between them, shrinking slowly.
	LongestGap time.Duration `json:"longest_gap,omitempty"`
	// LastNew is when the newest came: its publication, where that is between two
	// polls or the poll is the first, or else its poll.
	LastNew time.Time `json:"last_new,omitzero"`

	Interval time.Duration `json:"interval,omitempty"` // to the next poll, where `auto` decides; else 0
	Asked    time.Duration `json:"asked,omitempty"`    // least time between polls that the publisher asks for
	Holds    time.Duration `json:"holds,omitempty"`    // in which all items of the document are replaced; 0: not known

	MovedTo string `json:"moved_to,omitempty"` // the address a permanent redirect led to, without user and password; not to be shown as it is
	Gone    bool   `json:"gone,omitempty"`     // the server said 410: polls have stopped

	LastFull time.Time `json:"last_full,omitzero"` // last poll with a whole body
	Stale    int       `json:"stale,omitempty"`    // signs that the server says 304 though there is news
	Stuck    time.Time `json:"stuck,omitzero"`     // when those were enough: validators are not sent from then on

	ZoneError int    `json:"zone_error,omitempty"` // whole hours by which dates run ahead; negative: behind
	ZonePolls int    `json:"zone_polls,omitempty"` // polls in a row that showed it
	Zone      string `json:"zone,omitempty"`       // the zone that would put it right; empty where none can be named
	Ahead     int    `json:"ahead,omitempty"`      // items of the last poll with news that were dated ahead
}

// Learning of the pace.
const (
	// paceHalfLife is the age at which an arrival weighs half. Three days hold
	// nights and a weekend's end, and forget an eventful week soon.
	paceHalfLife = 72 * time.Hour
	// paceBatch is what comes within it of another and counts as one arrival.
	paceBatch = time.Minute
	// gapShrink is what an arrival leaves of LongestGap: half after forty.
	gapShrink = 0.983
	// maxNewEvery is the longest NewEvery: sums over it mean nothing.
	maxNewEvery = 366 * 24 * time.Hour
)

// Arrive learns that something new came at an instant. Instants come in
// ascending order.
func (p *FeedPace) Arrive(at time.Time) {
	at = at.UTC()
	if p.LastNew.IsZero() {
		p.LastNew = at
		return
	}
	gap := at.Sub(p.LastNew)
	if gap < paceBatch {
		return
	}
	weight := fading(gap)
	p.Arrivals = p.Arrivals*weight + 1
	p.Span = time.Duration(float64(p.Span)*weight) + gap
	p.LongestGap = max(gap, time.Duration(float64(p.LongestGap)*gapShrink))
	p.LastNew = at
}

// NewEvery gives the expected time between two arrivals, as it looks at an
// instant: the longer nothing has come, the longer it is. It is 0 while nothing
// has been learnt.
func (p *FeedPace) NewEvery(at time.Time) time.Duration {
	if p.LastNew.IsZero() {
		return 0
	}
	open := max(at.Sub(p.LastNew), 0)
	weight := fading(open)
	// One that never repeated is as good as one after the open time.
	arrivals := max(p.Arrivals*weight, math.SmallestNonzeroFloat32)
	if p.Arrivals == 0 {
		arrivals = 1
	}
	every := (float64(p.Span)*weight + float64(open)) / arrivals
	return time.Duration(min(every, float64(maxNewEvery)))
}

// fading is the weight of what is so old.
func fading(age time.Duration) float64 { return math.Exp2(-float64(age) / float64(paceHalfLife)) }

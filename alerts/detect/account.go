package detect

import (
	"math"
	"time"
)

// The account. A score is -log10 of the smallest tail probability of all windows.
const (
	// floor is the score beyond which an excursion goes into the account. It is low
	// enough for most topics to have some in a week, and high enough for their
	// excess to be near exponential.
	floor = 1.5
	// episodeGap parts excursions: closer ones are one, up to longestEpisode. A topic
	// with spikes of its own every few hours would else never have had any.
	episodeGap     = 12 * time.Hour
	longestEpisode = 2 * day
	// maxExcess is what of an excursion counts at most, in mean excesses: an outbreak
	// says little of what is usual. Of a topic with a heavy tail, the mean grows with
	// each that goes beyond it, and what counts of the next grows with the mean.
	maxExcess = 2.5
	// accountMemory is the half-life.
	accountMemory = 26 * 7 * day
)

// The prior of the account: what simulated series show in which nothing happens,
// and what it is worth in excursions. Sparse topics come beyond the floor less
// often, because few counts are possible, and then further.
const (
	priorRate           = 3.0 // a week, for a busy topic watched in steps of an hour
	priorLooks          = 0.4 // power of the looks an hour with which the rate grows
	priorStepRate       = 0.05
	priorExcess         = 0.60
	priorSparseExcess   = 0.38 // on top, for a topic that is hardly ever mentioned
	sparseDay           = 2    // mentions a day at which half of either holds
	priorRateEpisodes   = 12
	priorExcessEpisodes = 40
	priorStepEpisodes   = 150 // of both, for steps of a day or more, which have few
	// A topic whose excursions go so much further than the prior's as cannot be chance
	// has a heavy tail, and the prior is not meant for it: with heavyEpisodes seen, an
	// excess twice the prior's leaves a 1+heavyTail part of what that is worth.
	heavyTail     = 20
	heavyEpisodes = 30
)

// leastScore is the score of the most generous budget: beyond it there is no tail
// to speak of.
const leastScore = 1.0

// account keeps the book on how often the looks at all windows of a topic come to
// a score by chance, however they overlap and whatever the model gets wrong. It
// is peaks over threshold (Davison & Smith 1990, JRSS B 52:393-442): excursions
// beyond the floor are a Poisson process, their excess is exponential. Both
// parameters are learnt from the topic's own past next to a prior, so that a
// topic with a heavy tail gets the threshold that it needs.
type account struct {
	episodes, excess, weeks float64   // discounted sums
	since, last             time.Time // beginning and last step of the excursion under way
	peak                    float64   // of it
	open                    bool      // there is one
}

// add takes in the score of a covered step of the width, of a topic with so many
// mentions a day.
func (a *account) add(at time.Time, width time.Duration, perDay, score float64) {
	weeks := width.Hours() / hoursAWeek
	keep := discount(float64(width) / float64(max(accountMemory, leastMemory*width)))
	a.weeks = keep*a.weeks + weeks
	a.episodes *= keep
	a.excess *= keep
	if a.open && (at.Sub(a.last) > episodeGap || at.Sub(a.since) > longestEpisode) {
		a.excess += min(a.peak, maxExcess*a.peaks(width, perDay).excess)
		a.episodes++
		a.open, a.peak = false, 0
	}
	if score > floor {
		if !a.open {
			a.open, a.since = true, at
		}
		a.last = at
		a.peak = max(a.peak, score-floor)
	}
}

// peaks is what the account says of a topic with so many mentions a day.
func (a *account) peaks(width time.Duration, perDay float64) peaks {
	sparse := sparseDay / (perDay + sparseDay)
	prior := peaks{rate: priorRate * (1 - sparse), excess: priorExcess + priorSparseExcess*sparse}
	rateWorth, excessWorth := float64(priorRateEpisodes), float64(priorExcessEpisodes)
	if width >= day {
		prior.rate = priorStepRate * hoursAWeek / width.Hours()
		rateWorth, excessWorth = priorStepEpisodes, priorStepEpisodes
	}
	if width < time.Hour {
		prior.rate *= math.Pow(float64(time.Hour)/float64(width), priorLooks)
	}
	prior.rate = max(prior.rate, 0.01)
	if beyond := a.excess/max(a.episodes, 1)/prior.excess - 1; beyond > 0 && width < day {
		evidence := min(1, a.episodes/heavyEpisodes)
		excessWorth /= 1 + heavyTail*beyond*beyond*evidence*evidence*evidence
	}
	return peaks{
		rate:   (rateWorth + a.episodes) / (rateWorth/prior.rate + a.weeks),
		excess: (excessWorth*prior.excess + a.excess) / (excessWorth + a.episodes),
	}
}

// peaks are the excursions beyond the floor.
type peaks struct {
	rate   float64 // a week
	excess float64 // mean, in units of the score
}

// score is what is exceeded once in so many weeks.
func (p peaks) score(weeks float64) float64 {
	return max(leastScore, floor+p.excess*math.Log(p.rate*weeks))
}

// weeks is in how many weeks the score is exceeded once, at most some 1e260.
func (p peaks) weeks(score float64) float64 {
	return math.Exp(min((score-floor)/p.excess, 600)) / p.rate
}

package detect

import "math"

// level is the gamma posterior of a topic's rate: shape events, rate exposure,
// both discounted.
type level struct{ events, exposure float64 }

// priorEvents is the shape of the rate's prior, Jeffreys' for a Poisson rate: a
// topic never seen yet is rare, not impossible.
const priorEvents = 0.5

func (l level) shape() float64 { return l.events + priorEvents }

// rate is the mean of the posterior, 0 as long as nothing was exposed.
func (l level) rate() float64 {
	if l.exposure <= 0 {
		return 0
	}
	return l.shape() / l.exposure
}

// aged is what is left of the level after so many half-lives.
func (l level) aged(halfLives float64) level {
	keep := math.Exp2(-halfLives)
	return level{keep * l.events, keep * l.exposure}
}

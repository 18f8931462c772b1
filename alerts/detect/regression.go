package detect

import (
	"math"
	"time"
)

// terms of the regression: a constant, a trend, and two waves a year.
const terms = 6

// regressionMemory is the half-life in years, for a fifth of which a topic's year
// may change its shape.
const regressionMemory = 5

// The variances of the terms before anything is known, of the logarithm of the
// rate: the constant may be anything, the trend some twenty per cent a year, the
// waves up to a doubling.
const (
	constantVariance = 100
	trendVariance    = 0.04
	waveVariance     = 0.25
)

var priorVariances = [terms]float64{constantVariance, trendVariance, waveVariance, waveVariance, waveVariance, waveVariance}

const yearSeconds = 31556952 // of the Gregorian calendar's mean

// regression is the mean of a topic over the years: the logarithm of its rate has
// a trend and two waves a year. It takes the place of the level and the rhythm
// where a step is a week or more, for which the year is what the week is to hours
// (Noufaily et al. 2013, section 3.1). The coefficients have a normal posterior
// that is updated observation by observation (the mode along the gradient and the
// curvature there: West & Harrison 1997, section 14.4), in the units of a Poisson
// count: multiplied by the overdispersion, the covariance is that of the estimate.
type regression struct {
	coefficients [terms]float64
	covariance   [terms][terms]float64
	origin       int64 // seconds; the trend counts from here
}

func newRegression() regression {
	var r regression
	for i, v := range priorVariances {
		r.covariance[i][i] = v
	}
	return r
}

// row is what the terms are at the instant.
func (r *regression) row(at time.Time) [terms]float64 {
	angle := 2 * math.Pi * float64(floorMod(at.Unix(), yearSeconds)) / yearSeconds
	sin, cos := math.Sincos(angle)
	sin2, cos2 := math.Sincos(2 * angle)
	return [terms]float64{1, float64(at.Unix()-r.origin) / yearSeconds, cos, sin, cos2, sin2}
}

// at is the rate at the instant and its shape: the inverse of the squared
// coefficient of variation that the estimate has, for Poisson counts.
func (r *regression) at(instant time.Time) (rate, shape float64) {
	row := r.row(instant)
	_, variance := r.spread(&row)
	return math.Exp(clampLog(r.predict(&row))), 1 / max(variance, 1e-9)
}

// clampLog keeps the rate finite while next to nothing is known.
func clampLog(v float64) float64 { return min(max(v, -30), 30) }

func (r *regression) predict(row *[terms]float64) float64 {
	sum := 0.0
	for i, x := range row {
		sum += x * r.coefficients[i]
	}
	return sum
}

// spread is the covariance times the row, and the variance of the prediction.
func (r *regression) spread(row *[terms]float64) (gain [terms]float64, variance float64) {
	for i := range gain {
		for j, x := range row {
			gain[i] += r.covariance[i][j] * x
		}
		variance += row[i] * gain[i]
	}
	return gain, variance
}

// add learns from the count of a step of the exposure. forget is how many
// half-lives have passed since the last.
func (r *regression) add(at time.Time, count, exposure, forget float64) {
	if r.origin == 0 {
		r.origin = at.Unix()
	}
	r.forget(forget)
	row := r.row(at)
	gain, variance := r.spread(&row)
	step, mean := mode(count, exposure*math.Exp(clampLog(r.predict(&row))), variance)
	weight := mean / (1 + variance*mean)
	for i := range r.coefficients {
		r.coefficients[i] += step * gain[i]
		for j := range r.covariance[i] {
			r.covariance[i][j] -= weight * gain[i] * gain[j]
		}
	}
}

// forget lets the covariance grow, no term's beyond what it was before anything
// was known.
func (r *regression) forget(halfLives float64) {
	var grow [terms]float64
	for i, prior := range priorVariances {
		grow[i] = math.Sqrt(max(1, min(1/discount(halfLives), prior/r.covariance[i][i])))
	}
	for i := range r.covariance {
		for j := range r.covariance[i] {
			r.covariance[i][j] *= grow[i] * grow[j]
		}
	}
}

// mode solves step = count - mean*exp(variance*step), which is where the posterior
// is highest, and gives the mean there. The left side rises and the right one
// falls, so that there is one solution, between -mean and count; halving finds it
// where Newton's method would overshoot, which it does while nothing is known.
func mode(count, mean, variance float64) (step, updated float64) {
	lo, hi := -mean, count
	for range halvings {
		step = lo + (hi-lo)/2
		if step+mean*math.Exp(variance*step) < count {
			lo = step
		} else {
			hi = step
		}
	}
	return step, count - step
}

// halvings of an interval leave nothing of it.
const halvings = 100

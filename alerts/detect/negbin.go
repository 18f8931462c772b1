package detect

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// minDispersion keeps the negative binomial's shape finite; below it nobody can
// tell it from the Poisson distribution.
const minDispersion = 1e-6

// Below these the probabilities are summed one by one, which is ten times faster
// than the incomplete beta function; most looks are such.
const (
	summedMean   = 64
	summedCount  = 256
	summedExcess = 20 // of variance, in means: beyond it the tail has too many terms
)

// summedTail is the smallest tail that is found by subtracting from 1, without
// the rounding being noticed.
const summedTail = 1e-9

// negativeBinomial is the distribution of a Poisson count whose mean is gamma
// distributed. Its variance is mean + dispersion * mean².
type negativeBinomial struct {
	mean       float64 // not negative
	dispersion float64 // squared coefficient of variation of the mean
}

// parameters are the shape r and the probability q of the form in which the mass
// at k+1 is q (r+k)/(k+1) times that at k.
func (nb negativeBinomial) parameters() (r, q float64) {
	r = 1 / max(nb.dispersion, minDispersion)
	return r, nb.mean / (nb.mean + r)
}

func (nb negativeBinomial) summable() bool {
	return nb.mean <= summedMean && nb.mean*nb.dispersion <= summedExcess
}

// tail is the probability of k or more, without cancellation however small it is.
func (nb negativeBinomial) tail(k int) float64 {
	switch {
	case k <= 0:
		return 1
	case nb.mean <= 0:
		return 0
	}
	r, q := nb.parameters()
	if !nb.summable() || k > summedCount {
		return mathext.RegIncBeta(float64(k), r, q)
	}
	mass := math.Exp(r * math.Log1p(-q))
	for i := range k {
		mass *= q * (r + float64(i)) / float64(i+1)
	}
	sum := mass
	for i := k; mass > 1e-12*sum; i++ {
		mass *= q * (r + float64(i)) / float64(i+1)
		sum += mass
	}
	return min(sum, 1)
}

// upper is the smallest count whose tail is below p.
func (nb negativeBinomial) upper(p float64, hint int) int {
	if !nb.summable() || p < summedTail {
		return nb.searchUpper(p, hint)
	}
	r, q := nb.parameters()
	mass := math.Exp(r * math.Log1p(-q))
	tail := 1.0
	for k := 0; ; k++ {
		if tail < p {
			return k
		}
		tail -= mass
		mass *= q * (r + float64(k)) / float64(k+1)
	}
}

// searchUpper starts at the hint, in steps that double, because the answer
// changes little from one step to the next.
func (nb negativeBinomial) searchUpper(p float64, hint int) int {
	lo, hi := 0, max(hint, 1) // tail(lo) >= p > tail(hi) once bracketed
	for width := 1; nb.tail(hi) >= p; width *= 2 {
		lo, hi = hi, hi+width
	}
	for width := 1; hi-width > lo && nb.tail(hi-width) < p; width *= 2 {
		hi -= width
	}
	for lo+1 < hi {
		if middle := lo + (hi-lo)/2; nb.tail(middle) < p {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi
}

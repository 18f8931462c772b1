package detect

import "gonum.org/v1/gonum/mathext"

// minDispersion keeps the negative binomial's shape finite; below it nobody can
// tell it from the Poisson distribution.
const minDispersion = 1e-6

// negativeBinomial is the distribution of a Poisson count whose mean is gamma
// distributed. Its variance is mean + dispersion * mean².
type negativeBinomial struct {
	mean       float64 // not negative
	dispersion float64 // squared coefficient of variation of the mean
}

// tail is the probability of k or more: I_q(k, r) with shape r = 1/dispersion
// and q = mean/(mean+r), without cancellation however small it is.
func (nb negativeBinomial) tail(k int) float64 {
	switch {
	case k <= 0:
		return 1
	case nb.mean <= 0:
		return 0
	}
	shape := 1 / max(nb.dispersion, minDispersion)
	return mathext.RegIncBeta(float64(k), shape, nb.mean/(nb.mean+shape))
}

// upper is the smallest count whose tail is below p. The search starts at the
// hint, in steps that double, because the answer changes little from one step to
// the next.
func (nb negativeBinomial) upper(p float64, hint int) int {
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

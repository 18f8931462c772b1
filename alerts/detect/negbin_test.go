package detect

import (
	"math"
	"testing"
)

// TestTailSumsTheProbabilities checks the incomplete beta function against the
// plain sum over the probability mass.
func TestTailSumsTheProbabilities(t *testing.T) {
	for _, nb := range []negativeBinomial{{0.01, 2}, {0.5, 0.1}, {3, 0.5}, {40, 0.05}, {200, 0}, {5, 3}, {60, 2}} {
		shape := 1 / max(nb.dispersion, minDispersion)
		for _, k := range []int{1, 2, 5, 40, 60, 300} {
			want := 0.0
			for i := k; i < k+20000; i++ {
				a, _ := math.Lgamma(float64(i) + shape)
				b, _ := math.Lgamma(shape)
				c, _ := math.Lgamma(float64(i) + 1)
				// Log1p keeps what a shape of a million would round away.
				want += math.Exp(a - b - c - shape*math.Log1p(nb.mean/shape) + float64(i)*math.Log(nb.mean/(nb.mean+shape)))
			}
			// Lgamma of a large shape leaves nine digits, so that these cannot agree further.
			if got := nb.tail(k); math.Abs(got-want) > 1e-6*want+1e-300 {
				t.Errorf("%+v: tail(%d) = %g, want %g", nb, k, got, want)
			}
		}
	}
}

func TestUpperIsTheSmallestThatAlarms(t *testing.T) {
	for _, nb := range []negativeBinomial{{0, 1}, {1e-9, 2}, {0.5, 0.1}, {3, 0.5}, {4000, 0.05}, {1e5, 0}} {
		for _, p := range []float64{0.1, 1e-4, 1e-9} {
			for _, hint := range []int{0, 1, 7, 100_000} {
				k := nb.upper(p, hint)
				if nb.tail(k) >= p || nb.tail(k-1) < p {
					t.Errorf("%+v: upper(%g, %d) = %d: tail %g, one less %g", nb, p, hint, k, nb.tail(k), nb.tail(k-1))
				}
			}
		}
	}
}

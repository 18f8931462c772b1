package detect

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// TestRegressionFindsTrendAndYear compares the estimate with the truth after six
// years, in standard errors that the regression itself states. Six terms leave a
// fifteenth of the mentions to each at least.
func TestRegressionFindsTrendAndYear(t *testing.T) {
	for _, test := range []struct {
		name               string
		rate, trend, waves float64
		exposure           float64
	}{
		{"sparse", 0.2, 0, 0, 1},
		{"growing", 3, 0.2, 0, 1},
		{"falling", 30, -0.3, 0, 1},
		{"seasonal", 5, 0.05, 0.8, 1},
		{"of a large collection", 0.001, 0.1, 0.4, 5000},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := rand.NewPCG(3, 1)
			start := time.Date(2015, time.June, 1, 0, 0, 0, 0, time.UTC)
			truth := func(at time.Time) float64 {
				years := at.Sub(start).Seconds() / yearSeconds
				return test.rate * math.Exp(test.trend*years+test.waves*math.Cos(2*math.Pi*years))
			}
			r := newRegression()
			at, seen := start, 0.0
			for range 6 * 52 {
				count := distuv.Poisson{Lambda: truth(at) * test.exposure, Src: source}.Rand()
				r.add(at, count, test.exposure, 0)
				seen += count
				at = at.Add(7 * day)
			}
			for range 26 { // the half-year that follows
				at = at.Add(7 * day)
				rate, shape := r.at(at)
				if off := math.Log(rate / truth(at)); math.Abs(off) > 3/math.Sqrt(shape) || shape < seen/15 {
					t.Errorf("%s: rate %v, want %v; shape %v", at.Format(time.DateOnly), rate, truth(at), shape)
				}
			}
		})
	}
}

func TestRegressionStaysFinite(t *testing.T) {
	for _, counts := range [][]float64{{0}, {1e6}, {0, 0, 0, 1e6}, {1e6, 0}} {
		r := newRegression()
		at := time.Date(2000, time.January, 3, 0, 0, 0, 0, time.UTC)
		for i := range 2000 {
			r.add(at, counts[i%len(counts)], 1, 1.0/260)
			rate, shape := r.at(at)
			if !(rate >= 0) || math.IsInf(rate, 0) || !(shape > 0) {
				t.Fatalf("%v, step %d: rate %v, shape %v", counts, i, rate, shape)
			}
			at = at.Add(7 * day)
		}
	}
}

package detect

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

func poisson(random *rand.Rand, mean float64) int {
	return int(distuv.Poisson{Lambda: max(mean, 1e-9), Src: random}.Rand())
}

// Falls keep their promise on topics that do not fall.
func TestFallsKeepTheirPromise(t *testing.T) {
	t.Parallel()
	const (
		series = 40
		weeks  = 20
		budget = 0.25 // a week
	)
	for name, c := range map[string]struct{ rate, clumps, wander float64 }{
		"some a day":   {0.5, 1, 0},
		"some an hour": {4, 1, 0},
		"many an hour": {40, 1, 0},
		"clumped":      {4, 2, 0},
		"wandering":    {4, 1, 0.3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			falls := 0
			for n := range series {
				d, err := New(Options{Step: time.Hour, FalseAlarms: 1, Per: 4 * 7 * day})
				if err != nil {
					t.Fatal(err)
				}
				random := rand.New(rand.NewPCG(7, uint64(n)))
				last, level := time.Time{}, 0.0
				at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
				for hour := range (4 + weeks) * 7 * 24 {
					level = 0.98*level + c.wander*math.Sqrt(1-0.98*0.98)*random.NormFloat64()
					mean := c.rate * math.Exp(level-c.wander*c.wander/2)
					count := 0
					for range poisson(random, mean/c.clumps) {
						count += int(c.clumps)
					}
					if err := d.Observe(Sample{Step: at, Count: count, Exposure: 100}); err != nil {
						t.Fatal(err)
					}
					if len(d.Falls(budget, 7*day)) > 0 && hour > 4*7*24 {
						if last.IsZero() || at.Sub(last) > episodeGap {
							falls++
						}
						last = at
					}
					at = at.Add(time.Hour)
				}
			}
			promised := budget * series * weeks
			if ratio := float64(falls) / promised; ratio > 1.5 {
				t.Errorf("%d falls where %.0f were allowed, %.2f times", falls, promised, ratio)
			} else {
				t.Logf("%d falls where %.0f were allowed", falls, promised)
			}
		})
	}
}

// A topic that falls silent is noticed within days; a collector that is blind is
// not taken for one.
func TestFallsAreFound(t *testing.T) {
	t.Parallel()
	after := func(exposure float64, hours int) int {
		d, err := New(Options{Step: time.Hour, FalseAlarms: 1, Per: 4 * 7 * day})
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(7, 7))
		at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
		for range 6 * 7 * 24 {
			if err := d.Observe(Sample{Step: at, Count: poisson(random, 2), Exposure: 100}); err != nil {
				t.Fatal(err)
			}
			at = at.Add(time.Hour)
		}
		falls := 0
		for range hours {
			if err := d.Observe(Sample{Step: at, Exposure: exposure}); err != nil {
				t.Fatal(err)
			}
			falls = max(falls, len(d.Falls(1, 26*7*day)))
			at = at.Add(time.Hour)
		}
		return falls
	}
	if after(100, 36) == 0 {
		t.Error("a topic of 48 mentions a day was silent for 36 hours, and nobody noticed")
	}
	if n := after(0, 72); n > 0 {
		t.Errorf("nothing at all was collected, and %d windows have fallen", n)
	}
	if n := after(2, 36); n > 0 {
		t.Errorf("a fiftieth was collected, and %d windows have fallen", n)
	}
}

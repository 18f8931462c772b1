package detect

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// Options say what is judged and how often it may be wrong.
type Options struct {
	Step time.Duration // width of a sample; positive
	// Windows are what is judged, ascending multiples of Step. Default: those of
	// an hour, six hours and a day that are, else Step alone.
	Windows []time.Duration
	// The budget: on average so many false alarms in so much time, all windows
	// together. Alarms of one excursion are one alarm.
	FalseAlarms float64
	Per         time.Duration
	// HalfLife of what is known of the rate. Default: 14 of the longest window,
	// two weeks for a day. The dispersion, which takes longer to learn, keeps four
	// times as long.
	HalfLife time.Duration
	// MinHistory is how much covered time must lie before the longest window
	// before anything is judged. Default: 7 of the longest window. A gap of up to a
	// quarter of the longest window counts as covered.
	MinHistory time.Duration
	// MinCount is the smallest count that can alarm. Default: 3; for a topic of a
	// mention a month the second would otherwise be an alarm.
	MinCount int
}

// minExposures is how many times the exposure of a window must have been seen
// before it is judged: a collection that has grown tenfold since yesterday has
// no history.
const minExposures = 3

func (o Options) withDefaults() Options {
	if len(o.Windows) == 0 && o.Step > 0 {
		for _, w := range []time.Duration{time.Hour, 6 * time.Hour, 24 * time.Hour} {
			if w%o.Step == 0 {
				o.Windows = append(o.Windows, w)
			}
		}
		if len(o.Windows) == 0 {
			o.Windows = []time.Duration{o.Step}
		}
	}
	if len(o.Windows) > 0 {
		if o.HalfLife == 0 {
			o.HalfLife = 14 * o.longest()
		}
		if o.MinHistory == 0 {
			o.MinHistory = 7 * o.longest()
		}
	}
	if o.MinCount == 0 {
		o.MinCount = 3
	}
	return o
}

func (o Options) check() error {
	if o.Step <= 0 {
		return fmt.Errorf("step %s: must be positive", o.Step)
	}
	for i, w := range o.Windows {
		if w <= 0 || w%o.Step != 0 {
			return fmt.Errorf("window %s: must be a multiple of the step, %s", w, o.Step)
		}
		if i > 0 && w <= o.Windows[i-1] {
			return fmt.Errorf("window %s: the windows must ascend", w)
		}
	}
	switch {
	case !(o.FalseAlarms > 0) || math.IsInf(o.FalseAlarms, 0) || o.Per <= 0:
		return fmt.Errorf("budget of %v false alarms in %s: both must be positive", o.FalseAlarms, o.Per)
	case o.HalfLife < o.longest():
		return fmt.Errorf("half-life %s: must be at least the longest window, %s", o.HalfLife, o.longest())
	case o.MinHistory < 0 || o.MinCount < 0:
		return fmt.Errorf("least history %s and count %d: must not be negative", o.MinHistory, o.MinCount)
	}
	return nil
}

func (o Options) longest() time.Duration { return o.Windows[len(o.Windows)-1] }

// maxThreshold bounds the tail probability that alarms, however generous the
// budget: beyond it there is no tail to speak of.
const maxThreshold = 0.1

// thresholds gives for each window the tail probability below which one look at
// it alarms.
//
// Each window gets an equal share of the budget; the windows overlap in what
// they see, so that together they stay within the whole (Bonferroni). A window
// of k steps is looked at k times while it moves on by its own length. These
// looks overlap and are worth fewer than k independent ones: for a sum with a
// moving window the probability of an excursion beyond z in one window length is
// about z² ν(z √(2/k)) times that of a single look (Siegmund, Sequential
// Analysis, 1985, chapter VIII, for the Gaussian field with triangular
// covariance on a grid), where ν corrects for looking only once a step. It is
// near k for small k and near z² for large ones.
func (o Options) thresholds() []float64 {
	thresholds := make([]float64, len(o.Windows))
	for i, w := range o.Windows {
		share := o.FalseAlarms / float64(len(o.Windows)) * (float64(w) / float64(o.Per))
		p := min(share, maxThreshold)
		for range 50 { // a contraction: z changes with the logarithm of p
			p = min(share/effectiveLooks(int(w/o.Step), p), maxThreshold)
		}
		thresholds[i] = p
	}
	return thresholds
}

// effectiveLooks is how many independent looks of tail probability p the k looks
// at a window are worth while it moves on by its own length; at least 1, at most k.
func effectiveLooks(k int, p float64) float64 {
	z := -distuv.UnitNormal.Quantile(p)
	return min(max(z*z*overshoot(z*math.Sqrt(2/float64(k))), 1), float64(k))
}

// overshoot is Siegmund's ν(x) in the form of Siegmund & Yakir, The Statistics of
// Gene Mapping, 2007, section 5.3; x must be positive.
func overshoot(x float64) float64 {
	half := x / 2
	normal := distuv.UnitNormal
	return 2 / x * (normal.CDF(half) - 0.5) / (half*normal.CDF(half) + normal.Prob(half))
}

package detect

import "math"

// The priors of the dispersion, and how long it is remembered. Sparse topics live
// by them.
const (
	// priorOverdispersion is what news mostly shows, and worth priorMentions.
	priorOverdispersion = 1.5
	priorMentions       = 60
	// priorRestlessness is the squared coefficient of variation of a window's mean,
	// and worth one window of a busy topic.
	priorRestlessness = 0.02
	// dispersionMemory is the half-life, and at first dispersionShare of the time
	// covered so far: while the rhythm is not known yet the errors are large, which
	// says nothing of later.
	dispersionMemory = 60 * day
	dispersionShare  = 3
)

// errorBounds are what of a squared error counts at most, in variances: an
// outbreak says little of what is usual. Beyond outbreak it says nothing, and
// counts as a variance.
type errorBounds struct{ step, window, outbreak float64 }

// boundsOf are those of steps over years or not. Over years there are few, and an
// outbreak takes some of them: it must not hide the next one. Steps of hours are
// many, and a tail that is cut shorter costs the budget.
func boundsOf(yearly bool) errorBounds {
	if yearly {
		return errorBounds{step: 5, window: 4, outbreak: 16}
	}
	return errorBounds{step: 12, window: 9, outbreak: math.Inf(1)}
}

// square is the squared error as it counts. slack is the square that is always
// taken at its word, of small counts.
func (b *errorBounds) square(off, variance, bound, slack float64) float64 {
	if off > 0 && off*off > b.outbreak*variance+slack {
		return variance
	}
	return min(off*off, bound*variance+slack)
}

// smallErrors is the slack of steps: two mentions.
const smallErrors = 4

// commonVariance is the squared coefficient of variation by which the errors of
// windows are weighted: beyond it a busier window tells no more.
const commonVariance = 0.05

// discount is what is left of old knowledge after so many half-lives.
func discount(halfLives float64) float64 { return math.Exp2(-halfLives) }

// dispersion is how much more a topic's counts vary than Poisson counts would:
// the variance of a count of mean m in window w is overdispersion*m +
// restlessness[w]*m². The first comes from clumps (one story told by several),
// the second from a mean that wanders.
type dispersion struct {
	square, mean float64 // sums of squared errors of steps and of their means
	restless     []moment
	bounds       errorBounds
}

// moment is a discounted estimate with its weight.
type moment struct{ sum, weight float64 }

func newDispersion(windows int, yearly bool) dispersion {
	d := dispersion{restless: make([]moment, windows), bounds: boundsOf(yearly)}
	for i := range d.restless {
		d.restless[i] = moment{priorRestlessness, 1}
	}
	return d
}

func (d *dispersion) overdispersion() float64 {
	return max(1, (priorMentions*priorOverdispersion+d.square)/(priorMentions+d.mean))
}

func (d *dispersion) restlessness(w int) float64 {
	return max(0, d.restless[w].sum/d.restless[w].weight)
}

// addStep learns from the forecast of a step with the variance it had.
func (d *dispersion) addStep(mean, variance, off, halfLives float64) {
	square := d.bounds.square(off, variance, d.bounds.step, smallErrors)
	keep := discount(halfLives)
	d.square = keep*d.square + max(0, square-mean*mean*d.restlessness(0))
	d.mean = keep*d.mean + mean
}

// addWindow learns from the forecast of a window, once a window.
func (d *dispersion) addWindow(w int, f forecast, observed, halfLives float64) {
	off := observed - f.mean
	square := d.bounds.square(off, f.variance, d.bounds.window, 0)
	clumps := d.overdispersion() * f.mean
	weight := 1 / max(clumps+commonVariance*f.mean*f.mean, 1e-9)
	keep := discount(halfLives)
	m := &d.restless[w]
	m.sum = keep*m.sum + weight*(square-clumps-f.doubt)
	m.weight = keep*m.weight + weight*f.mean*f.mean
}

// forecast is what is expected of a count.
type forecast struct {
	mean, variance float64
	doubt          float64 // variance from how little is known of the rate
}

// distribution is the negative binomial of the forecast's mean and variance.
func (f forecast) distribution() negativeBinomial {
	if f.mean <= 0 {
		return negativeBinomial{}
	}
	return negativeBinomial{f.mean, (f.variance - f.mean) / (f.mean * f.mean)}
}

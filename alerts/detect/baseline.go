package detect

import (
	"math"
	"time"
)

// priorEvents is the shape of the rate's prior, Jeffreys' for a Poisson rate: a
// topic never seen yet is rare, not impossible.
const priorEvents = 0.5

// outbreakTail is the tail probability beyond which a past block is held to be an
// outbreak: what exceeds it is not learnt from. It takes next to nothing from an
// event-free series, and lets a lasting rise be learnt all the same, because each
// block may go up to the bound.
const outbreakTail = 1e-3

// baseline is what is known of a topic: its rate for one unit of exposure, and
// for each window length how restless that rate is.
//
// It learns in blocks of the shortest window on the grid of that length, so that
// the bound on outbreaks holds for a burst of any shape.
type baseline struct {
	halfLife   time.Duration
	warm       bool // there is enough to tell an outbreak from the rest
	asOf       time.Time
	events     float64 // discounted to asOf, without the prior
	exposure   float64 // likewise
	block      block
	dispersion []*dispersion // per window
}

// block is a run of samples that are learnt from at once.
type block struct {
	start           time.Time
	count, exposure float64
}

// level is the gamma posterior of the rate: shape events, rate exposure.
type level struct{ events, exposure float64 }

func newBaseline(o Options) *baseline {
	b := &baseline{halfLife: o.HalfLife}
	for _, w := range o.Windows {
		b.dispersion = append(b.dispersion, &dispersion{window: w, halfLife: 4 * o.HalfLife})
	}
	return b
}

// at is what is known at the instant, which must not lie before the last sample.
func (b *baseline) at(t time.Time) level {
	keep := discount(t.Sub(b.asOf), b.halfLife)
	return level{priorEvents + keep*b.events, keep * b.exposure}
}

// add takes a covered sample.
func (b *baseline) add(s Sample) {
	if start := s.Step.Truncate(b.dispersion[0].window); !start.Equal(b.block.start) {
		b.learn()
		b.block = block{start: start}
	}
	b.block.count += float64(s.Count)
	b.block.exposure += s.Exposure
}

// learn closes the block.
func (b *baseline) learn() {
	if b.block.exposure == 0 {
		return
	}
	known := b.at(b.block.start)
	count := b.block.count
	if b.warm {
		count = b.dispersion[0].held(known, b.block)
	}
	for _, d := range b.dispersion {
		d.add(known, block{b.block.start, count, b.block.exposure}, b.warm)
	}
	b.asOf = b.block.start
	b.events = known.events - priorEvents + count
	b.exposure = known.exposure + b.block.exposure
}

// The prior of the dispersion: as restless as news mostly is, worth some 25
// large counts. Sparse topics live by it.
const (
	priorDispersion = 0.2
	priorPrecision  = 25
)

// dispersion estimates the squared coefficient of variation of a topic's mean in
// windows of one length, from the errors of forecasts made when each began. It is
// the method of moments, E[(n-m)² - m] = dispersion * m², each window weighted by
// how well it can be known from it.
type dispersion struct {
	window   time.Duration
	halfLife time.Duration
	asOf     time.Time
	sum      float64 // of moments, weighted and discounted
	weight   float64 // the precision of sum/weight
	block    block
	known    level // when the block began
}

func (d *dispersion) estimate() float64 {
	return max(0, (d.sum+priorPrecision*priorDispersion)/(d.weight+priorPrecision))
}

// held is the block's count, held to what is no outbreak.
func (d *dispersion) held(known level, b block) float64 {
	nb := negativeBinomial{
		mean:       known.events / known.exposure * b.exposure,
		dispersion: 1/known.events + d.estimate(),
	}
	if b.count <= nb.mean || nb.tail(int(b.count)) >= outbreakTail {
		return b.count
	}
	return min(b.count, float64(nb.upper(outbreakTail, int(nb.mean))))
}

func (d *dispersion) add(known level, part block, bounded bool) {
	if start := part.start.Truncate(d.window); !start.Equal(d.block.start) {
		d.learn(bounded)
		d.block, d.known = block{start: start}, known
	}
	d.block.count += part.count
	d.block.exposure += part.exposure
}

func (d *dispersion) learn(bounded bool) {
	if d.known.exposure == 0 {
		return // the first block of all has no forecast
	}
	count := d.block.count
	if bounded {
		count = d.held(d.known, d.block)
	}
	keep := discount(d.block.start.Sub(d.asOf), d.halfLife)
	d.asOf = d.block.start
	mean := d.known.events / d.known.exposure * d.block.exposure
	off := count - mean
	square := mean * mean
	moment := off*off - mean - square/d.known.events
	// The fourth central moment of the count, to the order that matters.
	spread := mean + square*(1/d.known.events+d.estimate())
	variance := mean + 2*spread*spread
	d.sum = keep*d.sum + square*moment/variance
	d.weight = keep*d.weight + square*square/variance
}

// discount is what is left of old knowledge after the time.
func discount(age, halfLife time.Duration) float64 {
	return math.Exp2(-float64(age) / float64(halfLife))
}

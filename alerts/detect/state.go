package detect

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"
)

// stateVersion goes up whenever the model changes what it keeps or means by it:
// a state of another version is not taken over.
const stateVersion = 5

// ErrState is returned for a state that another model or other options made, or
// that is no state at all. The remedy is to observe the history again.
var ErrState = errors.New("state of another detector")

// Clone returns a detector of the same state that goes its own way.
func (d *Detector) Clone() *Detector {
	c := *d
	c.windows = slices.Clone(d.windows)
	c.recent.slots = slices.Clone(d.recent.slots)
	c.recent.estimates = slices.Clone(d.recent.estimates)
	c.dispersion.restless = slices.Clone(d.dispersion.restless)
	return &c
}

// AppendBinary appends all that the detector has learnt, for
// [Detector.UnmarshalBinary]: some 8 KB for steps of ten minutes, less for longer
// ones.
func (d *Detector) AppendBinary(b []byte) ([]byte, error) {
	w := codec{bytes: binary.LittleEndian.AppendUint64(b, d.fingerprint()), writing: true}
	d.code(&w)
	return w.bytes, nil
}

// UnmarshalBinary takes over what a detector of the same options, but for the
// budget, had learnt. After [ErrState] the detector is as it was.
func (d *Detector) UnmarshalBinary(data []byte) error {
	if len(data) < 8 || binary.LittleEndian.Uint64(data) != d.fingerprint() {
		return ErrState
	}
	restored := d.Clone()
	r := codec{bytes: data[8:]}
	restored.code(&r)
	if r.short || len(r.bytes) > 0 || restored.recent.next < 0 || restored.recent.next >= len(restored.recent.slots) ||
		restored.rarest < 0 || restored.rarest >= len(restored.windows) {
		return ErrState
	}
	*d = *restored
	return nil
}

// fingerprint tells models and options apart. The budget is not in it: what is
// learnt does not depend on it.
func (d *Detector) fingerprint() uint64 {
	h := fnv.New64a()
	o := d.options
	fmt.Fprintln(h, stateVersion, o.Step, o.Windows, o.HalfLife, o.MinHistory, o.MinCount)
	return h.Sum64()
}

// code walks through the state in a fixed order, for writing and reading alike.
func (d *Detector) code(c *codec) {
	for i := range d.windows {
		w := &d.windows[i]
		c.int32(&w.count)
		c.int32(&w.archived)
		c.int(&w.exposed)
		c.float64(&w.expected)
		c.float64(&w.exposure)
		c.int(&w.since)
		c.int(&w.upper)
		c.float64(&w.forecast.mean)
		c.float64(&w.forecast.variance)
		c.float64(&w.forecast.doubt)
	}
	c.int(&d.recent.next)
	for i := range d.recent.slots {
		s := &d.recent.slots[i]
		c.small(&s.count)
		c.small(&s.archived)
		c.float32(&s.expected)
		c.float32(&s.exposure)
	}
	for i := range d.recent.estimates {
		c.float32(&d.recent.estimates[i].rate)
		c.float32(&d.recent.estimates[i].shape)
	}
	c.float64(&d.level.events)
	c.float64(&d.level.exposure)
	if d.yearly() {
		d.regression.code(c)
	} else {
		d.rhythm.code(c)
	}
	c.float64(&d.dispersion.square)
	c.float64(&d.dispersion.mean)
	for i := range d.dispersion.restless {
		c.float64(&d.dispersion.restless[i].sum)
		c.float64(&d.dispersion.restless[i].weight)
	}
	c.float64(&d.account.episodes)
	c.float64(&d.account.excess)
	c.float64(&d.account.weeks)
	c.time(&d.account.since)
	c.time(&d.account.last)
	c.float64(&d.account.peak)
	c.bool(&d.account.open)

	c.int(&d.rarest)
	c.float64(&d.least)
	c.bool(&d.started)
	c.time(&d.last)
	c.time(&d.newest)
	c.time(&d.seen)
	covered := int64(d.covered)
	c.int64(&covered)
	d.covered = time.Duration(covered)
}

func (r *rhythm) code(c *codec) {
	for _, ratios := range [][]ratio{r.hours[:], r.days[:], r.cells[:]} {
		for i := range ratios {
			c.float32(&ratios[i].count)
			c.float32(&ratios[i].expected)
		}
	}
	c.int64(&r.week)
	c.int64(&r.hour)
	c.float64(&r.factor)
}

func (r *regression) code(c *codec) {
	for i := range r.coefficients {
		c.float64(&r.coefficients[i])
		for j := range r.covariance[i] {
			c.float64(&r.covariance[i][j])
		}
	}
	c.int64(&r.origin)
}

// codec appends values to bytes, or takes them off it.
type codec struct {
	bytes   []byte
	writing bool
	short   bool // there were too few bytes
}

func (c *codec) int64(p *int64) {
	if c.writing {
		c.bytes = binary.LittleEndian.AppendUint64(c.bytes, uint64(*p))
		return
	}
	if len(c.bytes) < 8 {
		c.short, c.bytes, *p = true, nil, 0
		return
	}
	*p = int64(binary.LittleEndian.Uint64(c.bytes))
	c.bytes = c.bytes[8:]
}

func (c *codec) int32(p *int32) {
	if c.writing {
		c.bytes = binary.LittleEndian.AppendUint32(c.bytes, uint32(*p))
		return
	}
	if len(c.bytes) < 4 {
		c.short, c.bytes, *p = true, nil, 0
		return
	}
	*p = int32(binary.LittleEndian.Uint32(c.bytes))
	c.bytes = c.bytes[4:]
}

// small takes the less room the smaller the number, which is not negative.
func (c *codec) small(p *int32) {
	if c.writing {
		c.bytes = binary.AppendUvarint(c.bytes, uint64(*p))
		return
	}
	v, n := binary.Uvarint(c.bytes)
	if n <= 0 || v > math.MaxInt32 {
		c.short, c.bytes, v, n = true, nil, 0, 0
	}
	*p, c.bytes = int32(v), c.bytes[n:]
}

func (c *codec) int(p *int) {
	v := int64(*p)
	c.int64(&v)
	*p = int(v)
}

func (c *codec) float64(p *float64) {
	v := int64(math.Float64bits(*p))
	c.int64(&v)
	*p = math.Float64frombits(uint64(v))
}

func (c *codec) float32(p *float32) {
	v := int32(math.Float32bits(*p))
	c.int32(&v)
	*p = math.Float32frombits(uint32(v))
}

func (c *codec) bool(p *bool) {
	var v int32
	if *p {
		v = 1
	}
	c.int32(&v)
	*p = v == 1
}

func (c *codec) time(p *time.Time) {
	seconds, nanoseconds := p.Unix(), int32(p.Nanosecond())
	c.int64(&seconds)
	c.int32(&nanoseconds)
	*p = time.Unix(seconds, int64(nanoseconds)).UTC()
}

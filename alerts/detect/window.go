package detect

import "time"

// slot is what is kept of a step within the longest window.
type slot struct {
	count, archived int32   // the first without the second
	expected        float32 // exposure times rhythm
	exposure        float32
}

// estimate is what was known of the rate before a step.
type estimate struct{ rate, shape float32 }

func newEstimate(l level) estimate { return estimate{float32(l.rate()), float32(l.shape())} }

// known is the exposure that the estimate rests on.
func (e *estimate) known() float64 {
	if e.rate <= 0 {
		return 0
	}
	return float64(e.shape) / float64(e.rate)
}

// recent are the slots of the longest window, as a ring. Slots that lie together
// within an hour share an estimate, that of the first: the rate takes days to
// change.
type recent struct {
	slots     []slot
	estimates []estimate // one for each sharing slots
	sharing   int
	next      int
}

// newRecent makes room for so many steps, and for those before them whose estimate
// is overwritten when the first of their sharing is.
func newRecent(steps int, width time.Duration) recent {
	sharing := max(1, int(time.Hour/width))
	groups := (steps + 2*(sharing-1)) / sharing
	return recent{slots: make([]slot, groups*sharing), estimates: make([]estimate, groups), sharing: sharing}
}

func (r *recent) push(s slot, e estimate) {
	r.slots[r.next] = s
	if r.next%r.sharing == 0 {
		r.estimates[r.next/r.sharing] = e
	}
	if r.next++; r.next == len(r.slots) {
		r.next = 0
	}
}

// back is the slot so many steps before the last.
func (r *recent) back(n int) *slot { return &r.slots[r.at(n)] }

// estimate is what was known before that step.
func (r *recent) estimate(n int) *estimate { return &r.estimates[r.at(n)/r.sharing] }

func (r *recent) at(n int) int {
	i := r.next - 1 - n
	if i < 0 {
		i += len(r.slots)
	}
	return i
}

// window is the sum of the last steps.
type window struct {
	steps    int
	count    int32 // observed, without what was archived
	archived int32
	exposed  int // steps with exposure
	expected float64
	exposure float64
	since    int // steps since the dispersion learnt from it
	upper    int // where the next search for the bound begins
	forecast forecast
}

// slide moves the window on by a step: in comes one slot, out goes another.
func (w *window) slide(in, out *slot) {
	w.count += in.count - out.count
	w.archived += in.archived - out.archived
	w.expected += float64(in.expected) - float64(out.expected)
	w.exposure += float64(in.exposure) - float64(out.exposure)
	if in.exposure > 0 {
		w.exposed++
	}
	if out.exposure > 0 {
		w.exposed--
	}
}

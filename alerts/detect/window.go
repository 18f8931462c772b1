package detect

// slot is what is kept of a step within the longest window.
type slot struct {
	count, archived int32   // the first without the second
	expected        float32 // exposure times rhythm
	exposure        float32
	rate, shape     float32 // of the level before the step
}

func newSlot(l level) slot { return slot{rate: float32(l.rate()), shape: float32(l.shape())} }

// known is the exposure that the level rests on.
func (s *slot) known() float64 {
	if s.rate <= 0 {
		return 0
	}
	return float64(s.shape) / float64(s.rate)
}

// recent are the slots of the longest window, as a ring.
type recent struct {
	slots []slot
	next  int
}

func newRecent(steps int) recent { return recent{slots: make([]slot, steps)} }

func (r *recent) push(s slot) {
	r.slots[r.next] = s
	if r.next++; r.next == len(r.slots) {
		r.next = 0
	}
}

// back is the slot so many steps before the last.
func (r *recent) back(n int) *slot {
	i := r.next - 1 - n
	if i < 0 {
		i += len(r.slots)
	}
	return &r.slots[i]
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

package story

import (
	"slices"
	"time"
)

// How far a look goes. Only what very many articles have in common, as a notice
// that a house puts under everything, meets these limits.
const (
	maxVisits = 256 // articles of one band
	maxMet    = 24  // those of them published in time
	maxRead   = 8   // articles met in most bands, which are compared
)

// printed is an article of the window.
type printed struct {
	number    int64
	published time.Time
	seen      time.Time
	print     []byte
}

// window is the newest articles in the order of the record, found by their
// bands. The bands that share a bucket are a chain from the newest to the
// oldest, as in a compressor's window: it ends where the window does, so that
// nothing need be taken out.
//
// Which articles are in it follows from those that were added and nothing else.
type window struct {
	remember time.Duration
	limit    int

	articles   []printed // a ring: position p stands at p % len(articles)
	front, end int       // positions [front, end) are in the window
	newest     time.Time // the latest seen

	// A link is a position and a band, p*bands+b+1; 0 is none.
	heads []uint32 // by bucket: the newest
	next  []uint32 // by slot and band: the next older
	keys  []uint32 // by slot and band
}

const firstRoom = 1024 // articles

func (w *window) at(p int) *printed { return &w.articles[p%len(w.articles)] }

// slot is where the links of a position stand.
func (w *window) slot(p int) int { return p % len(w.articles) * bands }

func (w *window) bucket(key uint32) int { return int(key) & (len(w.heads) - 1) }

// add puts an article at the end and lets go of what is too old or too much. It
// reports whether it had to let go of something for its number alone.
func (w *window) add(a printed, keys *[bands]uint32) (full bool) {
	if w.end-w.front == len(w.articles) {
		w.grow()
	}
	w.link(w.end, keys)
	*w.at(w.end) = a
	w.end++
	if a.seen.After(w.newest) {
		w.newest = a.seen
	}
	for oldest := w.newest.Add(-w.remember); w.at(w.front).seen.Before(oldest); {
		w.drop()
	}
	for w.end-w.front > w.limit {
		w.drop()
		full = true
	}
	return full
}

func (w *window) drop() {
	*w.at(w.front) = printed{}
	w.front++
}

func (w *window) link(p int, keys *[bands]uint32) {
	slot := w.slot(p)
	for b, key := range keys {
		head := &w.heads[w.bucket(key)]
		w.keys[slot+b], w.next[slot+b] = key, *head
		*head = uint32(p*bands + b + 1)
	}
}

// grow doubles the room.
func (w *window) grow() {
	was := *w
	size := min(max(firstRoom, 2*len(was.articles)), w.limit+1)
	buckets := 1
	for buckets < size*bands {
		buckets *= 2
	}
	w.articles, w.heads = make([]printed, size), make([]uint32, buckets)
	w.next, w.keys = make([]uint32, size*bands), make([]uint32, size*bands)
	for p := was.front; p < was.end; p++ {
		*w.at(p) = *was.at(p)
		w.link(p, (*[bands]uint32)(was.keys[was.slot(p):]))
	}
}

// numbered gives an article by its number; nil when it is not in the window.
func (w *window) numbered(number int64) *printed {
	from, to := w.front, w.end
	for from < to {
		if middle := int(uint(from+to) >> 1); w.at(middle).number < number {
			from = middle + 1
		} else {
			to = middle
		}
	}
	if from == w.end || w.at(from).number != number {
		return nil
	}
	return w.at(from)
}

// met gives the positions of the articles published in [from, to) that share
// bands, at most maxRead: those that share most, and of those the oldest. room
// may be nil.
func (w *window) met(keys *[bands]uint32, from, to time.Time, room []int) []int {
	found := room[:0]
	if w.end == w.front {
		return found
	}
	for _, key := range keys {
		visits, met := 0, 0
		for link := w.heads[w.bucket(key)]; link > uint32(w.front*bands) && visits < maxVisits && met < maxMet; {
			p, b := int(link-1)/bands, int(link-1)%bands
			slot := w.slot(p) + b
			if w.keys[slot] == key {
				visits++
				if a := w.at(p); !a.published.Before(from) && a.published.Before(to) {
					met++
					found = append(found, p)
				}
			}
			link = w.next[slot]
		}
	}
	return mostMet(found)
}

// mostMet gives the positions that come most often, at most maxRead, in room of its argument.
func mostMet(found []int) []int {
	slices.Sort(found)
	type tally struct{ p, n int }
	var best [maxRead + 1]tally
	n := 0
	for i := 0; i < len(found); {
		j := i
		for j < len(found) && found[j] == found[i] {
			j++
		}
		at, _ := slices.BinarySearchFunc(best[:n], j-i, func(t tally, times int) int {
			if t.n >= times {
				return -1
			}
			return 1
		})
		copy(best[at+1:], best[at:n])
		if at < len(best) {
			best[at] = tally{found[i], j - i}
		}
		n = min(n+1, maxRead)
		i = j
	}
	found = found[:0]
	for _, t := range best[:n] {
		found = append(found, t.p)
	}
	slices.Sort(found)
	return found
}

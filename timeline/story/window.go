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

// printed is an article of the window: two lines of the processor's cache.
type printed struct {
	number    int64
	published int64 // nanoseconds since 1970, which are smaller than a time.Time
	seen      int64
	print     shelfmark
	bands     [bands]chained
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

	articles   ring[printed]
	prints     shelf
	front, end int    // positions [front, end) are in the window
	newest     int64  // the latest seen
	heads      []link // by bucket: the newest
}

// link is a position and one of its keys, p*keys+k+1 for so many keys each; 0 is none.
type link uint32

// chained is a key and the next older in its bucket. Both lie together: with a
// million articles a look into memory is what takes time.
type chained struct {
	key  uint32
	next link
}

// Of the buckets of a window there are firstBuckets at first, and twice as many
// when more than load keys share one.
const (
	firstBuckets = 1 << 12
	load         = 2
)

func (w *window) at(p int) *printed { return w.articles.at(p) }

func (w *window) band(l link) *chained { return &w.at(int(l-1) / bands).bands[int(l-1)%bands] }

func (w *window) bucket(key uint32) int { return int(key) & (len(w.heads) - 1) }

// add puts an article at the end and lets go of what is too old or too much. It
// reports whether it had to let go of something for its number alone.
func (w *window) add(a printed, written []byte, keys *[bands]uint32) (full bool) {
	a.print = w.prints.put(written)
	for b, key := range keys {
		a.bands[b].key = key
	}
	w.articles.put(w.end, a)
	w.end++
	if (w.end-w.front)*bands > load*len(w.heads) {
		w.grow()
	} else {
		w.link(w.end - 1)
	}
	if w.end == 1 {
		w.newest = a.seen
	}
	w.newest = max(w.newest, a.seen)
	for w.front < w.end && w.at(w.front).seen < w.newest-int64(w.remember) {
		w.front++
	}
	for w.end-w.front > w.limit {
		w.front++
		full = true
	}
	if w.front < w.end {
		w.prints.leave(w.at(w.front).print)
	}
	w.articles.leave(w.front)
	return full
}

func (w *window) link(p int) {
	a := w.at(p)
	for b := range a.bands {
		head := &w.heads[w.bucket(a.bands[b].key)]
		a.bands[b].next, *head = *head, link(p*bands+b+1)
	}
}

// grow doubles the buckets.
func (w *window) grow() {
	w.heads = make([]link, max(firstBuckets, 2*len(w.heads)))
	for p := w.front; p < w.end; p++ {
		w.link(p)
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
	lo, hi := from.UnixNano(), to.UnixNano()
	// All the first steps before any second: they do not wait for each other.
	var newest [bands]link
	for b, key := range keys {
		newest[b] = w.heads[w.bucket(key)]
	}
	oldest := link(w.front * bands)
	var first [bands]chained
	for b, l := range newest {
		if l > oldest {
			first[b] = *w.band(l)
		}
	}
	for b, key := range keys {
		visits, met := 0, 0
		l, at := newest[b], first[b]
		for l > oldest {
			if at.key == key {
				visits++
				p := int(l-1) / bands
				if a := w.at(p); lo <= a.published && a.published < hi {
					met++
					found = append(found, p)
				}
				if visits == maxVisits || met == maxMet {
					break
				}
			}
			if l = at.next; l > oldest {
				at = *w.band(l)
			}
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

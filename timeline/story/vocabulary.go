package story

import "hash/maphash"

// vocabulary remembers how words are read, by a hash of them: a word lies in one
// of the two places of its set, the one looked for last in front, and gives way to
// others. So it is found with one look into memory, where a map of strings takes
// three, and that is most of what reading a text costs.
//
// Words are told apart by 63 bits of a hash that is another one in each process,
// so that nobody can write two that are alike.
type vocabulary struct {
	seed  maphash.Seed
	words []knownWord // a power of two
	n     int         // that are taken
}

type knownWord struct {
	hash uint64 // 0: free
	reading
}

const (
	firstWords = 1 << 8  // that there is room for at first
	maxWords   = 1 << 17 // that are remembered at most; they take 2 MB
)

func newVocabulary() vocabulary {
	return vocabulary{seed: maphash.MakeSeed(), words: make([]knownWord, firstWords)}
}

// look gives how a word is read, which it asks read for when it does not know.
func (v *vocabulary) look(raw string, read func(string) reading) reading {
	hash := maphash.String(v.seed, raw) | 1
	set := v.set(hash)
	switch hash {
	case set[0].hash:
	case set[1].hash:
		set[0], set[1] = set[1], set[0]
	default:
		v.put(knownWord{hash, read(raw)})
		return v.set(hash)[0].reading
	}
	return set[0].reading
}

func (v *vocabulary) set(hash uint64) *[2]knownWord {
	return (*[2]knownWord)(v.words[int(hash>>1)&(len(v.words)-1)&^1:])
}

// put puts a word in front of its set.
func (v *vocabulary) put(w knownWord) {
	if 2*v.n > len(v.words) && len(v.words) < maxWords {
		was := v.words
		v.words, v.n = make([]knownWord, 2*len(was)), 0
		for _, w := range was {
			if w.hash != 0 {
				v.put(w)
			}
		}
	}
	set := v.set(w.hash)
	if set[1].hash == 0 {
		v.n++
	}
	set[0], set[1] = w, set[0]
}

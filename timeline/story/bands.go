package story

// The bands by which copies meet. A band is two minima of MinHash (Broder 1997)
// over the shingles of one part of a sheet, so that two articles meet in it as
// often as the square of the part's resemblance: in one of five bands nine times
// of ten at a resemblance of 0.6. The lead has bands of its own, because it is
// what a shortened copy shares with the whole; the title has, because there may
// be nothing else.
const (
	leadBands  = 5
	wholeBands = 5
	titleBands = 2
	bands      = leadBands + wholeBands + titleBands

	leadTokens = 28
)

// bandsOf gives the keys of a sheet's bands. What is too short for a part has
// keys of its own there, under which it is met by nothing.
func bandsOf(s *sheet, own uint64) (keys [bands]uint32) {
	for b := range keys {
		keys[b] = uint32(mix(own + uint64(b)))
	}
	shingles := make([]uint64, 0, bodyTokens)
	for i, t := range s.body {
		if i > 0 {
			shingles = append(shingles, uint64(s.body[i-1].hash())<<hashBits|uint64(t.hash()))
		}
	}
	if len(shingles) >= minShingles {
		band(keys[:leadBands], shingles[:min(len(shingles), leadTokens)], 0)
		band(keys[leadBands:leadBands+wholeBands], shingles, leadBands)
	}
	if len(s.title) >= minShingles {
		shingles = shingles[:0]
		for _, t := range s.title {
			shingles = append(shingles, uint64(t.hash()))
		}
		band(keys[leadBands+wholeBands:], shingles, leadBands+wholeBands)
	}
	return keys
}

const minShingles = 4

// band fills in keys; first is the number of the first of them.
func band(keys []uint32, shingles []uint64, first int) {
	const none = 1<<64 - 1
	var minima [bands][2]uint64
	for i := range keys {
		minima[i] = [2]uint64{none, none}
	}
	for _, s := range shingles {
		h := mix(s)
		for i := range keys {
			odd := uint64(2*(first+i) + 1)
			// Two hash functions a band: multiply-xor of one good hash.
			m := &minima[i]
			m[0] = min(m[0], (h^odd*0x9e3779b97f4a7c15)*0xd6e8feb86659fd93)
			m[1] = min(m[1], (h^odd*0xc2b2ae3d27d4eb4f)*0xa0761d6478bd642f)
		}
	}
	for i := range keys {
		keys[i] = uint32(mix(minima[i][0] ^ mix(minima[i][1]) + uint64(first+i)))
	}
}

package story

import (
	"fmt"
	"testing"
)

// Words are read alike whether they are remembered or not, and however many there
// are; those that come often are remembered.
func TestVocabulary(t *testing.T) {
	v := newVocabulary()
	reads := 0
	read := func(raw string) reading {
		reads++
		return reading{hash: uint16(hashOf(raw)), capital: len(raw)%2 == 0}
	}
	look := func(raw string) {
		t.Helper()
		if got, want := v.look(raw, read), (reading{hash: uint16(hashOf(raw)), capital: len(raw)%2 == 0}); got != want {
			t.Fatalf("%q is read %+v, want %+v", raw, got, want)
		}
	}
	const rare, often = 3 * maxWords, 100
	for i := range rare {
		look(fmt.Sprintf("rare%d", i))
		look(fmt.Sprintf("often%d", i%often))
	}
	if reads > rare+rare/50 { // two of them may share a set
		t.Errorf("%d words were read anew, want hardly more than the %d that came once", reads, rare)
	}
	if len(v.words) > maxWords {
		t.Errorf("%d words are remembered, want at most %d", len(v.words), maxWords)
	}
}

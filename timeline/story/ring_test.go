package story

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// What is on the shelf and in the ring stays as it was until it is let go of,
// also where blocks are used again and their numbers begin anew.
func TestRingKeeps(t *testing.T) {
	const kept = 2000
	s, r := shelf{first: 1<<16 - 3}, ring[shelfmark]{}
	printed := func(p int) []byte { return []byte(strings.Repeat(fmt.Sprint(p, " "), p%40)) }
	for p := range 20 * kept {
		r.put(p, s.put(printed(p)))
		front := max(0, p+1-kept)
		s.leave(*r.at(front))
		r.leave(front)
		for _, q := range []int{front, (front + p) / 2, p} {
			if got, want := s.get(*r.at(q)), printed(q); !bytes.Equal(got, want) {
				t.Fatalf("position %d of [%d, %d]: %q, want %q", q, front, p, got, want)
			}
		}
	}
	if blocks := kept/ringBlock + 2; len(r.blocks) > blocks {
		t.Errorf("ring of %d has %d blocks, want at most %d", kept, len(r.blocks), blocks)
	}
	if most := kept*len(printed(20*kept-1))/shelfBlock + 3; len(s.blocks) > most {
		t.Errorf("shelf has %d blocks, want at most %d", len(s.blocks), most)
	}
	if len(s.blocks) < 2 {
		t.Errorf("shelf has %d blocks: the test needs several", len(s.blocks))
	}
}

package story

import "encoding/binary"

// ring is values by ascending positions, of which the oldest are let go. It is in
// blocks, so that it grows without a copy, and a block that is left behind is used
// again. With a T without pointers the collector of garbage does not look into it.
type ring[T any] struct {
	blocks []*[ringBlock]T
	first  int // the first block has the positions from first*ringBlock on
	spare  *[ringBlock]T
}

const ringBlock = 512

func (r *ring[T]) at(p int) *T { return &r.blocks[p/ringBlock-r.first][p%ringBlock] }

// put sets the value of a position: one behind the last.
func (r *ring[T]) put(p int, v T) {
	if p/ringBlock-r.first == len(r.blocks) {
		block := r.spare
		if r.spare = nil; block == nil {
			block = new([ringBlock]T)
		}
		r.blocks = append(r.blocks, block)
	}
	*r.at(p) = v
}

// leave lets go of what is before a position.
func (r *ring[T]) leave(before int) {
	for r.first < before/ringBlock && len(r.blocks) > 0 {
		r.spare, r.blocks[0] = r.blocks[0], nil
		r.blocks = r.blocks[1:]
		r.first++
	}
}

// shelf is prints one behind the other, each behind its length, in blocks likewise:
// they are many, and short.
type shelf struct {
	blocks [][]byte
	first  uint16 // the number of the first block
	spare  []byte
}

// shelfmark is where a print stands: the number of its block, which begins anew
// behind the last, and the offset in it.
type shelfmark uint32

const shelfBlock = 1 << 16 // bytes; some four thousand million are on the shelf at most

// put takes a copy of a print of fewer than shelfBlock-1 bytes.
func (s *shelf) put(p []byte) shelfmark {
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last])+2+len(p) > shelfBlock {
		block := s.spare[:0]
		if s.spare = nil; block == nil {
			block = make([]byte, 0, shelfBlock)
		}
		s.blocks = append(s.blocks, block)
		last++
	}
	at := shelfmark(s.first+uint16(last))<<16 | shelfmark(len(s.blocks[last]))
	block := binary.LittleEndian.AppendUint16(s.blocks[last], uint16(len(p)))
	s.blocks[last] = append(block, p...)
	return at
}

// get gives the print that was put there. It stays as it is until the next put.
func (s *shelf) get(at shelfmark) []byte {
	from := s.blocks[uint16(at>>16)-s.first][at&(shelfBlock-1):]
	end := 2 + int(binary.LittleEndian.Uint16(from))
	return from[2:end:end]
}

// leave lets go of what was put before a print.
func (s *shelf) leave(before shelfmark) {
	for s.first != uint16(before>>16) {
		s.spare, s.blocks[0] = s.blocks[0], nil
		s.blocks = s.blocks[1:]
		s.first++
	}
}

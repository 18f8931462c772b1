package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Series is what was counted in each step, in the order of time; [NotCovered]
// where nothing was collected.
type Series []int

// NotCovered stands in a Series for a step in which nothing was collected.
const NotCovered = -1

// MaxSteps is how many steps a Series has at most: two years of ten minutes.
const MaxSteps = 105_120

// UnmarshalText reads steps separated by blanks, in the notation of promtool:
//
//	7       one step of 7
//	7x3     7, and 3 steps more of it
//	7+2x3   7, and 3 steps more, each 2 above the one before
//	7-2x3   likewise, each 2 below
//	_  _x3  a step that is not covered, and 3 such
func (s *Series) UnmarshalText(text []byte) error {
	var all Series
	for item := range strings.FieldsSeq(string(text)) {
		start, by, more, ok := readSteps(item)
		switch {
		case !ok:
			return fmt.Errorf("%q has %q, which is no step: write a count, as in 7, 7x3 for 7 and 3 more of it, 7+2x3 where each is 2 above the one before, or _ where nothing was collected", text, item)
		case len(all)+more >= MaxSteps:
			return fmt.Errorf("%q has more than %d steps: write fewer, or a longer step", text, MaxSteps)
		}
		for i := range more + 1 {
			n := start + i*by
			if start != NotCovered && n < 0 {
				return fmt.Errorf("%q falls below 0 in %q: write fewer steps", text, item)
			}
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		return fmt.Errorf("%q has no step: write counts, as in 2x400 40", text)
	}
	*s = all
	return nil
}

// readSteps reads an item of a series: a count, what each further step adds to
// it, and how many there are.
func readSteps(item string) (start, by, more int, ok bool) {
	head, times, repeated := strings.Cut(item, "x")
	if repeated {
		n, err := strconv.ParseUint(times, 10, 31)
		if err != nil {
			return 0, 0, 0, false
		}
		more = int(n)
	}
	if head == "_" {
		// An uncovered step by itself is _, and _x3 is three of them.
		return NotCovered, 0, max(more-1, 0), !repeated || more > 0
	}
	if i := strings.IndexAny(head, "+-"); i > 0 {
		n, err := strconv.ParseInt(head[i:], 10, 32)
		if err != nil || !repeated {
			return 0, 0, 0, false
		}
		by, head = int(n), head[:i]
	}
	n, err := strconv.ParseUint(head, 10, 31)
	return int(n), by, more, err == nil
}

package app

import "runtime/debug"

// collectAt is by how many per cent the heap may grow before the garbage of a
// process that runs for months is collected. Most of it is what a poll has read:
// half of Go's own 100 takes some 15 MB less at a thousand feeds, and no more of
// the processor than its noise.
const collectAt = 50

// boundMemory sets when garbage is collected, unless the environment does: Go's
// own GOGC and GOMEMLIMIT are the operator's.
func boundMemory(lookup func(string) (string, bool)) {
	if set, ok := lookup("GOGC"); !ok || set == "" {
		debug.SetGCPercent(collectAt)
	}
}

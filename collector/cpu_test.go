//go:build unix

package collector

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime returns the processor time that the process has taken. Wall time says
// little on a machine that others use too.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

//go:build unix

package extract

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

// reportCPU reports the speed of a loop over so many bytes a turn in megabytes a
// second of one processor.
func reportCPU(b *testing.B, began time.Duration, size int) {
	b.Helper()
	if took := cpuTime(b) - began; took > 0 {
		b.ReportMetric(float64(size)*float64(b.N)/1e6/took.Seconds(), "MB/cpu-s")
	}
}

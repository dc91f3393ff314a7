// Package cputest measures benchmarks by the processor time of their process: on a machine that is shared the clock
// says little.
package cputest

import (
	"syscall"
	"testing"
	"time"
)

// Used is the processor time that this process has used so far, of its own and the system's for it.
func Used(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Report says what one operation of the benchmark took since before, in milliseconds of processor time: cpu-ms/op.
func Report(b *testing.B, before time.Duration) {
	b.Helper()
	b.ReportMetric(float64((Used(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

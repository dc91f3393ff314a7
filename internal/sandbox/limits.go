package sandbox

import (
	"fmt"
	"runtime"
	"time"
)

// Limits are what a program may take; 0 is no limit. One that a system does not know is passed over; the time that a caller
// waits holds everywhere.
type Limits struct {
	CPU    time.Duration
	Output int64 // bytes of a file
	Data   int64 // bytes that are written to
	Space  int64 // bytes of addresses: some programs reserve far more than they use
}

// Command gives the words that start a program under the limits.
func (l Limits) Command(words ...string) []string {
	if runtime.GOOS == "windows" {
		return words
	}
	set := "ulimit -c 0; "
	for _, x := range []struct {
		letter string
		most   int64
	}{{"t", int64(l.CPU / time.Second)}, {"f", l.Output / 512}, {"d", l.Data / 1024}, {"v", l.Space / 1024}} {
		if x.most > 0 {
			set += fmt.Sprintf("ulimit -%s %d; ", x.letter, x.most)
		}
	}
	return append([]string{"/bin/sh", "-c", set + `exec "$@"`, "sh"}, words...)
}

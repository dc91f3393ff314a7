package mesh

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// InBlocks calls f for each block of size numbers of 0…n, on all processors at once. What f finds for a block it
// keeps by the number of the block: sums taken over blocks in order come out the same whoever worked.
func InBlocks(n, size int, f func(block, from, to int)) {
	blocks := blocksOf(n, size)
	workers := min(runtime.GOMAXPROCS(0), blocks)
	var next atomic.Int64
	work := func() {
		for {
			b := int(next.Add(1)) - 1
			if b >= blocks {
				return
			}
			f(b, b*size, min(n, (b+1)*size))
		}
	}
	var wait sync.WaitGroup
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

func blocksOf(n, size int) int { return (n + size - 1) / size }

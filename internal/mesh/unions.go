package mesh

import "sync/atomic"

// unions are sets of faces that grow together, by many hands at once: each face points to one of smaller
// number in its set, the smallest to itself. What comes out does not depend on who was first.
type unions []uint32

func newUnions(n int) unions {
	u := unions(Room[uint32](n))
	for i := range u {
		u[i] = uint32(i)
	}
	return u
}

// find gives the smallest face of a set, and shortens the way to it. Without the shortening by compare-and-swap
// a slower hand could undo what a quicker one joined.
func (u unions) find(x uint32) uint32 {
	for {
		up := atomic.LoadUint32(&u[x])
		if up == x {
			return x
		}
		above := atomic.LoadUint32(&u[up])
		if above == up {
			return up
		}
		atomic.CompareAndSwapUint32(&u[x], up, above)
		x = above
	}
}

func (u unions) join(a, b uint32) {
	for {
		a, b = u.find(a), u.find(b)
		if a == b {
			return
		}
		if a > b {
			a, b = b, a
		}
		if atomic.CompareAndSwapUint32(&u[b], b, a) {
			return
		}
	}
}

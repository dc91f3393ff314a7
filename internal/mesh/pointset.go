package mesh

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// PointSet holds points, each once, in the order in which they came: equal points get one index. Equal is
// bit for bit, save that −0 is 0. A point that is not finite is equal to none.
//
// It is an open table of one word a slot, with linear probing: a shared chain of an ordinary hash table
// is what makes other tools slow on regular meshes.
type PointSet struct {
	points []Vec
	slots  []uint64  // upper half: of the hash; lower half: index + 1; 0 is a free slot
	seed   [3]uint64 // drawn by lot, so that no file can be made whose points all fall into one slot
}

// NewPointSet is an empty set with room for about so many points.
func NewPointSet(expect int) *PointSet {
	s := &PointSet{points: make([]Vec, 0, expect), seed: [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64() | 1}}
	s.slots = make([]uint64, slotsFor(expect))
	return s
}

// slotsFor is a power of two that n points fill to two thirds at most.
func slotsFor(n int) int { return 1 << bits.Len(uint(max(n, 8)*3/2)) }

// Points are the points by their index. They belong to the set until it is given up.
func (s *PointSet) Points() []Vec { return s.points }

// Reset forgets the points and keeps the room.
func (s *PointSet) Reset() {
	s.points = s.points[:0]
	clear(s.slots)
}

// Add gives the index of a point, new or known.
func (s *PointSet) Add(p Vec) uint32 {
	p = Vec{p.X + 0, p.Y + 0, p.Z + 0} // −0 + 0 is 0
	hash := s.hash(p)
	mask := uint64(len(s.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		slot := s.slots[at]
		if slot == 0 {
			return s.insert(p, at, hash)
		}
		if (slot^hash)>>32 == 0 {
			if i := uint32(slot) - 1; s.points[i] == p {
				return i
			}
		}
	}
}

func (s *PointSet) insert(p Vec, at, hash uint64) uint32 {
	i := uint32(len(s.points))
	s.points = append(s.points, p)
	if !p.Finite() { // never found again; many in one slot would make the table slow
		return i
	}
	s.slots[at] = hash>>32<<32 | uint64(i+1)
	if 3*len(s.points) > 2*len(s.slots) {
		s.grow()
	}
	return i
}

func (s *PointSet) grow() {
	s.slots = make([]uint64, 2*len(s.slots))
	mask := uint64(len(s.slots) - 1)
	for i, p := range s.points {
		if !p.Finite() {
			continue
		}
		hash := s.hash(p)
		at := hash & mask
		for s.slots[at] != 0 {
			at = (at + 1) & mask
		}
		s.slots[at] = hash>>32<<32 | uint64(i+1)
	}
}

// hash folds the products of 128 bits, as wyhash does: coordinates of a file have many low bits that are zero,
// and the folding carries the high ones everywhere.
func (s *PointSet) hash(p Vec) uint64 {
	hi, lo := bits.Mul64(math.Float64bits(p.X)^s.seed[0], math.Float64bits(p.Y)^s.seed[1])
	hi, lo = bits.Mul64(hi^lo^math.Float64bits(p.Z), s.seed[2])
	return hi ^ lo
}

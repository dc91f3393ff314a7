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
	points  []Vec
	slots   []uint64  // upper half: of the hash; lower half: index + 1; 0 is a free slot
	touched uint64    // what AddAll read ahead: kept, lest the compiler leave the reading out
	seed    [3]uint64 // drawn by lot, so that no file can be made whose points all fall into one slot
}

// NewPointSet is an empty set with room for about so many points.
func NewPointSet(expect int) *PointSet {
	s := &PointSet{points: Room[Vec](expect)[:0], seed: [3]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64() | 1}}
	s.slots = Room[uint64](slotsFor(expect))
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
	return s.add(p, s.hash(p))
}

func (s *PointSet) add(p Vec, hash uint64) uint32 {
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

// AddAll adds the points of another set in their order and appends the index of each to to. In a large table each look is
// a trip to memory; a few points ahead of the one that is added, slots are touched all at once, so that the trips are made
// together.
func (s *PointSet) AddAll(o *PointSet, to []uint32) []uint32 {
	const ahead = 32
	var hashes [ahead]uint64
	for points := o.points; len(points) > 0; {
		n := min(ahead, len(points))
		var touched uint64
		mask := uint64(len(s.slots) - 1)
		for i, p := range points[:n] {
			hashes[i] = s.hash(p)
			touched |= s.slots[hashes[i]&mask]
		}
		s.touched = touched
		for i, p := range points[:n] {
			to = append(to, s.add(p, hashes[i]))
		}
		points = points[n:]
	}
	return to
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
	s.slots = Room[uint64](2 * len(s.slots))
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

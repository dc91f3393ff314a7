package stl

import (
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"bassin/internal/mesh"
)

// recordsAtOnce is how many triangles a block has.
const recordsAtOnce = 1 << 14

// joining welds the triangles of a binary file: of the corners at one place, bit for bit (−0 is 0), the first becomes a point,
// and the others name it. A table of all points is larger than the processor's cache, and where neighbours do not stand near
// each other in the file each look into it is a trip to memory. So corners are first sorted into buckets by a hash of their
// place; the table of a bucket fits into the cache, and processors need not wait for each other.
//
// Corner k of triangle r has the number 4·r + k.
type joining struct {
	r         io.ReaderAt
	n         int
	triangles [][3]uint32 // while joining: 0 of a first corner, mark and the number of the first of others, or nowhere
	points    []mesh.Vec
	seed      [2]uint64 // drawn by lot, so that no file can be made whose points all fall into one bucket, or one slot
	buckets   uint64    // a power of two
	blocks    []sorted
	workers   sync.Pool
	seen      seen
}

const (
	mark    = 1 << 31
	nowhere = math.MaxUint32 // the triangle is dropped

	mostRecords = mark / 4
)

// place is where a corner stands: the bits of 32-bit numbers.
type place struct{ x, y, z uint32 }

func placeOf(d []byte) place {
	_ = d[11]
	p := place{binary.LittleEndian.Uint32(d), binary.LittleEndian.Uint32(d[4:]), binary.LittleEndian.Uint32(d[8:])}
	const minusZero = 1 << 31
	if p.x == minusZero {
		p.x = 0
	}
	if p.y == minusZero {
		p.y = 0
	}
	if p.z == minusZero {
		p.z = 0
	}
	return p
}

func (p place) finite() bool {
	const infinite = 0x7f800000
	return p.x&infinite != infinite && p.y&infinite != infinite && p.z&infinite != infinite
}

func (p place) point() mesh.Vec {
	f := func(b uint32) float64 { return float64(math.Float32frombits(b)) }
	return mesh.Vec{X: f(p.x), Y: f(p.y), Z: f(p.z)}
}

// hash folds products of 128 bits, as wyhash does.
func (j *joining) hash(p place) uint64 {
	hi, lo := bits.Mul64((uint64(p.x)|uint64(p.y)<<32)^j.seed[0], uint64(p.z)^j.seed[1])
	hi, lo = bits.Mul64(hi^lo^j.seed[1], j.seed[0])
	return hi ^ lo
}

// standing is a corner and its place.
type standing struct {
	place
	corner uint32
}

// sorted are corners of a block by bucket: those of bucket b are list[from[b]:from[b+1]], in the order of the file. Most corners
// that stand where an earlier one of the block does are left out.
type sorted struct {
	list               []standing
	from               []uint32
	nonfinite, dropped int
	firsts             uint32 // its corners that become points; then those of earlier blocks
	err                error
}

// joiner is what a worker needs for a block.
type joiner struct {
	data   []byte
	recent [1 << 12]standing // of one hash each; corner is one more than the number, 0 is none
	found  []standing
	bucket []uint16
	slots  []uint32 // of a bucket: index in found + 1
}

// join reads n triangles from the head on.
func join(r io.ReaderAt, n int) (*joining, error) {
	j := &joining{r: r, n: n, triangles: mesh.Room[[3]uint32](n), seed: [2]uint64{rand.Uint64() | 1, rand.Uint64() | 1}}
	j.workers.New = func() any { return &joiner{} }
	j.blocks = make([]sorted, (n+recordsAtOnce-1)/recordsAtOnce)
	j.buckets = 1
	for uint64(n)*3 > j.buckets<<15 && j.buckets < 1<<12 { // a table of 2¹⁵ corners and their places take half a megabyte
		j.buckets *= 2
	}
	j.each(len(j.blocks), j.sort)
	j.each(int(j.buckets), j.match)
	j.each(len(j.blocks), j.count)
	points, kept := uint32(0), 0
	for i := range j.blocks {
		b := &j.blocks[i]
		kept += len(b.list)
		j.seen.nonfinite += b.nonfinite
		j.seen.dropped += b.dropped
		points, b.firsts = points+b.firsts, points
		b.list, b.from = nil, nil
	}
	if kept > 1<<22 { // 64 MB, whose room what follows can take
		runtime.GC()
	}
	j.points = mesh.Room[mesh.Vec](int(points))
	j.each(len(j.blocks), j.number)
	for i := range j.blocks {
		if err := j.blocks[i].err; err != nil {
			return nil, err
		}
	}
	j.each(len(j.blocks), j.name)
	if j.seen.dropped > 0 {
		j.triangles = slices.DeleteFunc(j.triangles, func(t [3]uint32) bool { return t[0] == nowhere })
	}
	return j, nil
}

func (j *joining) each(n int, f func(i int, w *joiner)) {
	mesh.InBlocks(n, 1, func(i, _, _ int) {
		w := j.workers.Get().(*joiner)
		f(i, w)
		j.workers.Put(w)
	})
}

// read gives the records of a block, and the number of the first.
func (j *joining) read(i int, w *joiner) (from int, data []byte, err error) {
	from = i * recordsAtOnce
	n := min(recordsAtOnce, j.n-from)
	if w.data == nil {
		w.data = make([]byte, recordBytes*min(j.n, recordsAtOnce))
	}
	data = w.data[:recordBytes*n]
	return from, data, readFull(j.r, data, headBytes+recordBytes*int64(from))
}

// sort sorts the corners of a block by bucket.
func (j *joining) sort(i int, w *joiner) {
	b := &j.blocks[i]
	from, data, err := j.read(i, w)
	if err != nil {
		b.err = err
		return
	}
	clear(w.recent[:])
	w.found, w.bucket = w.found[:0], w.bucket[:0]
	b.from = make([]uint32, j.buckets+1)
	for r := from; len(data) >= recordBytes; r, data = r+1, data[recordBytes:] {
		d := data[12:48:48]
		corners := [3]place{placeOf(d), placeOf(d[12:]), placeOf(d[24:])}
		t := &j.triangles[r]
		if !corners[0].finite() || !corners[1].finite() || !corners[2].finite() {
			*t = [3]uint32{nowhere, nowhere, nowhere}
			b.dropped++
			for _, p := range corners {
				if !p.finite() {
					b.nonfinite++
				}
			}
			continue
		}
		for k, p := range corners {
			h := j.hash(p)
			last := &w.recent[h>>52]
			if last.place == p && last.corner > 0 {
				t[k] = mark | (last.corner - 1)
				continue
			}
			corner := uint32(4*r + k)
			*last = standing{p, corner + 1}
			bucket := h & (j.buckets - 1)
			w.found, w.bucket = append(w.found, standing{p, corner}), append(w.bucket, uint16(bucket))
			b.from[bucket]++
		}
	}
	at := uint32(0)
	for k, count := range b.from {
		b.from[k], at = at, at+count
	}
	b.list = make([]standing, len(w.found))
	for k, c := range w.found {
		to := &b.from[w.bucket[k]]
		b.list[*to] = c
		*to++
	}
	copy(b.from[1:], b.from) // filling has moved each begin to its end
	b.from[0] = 0
}

// match finds, in a bucket, which corners stand where an earlier one does.
func (j *joining) match(bucket int, w *joiner) {
	total := 0
	for i := range j.blocks {
		if b := &j.blocks[i]; b.err == nil {
			total += int(b.from[bucket+1] - b.from[bucket])
		}
	}
	size := 1 << bits.Len(uint(max(total, 4)*3/2))
	if cap(w.slots) < size {
		w.slots = make([]uint32, size)
	}
	w.slots, w.found = w.slots[:size], w.found[:0]
	clear(w.slots)
	mask := uint64(size - 1)
	for i := range j.blocks {
		b := &j.blocks[i]
		if b.err != nil {
			continue
		}
	corners:
		for _, c := range b.list[b.from[bucket]:b.from[bucket+1]] {
			at := j.hash(c.place) >> 16 & mask
			for ; w.slots[at] > 0; at = (at + 1) & mask {
				if o := &w.found[w.slots[at]-1]; o.place == c.place {
					j.triangles[c.corner>>2][c.corner&3] = mark | o.corner
					continue corners
				}
			}
			w.found = append(w.found, c)
			w.slots[at] = uint32(len(w.found))
		}
	}
}

// of gives the triangles of a block.
func (j *joining) of(block int) [][3]uint32 {
	return j.triangles[block*recordsAtOnce : min(j.n, (block+1)*recordsAtOnce)]
}

// count counts the first corners of a block.
func (j *joining) count(block int, _ *joiner) {
	n := uint32(0)
	for _, t := range j.of(block) {
		for _, v := range t {
			n += 1 - v>>31
		}
	}
	j.blocks[block].firsts = n
}

// number gives the first corners of a block their numbers as points.
func (j *joining) number(block int, w *joiner) {
	b := &j.blocks[block]
	from, data, err := j.read(block, w)
	if err != nil {
		b.err = err
		return
	}
	next := b.firsts
	for i := range j.of(block) {
		t := &j.triangles[from+i]
		for k, v := range t {
			if v&mark == 0 {
				p := placeOf(data[recordBytes*i+12*(k+1):])
				if !p.finite() { // the file was changed meanwhile
					b.err = &mesh.FileError{Key: "not-a-part"}
					return
				}
				j.points[next], t[k] = p.point(), next
				next++
			}
		}
	}
}

// name gives the other corners of a block the numbers of their points. What they name is a first corner, or one of the same
// block that has its point already.
func (j *joining) name(block int, _ *joiner) {
	list := j.of(block)
	for i := range list {
		for k, v := range list[i] {
			if v&mark != 0 && v != nowhere {
				v &^= mark
				list[i][k] = j.triangles[v>>2][v&3]
			}
		}
	}
}

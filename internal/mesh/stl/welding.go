package stl

import (
	"runtime"
	"slices"
	"sync"

	"bassin/internal/mesh"
)

// block is a piece of a text: what next says of it, and the triangles that parse finds, welded among themselves. As
// neighbours mostly stand near each other in a file, few points are left to weld between blocks, and the table of
// a block stays in the processor's cache.
type block struct {
	number int
	data   []byte
	last   bool // nothing follows

	points  *mesh.PointSet
	corners []uint32 // three a triangle, indexes of the block's points
	to      []uint32 // index of each point in the whole
	seen
}

// seen is what is counted beside the triangles.
type seen struct {
	nonfinite, dropped   int // corners that are not finite, and their faces
	short, polygons      int // text: faces of less than three corners, and of more
	solids, ends, commas int
	lines                int64
	unfinished           bool // the text ends within a face
	name                 []byte
	errorLine            int64 // from 1, within the block
}

func (s *seen) add(o *seen) {
	s.nonfinite += o.nonfinite
	s.dropped += o.dropped
	s.short += o.short
	s.polygons += o.polygons
	if s.solids == 0 && o.solids > 0 {
		s.name = append([]byte(nil), o.name...)
	}
	s.solids += o.solids
	s.ends += o.ends
	s.commas += o.commas
	s.lines += o.lines
	s.unfinished = o.unfinished
}

// triangle takes three corners, unless one of them is nowhere.
func (b *block) triangle(p, q, r mesh.Vec) {
	if p.Finite() && q.Finite() && r.Finite() {
		b.corners = append(b.corners, b.points.Add(p), b.points.Add(q), b.points.Add(r))
		return
	}
	b.dropped++
	for _, v := range []mesh.Vec{p, q, r} {
		if !v.Finite() {
			b.nonfinite++
		}
	}
}

// welding joins blocks in their order, so that points and triangles stand in that of the file whoever read them.
type welding struct {
	set       *mesh.PointSet
	triangles [][3]uint32   // made of the pieces at the end
	pieces    [][][3]uint32 // by the number of the block
	taken     int           // triangles
	most      int           // triangles
	seen      seen

	mu   sync.Mutex
	turn sync.Cond
	now  int // number of the block whose turn it is
	err  error
}

// weld reads all blocks of a text of about so many triangles.
func weld(s *text, expect, most int) (*welding, error) {
	// A closed surface has half as many points as triangles.
	w := &welding{set: mesh.NewPointSet(expect/2 + 64), most: most}
	w.turn.L = &w.mu
	var hand sync.Mutex
	number := 0
	work := func() {
		b := &block{points: mesh.NewPointSet(bytesAtOnce / 256)}
		for {
			hand.Lock()
			more, err := s.next(b)
			b.number = number
			number++
			hand.Unlock()
			if !more && err == nil {
				return
			}
			b.points.Reset()
			b.corners, b.seen = b.corners[:0], seen{}
			if err == nil {
				err = s.parse(b)
			}
			if !w.take(b, err) {
				return
			}
		}
	}
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	if w.err == nil {
		w.assemble()
	}
	return w, w.err
}

// take waits for the block's turn, adds its points to the whole and then writes its triangles; false when reading has failed.
func (w *welding) take(b *block, err error) bool {
	piece := w.join(b, err)
	for i := range piece {
		c := b.corners[3*i:]
		piece[i] = [3]uint32{b.to[c[0]], b.to[c[1]], b.to[c[2]]}
	}
	return piece != nil
}

// join gives the place for the block's triangles.
func (w *welding) join(b *block, err error) [][3]uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.now != b.number {
		w.turn.Wait()
	}
	if w.err == nil {
		w.err = w.add(b, err)
	}
	w.now++
	w.turn.Broadcast()
	if w.err != nil {
		return nil
	}
	n := len(b.corners) / 3
	piece := make([][3]uint32, n)
	w.pieces = append(w.pieces, piece)
	return piece
}

func (w *welding) add(b *block, err error) error {
	if err != nil {
		if e, ok := err.(*mesh.FileError); ok && b.errorLine > 0 {
			e.Line = w.seen.lines + b.errorLine
		}
		return err
	}
	w.seen.add(&b.seen)
	if w.taken += len(b.corners) / 3; w.taken > w.most {
		return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": w.most}}
	}
	b.to = w.set.AddAll(b.points, b.to[:0])
	return nil
}

// assemble puts the pieces one after the other.
func (w *welding) assemble() { w.triangles = slices.Concat(w.pieces...) }

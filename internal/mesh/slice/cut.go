package slice

import (
	"math"
	"math/bits"
	"slices"

	"bassin/internal/mesh"
)

// cutter cuts one layer after another and keeps its room.
type cutter struct {
	mesh  *mesh.Mesh
	cuts  []cut
	way   Polygon // the one that is followed
	slots []int32 // open table: index + 1 of the first cut that begins at an edge
}

// cut is what a layer cuts of a face: it begins on the edge by which the surface falls below the layer and ends on that by
// which it rises, seen along the rim of the face. Then what is left of it is material.
type cut struct {
	from, to edge
	at       Point // where it begins
	next     int32 // another that begins at the same edge, where more than two faces meet: index + 1
	done     bool
}

// edge is a pair of points of the mesh, the smaller index first.
type edge uint64

func edgeOf(a, b uint32) edge { return edge(min(a, b))<<32 | edge(max(a, b)) }

func (c *cutter) cut(z float64, faces []uint32) Layer {
	c.cuts = c.cuts[:0]
	for _, f := range faces {
		t := c.mesh.Triangles[f]
		var x cut
		both := 0
		for k := range 3 {
			a, b := t[k], t[(k+1)%3]
			below, then := c.mesh.Points[a].Z < z, c.mesh.Points[b].Z < z
			if !below && then {
				x.from, x.at = edgeOf(a, b), c.point(a, b, z)
				both++
			} else if below && !then {
				x.to = edgeOf(a, b)
				both++
			}
		}
		if both == 2 {
			c.cuts = append(c.cuts, x)
		}
	}
	c.index()
	return c.link(z)
}

// point is where an edge is cut, the same for all its faces.
func (c *cutter) point(i, j uint32, z float64) Point {
	a, b := c.mesh.Points[min(i, j)], c.mesh.Points[max(i, j)]
	f := (z - a.Z) / (b.Z - a.Z)
	return Point{Unit(a.X + f*(b.X-a.X)), Unit(a.Y + f*(b.Y-a.Y))}
}

// Unit is the nearest unit to a length in millimetres.
func Unit(mm float64) int64 {
	return int64(max(-Most, min(Most, math.RoundToEven(mm*PerMM))))
}

func (c *cutter) index() {
	n := 1 << bits.Len(uint(2*len(c.cuts)))
	if cap(c.slots) < n {
		c.slots = make([]int32, n)
	}
	c.slots = c.slots[:n]
	clear(c.slots)
	for i := range c.cuts {
		slot := c.slot(c.cuts[i].from)
		c.cuts[i].next, *slot = *slot, int32(i+1)
	}
}

// slot is that of an edge, empty or not.
func (c *cutter) slot(e edge) *int32 {
	mask := uint64(len(c.slots) - 1)
	h, l := bits.Mul64(uint64(e)^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	for at := (h ^ l) & mask; ; at = (at + 1) & mask {
		s := &c.slots[at]
		if *s == 0 || c.cuts[*s-1].from == e {
			return s
		}
	}
}

// begin takes a cut that begins at an edge and is not linked yet; −1 when there is none.
func (c *cutter) begin(e edge) int {
	slot := c.slot(e)
	for *slot != 0 && c.cuts[*slot-1].done {
		next := c.cuts[*slot-1].next
		if next == 0 { // the slot must stay taken, lest edges behind it be lost
			return -1
		}
		*slot = next
	}
	return int(*slot) - 1
}

// link follows cuts from edge to edge.
func (c *cutter) link(z float64) Layer {
	l := Layer{Z: z}
	for i := range c.cuts {
		if c.cuts[i].done {
			continue
		}
		p := c.way[:0]
		start := c.cuts[i].from
		closed := false
		for k := i; k >= 0; {
			x := &c.cuts[k]
			x.done = true
			if len(p) == 0 || p[len(p)-1] != x.at {
				p = append(p, x.at)
			}
			if x.to == start {
				closed = true
				break
			}
			if *c.slot(x.to) == 0 {
				l.Open++ // a chain of which a later part was followed first ends where that began: it is counted once
			}
			k = c.begin(x.to)
		}
		c.way = p
		if !closed {
			continue
		}
		for len(p) > 1 && p[0] == p[len(p)-1] {
			p = p[:len(p)-1]
		}
		if len(p) >= 3 {
			l.Polygons = append(l.Polygons, slices.Clone(p))
		}
	}
	return l
}

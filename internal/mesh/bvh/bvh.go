// Package bvh finds the triangles of a mesh along a ray or near a point, by a tree of boxes around them. It measures
// thickness (mesh/thickness) and whatever else asks what lies where.
//
// The tree is split where the surface of the boxes times what is in them becomes least, over a few planes only (I. Wald,
// On fast construction of SAH-based bounding volume hierarchies, 2007). Boxes are kept in 32 bits about the middle of the
// mesh and widened by more than their rounding; triangles are met in 64 bits, from the points of the mesh.
package bvh

import (
	"math"
	"sync"
	"sync/atomic"

	"bassin/internal/mesh"
)

// Tree holds the triangles of a mesh, which must not change as long as it is asked. Triangles without area are not in it.
type Tree struct {
	Middle mesh.Vec // of the box
	Extent float64  // longest side of the box; 0 of a mesh without area

	mesh  *mesh.Mesh
	nodes []node
	faces []uint32 // in the order of the leaves
	pad   float32

	once  sync.Once
	cones []cone // of the nodes; made when they are first asked for
}

// node is a box. Its two children stand side by side; a leaf has faces instead.
type node struct {
	box
	first uint32 // child, or first of the faces of a leaf
	count uint32 // of faces; 0 when it is not a leaf
}

type box struct{ least, most [3]float32 }

var nowhere = box{
	[3]float32{math.MaxFloat32, math.MaxFloat32, math.MaxFloat32},
	[3]float32{-math.MaxFloat32, -math.MaxFloat32, -math.MaxFloat32},
}

func (b *box) add(o *box) {
	for k := range 3 {
		if o.least[k] < b.least[k] {
			b.least[k] = o.least[k]
		}
		if o.most[k] > b.most[k] {
			b.most[k] = o.most[k]
		}
	}
}

// centre is twice the middle of a box.
func (b *box) centre(k int) float32 { return b.least[k] + b.most[k] }

func (b *box) addCentre(o *box) {
	for k := range 3 {
		c := o.centre(k)
		if c < b.least[k] {
			b.least[k] = c
		}
		if c > b.most[k] {
			b.most[k] = c
		}
	}
}

// half is half the surface of a box.
func (b *box) half() float32 {
	x, y, z := b.most[0]-b.least[0], b.most[1]-b.least[1], b.most[2]-b.least[2]
	return x*y + y*z + z*x
}

const (
	perLeaf = 4       // faces: fewer are not worth a box
	bins    = 12      // planes looked at for a split, and one
	steep   = 48      // depth from which a split halves the faces, lest a crafted mesh make the tree deep
	deepest = 96      // steep, and the halving of 2³² faces, with room to spare
	alone   = 1 << 13 // faces that one worker splits alone
	atOnce  = 1 << 14 // faces whose boxes one worker makes at a time
)

// item is a face while the tree is built.
type item struct {
	box
	face uint32
}

// New builds the tree of a mesh.
func New(m *mesh.Mesh) *Tree {
	t := &Tree{mesh: m}
	least, most := bounds(m)
	size := most.Sub(least)
	t.Middle, t.Extent = least.Add(size.Times(0.5)), max(size.X, size.Y, size.Z)
	t.pad = float32(1e-6 * t.Extent)
	items := t.items()
	if len(items) == 0 {
		return t
	}
	t.nodes = make([]node, 2*len(items)+2)
	t.faces = make([]uint32, len(items))
	b := builder{tree: t, items: items}
	b.next.Store(2)
	all, centres := nowhere, nowhere
	for i := range items {
		all.add(&items[i].box)
		centres.addCentre(&items[i].box)
	}
	b.split(0, 0, len(items), 0, all, centres)
	b.wait.Wait()
	t.nodes = t.nodes[:b.next.Load()]
	return t
}

// Faces are those that have an area, neighbours in space mostly one after the other.
func (t *Tree) Faces() []uint32 { return t.faces }

// bounds is the box of the points that triangles name.
func bounds(m *mesh.Mesh) (least, most mesh.Vec) {
	if len(m.Triangles) == 0 {
		return
	}
	least = m.Points[m.Triangles[0][0]]
	most = least
	for _, t := range m.Triangles {
		for _, v := range t {
			p := &m.Points[v]
			least = mesh.Vec{X: min(least.X, p.X), Y: min(least.Y, p.Y), Z: min(least.Z, p.Z)}
			most = mesh.Vec{X: max(most.X, p.X), Y: max(most.Y, p.Y), Z: max(most.Z, p.Z)}
		}
	}
	return least, most
}

// items are the boxes of the faces that have an area.
func (t *Tree) items() []item {
	all := make([]item, len(t.mesh.Triangles))
	mesh.InBlocks(len(all), atOnce, func(_, from, to int) {
		for f := from; f < to; f++ {
			x := &all[f]
			x.face = uint32(f)
			a, b, c := t.corners(x.face)
			if n := b.Sub(a).Cross(c.Sub(a)); n.Dot(n) == 0 {
				x.face = none
				continue
			}
			x.box = nowhere
			for _, p := range [3]mesh.Vec{a, b, c} {
				p = p.Sub(t.Middle)
				for k, v := range [3]float64{p.X, p.Y, p.Z} {
					x.least[k] = min(x.least[k], float32(v)-t.pad)
					x.most[k] = max(x.most[k], float32(v)+t.pad)
				}
			}
		}
	})
	kept := all[:0]
	for i := range all {
		if all[i].face != none {
			kept = append(kept, all[i])
		}
	}
	return kept
}

const none = math.MaxUint32

func (t *Tree) corners(face uint32) (a, b, c mesh.Vec) {
	x := &t.mesh.Triangles[face]
	return t.mesh.Points[x[0]], t.mesh.Points[x[1]], t.mesh.Points[x[2]]
}

type builder struct {
	tree  *Tree
	items []item
	next  atomic.Uint32 // free node; what tree comes out does not depend on who takes it
	wait  sync.WaitGroup
}

// split makes the node of the items from…to, of which it knows the box and the box of the centres.
func (b *builder) split(at uint32, from, to, depth int, all, centres box) {
	n := &b.tree.nodes[at]
	n.box = all
	if to-from <= perLeaf {
		b.leaf(n, from, to)
		return
	}
	axis := 0
	for k := 1; k < 3; k++ {
		if centres.most[k]-centres.least[k] > centres.most[axis]-centres.least[axis] {
			axis = k
		}
	}
	s := b.plane(from, to, axis, &centres)
	if depth >= steep || s.middle <= from || s.middle >= to {
		s = b.halve(from, to)
	}
	n.first = b.next.Add(2) - 2
	if to-from > alone {
		b.wait.Go(func() { b.split(n.first, from, s.middle, depth+1, s.boxes[0], s.centres[0]) })
	} else {
		b.split(n.first, from, s.middle, depth+1, s.boxes[0], s.centres[0])
	}
	b.split(n.first+1, s.middle, to, depth+1, s.boxes[1], s.centres[1])
}

func (b *builder) leaf(n *node, from, to int) {
	n.first, n.count = uint32(from), uint32(to-from)
	for i := from; i < to; i++ {
		b.tree.faces[i] = b.items[i].face
	}
}

// parting is where the items of a node are parted, and what each side measures.
type parting struct {
	middle         int
	boxes, centres [2]box
}

// plane parts the items at the best of a few planes across an axis.
func (b *builder) plane(from, to, axis int, centres *box) (s parting) {
	low := centres.least[axis]
	width := centres.most[axis] - low
	if !(width > 0) {
		return s
	}
	scale := bins * (1 - 1e-6) / width
	var boxes, middles [bins]box
	var counts [bins]int
	for i := range boxes {
		boxes[i], middles[i] = nowhere, nowhere
	}
	for i := from; i < to; i++ {
		x := &b.items[i].box
		k := bin(x.centre(axis), low, scale)
		counts[k]++
		boxes[k].add(x)
		middles[k].addCentre(x)
	}
	cut := cheapest(&boxes, &counts)
	for side, r := range [2][2]int{{0, cut}, {cut, bins}} {
		s.boxes[side], s.centres[side] = nowhere, nowhere
		for k := r[0]; k < r[1]; k++ {
			if counts[k] > 0 {
				s.boxes[side].add(&boxes[k])
				s.centres[side].add(&middles[k])
			}
		}
	}
	i, j := from, to-1
	for i <= j {
		if bin(b.items[i].centre(axis), low, scale) < cut {
			i++
			continue
		}
		b.items[i], b.items[j] = b.items[j], b.items[i]
		j--
	}
	s.middle = i
	return s
}

func bin(centre, low, scale float32) int {
	return max(0, min(bins-1, int((centre-low)*scale)))
}

// cheapest is the bin before which to cut: where half surface times faces is least over both sides.
func cheapest(boxes *[bins]box, counts *[bins]int) int {
	var after [bins]float32
	acc, n := nowhere, 0
	for k := bins - 1; k > 0; k-- {
		if counts[k] > 0 {
			acc.add(&boxes[k])
			n += counts[k]
		}
		if n > 0 {
			after[k] = acc.half() * float32(n)
		}
	}
	acc, n = nowhere, 0
	best, cost := 0, float32(math.MaxFloat32)
	for k := 1; k < bins; k++ {
		if counts[k-1] > 0 {
			acc.add(&boxes[k-1])
			n += counts[k-1]
		}
		if n > 0 && after[k] > 0 {
			if c := acc.half()*float32(n) + after[k]; c < cost {
				best, cost = k, c
			}
		}
	}
	return best
}

// halve parts the items in their order.
func (b *builder) halve(from, to int) (s parting) {
	s.middle = (from + to) / 2
	for side, r := range [2][2]int{{from, s.middle}, {s.middle, to}} {
		s.boxes[side], s.centres[side] = nowhere, nowhere
		for i := r[0]; i < r[1]; i++ {
			s.boxes[side].add(&b.items[i].box)
			s.centres[side].addCentre(&b.items[i].box)
		}
	}
	return s
}

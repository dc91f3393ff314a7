// Package thickness measures how thick the walls of a part are, and how wide the gaps between them.
//
// The surface is sampled evenly, always in the same places. At each sample a ray goes straight into the part until it
// leaves it: what bodies that overlap or touch have between them is no end. A ray alone is ambiguous, for it may slant
// through a wall; so where it looks thin, the largest ball is sought that touches the surface at the sample and reaches no
// face that looks the other way (J. Ma, S. W. Bae, S. Choi, 3D medial axis point approximation using nearest neighbors and
// the normal field, 2012: the ball shrinks until nothing is in it). Faces look the other way when their normals are less
// than 45° from it: sharper wedges are walls that thin out, blunter ones are edges, which every part has.
//
// Lengths are those of the mesh, which is best in millimetres: how densely is sampled follows from it. It should bound a
// volume (mesh.Topology.Even); of another, what is inside is a guess, and so is what is found.
package thickness

import (
	"math"
	"slices"
	"sync"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
)

// Samples are between these numbers: one for each square millimetre, as far as they allow.
const (
	fewest  = 60_000
	most    = 150_000
	perArea = 1
)

// opposite is the cosine of bvh.Facing: that between a direction and the normals of faces that look the other way than the surface
// which it comes from. slant is how much longer a ray may be than the ball at its sample: the inverse of it.
const (
	opposite = math.Sqrt2 / 2
	slant    = math.Sqrt2
)

// Part is a mesh made ready to be measured.
type Part struct {
	mesh  *mesh.Mesh
	tree  *bvh.Tree
	area  float64
	skin  float64   // what is nearer than this is the surface itself
	turn  float64   // −1 when the mesh is inside out
	upTo  []float64 // area of the faces up to each, in the order of the tree
	width float64   // between samples
	count int
}

// Sample is one place of the surface.
type Sample struct {
	Point     mesh.Vec
	Dir       mesh.Vec // of length 1, to where it was measured: into the part for walls, out of it for gaps
	Face      uint32
	Thickness float64 // +Inf when nothing looks the other way

	first bvh.Hit // of its ray
}

// Field is what was measured all over a part.
type Field struct {
	Samples []Sample // neighbours mostly one after the other
	Area    float64  // of the surface that one sample stands for

	part *Part
	gaps bool

	once     sync.Once
	overlaps bool // bodies do, as far as a few samples tell
}

// Of measures the walls of a mesh. What is in it must not change as long as the field is asked.
func Of(m *mesh.Mesh) *Field { return Prepare(m).Walls() }

// Prepare makes a mesh ready, for walls and gaps alike.
func Prepare(m *mesh.Mesh) *Part {
	p := &Part{mesh: m, tree: bvh.New(m), turn: 1}
	p.upTo = make([]float64, len(p.tree.Faces()))
	volume := 0.0
	for i, f := range p.tree.Faces() {
		t := m.Triangles[f]
		a, b, c := m.Points[t[0]].Sub(p.tree.Middle), m.Points[t[1]].Sub(p.tree.Middle), m.Points[t[2]].Sub(p.tree.Middle)
		p.area += b.Sub(a).Cross(c.Sub(a)).Len() / 2
		p.upTo[i] = p.area
		volume += a.Dot(b.Cross(c))
	}
	if volume < 0 {
		p.turn = -1
	}
	p.skin = 1e-6 * p.tree.Extent
	if p.area > 0 {
		p.count = int(max(fewest, min(most, p.area/perArea)))
		p.width = math.Sqrt(p.area / float64(p.count))
	}
	return p
}

// Along a line through a part there are some tens of faces, some hundreds in the finest lattice. What it takes to measure grows with
// them, and faster.
const (
	looks      = 256  // lines along which it is looked
	mostBefore = 4096 // faces near a line, in the mean
)

// Crowded tells whether so many faces lie upon each other, or before each other, that to measure the part would not end: copies in
// one place, shells in shells, faces from end to end by the thousand.
func (p *Part) Crowded() bool {
	if p.count == 0 || len(p.tree.Faces()) <= mostBefore {
		return false
	}
	near := make([]int, looks)
	mesh.InBlocks(looks, 8, func(_, from, to int) {
		for k := from; k < to; k++ {
			i := k * (p.count / looks)
			s := p.sample(i, p.tree.Faces()[p.faceAt(i)])
			for _, dir := range [2]mesh.Vec{s.Dir, s.Dir.Times(-1)} {
				near[k] += p.tree.Along(bvh.Ray{From: s.Point, Dir: dir, Max: math.Inf(1)}, 16*mostBefore)
			}
		}
	})
	sum := 0
	for _, n := range near {
		sum += n
	}
	return sum > looks*mostBefore
}

// Walls measures from each sample into the part.
func (p *Part) Walls() *Field { return p.field(false) }

// Gaps measures from each sample out of the part, to where it comes in again.
func (p *Part) Gaps() *Field { return p.field(true) }

// atOnce is how many samples one worker takes.
const atOnce = 1 << 10

func (p *Part) field(gaps bool) *Field {
	f := &Field{Samples: make([]Sample, p.count), part: p, gaps: gaps}
	if p.count == 0 {
		return f
	}
	f.Area = p.area / float64(p.count)
	mesh.InBlocks(p.count, atOnce, func(_, from, to int) {
		face := p.faceAt(from)
		for i := from; i < to; i++ {
			for face < len(p.upTo)-1 && p.upTo[face] < p.mark(i) {
				face++
			}
			s := &f.Samples[i]
			*s = p.sample(i, p.tree.Faces()[face])
			if !gaps {
				s.Dir = s.Dir.Times(-1)
			}
			s.Thickness = f.straight(s)
		}
	})
	return f
}

// mark is how much surface lies before sample i.
func (p *Part) mark(i int) float64 { return p.area * (float64(i) + 0.5) / float64(p.count) }

func (p *Part) faceAt(i int) int {
	face, _ := slices.BinarySearch(p.upTo, p.mark(i))
	return min(face, len(p.upTo)-1)
}

// sample lays a sample into its face, by a sequence that fills squares evenly (M. Roberts, The unreasonable effectiveness
// of quasirandom sequences, 2018), folded into a triangle. Its direction is outward.
func (p *Part) sample(i int, face uint32) Sample {
	t := p.mesh.Triangles[face]
	a, b, c := p.mesh.Points[t[0]], p.mesh.Points[t[1]], p.mesh.Points[t[2]]
	const g1, g2 = 0.7548776662466927, 0.5698402909980532
	_, u := math.Modf(0.5 + g1*float64(i))
	_, v := math.Modf(0.5 + g2*float64(i))
	if u+v > 1 {
		u, v = 1-u, 1-v
	}
	ab, ac := b.Sub(a), c.Sub(a)
	n := ab.Cross(ac)
	return Sample{Point: a.Add(ab.Times(u)).Add(ac.Times(v)), Dir: n.Times(p.turn / n.Len()), Face: face}
}

// looks is the cosine between the outward normal of a face and a direction.
func (p *Part) looks(face uint32, dir mesh.Vec) float64 {
	t := p.mesh.Triangles[face]
	a := p.mesh.Points[t[0]]
	n := p.mesh.Points[t[1]].Sub(a).Cross(p.mesh.Points[t[2]].Sub(a))
	return n.Dot(dir) * p.turn / n.Len()
}

// straight follows the ray of a sample to where it leaves the part, or for gaps to where it comes into it; +Inf when the face
// there does not look the other way.
func (f *Field) straight(s *Sample) float64 {
	p := f.part
	h, ok := p.tree.Ray(bvh.Ray{From: s.Point, Dir: s.Dir, Min: p.skin, Max: math.Inf(1)})
	if !ok {
		return math.Inf(1)
	}
	s.first = h
	if !f.gaps && !p.leaves(h) {
		return f.through(s)
	}
	cos := p.looks(h.Face, s.Dir)
	if f.gaps {
		cos = -cos
	}
	if cos < opposite {
		return math.Inf(1)
	}
	return h.At
}

// leaves tells whether a ray leaves a body where it meets a face.
func (p *Part) leaves(h bvh.Hit) bool { return h.Leaving == (p.turn > 0) }

// through follows the ray of a sample, from its first face on, through bodies that overlap or touch, to where it has left all
// of them.
func (f *Field) through(s *Sample) float64 {
	p := f.part
	r := bvh.Ray{From: s.Point, Dir: s.Dir, Max: math.Inf(1)}
	h, ok := s.first, true
	for inside := 1; ok; h, ok = p.tree.Ray(r) {
		here := r
		here.Min, here.Max = h.At, h.At+p.skin
		// Where bodies touch, one is left where the other begins. Of faces at one place one counts: the ray may go through
		// an edge, or a face that stands twice.
		switch b := p.tree.Balance(here) * int(p.turn); {
		case b > 0:
			inside--
		case b < 0:
			inside++
		}
		if inside == 0 {
			if !p.leaves(h) {
				here.Side = bvh.Side(p.turn)
				h, ok = p.tree.Ray(here)
			}
			if !ok || p.looks(h.Face, s.Dir) < opposite {
				break
			}
			return h.At
		}
		r.Min = here.Max
	}
	return math.Inf(1)
}

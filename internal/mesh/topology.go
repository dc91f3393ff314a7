package mesh

import "sync"

// Topology says how the triangles of a welded mesh hang together. Degenerate triangles are counted and then left
// out: they bound no edge. Two faces are neighbours over each edge that both have; an edge is a pair of points.
type Topology struct {
	Triangles int // all, degenerate ones too
	Vertices  int
	Edges     int

	OpenEdges        int // of one face: the border of a hole
	NonmanifoldEdges int // of more than two faces
	MisorientedEdges int // of two faces that run over it in the same direction: one of them is turned over
	UnbalancedEdges  int // run over more often in one direction than in the other: open, misoriented and some non-manifold ones

	// NonmanifoldVertices are points whose faces do not make one fan, closed or open: bodies that touch in a
	// point, and the ends of non-manifold edges.
	NonmanifoldVertices int

	Euler           int // vertices − edges + faces that are not degenerate
	DegenerateFaces int // name a point twice
	DuplicateFaces  int // have the points of an earlier face, in whatever direction

	Places Places
}

// Watertight tells whether each edge has exactly two faces.
func (t *Topology) Watertight() bool { return t.OpenEdges == 0 && t.NonmanifoldEdges == 0 }

// Manifold tells whether the mesh is watertight and all faces agree on where its outside is.
func (t *Topology) Manifold() bool { return t.Watertight() && t.MisorientedEdges == 0 }

// Even tells whether each edge is run over as often in one direction as in the other: the mesh bounds a volume,
// even where bodies share edges or faces.
func (t *Topology) Even() bool { return t.UnbalancedEdges == 0 }

// MaxPlaces is how many places of each kind are kept to be shown.
const MaxPlaces = 1000

// Places say where: the first of each kind, in an order that does not depend on the machine. Vertices are indexes
// of points, faces of triangles, edges pairs of points with the smaller index first.
type Places struct {
	OpenEdges, NonmanifoldEdges, MisorientedEdges [][2]uint32
	NonmanifoldVertices                           []uint32
	DegenerateFaces, DuplicateFaces               []uint32
}

func (p *Places) add(q *Places) {
	p.OpenEdges = capped(p.OpenEdges, q.OpenEdges...)
	p.NonmanifoldEdges = capped(p.NonmanifoldEdges, q.NonmanifoldEdges...)
	p.MisorientedEdges = capped(p.MisorientedEdges, q.MisorientedEdges...)
	p.NonmanifoldVertices = capped(p.NonmanifoldVertices, q.NonmanifoldVertices...)
	p.DegenerateFaces = capped(p.DegenerateFaces, q.DegenerateFaces...)
	p.DuplicateFaces = capped(p.DuplicateFaces, q.DuplicateFaces...)
}

func capped[T any](have []T, more ...T) []T {
	return append(have, more[:min(len(more), MaxPlaces-len(have))]...)
}

// pointsAtOnce is how many points one worker takes: enough that taking costs nothing beside them.
const pointsAtOnce = 1 << 14

// examine counts over a welded mesh, and gives the faces of each point and the faces that hang together. Time and
// memory grow with the number of triangles, whatever their order: each point looks at its own faces only, and sorts
// them when they are many.
func examine(m *Mesh) (Topology, *incidence, unions) {
	in, faces := newIncidence(m), newUnions(len(m.Triangles))
	blocks := make([]Topology, blocksOf(len(m.Points), pointsAtOnce))
	fans := sync.Pool{New: func() any { return &fan{in: in, faces: faces} }}
	InBlocks(len(m.Points), pointsAtOnce, func(block, from, to int) {
		x := fans.Get().(*fan)
		defer fans.Put(x)
		x.Topology = Topology{}
		for v := from; v < to; v++ {
			x.look(uint32(v))
		}
		blocks[block] = x.Topology
	})
	var t Topology
	for i := range blocks {
		t.add(&blocks[i])
	}
	t.Triangles, t.Vertices, t.DegenerateFaces = len(m.Triangles), len(m.Points), len(in.degenerate)
	t.Places.DegenerateFaces = capped(nil, in.degenerate...)
	t.Euler = t.Vertices - t.Edges + t.Triangles - t.DegenerateFaces
	return t, in, faces
}

// add adds what each block of points counts of its own.
func (t *Topology) add(o *Topology) {
	t.Edges += o.Edges
	t.OpenEdges += o.OpenEdges
	t.NonmanifoldEdges += o.NonmanifoldEdges
	t.MisorientedEdges += o.MisorientedEdges
	t.UnbalancedEdges += o.UnbalancedEdges
	t.NonmanifoldVertices += o.NonmanifoldVertices
	t.DuplicateFaces += o.DuplicateFaces
	t.Places.add(&o.Places)
}

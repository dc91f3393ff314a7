package repair

import (
	"cmp"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
)

// samples is at how many of its largest faces it is asked where a patch lies.
const samples = 8

// beside is how far from a face it is asked, as a share of the diagonal.
const beside = 1e-5

// dropInner takes out the faces that lie within material of a surface whose bodies overlap point for point, as copies on one
// grid do: there bodies cannot be told apart any more, but what is outside can. Of faces on each other one stays. A patch
// that is partly outside says that bodies go through each other elsewhere too: then nothing is done.
func (b *body) dropInner() int {
	_, sheets := b.sheets()
	if len(sheets) == 0 {
		return 0
	}
	tree := bvh.New(&mesh.Mesh{Points: b.points, Triangles: b.faces})
	inner := make([]bool, len(b.faces))
	found := false
	for _, s := range sheets {
		slices.SortFunc(s.faces, func(f, g int) int {
			return cmp.Or(cmp.Compare(b.normal(b.faces[g]).Len(), b.normal(b.faces[f]).Len()), cmp.Compare(f, g))
		})
		within, asked := 0, 0
		for _, f := range s.faces[:min(samples, len(s.faces))] {
			t := b.faces[f]
			n := b.normal(t)
			if n.Len() == 0 {
				continue
			}
			middle := b.points[t[0]].Add(b.points[t[1]]).Add(b.points[t[2]]).Times(1.0 / 3)
			asked++
			if tree.Winding(middle.Add(n.Times(beside*b.diagonal/n.Len()))) > 0 {
				within++
			}
		}
		switch {
		case within == 0:
		case within < asked:
			return 0
		default:
			found = true
			for _, f := range s.faces {
				inner[f] = true
			}
		}
	}
	if !found {
		return 0
	}
	try := &body{points: b.points}
	for f, t := range b.faces {
		if !inner[f] {
			try.faces = append(try.faces, t)
		}
	}
	try.faces = try.thinned(true)
	if len(try.faces) == 0 || try.unbalanced() > 0 {
		return 0
	}
	gone := len(b.faces) - len(try.faces)
	b.faces = try.faces
	return gone
}

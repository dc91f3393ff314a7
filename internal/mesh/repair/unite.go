package repair

import (
	"errors"
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
	"bassin/internal/mesh/cross"
)

// Unite makes one closed mesh of bodies that overlap: what is in any of them. Each is closed and oriented, with its cavities.
type Unite func(bodies []*mesh.Mesh) (*mesh.Mesh, error)

// ErrMany says that there are too many bodies to look which overlap.
var ErrMany = errors.New("more bodies than are compared with each other")

// MaxBodies is how many shells may be compared with each other.
const MaxBodies = maxShells

// ErrWrong is what Unite gave when it cannot be what was asked for.
var ErrWrong = errors.New("what bodies were united to is not closed, or not of a volume between the largest of them and all together")

// Uniting repairs a mesh as Mesh does, and then has bodies that overlap united. Where that fails they stay as they are, and
// Report.NotUnited says why.
func Uniting(m *mesh.Mesh, unite Unite) (*mesh.Mesh, Report) {
	out, r := Mesh(m)
	switch {
	case !r.After.Manifold(), len(r.After.Shells) < 2:
		return out, r
	case len(r.After.Shells) > MaxBodies:
		r.NotUnited = ErrMany
		return out, r
	}
	b := &body{points: out.Points, faces: out.Triangles, diagonal: r.After.Size().Len()}
	bodies := b.solids()
	groups, told := overlapping(out, bodies, b.diagonal)
	switch {
	case !told:
		r.NotUnited = ErrMany
		return out, r
	case len(groups) == 0:
		return out, r
	}
	// All at once: groups that are apart stay so, and to start what unites takes longer than to unite a few.
	grouped := make([]bool, len(bodies))
	var list []*mesh.Mesh
	for _, g := range groups {
		for _, i := range g {
			list, grouped[i] = append(list, part(out, bodies[i])), true
		}
	}
	united, err := unite(list)
	if err == nil {
		united, err = checked(united, list)
	}
	if err != nil {
		r.NotUnited = err
		return out, r
	}
	all := &mesh.Model{}
	add := func(m *mesh.Mesh) {
		all.Objects = append(all.Objects, mesh.Object{Mesh: m, Place: mesh.Identity})
	}
	add(united)
	for i, faces := range bodies {
		if !grouped[i] {
			add(part(out, faces))
		}
	}
	whole := mesh.Weld(all.Whole())
	after := mesh.CheckWelded(whole)
	if !after.Manifold() { // bodies that touch where they were cut
		var again Report
		whole, again = Mesh(whole)
		after = again.After
	}
	r.Steps, r.After = append(r.Steps, Step{"bodies-united", len(list)}), after
	return whole, r
}

// checked is a union that is closed and of a volume that it may have: roundings of 32 bits aside.
func checked(united *mesh.Mesh, bodies []*mesh.Mesh) (*mesh.Mesh, error) {
	most, sum := 0.0, 0.0
	for _, m := range bodies {
		v := mesh.Measure(m).Volume
		most, sum = max(most, v), sum+v
	}
	united = mesh.Weld(united)
	r := mesh.CheckWelded(united)
	if !r.Manifold() {
		var again Report
		united, again = Mesh(united)
		r = again.After
	}
	if v := r.Volume; !r.Manifold() || !(v >= most*(1-1e-4) && v <= sum*(1+1e-4)) {
		return nil, ErrWrong
	}
	return united, nil
}

// solids gives the faces of each body: of a shell that shows its outside, and of the cavities in it.
func (b *body) solids() [][]uint32 {
	shells := b.shells()
	var outer []*shell
	for _, s := range shells {
		if s.volume > 0 {
			outer = append(outer, s)
		}
	}
	list := make([][]uint32, len(outer))
	add := func(i int, s *shell) {
		for _, f := range s.faces {
			list[i] = append(list[i], uint32(f))
		}
	}
	for i, s := range outer {
		add(i, s)
	}
	for _, s := range shells {
		if s.volume > 0 {
			continue
		}
		around := -1 // the smallest that holds the cavity
		for i, o := range outer {
			if b.within(s, o) && (around < 0 || o.volume < outer[around].volume) {
				around = i
			}
		}
		if around >= 0 {
			add(around, s)
		} else {
			list = append(list, nil)
			add(len(list)-1, s)
		}
	}
	return list
}

// overlapping gives the groups of bodies, by their numbers, that are in each other; false when their faces are too many upon each
// other to tell.
func overlapping(m *mesh.Mesh, bodies [][]uint32, diagonal float64) ([][]int, bool) {
	pairs, all := cross.Pairs(m)
	if !all {
		return nil, false
	}
	of := make([]int, len(m.Triangles))
	for i, faces := range bodies {
		for _, f := range faces {
			of[f] = i
		}
	}
	up := make([]int, len(bodies))
	for i := range up {
		up[i] = i
	}
	find := func(i int) int {
		for up[i] != i {
			i = up[i]
		}
		return i
	}
	join := func(i, k int) { i, k = find(i), find(k); up[max(i, k)] = min(i, k) }
	touching := map[[2]int][]uint32{} // faces of bodies that touch, and perhaps are in each other with sides in one plane
	for _, p := range pairs {
		i, k := of[p.A], of[p.B]
		switch {
		case i == k:
		case p.Depth > 1e-5*diagonal:
			join(i, k)
		default:
			pair := [2]int{min(i, k), max(i, k)}
			touching[pair] = append(touching[pair], p.A, p.B)
		}
	}
	trees := map[int]*bvh.Tree{}
	tree := func(i int) *bvh.Tree {
		if trees[i] == nil {
			trees[i] = bvh.New(part(m, bodies[i]))
		}
		return trees[i]
	}
	for pair, faces := range touching {
		if find(pair[0]) == find(pair[1]) {
			continue
		}
		for side, i := range pair {
			own := slices.DeleteFunc(slices.Clone(faces), func(f uint32) bool { return of[f] != i })
			if under(m, append(spread(bodies[i]), own...), tree(pair[1-side]), 1e-4*diagonal) {
				join(pair[0], pair[1])
				break
			}
		}
	}
	members := map[int][]int{}
	for i := range bodies {
		members[find(i)] = append(members[find(i)], i)
	}
	var groups [][]int
	for i := range bodies {
		if g := members[i]; len(g) > 1 {
			groups = append(groups, g)
		}
	}
	return groups, true
}

// looks is how many faces of a body are looked at to tell whether it is in another that it touches.
const looks = 256

func spread(faces []uint32) []uint32 {
	var list []uint32
	for i := range min(looks, len(faces)) {
		list = append(list, faces[i*len(faces)/min(looks, len(faces))])
	}
	return list
}

// under tells whether a little beneath one of the faces is inside of another body.
func under(m *mesh.Mesh, faces []uint32, other *bvh.Tree, deep float64) bool {
	for _, f := range faces[:min(len(faces), 4*looks)] {
		t := m.Triangles[f]
		a, b, c := m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]
		n := b.Sub(a).Cross(c.Sub(a))
		if l := n.Len(); l > 0 && math.Sqrt(l) > deep { // of slivers what is beneath may be outside again
			at := a.Add(b).Add(c).Times(1.0 / 3).Sub(n.Times(deep / l))
			if other.Winding(at) > 0 {
				return true
			}
		}
	}
	return false
}

// part is some faces of a welded mesh as one of their own.
func part(m *mesh.Mesh, faces []uint32) *mesh.Mesh {
	out := &mesh.Mesh{Triangles: make([][3]uint32, len(faces)), Welded: true}
	number := make(map[uint32]uint32, len(faces)/2+2)
	for i, f := range faces {
		for k, v := range m.Triangles[f] {
			n, known := number[v]
			if !known {
				n = uint32(len(out.Points))
				number[v], out.Points = n, append(out.Points, m.Points[v])
			}
			out.Triangles[i][k] = n
		}
	}
	return out
}

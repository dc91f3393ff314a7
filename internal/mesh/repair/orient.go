package repair

import (
	"sync"

	"bassin/internal/mesh"
	"bassin/internal/mesh/bvh"
	"bassin/internal/mesh/cross"
)

// orient makes the faces that hang together over edges of two faces agree, by turning the fewer of them.
func (b *body) orient() int {
	type link struct {
		face int
		same bool // both run over the edge in one direction: one must turn
	}
	links := make([][]link, len(b.faces))
	eachEdge(b.edges(), func(of []use) {
		if len(of) == 2 {
			same := of[0].up == of[1].up
			links[of[0].face] = append(links[of[0].face], link{of[1].face, same})
			links[of[1].face] = append(links[of[1].face], link{of[0].face, same})
		}
	})
	turn, seen := make([]bool, len(b.faces)), make([]bool, len(b.faces))
	turned := 0
	for first := range b.faces {
		if seen[first] {
			continue
		}
		seen[first] = true
		patch, n := []int{first}, 0
		for i := 0; i < len(patch); i++ {
			for _, l := range links[patch[i]] {
				if !seen[l.face] {
					seen[l.face] = true
					if turn[l.face] = turn[patch[i]] != l.same; turn[l.face] {
						n++
					}
					patch = append(patch, l.face)
				}
			}
		}
		most := 2*n > len(patch)
		for _, f := range patch {
			if turn[f] != most {
				b.turn(f)
				turned++
			}
		}
	}
	return turned
}

func (b *body) turn(face int) {
	b.faces[face][1], b.faces[face][2] = b.faces[face][2], b.faces[face][1]
}

// shell is a patch of faces joined over edges of two faces.
type shell struct {
	faces       []int
	volume      float64
	least, most mesh.Vec
	closed      bool
	tree        *bvh.Tree // nil until it is asked for
}

// maxShells bounds how many shells are compared with each other.
const maxShells = 5000

// turnShells turns closed shells so that bodies show their outside and cavities their inside: a shell within another is
// a cavity, one within a cavity a body again. One that touches another or goes through it is not within it.
func (b *body) turnShells() int {
	shells := b.shells()
	wrong := b.wrong(shells)
	for _, i := range wrong {
		for _, f := range shells[i].faces {
			b.turn(f)
		}
	}
	return len(wrong)
}

// wrong gives the closed shells that show the wrong side.
func (b *body) wrong(shells []*shell) (list []int) {
	if len(shells) > maxShells {
		return nil
	}
	for i, depth := range b.depths(shells) {
		if s := shells[i]; s.closed && s.volume != 0 && s.volume > 0 != (depth%2 == 0) {
			list = append(list, i)
		}
	}
	return list
}

// depths gives within how many others each closed shell lies.
func (b *body) depths(shells []*shell) []int {
	depth := make([]int, len(shells))
	meet := b.meeting(shells)
	for i, s := range shells {
		for k, o := range shells {
			if k != i && s.closed && o.closed && s.boxWithin(o) && !meet()(i, k) && b.within(s, o) {
				depth[i]++
			}
		}
	}
	return depth
}

// meeting tells, when it is first asked for, which shells touch or go through each other. Where that cannot be told of all, all may.
func (b *body) meeting(shells []*shell) func() func(i, k int) bool {
	return sync.OnceValue(func() func(i, k int) bool {
		of := make([]int, len(b.faces))
		for i, s := range shells {
			for _, f := range s.faces {
				of[f] = i
			}
		}
		meet := map[[2]int]bool{}
		pairs, all := cross.Pairs(&mesh.Mesh{Points: b.points, Triangles: b.faces})
		if !all {
			return func(int, int) bool { return true }
		}
		for _, p := range pairs {
			if i, k := of[p.A], of[p.B]; i != k {
				meet[[2]int{min(i, k), max(i, k)}] = true
			}
		}
		return func(i, k int) bool { return meet[[2]int{min(i, k), max(i, k)}] }
	})
}

func (b *body) shells() []*shell {
	links := make([][]int, len(b.faces))
	border := make([]bool, len(b.faces))
	eachEdge(b.edges(), func(of []use) {
		if len(of) == 2 {
			links[of[0].face] = append(links[of[0].face], of[1].face)
			links[of[1].face] = append(links[of[1].face], of[0].face)
		}
		if len(of) == 1 {
			border[of[0].face] = true
		}
	})
	var all []*shell
	seen := make([]bool, len(b.faces))
	for first := range b.faces {
		if seen[first] {
			continue
		}
		seen[first] = true
		p := b.points[b.faces[first][0]]
		s := &shell{faces: []int{first}, closed: true, least: p, most: p}
		for i := 0; i < len(s.faces); i++ {
			f := s.faces[i]
			t := b.faces[f]
			s.closed = s.closed && !border[f]
			s.volume += b.points[t[0]].Sub(p).Dot(b.points[t[1]].Sub(p).Cross(b.points[t[2]].Sub(p))) / 6
			for _, v := range t {
				q := b.points[v]
				s.least = mesh.Vec{X: min(s.least.X, q.X), Y: min(s.least.Y, q.Y), Z: min(s.least.Z, q.Z)}
				s.most = mesh.Vec{X: max(s.most.X, q.X), Y: max(s.most.Y, q.Y), Z: max(s.most.Z, q.Z)}
			}
			for _, l := range links[f] {
				if !seen[l] {
					seen[l] = true
					s.faces = append(s.faces, l)
				}
			}
		}
		all = append(all, s)
	}
	return all
}

func (s *shell) boxWithin(o *shell) bool {
	return s.least.X >= o.least.X && s.least.Y >= o.least.Y && s.least.Z >= o.least.Z &&
		s.most.X <= o.most.X && s.most.Y <= o.most.Y && s.most.Z <= o.most.Z
}

// within tells whether a shell that another does not meet lies inside of it: one of its points does then.
func (b *body) within(s, o *shell) bool {
	if !s.boxWithin(o) {
		return false
	}
	if o.tree == nil {
		faces := make([]uint32, len(o.faces))
		for i, f := range o.faces {
			faces[i] = uint32(f)
		}
		o.tree = bvh.New(part(&mesh.Mesh{Points: b.points, Triangles: b.faces}, faces))
	}
	return o.tree.Winding(b.points[b.faces[s.faces[0]][0]]) != 0
}

package repair

import (
	"math"

	"bassin/internal/mesh"
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
}

// maxShells bounds how many shells are compared with each other.
const maxShells = 500

// turnShells turns closed shells so that bodies show their outside and cavities their inside: a shell within another is
// a cavity, one within a cavity a body again.
func (b *body) turnShells() int {
	shells := b.shells()
	if len(shells) > maxShells {
		return 0
	}
	turned := 0
	for i, s := range shells {
		if !s.closed {
			continue
		}
		depth := 0
		for k, o := range shells {
			if k != i && o.closed && b.within(s, o) {
				depth++
			}
		}
		if s.volume > 0 != (depth%2 == 0) {
			for _, f := range s.faces {
				b.turn(f)
			}
			turned++
		}
	}
	return turned
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

// within tells whether a shell lies inside of another: by its box first, then by the solid angle under which some of its
// points see the other, which is all directions from inside and none from outside.
func (b *body) within(s, o *shell) bool {
	if s.least.X < o.least.X || s.least.Y < o.least.Y || s.least.Z < o.least.Z ||
		s.most.X > o.most.X || s.most.Y > o.most.Y || s.most.Z > o.most.Z {
		return false
	}
	for i := range 3 {
		p := b.points[b.faces[s.faces[i*(len(s.faces)-1)/2]][0]]
		angle := 0.0
		for _, f := range o.faces {
			t := b.faces[f]
			angle += solidAngle(b.points[t[0]].Sub(p), b.points[t[1]].Sub(p), b.points[t[2]].Sub(p))
		}
		if math.Abs(angle) < 2*math.Pi {
			return false
		}
	}
	return true
}

// solidAngle is that of a triangle seen from the origin (Van Oosterom and Strackee 1983).
func solidAngle(a, b, c mesh.Vec) float64 {
	x, y, z := a.Len(), b.Len(), c.Len()
	return 2 * math.Atan2(a.Dot(b.Cross(c)), x*y*z+a.Dot(b)*z+b.Dot(c)*x+c.Dot(a)*y)
}

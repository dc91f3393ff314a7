package bvh

import (
	"math"

	"bassin/internal/mesh"
)

// Side says which faces a ray heeds, by the way they look.
type Side int

// The sides.
const (
	Any     Side = 0
	Leaving Side = 1  // the ray leaves the part there: the face looks along it
	Coming  Side = -1 // the ray comes into the part
)

// Ray is a half-line, or a piece of one.
type Ray struct {
	From, Dir mesh.Vec // Dir of length 1
	Min, Max  float64  // hits nearer or farther are none
	Side      Side
}

// Hit is where a ray meets a face.
type Hit struct {
	Face    uint32
	At      float64 // distance along the ray
	Leaving bool
}

// entry is a node on the way, with the distance at which the ray comes into it.
type entry struct {
	node uint32
	at   float32
}

// Ray gives the first face along a ray; false when there is none.
func (t *Tree) Ray(r Ray) (Hit, bool) {
	hit := Hit{Face: none, At: r.Max}
	if len(t.nodes) == 0 {
		return hit, false
	}
	s := t.slabs(&r)
	var stack [deepest]entry
	n := 1
	stack[0] = entry{0, 0}
	far := float32(math.Min(r.Max, math.MaxFloat32/4)) * (1 + 1e-6)
	for n > 0 {
		n--
		if stack[n].at > far {
			continue
		}
		x := &t.nodes[stack[n].node]
		if x.count > 0 {
			if t.meet(&r, x, &hit) {
				far = float32(hit.At) * (1 + 1e-6)
			}
			continue
		}
		a, inA := s.enter(&t.nodes[x.first].box, far)
		b, inB := s.enter(&t.nodes[x.first+1].box, far)
		near, next := entry{x.first, a}, entry{x.first + 1, b}
		if inA && inB {
			if a > b {
				near, next = next, near
			}
			stack[n], stack[n+1] = next, near
			n += 2
		} else if inA {
			stack[n] = near
			n++
		} else if inB {
			stack[n] = next
			n++
		}
	}
	return hit, hit.Face != none
}

// inverse is 1/d, but no infinity: 0 times one is not a number.
func inverse(d float64) float32 {
	if math.Abs(d) < 1e-30 {
		return 1e30
	}
	return float32(1 / d)
}

// slabs is a ray as boxes are met: between a pair of planes across each axis.
type slabs struct {
	from, inverse [3]float32
	min           float32
}

// enter gives where the ray comes into a box between its Min and far; false when it does not. Half of the time of a ray is spent
// here, so it is written out for the three axes, and distances are compared by their bits: as whole numbers they are in the same
// order where they are not negative, and all that are negative lie before Min, in whatever order.
func (s *slabs) enter(b *box, far float32) (float32, bool) {
	x, y := bits((b.least[0]-s.from[0])*s.inverse[0]), bits((b.most[0]-s.from[0])*s.inverse[0])
	near, end := max(bits(s.min), min(x, y)), min(bits(far), max(x, y))
	x, y = bits((b.least[1]-s.from[1])*s.inverse[1]), bits((b.most[1]-s.from[1])*s.inverse[1])
	near, end = max(near, min(x, y)), min(end, max(x, y))
	x, y = bits((b.least[2]-s.from[2])*s.inverse[2]), bits((b.most[2]-s.from[2])*s.inverse[2])
	near, end = max(near, min(x, y)), min(end, max(x, y))
	return math.Float32frombits(uint32(near)), near <= end
}

func bits(v float32) int32 { return int32(math.Float32bits(v)) }

// slabs makes a ray ready for boxes, which lie about the middle of the mesh.
func (t *Tree) slabs(r *Ray) slabs {
	o := r.From.Sub(t.Middle)
	return slabs{
		[3]float32{float32(o.X), float32(o.Y), float32(o.Z)},
		[3]float32{inverse(r.Dir.X), inverse(r.Dir.Y), inverse(r.Dir.Z)},
		float32(r.Min) * (1 - 1e-6),
	}
}

// meet looks at the faces of a leaf. Of faces at one distance the one with the smaller number counts, so that the outcome
// does not depend on the tree.
func (t *Tree) meet(r *Ray, x *node, hit *Hit) (nearer bool) {
	for _, f := range t.faces[x.first : x.first+x.count] {
		h, ok := t.cross(r, f)
		if ok && (h.At < hit.At || h.At == hit.At && f < hit.Face) {
			*hit, nearer = h, true
		}
	}
	return nearer
}

// cross tells where a ray meets a face (T. Möller, B. Trumbore, Fast, minimum storage ray/triangle intersection, 1997).
func (t *Tree) cross(r *Ray, f uint32) (h Hit, ok bool) {
	a, b, c := t.corners(f)
	e1, e2 := b.Sub(a), c.Sub(a)
	p := r.Dir.Cross(e2)
	det := e1.Dot(p) // negative where the ray leaves
	if det == 0 || r.Side == Leaving && det > 0 || r.Side == Coming && det < 0 {
		return h, false
	}
	inv := 1 / det
	s := r.From.Sub(a)
	u := s.Dot(p) * inv
	if u < 0 || u > 1 {
		return h, false
	}
	q := s.Cross(e1)
	v := r.Dir.Dot(q) * inv
	if v < 0 || u+v > 1 {
		return h, false
	}
	at := e2.Dot(q) * inv
	return Hit{f, at, det < 0}, at >= r.Min && at <= r.Max
}

// Along counts the faces whose leaves a ray goes through, up to so many: what it costs to follow it.
func (t *Tree) Along(r Ray, most int) (count int) {
	if len(t.nodes) == 0 {
		return 0
	}
	s := t.slabs(&r)
	far := float32(math.Min(r.Max, math.MaxFloat32/4)) * (1 + 1e-6)
	stack := []uint32{0}
	for len(stack) > 0 && count < most {
		x := &t.nodes[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		if _, in := s.enter(&x.box, far); !in {
			continue
		}
		if x.count > 0 {
			count += int(x.count)
			continue
		}
		stack = append(stack, x.first, x.first+1)
	}
	return min(count, most)
}

package bvh

import (
	"math"

	"bassin/internal/mesh"
)

// Facing is the angle within which a face looks along a direction: 45°, in radians.
const Facing = math.Pi / 4

// cosFacing is its cosine.
const cosFacing = math.Sqrt2 / 2

// cone holds the normals of the faces under a node: of a box that holds nothing but faces of another side nothing else
// need be known. The cosine is that of its half angle and Facing together: a direction farther from the axis has no face
// that looks along it. −2 when there is none.
type cone struct {
	axis [3]float32
	cos  float32
}

// looks tells whether some face of a node may look along a direction.
func (c *cone) looks(dir *[3]float32) bool {
	return c.axis[0]*dir[0]+c.axis[1]*dir[1]+c.axis[2]*dir[2] >= c.cos
}

// allCones makes the cones of all nodes.
func (t *Tree) allCones() {
	t.cones = make([]cone, len(t.nodes))
	t.coneOf(0)
}

// coneOf makes the cone of a node after those of the nodes below it, and gives its axis and half angle.
func (t *Tree) coneOf(at uint32) (axis mesh.Vec, half float64) {
	n := &t.nodes[at]
	if n.count == 0 {
		a, ha := t.coneOf(n.first)
		b, hb := t.coneOf(n.first + 1)
		axis, half = around(a, b, ha, hb)
	} else {
		axis, half = t.normal(t.faces[n.first]), 0
		for _, f := range t.faces[n.first+1 : n.first+n.count] {
			axis, half = around(axis, t.normal(f), half, 0)
		}
	}
	c := &t.cones[at]
	c.axis, c.cos = [3]float32{float32(axis.X), float32(axis.Y), float32(axis.Z)}, -2
	if half+Facing < math.Pi {
		c.cos = float32(math.Cos(half+Facing)) - 1e-5
	}
	return axis, half
}

// around is a cone around two: about the middle of their axes.
func around(a, b mesh.Vec, ha, hb float64) (mesh.Vec, float64) {
	axis := a.Add(b)
	l := axis.Len()
	if !(l > 1e-6) || ha >= math.Pi || hb >= math.Pi {
		return a, math.Pi
	}
	apart := math.Acos(max(-1, min(1, a.Dot(b)))) / 2
	return axis.Times(1 / l), min(math.Pi, apart+max(ha, hb))
}

// normal of a face is outward, of length 1.
func (t *Tree) normal(face uint32) mesh.Vec {
	a, b, c := t.corners(face)
	n := b.Sub(a).Cross(c.Sub(a))
	return n.Times(1 / n.Len())
}

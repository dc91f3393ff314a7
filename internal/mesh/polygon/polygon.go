// Package polygon cuts the faces of part files that have more than three corners into triangles. Readers of OBJ,
// OFF and PLY call it.
//
// A convex face becomes a fan from its first corner, as every reader makes it. A face that is not convex but flat
// has its ears clipped (G. H. Meisters, Polygons have ears, 1975): a fan of it would cover ground outside of it.
// One that is neither becomes a fan, and is counted: there is no right answer.
package polygon

import (
	"math"

	"bassin/internal/mesh"
)

// flat is how far corners may lie from the plane of their face, as part of its extent: six digits of text, and
// what adding a dozen of them loses.
const flat = 1e-4

// Cutter cuts the faces of one file.
type Cutter struct {
	Fans int // faces neither convex nor flat: their fan may be wrong

	budget int // of steps: clipping ears is quadratic, a file may not be
	flatXY [][2]float64
	ring   []int32
}

// perCorner is how many steps each corner adds to the budget: a face of 400 corners is clipped wherever it stands,
// and a file of nothing but hostile faces still takes time in proportion to its length.
const perCorner = 400

// Cut adds the triangles of a face to those of a mesh. There are len(corners)−2 of them, none for less than
// three corners. Corners outside of points are allowed here (OBJ may name points that come later): such a face is
// cut as a fan.
func (c *Cutter) Cut(triangles [][3]uint32, points []mesh.Vec, corners []uint32) [][3]uint32 {
	switch len(corners) {
	case 0, 1, 2:
		return triangles
	case 3:
		return append(triangles, [3]uint32{corners[0], corners[1], corners[2]})
	}
	c.budget += perCorner * len(corners)
	if !c.project(points, corners) || c.convex() {
		return fan(triangles, corners)
	}
	cut, ok := c.clip(triangles, corners)
	if !ok {
		c.Fans++
		return fan(triangles, corners)
	}
	return cut
}

func fan(triangles [][3]uint32, corners []uint32) [][3]uint32 {
	for i := 2; i < len(corners); i++ {
		triangles = append(triangles, [3]uint32{corners[0], corners[i-1], corners[i]})
	}
	return triangles
}

// project lays the face into its plane, seen from its outside; false when it has none, or a corner is not known.
func (c *Cutter) project(points []mesh.Vec, corners []uint32) bool {
	for _, i := range corners {
		if int(i) >= len(points) {
			return false
		}
	}
	origin := points[corners[0]]
	var normal mesh.Vec // twice the area, whatever the shape (M. E. Newell)
	extent := 0.0
	before := points[corners[len(corners)-1]].Sub(origin)
	for _, i := range corners {
		p := points[i].Sub(origin)
		normal = normal.Add(before.Cross(p))
		extent = max(extent, p.Len())
		before = p
	}
	size := normal.Len()
	if !normal.Finite() || !(size > 1e-12*extent*extent) {
		return false
	}
	normal = normal.Times(1 / size)
	u := mesh.Vec{X: 1}
	if math.Abs(normal.X) > 0.6 {
		u = mesh.Vec{Y: 1}
	}
	u = u.Sub(normal.Times(u.Dot(normal)))
	u = u.Times(1 / u.Len())
	v := normal.Cross(u)
	c.flatXY = c.flatXY[:0]
	off := 0.0
	for _, i := range corners {
		p := points[i].Sub(origin)
		c.flatXY = append(c.flatXY, [2]float64{p.Dot(u), p.Dot(v)})
		off = max(off, math.Abs(p.Dot(normal)))
	}
	c.ring = c.ring[:0]
	if off <= flat*extent {
		for i := range corners {
			c.ring = append(c.ring, int32(i))
		}
	}
	return true
}

// convex tells whether the face turns left, or not at all, at every corner.
func (c *Cutter) convex() bool {
	n := len(c.flatXY)
	for i := range n {
		a, b, d := c.flatXY[i], c.flatXY[(i+1)%n], c.flatXY[(i+2)%n]
		if turn(a, b, d) < 0 {
			return false
		}
	}
	return true
}

// turn is twice the area of a triangle, negative when it goes clockwise.
func turn(a, b, c [2]float64) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// clip cuts ears off a flat face; false when it is not flat, crosses itself, or the budget is spent.
func (c *Cutter) clip(triangles [][3]uint32, corners []uint32) ([][3]uint32, bool) {
	first := len(triangles)
	if len(c.ring) == 0 {
		return triangles, false
	}
	at, idle := 0, 0
	for len(c.ring) > 3 {
		n := len(c.ring)
		if idle > n {
			return triangles[:first], false
		}
		before, here, after := c.ring[(at+n-1)%n], c.ring[at%n], c.ring[(at+1)%n]
		ear := c.ear(before, here, after)
		if c.budget < 0 {
			return triangles[:first], false
		}
		if !ear {
			at, idle = (at+1)%n, idle+1
			continue
		}
		triangles = append(triangles, [3]uint32{corners[before], corners[here], corners[after]})
		at %= n
		c.budget -= n - at
		c.ring = append(c.ring[:at], c.ring[at+1:]...)
		// Going on one corner further, not at the same one, leaves triangles that are less thin.
		at, idle = (at+1)%len(c.ring), 0
	}
	a, b, d := c.ring[0], c.ring[1], c.ring[2]
	return append(triangles, [3]uint32{corners[a], corners[b], corners[d]}), true
}

// ear tells whether the corner here can be cut off: it turns left, and no other corner lies in its triangle.
func (c *Cutter) ear(before, here, after int32) bool {
	a, b, d := c.flatXY[before], c.flatXY[here], c.flatXY[after]
	if turn(a, b, d) < 0 {
		return false
	}
	for _, i := range c.ring {
		c.budget--
		p := c.flatXY[i]
		if i == before || i == here || i == after || p == a || p == b || p == d {
			continue
		}
		if turn(a, b, p) >= 0 && turn(b, d, p) >= 0 && turn(d, a, p) >= 0 {
			return false
		}
	}
	return true
}

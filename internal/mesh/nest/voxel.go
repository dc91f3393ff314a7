package nest

import (
	"math"

	"bassin/internal/mesh"
)

// cell of a grid.
type cell struct{ x, y, z int16 }

// grid is a body in cells: those it reaches, and those it encloses. Bodies whose surface has holes wider than a cell enclose
// nothing.
type grid struct {
	nx, ny, nz int
	full       []bool
}

func (g *grid) at(x, y, z int) int { return (z*g.ny+y)*g.nx + x }

// gridOf draws triangles whose points lie within the cells given, one unit each.
func gridOf(m *mesh.Mesh, nx, ny, nz int) *grid {
	g := &grid{nx, ny, nz, make([]bool, nx*ny*nz)}
	var whole, slab, bar [12]mesh.Vec
	clamp := func(v float64, n int) int { return max(0, min(n-1, int(v))) }
	for _, t := range m.Triangles {
		a, b, c := m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]
		tri := append(whole[:0], a, b, c)
		z0, z1 := clamp(min(a.Z, b.Z, c.Z), nz), clamp(max(a.Z, b.Z, c.Z), nz)
		for z := z0; z <= z1; z++ {
			s := tri
			if z0 != z1 {
				s = between(slab[:0], tri, 2, float64(z), float64(z+1))
			}
			if len(s) == 0 {
				continue
			}
			lo, hi := extent(s, 1)
			y0, y1 := clamp(lo, ny), clamp(hi, ny)
			for y := y0; y <= y1; y++ {
				r := s
				if y0 != y1 {
					r = between(bar[:0], s, 1, float64(y), float64(y+1))
				}
				if len(r) == 0 {
					continue
				}
				lo, hi := extent(r, 0)
				for x, last := clamp(lo, nx), clamp(hi, nx); x <= last; x++ {
					g.full[g.at(x, y, z)] = true
				}
			}
		}
	}
	g.enclose()
	return g
}

func part(p mesh.Vec, axis int) float64 { return [3]float64{p.X, p.Y, p.Z}[axis] }

func extent(list []mesh.Vec, axis int) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range list {
		v := part(p, axis)
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// between gives what of a convex polygon lies between two planes across an axis; a little more, for rounding.
func between(out, list []mesh.Vec, axis int, from, to float64) []mesh.Vec {
	const slack = 1e-9
	from, to = from-slack, to+slack
	var room [12]mesh.Vec
	half := room[:0]
	for i, p := range list {
		q := list[(i+1)%len(list)]
		u, v := part(p, axis)-from, part(q, axis)-from
		if u >= 0 {
			half = append(half, p)
		}
		if u*v < 0 {
			half = append(half, p.Add(q.Sub(p).Times(u/(u-v))))
		}
	}
	for i, p := range half {
		q := half[(i+1)%len(half)]
		u, v := to-part(p, axis), to-part(q, axis)
		if u >= 0 {
			out = append(out, p)
		}
		if u*v < 0 {
			out = append(out, p.Add(q.Sub(p).Times(u/(u-v))))
		}
	}
	return out
}

// enclose marks what cannot be reached from outside.
func (g *grid) enclose() {
	outside := make([]bool, len(g.full))
	var stack []int32
	reach := func(i int) {
		if !g.full[i] && !outside[i] {
			outside[i] = true
			stack = append(stack, int32(i))
		}
	}
	for z := range g.nz {
		for y := range g.ny {
			for x := range g.nx {
				if x == 0 || y == 0 || z == 0 || x == g.nx-1 || y == g.ny-1 || z == g.nz-1 {
					reach(g.at(x, y, z))
				}
			}
		}
	}
	for len(stack) > 0 {
		i := int(stack[len(stack)-1])
		stack = stack[:len(stack)-1]
		x, y, z := i%g.nx, i/g.nx%g.ny, i/(g.nx*g.ny)
		if x > 0 {
			reach(i - 1)
		}
		if x+1 < g.nx {
			reach(i + 1)
		}
		if y > 0 {
			reach(i - g.nx)
		}
		if y+1 < g.ny {
			reach(i + g.nx)
		}
		if z > 0 {
			reach(i - g.nx*g.ny)
		}
		if z+1 < g.nz {
			reach(i + g.nx*g.ny)
		}
	}
	for i := range g.full {
		g.full[i] = !outside[i]
	}
}

// probes are cells that tell whether a body meets others: those at its surface, and of those within one in three along each
// axis, since others are at least three cells thick with the spacing around them.
func (g *grid) probes() []cell {
	var list []cell
	free := func(x, y, z int) bool {
		return x < 0 || y < 0 || z < 0 || x >= g.nx || y >= g.ny || z >= g.nz || !g.full[g.at(x, y, z)]
	}
	for z := range g.nz {
		for y := range g.ny {
			for x := range g.nx {
				if !g.full[g.at(x, y, z)] {
					continue
				}
				if x%3 == 1 && y%3 == 1 && z%3 == 1 || free(x-1, y, z) || free(x+1, y, z) || free(x, y-1, z) || free(x, y+1, z) || free(x, y, z-1) || free(x, y, z+1) {
					list = append(list, cell{int16(x), int16(y), int16(z)})
				}
			}
		}
	}
	return list
}

// ball are the cells nearer than a distance, in cells, from the nearest point of a cell at the origin: at least all around it.
func ball(distance float64) []cell {
	r := int(math.Ceil(distance)) + 1
	var list []cell
	gap := func(i int) float64 { return float64(max(0, i-1, -i-1)) }
	for z := -r; z <= r; z++ {
		for y := -r; y <= r; y++ {
			for x := -r; x <= r; x++ {
				if d := gap(x)*gap(x) + gap(y)*gap(y) + gap(z)*gap(z); d == 0 || d < distance*distance*(1-1e-9) {
					list = append(list, cell{int16(x), int16(y), int16(z)})
				}
			}
		}
	}
	return list
}

// kept are the cells that others must keep out of: the body and the ball around each of its cells. Coordinates begin below 0.
func (g *grid) kept(around []cell) []cell {
	r := int16(0)
	for _, c := range around {
		r = max(r, c.x)
	}
	n := int(2 * r)
	wide := grid{g.nx + n, g.ny + n, g.nz + n, make([]bool, (g.nx+n)*(g.ny+n)*(g.nz+n))}
	var list []cell
	inner := func(x, y, z int) bool {
		return x >= 0 && y >= 0 && z >= 0 && x < g.nx && y < g.ny && z < g.nz && g.full[g.at(x, y, z)]
	}
	for z := range g.nz {
		for y := range g.ny {
			for x := range g.nx {
				if !g.full[g.at(x, y, z)] {
					continue
				}
				if inner(x-1, y, z) && inner(x+1, y, z) && inner(x, y-1, z) && inner(x, y+1, z) && inner(x, y, z-1) && inner(x, y, z+1) {
					wide.full[wide.at(x+int(r), y+int(r), z+int(r))] = true // what is around it, its neighbours mark
					continue
				}
				for _, c := range around {
					wide.full[wide.at(x+int(r+c.x), y+int(r+c.y), z+int(r+c.z))] = true
				}
			}
		}
	}
	for z := range wide.nz {
		for y := range wide.ny {
			for x := range wide.nx {
				if wide.full[wide.at(x, y, z)] {
					list = append(list, cell{int16(x) - r, int16(y) - r, int16(z) - r})
				}
			}
		}
	}
	return list
}

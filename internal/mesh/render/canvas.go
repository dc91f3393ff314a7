package render

import (
	"math"

	"bassin/internal/mesh"
)

// canvas holds the samples of a picture.
type canvas struct {
	width, height int
	depth         []float32 // of what is nearest
	face          []uint32  // the face that is nearest, from 1; 0: none
	normal        [][2]int16
}

func newCanvas(width, height int) *canvas {
	n := width * height
	return &canvas{width, height, make([]float32, n), make([]uint32, n), make([][2]int16, n)}
}

// rowsAtOnce is how many rows are filled by one processor before it takes others.
const rowsAtOnce = 256

// fill finds the face that is nearest at each sample.
func (c *canvas) fill(m *mesh.Mesh, p []spot) {
	kept := uint32(math.MaxUint32 * min(1, mostWork/workOf(m, p)))
	mesh.InBlocks(c.height, rowsAtOnce, func(_, from, to int) {
		for i := range m.Triangles {
			if uint32(i)*golden > kept {
				continue
			}
			t := &m.Triangles[i]
			c.triangle(uint32(i)+1, p[t[0]], p[t[1]], p[t[2]], from, to)
		}
	})
}

// golden is 2³² over the golden ratio: its multiples lie evenly, whatever repeats in the order of the faces.
const golden = 0x9E3779B1

// workOf is how many samples the faces cover together.
func workOf(m *mesh.Mesh, p []spot) float64 {
	work := 1.0
	for _, t := range m.Triangles {
		a, b, c := p[t[0]], p[t[1]], p[t[2]]
		if a.nowhere() || b.nowhere() || c.nowhere() {
			continue
		}
		area := float64(b.x-a.x)*float64(c.y-a.y) - float64(c.x-a.x)*float64(b.y-a.y)
		work += math.Abs(area)/2 + float64(max(a.y, b.y, c.y)-min(a.y, b.y, c.y))
	}
	return work
}

// triangle draws one face into the rows from…to. A sample belongs to a face when its centre does; of a centre on an edge
// that two faces share, one of them has it.
func (c *canvas) triangle(face uint32, p, q, r spot, from, to int) {
	if q.y < p.y {
		p, q = q, p
	}
	if r.y < q.y {
		q, r = r, q
		if q.y < p.y {
			p, q = q, p
		}
	}
	first, last := max(from, int(p.y+0.5)), min(to, int(r.y+0.5)) // rows with p.y ≤ row + ½ < r.y
	if first >= last || p.nowhere() || q.nowhere() || r.nowhere() {
		return
	}
	det := (q.x-p.x)*(r.y-p.y) - (r.x-p.x)*(q.y-p.y)
	if det == 0 {
		return
	}
	zx := ((q.z-p.z)*(r.y-p.y) - (r.z-p.z)*(q.y-p.y)) / det
	zy := ((q.x-p.x)*(r.z-p.z) - (r.x-p.x)*(q.z-p.z)) / det
	least, most := min(p.z, q.z, r.z), max(p.z, q.z, r.z)
	for row := first; row < last; row++ {
		y := float32(row) + 0.5
		a := p.across(r, y)
		b := p.across(q, y)
		if y >= q.y {
			b = q.across(r, y)
		}
		if a > b {
			a, b = b, a
		}
		at := max(0, int(a+0.5))
		end := min(c.width, int(b+0.5))
		z := p.z + (y-p.y)*zy + (float32(at)+0.5-p.x)*zx
		line := row * c.width
		for x := at; x < end; x++ {
			if d := max(least, min(most, z)); c.face[line+x] == 0 || d > c.depth[line+x] {
				c.depth[line+x], c.face[line+x] = d, face
			}
			z += zx
		}
	}
}

// across is where the line from p to q, which is below it, crosses a row. It is the same for both faces of an edge.
func (p spot) across(q spot, y float32) float32 {
	return p.x + (y-p.y)/(q.y-p.y)*(q.x-p.x)
}

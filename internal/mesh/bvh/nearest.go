package bvh

import (
	"math"

	"bassin/internal/mesh"
)

// Near is a point of the surface.
type Near struct {
	Face  uint32
	Point mesh.Vec
}

// NearestFacing gives the point of the surface nearest to a point and less than within from it, of faces that look along a
// direction of length 1.
func (t *Tree) NearestFacing(to mesh.Vec, within float64, dir mesh.Vec) (Near, bool) {
	found := Near{Face: none}
	if len(t.nodes) == 0 {
		return found, false
	}
	t.once.Do(t.allCones)
	along := [3]float32{float32(dir.X), float32(dir.Y), float32(dir.Z)}
	least := within * within
	o := to.Sub(t.Middle)
	from := [3]float32{float32(o.X), float32(o.Y), float32(o.Z)}
	var stack [deepest]entry
	n := 1
	for n > 0 {
		n--
		if float64(stack[n].at) >= least {
			continue
		}
		x := &t.nodes[stack[n].node]
		if x.count == 0 {
			a, b := entry{x.first, t.nodes[x.first].apart(&from)}, entry{x.first + 1, t.nodes[x.first+1].apart(&from)}
			if a.at < b.at {
				a, b = b, a
			}
			for _, e := range [2]entry{a, b} { // the nearer is looked at first: it lies on top
				if float64(e.at) < least && t.cones[e.node].looks(&along) {
					stack[n] = e
					n++
				}
			}
			continue
		}
		for _, f := range t.faces[x.first : x.first+x.count] {
			a, b, c := t.corners(f)
			normal := b.Sub(a).Cross(c.Sub(a))
			if d := normal.Dot(dir); d < 0 || d < cosFacing*normal.Len() {
				continue
			}
			p := closest(to, a, b, c)
			d := p.Sub(to)
			if l := d.Dot(d); l < least || l == least && f < found.Face && found.Face != none {
				least, found = l, Near{f, p}
			}
		}
	}
	return found, found.Face != none
}

// apart is the square of the distance to a box, a little less than it is: boxes are wider than their faces.
func (b *box) apart(p *[3]float32) float32 {
	sum := float32(0)
	for k := range 3 {
		d := float32(0)
		if p[k] < b.least[k] {
			d = b.least[k] - p[k]
		} else if p[k] > b.most[k] {
			d = p[k] - b.most[k]
		}
		sum += d * d
	}
	return sum * (1 - 1e-5)
}

// closest is the point of a triangle nearest to p (C. Ericson, Real-time collision detection, 2005, 5.1.5).
func closest(p, a, b, c mesh.Vec) mesh.Vec {
	ab, ac, ap := b.Sub(a), c.Sub(a), p.Sub(a)
	d1, d2 := ab.Dot(ap), ac.Dot(ap)
	if d1 <= 0 && d2 <= 0 {
		return a
	}
	bp := p.Sub(b)
	d3, d4 := ab.Dot(bp), ac.Dot(bp)
	if d3 >= 0 && d4 <= d3 {
		return b
	}
	if vc := d1*d4 - d3*d2; vc <= 0 && d1 >= 0 && d3 <= 0 {
		return a.Add(ab.Times(d1 / (d1 - d3)))
	}
	cp := p.Sub(c)
	d5, d6 := ab.Dot(cp), ac.Dot(cp)
	if d6 >= 0 && d5 <= d6 {
		return c
	}
	if vb := d5*d2 - d1*d6; vb <= 0 && d2 >= 0 && d6 <= 0 {
		return a.Add(ac.Times(d2 / (d2 - d6)))
	}
	va := d3*d6 - d5*d4
	if va <= 0 && d4 >= d3 && d5 >= d6 {
		return b.Add(c.Sub(b).Times((d4 - d3) / ((d4 - d3) + (d5 - d6))))
	}
	vb, vc := d5*d2-d1*d6, d1*d4-d3*d2
	all := va + vb + vc
	if all == 0 || math.IsNaN(all) {
		return a
	}
	return a.Add(ab.Times(vb / all)).Add(ac.Times(vc / all))
}

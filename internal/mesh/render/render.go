// Package render draws a part without a display: the picture of a list, a page or a letter. It is a library over mesh: standard
// library only. The check of a part and the command line call it.
//
// The part is seen from where the browser's view begins, from before, to the right and above, Z up, without perspective,
// as large as the picture allows. Each pixel is the mean of several samples; each sample knows the face that is nearest
// there. A picture has no ground: what is not the part is transparent, and its colours are readable on light pages and on dark ones.
package render

import (
	"image"
	"math"

	"bassin/internal/mesh"
)

// Size is that of a picture in pixels.
type Size struct{ Width, Height int }

// The bounds of a size: a picture of the most pixels takes some 100 MB while it is drawn.
const (
	Least     = 16
	Most      = 4096
	mostArea  = 2_000_000
	fineArea  = 500_000 // up to so many pixels nine samples are taken of each, else four
	margin    = 0.04    // of the smaller side, on each side
	mostWork  = 1 << 29 // samples that triangles may cover together; of a mesh that covers more, some are left out
	mostFaces = 400_000 // more are so small on a picture that smoothing them changes nothing
)

// OK tells whether a picture of the size may be drawn.
func (s Size) OK() bool {
	return s.Width >= Least && s.Height >= Least && s.Width <= Most && s.Height <= Most && s.Width*s.Height <= mostArea
}

// samples is how many samples a pixel has along each side.
func (s Size) samples() int {
	if s.Width*s.Height <= fineArea {
		return 3
	}
	return 2
}

// Draw draws a welded mesh. Faces with a corner that is no number are left out; of a mesh without any other the picture is empty.
// The size must be OK.
func Draw(m *mesh.Mesh, s Size) *image.Paletted {
	n := s.samples()
	c := newCanvas(s.Width*n, s.Height*n)
	p, ok := project(m, c.width, c.height)
	if ok {
		c.fill(m, p)
		c.turn(m, p)
	}
	return c.picture(s, n, float64(min(c.width, c.height)))
}

// eye is the direction from the part to who looks; right and down are those of the picture.
var (
	eye   = unit(mesh.Vec{X: 1, Y: -1.3, Z: 0.8})
	right = unit(mesh.Vec{Z: 1}.Cross(eye))
	down  = right.Cross(eye)
)

func unit(v mesh.Vec) mesh.Vec { return v.Times(1 / v.Len()) }

// spot is a point on the canvas in samples; z grows towards who looks.
type spot struct{ x, y, z float32 }

var nowhere = spot{x: float32(math.NaN())}

func (s spot) nowhere() bool { return s.x != s.x }

// project places the points on a canvas; false when there is nothing to be seen.
func project(m *mesh.Mesh, width, height int) ([]spot, bool) {
	used := make([]bool, len(m.Points))
	for _, t := range m.Triangles {
		if m.Points[t[0]].Finite() && m.Points[t[1]].Finite() && m.Points[t[2]].Finite() {
			used[t[0]], used[t[1]], used[t[2]] = true, true, true
		}
	}
	inf := math.Inf(1)
	low, high := mesh.Vec{X: inf, Y: inf, Z: inf}, mesh.Vec{X: -inf, Y: -inf, Z: -inf}
	for i, p := range m.Points {
		if used[i] {
			low = mesh.Vec{X: min(low.X, p.X), Y: min(low.Y, p.Y), Z: min(low.Z, p.Z)}
			high = mesh.Vec{X: max(high.X, p.X), Y: max(high.Y, p.Y), Z: max(high.Z, p.Z)}
		}
	}
	middle := low.Times(0.5).Add(high.Times(0.5))
	half := max(high.X/2-low.X/2, high.Y/2-low.Y/2, high.Z/2-low.Z/2)
	if !(half > 0) || math.IsInf(half, 1) || math.IsInf(1/half, 1) {
		return nil, false
	}
	// The part within a box of side 2 first: its own numbers may be so large that their squares are not.
	seen := func(p mesh.Vec) mesh.Vec {
		p = mesh.Vec{X: (p.X - middle.X) / half, Y: (p.Y - middle.Y) / half, Z: (p.Z - middle.Z) / half}
		return mesh.Vec{X: p.Dot(right), Y: p.Dot(down), Z: p.Dot(eye)}
	}
	low, high = mesh.Vec{X: inf, Y: inf}, mesh.Vec{X: -inf, Y: -inf}
	for i, p := range m.Points {
		if used[i] {
			q := seen(p)
			low.X, low.Y, high.X, high.Y = min(low.X, q.X), min(low.Y, q.Y), max(high.X, q.X), max(high.Y, q.Y)
		}
	}
	w, h := float64(width), float64(height)
	edge := margin * min(w, h)
	scale := min((w-2*edge)/max(high.X-low.X, 1e-9), (h-2*edge)/max(high.Y-low.Y, 1e-9))
	x, y := (low.X+high.X)/2, (low.Y+high.Y)/2
	list := make([]spot, len(m.Points))
	for i, p := range m.Points {
		list[i] = nowhere
		if used[i] {
			q := seen(p)
			list[i] = spot{float32(w/2 + (q.X-x)*scale), float32(h/2 + (q.Y-y)*scale), float32(q.Z * scale)}
		}
	}
	return list, true
}

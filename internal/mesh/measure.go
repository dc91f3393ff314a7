package mesh

import "math"

// Measures are what a mesh measures, in the unit of its points. Volume, centre and inertia are those of the body inside
// of it, at density 1; of a mesh that is not closed they are what its faces and the mean of its points enclose.
type Measures struct {
	Min, Max  Vec
	Area      float64
	Volume    float64    // negative when the mesh is inside out
	Centre    Vec        // of mass
	Inertia   [6]float64 // about the centre of mass: xx, yy, zz, xy, yz, zx
	ZeroAreas int        // faces without area: degenerate ones, and those whose corners lie on a line

	amid Vec // mean of the points: what volumes are summed about
}

// Size is the extent of the box along the axes.
func (m *Measures) Size() Vec { return m.Max.Sub(m.Min) }

// facesAtOnce is how many faces are summed plainly before the sum is added with its error kept.
const facesAtOnce = 1 << 12

// Measure measures a welded mesh. Volumes are summed as tetrahedra between each face and a point amid the mesh: of a part
// far from the origin little would be left of the digits otherwise.
func Measure(m *Mesh) Measures {
	var x Measures
	x.Min, x.Max, x.amid = box(m.Points)
	blocks := make([]moments, blocksOf(len(m.Triangles), facesAtOnce))
	InBlocks(len(m.Triangles), facesAtOnce, func(block, from, to int) {
		blocks[block] = momentsOf(m, m.Triangles[from:to], x.amid)
	})
	var total [11]sum
	for i := range blocks {
		for k, v := range blocks[i].values {
			total[k].add(v)
		}
		x.ZeroAreas += blocks[i].zeroAreas
	}
	x.Area, x.Volume = total[0].value()/2, total[1].value()/6
	if x.Volume == 0 {
		x.Centre = x.amid
		return x
	}
	c := Vec{total[2].value(), total[3].value(), total[4].value()}.Times(1 / (24 * x.Volume))
	x.Centre = x.amid.Add(c)
	xx := total[5].value()/120 - x.Volume*c.X*c.X
	yy := total[6].value()/120 - x.Volume*c.Y*c.Y
	zz := total[7].value()/120 - x.Volume*c.Z*c.Z
	xy := total[8].value()/120 - x.Volume*c.X*c.Y
	yz := total[9].value()/120 - x.Volume*c.Y*c.Z
	zx := total[10].value()/120 - x.Volume*c.Z*c.X
	x.Inertia = [6]float64{yy + zz, zz + xx, xx + yy, -xy, -yz, -zx}
	return x
}

// box gives the box of points and their mean; of none they are the origin.
func box(points []Vec) (least, most, mean Vec) {
	if len(points) == 0 {
		return
	}
	least, most = points[0], points[0]
	var x, y, z sum
	for _, p := range points {
		least = Vec{min(least.X, p.X), min(least.Y, p.Y), min(least.Z, p.Z)}
		most = Vec{max(most.X, p.X), max(most.Y, p.Y), max(most.Z, p.Z)}
		x.add(p.X)
		y.add(p.Y)
		z.add(p.Z)
	}
	return least, most, Vec{x.value(), y.value(), z.value()}.Times(1 / float64(len(points)))
}

// moments are sums over faces: twice the area; six times the volume; 24 times the first moments; 120 times the second
// moments xx, yy, zz, xy, yz, zx.
type moments struct {
	values    [11]float64
	zeroAreas int
}

// fetched is how many faces' corners are fetched one after the other: points stand all over the memory, and what is asked for
// together comes together.
const fetched = 32

func momentsOf(m *Mesh, faces [][3]uint32, amid Vec) (s moments) {
	var corners [fetched][3]Vec
	for ; len(faces) > 0; faces = faces[min(fetched, len(faces)):] {
		n := min(fetched, len(faces))
		for i, t := range faces[:n] {
			corners[i] = [3]Vec{m.Points[t[0]], m.Points[t[1]], m.Points[t[2]]}
		}
		for i := range n {
			s.add(corners[i][0], corners[i][1], corners[i][2], amid)
		}
	}
	return s
}

// add counts one face.
func (s *moments) add(a, b, c, amid Vec) {
	area := b.Sub(a).Cross(c.Sub(b)).Len() // of the points as they are: moved, those on a line might leave it
	if area == 0 {
		s.zeroAreas++
	}
	a, b, c = a.Sub(amid), b.Sub(amid), c.Sub(amid)
	det := a.Dot(b.Cross(c))
	e := a.Add(b).Add(c)
	v := &s.values
	v[0] += area
	v[1] += det
	v[2] += det * e.X
	v[3] += det * e.Y
	v[4] += det * e.Z
	v[5] += det * (e.X*e.X + a.X*a.X + b.X*b.X + c.X*c.X)
	v[6] += det * (e.Y*e.Y + a.Y*a.Y + b.Y*b.Y + c.Y*c.Y)
	v[7] += det * (e.Z*e.Z + a.Z*a.Z + b.Z*b.Z + c.Z*c.Z)
	v[8] += det * (e.X*e.Y + a.X*a.Y + b.X*b.Y + c.X*c.Y)
	v[9] += det * (e.Y*e.Z + a.Y*a.Z + b.Y*b.Z + c.Y*c.Z)
	v[10] += det * (e.Z*e.X + a.Z*a.X + b.Z*b.X + c.Z*c.X)
}

// sum adds many numbers and keeps what rounding takes from each addition (Neumaier 1974).
type sum struct{ total, lost float64 }

func (s *sum) add(v float64) {
	t := s.total + v
	if math.Abs(s.total) >= math.Abs(v) {
		s.lost += (s.total - t) + v
	} else {
		s.lost += (v - t) + s.total
	}
	s.total = t
}

func (s *sum) value() float64 { return s.total + s.lost }

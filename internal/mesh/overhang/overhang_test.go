package overhang_test

import (
	"math"
	"slices"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/overhang"
)

// roof is a prism 10 long in y whose ends are a trapezium: 4 wide on the bed, wider above by walls that lean outward at an
// angle to the bed, 6 high.
func roof(angle float64) *mesh.Mesh {
	out := 6 / math.Tan(angle*math.Pi/180)
	m := &mesh.Mesh{}
	for _, y := range []float64{0, 10} {
		m.Points = append(m.Points, mesh.Vec{Y: y}, mesh.Vec{X: 4, Y: y}, mesh.Vec{X: 4 + out, Y: y, Z: 6}, mesh.Vec{X: -out, Y: y, Z: 6})
	}
	for _, q := range [][4]uint32{{0, 1, 2, 3}, {7, 6, 5, 4}, {0, 4, 5, 1}, {1, 5, 6, 2}, {2, 6, 7, 3}, {3, 7, 4, 0}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	return m
}

func TestAlong(t *testing.T) {
	for _, c := range []struct {
		name        string
		angle       float64
		up          mesh.Vec
		height, bed float64
		degree      int // in which the overhang is
		area        float64
		columns     float64
	}{
		{"leaning 30°", 30, mesh.Vec{Z: 1}, 6, 40, 30, 2 * 10 * 6 / math.Sin(math.Pi/6), 2 * 10 * 6 / math.Tan(math.Pi/6) * 6 / 2},
		{"leaning 45°", 45, mesh.Vec{Z: 2}, 6, 40, 45, 2 * 10 * 6 / math.Sin(math.Pi/4), 0},
		{"turned over", 60, mesh.Vec{Z: -1}, 6, 10 * (4 + 12/math.Tan(math.Pi/3)), -1, 0, 0},
		{"on its side", 60, mesh.Vec{Y: 1}, 10, 6 * (4 + 6/math.Tan(math.Pi/3)), -1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := roof(c.angle)
			o := overhang.Of(m).Along(c.up)
			if math.Abs(o.Height-c.height) > 1e-9 || math.Abs(o.Bed-c.bed) > 1e-9 || math.Abs(o.Columns-c.columns) > 1e-6 {
				t.Errorf("height %v, on the bed %v, columns %v; want %v, %v, %v", o.Height, o.Bed, o.Columns, c.height, c.bed, c.columns)
			}
			for k, a := range o.ByDegree {
				want := 0.0
				if k == c.degree {
					want = c.area
				}
				if math.Abs(a-want) > 1e-9 {
					t.Errorf("%v hangs over at %d°, want %v", a, k, want)
				}
			}
			if c.degree < 0 {
				return
			}
			if below, above := o.Below(c.degree), o.Below(c.degree+1); below != 0 || math.Abs(above-c.area) > 1e-9 {
				t.Errorf("below its angle hangs %v, at it %v; want 0 and %v", below, above, c.area)
			}
			if f := o.Faces(c.angle + 1); !slices.Equal(f, []uint32{6, 7, 10, 11}) || len(o.Faces(c.angle)) != 0 {
				t.Errorf("faces %v hang over, want the two leaning walls", f)
			}
		})
	}
}

func TestNothing(t *testing.T) {
	if o := overhang.Of(&mesh.Mesh{}).Along(mesh.Vec{Z: 1}); o.Height != 0 || o.Bed != 0 || o.Below(90) != 0 {
		t.Errorf("nothing hangs over by %+v", o)
	}
}

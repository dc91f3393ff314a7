package app

import (
	"math"
	"runtime"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/slice"
)

// A file of very many copies is cut in little memory: a few of its layers at once.
func TestLayersOfVeryManyCopies(t *testing.T) {
	one := &mesh.Mesh{}
	for i := range 8 {
		one.Points = append(one.Points, mesh.Vec{X: 10 * float64(i&1), Y: 10 * float64(i>>1&1), Z: 10 * float64(i>>2)})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
		one.Triangles = append(one.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	model := &mesh.Model{}
	for range 20_000 {
		model.Objects = append(model.Objects, mesh.Object{Mesh: one, Place: mesh.Identity})
	}
	s := layering{mesh: model.Whole(), max: mesh.Vec{X: 10, Y: 10, Z: 10}, layer: 0.1}
	var p partSlice
	most, layers := uint64(0), 0
	err := s.each(&p, func(i int, l *slice.Layer) error {
		var now runtime.MemStats
		if runtime.ReadMemStats(&now); i != layers || math.Abs(l.Area()-100) > 1e-6 {
			t.Errorf("layer %d, the %dth: %g mm²", i, layers, l.Area())
		}
		most, layers = max(most, now.HeapAlloc), layers+1
		return nil
	})
	if err != nil || layers != 100 || len(p.Layers) != 100 || math.Abs(p.VolumeMM3-1000) > 1e-6 {
		t.Error(layers, len(p.Layers), p.VolumeMM3, err)
	}
	if t.Logf("%d MB", most>>20); most > 400<<20 { // a gigabyte when all layers are cut at once
		t.Errorf("%d MB", most>>20)
	}
}

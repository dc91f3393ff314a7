package clip_test

import (
	"fmt"
	"math"
	"os"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/slice"
)

// layersOf are those of a real part, which lies beside the source.
func layersOf(t testing.TB, path string, thick float64) []slice.Layer {
	t.Helper()
	f, err := os.Open("../../../../shared/data/parts/" + path)
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := format.Read(f, info.Size(), path, mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	welded := mesh.Weld(m.Whole())
	x := mesh.Measure(welded)
	return slice.At(welded, slice.Heights(x.Min.Z, x.Max.Z, thick))
}

// Of each layer of real parts: cleaning changes no area where bodies do not overlap, what an inward offset leaves and what it takes away
// are the layer, and layers that follow each other add up.
func TestParts(t *testing.T) {
	for _, name := range []string{"gen/benchy.stl", "gen/bracket.stl", "stl/i3_x-end-motor.stl", "gen/armadillo_86k.stl", "stl/thingi_908460.stl"} {
		t.Run(name, func(t *testing.T) {
			const mm2 = slice.PerMM * slice.PerMM
			var before []clip.Polygon
			for i, l := range layersOf(t, name, 2) {
				clean := clip.Clean(l.Polygons)
				if a := clip.Area(clean) / mm2; math.Abs(a-l.Area()) > 1e-3*(1+l.Area()) && name != "stl/i3_x-end-motor.stl" {
					t.Errorf("layer %d: %v mm² when cleaned, %v before", i, a, l.Area())
				}
				inner := clip.Offset(clean, -0.45, clip.Miter)
				walls := clip.Difference(clean, inner)
				if off := clip.Area(inner) + clip.Area(walls) - clip.Area(clean); math.Abs(off) > 1e-3*mm2 {
					t.Errorf("layer %d: the walls and what is in them are %v mm² off", i, off/mm2)
				}
				union, both := clip.Union(before, clean), clip.Intersection(before, clean)
				if off := clip.Area(union) + clip.Area(both) - clip.Area(before) - clip.Area(clean); math.Abs(off) > 1e-3*mm2 {
					t.Errorf("layer %d: with the one before it is %v mm² off", i, off/mm2)
				}
				if again := clip.Clean(walls); fmt.Sprint(again) != fmt.Sprint(walls) {
					t.Errorf("layer %d: the walls are others when cleaned again", i)
				}
				before = clean
			}
		})
	}
}

func BenchmarkWalls(b *testing.B) {
	for _, name := range []string{"gen/benchy.stl", "gen/armadillo_86k.stl"} {
		b.Run(name, func(b *testing.B) {
			layers := layersOf(b, name, 0.2)
			points := 0
			for b.Loop() {
				points = 0
				for _, l := range layers {
					for _, p := range l.Polygons {
						points += len(p)
					}
					clip.Offset(clip.Simplify(l.Polygons, 0.0125), -0.45, clip.Miter)
				}
			}
			b.ReportMetric(float64(points)/float64(len(layers)), "points/layer")
		})
	}
}

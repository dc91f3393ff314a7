package thickness_test

import (
	"math"
	"os"
	"slices"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/thickness"
)

// parts are real files; they lie beside the source, not in it.
const parts = "../../../../shared/data/parts/"

func readPart(t testing.TB, path string) *mesh.Mesh {
	t.Helper()
	f, err := os.Open(parts + path)
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
	return mesh.Weld(m.Whole())
}

// The part has twelve walls on a base, each 20 mm by 15, and nothing else that is thinner than 6 mm but the base of 3.
func TestWalls(t *testing.T) {
	f := thickness.Of(readPart(t, "gen/walls.stl"))
	want := []float64{0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 3, 5}
	for _, limit := range want[:10] { // the walls of 3 and 5 mm hang together with the base, which is thinner than they
		below := 0
		for _, w := range want {
			if w < limit {
				below++
			}
		}
		got := f.Under(limit)
		if len(got.Places) != below {
			t.Errorf("%d places are thinner than %v, want %d", len(got.Places), limit, below)
		}
		for _, p := range got.Places {
			near := math.Inf(1)
			for _, w := range want {
				near = min(near, math.Abs(p.Thinnest.Thickness-w)/w, math.Abs(p.Middle-w)/w)
			}
			if near > 0.01 || p.Area < 590 || p.Area > 610 {
				t.Errorf("a place of %v mm (%v in its middle), %v mm², is none of the walls", p.Thinnest.Thickness, p.Middle, p.Area)
			}
		}
	}
	seen := map[float64]bool{}
	for _, s := range f.Samples {
		for _, w := range want {
			if math.Abs(s.Thickness-w) <= 0.01*w && math.Abs(s.Dir.X) > 0.99 {
				seen[w] = true
			}
		}
	}
	if len(seen) != len(want) {
		t.Errorf("of the walls only %v are seen", seen)
	}
}

func TestShell(t *testing.T) {
	f := thickness.Of(readPart(t, "gen/shell_R20_t1.stl"))
	got := f.Under(2)
	if len(got.Places) != 1 {
		t.Fatalf("the shell is %d places, want one", len(got.Places))
	}
	if p := got.Places[0]; p.Thinnest.Thickness < 0.995 || p.Middle > 1.005 || math.Abs(p.Area-9562.29) > 1 {
		t.Errorf("the shell is %v mm at its thinnest, %v in the middle, on %v mm²; want 1 ± 0.005 on 9562.29 mm²", p.Thinnest.Thickness, p.Middle, p.Area)
	}
	for _, s := range f.Samples {
		if math.Abs(s.Thickness-1) > 0.005 {
			t.Fatalf("the shell is %v mm at %v, want 1 ± 0.005", s.Thickness, s.Point)
		}
	}
	if thin := f.Under(1); len(thin.Places) != 0 {
		t.Errorf("a shell of 1 mm is thinner than 1 mm in %d places", len(thin.Places))
	}
}

// What every part takes, from the welded mesh to the places.
func BenchmarkUnder(b *testing.B) {
	for _, name := range []string{
		"gen/walls.stl", "gen/benchy.stl", "gen/shell_R20_t1.stl", "gen/armadillo_86k.stl", "3mf/trimesh_counterXP.3mf", "stl/ps_xl_gantry.stl",
	} {
		b.Run(name, func(b *testing.B) {
			m := readPart(b, name)
			for b.Loop() {
				thickness.Of(m).Under(1)
			}
		})
	}
}

// The part is a plate of 100 × 30 × 8 mm with holes of 0.3 to 8 mm, in one row through it and in one of which each ends half-way.
func TestHoles(t *testing.T) {
	f := thickness.Prepare(readPart(t, "gen/holes.stl")).Gaps()
	through, blind := []float64{0.3, 0.5, 0.8, 1, 1.5, 2, 3, 4, 5, 6, 8}, []float64{0.3, 0.5, 0.8, 1, 1.5, 2, 3, 4}
	for i, limit := range []float64{0.9, 2.5, 9} {
		var want, got []float64
		for _, d := range slices.Concat(through, blind) {
			if d < limit {
				want = append(want, d)
			}
		}
		for _, p := range f.Round(0.9, 2.5, 9)[i].Places {
			got = append(got, p.Middle)
		}
		slices.Sort(want)
		slices.Sort(got)
		if len(got) != len(want) {
			t.Fatalf("%d holes are narrower than %v, want %d: %v", len(got), limit, len(want), got)
		}
		for k, d := range want { // of polygons, whose sides are nearer to each other than their corners
			if got[k] > d || got[k] < 0.985*d {
				t.Errorf("a hole of %v mm is measured as %v", d, got[k])
			}
		}
	}
}

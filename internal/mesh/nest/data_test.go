package nest

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/cputest"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// shared is where sample files are, outside of the repository.
const shared = "../../../../shared/data"

type instance struct {
	name    string
	parts   []Outline
	height  float64
	density float64 // of the record
}

// instances are the public ones of nesting on a strip, with the best densities that are known.
func instances(t testing.TB) []instance {
	f, err := os.Open(filepath.Join(shared, "nest2d/records.csv"))
	if err != nil {
		t.Skip("no sample files beside the repository")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []instance
	for _, row := range rows[1:] {
		b, err := os.ReadFile(filepath.Join(shared, "nest2d/input", row[0]+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Items []struct {
				Demand int
				Turns  []float64 `json:"allowed_orientations"`
				Shape  struct{ Data [][2]float64 }
			}
			Height float64 `json:"strip_height"`
		}
		if err := json.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		in := instance{name: row[0], height: file.Height}
		if in.density, err = strconv.ParseFloat(row[4], 64); err != nil {
			t.Fatal(err)
		}
		for _, item := range file.Items {
			var ring []Point
			for _, p := range item.Shape.Data {
				ring = append(ring, Point{p[0], p[1]})
			}
			in.parts = append(in.parts, Outline{Rings: [][]Point{ring}, Count: item.Demand, Turns: item.Turns})
		}
		list = append(list, in)
	}
	return list
}

// overlapping is the area that placed parts share, found by the exact booleans of mesh/clip, and what lies outside of the
// width and height; as parts of the area of all.
func overlapping(parts []Outline, list []Placement, width, height float64) (shared, outside float64) {
	scale := slice.PerMM * 4000 / max(width, height)
	all := 0.0
	var polys [][]clip.Polygon
	for _, p := range list {
		var rings []clip.Polygon
		for _, r := range oriented(parts[p.Part].Rings) {
			var poly clip.Polygon
			for _, q := range r {
				q = p.At(q)
				outside = max(outside, -q.X, -q.Y, q.X-width, q.Y-height)
				poly = append(poly, slice.Point{X: int64(q.X*scale + 0.5), Y: int64(q.Y*scale + 0.5)})
			}
			rings = append(rings, poly)
		}
		polys = append(polys, rings)
		all += clip.Area(rings)
	}
	for i := range polys {
		for k := range i {
			shared += clip.Area(clip.Intersection(polys[i], polys[k]))
		}
	}
	return shared / all, outside / max(width, height)
}

// TestRecords prints how dense each instance comes out beside the record: with little work, or for so many seconds of two
// processors when BASSIN_NEST_SECONDS says so (BASSIN_NEST_ONLY names some). Time is that of processors, since the machine
// may be shared: a first run says how much work a second is.
func TestRecords(t *testing.T) {
	seconds, _ := strconv.ParseFloat(os.Getenv("BASSIN_NEST_SECONDS"), 64)
	only := os.Getenv("BASSIN_NEST_ONLY")
	sum, n := 0.0, 0
	for _, in := range instances(t) {
		if only != "" && !strings.Contains(","+only+",", ","+in.name+",") {
			continue
		}
		o, floor := Options{Seed: 1, Work: 400_000}, 0.80
		r, took := laid(t, &in, o)
		if seconds > 0 {
			o.Work, floor = int64(float64(r.Work)*2*seconds/took), 0.85
			r, took = laid(t, &in, o)
		}
		density := 100 * r.Filling[0]
		t.Logf("%-9s %6.2f %% of %6.2f %%: %5.1f %%  (%.1f s of processors, %d looks)", in.name, density, in.density, 100*density/in.density, took, r.Work)
		sum += density / in.density
		n++
		if density < floor*in.density {
			t.Errorf("%s: %.2f %%, wanted %.0f %% of the record %.2f %%", in.name, density, 100*floor, in.density)
		}
		if shared, outside := overlapping(in.parts, r.Placements, r.Width, in.height); shared > 1e-7 || outside > 1e-9 {
			t.Errorf("%s: parts share %g of their area, %g outside", in.name, shared, outside)
		}
		if len(r.Left) > 0 {
			t.Errorf("%s: %d left", in.name, len(r.Left))
		}
	}
	if n > 0 {
		t.Logf("mean: %.1f %% of the records", 100*sum/float64(n))
	}
}

// laid lays an instance and says how many seconds processors took.
func laid(t *testing.T, in *instance, o Options) (Result, float64) {
	began := cputest.Used(t)
	r, err := Strip(t.Context(), in.parts, in.height, o)
	if err != nil {
		t.Fatal(in.name, err)
	}
	return r, (cputest.Used(t) - began).Seconds()
}

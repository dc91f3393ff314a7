package format

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"bassin/internal/mesh"
)

const shared = "../../../../shared/data"

// disputed are the rows whose truth is not what the file says.
var disputed = map[string]string{}

// Every file of the sample parts that these readers know gives what independent tools counted and measured.
func TestTruth(t *testing.T) {
	file, err := os.Open(filepath.Join(shared, "parts_truth.csv"))
	if err != nil {
		t.Skip("the sample parts are not here")
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	read := 0
	for _, row := range rows[1:] {
		name := row[column["path"]]
		switch Named(name) {
		case OBJ, OFF, PLY:
		default:
			continue
		}
		if row[column["tri"]] == "" || row[column["tri"]] == "0" || disputed[name] != "" {
			continue
		}
		read++
		t.Run(name, func(t *testing.T) {
			whole := readPart(t, name).Whole()
			got := measure(whole)
			for what, value := range map[string]float64{
				"tri": float64(len(whole.Triangles)), "verts_exact_weld": got.points, "volume": got.volume, "area": got.area,
				"min_x": got.min.X, "min_y": got.min.Y, "min_z": got.min.Z, "max_x": got.max.X, "max_y": got.max.Y, "max_z": got.max.Z,
			} {
				want, err := strconv.ParseFloat(row[column[what]], 64)
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(value-want) > 1e-9*max(1e-3, math.Abs(want)) {
					t.Errorf("%s is %.17g, want %.17g", what, value, want)
				}
			}
		})
	}
	if read < 10 {
		t.Errorf("only %d rows were read: the test looks in the wrong place", read)
	}
}

func readPart(t *testing.T, name string) *mesh.Model {
	t.Helper()
	file, err := os.Open(filepath.Join(shared, "parts", name))
	if err != nil {
		t.Skip("the sample parts are not here")
	}
	t.Cleanup(func() { file.Close() })
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	model, err := Read(file, info.Size(), name, mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

type measures struct {
	points, volume, area float64
	min, max             mesh.Vec
}

// measure is written as plainly as can be: it is not what the program measures with.
func measure(m *mesh.Mesh) measures {
	var out measures
	seen := map[mesh.Vec]bool{}
	var centre mesh.Vec
	first := true
	for _, t := range m.Triangles {
		for _, i := range t {
			p := m.Points[i].Add(mesh.Vec{}) // −0 becomes 0
			if !seen[p] {
				seen[p] = true
				centre = centre.Add(p)
			}
			if first {
				out.min, out.max, first = p, p, false
			}
			out.min = mesh.Vec{X: min(out.min.X, p.X), Y: min(out.min.Y, p.Y), Z: min(out.min.Z, p.Z)}
			out.max = mesh.Vec{X: max(out.max.X, p.X), Y: max(out.max.Y, p.Y), Z: max(out.max.Z, p.Z)}
		}
	}
	out.points = float64(len(seen))
	centre = centre.Times(1 / out.points)
	for _, t := range m.Triangles {
		a, b, c := m.Points[t[0]].Sub(centre), m.Points[t[1]].Sub(centre), m.Points[t[2]].Sub(centre)
		out.volume += a.Dot(b.Cross(c)) / 6
		out.area += b.Sub(a).Cross(c.Sub(a)).Len() / 2
	}
	return out
}

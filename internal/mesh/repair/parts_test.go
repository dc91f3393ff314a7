package repair_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/repair"
	"bassin/internal/mesh/stl"
)

const parts = "../../../../shared/data/"

// volumes are those of the parts before they were broken where that is known, else those of the files as they are.
var volumes = map[string]float64{
	"gen/benchy_holes_0.5pct.stl": 15550.498689098777, "gen/open_cube_no_top.stl": 1000, "gen/t_junction_cube.stl": 1000,
	"gen/one_face_flipped_cube.stl": 1000, "gen/inside_out_cube.stl": 1000, "gen/dup_all_faces_cube.stl": 1000,
	"gen/nm_edge_shared_cubes.stl": 2000, "stl/voron_rear_skirt_multibody.stl": 17431.630061457498,
	"broken/manifold_openscad_nonmanifold.obj": 451.9601552527504, "broken/manifold_self_intersectA.obj": 0.1479534228433504,
	"stl/trimesh_featuretype.stl": 11.62773343119675, "stl/slic3r_spikey_top.stl": 38399.68386919462, "obj/ps_frog_legs.obj": 1316.8445500701303,
}

// unclosed are the parts that stay open: the truck is a pile of sheets that bound nothing.
var unclosed = map[string]bool{"obj/libigl_truck.obj": true}

// Every broken file is closed, manifold and oriented after its repair, as it is read again from the file that is written.
func TestParts(t *testing.T) {
	list, err := os.Open(parts + "parts_repair.csv")
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer list.Close()
	lines, err := csv.NewReader(list).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, l := range lines[1:] {
		if l[1] != "input" || unclosed[l[0]] {
			continue
		}
		t.Run(l[0], func(t *testing.T) {
			f, err := os.Open(parts + "parts/" + l[0])
			if err != nil {
				t.Skip("not among the parts")
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			model, err := format.Read(f, info.Size(), l[0], mesh.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			tried++
			repaired, r := repair.Mesh(model.Whole())
			again := mesh.CheckWelded(written(t, repaired))
			if !again.Manifold() || !r.After.Manifold() {
				t.Errorf("after %v: %d open, %d non-manifold, %d misoriented edges", r.Steps, again.OpenEdges, again.NonmanifoldEdges, again.MisorientedEdges)
			}
			if want := volumes[l[0]]; want != 0 && math.Abs(again.Volume-want) > 0.005*want {
				t.Errorf("volume %v, want %v", again.Volume, want)
			}
		})
	}
	if tried < 15 {
		t.Errorf("only %d parts found", tried)
	}
}

func written(t *testing.T, m *mesh.Mesh) *mesh.Mesh {
	t.Helper()
	var b bytes.Buffer
	if err := stl.Write(&b, m); err != nil {
		t.Fatal(err)
	}
	model, err := stl.Read(bytes.NewReader(b.Bytes()), int64(b.Len()), mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return model.Objects[0].Mesh
}

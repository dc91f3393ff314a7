package gcode

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"bassin/internal/cputest"
)

// shared is where sample files are, outside of the repository.
const shared = "../../../../shared/data"

// sliced are parts of all kinds; with BASSIN_GCODE_ALL all parts are sliced whose estimate is known.
var sliced = []string{
	"gen/bracket.stl", "gen/overhang.stl", "gen/walls.stl", "obj/ps_U_overhang.obj", "obj/ps_bridge.obj", "obj/ps_cube_with_hole.obj",
	"obj/ps_extruder_idler.obj", "stl/cura_testModel.stl", "stl/thingi_112932.stl", "stl/thingi_79741.stl",
}

func readFile(t testing.TB, name string) Print {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m := Common
	if err := m.Settings(f, info.Size()); err != nil {
		t.Fatal(err)
	}
	p, err := Read(f, Options{Machine: m})
	if err != nil {
		t.Fatal(name, err)
	}
	return p
}

func slicedFile(t testing.TB, part, dir string) string {
	slicer, err := exec.LookPath("prusa-slicer")
	if err != nil {
		t.Skip("prusa-slicer is not installed")
	}
	in := filepath.Join(shared, "parts", part)
	if _, err := os.Stat(in); err != nil {
		t.Skip("no sample files beside the repository")
	}
	out := filepath.Join(dir, filepath.Base(part)+".gcode")
	if _, err := os.Stat(out); err == nil {
		return out
	}
	if said, err := exec.Command(slicer, "--load", filepath.Join(shared, "slicer_mk3s_020_pla.ini"), "-g", in, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", part, err, said)
	}
	return out
}

// TestSlicer compares the time with what PrusaSlicer says of the files that it has just written.
func TestSlicer(t *testing.T) {
	list, dir := sliced, t.TempDir()
	if keep := os.Getenv("BASSIN_GCODE_DIR"); keep != "" { // to look again at the same files
		dir = keep
	}
	if os.Getenv("BASSIN_GCODE_ALL") != "" {
		list = nil
		for _, sub := range []string{"gen", "obj", "stl"} {
			names, _ := filepath.Glob(filepath.Join(shared, "parts", sub, "*"))
			for _, n := range names {
				if _, err := os.Stat(filepath.Join(dir, filepath.Base(n)+".gcode")); err == nil {
					list = append(list, filepath.Join(sub, filepath.Base(n)))
				}
			}
		}
	}
	var off []float64
	for _, part := range list {
		p := readFile(t, slicedFile(t, part, dir))
		if p.Slicer == 0 {
			t.Errorf("%s: the file says no time", part)
			continue
		}
		d := p.Seconds/p.Slicer - 1
		off = append(off, math.Abs(d))
		t.Logf("%-36s %8.0f s, PrusaSlicer %8.0f s: %+.2f %%; %.1f mm, %.2f g, %d layers", part, p.Seconds, p.Slicer, 100*d, p.FilamentMM, p.Grams, p.Layers)
		if math.Abs(d) > 0.01 && math.Abs(p.Seconds-p.Slicer) > 2 { // short prints are told to the second
			t.Errorf("%s: %.2f %% off, wanted 1 %%", part, 100*d)
		}
	}
	if len(off) > 0 {
		slices.Sort(off)
		t.Logf("at most %.2f %% off, median %.2f %%", 100*off[len(off)-1], 100*off[len(off)/2])
	}
}

// BenchmarkRead reads a print of 2.6 MB; the figure is megabytes in a second of processor time.
func BenchmarkRead(b *testing.B) {
	name := slicedFile(b, "gen/bracket.stl", b.TempDir())
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	before := cputest.Used(b)
	for b.Loop() {
		readFile(b, name)
	}
	b.ReportMetric(float64(info.Size())*float64(b.N)/1e6/(cputest.Used(b)-before).Seconds(), "MB/cpu-s")
}

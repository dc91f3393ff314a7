package making

import (
	"archive/zip"
	"bufio"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/orient"
	"bassin/internal/mesh/stl"
	"bassin/internal/park"
)

// TestResinSupports lays sample parts as offers on resin do, has PrusaSlicer build supports below them, and measures how far off is
// what offers count. It takes some minutes: with BASSIN_RESIN=1 only (RESIN=1 make bench).
func TestResinSupports(t *testing.T) {
	slicer, err := exec.LookPath("prusa-slicer")
	if os.Getenv("BASSIN_RESIN") == "" || err != nil {
		t.Skip("takes minutes, and PrusaSlicer: BASSIN_RESIN=1")
	}
	w := newWorld(t, dbtest.Open(t), 0)
	machine := park.Machine{Process: park.MSLA, XMM: 500, YMM: 500, ZMM: 500}
	var supports, whole []float64
	for _, name := range []string{
		"gen/benchy.stl", "gen/bracket.stl", "gen/overhang.stl", "gen/armadillo_86k.stl", "obj/ps_bridge.obj", "obj/ps_extruder_idler.obj", "obj/ps_frog_legs.obj", "obj/ps_U_overhang.obj",
		"stl/i3_x-end-motor.stl", "stl/i3_extruder-body.stl", "stl/cura_testModel.stl", "stl/thingi_58011.stl", "stl/tweaker_demo_object.stl", "stl/voron_foot_rear_right.stl",
		"stl/voron_MiniSB_Bowden_ECAS04.stl", "stl/thingi_79741.stl", "stl/thingi_99865.stl",
	} {
		m := partOf(t, filepath.Join("../../../shared/data/parts", name))
		part := w.dropMesh(w.draws, w.office, m)
		var x Piece
		var up mesh.Vec
		var library park.Figures
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			r, err := additive.RevisionOf(tx, part.ID, 1)
			if err != nil {
				return err
			}
			report, err := r.ReportOf()
			if err != nil {
				return err
			}
			if x, err = pieceOf(additive.Examined{Report: report, Measures: report.Measured(mesh.Millimetre)}, r); err != nil {
				return err
			}
			if up, err = r.BestUp(park.MSLA, x.VolumeMM3, mesh.Millimetre); err != nil {
				return err
			}
			library, err = park.Library(tx)
			return err
		}))
		e := EffortOf(machine, library, park.Stock{Density: 1}, x.Best(park.MSLA), 1)
		plain, with := resinOf(t, slicer, orient.Upright(m, up), "--no-supports-enable"), resinOf(t, slicer, orient.Upright(m, up), "--supports-enable", "--support-object-elevation", "5")
		if x.Laid == nil || plain == 0 || with <= plain {
			t.Logf("%s: left out (%g of %g ml are supports)", name, with-plain, with)
			continue
		}
		off, all := e.SupportGrams/(with-plain)-1, e.Grams.Likely/with-1
		t.Logf("%s: %.2f ml of supports, %.2f counted, %+.0f %%; %.2f ml in all, %+.1f %%", name, with-plain, e.SupportGrams, 100*off, with, 100*all)
		supports, whole = append(supports, math.Abs(off)), append(whole, math.Abs(all))
	}
	mean, ninth := deviations(supports)
	meanAll, ninthAll := deviations(whole)
	t.Logf("%d parts: supports off by %.0f %%, %.0f %% ninth decile; resin in all off by %.1f %%, %.1f %% ninth decile", len(supports), mean, ninth, meanAll, ninthAll)
	if len(supports) < 10 || ninth > 60 {
		t.Error("offers count other supports than they are")
	}
}

// partOf reads a part; there is no test without.
func partOf(t *testing.T, path string) *mesh.Mesh {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	must(t, err)
	model, err := format.Read(f, info.Size(), path, mesh.DefaultLimits)
	must(t, err)
	return mesh.Weld(model.Whole())
}

// resinOf is how many millilitres PrusaSlicer builds of a mesh.
func resinOf(t *testing.T, slicer string, m *mesh.Mesh, flags ...string) float64 {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "part.stl"))
	must(t, err)
	must(t, stl.Write(f, m))
	must(t, f.Close())
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	flags = append([]string{"--export-sla", "--printer-technology", "SLA", "--pad-enable=0", "--layer-height", "0.1", "--initial-layer-height", "0.1", "--bed-shape", "0x0,500x0,500x500,0x500",
		"--max-print-height", "600", "--display-width", "500", "--display-height", "500", "--display-pixels-x", "1000", "--display-pixels-y", "1000", "-o", filepath.Join(dir, "part.sl1")}, flags...)
	if out, err := exec.CommandContext(ctx, slicer, append(flags, f.Name())...).CombinedOutput(); err != nil {
		t.Logf("PrusaSlicer: %v %.300s", err, out)
		return 0
	}
	z, err := zip.OpenReader(filepath.Join(dir, "part.sl1"))
	if err != nil {
		return 0
	}
	defer func() { _ = z.Close() }()
	settings, err := z.Open("config.ini")
	must(t, err)
	for in := bufio.NewScanner(settings); in.Scan(); {
		if value, ok := strings.CutPrefix(in.Text(), "usedMaterial = "); ok {
			ml, err := strconv.ParseFloat(value, 64)
			must(t, err)
			return ml
		}
	}
	return 0
}

// deviations are the mean and the ninth decile, in per cent.
func deviations(list []float64) (mean, ninth float64) {
	if len(list) == 0 {
		return 0, 0
	}
	slices.Sort(list)
	for _, x := range list {
		mean += 100 * x / float64(len(list))
	}
	return mean, 100 * list[min(len(list)-1, len(list)*9/10)]
}

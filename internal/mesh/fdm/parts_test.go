package fdm

import (
	"encoding/csv"
	"flag"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
)

// shared holds real files and what PrusaSlicer 2.5 says of them; it lies beside the source.
const shared = "../../../../shared/data/"

var all = flag.Bool("all", false, "estimate large parts too, which takes a minute")

func readProfile(t testing.TB) Profile {
	t.Helper()
	f, err := os.Open(shared + "slicer_mk3s_020_pla.ini")
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer f.Close()
	p, err := ReadProfile(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readPart(t testing.TB, path string) (*mesh.Mesh, int64) {
	t.Helper()
	f, err := os.Open(shared + "parts/" + path)
	if err != nil {
		t.Fatal(err)
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
	return mesh.Weld(m.Whole()), info.Size()
}

// linesOf reads a table without its head.
func linesOf(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) < 2 {
		t.Fatal(len(lines), err)
	}
	return lines[1:]
}

// number is 0 of what is none.
func number(text string) float64 {
	v, _ := strconv.ParseFloat(text, 64)
	return v
}

// What the estimate is off by, against a slicer, over its sample parts. docs/additive.md has the figures of all of them.
func TestSlicer(t *testing.T) {
	p := readProfile(t)
	var time, filament []float64
	for _, l := range linesOf(t, shared+"parts_slicer.csv") {
		seconds, mm, layers := number(l[5]), number(l[6]), int(number(l[9]))
		if seconds == 0 {
			continue // the slicer refused it
		}
		m, size := readPart(t, l[0])
		if size > 1_000_000 && !*all {
			continue
		}
		e := Of(m, p)
		if e.Layers != layers {
			t.Errorf("%s: %d layers, want %d", l[0], e.Layers, layers)
		}
		dt, df := e.Seconds/seconds-1, e.FilamentMM/mm-1
		t.Logf("%-36s %6.0f s %+5.1f %%  %6.0f mm %+5.1f %%", l[0], e.Seconds, 100*dt, e.FilamentMM, 100*df)
		time, filament = append(time, math.Abs(dt)), append(filament, math.Abs(df))
	}
	for _, c := range []struct {
		name      string
		off       []float64
		mean, p90 float64
	}{{"time", time, 0.05, 0.1}, {"filament", filament, 0.031, 0.065}} {
		slices.Sort(c.off)
		sum := 0.0
		for _, v := range c.off {
			sum += v
		}
		mean, p90 := sum/float64(len(c.off)), c.off[len(c.off)*9/10]
		t.Logf("%s is off by %.1f %% in the mean, %.1f %% at the ninth decile, over %d parts", c.name, 100*mean, 100*p90, len(c.off))
		if mean > c.mean || p90 > c.p90 {
			t.Errorf("%s is off by %v in the mean, %v at the ninth decile; want %v and %v at most", c.name, mean, p90, c.mean, c.p90)
		}
	}
}

// changed is the profile with other values of some settings.
func changed(t testing.TB, text string) Profile {
	t.Helper()
	b, err := os.ReadFile(shared + "slicer_mk3s_020_pla.ini")
	if err != nil {
		t.Skip("no parts beside the source")
	}
	p, err := ReadProfile(strings.NewReader(string(b) + "\n" + text)) // the last value of a key counts
	if err != nil {
		t.Fatal(err)
	}
	return p
}

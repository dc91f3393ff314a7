package slicer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/mesh"
)

// cube is one of 20 mm.
func cube() *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: 20 * float64(i&1), Y: 20 * float64(i>>1&1), Z: 20 * float64(i>>2)})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	return m
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, out, key string }{
		{"plain", "layer_height = 0.2\nfill_density = 15%\n", "layer_height = 0.2\nfill_density = 15%\n", ""},
		{"with programs to start", "layer_height = 0.2\r\npost_process = /bin/rm -rf /\r\n  Post_Process=x\nprint_host = http://elsewhere.example\nprinthost_apikey = k\n", "layer_height = 0.2\n", ""},
		{"with another form than text", "layer_height = 0.2\nbinary_gcode = 1\n", "layer_height = 0.2\n", ""},
		{"as Windows writes it", "\ufefflayer_height = 0.2\r\nperimeters = 2\r\n", "layer_height = 0.2\nperimeters = 2\n", ""},
		{"with old ends of lines", "layer_height = 0.2\rpost_process = x\rperimeters = 2\r", "layer_height = 0.2\nperimeters = 2\n", ""},
		{"with names that look alike", "layer_height = 0.2\n\u200bpost_process = x\npost\u00adprocess = x\npost_process\v= x\n", "layer_height = 0.2\n", ""},
		{"with remarks", "# generated\n\nlayer_height = 0.3\n", "layer_height = 0.3\n", ""},
		{"a bundle", "[print:x]\nlayer_height = 0.2\n", "", "bundle"},
		{"no settings", "hello\n", "", "settings"},
		{"nothing", "", "", "settings"},
		{"no layers", "fill_density = 15%\n", "", "settings"},
		{"not text", "layer_height = 0.2\x00\n", "", "settings"},
		{"too long", strings.Repeat("x = 1\n", MaxSettings/6+1), "", "settings"},
	} {
		out, err := Clean([]byte(c.in))
		var r *Refused
		if errors.As(err, &r); string(out) != c.out || (c.key != "") != (err != nil) || r != nil && r.Key != c.key {
			t.Errorf("%s: %q, %v", c.name, out, err)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("layer_height = 0.2\npost_process = x\n"))
	f.Add([]byte("[print]\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Clean(in)
		if err != nil {
			return
		}
		for line := range strings.Lines(string(out)) {
			if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(strings.ToLower(strings.TrimSpace(name)), "post_process") {
				t.Errorf("%q is kept", line)
			}
		}
		if again, err := Clean(out); err != nil || !bytes.Equal(again, out) {
			t.Errorf("cleaned twice it is another: %v", err)
		}
	})
}

// script is a slicer of the tests: it does what it is told.
func script(t *testing.T, text string) *Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "slicer")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := Find(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatGoesWrong(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // what others left behind is none of ours
	settings := []byte("layer_height = 0.2\n")
	for _, c := range []struct {
		name, text, key, said string
	}{
		{"it refuses", "echo 'Objects could not fit on the bed' >&2; exit 1", "failed", "Objects could not fit on the bed"},
		{"it writes nothing", "echo done", "failed", "done"},
		{"it hangs", "sleep 60", "time", ""},
		{"it dies", "kill -9 $$", "failed", ""},
	} {
		p := script(t, c.text)
		p.time = 2 * time.Second
		var out bytes.Buffer
		err := p.Slice(t.Context(), cube(), settings, 1, &out)
		var r *Refused
		if !errors.As(err, &r) || r.Key != c.key || r.Said != c.said || out.Len() > 0 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	var none *Program
	var r *Refused
	if err := none.Slice(t.Context(), cube(), settings, 1, &bytes.Buffer{}); !errors.As(err, &r) || r.Key != "none" {
		t.Errorf("without a slicer: %v", err)
	}
	if _, err := Find("/nowhere/slicer"); err == nil {
		t.Error("a slicer is found where there is none")
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), folders+"*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The slicer itself, where it is installed.
func TestPrusaSlicer(t *testing.T) {
	p, err := Find("")
	if err != nil || p == nil {
		t.Skip("PrusaSlicer is not installed")
	}
	settings, err := os.ReadFile("../../../shared/data/slicer_mk3s_020_pla.ini")
	if err != nil {
		t.Skip("no settings beside the source")
	}
	var one, four bytes.Buffer
	if err := p.Slice(t.Context(), cube(), settings, 1, &one); err != nil {
		t.Fatal(err)
	}
	if err := p.Slice(t.Context(), cube(), settings, 4, &four); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(one.Bytes(), []byte("; estimated printing time (normal mode)")) || four.Len() < 3*one.Len() {
		t.Errorf("%d bytes of one, %d of four", one.Len(), four.Len())
	}
	// What is laid stays where it lies: two cubes of 20 mm, their outlines half a line within.
	laid := &mesh.Model{Unit: mesh.Millimetre}
	for _, at := range [][2]float64{{30, 40}, {120.5, 100}} {
		place := mesh.Identity
		place[9], place[10] = at[0], at[1]
		laid.Objects = append(laid.Objects, mesh.Object{Mesh: cube(), Place: place})
	}
	var both bytes.Buffer
	if err := p.SliceLaid(t.Context(), laid, settings, &both); err != nil {
		t.Fatal(err)
	}
	box := mesh.Measure(cube())
	for _, edge := range []float64{30 + box.Min.X, 120.5 + box.Max.X} {
		inner := edge + 0.225
		if edge > 100 {
			inner = edge - 0.225
		}
		if !bytes.Contains(both.Bytes(), fmt.Appendf(nil, "G1 X%s", strconv.FormatFloat(inner, 'f', -1, 64))) {
			t.Errorf("no line begins or ends at X %g", inner)
		}
	}
	large := cube()
	for i := range large.Points {
		large.Points[i] = large.Points[i].Times(50)
	}
	var r *Refused
	if err := p.Slice(t.Context(), large, settings, 1, &one); !errors.As(err, &r) || r.Key != "failed" {
		t.Errorf("a cube of a metre: %v", err)
	} else {
		t.Logf("it says: %s", r.Said)
	}
}

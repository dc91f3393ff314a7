package gcode

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

// stiff takes no time to speed up, so that times are lengths over speeds.
const stiff = "M201 X9000000 Y9000000 Z9000000 E9000000\nM203 X1000 Y1000 Z1000 E1000\nM204 S9000000 T9000000\nM205 X1000 Y1000 Z1000 E1000\n"

func read(t *testing.T, text string) Print {
	t.Helper()
	p, err := Read(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return p
}

func TestMoves(t *testing.T) {
	for _, c := range []struct {
		name, text          string
		seconds, filament   float64
		layers, moves       int
		extruded, travelled float64
	}{
		{"absolute", "G1 X10 F600\nG1 X10 Y20 E5\n", 3, 5, 1, 2, 20, 10},
		{"relative", "G91\nG1 X10 F600\nG1 X10 E1\nG1 X10 E1\n", 3, 2, 1, 3, 20, 10},
		{"relative extruder", "M83\nG1 X10 E1 F600\nG1 X20 E1\n", 2, 2, 1, 2, 20, 0},
		{"absolute extruder again", "M83\nM82\nG1 X10 E1 F600\nG1 X20 E2\n", 2, 2, 1, 2, 20, 0},
		{"set", "G1 X10 E4 F600\nG92 E0 X0\nG1 X10 E4\n", 2, 8, 1, 2, 20, 0},
		{"inches", "G20\nG1 X1 F60\n", 1, 0, 0, 1, 0, 25.4},
		{"drawn back and pushed", "M83\nG1 X10 E2 F600\nG1 E-1 F60\nG1 X20 F600\nG1 E1 F60\nG1 X30 E2 F600\n", 5, 4, 1, 5, 20, 10},
		{"by firmware", "M83\nG1 X10 E2 F600\nG10\nG10\nG1 X20\nG11\nG1 X30 E2\n", 3 + 1.6/35, 4, 1, 5, 20, 10},
		{"dwell", "G1 X10 F600\nG4 P500\nG4 S2\n", 3.5, 0, 0, 1, 0, 10},
		{"home", "G1 X30 Y40 F600\nG28 X Y\n", 10, 0, 0, 2, 0, 100},
		{"layers by height", "M83\nG1 Z0.2 F60\nG1 X60 E1 F3600\nG1 Z0.4 F60\nG1 X0 E1 F3600\nG1 X60 F3600\n", 3.4, 2, 2, 5, 120, 60.4},
		{"layers by marks", ";LAYER_CHANGE\nG1 X60 E1 F3600\n;LAYER_CHANGE\n;LAYER:3\n", 1, 1, 3, 1, 60, 0},
		{"half a circle", "G1 X100 F6000\nG3 X-100 I-100 E9 F6000\n", 1 + math.Pi, 9, 1, 316, 100 * math.Pi, 100},
		{"a circle", "G1 X10 F6000\nG2 X10 Y0 I-10 J0\n", 0.1 + 0.2*math.Pi, 0, 0, 64, 0, 10 + 20*math.Pi},
		{"an arc by its radius", "G1 X10 F6000\nG3 X0 Y10 R10\n", 0.1 + 0.05*math.Pi, 0, 0, 17, 0, 10 + 5*math.Pi},
		{"words together, numbered, small letters, comments", "N12 g1x10y0f600*71\n  G1 X20 ; X90\nG1 X30 (X99)\nM117 G1 X500\nG29.1 X4\nT0\n", 3, 0, 0, 3, 0, 30},
	} {
		p := read(t, stiff+c.text)
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-3*(1+b) }
		if !near(p.Seconds, c.seconds) || !near(p.FilamentMM, c.filament) || p.Layers != c.layers || p.Moves != c.moves || !near(p.Extruded, c.extruded) || !near(p.Travelled, c.travelled) {
			t.Errorf("%s: %.4f s, %.3f mm, %d layers, %d moves, %.3f and %.3f mm; wanted %.4f, %.3f, %d, %d, %.3f, %.3f", c.name,
				p.Seconds, p.FilamentMM, p.Layers, p.Moves, p.Extruded, p.Travelled, c.seconds, c.filament, c.layers, c.moves, c.extruded, c.travelled)
		}
	}
}

func TestLimits(t *testing.T) {
	head := "M201 X1000 Y1000 Z100 E1000\nM203 X100 Y100 Z10 E50\nM204 P1000 R500 T2000\nM205 X0 Y0 Z0 E0\n"
	for _, c := range []struct {
		name, text string
		seconds    float64
	}{
		// 100 mm at 100 mm/s, 1000 mm/s²: 5 mm each to speed up and to slow down, in 0.1 s.
		{"speeds up and slows down", "G1 X100 F6000\n", 0.2 + 0.9},
		{"the axis is slower than asked for", "G1 X100 F60000\n", 0.2 + 0.9},
		{"both axes together", "G1 X60 Y80 F60000\n", 100/125.0 + 0.1},
		{"the slowest axis", "G1 Z10 F6000\n", 0.1 + 1},
		{"travel may speed up faster where axes do", "M201 X9000 Y9000\nG0 X100 F6000\n", 0.05 + 1},
		{"drawing back", "M83\nG1 E-10 F3000\n", 0.1 + 0.2},
		{"stops between moves that turn back", "G1 X100 F6000\nG1 X0\n", 2.2},
		{"goes through straight ones", "G1 X50 F6000\nG1 X100\n", 1.1},
		{"too short for its speed", "G1 X2.5 F6000\n", 0.1},
		{"jerk", "M205 X20 Y20\nG1 X100 F6000\n", 0.16 + (100-2*4.8)/100},
	} {
		if p := read(t, head+c.text); math.Abs(p.Seconds-c.seconds) > 2e-3*c.seconds {
			t.Errorf("%s: %.4f s, wanted %.4f", c.name, p.Seconds, c.seconds)
		}
	}
}

// However many moves there are between, the plan is that of all together.
func TestWindows(t *testing.T) {
	var b strings.Builder
	b.WriteString("M201 X1000 Y1000\nM203 X100 Y100\nM204 S1000\nM205 X0 Y0\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "G1 X%d F6000\n", i+1)
	}
	if p := read(t, b.String()); math.Abs(p.Seconds-100.1) > 1e-3 {
		t.Errorf("%.4f s, wanted 100.1", p.Seconds)
	}
}

func TestSettings(t *testing.T) {
	text := "G1 X100 F60000\n; estimated printing time (normal mode) = 1d 2h 3m 4s\n; filament_diameter = 2.85,1.75\n; filament_density = 2\n" +
		"; machine_max_acceleration_x = 500,200\n; machine_max_feedrate_x = 50\n; machine_max_jerk_x = 0\n; retract_length = 3\n"
	m := Common
	if err := m.Settings(strings.NewReader(text), int64(len(text))); err != nil {
		t.Fatal(err)
	}
	if m.Accel[axisX] != 500 || m.Speed[axisX] != 50 || m.Jerk[axisX] != 0 || m.FilamentMM != 2.85 || m.DensityGCM3 != 2 || m.RetractLength != 3 {
		t.Errorf("settings %+v", m)
	}
	p, err := Read(strings.NewReader(text), Options{Machine: m})
	if err != nil || p.Slicer != 93_784 || !p.Limits || math.Abs(p.Seconds-2.1) > 1e-3 {
		t.Errorf("%+v, %v; wanted 2.1 s, and 93784 s of the slicer", p, err)
	}
}

func TestRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "no moves": "; nothing\nM104 S200\n", "words": "Dear all,\n", "a long line": "G1 X10\n;" + strings.Repeat("x", mostLine) + "\n",
	} {
		_, err := Read(strings.NewReader(text), Options{})
		var f *mesh.FileError
		if !errors.As(err, &f) || f.Key != "not-gcode" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Read(strings.NewReader(strings.Repeat("G1 X1 F60\n", 100)), Options{Bytes: 500})
	var f *mesh.FileError
	if !errors.As(err, &f) || f.Key != "limit" {
		t.Errorf("too long: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		stiff + "G1 X10 E1 F600\nG2 X0 Y10 I-5 J5\nG10\nG11\nG28\nG92\nG4 P3\n", "M205 X0 Y0 Z0 E0\nM201 X0\nM203 X0\nM204 S0\nG1 X1 F.0001\nG1 X-1\n",
		"M221 S.001\nG1 X1E5\nG91\nG1 X9999999\nG3 I99999 F1\n", "; machine_max_jerk_x = 1e9\n; filament_density = -1\nN1 G1X--5..3.4\n", "G1 X123456789012345678901234567890.5 F60\n",
		"G20\nG1 X1 F0\nG2 X1 Y1 R-.1\nG2 R5\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := Common
		if err := m.Settings(bytes.NewReader(b), int64(len(b))); err != nil {
			t.Fatal(err)
		}
		p, err := Read(bytes.NewReader(b), Options{Machine: m})
		if err != nil {
			return
		}
		for _, v := range []float64{p.Seconds, p.FilamentMM, p.Grams, p.Extruded, p.Travelled} {
			if !(v >= 0) || math.IsInf(v, 1) {
				t.Fatalf("%+v of %q", p, b)
			}
		}
	})
}

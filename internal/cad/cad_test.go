package cad

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/mesh"
)

// modules are where make assets takes the library from.
const modules = "../../node_modules/occt-import-js/dist/"

// parts are real files; they lie beside the source, not in it.
const parts = "../../../shared/data/parts/"

// installed gives the converter, or skips.
func installed(t testing.TB) *Converter {
	t.Helper()
	c, err := Find("", func(name string) ([]byte, error) { return os.ReadFile(modules + name) })
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		t.Skip("Node is not installed, or the library (make assets)")
	}
	return c
}

func convert(t testing.TB, c *Converter, path string, kind Kind) (*mesh.Model, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return c.Convert(t.Context(), f, info.Size(), kind, mesh.DefaultLimits)
}

// Every file is read; where somebody published triangles of it, or it is a plain body, the volume is theirs.
func TestParts(t *testing.T) {
	c := installed(t)
	for _, p := range []struct {
		file    string
		objects int
		volume  float64 // 0: not known
		within  float64
	}{
		{"i3_extruder-body.stp", 1, 28564.045684300436, 0.001}, // stl/i3_extruder-body.stl; one of its faces is not whole, at any fineness
		{"occt_cube_m.step", 1, 1e9, 1e-9},                     // a cube of 1 m: the unit is the file's
		{"cax_as1-oc-214.stp", 18, 0, 0}, {"pyocc_Ventilator.stp", 1, 0, 0}, {"trimesh_box_sides.step", 10, 0, 0}, {"voron_FS_hotend_X1C.step", 17, 0, 0},
	} {
		started := time.Now()
		m, err := convert(t, c, parts+"step/"+p.file, STEP)
		if err != nil {
			t.Errorf("%s: %v", p.file, err)
			continue
		}
		r := mesh.Check(m.Whole())
		t.Logf("%s: %d objects, %d triangles, %g mm³, %.1f s", p.file, len(m.Objects), r.Triangles, r.Volume, time.Since(started).Seconds())
		if len(m.Objects) != p.objects || m.Unit != mesh.Millimetre || m.Format != "step" || r.OpenEdges > 110 || r.OpenEdges > 0 && p.file != "i3_extruder-body.stp" {
			t.Errorf("%s: %d objects, %d open edges", p.file, len(m.Objects), r.OpenEdges)
		}
		if p.volume > 0 && math.Abs(r.Volume/p.volume-1) > p.within || r.Volume <= 0 {
			t.Errorf("%s: volume %g, want %g", p.file, r.Volume, p.volume)
		}
	}
}

// likely is what the worker is asked about.
const likely = "ISO-10303-21;\nDATA;\n#1=SHAPE_REPRESENTATION('',(#2),#3);\n#2=ADVANCED_FACE('',(#3),#4,.T.);\nENDSEC;\n"

func keyOf(err error) string {
	var f *mesh.FileError
	if errors.As(err, &f) {
		return f.Key
	}
	return fmt.Sprint(err)
}

func TestUnreadable(t *testing.T) {
	c := installed(t)
	for _, content := range []string{"", "ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n", strings.Repeat("ISO-10303-21;", 1000), "\x00\xff\x00"} {
		for _, kind := range []Kind{STEP, IGES} {
			if _, err := c.Convert(t.Context(), strings.NewReader(content), int64(len(content)), kind, mesh.DefaultLimits); keyOf(err) != "convert-failed" && keyOf(err) != "convert-empty" {
				t.Errorf("%s %.20q: %v", kind, content, err)
			}
		}
	}
	if _, err := c.Convert(t.Context(), strings.NewReader("x"), MaxBytes+1, STEP, mesh.DefaultLimits); keyOf(err) != "convert-large" {
		t.Error(err)
	}
	var none *Converter
	if _, err := none.Convert(t.Context(), strings.NewReader("x"), 1, STEP, mesh.DefaultLimits); keyOf(err) != "no-converter" {
		t.Error(err)
	}
	few := scripted(t, "const b = Buffer.alloc(4 + 4 + 4 + 4 + 24 + 4 + 24); b.write('BSNM'); b[4] = b[12] = 1; b[40] = 2; fs.writeFileSync('output', b)")
	if m, err := few.Convert(t.Context(), strings.NewReader(likely), 1, STEP, mesh.Limits{Triangles: 2}); err != nil || len(m.Objects[0].Mesh.Triangles) != 2 {
		t.Error(m, err)
	}
	if _, err := few.Convert(t.Context(), strings.NewReader(likely), 1, STEP, mesh.Limits{Triangles: 1}); keyOf(err) != "limit" {
		t.Error("more triangles than the limit are taken:", err)
	}
}

// scripted runs another script in the worker's place: what happens around it is ours.
func scripted(t *testing.T, script string) *Converter {
	c := installed(t)
	return &Converter{node: c.node, files: map[string][]byte{"worker.cjs": []byte("const fs = require('fs');\n" + script)}, time: 60 * time.Second, memory: 500 << 20}
}

func TestHostileWorker(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, c := range []struct{ name, script, want string }{
		{"writes nothing", "", "convert-failed"},
		{"ends badly", "process.exit(77)", "convert-failed"},
		{"kills itself", "process.kill(process.pid, 'SIGKILL')", "convert-failed"},
		{"throws", "throw 1", "convert-failed"},
		{"prints rubbish", "for (let i = 0; i < 2e4; i++) fs.writeSync(1, 'x'.repeat(1000)); fs.writeFileSync('output', 'rubbish')", "convert-failed"},
		{"announces more than there is", "fs.writeFileSync('output', Buffer.from('BSNM\\xff\\xff\\xff\\xff', 'latin1'))", "convert-failed"},
		{"a corner beyond the points", "const b = Buffer.alloc(4 + 4 + 4 + 4 + 24 + 4 + 12); b.write('BSNM'); b[4] = b[12] = b[40] = 1; b[44] = 9; fs.writeFileSync('output', b)", "convert-failed"},
		{"no surface", "fs.writeFileSync('output', Buffer.from('BSNM\\0\\0\\0\\0'))", "convert-empty"},
		{"a link for its output", "fs.symlinkSync('/etc/passwd', 'output')", "convert-failed"},
		{"a folder for its output", "fs.mkdirSync('output')", "convert-failed"},
		{"eats memory outside of its scripts", "process.on('uncaughtException', () => process.exit(3)); const all = []; for (;;) all.push(Buffer.alloc(1 << 26, 1))", "convert-memory"},
		{"eats memory of its scripts", "const all = []; for (;;) all.push(new Array(1e5).fill({}).map(() => ({ a: 1 })))", "convert-memory"},
		{"fills the disk", "const b = Buffer.alloc(1 << 24), f = fs.openSync('output', 'w'); for (;;) fs.writeSync(f, b)", "convert-output"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := scripted(t, c.script).Convert(t.Context(), strings.NewReader(likely), 1, STEP, mesh.DefaultLimits)
			if keyOf(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if left, _ := os.ReadDir(tmp); len(left) > 0 {
				t.Error("left behind:", left)
			}
		})
	}
}

// At its limit of time the worker ends with all that it started; so it does with its caller.
func TestTheWorkerHangs(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	c := scripted(t, `require('child_process').spawn('sh', ['-c', 'sleep 3; echo x >`+mark+`'], { detached: true }); setInterval(() => {}, 1000)`)
	c.time = 1500 * time.Millisecond
	if _, err := c.Convert(t.Context(), strings.NewReader(likely), 1, STEP, mesh.DefaultLimits); keyOf(err) != "convert-time" {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	c.time = time.Minute
	if _, err := c.Convert(ctx, strings.NewReader(likely), 1, STEP, mesh.DefaultLimits); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	time.Sleep(3500 * time.Millisecond)
	if _, err := os.Stat(mark); err == nil && !os.IsNotExist(err) {
		t.Error("a child went on")
	}
}

// The worker sees no variable of ours, and reaches nobody.
func TestNothingLeaks(t *testing.T) {
	t.Setenv("BASSIN_S3_SECRET", "geheim")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reached := make(chan struct{})
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			close(reached)
		}
	}()
	seen := filepath.Join(t.TempDir(), "seen")
	c := scripted(t, `fs.writeFileSync('`+seen+`', JSON.stringify(process.env)); const s = require('net').connect(`+fmt.Sprint(l.Addr().(*net.TCPAddr).Port)+`, '127.0.0.1'); s.on('error', () => process.exit(5)); setTimeout(() => process.exit(6), 2000)`)
	if _, err := c.Convert(t.Context(), strings.NewReader(likely), 1, STEP, mesh.DefaultLimits); keyOf(err) != "convert-failed" {
		t.Error(err)
	}
	text, err := os.ReadFile(seen)
	if err != nil || strings.Contains(string(text), "geheim") || !strings.Contains(string(text), "LANG") {
		t.Errorf("%v %s", err, text)
	}
	select {
	case <-reached:
		t.Log("the system gives no network of its own to a process: the worker reached one of ours")
	default:
	}
}

func TestFind(t *testing.T) {
	data := func(string) ([]byte, error) { return nil, os.ErrNotExist }
	if c, err := Find("off", data); c != nil || err != nil {
		t.Error(c, err)
	}
	if _, err := Find("/nowhere/node", data); err == nil {
		t.Error("found at /nowhere")
	}
	if c, err := Find("", data); c != nil || err != nil {
		t.Error("a converter without its library:", c, err)
	}
}

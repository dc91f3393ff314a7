package amf

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

func vertex(x, y, z int) string {
	return fmt.Sprintf("<vertex><coordinates><x>%d</x><y>%d</y><z>%d</z></coordinates></vertex>", x, y, z)
}

func triangle(a, b, c int) string {
	return fmt.Sprintf("<triangle><v1>%d</v1><v2>%d</v2><v3>%d</v3></triangle>", a, b, c)
}

var (
	vertices = "<vertices>" + vertex(0, 0, 0) + vertex(1, 0, 0) + vertex(0, 1, 0) + vertex(0, 0, 1) + "</vertices>"
	volume   = "<volume>" + triangle(0, 2, 1) + triangle(0, 1, 3) + "</volume>"
	whole    = `<object id="1"><metadata type="name">A &amp; b</metadata><mesh>` + vertices + volume + "</mesh></object>"
)

func file(body string) string { return `<?xml version="1.0"?><amf unit="inch">` + body + "</amf>" }

func readText(text string) (*mesh.Model, error) {
	return Read(strings.NewReader(text), int64(len(text)), mesh.Limits{Triangles: 100, Bytes: 64 << 20})
}

// said is what a model holds in few words: names, triangles, where the corner (1, 0, 0) comes to, notes.
func said(m *mesh.Model) string {
	var b strings.Builder
	for _, o := range m.Objects {
		p := o.Place.Apply(mesh.Vec{X: 1})
		round := func(f float64) float64 { return math.Round(f*1e6)/1e6 + 0 }
		fmt.Fprintf(&b, "%s×%d(%g %g %g) ", o.Name, len(o.Mesh.Triangles), round(p.X), round(p.Y), round(p.Z))
	}
	for _, n := range m.Notes {
		fmt.Fprintf(&b, "%s=%v ", n.Key, n.Args["count"])
	}
	return strings.TrimSpace(b.String())
}

func TestRead(t *testing.T) {
	instance := func(of string, more string) string { return `<instance objectid="` + of + `">` + more + "</instance>" }
	for name, c := range map[string]struct{ text, want string }{
		"an object":                {file(whole), "A & b×2(1 0 0)"},
		"two volumes":              {file(strings.Replace(whole, volume, volume+volume, 1)), "A & b×4(1 0 0)"},
		"two meshes":               {file(strings.Replace(whole, "</mesh>", "</mesh><mesh>"+vertices+volume+"</mesh>", 1)), "A & b×4(1 0 0)"},
		"support":                  {file(strings.Replace(whole, volume, volume+`<volume type="support">`+triangle(0, 1, 2)+"</volume>", 1)), "A & b×2(1 0 0) supports-left-out=1"},
		"a modifier":               {file(strings.Replace(whole, volume, volume+`<volume><metadata type="slic3r.modifier">1</metadata>`+triangle(0, 1, 2)+"</volume>", 1)), "A & b×2(1 0 0) modifiers-left-out=1"},
		"curves":                   {file(strings.Replace(whole, "</coordinates>", "</coordinates><normal><nx>1</nx></normal>", 1)), "A & b×2(1 0 0) curves-flattened=1"},
		"colours":                  {file(strings.Replace(whole, "<mesh>", "<color><r>1</r></color><mesh>", 1)), "A & b×2(1 0 0) colours-left-out=<nil>"},
		"a move":                   {file(whole + `<constellation id="2">` + instance("1", "<deltax>5</deltax><deltaz> -2 </deltaz>") + "</constellation>"), "A & b×2(6 0 -2)"},
		"turns: x, then y, then z": {file(whole + `<constellation id="2">` + instance("1", "<rx>90</rx><ry>90</ry><rz>90</rz><deltay>3</deltay>") + "</constellation>"), "A & b×2(0 3 -1)"},
		"growth before turns":      {file(whole + `<constellation id="2">` + instance("1", "<scale>2</scale><scaley>3</scaley><rz>90</rz><deltax>1</deltax>") + "</constellation>"), "A & b×2(1 2 0)"},
		"a turn about z":           {file(whole + `<constellation id="2">` + instance("1", "<rz>90</rz>") + "</constellation>"), "A & b×2(0 1 0)"},
		"constellations in one": {file(whole + `<constellation id="3">` + instance("2", "<deltax>10</deltax>") + instance("2", "") + instance("9", "") + "</constellation>" +
			`<constellation id="2">` + instance("1", "<deltay>1</deltay>") + "</constellation>"), "A & b×2(11 1 0) A & b×2(1 1 0) object-missing=1"},
		"one placed, one not": {file(whole + strings.Replace(whole, `id="1"`, `id="4"`, 1) + `<constellation id="2">` + instance("1", "<deltax>1</deltax>") + "</constellation>"), "A & b×2(2 0 0) A & b×2(1 0 0)"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readText(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := said(m); got != c.want || m.Unit != mesh.Inch {
				t.Errorf("got  %s %s\nwant %s", got, m.Unit, c.want)
			}
		})
	}
	two, err := readText(file(strings.Replace(whole, "</mesh>", "</mesh><mesh>"+vertices+volume+"</mesh>", 1)))
	if err != nil || two.Objects[0].Mesh.Triangles[3] != [3]uint32{4, 5, 7} {
		t.Errorf("the second mesh names the corners of the first: %v", two)
	}
}

func TestReadArchive(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{"part.AMF": file(whole)} {
		out, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := readText(b.String())
	if err != nil || said(m) != "A & b×2(1 0 0)" {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestReadRefuses(t *testing.T) {
	laughs := whole
	for i := 2; i < 40; i++ {
		laughs += fmt.Sprintf(`<constellation id="%d">%s</constellation>`, i, strings.Repeat(fmt.Sprintf(`<instance objectid="%d"/>`, i-1), 10))
	}
	for name, c := range map[string]struct{ text, key string }{
		"a corner not given":      {file(strings.Replace(whole, "<v1>0", "<v1>4", 1)), "index"},
		"a corner before":         {file(strings.Replace(whole, "<v1>0", "<v1>-1", 1)), "index"},
		"no third corner":         {file(strings.Replace(whole, "<v3>1</v3>", "", 1)), "index"},
		"a corner beyond 32 bits": {file(strings.Replace(whole, "<v1>0", "<v1>4294967296", 1)), "index"},
		"a word":                  {file(strings.Replace(whole, "<x>1", "<x>one", 1)), "number"},
		"not a number":            {file(strings.Replace(whole, "<x>1", "<x>nan", 1)), "number"},
		"two coordinates":         {file(strings.Replace(whole, "<x>1</x>", "", 1)), "number"},
		"ends early":              {file(whole)[:300], "truncated"},
		"another root":            {"<svg/>", "no-model"},
		"nothing in it":           {file(""), "no-surface"},
		"a circle":                {file(whole + `<constellation id="2"><instance objectid="3"/></constellation><constellation id="3"><instance objectid="2"/></constellation>`), "component-circle"},
		"ten to the 38th":         {file(laughs), "limit"},
		"a thousand of them":      {file(strings.Join(strings.SplitAfter(laughs, "</constellation>")[:4], "")), "limit"},
		"a document type":         {"<!DOCTYPE amf>" + file(whole), "xml-dtd"},
		"a cut archive":           {"PK\x03\x04", "archive"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readText(c.text)
			var fault *mesh.FileError
			if !errors.As(err, &fault) || fault.Key != c.key {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
}

func TestReadSamples(t *testing.T) {
	for name, want := range map[string]string{"slic3r_20mmbox.amf": "20mmbox.stl×12(68.5 35 0)", "slic3r_5061_malicious.amf": "part file: index, line 6"} {
		data, err := os.ReadFile("../../../../shared/data/parts/amf/" + name)
		if err != nil {
			t.Skip("the sample parts are not here")
		}
		m, err := readText(string(data))
		got := fmt.Sprint(err)
		if err == nil {
			got = said(m)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(file(whole + `<constellation id="2"><instance objectid="1"><deltax>5</deltax><rz>4</rz></instance></constellation>`)))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 1000, Bytes: 1 << 20})
		if err != nil {
			if _, ok := err.(*mesh.FileError); !ok {
				t.Fatalf("an error without a key: %v", err)
			}
			return
		}
		total := 0
		for _, o := range m.Objects {
			total += len(o.Mesh.Triangles)
			for _, tri := range o.Mesh.Triangles {
				if int(max(tri[0], tri[1], tri[2])) >= len(o.Mesh.Points) {
					t.Fatalf("triangle %v of %d points", tri, len(o.Mesh.Points))
				}
			}
		}
		if total == 0 || total > 1000 {
			t.Fatalf("%d triangles", total)
		}
	})
}

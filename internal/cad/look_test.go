package cad

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"bassin/internal/mesh"
)

// lookedAt tells why a file is not given to the worker: "" when it is.
func lookedAt(r io.Reader, kind Kind) string {
	if _, err := io.Copy(io.Discard, look(r, kind)); err != nil {
		return keyOf(err)
	}
	return ""
}

// step makes a file of a data section.
func step(data string) string {
	return "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('ADVANCED_FACE'),'2;1');\nENDSEC;\nDATA;\n" + data + "ENDSEC;\nEND-ISO-10303-21;\n"
}

// iges makes a file of the types of its directory.
func iges(types ...int) string {
	b := &strings.Builder{}
	line := func(text string, section byte, n int) { fmt.Fprintf(b, "%-72s%c%7d\r\n", text, section, n) }
	line("", 'S', 1)
	line("1H,,1H;,4Hpart,8Hpart.igs;", 'G', 1)
	for i, t := range types {
		line(fmt.Sprintf("%8d%8d%8d%8d%8d%8d%8d%8d00000000", t, i+1, 0, 0, 0, 0, 0, 0), 'D', 2*i+1)
		line(fmt.Sprintf("%8d%8d%8d%8d%8d", t, 0, 0, 1, 0), 'D', 2*i+2)
	}
	return b.String()
}

// seenFiles are files with what the worker makes of them: nothing but nonsense is kept from it.
var seenFiles = []struct {
	name    string
	kind    Kind
	content string
	want    string
}{
	{"a face of a solid", STEP, step("#1=ADVANCED_BREP_SHAPE_REPRESENTATION('',(#2),#9);\n#2=MANIFOLD_SOLID_BREP('',#3);\n#3=CLOSED_SHELL('',(#4));\n#4=ADVANCED_FACE('',(#5),#6,.T.);\n"), ""},
	{"keywords in small letters", STEP, "ISO-10303-21;\nHeader;\nEndSec;\nData;\n#1=shape_representation('',(#2),#9);#2=open_shell('',(#3));EndSec;\n", ""},
	{"spaces, comments and signs for printers", STEP, step("#1 =\n SHAPE_REPRESENTATION \r\n\t('',(#2),#9);\n#2 = FACE_SURFACE/* a face */('',(#5),#6,.T.);\n"), ""},
	{"an instance of several types", STEP, step("#1=(GEOMETRIC_REPRESENTATION_ITEM()REPRESENTATION_ITEM('')SURFACE())\n;#2=(REPRESENTATION('',(#1),#3)SHAPE_REPRESENTATION());"), ""},
	{"a set of surfaces", STEP, step("#1=GEOMETRICALLY_BOUNDED_SURFACE_SHAPE_REPRESENTATION('',(#2),#9);#2=GEOMETRIC_SET('',(#3));#3=RECTANGULAR_TRIMMED_SURFACE('',#4,0.,1.,0.,1.,.T.,.T.);"), ""},
	{"facets", STEP, step("#1=FACETED_BREP_SHAPE_REPRESENTATION('',(#2),#9);#2=FACETED_BREP('',#3);"), ""},
	{"triangles of AP242", STEP, step("#1=TESSELLATED_SHAPE_REPRESENTATION('',(#2),#9);#2=TESSELLATED_SOLID('',(#3),$);"), ""},
	{"short names", STEP, step("#1=SHPRPR('',(#2),#9);#2=ADVFC('',(#5),#6,.T.);"), ""},
	{"a data section of the third edition", STEP, "ISO-10303-21;DATA('a',('AP242'));#1=SHAPE_REPRESENTATION();#2=PLANE('',#3);ENDSEC;", ""},
	{"broken before the face", STEP, step("#1=SHAPE_REPRESENTATION('it's broken\n#7=CARTES('',\x00(((\xff;\n#2=ADVANCED_FACE('',(#5),#6,.T.);\n"), ""},

	{"nothing", STEP, "", "convert-failed"},
	{"no data section", STEP, "ISO-10303-21;HEADER;#1=SHAPE_REPRESENTATION();#2=ADVANCED_FACE();", "convert-failed"},
	{"an empty data section", STEP, step(""), "convert-empty"},
	{"points", STEP, step(strings.Repeat("#1=CARTESIAN_POINT('',(0.,1.,2.));\n", 100)), "convert-empty"},
	{"faces that no form names", STEP, step("#1=ADVANCED_FACE('',(#2),#3,.T.);\n"), "convert-empty"},
	{"curves, colours and angles", STEP, step("#1=SHAPE_REPRESENTATION('',(#2),#9);#2=SURFACE_CURVE();#3=SURFACE_STYLE_USAGE();#4=(NAMED_UNIT(*)SI_UNIT($,.STERADIAN.)SOLID_ANGLE_UNIT());"), "convert-empty"},
	{"a word without an end", STEP, step("#1=SHAPE_REPRESENTATION();" + strings.Repeat("FACE", 1000)), "convert-empty"},

	{"a trimmed surface", IGES, iges(116, 128, 142, 144), ""},
	{"a solid", IGES, iges(186), ""},
	{"without ends of lines", IGES, strings.ReplaceAll(iges(120), "\r\n", ""), ""},
	{"ends of lines alone", IGES, strings.ReplaceAll(iges(514), "\r\n", "\n"), ""},
	{"points and lines", IGES, iges(116, 110, 126), "convert-empty"},
	{"no directory", IGES, iges(), "convert-failed"},
	{"nothing", IGES, "", "convert-failed"},
	{"no number", IGES, strings.ReplaceAll(iges(144), " 144", "x144"), "convert-empty"},
}

func TestLook(t *testing.T) {
	for _, c := range seenFiles {
		if got := lookedAt(strings.NewReader(c.content), c.kind); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.kind, c.name, got, c.want)
		}
		if got := lookedAt(iotest.OneByteReader(strings.NewReader(c.content)), c.kind); got != c.want {
			t.Errorf("%s %s, byte by byte: %q, want %q", c.kind, c.name, got, c.want)
		}
	}
}

// No real file is kept from the worker.
func TestLookAtParts(t *testing.T) {
	files, err := filepath.Glob(parts + "step/*")
	if err != nil || len(files) == 0 {
		t.Skip("no parts beside the source")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got := lookedAt(f, STEP); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Nonsense is refused without the worker, which takes a gigabyte and a minute to say so of some of it.
func TestNonsenseIsCheap(t *testing.T) {
	c := scripted(t, "process.exit(0)") // which would be convert-failed
	line := "#1=CARTESIAN_POINT('',(0.,1.,2.));\n"
	started := time.Now()
	content := io.MultiReader(strings.NewReader(step("")), iotest.DataErrReader(strings.NewReader(strings.Repeat(line, 44<<20/len(line)))))
	if _, err := c.Convert(t.Context(), content, 44<<20, STEP, mesh.DefaultLimits); keyOf(err) != "convert-empty" {
		t.Error(err)
	}
	t.Logf("44 MB in %.2f s", time.Since(started).Seconds())
}

// What is looked for does not depend on how the bytes come, and what is found is not lost by what follows.
func FuzzLook(f *testing.F) {
	for _, c := range seenFiles {
		f.Add([]byte(c.content), "ENDSEC;'", c.kind == IGES)
	}
	f.Fuzz(func(t *testing.T, content []byte, more string, exchange bool) {
		kind := STEP
		if exchange {
			kind = IGES
		}
		got := lookedAt(strings.NewReader(string(content)), kind)
		if slow := lookedAt(iotest.HalfReader(iotest.OneByteReader(strings.NewReader(string(content)))), kind); slow != got {
			t.Fatalf("%q, byte by byte %q", got, slow)
		}
		if got == "" && lookedAt(strings.NewReader(string(content)+"\n"+more), kind) != "" {
			t.Fatal("found, and lost")
		}
	})
}

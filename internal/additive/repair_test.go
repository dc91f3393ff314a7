package additive

import (
	"math"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/mesh"
)

// An open part is closed in a revision of its own, which says what was done; the one before stays as it was.
func TestRepair(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, before := w.drop(w.designer, w.office, "boîte.stl", stlOf(t, without(cube(mesh.Vec{}, 20), 2)))
		if _, body := w.ask(w.designer, http.MethodGet, p.URL(), nil); !strings.Contains(body, p.URL()+"/repair") {
			t.Fatal("the page offers no repair")
		}
		for name, code := range map[string]int{"another organisation": 404, "its own": 303} {
			by := w.turner
			if code == 303 {
				by = w.designer
			}
			if got, body := w.ask(by, http.MethodPost, p.URL()+"/repair", url.Values{}); got != code {
				t.Fatalf("%s: %d %s", name, got, body)
			}
		}
		r := w.checked(p)
		x, err := r.ReportOf()
		must(t, err)
		y, ok, err := r.Repaired()
		must(t, err)
		if r.Number != 2 || r.RepairOf != 1 || r.FileName != "boîte-repaired.3mf" || r.Hash == before.Hash || !ok || !y.Closed() || !x.Manifold() || math.Abs(x.Measured(r.Unit).VolumeMM3-8000) > 1e-6 {
			t.Errorf("repaired: %+v, %+v, %+v", r, y, x)
		}
		if len(y.Steps) != 1 || y.Steps[0] != (RepairStep{"holes-filled", 1}) {
			t.Errorf("steps %+v", y.Steps)
		}
		if again := w.revision(p, 1); again.Hash != before.Hash || again.Report != before.Report {
			t.Error("the revision before has changed")
		}
		_, body := w.ask(w.designer, http.MethodGet, p.URL(), nil)
		for _, words := range []string{"Réparée depuis la révision A", "1 trou comblé", "boîte-repaired.3mf"} {
			if !strings.Contains(body, words) {
				t.Errorf("the page lacks %q", words)
			}
		}
		if _, err := w.s.Repair(t.Context(), w.designer, p.ID); err == nil {
			t.Error("a closed part is repaired")
		}
		if code, body := w.ask(w.designer, http.MethodGet, "/api/v1"+p.URL(), nil); code != 200 || !strings.Contains(body, `"repair":{"steps":[{"key":"holes-filled","count":1}]`) {
			t.Errorf("the API: %d %s", code, body)
		}
	})
}

// A file in inches is repaired in inches: what is chosen holds for what is made.
func TestRepairKeepsTheUnit(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	p, _ := w.drop(w.designer, w.office, "boîte.stl", stlOf(t, without(cube(mesh.Vec{}, 20), 2)))
	_, err := w.s.SetUnit(t.Context(), w.designer, p.ID, mesh.Centimetre)
	must(t, err)
	w.checked(p)
	_, err = w.s.Repair(t.Context(), w.designer, p.ID)
	must(t, err)
	r := w.checked(p)
	x, err := r.ReportOf()
	must(t, err)
	if y, _, _ := r.Repaired(); math.Abs(y.VolumeAfter-8e6) > 1e-3 || math.Abs(y.AreaBefore-200*200*5) > 1e-3 {
		t.Errorf("%+v", y)
	}
	if m := x.Measured(r.Unit); math.Abs(m.VolumeMM3-8e6) > 1e-3 || math.Abs(m.SizeMM[0]-200) > 1e-6 {
		t.Errorf("%+v", m)
	}
}

// Bodies that overlap are united where Node is; else the revision says why they are not.
func TestBodiesAreUnited(t *testing.T) {
	two := func(w *world) Part {
		p, _ := w.drop(w.designer, w.office, "deux corps.stl", stlOf(t, both(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 10, Y: 4, Z: 6}, 20))))
		w.derived(p, 1)
		if code, body := w.ask(w.designer, http.MethodPost, p.URL()+"/repair", url.Values{}); code != 303 {
			t.Fatalf("repair: %d %s", code, body)
		}
		return p
	}
	says := func(w *world, p Part, words ...string) {
		t.Helper()
		_, body := w.ask(w.designer, http.MethodGet, p.URL(), nil)
		for _, x := range words {
			if !strings.Contains(body, x) {
				t.Errorf("the page lacks %q", x)
			}
		}
	}
	w := newWorld(t, dbtest.Open(t))
	p := two(w)
	y, _, err := w.checked(p).Repaired()
	must(t, err)
	if len(y.Steps) > 0 || y.NotUnited == nil || y.NotUnited.Key != "unite-none" || y.Changed() {
		t.Errorf("without Node: %+v", y)
	}
	says(w, p, "il y faut le programme Node")

	reader, err := cad.Find("", func(name string) ([]byte, error) {
		for _, folder := range []string{"occt-import-js/dist/", "manifold-3d/"} {
			if b, err := os.ReadFile("../../node_modules/" + folder + name); err == nil {
				return b, nil
			}
		}
		return nil, os.ErrNotExist
	})
	must(t, err)
	if reader == nil {
		t.Skip("Node is not installed, or the libraries (make assets)")
	}
	w = newWorld(t, dbtest.Open(t))
	w.s.cad = reader
	p = two(w)
	y, _, err = w.checked(p).Repaired()
	must(t, err)
	const common = 10 * 16 * 14
	if len(y.Steps) != 1 || y.Steps[0] != (RepairStep{"bodies-united", 2}) || y.NotUnited != nil || math.Abs(y.VolumeAfter-(16000-common)) > 0.1 || !y.Changed() {
		t.Errorf("%+v", y)
	}
	says(w, p, "2 corps qui se chevauchaient réunis", "Le volume n’est plus le même")
}

package additive

import (
	"net/http"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/mesh"
	"bassin/internal/search"
)

// stretched is a block of three sides.
func stretched(x, y, z float64) *mesh.Mesh {
	m := cube(mesh.Vec{}, 1)
	for i, p := range m.Points {
		m.Points[i] = mesh.Vec{X: p.X * x, Y: p.Y * y, Z: p.Z * z}
	}
	return m
}

// A part is found by its shape, at another scale and lying otherwise, by who sees it; what looks otherwise, and what others hold, is not.
func TestSimilarParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		plate, _ := w.drop(w.designer, w.office, "plaque.stl", stlOf(t, stretched(40, 30, 5)))
		same, _ := w.drop(w.designer, w.office, "debout.stl", stlOf(t, stretched(10, 80, 60)))
		rod, _ := w.drop(w.designer, w.office, "tige.stl", stlOf(t, stretched(2, 2, 90)))
		theirs, _ := w.drop(w.turner, w.shop, "ailleurs.stl", stlOf(t, stretched(40, 30, 5)))
		gone, _ := w.drop(w.designer, w.office, "retiree.stl", stlOf(t, stretched(40, 30, 5)))
		must(t, w.s.Remove(t.Context(), w.designer, gone.ID))
		code, body := w.ask(w.designer, http.MethodGet, plate.URL(), nil)
		if code != 200 || !strings.Contains(body, `href="`+same.URL()+`"`) || !strings.Contains(body, "Même forme") {
			t.Errorf("%d, without the same part standing", code)
		}
		for name, p := range map[string]Part{"a rod": rod, "another organisation's": theirs, "a removed one": gone} {
			if strings.Contains(body, string(p.ID)) {
				t.Errorf("%s is shown as similar", name)
			}
		}
	})
}

func TestPartsAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, _ := w.drop(w.designer, w.office, "support_moteur.stl", stlOf(t, cube(mesh.Vec{}, 20)))
		find := func(walls []string, text string) (n int) {
			t.Helper()
			must(t, d.View(t.Context(), func(tx db.Tx) error {
				hits, err := search.Find(tx, search.Query{Text: text, Walls: walls, Limit: 10})
				n = len(hits.List)
				return err
			}))
			return n
		}
		ours, others := SearchWalls(w.designer), SearchWalls(w.turner)
		if find(ours, "supports moteurs") != 1 || find(ours, "PA-0001") != 1 || find(others, "support") != 0 {
			t.Error("found:", find(ours, "supports moteurs"), find(ours, "PA-0001"), find(others, "support"))
		}
		_, err := w.s.Rename(t.Context(), w.designer, p.ID, "Palier")
		must(t, err)
		if find(ours, "palier") != 1 {
			t.Error("not found by its new title")
		}
		must(t, w.s.Remove(t.Context(), w.designer, p.ID))
		if find(ours, "palier") != 0 {
			t.Error("found after it was removed")
		}
		must(t, w.s.Restore(t.Context(), w.designer, p.ID))
		if find(ours, "palier") != 1 {
			t.Error("not found once it was restored")
		}
	})
}

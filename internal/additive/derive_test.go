package additive

import (
	"image/png"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/job"
	"bassin/internal/mesh"
)

func (w *world) revision(p Part, number int) (r Revision) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { r, err = getRevision(tx, p.ID, number); return err }))
	return r
}

// derived waits until all is made that a revision has.
func (w *world) derived(p Part, number int) (r Revision) {
	w.t.Helper()
	for range 600 {
		if r = w.revision(p, number); r.Derived == derived {
			return r
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("nothing was made of part %s in 30 s", p.Code())
	return r
}

func TestAPartHasAPicture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, _ := w.drop(w.designer, w.office, "bride.stl", stlOf(t, cube(mesh.Vec{}, 20)))
		if r := w.derived(p, 1); r.PictureHash == "" || r.LyingHash == "" || r.FieldHash == "" {
			t.Fatalf("no picture: %+v", r)
		}
		url := p.URL() + "/revisions/1/picture"
		code, body := w.ask(w.designer, http.MethodGet, url, nil)
		picture, err := png.Decode(strings.NewReader(body))
		if code != 200 || err != nil || picture.Bounds().Dx() != 640 || picture.Bounds().Dy() != 480 {
			t.Errorf("the picture: %d, %v", code, err)
		}
		for _, page := range []string{"/parts", p.URL()} {
			if _, body := w.ask(w.designer, http.MethodGet, page, nil); !strings.Contains(body, `src="`+url+`"`) {
				t.Errorf("%s does not show it", page)
			}
		}
		for name, by := range map[string]account.Actor{"another organisation": w.turner, "somebody in none": w.inventor} {
			for _, of := range []string{"picture", "lying", "lying/list", "field", "view", "file"} {
				if code, _ := w.ask(by, http.MethodGet, p.URL()+"/revisions/1/"+of, nil); code != 404 {
					t.Errorf("%s gets the %s: %d", name, of, code)
				}
			}
		}
		if code, _ := w.ask(w.designer, http.MethodGet, p.URL()+"/revisions/9/picture", nil); code != 404 {
			t.Errorf("of a revision that is not there: %d", code)
		}
	})
}

// A file of exact surfaces is read in Node where that is, and where it came before Node did, once it is there.
func TestAFileOfExactSurfaces(t *testing.T) {
	content, err := os.ReadFile("../../../shared/data/parts/step/occt_cube_m.step")
	if err != nil {
		t.Skip("no parts beside the source")
	}
	reader, err := cad.Find("", func(name string) ([]byte, error) {
		return os.ReadFile("../../node_modules/occt-import-js/dist/" + name)
	})
	must(t, err)
	if reader == nil {
		t.Skip("Node is not installed, or the library (make assets)")
	}
	w := newWorld(t, dbtest.Open(t))
	p, r := w.drop(w.designer, w.office, "cube.step", content)
	if r.State != Unreadable {
		t.Fatalf("without Node: %s", r.State)
	}
	w.s.cad = reader
	must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
		_, err := w.s.queue.Enqueue(tx, job.Request{Kind: renewKind, Args: struct{}{}})
		return err
	}))
	for range 600 {
		if r = w.revision(p, 1); r.State == Checked {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	r = w.derived(p, 1)
	if r.State != Checked || r.MeshHash == "" || r.PictureHash == "" || r.ViewHash == "" || r.Fault != "" {
		t.Fatalf("read again: %+v", r)
	}
	x, err := r.ReportOf()
	must(t, err)
	if m := x.Measured(r.Unit); x.Format != "step" || x.Unit != mesh.Millimetre || m.VolumeMM3 < 0.999999e9 || m.VolumeMM3 > 1.000001e9 || !x.Manifold() {
		t.Errorf("%+v", x)
	}
	if code, body := w.ask(w.designer, http.MethodGet, p.URL()+"/revisions/1/file", nil); code != 200 || body != string(content) {
		t.Errorf("the file as it was sent: %d, %d bytes", code, len(body))
	}
	r.Derived = 0 // its triangles are there: they are not made again
	w.s.cad = nil
	must(t, w.s.renewOne(t.Context(), &r, thinLimits{}))
	if r.Derived != derived {
		t.Errorf("%+v", r)
	}
	var all []string
	must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { all, err = Hashes(tx); return err }))
	if !slices.Contains(all, r.MeshHash) {
		t.Error("the store's check does not know the triangles")
	}
}

// What an earlier program checked gets what it lacks; what cannot be read any more is left, once.
func TestPartsCheckedBeforeGetAPicture(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, _ := w.drop(w.designer, w.office, "bride.stl", stlOf(t, cube(mesh.Vec{}, 20)))
		lost, _ := w.drop(w.designer, w.office, "perdue.stl", stlOf(t, cube(mesh.Vec{}, 30)))
		before := w.derived(p, 1)
		w.derived(lost, 1)
		must(t, d.Do(t.Context(), func(tx db.Tx) error {
			if _, err := tx.Exec(`update additive_revision set derived = 0, measured = 0, picture_hash = '', picture_size = 0`); err != nil {
				return err
			}
			if _, err := tx.Exec(`update additive_revision set hash = $1 where part_id = $2`, strings.Repeat("0", 64), lost.ID); err != nil {
				return err
			}
			_, err := w.s.queue.Enqueue(tx, job.Request{Kind: renewKind, Args: struct{}{}})
			return err
		}))
		var r, gone Revision
		for range 600 {
			if r, gone = w.revision(p, 1), w.revision(lost, 1); r.Derived > 0 && gone.Derived > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if r.PictureHash != before.PictureHash || r.LyingHash != before.LyingHash || r.FieldHash != before.FieldHash || r.Derived != derived || r.Measured != measured || r.Report != before.Report || r.CheckedAt != before.CheckedAt {
			t.Errorf("renewed: %+v, was %+v", r, before)
		}
		if gone.PictureHash != "" || gone.Derived != derived || gone.State != Checked {
			t.Errorf("the lost one: %+v", gone)
		}
	})
}

package additive

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
)

// modelOf is a model of such bodies.
func modelOf(bodies ...*mesh.Mesh) *mesh.Model {
	m := &mesh.Model{}
	for _, b := range bodies {
		m.Objects = append(m.Objects, mesh.Object{Mesh: b})
	}
	return m
}

// sentOf is what a browser sends of a model.
func sentOf(model *mesh.Model) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("BSNM"), uint32(len(model.Objects)))
	for _, o := range model.Objects {
		m := o.Mesh
		b = le.AppendUint32(b, uint32(len(o.Name)))
		b = append(b, o.Name...)
		b = le.AppendUint32(b, uint32(len(m.Points)))
		for _, p := range m.Points {
			b, _ = binary.Append(b, le, [3]float64{p.X, p.Y, p.Z})
		}
		b = le.AppendUint32(b, uint32(len(m.Triangles)))
		for _, t := range m.Triangles {
			b, _ = binary.Append(b, le, t)
		}
	}
	return b
}

// exact is a file of exact surfaces as far as its head tells.
const exact = "ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"

// send sends triangles as the page's script does.
func (w *world) send(by account.Actor, p Part, hash string, body []byte) (int, string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.srv.URL+"/api/v1/parts/"+string(p.ID)+"/triangles?sha256="+hash, bytes.NewReader(body))
	must(w.t, err)
	q.Header.Set("X-Who", string(by.ID))
	q.Header.Set("Content-Type", "application/octet-stream")
	res, err := http.DefaultClient.Do(q)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	must(w.t, err)
	return res.StatusCode, string(text)
}

// Without a converter the browser of who sent a file of exact surfaces makes its triangles; what comes is checked as any file, and
// the part says where it comes from.
func TestABrowserConverts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, r := w.drop(w.designer, w.office, "bride.step", []byte(exact))
		if !r.convertible() {
			t.Fatalf("%+v", r)
		}
		for _, path := range []string{p.URL(), "/parts"} {
			if code, body := w.ask(w.designer, "GET", path, nil); code != 200 || !strings.Contains(body, `data-kind="step"`) || !strings.Contains(body, `data-auto="true"`) || !strings.Contains(body, r.Hash) || strings.Contains(body, "<td role=\"cell\">Illisible") {
				t.Errorf("%s does not let the browser convert: %d %s", path, code, body)
			}
		}
		colleague := w.person("colleague", w.office)
		if _, body := w.ask(colleague, "GET", p.URL(), nil); !strings.Contains(body, `data-auto="false"`) {
			t.Error("the browser of a colleague converts without being asked to")
		}
		for name, by := range map[string]account.Actor{"another organisation": w.turner, "somebody in none": w.inventor} {
			if code, _ := w.send(by, p, r.Hash, sentOf(modelOf(cube(mesh.Vec{}, 20)))); code != 404 {
				t.Errorf("%s sends triangles: %d", name, code)
			}
		}
		if code, _ := w.send(w.designer, p, strings.Repeat("0", 64), sentOf(modelOf(cube(mesh.Vec{}, 20)))); code != 409 {
			t.Errorf("triangles of another file: %d", code)
		}
		cut := sentOf(modelOf(cube(mesh.Vec{}, 20)))
		for name, body := range map[string][]byte{"nothing": nil, "rubbish": []byte("rubbish"), "half of it": cut[:len(cut)/2], "no surface": sentOf(modelOf()), "more than there is": []byte("BSNM\xff\xff\xff\xff")} {
			if code, said := w.send(w.designer, p, r.Hash, body); code != 200 {
				t.Fatalf("%s: %d %s", name, code, said)
			}
			if r = w.checked(p); r.State != Unreadable || !r.convertible() || r.MeshHash != "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if _, body := w.ask(w.designer, "GET", p.URL(), nil); !strings.Contains(body, `data-auto="false"`) {
			t.Error("a browser whose triangles could not be read tries for ever")
		}
		if code, said := w.send(w.designer, p, r.Hash, sentOf(modelOf(cube(mesh.Vec{}, 20), cube(mesh.Vec{X: 40}, 10)))); code != 200 {
			t.Fatalf("%d %s", code, said)
		}
		if r = w.checked(p); r.State != Checked || !r.InBrowser() || r.MeshHash == "" || r.Hash != string(w.revision(p, 1).Hash) {
			t.Fatalf("%+v", r)
		}
		if code, said := w.send(w.designer, p, r.Hash, sentOf(modelOf(cube(mesh.Vec{}, 20)))); code != 409 {
			t.Errorf("triangles of a file that was read: %d %s", code, said)
		}
		x, err := r.ReportOf()
		must(t, err)
		if x.Format != "step" || x.Objects != 2 || x.Volume != 9000 || x.Shells != 2 {
			t.Errorf("%+v", x)
		}
		r = w.derived(p, 1)
		if code, body := w.ask(w.designer, "GET", p.URL(), nil); code != 200 || !strings.Contains(body, "dans le navigateur de qui a envoyé") || !strings.Contains(body, "convertie dans un navigateur") || strings.Contains(body, "data-converting") {
			t.Errorf("the part does not say where its triangles come from: %d %s", code, body)
		}
		if code, body := w.ask(w.designer, "GET", p.URL()+"/revisions/1/file", nil); code != 200 || body != exact {
			t.Errorf("the file as it was sent: %d, %d bytes", code, len(body))
		}
		w.s.cad = nil
		r.Measured = 0 // by a later program
		must(t, w.s.renewOne(t.Context(), &r, thinLimits{}))
		if x, err = r.ReportOf(); err != nil || x.Format != "step" || x.Found[len(x.Found)-1].Key != madeInBrowser {
			t.Errorf("measured again: %+v %v", x, err)
		}
		all := listOf(t, w.d)
		for _, hash := range []string{r.SentHash, r.MeshHash} {
			if !strings.Contains(all, hash) {
				t.Error("the store's check does not know what a browser sent")
			}
		}
	})
}

func listOf(t *testing.T, d *db.DB) string {
	var all []string
	must(t, d.View(t.Context(), func(tx db.Tx) (err error) { all, err = Hashes(tx); return err }))
	return strings.Join(all, " ")
}

// A server that has a converter again reads itself what browsers read for it: the same triangles are confirmed, others replaced.
func TestTheServerConfirms(t *testing.T) {
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
	model, err := reader.Convert(t.Context(), bytes.NewReader(content), int64(len(content)), cad.STEP, limits)
	must(t, err)
	same, _ := w.drop(w.designer, w.office, "same.step", content)
	other, _ := w.drop(w.designer, w.office, "other.step", content)
	for p, m := range map[*Part]*mesh.Model{&same: model, &other: modelOf(cube(mesh.Vec{}, 20))} {
		if code, said := w.send(w.designer, *p, w.revision(*p, 1).Hash, sentOf(m)); code != 200 {
			t.Fatalf("%d %s", code, said)
		}
		w.derived(*p, 1)
	}
	before := w.revision(same, 1)
	w.s.cad = reader
	must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
		_, err := w.s.queue.Enqueue(tx, job.Request{Kind: renewKind, Args: struct{}{}})
		return err
	}))
	for _, p := range []Part{same, other} {
		for range 600 {
			if r := w.revision(p, 1); r.State == Checked && !r.InBrowser() {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		r := w.derived(p, 1)
		x, err := r.ReportOf()
		must(t, err)
		if m := x.Measured(r.Unit); r.InBrowser() || x.Format != "step" || m.VolumeMM3 < 0.999999e9 || m.VolumeMM3 > 1.000001e9 {
			t.Errorf("%s: %+v", p.Title, x)
		}
		if strings.Contains(r.Report, madeInBrowser) {
			t.Errorf("%s: %s", p.Title, r.Report)
		}
	}
	if r := w.revision(same, 1); r.MeshHash != before.MeshHash || r.CheckedAt != before.CheckedAt || r.JobID != before.JobID {
		t.Errorf("the same triangles were checked again: %+v, was %+v", r, before)
	}
	w.s.cad = nil
	lost := w.revision(same, 1)
	lost.Hash = strings.Repeat("0", 64)
	if _, err := w.s.convertHere(t.Context(), lost); !fault.Is(err, fault.NotFound) && !file.IsDamaged(err) {
		t.Errorf("a file that is lost: %v", err)
	}
}

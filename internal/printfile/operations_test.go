package printfile

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/batch"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/mesh/stl"
	"bassin/internal/park"
	"bassin/internal/slicer"
	"bassin/internal/web"
)

// world is a shop with a machine, a bureau that orders a part of it, and pages.
type world struct {
	t                       *testing.T
	d                       *db.DB
	s                       *Service
	srv                     *httptest.Server
	turner, clerk, designer account.Actor
	machine                 park.Machine
	order, wanted           making.Order
	accounts                *account.Service
	making                  *making.Service
	batches                 *batch.Service
	mux                     *web.Mux
	queue                   *job.Queue
	files                   string // the folder of what is kept
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// echo is a slicer that writes a small print, of as many squares as copies are asked for, or says why not.
const echo = `#!/bin/sh
for a in "$@"; do case "$a" in *.3mf) part="$a";; esac; done
grep -q post_process settings.ini && { echo "a program would be started" >&2; exit 1; }
grep -q "fill_density = 99" settings.ini && { echo "Objects could not fit on the bed" >&2; exit 1; }
test -s "$part" || exit 1
grep -q "gcode_substitutions" settings.ini && { echo "nothing that moves" > out.gcode; exit 0; }
printf 'G90\nM83\nG1 Z0.2 F600\nG1 X0 Y0 F3000\nG1 X20 Y0 E1 F1200\nG1 X20 Y20 E1\nG1 X0 Y20 E1\nG1 X0 Y0 E1\n' > out.gcode
`

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	folder := t.TempDir()
	files, err := file.NewFolder(folder)
	must(t, err)
	path := filepath.Join(t.TempDir(), "slicer")
	must(t, os.WriteFile(path, []byte(echo), 0o700))
	program, err := slicer.Find(path)
	must(t, err)
	w := &world{t: t, d: d, accounts: account.New(account.Options{DB: d}), files: folder}
	parts := additive.New(additive.Options{DB: d, Files: files})
	machines := park.New(park.Options{DB: d})
	w.making = making.New(making.Options{DB: d, Files: files})
	w.batches = batch.New(batch.Options{DB: d, Files: files, Making: w.making, Within: time.Second})
	w.s = New(Options{DB: d, Files: files, Slicer: program, Batch: w.batches})
	w.batches.Panels = append(w.batches.Panels, w.s.BatchPanel)
	machines.Panels = append(machines.Panels, w.s.MachinePanel)
	w.making.Panels = append(w.making.Panels, w.s.OrderPanel)
	q, err := job.New(t.Context(), d, job.Options{Workers: 2, Grace: time.Second})
	must(t, err)
	parts.Jobs(q)
	w.making.Jobs(q)
	w.batches.Jobs(q)
	w.s.Jobs(q)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	w.queue = q
	shop, office := w.organisation("Atelier"), w.organisation("Bureau d’études")
	w.turner, w.clerk, w.designer = w.person("tourneur", shop, account.Manager), w.person("commis", shop, account.Member), w.person("dessin", office, account.Member)
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.load(account.PersonID(r.Header.Get("X-Who"))))))
		})
	}})
	for _, f := range []interface {
		Pages(*web.Mux)
		API(*web.Mux)
	}{machines, parts, w.making, w.batches, w.s} {
		f.Pages(m)
		f.API(m)
	}
	m.NotFound()
	w.mux = m
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	w.fill(parts, machines, shop, office)
	return w
}

// fill makes the machine, and an order that was accepted.
func (w *world) fill(parts *additive.Service, machines *park.Service, shop, office account.OrganisationID) {
	w.t.Helper()
	ctx := w.t.Context()
	var err error
	w.machine, err = machines.AddMachine(ctx, w.turner, park.Machine{OrganisationID: shop, Process: park.FDM, Name: "Imprimante", AskedBy: park.Everyone, XMM: 250, YMM: 210, ZMM: 200,
		LeastLayerMM: 0.1, MostLayerMM: 0.3, Rates: park.Rates{HourCents: 500, AutoCents: 100_000}, Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080, Unattended: true}}, park.Open{})
	must(w.t, err)
	var material park.Material
	must(w.t, w.d.View(ctx, func(tx db.Tx) error {
		list, err := park.Materials(tx)
		for _, m := range list {
			if m.Process == park.FDM && m.Density > 0 && material.ID == "" {
				material = m
			}
		}
		return err
	}))
	must(w.t, machines.SetStock(ctx, w.turner, park.Stock{MachineID: w.machine.ID, MaterialID: material.ID, PriceCents: 2500}))
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: 20 * float64(i&1), Y: 20 * float64(i>>1&1), Z: 20 * float64(i>>2)})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	var b bytes.Buffer
	must(w.t, stl.Write(&b, m))
	f, err := parts.Keep(ctx, &b, "cube.stl")
	must(w.t, err)
	list, err := parts.Drop(ctx, w.designer, office, []additive.Dropped{f})
	must(w.t, err)
	for range 600 {
		var r additive.Revision
		must(w.t, w.d.View(ctx, func(tx db.Tx) (err error) { r, err = additive.RevisionOf(tx, list[0].ID, 1); return err }))
		if r.State == additive.Checked {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.wanted = making.Order{PartID: list[0].ID, MachineID: w.machine.ID, MaterialID: material.ID, Quantity: 2, Shows: making.File}
	w.order = w.accepted(w.wanted)
}

func (w *world) accepted(x making.Order) making.Order {
	w.t.Helper()
	o, err := w.making.Request(w.t.Context(), w.designer, x, nil)
	must(w.t, err)
	if o.State != making.Quoted {
		w.t.Fatalf("the order is %s", o.State)
	}
	o, err = w.making.Accept(w.t.Context(), w.designer, o.ID, 0)
	must(w.t, err)
	return o
}

func (w *world) organisation(name string) account.OrganisationID {
	o, err := w.accounts.AddOrganisation(w.t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name})
	must(w.t, err)
	return o.ID
}

func (w *world) person(name string, of account.OrganisationID, role account.MembershipRole) account.Actor {
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: of, Role: role}))
	return w.load(p.ID)
}

func (w *world) load(id account.PersonID) (a account.Actor) {
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

func (w *world) ask(by account.Actor, method, path string) (int, string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, http.NoBody)
	must(w.t, err)
	q.Header.Set("X-Who", string(by.ID))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(q)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	must(w.t, err)
	return res.StatusCode, b.String()
}

// made waits until the print file is there, or why it is not.
func (w *world) made() (p Printed) {
	w.t.Helper()
	for range 600 {
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { p, err = getPrinted(tx, w.order.ID); return err }))
		if p.MadeAt != 0 {
			return p
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.t.Fatal("no print file in 12 s")
	return p
}

func TestAPrintFileIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		if err := w.s.Make(ctx, w.turner, w.order.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("without settings: %v", err)
		}
		must(t, w.s.SetSettings(ctx, w.turner, w.machine.ID, "atelier.ini", strings.NewReader("layer_height = 0.2\npost_process = /bin/false\n")))
		if _, body := w.ask(w.turner, http.MethodGet, w.machine.URL()); !strings.Contains(body, "atelier.ini") {
			t.Error("the machine's page does not name its settings")
		}
		if _, body := w.ask(w.clerk, http.MethodGet, settingsURL(w.machine.ID)); !strings.Contains(body, "layer_height = 0.2") || strings.Contains(body, "post_process") {
			t.Error("the settings are not shown as they are kept")
		}
		if code, _ := w.ask(w.clerk, http.MethodPost, fileURL(w.order)); code != 303 {
			t.Fatalf("asked for: %d", code)
		}
		p := w.made()
		if p.Fault != "" || p.Pieces != 2 || p.FilamentMM < 3.9 || p.FilamentMM > 4.1 || p.Seconds < 3 || p.Seconds > 20 {
			t.Errorf("made: %+v", p)
		}
		_, body := w.ask(w.turner, http.MethodGet, w.order.URL())
		for _, words := range []string{w.order.Code() + ".gcode", "Refaire le G-code", "atelier.ini"} {
			if !strings.Contains(body, words) {
				t.Errorf("the order's page lacks %q", words)
			}
		}
		if code, body := w.ask(w.clerk, http.MethodGet, fileURL(w.order)); code != 200 || !strings.HasPrefix(body, "G90\n") {
			t.Errorf("the file: %d", code)
		}
		if code, body := w.ask(w.clerk, http.MethodGet, "/api/v1"+fileURL(w.order)); code != 200 || !strings.Contains(body, `"state":"made"`) {
			t.Errorf("the API: %d %s", code, body)
		}
		must(t, w.s.SetSettings(ctx, w.turner, w.machine.ID, "autre.ini", strings.NewReader("layer_height = 0.2\nfill_density = 99\n")))
		if _, body := w.ask(w.turner, http.MethodGet, w.order.URL()); !strings.Contains(body, "Les réglages ont changé depuis") {
			t.Error("nothing says that the settings have changed")
		}
		must(t, w.s.Make(ctx, w.turner, w.order.ID))
		if p := w.made(); p.Fault != "failed" || p.Said != "Objects could not fit on the bed" || p.Hash != "" {
			t.Errorf("refused by the slicer: %+v", p)
		}
		must(t, w.s.SetSettings(ctx, w.turner, w.machine.ID, "autre.ini", strings.NewReader("layer_height = 0.2\ngcode_substitutions = \"G\";\"x\";\"\";\"\"\n")))
		must(t, w.s.Make(ctx, w.turner, w.order.ID))
		if p := w.made(); p.Fault != "failed" || p.Hash != "" {
			t.Errorf("no G-code is written: %+v", p)
		}
		var hashes []string
		must(t, w.d.View(ctx, func(tx db.Tx) (err error) { hashes, err = Hashes(tx); return err }))
		if len(hashes) != 0 {
			t.Errorf("hashes %v", hashes)
		}
	})
}

// Settings and print files are the maker's; the requester has neither, nor has anybody else.
func TestTheWallsOfPrintFiles(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	ctx := t.Context()
	good := func() *strings.Reader { return strings.NewReader("layer_height = 0.2\n") }
	if err := w.s.SetSettings(ctx, w.clerk, w.machine.ID, "x.ini", good()); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who does not manage the shop sets them: %v", err)
	}
	if err := w.s.SetSettings(ctx, w.designer, w.machine.ID, "x.ini", good()); !fault.Is(err, fault.NotFound) {
		t.Errorf("the requester sets them: %v", err)
	}
	if err := w.s.SetSettings(ctx, w.turner, w.machine.ID, "x.ini", strings.NewReader("[bundle]\n")); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bundle: %v", err)
	}
	must(t, w.s.SetSettings(ctx, w.turner, w.machine.ID, "x.ini", good()))
	must(t, w.s.Make(ctx, w.turner, w.order.ID))
	w.made()
	for _, path := range []string{settingsURL(w.machine.ID), fileURL(w.order), "/api/v1" + fileURL(w.order)} {
		if code, _ := w.ask(w.designer, http.MethodGet, path); code != 404 {
			t.Errorf("the requester gets %s: %d", path, code)
		}
	}
	if code, _ := w.ask(w.designer, http.MethodPost, fileURL(w.order)); code == 303 {
		t.Error("the requester has it made")
	}
	if _, body := w.ask(w.designer, http.MethodGet, w.order.URL()); strings.Contains(body, "G-code") {
		t.Error("the requester's page speaks of it")
	}
	must(t, w.s.RemoveSettings(ctx, w.turner, w.machine.ID))
}

// plate waits until the print file of a plate is there, or why it is not.
func (w *world) plate(id batch.ID, n int) (p Plate) {
	w.t.Helper()
	for range 600 {
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { p, err = getPlate(tx, id, n); return err }))
		if p.MadeAt != 0 {
			return p
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.t.Fatal("no print file in 12 s")
	return p
}

// A plate of a batch has a print file of its own, of all that lies on it; when that lies otherwise, the file is no longer given out.
func TestAPlateHasAPrintFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ctx := t.Context()
		must(t, w.s.SetSettings(ctx, w.turner, w.machine.ID, "atelier.ini", strings.NewReader("layer_height = 0.2\n")))
		b, err := w.batches.Plan(ctx, w.turner, []making.OrderID{w.order.ID, w.accepted(w.wanted).ID})
		must(t, err)
		must(t, w.batches.LayNow(ctx, w.turner, b.ID))
		laid := func() batch.Layout {
			t.Helper()
			for range 600 {
				var l batch.Layout
				ok := false
				must(t, w.d.View(ctx, func(tx db.Tx) (err error) { _, l, ok, err = batch.MayFile(tx, w.turner, b.ID); return err }))
				if ok {
					return l
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Fatal("the batch is not laid")
			return batch.Layout{}
		}
		laid()
		if _, body := w.ask(w.clerk, http.MethodGet, b.URL()); !strings.Contains(body, plateURL(b, 1)) {
			t.Error("the batch's page offers no print file")
		}
		for who, want := range map[string]int{"designer": 404, "clerk": 303} {
			by := map[string]account.Actor{"designer": w.designer, "clerk": w.clerk}[who]
			if code, _ := w.ask(by, http.MethodPost, plateURL(b, 1)); code != want {
				t.Errorf("%s asks: %d", who, code)
			}
		}
		for _, n := range []string{"0", "2", "-1", "x", "99999999999999999999"} {
			if code, _ := w.ask(w.clerk, http.MethodPost, b.URL()+"/print-file/"+n); code != 409 {
				t.Errorf("plate %s: %d", n, code)
			}
		}
		if p := w.plate(b.ID, 1); p.Fault != "" || p.Pieces != 4 || p.FilamentMM < 3.9 || p.FilamentMM > 4.1 {
			t.Errorf("made: %+v", p)
		}
		if code, body := w.ask(w.turner, http.MethodGet, plateURL(b, 1)); code != 200 || !strings.HasPrefix(body, "G90\n") {
			t.Errorf("the file: %d", code)
		}
		if code, _ := w.ask(w.designer, http.MethodGet, plateURL(b, 1)); code != 404 {
			t.Errorf("the requester gets it: %d", code)
		}
		api := "/api/v1" + b.URL() + "/plates/1/print-file"
		if code, body := w.ask(w.turner, http.MethodGet, api); code != 200 || !strings.Contains(body, `"state":"made"`) || !strings.Contains(body, plateURL(b, 1)) {
			t.Errorf("the API: %d %s", code, body)
		}
		if code, _ := w.ask(w.designer, http.MethodGet, api); code != 404 {
			t.Errorf("the requester reads what it takes: %d", code)
		}
		must(t, w.batches.Space(ctx, w.turner, b.ID, batch.Space{MM: 9}))
		laid()
		if code, _ := w.ask(w.turner, http.MethodGet, plateURL(b, 1)); code != 404 {
			t.Errorf("of another layout: %d", code)
		}
		if _, body := w.ask(w.turner, http.MethodGet, b.URL()); !strings.Contains(body, "ont changé depuis") {
			t.Error("nothing says that the layout has changed")
		}
	})
}

func TestBedCorner(t *testing.T) {
	for settings, want := range map[string][2]float64{
		"": {}, "bed_shape = 0x0,250x0,250x210,0x210": {}, "a = 1\nbed_shape = -100x-90,100x-90,100x90,-100x90\n": {-100, -90},
		"bed_shape = 1x": {}, "bed_shape = nanx0": {}, "bed_shape = 1e99x0": {},
	} {
		if got := bedCorner(settings); got != want {
			t.Errorf("%q: %v, want %v", settings, got, want)
		}
	}
}

package park

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// world is three organisations: two of one territory, one of another.
type world struct {
	t                   *testing.T
	d                   *db.DB
	accounts            *account.Service
	s                   *Service
	srv                 *httptest.Server
	school, shop, far   account.OrganisationID
	manager, operator   account.Actor // of the school
	neighbour, stranger account.Actor // of the shop, of the far organisation
	lead                account.Actor
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, d: d, accounts: account.New(account.Options{DB: d}), s: New(Options{DB: d})}
	w.school, w.shop, w.far = w.organisation("École", "ti-1"), w.organisation("Atelier", "ti-1"), w.organisation("Lointaine", "ti-2")
	w.manager, w.operator = w.person("gestion", account.Manager, w.school), w.person("operateur", account.Member, w.school)
	w.neighbour, w.stranger = w.person("voisin", account.Manager, w.shop), w.person("loin", account.Manager, w.far)
	w.lead = w.person("chef", account.Member)
	_, err := w.accounts.Give(t.Context(), account.System("test"), account.Grant{PersonID: w.lead.ID, Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-1"}, "")
	must(t, err)
	w.lead = w.load(w.lead.ID)
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.load(account.PersonID(r.Header.Get("X-Who"))))))
		})
	}})
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	return w
}

func (w *world) organisation(name, territory string) account.OrganisationID {
	o, err := w.accounts.AddOrganisation(w.t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name, TerritoryID: territory})
	must(w.t, err)
	return o.ID
}

func (w *world) person(name string, role account.MembershipRole, of ...account.OrganisationID) account.Actor {
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	for _, o := range of {
		must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: o, Role: role}))
	}
	return w.load(p.ID)
}

func (w *world) load(id account.PersonID) (a account.Actor) {
	if id == "" {
		return a
	}
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

func (w *world) machine(by account.Actor, of account.OrganisationID, name string, asked AskedBy, partners ...string) Machine {
	w.t.Helper()
	m, err := w.s.AddMachine(w.t.Context(), by, Machine{OrganisationID: of, Name: name, Process: FDM, AskedBy: asked, XMM: 200, YMM: 200, ZMM: 200, LeastLayerMM: 0.1, MostLayerMM: 0.3,
		Rates: Rates{HourCents: 4321}, Opening: Opening{"12345", 480, 1080, true}}, Open{Partners: partners})
	must(w.t, err)
	return m
}

func (w *world) ask(by account.Actor, method, path, kind, body string) (int, string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, strings.NewReader(body))
	must(w.t, err)
	q.Header.Set("X-Who", string(by.ID))
	q.Header.Set("Content-Type", kind)
	q.Header.Set("If-Match", "*")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(q)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	must(w.t, err)
	return res.StatusCode, b.String()
}

func (w *world) get(by account.Actor, path string) (int, string) {
	return w.ask(by, "GET", path, "", "")
}

func (w *world) post(by account.Actor, path string, pairs ...string) (int, string) {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return w.ask(by, "POST", path, "application/x-www-form-urlencoded", v.Encode())
}

func TestWhoSeesAMachine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		machines := map[AskedBy]Machine{}
		for _, a := range AskedBys() {
			machines[a] = w.machine(w.manager, w.school, "Machine "+string(a), a, "Lointaine")
		}
		for _, c := range []struct {
			by   account.Actor
			sees []AskedBy
		}{
			{w.manager, AskedBys()}, {w.operator, AskedBys()},
			{w.neighbour, []AskedBy{Everyone, Territory}}, {w.stranger, []AskedBy{Everyone, Partners}}, {w.lead, []AskedBy{Everyone, Territory}}, {account.Actor{}, nil},
		} {
			for a, m := range machines {
				want, own := 404, slices.Contains(c.by.Organisations(), w.school)
				if slices.Contains(c.sees, a) {
					want = 200
				}
				for _, path := range []string{m.URL(), "/api/v1" + m.URL()} {
					code, body := w.get(c.by, path)
					if code != want && !(c.by.ID == "" && (code == 401 || code == 303)) {
						t.Errorf("%q asks for %s of %s: %d, want %d", c.by.Name, path, a, code, want)
					}
					if rates := strings.Contains(body, "43,21") || strings.Contains(body, "4321"); code == 200 && rates != own {
						t.Errorf("%q: rates on %s shown: %v", c.by.Name, path, rates)
					}
				}
				for _, list := range []string{"/machines", "/api/v1/machines"} {
					if _, body := w.get(c.by, list); strings.Contains(body, string(m.ID)) != (want == 200) {
						t.Errorf("%q: %s in %s: %v", c.by.Name, a, list, want != 200)
					}
				}
				for _, path := range []string{"", "/remove", "/restore", "/stock", "/slots", "/stock/pla/remove"} {
					want := 404
					if path != "/restore" && slices.Contains(c.sees, a) {
						want = 403
					}
					if own || c.by.ID == "" {
						continue
					}
					code, _ := w.post(c.by, m.URL()+path, "stock.material_id", "pla", "stock.price_cents", "20", "slot.kind", "booking", "slot.title", "x",
						"slot.from", "2026-03-02", "slot.from_at", "08:00", "slot.to", "2026-03-02", "slot.to_at", "09:00", "open_from", "08:00", "open_to", "09:00", "version", "1")
					if code != want {
						t.Errorf("%q sends to %s%s: %d, want %d", c.by.Name, a, path, code, want)
					}
				}
			}
		}
		if _, err := w.s.SaveMachine(t.Context(), w.operator, machines[Ours], Open{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an operator changes a machine: %v", err)
		}
		if _, err := w.s.AddMachine(t.Context(), w.neighbour, machines[Ours], Open{}); !fault.Is(err, fault.Invalid) {
			t.Errorf("somebody adds a machine to another organisation: %v", err)
		}
	})
}

// The list shows exactly what the rule lets through, in random worlds.
func TestTheListShowsWhatTheRuleLetsThrough(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := rand.New(rand.NewPCG(7, 52900))
		organisations := []account.OrganisationID{"o0", "o1", "o2", "o3"}
		some := func() (list []account.OrganisationID) {
			for _, o := range organisations {
				if r.IntN(3) == 0 {
					list = append(list, o)
				}
			}
			return list
		}
		territories := []string{"", "t1", "t2"}
		partners := map[MachineID][]account.OrganisationID{}
		var all []Machine
		must(t, d.Do(t.Context(), func(tx db.Tx) error {
			for i := range 60 {
				m := Machine{ID: MachineID(fmt.Sprintf("m%02d", i)), OrganisationID: organisations[r.IntN(4)], TerritoryID: territories[r.IntN(3)], Process: FDM, Name: "M", AskedBy: AskedBys()[r.IntN(4)], Figures: "{}", Version: 1}
				if r.IntN(8) == 0 {
					m.RemovedAt = 1
				}
				if err := insertMachine(tx, m); err != nil {
					return err
				}
				if err := saveMachine(tx, m); err != nil {
					return err
				}
				partners[m.ID] = some()
				if err := savePartners(tx, m.ID, partners[m.ID]); err != nil {
					return err
				}
				all = append(all, m)
			}
			return nil
		}))
		seen := 0
		for range 40 {
			reach := Reach{Known: r.IntN(10) > 0, Organisations: some()}
			for _, id := range territories[1:] {
				if r.IntN(2) == 0 {
					reach.Territories = append(reach.Territories, id)
				}
			}
			var want, got []MachineID
			for _, m := range all {
				if m.RemovedAt == 0 && reach.Reaches(m, partners[m.ID]) {
					want = append(want, m.ID)
				}
			}
			must(t, d.View(t.Context(), func(tx db.Tx) error {
				list, err := listMachinesAfter(tx, Filter{}.where(reach), "", 100)
				for _, m := range list {
					got = append(got, m.ID)
				}
				return err
			}))
			ours := func(m Machine) int {
				switch {
				case slices.Contains(reach.Organisations, m.OrganisationID):
					return 0
				case m.TerritoryID != "" && slices.Contains(reach.Territories, m.TerritoryID):
					return 1
				}
				return 2
			}
			must(t, d.View(t.Context(), func(tx db.Tx) error {
				list, err := listNearest(tx, Filter{}.where(reach), reach, len(want)+1)
				if len(list) != len(want) || !slices.IsSortedFunc(list, func(a, b Machine) int { return ours(a) - ours(b) }) {
					t.Errorf("%+v: %d of %d machines, or not the nearest first", reach, len(list), len(want))
				}
				return err
			}))
			if seen += len(got); !slices.Equal(got, want) {
				t.Errorf("%+v: the list shows %v, the rule lets through %v", reach, got, want)
			}
		}
		if seen == 0 {
			t.Error("nobody sees anything: the test proves nothing")
		}
		_ = w
	})
}

func TestAMachineIsFilledBookedAndMended(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		code, body := w.post(w.manager, "/machines", "organisation_id", string(w.school), "name", "Portique", "process", "fdm", "asked_by", "everyone", "x_mm", "250,5", "y_mm", "210", "z_mm", "210",
			"least_layer_mm", "0,05", "most_layer_mm", "0.35", "hour_cents", "6,50", "open_days", "1", "open_days", "2", "open_from", "8h", "open_to", "18:30", "unattended", "1")
		if code != 303 {
			t.Fatalf("add: %d %s", code, body)
		}
		_, body = w.get(w.manager, "/api/v1/machines")
		id := body[strings.Index(body, `"id":"`)+6:][:26]
		m := Machine{ID: MachineID(id)}
		if _, body := w.get(w.manager, m.URL()); !strings.Contains(body, "250,5 × 210 × 210 mm") || !strings.Contains(body, "MEX-TRB/P") || !strings.Contains(body, "18:30") {
			t.Error("the page lacks what was typed")
		}
		if code, body := w.post(w.manager, "/machines", "organisation_id", string(w.school), "name", "", "process", "", "asked_by", "partners", "partners", "Personne", "x_mm", "large", "open_from", "25:00", "open_to", "9"); code != 422 || !strings.Contains(body, "large") {
			t.Errorf("a wrong form: %d", code)
		}
		if code, _ := w.post(w.operator, m.URL()+"/stock", "stock.material_id", "pla", "stock.price_cents", "22,90", "stock.grams", "1 500", "stock.lot", "LOT-B7"); code != 303 {
			t.Errorf("stock: %d", code)
		}
		if code, _ := w.post(w.operator, m.URL()+"/stock", "stock.material_id", "316l", "stock.price_cents", "22,90"); code != 422 {
			t.Errorf("a metal on a machine of filament: %d", code)
		}
		book := func(from, to string) int {
			code, _ := w.post(w.operator, m.URL()+"/slots", "slot.kind", "maintenance", "slot.title", "Buse", "slot.from", "2099-03-02", "slot.from_at", from, "slot.to", "2099-03-02", "slot.to_at", to)
			return code
		}
		if a, b, c := book("08:00", "10:00"), book("09:00", "11:00"), book("10:00", "11:00"); a != 303 || b != 422 || c != 303 {
			t.Errorf("slots: %d %d %d", a, b, c)
		}
		for by, lot := range map[string]bool{string(w.operator.ID): true, string(w.stranger.ID): false} {
			_, body := w.get(w.load(account.PersonID(by)), m.URL())
			if strings.Contains(body, "LOT-B7") != lot || strings.Contains(body, "Buse") != lot || !strings.Contains(body, "PLA") || !strings.Contains(body, "Maintenance") {
				t.Errorf("the page of %s: lot %v, title %v, material %v, kind %v", by, strings.Contains(body, "LOT-B7"), strings.Contains(body, "Buse"), strings.Contains(body, "PLA"), strings.Contains(body, "Maintenance"))
			}
		}
		put := `{"name":"Portique 2","asked_by":"partners","partners":["Atelier"],"x_mm":250,"y_mm":210,"z_mm":210,"least_layer_mm":0.05,"most_layer_mm":0.35,"open_days":"12345","open_from":480,"open_to":1080,"unattended":true,"figures":{"time_volume":0.05}}`
		if code, body := w.ask(w.manager, "PUT", "/api/v1"+m.URL(), "application/json", put); code != 200 || !strings.Contains(body, `"version":2`) {
			t.Errorf("put: %d %s", code, body)
		}
		if code, _ := w.get(w.stranger, m.URL()); code != 404 {
			t.Errorf("who is no partner any more: %d", code)
		}
		if code, body := w.get(w.manager, m.URL()+"/edit"); code != 200 || !strings.Contains(body, "0,05") {
			t.Errorf("edit: %d", code)
		}
		if code, _ := w.post(w.manager, m.URL(), "name", "X", "asked_by", "ours", "x_mm", "1", "y_mm", "1", "z_mm", "1", "least_layer_mm", "1", "most_layer_mm", "1", "open_days", "1", "open_from", "8:00", "open_to", "9:00", "version", "1"); code != 409 {
			t.Errorf("a form that was overtaken: %d", code)
		}
		if code, _ := w.post(w.manager, m.URL()+"/remove"); code != 303 {
			t.Errorf("remove: %d", code)
		}
		if code, _ := w.get(w.manager, m.URL()); code != 404 {
			t.Errorf("removed: %d", code)
		}
		if code, _ := w.post(w.manager, m.URL()+"/restore"); code != 303 {
			t.Errorf("restore: %d", code)
		}
	})
}

// Colleagues who book one machine at the same moment do not both get it.
func TestTwoBookAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		m := w.machine(w.manager, w.school, "M", Everyone)
		done := make(chan error, 6)
		for range 6 {
			go func() {
				_, err := w.s.AddSlot(t.Context(), w.operator, Slot{MachineID: m.ID, Kind: Booking, Title: "x", FromAt: 1_000_000, ToAt: 2_000_000})
				done <- err
			}()
		}
		got := 0
		for range 6 {
			if err := <-done; err == nil {
				got++
			} else if !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
		if got != 1 {
			t.Errorf("%d of 6 got the machine", got)
		}
	})
}

func TestTheLibraryIsEdited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if code, body := w.get(w.stranger, "/materials"); code != 200 || !strings.Contains(body, "AlSi10Mg") {
			t.Errorf("library: %d", code)
		}
		if code, body := w.get(w.stranger, "/materials/lpbf"); code != 200 || !strings.Contains(body, "PBF-LB/M") || strings.Contains(body, "Changer une valeur") {
			t.Errorf("process: %d", code)
		}
		if code, _ := w.get(w.stranger, "/materials/casting"); code != 404 {
			t.Errorf("no process: %d", code)
		}
		set := []string{"figure.name", "wall_free", "figure.material_id", "pla", "figure.value", "1,1", "figure.source", "Essai du 3 mars"}
		if code, _ := w.post(w.stranger, "/materials/fdm/figures", set...); code != 403 {
			t.Errorf("who may not: %d", code)
		}
		if code, _ := w.post(w.lead, "/materials/fdm/figures", set...); code != 303 {
			t.Errorf("set: %d", code)
		}
		if code, body := w.post(w.lead, "/materials/fdm/figures", "figure.name", "wall_free", "figure.value", "1,1"); code != 422 || !strings.Contains(body, "1,1") {
			t.Errorf("without a source: %d", code)
		}
		if _, body := w.get(w.lead, "/materials/fdm"); !strings.Contains(body, "Essai du 3 mars") || !strings.Contains(body, "(PLA)") {
			t.Error("neither the figure nor its history is shown")
		}
		if code, _ := w.post(w.lead, "/materials/fdm/figures", "figure.name", "wall_free", "figure.material_id", "pla"); code != 303 {
			t.Errorf("take away: %d", code)
		}
		if code, _ := w.post(w.lead, "/materials/fdm/figures", "figure.name", "wall_free", "figure.material_id", "pla"); code != 404 {
			t.Errorf("take away again: %d", code)
		}
		if code, _ := w.post(w.lead, "/materials/sls/materials", "material.name", "TPU", "material.density", "1,1"); code != 422 {
			t.Errorf("a density without a source: %d", code)
		}
		if code, _ := w.post(w.lead, "/materials/sls/materials", "material.name", "TPU", "material.density", "1,1", "material.source", "fiche"); code != 303 {
			t.Errorf("material: %d", code)
		}
		if code, _ := w.post(w.lead, "/materials/sls/materials", "material.name", "tpu", "material.source", "fiche"); code != 422 {
			t.Errorf("the same material: %d", code)
		}
		if code, body := w.ask(w.lead, "PUT", "/api/v1/materials/pla", "application/json", `{"name":"PLA","density":1.24,"source":"fiche"}`); code != 200 || !strings.Contains(body, "1.24") {
			t.Errorf("put: %d %s", code, body)
		}
		if code, _ := w.ask(w.stranger, "DELETE", "/api/v1/materials/pla", "", ""); code != 403 {
			t.Errorf("delete by who may not: %d", code)
		}
		if code, _ := w.post(w.lead, "/materials/fdm/materials/pla/remove"); code != 303 {
			t.Errorf("remove: %d", code)
		}
		if _, body := w.get(w.lead, "/api/v1/processes"); strings.Contains(body, `"pla"`) || !strings.Contains(body, "TPU") {
			t.Error("processes")
		}
	})
}

// Programs read the library in the language of who they ask for, and what they send back as they read it is kept as it was.
func TestProgramsReadTheLibraryInTheirLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ask := func(method, path, language, body string) (out string) {
			t.Helper()
			must(t, d.Do(t.Context(), func(tx db.Tx) error {
				_, err := tx.Exec(`update account_person set language = $1 where id = $2`, language, w.lead.ID)
				return err
			}))
			code, out := w.ask(w.lead, method, path, "application/json", body)
			if code >= 300 {
				t.Fatalf("%s %s: %d %s", method, path, code, out)
			}
			return out
		}
		const french, english = "Résine standard", "Standard resin"
		if in := ask("GET", "/api/v1/processes", "fr", ""); !strings.Contains(in, french) || strings.Contains(in, english) || strings.Contains(in, "Protolabs, 3D printing design rules") {
			t.Error("what a program reads in French")
		}
		in := ask("GET", "/api/v1/processes", "en", "")
		if strings.Contains(in, french) || !strings.Contains(in, english) || !strings.Contains(in, "Protolabs, 3D printing design rules") {
			t.Error("what a program reads in English")
		}
		var list struct {
			Items []processJSON `json:"items"`
		}
		must(t, json.Unmarshal([]byte(in), &list))
		for _, p := range list.Items {
			for _, m := range p.Materials {
				if m.Name != english {
					continue
				}
				body, err := json.Marshal(materialBody{Name: m.Name, Density: m.Density, PriceCents: m.PriceCents, Source: m.Source})
				must(t, err)
				if out := ask("PUT", "/api/v1/materials/"+string(m.ID), "en", string(body)); !strings.Contains(out, english) {
					t.Errorf("answered %s", out)
				}
				if out := ask("PUT", "/api/v1/materials/"+string(m.ID), "fr", `{"name":"`+french+`","density":1.1,"source":"Fiche de l’atelier"}`); !strings.Contains(out, french) || !strings.Contains(out, "atelier") {
					t.Errorf("answered %s", out)
				}
			}
		}
		if in := ask("GET", "/api/v1/processes", "en", ""); !strings.Contains(in, english) || !strings.Contains(in, "Fiche de l’atelier") {
			t.Error("what came back is not kept as it was")
		}
	})
}

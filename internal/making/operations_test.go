package making

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/mesh/stl"
	"bassin/internal/park"
	"bassin/internal/talk"
	"bassin/internal/web"
	"bassin/internal/when"
)

// world is an office that draws, a shop that has machines, and somebody from elsewhere.
type world struct {
	t                       *testing.T
	d                       *db.DB
	accounts                *account.Service
	s                       *Service
	parts                   *additive.Service
	park                    *park.Service
	srv                     *httptest.Server
	office, shop, far       account.OrganisationID
	draws, makes, elsewhere account.Actor
	part                    additive.Part
	machine                 park.Machine
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, d *db.DB, auto int64) *world {
	t.Helper()
	d = d.Clocked(func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }) // a Monday
	files, err := file.NewFolder(t.TempDir())
	must(t, err)
	w := &world{t: t, d: d, accounts: account.New(account.Options{DB: d})}
	tell := talk.New(talk.Options{DB: d, Account: w.accounts})
	w.s = New(Options{DB: d, Files: files, Talk: tell, URL: "https://bassin.example"})
	w.parts, w.park = additive.New(additive.Options{DB: d, Files: files}), park.New(park.Options{DB: d})
	w.parts.Panels, w.parts.Bound = append(w.parts.Panels, w.s.Panel), append(w.parts.Bound, w.s.Bound)
	q, err := job.New(t.Context(), d, job.Options{Workers: 2, Grace: time.Second})
	must(t, err)
	w.parts.Jobs(q)
	w.s.Jobs(q)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	w.office, w.shop, w.far = w.organisation("Bureau"), w.organisation("Atelier"), w.organisation("Ailleurs")
	w.draws, w.makes, w.elsewhere = w.person("dessin", w.office), w.person("atelier", w.shop), w.person("ailleurs", w.far)
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(rw, r.WithContext(account.WithActor(r.Context(), w.load(account.PersonID(r.Header.Get("X-Who"))))))
		})
	}})
	for _, f := range []interface {
		Pages(*web.Mux)
		API(*web.Mux)
	}{w.parts, w.s} {
		f.Pages(m)
		f.API(m)
	}
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	w.machine, err = w.park.AddMachine(t.Context(), w.makes, park.Machine{OrganisationID: w.shop, Name: "Fil", Process: park.FDM, AskedBy: park.Everyone, XMM: 200, YMM: 200, ZMM: 200, LeastLayerMM: 0.1, MostLayerMM: 0.3,
		Rates: park.Rates{HourCents: 500, SetupCents: 1000, AutoCents: auto, LeadDays: 2}, Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080, Unattended: true}}, park.Open{})
	must(t, err)
	must(t, w.park.SetStock(t.Context(), w.makes, park.Stock{MachineID: w.machine.ID, MaterialID: "pla", PriceCents: 3000, Lot: "B7"}))
	w.part = w.drop(w.draws, w.office)
	return w
}

func (w *world) organisation(name string) account.OrganisationID {
	o, err := w.accounts.AddOrganisation(w.t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name})
	must(w.t, err)
	return o.ID
}

func (w *world) person(name string, of account.OrganisationID) account.Actor {
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: of, Role: account.Manager}))
	return w.load(p.ID)
}

func (w *world) load(id account.PersonID) (a account.Actor) {
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, id); return err }))
	return a
}

// drop has a block of 20 mm dropped, and waits for its check.
func (w *world) drop(by account.Actor, of account.OrganisationID) additive.Part {
	w.t.Helper()
	return w.dropMesh(by, of, block20())
}

func block20() *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: float64(i & 1), Y: float64(i >> 1 & 1), Z: float64(i >> 2)}.Times(20))
	}
	m.Triangles = [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}}
	return m
}

func (w *world) dropMesh(by account.Actor, of account.OrganisationID, m *mesh.Mesh) additive.Part {
	w.t.Helper()
	var b bytes.Buffer
	must(w.t, stl.Write(&b, m))
	f, err := w.parts.Keep(w.t.Context(), &b, "secret.stl")
	must(w.t, err)
	list, err := w.parts.Drop(w.t.Context(), by, of, []additive.Dropped{f})
	must(w.t, err)
	for range 600 {
		var r additive.Revision
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { r, err = additive.RevisionOf(tx, list[0].ID, 1); return err }))
		if r.State == additive.Checked && r.PictureHash != "" { // which is made after the verdict
			return list[0]
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatal("the part was not checked in 30 s")
	return additive.Part{}
}

func (w *world) send(by account.Actor, method, path, kind string, body []byte) (int, string, string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, bytes.NewReader(body))
	must(w.t, err)
	q.Header.Set("X-Who", string(by.ID))
	q.Header.Set("Content-Type", kind)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(q)
	must(w.t, err)
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	must(w.t, err)
	return res.StatusCode, b.String(), res.Header.Get("Location")
}

func (w *world) get(by account.Actor, path string) (int, string) {
	code, body, _ := w.send(by, "GET", path, "", nil)
	return code, body
}

func (w *world) post(by account.Actor, path string, pairs ...string) (int, string, string) {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return w.send(by, "POST", path, "application/x-www-form-urlencoded", []byte(v.Encode()))
}

// offer is the address of the machine's offer on the part.
func (w *world) offer() string { return w.part.URL() + "/offers/" + string(w.machine.ID) + "/pla" }

var seenForm = regexp.MustCompile(`name="(seen\.[a-z]+)" value="([^"]*)"`)

// saw gives what the form of a request says that was seen.
func (w *world) saw(quantity int) (pairs []string) {
	w.t.Helper()
	code, body := w.get(w.draws, w.offer()+"?quantity="+strconv.Itoa(quantity))
	found := seenForm.FindAllStringSubmatch(body, -1)
	if code != 200 || len(found) != 2 {
		w.t.Fatalf("form of a request: %d, %q", code, found)
	}
	return []string{found[0][1], found[0][2], found[1][1], found[1][2]}
}

// request asks for the part by the form, and gives the order's address.
func (w *world) request(shows Shows, pairs ...string) string {
	w.t.Helper()
	code, body, to := w.post(w.draws, w.offer(), append(append([]string{"quantity", "4", "shows", string(shows)}, w.saw(4)...), pairs...)...)
	if code != 303 {
		w.t.Fatalf("request: %d %s", code, body)
	}
	to, _, _ = strings.Cut(to, "?")
	return to
}

func (w *world) order(path string) (o Order) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) {
		o, err = getOrder(tx, OrderID(strings.TrimPrefix(path, "/orders/")))
		return err
	}))
	return o
}

func TestFromOfferToCertificate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 0)
		code, body := w.get(w.draws, w.part.URL()+"/offers?quantity=4")
		if code != 200 || !strings.Contains(body, "Atelier") || !strings.Contains(body, "PLA") {
			t.Fatalf("offers: %d", code)
		}
		var offers struct {
			Items []struct {
				PriceCents *offerCentsJSON `json:"price_cents"`
			}
		}
		w.settle() // the page has asked for times by layers, which change the price
		_, body = w.get(w.draws, "/api/v1"+w.part.URL()+"/offers?quantity=4")
		must(t, json.Unmarshal([]byte(body), &offers))
		if len(offers.Items) != 1 || offers.Items[0].PriceCents == nil || offers.Items[0].PriceCents.Likely < 1000 {
			t.Fatalf("offers: %s", body)
		}
		if code, _ := w.get(w.elsewhere, w.part.URL()+"/offers"); code != 404 {
			t.Errorf("offers on another's part: %d", code)
		}
		if code, _ := w.get(w.draws, w.part.URL()+"/offers/"+string(w.machine.ID)+"/pla?quantity=4"); code != 200 {
			t.Errorf("form: %d", code)
		}
		at := w.request(File, "tolerance", "ISO 2768-m", "needed_on", "2026-04-01")
		if o := w.order(at); o.State != Requested || o.LikelyCents != offers.Items[0].PriceCents.Likely || o.Code() != "CF-0001" || o.Requester != "Bureau" || o.Maker != "Atelier" {
			t.Fatalf("%+v", o)
		}
		step := func(by account.Actor, what string, want State, pairs ...string) {
			t.Helper()
			if code, body, _ := w.post(by, at+"/"+what, pairs...); code != 303 {
				t.Fatalf("%s: %d %s", what, code, body)
			}
			if o := w.order(at); o.State != want {
				t.Fatalf("%s: the order is %s", what, o.State)
			}
		}
		if code, body, _ := w.post(w.draws, w.part.URL()+"/unit", "unit.unit", "inch"); code != 409 || !strings.Contains(body, "CF-0001") {
			t.Errorf("a part that is asked for is read in another unit: %d", code)
		}
		quote := []string{"quote.price_cents", "42,50", "quote.ready_on", "2026-03-20", "quote.valid_on", "2026-03-10", "quote.answer", "Prêt vendredi."}
		if code, _, _ := w.post(w.draws, at+"/quote", quote...); code != 403 {
			t.Errorf("the requester quotes: %d", code)
		}
		if code, body, _ := w.post(w.makes, at+"/quote", "quote.price_cents", "zéro", "quote.ready_on", "2026-03-20"); code != 422 || !strings.Contains(body, "zéro") {
			t.Errorf("a wrong quote: %d", code)
		}
		step(w.makes, "quote", Quoted, quote...)
		seen := strconv.FormatInt(w.order(at).Version, 10)
		if code, _, _ := w.post(w.makes, at+"/accept"); code != 403 {
			t.Errorf("the maker accepts: %d", code)
		}
		step(w.draws, "accept", Accepted, "version", seen)
		slots := func() (n int) {
			must(t, w.d.View(t.Context(), func(tx db.Tx) error {
				list, err := park.SlotsOf(tx, w.machine.ID)
				n = len(list)
				return err
			}))
			return n
		}
		if slots() != 1 {
			t.Errorf("%d slots after the order", slots())
		}
		if code, body := w.get(w.makes, at+"/floor"); code != 200 || !strings.Contains(body, "Commencer la fabrication") {
			t.Errorf("floor: %d", code)
		}
		if code, body := w.get(w.makes, at+"/label"); code != 200 || !strings.Contains(body, `class="ink"`) {
			t.Errorf("label: %d", code)
		}
		for _, path := range []string{"/floor", "/label", "/certificate"} {
			if code, _ := w.get(w.draws, at+path); code != 404 {
				t.Errorf("the requester at %s: %d", path, code)
			}
		}
		step(w.makes, "start", Building, "floor", "1")
		if code, _, _ := w.post(w.draws, at+"/withdraw"); code != 409 {
			t.Errorf("withdrawn while it is built: %d", code)
		}
		if code, _, _ := w.post(w.makes, at+"/finish", "finish.lot", ""); code != 422 {
			t.Errorf("finished without a lot: %d", code)
		}
		step(w.makes, "finish", Built, "finish.lot", "B7", "finish.operator", "Technicien", "finish.settings", "0,2 mm")
		if slots() != 0 {
			t.Error("the machine is still taken")
		}
		measure := func(mm string) {
			t.Helper()
			if code, body, _ := w.post(w.makes, at+"/measures", "measure.name", "Côté", "measure.nominal_mm", "20", "measure.lower_mm", "−0,1", "measure.upper_mm", "0,1", "measure.measured_mm", mm); code != 303 {
				t.Fatalf("measure: %d %s", code, body)
			}
		}
		if code, _, _ := w.post(w.makes, at+"/inspect"); code != 422 {
			t.Errorf("declared conform unseen: %d", code)
		}
		measure("20,3")
		if code, _, _ := w.post(w.makes, at+"/inspect", "inspect.looked", "1"); code != 409 {
			t.Errorf("out of tolerance declared conform: %d", code)
		}
		step(w.makes, "start", Building)
		step(w.makes, "finish", Built, "finish.lot", "B8", "finish.operator", "Technicien")
		must(t, w.d.Do(t.Context(), func(tx db.Tx) error {
			list, err := listMeasures(tx, w.order(at).ID)
			if err == nil {
				err = deleteMeasure(tx, w.order(at).ID, list[0].ID)
			}
			return err
		}))
		measure("20,05")
		if code := w.photo(at); code != 303 {
			t.Errorf("photo: %d", code)
		}
		step(w.makes, "inspect", Inspected)
		step(w.makes, "deliver", Delivered, "deliver.note", "Remise en main propre")
		step(w.draws, "rate", Rated, "rate.rating", "5", "rate.text", "Parfait.")
		for _, by := range []account.Actor{w.draws, w.makes} {
			code, body := w.get(by, at+"/certificate")
			for _, words := range []string{w.order(at).FileHash, "B8", "Technicien", "20,05", "MEX-TRB/P", "ISO 2768-m"} {
				if code != 200 || !strings.Contains(body, words) {
					t.Errorf("certificate for %s (%d) lacks %q", by.Name, code, words)
				}
			}
			if code, body := w.get(by, at); code != 200 || !strings.Contains(body, "Prêt vendredi.") {
				t.Errorf("%s: %d", by.Name, code)
			}
			if _, body := w.get(by, "/orders"); !strings.Contains(body, at) {
				t.Errorf("%s does not find the order in the list", by.Name)
			}
			if code, body := w.get(by, "/api/v1"+at); code != 200 || !strings.Contains(body, `"state":"rated"`) || !strings.Contains(body, `"holds":true`) {
				t.Errorf("API for %s: %d %s", by.Name, code, body)
			}
			var news int
			must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { news, err = talk.Unseen(tx, by.ID); return err }))
			if news == 0 {
				t.Errorf("%s was told nothing", by.Name)
			}
		}
		if _, body := w.get(w.draws, w.part.URL()); !strings.Contains(body, at) {
			t.Error("the part does not show its order")
		}
	})
}

func (w *world) photo(at string) int {
	var img, b bytes.Buffer
	must(w.t, png.Encode(&img, image.NewRGBA(image.Rect(0, 0, 4, 4))))
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("photo.file", "piece.png")
	must(w.t, err)
	_, err = part.Write(img.Bytes())
	must(w.t, err)
	must(w.t, m.Close())
	code, _, _ := w.send(w.makes, "POST", at+"/photos", m.FormDataContentType(), b.Bytes())
	return code
}

// Both sides' walls: others see no order, and the maker of the part only what the request shows.
func TestTheWallsOfAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 0)
		for _, c := range []struct {
			shows      Shows
			view, file int
		}{{Figures, 404, 404}, {Picture, 200, 404}, {File, 200, 200}} {
			at := w.request(c.shows)
			for by, want := range map[*account.Actor][4]int{&w.draws: {200, 200, 200, 200}, &w.makes: {200, c.view, c.file, c.view}, &w.elsewhere: {404, 404, 404, 404}} {
				for i, path := range []string{"", "/view", "/file", "/picture"} {
					if code, _ := w.get(*by, at+path); code != want[i] {
						t.Errorf("%s shown: %s at %q: %d, want %d", c.shows, by.Name, path, code, want[i])
					}
				}
				if code, _ := w.get(*by, "/api/v1"+at); code != want[0] {
					t.Errorf("%s: API for %s: %d", c.shows, by.Name, code)
				}
				if _, body := w.get(*by, "/orders"); strings.Contains(body, at) != (want[0] == 200) || strings.Contains(body, at+"/picture") != (want[3] == 200) {
					t.Errorf("%s: list for %s", c.shows, by.Name)
				}
				if _, body := w.get(*by, at); strings.Contains(body, at+"/picture") != (want[3] == 200) {
					t.Errorf("%s: the order's page for %s", c.shows, by.Name)
				}
			}
			for _, what := range []string{"quote", "refuse", "withdraw", "accept", "start", "finish", "measures", "measures/x/remove", "inspect", "deliver", "rate"} {
				if code, _, _ := w.post(w.elsewhere, at+"/"+what, "refuse.answer", "x"); code != 404 {
					t.Errorf("somebody else sends %s: %d", what, code)
				}
			}
			if code, _ := w.get(w.makes, w.part.URL()); code != 404 {
				t.Errorf("the maker sees the part itself: %d", code)
			}
			if code, _, _ := w.post(w.draws, at+"/withdraw"); code != 303 {
				t.Errorf("withdraw: %d", code)
			}
			for _, path := range []string{"/view", "/file", "/picture"} {
				if code, _ := w.get(w.makes, at+path); code != 404 {
					t.Errorf("%s after the request was withdrawn: %d", path, code)
				}
			}
		}
	})
}

func TestQuotesWithinTheLimitsComeAtOnce(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), 100_000)
	o := w.order(w.request(File))
	if o.State != Quoted || !o.Automatic || o.PriceCents != o.LikelyCents || o.ValidOn != "2026-03-17" || o.ReadyOn == when.None {
		t.Errorf("%+v", o)
	}
	if o := w.order(w.request(File, "needed_on", "2026-03-03")); o.State != Requested {
		t.Errorf("quoted for a day on which it is not ready: %s", o.ReadyOn)
	}
	for name, give := range map[string]func(OrderID) error{
		"withdrawn": func(id OrderID) error { _, err := w.s.Withdraw(t.Context(), w.draws, id); return err },
		"refused":   func(id OrderID) error { _, err := w.s.Refuse(t.Context(), w.makes, id, "Panne."); return err },
	} {
		x := w.order(w.request(File))
		_, err := w.s.Accept(t.Context(), w.draws, x.ID, 0)
		must(t, err)
		must(t, give(x.ID))
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, err := park.SlotsOf(tx, w.machine.ID)
			if len(list) != 0 {
				t.Errorf("%s before the build: the machine is still taken", name)
			}
			return err
		}))
	}
	late := w.s
	late.db = w.d.Clocked(func() time.Time { return time.Date(2026, 3, 18, 8, 0, 0, 0, time.UTC) })
	if _, err := late.Accept(t.Context(), w.draws, o.ID, 0); err == nil {
		t.Error("a quote is accepted that has expired")
	}
	must(t, w.park.RemoveMachine(t.Context(), w.makes, w.machine.ID))
	if _, err := w.s.Accept(t.Context(), w.draws, o.ID, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("a quote on a machine that is gone is accepted: %v", err)
	}
}

// settle waits until times by layers are known of all offers.
func (w *world) settle() {
	w.t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var x asked
		var list []Offer
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { x, list, err = offersFor(tx, w.draws, w.part.ID, 1); return err }))
		computing, err := w.s.askLines(w.t.Context(), w.draws, x, list)
		must(w.t, err)
		if !computing {
			return
		}
		if time.Now().After(until) {
			w.t.Fatal("times by layers are not computed")
		}
	}
}

// TestTimesByLayers: whoever looks at offers has the times of filament machines computed by layers, once for each setting;
// with them the offer is nearer, and a machine of other settings has a time of its own.
func TestTimesByLayers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 0)
		offers := func() (list []Offer) {
			must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { _, list, err = offersFor(tx, w.draws, w.part.ID, 1); return err }))
			return list
		}
		before := offers()
		if len(before) != 1 || before[0].Effort.ByLayers {
			t.Fatalf("before anybody asked: %+v", before)
		}
		w.settle()
		first := offers()[0].Effort
		width := func(i Interval) float64 { return (i.Most - i.Least) / i.Likely }
		if !first.ByLayers || !(width(first.Hours) < width(before[0].Effort.Hours)) || !(width(first.Grams) < width(before[0].Effort.Grams)) {
			t.Fatalf("by layers %+v, by volume %+v", first, before[0].Effort)
		}
		fine, err := w.park.AddMachine(t.Context(), w.makes, park.Machine{OrganisationID: w.shop, Name: "Fil fin", Process: park.FDM, AskedBy: park.Everyone, XMM: 200, YMM: 200, ZMM: 200, LeastLayerMM: 0.1, MostLayerMM: 0.3,
			Figures: `{"layer":0.1}`, Rates: park.Rates{HourCents: 500}, Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080}}, park.Open{})
		must(t, err)
		must(t, w.park.SetStock(t.Context(), w.makes, park.Stock{MachineID: fine.ID, MaterialID: "pla", PriceCents: 3000, Lot: "B7"}))
		w.settle()
		for _, o := range offers() {
			if o.ID == w.machine.ID && o.Effort.Hours != first.Hours || o.ID == fine.ID && !(o.Effort.Hours.Likely > 1.4*first.Hours.Likely) {
				t.Errorf("%s takes %+v, the first took %+v", o.Name, o.Effort.Hours, first.Hours)
			}
		}
		if err := w.d.View(t.Context(), func(tx db.Tx) error { _, _, err := offersFor(tx, w.elsewhere, w.part.ID, 1); return err }); !fault.Is(err, fault.NotFound) {
			t.Errorf("asked by who does not see the part: %v", err)
		}
	})
}

// TestSupportsAreInOffers: a part that stands out wants supports however it is laid; the offer counts them and says how much.
func TestSupportsAreInOffers(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), 0)
	w.settle()
	offer := func() (o Offer) {
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			_, list, err := offersFor(tx, w.draws, w.part.ID, 2)
			o = list[0]
			return err
		}))
		return o
	}
	if o := offer(); o.Effort.SupportGrams != 0 || strings.Contains(strings.Join(o.basis(web.NewView("fr")), ", "), "supports") {
		t.Errorf("a block is held: %+v", o.Effort)
	}
	// Arms along all axes: whatever is up, two stand out.
	cross := &mesh.Mesh{}
	for axis := range 3 {
		size := [3]float64{8, 8, 8}
		size[axis] = 40
		n := uint32(len(cross.Points))
		for i := range 8 {
			var p [3]float64
			for a := range 3 {
				p[a] = size[a]*float64(i>>a&1) - size[a]/2
			}
			cross.Points = append(cross.Points, mesh.Vec{X: p[0], Y: p[1], Z: p[2]})
		}
		for _, t := range [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}} {
			cross.Triangles = append(cross.Triangles, [3]uint32{n + t[0], n + t[1], n + t[2]})
		}
	}
	w.part = w.dropMesh(w.draws, w.office, cross)
	w.settle()
	o := offer()
	if e := o.Effort; !e.ByLayers || !(e.SupportGrams > 0) || !(e.SupportHours > 0) || e.SupportGrams > 0.6*e.Grams.Likely || e.SupportHours > 0.6*e.Hours.Likely {
		t.Errorf("%+v", e)
	}
	if said := strings.Join(o.basis(web.NewView("en")), ", "); !strings.Contains(said, "of which supports") {
		t.Errorf("the offer says %q", said)
	}
}

// Numbers count by maker: who orders at two of them never reads a number without its maker.
func TestTwoMakersOfOneNumber(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), 10_000_000)
	m, err := w.park.AddMachine(t.Context(), w.elsewhere, park.Machine{OrganisationID: w.far, Name: "Autre fil", Process: park.FDM, AskedBy: park.Everyone, XMM: 200, YMM: 200, ZMM: 200, LeastLayerMM: 0.1, MostLayerMM: 0.3,
		Rates: park.Rates{HourCents: 500, SetupCents: 1000, AutoCents: 10_000_000, LeadDays: 2}, Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080, Unattended: true}}, park.Open{})
	must(t, err)
	must(t, w.park.SetStock(t.Context(), w.elsewhere, park.Stock{MachineID: m.ID, MaterialID: "pla", PriceCents: 3000}))
	for maker, of := range map[string]struct {
		by account.Actor
		id park.MachineID
	}{"Atelier": {w.makes, w.machine.ID}, "Ailleurs": {w.elsewhere, m.ID}} {
		o, err := w.s.Request(t.Context(), w.draws, Order{PartID: w.part.ID, MachineID: of.id, MaterialID: "pla", Quantity: 1, Shows: File}, nil)
		must(t, err)
		if o.Code() != "CF-0001" || o.State != Quoted {
			t.Fatalf("%s, %s", o.Code(), o.State)
		}
		_, err = w.s.Accept(t.Context(), w.draws, o.ID, 0)
		must(t, err)
		_, err = w.s.Start(t.Context(), of.by, o.ID)
		must(t, err)
		_, err = w.s.Finish(t.Context(), of.by, o.ID, Build{Lot: "B7", Operator: "Technicien"})
		must(t, err)
		_, err = w.s.Inspect(t.Context(), of.by, o.ID, true)
		must(t, err)
		ref := "CF-0001, " + maker
		for path, by := range map[string]account.Actor{"/orders": w.draws, o.URL(): w.draws, o.URL() + "/certificate": w.draws, o.URL() + "/label": of.by} {
			if code, body := w.get(by, path); code != 200 || !strings.Contains(body, ref) {
				t.Errorf("%s does not say %q: %d", path, ref, code)
			}
		}
		if _, body := w.get(w.draws, o.URL()+"/certificate"); !strings.Contains(body, string(o.ID)) {
			t.Error("the certificate has no reference of its own")
		}
		var told []string
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, err := talk.Notices(tx, w.draws, "", 50)
			for _, n := range list {
				told = append(told, n.Title)
			}
			return err
		}))
		if !strings.Contains(strings.Join(told, "\n"), ref) {
			t.Errorf("who asked is told of %q", told)
		}
	}
}

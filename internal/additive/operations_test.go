package additive

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/web"
)

// world is two organisations with a member each, somebody who is in none, and the parts of all served.
type world struct {
	t                          *testing.T
	d                          *db.DB
	accounts                   *account.Service
	s                          *Service
	srv                        *httptest.Server
	shop, office               account.OrganisationID
	turner, designer, inventor account.Actor
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	files, err := file.NewFolder(t.TempDir())
	must(t, err)
	w := &world{t: t, d: d, accounts: account.New(account.Options{DB: d}), s: New(Options{DB: d, Files: files})}
	q, err := job.New(t.Context(), d, job.Options{Workers: 2, Grace: time.Second})
	must(t, err)
	w.s.Jobs(q)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	w.shop, w.office = w.organisation("Atelier"), w.organisation("Bureau d’études")
	w.turner, w.designer, w.inventor = w.person("tourneur", w.shop), w.person("dessin", w.office), w.person("inventeur")
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) organisation(name string) account.OrganisationID {
	o, err := w.accounts.AddOrganisation(w.t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name})
	must(w.t, err)
	return o.ID
}

func (w *world) person(name string, of ...account.OrganisationID) account.Actor {
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	for _, o := range of {
		must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: o, Role: account.Member}))
	}
	return w.load(p.ID)
}

func (w *world) load(id account.PersonID) (a account.Actor) {
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) {
		a, err = account.Load(tx, id)
		return err
	}))
	return a
}

// drop has somebody drop one file, and waits for its check.
func (w *world) drop(by account.Actor, of account.OrganisationID, name string, content []byte) (Part, Revision) {
	w.t.Helper()
	f, err := w.s.Keep(w.t.Context(), bytes.NewReader(content), name)
	must(w.t, err)
	list, err := w.s.Drop(w.t.Context(), by, of, []Dropped{f})
	must(w.t, err)
	return list[0], w.checked(list[0])
}

// checked waits for the check of a part's newest revision.
func (w *world) checked(p Part) (r Revision) {
	w.t.Helper()
	for range 600 {
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) {
			if p, err = getPart(tx, p.ID); err == nil {
				r, err = getRevision(tx, p.ID, p.Revision)
			}
			return err
		}))
		if r.State != Waiting {
			return r
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("part %s was not checked in 30 s", p.Code())
	return r
}

func (w *world) ask(by account.Actor, method, path string, form url.Values) (int, string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), method, w.srv.URL+path, strings.NewReader(form.Encode()))
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

func TestAPartIsDroppedAndChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, r := w.drop(w.designer, w.office, "bride_b.stl", stlOf(t, cube(mesh.Vec{}, 20)))
		if r.State != Checked || r.ViewHash == "" || p.Code() != "PA-0001" || p.Title != "bride b" {
			t.Fatalf("%+v %+v", p, r)
		}
		x, err := r.ReportOf()
		must(t, err)
		if x.Triangles != 12 || x.Vertices != 8 || x.Volume != 8000 || x.Area != 2400 || !x.Manifold() {
			t.Errorf("%+v", x)
		}
		second, _ := w.drop(w.designer, w.office, "b.stl", stlOf(t, without(cube(mesh.Vec{}, 0.02), 2)))
		if second.Number != 2 {
			t.Errorf("the second part is number %d", second.Number)
		}
		if other, _ := w.drop(w.turner, w.shop, "c.stl", stlOf(t, cube(mesh.Vec{}, 20))); other.Number != 1 {
			t.Errorf("the first part of another organisation is number %d", other.Number)
		}
		for path, words := range map[string]string{
			"/parts":                                     "bride b",
			p.URL():                                      "20 × 20 × 20 mm",
			second.URL():                                 "4 arêtes ouvertes",
			p.URL() + "/revisions/1/view":                "glTF",
			"/api/v1/parts/" + string(p.ID):              `"volume_mm3":8000`,
			"/api/v1/parts/" + string(second.ID):         `"key":"unit-doubt"`,
			"/api/v1/parts?q=bride":                      `"code":"PA-0001"`,
			"/parts?q=bride":                             "PA-0001",
			"/parts?state=unreadable":                    "Rien ne correspond à ces filtres",
			p.URL() + "/revisions/1":                     "PA-0001",
			p.URL() + "/state":                           "",
			second.URL() + "/revisions/1/file":           "\x0c\x00",
			"/api/v1/parts/" + string(p.ID) + "/content": "\x0c\x00",
		} {
			if code, body := w.ask(w.designer, "GET", path, nil); code != 200 || words != "\x0c\x00" && !strings.Contains(body, words) {
				t.Errorf("%s: %d, want 200 with %q: %.200s", path, code, words, body)
			}
		}
		for _, path := range []string{p.URL() + "/revisions/2", p.URL() + "/revisions/x", p.URL() + "/revisions/0/file", "/parts/unbekannt"} {
			if code, _ := w.ask(w.designer, "GET", path, nil); code != 404 {
				t.Errorf("%s: %d, want 404", path, code)
			}
		}
	})
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	for name, c := range map[string]struct{ content, words string }{
		"vide.stl":   {"", "Le fichier est vide"},
		"lettre.stl": {"Bonjour, voici la pièce.", "pas un fichier de pièce que l’on sait lire"},
		"axe.step":   {"ISO-10303-21;\nHEADER;\nENDSEC;", "a besoin du programme Node"},
	} {
		p, r := w.drop(w.designer, w.office, name, []byte(c.content))
		if r.State != Unreadable {
			t.Errorf("%s: %s", name, r.State)
		}
		if code, body := w.ask(w.designer, "GET", p.URL(), nil); code != 200 || !strings.Contains(body, c.words) {
			t.Errorf("%s: %d without %q", name, code, c.words)
		}
		if code, _ := w.ask(w.designer, "POST", p.URL()+"/unit", url.Values{"unit.unit": {"meter"}}); code != 409 {
			t.Errorf("%s: a unit is chosen of what could not be read: %d", name, code)
		}
	}
}

func TestOnlyItsHolderSeesAPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p, _ := w.drop(w.designer, w.office, "bride.stl", stlOf(t, cube(mesh.Vec{}, 20)))
		own, _ := w.drop(w.inventor, "", "idee.stl", stlOf(t, cube(mesh.Vec{}, 20)))
		colleague := w.person("collegue", w.office)
		_, err := w.accounts.Give(t.Context(), account.System("test"), account.Grant{PersonID: w.turner.ID, Role: account.Admin, ScopeKind: account.OverServer}, "")
		must(t, err)
		for _, c := range []struct {
			by   account.Actor
			part Part
			sees bool
		}{{w.designer, p, true}, {colleague, p, true}, {w.turner, p, false}, {w.inventor, p, false}, {w.inventor, own, true}, {w.designer, own, false}} {
			want := 404
			if c.sees {
				want = 200
			}
			base := c.part.URL()
			for _, path := range []string{base, base + "/state", base + "/revisions/1", base + "/revisions/1/file", base + "/revisions/1/view", "/api/v1" + base, "/api/v1" + base + "/content"} {
				if code, _ := w.ask(c.by, "GET", path, nil); code != want {
					t.Errorf("%s asks for %s: %d, want %d", c.by.Name, path, code, want)
				}
			}
			if !c.sees {
				for _, path := range []string{"/title", "/unit", "/remove", "/restore", "/revisions"} {
					if code, _ := w.ask(c.by, "POST", base+path, url.Values{"rename.title": {"x"}}); code != 404 {
						t.Errorf("%s sends to %s: %d, want 404", c.by.Name, base+path, code)
					}
				}
			}
			if _, body := w.ask(c.by, "GET", "/parts", nil); strings.Contains(body, string(c.part.ID)) != c.sees {
				t.Errorf("%s: in the list %v", c.by.Name, !c.sees)
			}
			if _, body := w.ask(c.by, "GET", "/api/v1/parts", nil); strings.Contains(body, string(c.part.ID)) != c.sees {
				t.Errorf("%s: in the list of the API %v", c.by.Name, !c.sees)
			}
		}
		must(t, w.accounts.Leave(t.Context(), account.System("test"), colleague.ID, w.office))
		if code, _ := w.ask(colleague, "GET", p.URL(), nil); code != 404 {
			t.Errorf("who left the organisation still sees the part: %d", code)
		}
	})
}

func TestRevisionsUnitsAndRemoval(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	p, _ := w.drop(w.designer, w.office, "bride.stl", stlOf(t, cube(mesh.Vec{}, 0.06)))
	if code, _ := w.ask(w.designer, "POST", p.URL()+"/unit", url.Values{"unit.unit": {"meter"}}); code != 303 {
		t.Fatalf("unit: %d", code)
	}
	w.checked(p)
	if _, body := w.ask(w.designer, "GET", p.URL(), nil); !strings.Contains(body, "60 × 60 × 60 mm") || strings.Contains(body, "l’unité est à vérifier") {
		t.Error("the part is not read in metres")
	}
	if code, _ := w.ask(w.designer, "POST", p.URL()+"/unit", url.Values{"unit.unit": {"league"}}); code != 422 {
		t.Errorf("a unit that is none: %d", code)
	}
	f, err := w.s.Keep(t.Context(), bytes.NewReader(stlOf(t, cube(mesh.Vec{}, 60))), "bride-2.stl")
	must(t, err)
	q, err := w.s.Revise(t.Context(), w.designer, p.ID, f)
	must(t, err)
	if r := w.checked(q); r.Number != 2 || r.Label() != "B" || r.Unit != mesh.Unknown {
		t.Errorf("%+v", r)
	}
	if _, body := w.ask(w.designer, "GET", p.URL()+"/revisions/1", nil); !strings.Contains(body, "60 × 60 × 60 mm") {
		t.Error("the unit of the first revision is lost")
	}
	if code, _ := w.ask(w.designer, "POST", p.URL()+"/remove", nil); code != 303 {
		t.Errorf("remove: %d", code)
	}
	if code, _ := w.ask(w.designer, "GET", p.URL(), nil); code != 404 {
		t.Errorf("a removed part is shown: %d", code)
	}
	if code, _ := w.ask(w.designer, "POST", p.URL()+"/restore", nil); code != 303 {
		t.Errorf("restore: %d", code)
	}
	if code, _ := w.ask(w.designer, "GET", p.URL(), nil); code != 200 {
		t.Errorf("a part that was brought back: %d", code)
	}
}

// Many files of a form become parts at once; what is refused is told, and then none is.
func TestDropOfAForm(t *testing.T) {
	w := newWorld(t, dbtest.Open(t))
	send := func(n int) (int, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for i := range n {
			part, err := m.CreateFormFile("drop.files", fmt.Sprintf("pièce %d.stl", i))
			must(t, err)
			_, err = part.Write(stlOf(t, cube(mesh.Vec{}, float64(10+i))))
			must(t, err)
		}
		must(t, m.Close())
		q, err := http.NewRequestWithContext(t.Context(), "POST", w.srv.URL+"/parts", &b)
		must(t, err)
		q.Header.Set("X-Who", string(w.designer.ID))
		q.Header.Set("Content-Type", m.FormDataContentType())
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Do(q)
		must(t, err)
		defer func() { _ = res.Body.Close() }()
		var answer bytes.Buffer
		_, err = answer.ReadFrom(res.Body)
		must(t, err)
		return res.StatusCode, res.Header.Get("Location") + answer.String()
	}
	if code, body := send(0); code != 422 || !strings.Contains(body, "Choisissez un fichier") {
		t.Errorf("nothing sent: %d", code)
	}
	if code, body := send(maxFiles + 1); code != 422 || !strings.Contains(body, "100 fichiers au plus") {
		t.Errorf("too many: %d", code)
	}
	if code, to := send(100); code != 303 || !strings.HasPrefix(to, "/parts") {
		t.Errorf("a hundred: %d %.100s", code, to)
	}
	var n int
	for range 600 {
		must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) {
			n, err = db.Get[int](tx, `select count(*) from additive_revision where state = 'checked'`)
			return err
		}))
		if n == 100 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%d of 100 parts were checked in 30 s", n)
}

// Colleagues who drop at the same moment all get their parts, and no number twice.
func TestManyDropAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		f, err := w.s.Keep(t.Context(), bytes.NewReader(stlOf(t, cube(mesh.Vec{}, 20))), "bride.stl")
		must(t, err)
		const people, each = 8, 3
		failed := make(chan error, people)
		for range people {
			go func() {
				_, err := w.s.Drop(t.Context(), w.designer, w.office, []Dropped{f, f, f})
				failed <- err
			}()
		}
		for range people {
			if err := <-failed; err != nil {
				t.Error(err)
			}
		}
		var numbers, most int
		must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
			if numbers, err = db.Get[int](tx, `select count(distinct number) from additive_part`); err == nil {
				most, err = db.Get[int](tx, `select max(number) from additive_part`)
			}
			return err
		}))
		if numbers != people*each || most != people*each {
			t.Errorf("%d numbers up to %d, want %d", numbers, most, people*each)
		}
	})
}

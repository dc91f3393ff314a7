package document

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"
)

// world is a project with its people, and its documents served.
type world struct {
	d        *db.DB
	accounts *account.Service
	projects *project.Service
	plans    *plan.Service
	s        *Service
	files    *file.Folder
	root     string // of the files
	p        project.Project
	org      account.OrganisationID
	manager  account.Actor
	srv      *httptest.Server
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	root := t.TempDir()
	files, err := file.NewFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	a := account.New(account.Options{DB: d})
	w := &world{d: d, accounts: a, projects: project.New(project.Options{DB: d, Account: a}), files: files, root: root}
	w.plans = plan.New(plan.Options{DB: d, Project: w.projects})
	w.s = New(Options{DB: d, Files: files, Project: w.projects, Plan: w.plans, Account: a})
	w.plans.Panels, w.plans.Copied = append(w.plans.Panels, w.s.TaskPanel), append(w.plans.Copied, Copied)
	w.projects.PeoplePanels = append(w.projects.PeoplePanels, w.s.PeoplePanel)
	o, err := a.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: "Atelier"})
	if err != nil {
		t.Fatal(err)
	}
	w.org = o.ID
	w.manager = w.person(t, "gestion", account.Membership{OrganisationID: o.ID, Role: account.Member})
	if w.p, err = w.projects.Create(t.Context(), w.manager, project.Draft{Project: project.Project{Title: "Robot de soudage", Kind: project.DigitalTransition, Confidentiality: project.ForMembers, OwnerID: o.ID}}); err != nil {
		t.Fatal(err)
	}
	w.manager = w.again(t, w.manager.ID)
	m := web.NewMux(web.Options{DB: d, Log: slog.New(slog.DiscardHandler), Viewer: account.Viewer, Authenticate: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if id := r.Header.Get("X-Who"); id != "" {
				r = r.WithContext(account.WithActor(r.Context(), w.again(t, account.PersonID(id))))
			}
			next.ServeHTTP(rw, r)
		})
	}})
	w.projects.Pages(m)
	w.plans.Pages(m)
	w.s.Pages(m)
	w.s.API(m)
	m.NotFound()
	w.srv = httptest.NewServer(m.Handler())
	t.Cleanup(w.srv.Close)
	return w
}

func (w *world) person(t testing.TB, name string, memberships ...account.Membership) account.Actor {
	t.Helper()
	p, err := w.accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range memberships {
		m.PersonID = p.ID
		if err := w.accounts.Join(t.Context(), account.System("test"), m); err != nil {
			t.Fatal(err)
		}
	}
	return w.again(t, p.ID)
}

// invited lets somebody into the project.
func (w *world) invited(t testing.TB, name string, role account.Role) account.Actor {
	t.Helper()
	a := w.person(t, name)
	if err := w.d.Do(t.Context(), func(tx db.Tx) error {
		return w.projects.AdmitIn(tx, w.manager, w.p.ID, a.ID, role, tx.Today().AddDays(30))
	}); err != nil {
		t.Fatal(err)
	}
	return w.again(t, a.ID)
}

func (w *world) again(t testing.TB, id account.PersonID) (a account.Actor) {
	t.Helper()
	if err := w.d.View(t.Context(), func(tx db.Tx) (err error) {
		a, err = account.Load(tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) add(t testing.TB, by account.Actor, folder EntryID, name, content string) Entry {
	t.Helper()
	e, err := w.s.Add(t.Context(), by, Upload{ProjectID: w.p.ID, FolderID: folder, Name: name}, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (w *world) folder(t testing.TB, in EntryID, name string) Entry {
	t.Helper()
	e, err := w.s.CreateFolder(t.Context(), w.manager, w.p.ID, in, name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (w *world) token(t testing.TB, a account.Actor, scopes string) string {
	t.Helper()
	_, secret, err := w.accounts.AddToken(t.Context(), a, account.Token{Name: "partage", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// get reads an entry for somebody.
func (w *world) get(t testing.TB, by account.Actor, id EntryID) (p Place, err error) {
	t.Helper()
	err = w.d.View(t.Context(), func(tx db.Tx) (err error) {
		p, err = enter(tx, by, w.p.ID, id)
		return err
	})
	return p, err
}

// versions lists those of the document of a name in a folder, with their texts, newest first.
func (w *world) versions(t testing.TB, folder EntryID, name string) (out []string) {
	t.Helper()
	err := w.d.View(t.Context(), func(tx db.Tx) error {
		e, err := getNamed(tx, w.p.ID, folder, keyOf(name))
		if err != nil {
			return err
		}
		list, err := listVersions(tx, e.ID)
		for _, v := range list {
			out = append(out, w.content(t, v.Hash))
		}
		return err
	})
	if err != nil {
		t.Fatal(errors.Join(errors.New(name), err))
	}
	return out
}

func (w *world) list(t testing.TB, folder EntryID) (list []Entry) {
	t.Helper()
	if err := w.d.View(t.Context(), func(tx db.Tx) (err error) {
		list, err = listEntries(tx, w.p.ID, folder, true)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

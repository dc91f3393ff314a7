package note

import (
	"encoding/json"
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/web"
	"bassin/internal/when"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	m.Page("GET /notes", s.guestNotesPage)
	m.Page("GET /projects/{project}/notes", s.notesPage)
	m.Page("POST /projects/{project}/notes", s.createNotePage)
	m.Page("GET /projects/{project}/notes/{note}", s.notePage)
	m.Page("GET /projects/{project}/notes/{note}/live", s.livePage)
	m.Page("POST /projects/{project}/notes/{note}/edit", s.saveNotePage)
	m.Page("POST /projects/{project}/notes/{note}/move", s.moveNotePage)
	m.Page("POST /projects/{project}/notes/{note}/remove", s.removeNotePage)
	m.Page("POST /projects/{project}/notes/{note}/restore", s.restoreNotePage)
	m.Page("POST /projects/{project}/notes/{note}/guests", s.inviteGuestPage)
	m.Page("POST /projects/{project}/notes/{note}/guests/{grant}/end", s.excludeGuestPage)
	m.Page("GET /projects/{project}/notes/{note}/versions", s.versionsPage)
	m.Page("GET /projects/{project}/notes/{note}/versions/{version}", s.versionPage)
	m.Page("GET /projects/{project}/notes/{note}/markdown", s.markdownPage)
	m.Page("GET /projects/{project}/notes/{note}/pdf", s.pdfPage)
	m.Page("GET /projects/{project}/notes/{note}/print", s.printPage)
}

// notesView is the list of a project's notes.
type notesView struct {
	project.Frame
	Rows  []Row
	Forms web.Forms
}

func (s *Service) notesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showNotes(w, r, http.StatusOK, nil)
}

func (s *Service) showNotes(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.opts.Projects.Enter(r, "notes")
	if err != nil {
		return err
	}
	x := notesView{Frame: f, Forms: forms}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.Rows, err = ListOf(tx, f.Access)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, notesTemplate(web.ViewOf(r), x))
}

func (s *Service) createNotePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n := Note{ProjectID: project.ID(r.PathValue("project")), Title: f.Text("new.title"), ParentID: ID(f.Text("new.parent_id"))}
	err = f.Err()
	if err == nil {
		n, err = s.Create(r.Context(), account.ActorOf(r), n)
		err = web.Prefixed(err, "new")
	}
	switch {
	case err == nil:
		return web.SeeOther(w, r, n.URL(), "note.created")
	case f.Fail(web.ViewOf(r), err):
		return s.showNotes(w, r, web.Status(err), web.Forms{"new": f})
	}
	return err
}

// noteView is a note: its text, who may write, what was.
type noteView struct {
	Entry
	Frame   project.Frame // empty for a guest of the note
	Reading Reading
	Guests  []account.Held
	Parents []web.Choice
	Forms   web.Forms
	People  []person
	Back    *Reading // a version that is to be put back
	Thread  talk.Thread
}

// person is somebody who can be mentioned.
type person struct {
	ID   account.PersonID `json:"id"`
	Name string           `json:"name"`
}

func (s *Service) notePage(w http.ResponseWriter, r *http.Request) error {
	return s.showNote(w, r, http.StatusOK, nil)
}

func (s *Service) showNote(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	x := noteView{Forms: forms, Parents: []web.Choice{{Label: v.T("note.top")}}}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Entry, err = s.entry(tx, r); err != nil {
			return err
		}
		if x.Reading, err = Read(tx, x.Entry); err != nil {
			return err
		}
		if id := v.Query.Get("restore"); id != "" {
			back, err := ReadVersion(tx, x.Entry, VersionID(id))
			if err != nil {
				return err
			}
			x.Back = &back
		}
		if !x.Inside {
			return nil
		}
		if x.Guests, err = GuestsOf(tx, x.Entry); err != nil {
			return err
		}
		members, err := project.MembersOf(tx, x.ProjectID)
		if err != nil {
			return err
		}
		for _, m := range members {
			x.People = append(x.People, person{m.PersonID, m.Name})
		}
		rows, err := ListOf(tx, x.Project)
		for _, n := range rows {
			if n.ID != x.ID {
				x.Parents = append(x.Parents, web.Choice{Value: string(n.ID), Label: n.Title})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if x.Thread, err = s.discussion(r.Context(), x.Entry); err != nil {
		return err
	}
	if x.Inside {
		if x.Frame, err = s.opts.Projects.Enter(r, "notes"); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, noteTemplate(v, x))
}

// entry enters the note of the address.
func (s *Service) entry(tx db.Tx, r *http.Request) (Entry, error) {
	return Enter(tx, account.ActorOf(r), project.ID(r.PathValue("project")), ID(r.PathValue("note")))
}

// ids are the project and the note of the address.
func ids(r *http.Request) (project.ID, ID, string) {
	n := Note{ProjectID: project.ID(r.PathValue("project")), ID: ID(r.PathValue("note"))}
	return n.ProjectID, n.ID, n.URL()
}

func (s *Service) saveNotePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	n := Note{ID: id, ProjectID: in, Title: f.Text("edit.title"), ParentID: ID(f.Text("edit.parent_id")), Version: -1}
	if seen, err := strconv.ParseInt(f.Text("edit.version"), 10, 64); err == nil && seen > 0 {
		n.Version = seen
	}
	return f.Submit(w, r, web.Small{Name: "edit", Page: s.showNote, To: url, Toast: "note.saved", Do: func() error {
		return s.Save(r.Context(), account.ActorOf(r), n)
	}})
}

func (s *Service) moveNotePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, _ := ids(r)
	if err := s.Move(r.Context(), account.ActorOf(r), in, id, f.Text("to") == "up"); err != nil {
		return err
	}
	return web.SeeOther(w, r, in.URL()+"/notes#"+string(id), "")
}

func (s *Service) removeNotePage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.Remove(r.Context(), account.ActorOf(r), in, id); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, in.URL()+"/notes", url+"/restore", "note.removed_toast")
}

func (s *Service) restoreNotePage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.Restore(r.Context(), account.ActorOf(r), in, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, url, "note.restored")
}

func (s *Service) inviteGuestPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	g := Guest{Email: f.Text("guest.email"), Name: f.Text("guest.name"), UntilOn: f.Date("guest.until_on")}
	return f.Submit(w, r, web.Small{Name: "guest", Page: s.showNote, To: url + "#guests", Toast: "note.invited", Do: func() error {
		return s.Invite(r.Context(), account.ActorOf(r), in, id, g)
	}})
}

func (s *Service) excludeGuestPage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.Exclude(r.Context(), account.ActorOf(r), in, id, account.GrantID(r.PathValue("grant"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, url+"#guests", "note.excluded")
}

const versionsSize = 50

// versionsView is the history of a note, or one version of it.
type versionsView struct {
	Entry
	Frame   project.Frame
	List    []Version
	Older   string
	Reading Reading
}

func (s *Service) versionsPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	before, _ := strconv.ParseInt(v.Query.Get("before"), 10, 64)
	var x versionsView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Entry, err = s.entry(tx, r); err != nil {
			return err
		}
		x.List, err = VersionsOf(tx, x.Entry, before, versionsSize)
		return err
	})
	if err != nil {
		return err
	}
	if len(x.List) == versionsSize {
		x.Older = v.With("before", strconv.FormatInt(x.List[versionsSize-1].Seq, 10))
	}
	if x.Frame, err = s.frame(r, x.Entry); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, versionsTemplate(v, x))
}

// frame is that of the project; a guest of the note has none.
func (s *Service) frame(r *http.Request, e Entry) (project.Frame, error) {
	if !e.Inside {
		return project.Frame{}, nil
	}
	return s.opts.Projects.Enter(r, "notes")
}

func (s *Service) versionPage(w http.ResponseWriter, r *http.Request) error {
	var x versionsView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Entry, err = s.entry(tx, r); err != nil {
			return err
		}
		x.Reading, err = ReadVersion(tx, x.Entry, VersionID(r.PathValue("version")))
		return err
	})
	if err != nil {
		return err
	}
	if x.Frame, err = s.frame(r, x.Entry); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, versionTemplate(web.ViewOf(r), x))
}

func (s *Service) read(r *http.Request) (e Entry, x Reading, err error) {
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if e, err = s.entry(tx, r); err != nil {
			return err
		}
		x, err = Read(tx, e)
		return err
	})
	return e, x, err
}

func (s *Service) markdownPage(w http.ResponseWriter, r *http.Request) error {
	e, x, err := s.read(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/markdown; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(e.Title)+`.md"`)
	_, err = w.Write([]byte("# " + escape(e.Title) + "\n\n" + x.Root.Abroad(s.opts.URL).Markdown()))
	return err
}

func (s *Service) pdfPage(w http.ResponseWriter, r *http.Request) error {
	e, x, err := s.read(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	pdf, err := x.Root.Abroad(s.opts.URL).PDF(v.Lang, e.Title, v.T("note.print_of", "at", moment(v, x.At), "name", x.Author), x.At.Time())
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(e.Title)+`.pdf"`)
	_, err = w.Write(pdf)
	return err
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	e, x, err := s.read(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, printTemplate(web.ViewOf(r), e, x))
}

func (s *Service) guestNotesPage(w http.ResponseWriter, r *http.Request) error {
	var list []Note
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		list, err = AsGuest(tx, account.ActorOf(r))
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, guestNotesTemplate(web.ViewOf(r), list))
}

// settings is what the script needs to know of a note, as JSON.
func (x noteView) settings(v *web.View) string {
	texts := map[string]string{}
	for _, k := range []string{"connecting", "saved", "saving", "offline", "read", "ended", "many", "refused", "error", "todo", "done", "link", "people", "together"} {
		texts[k] = v.T("note.live." + k)
	}
	people := x.People
	if people == nil {
		people = []person{}
	}
	var back json.RawMessage
	if x.Back != nil && x.Back.Doc != "" {
		back = json.RawMessage(x.Back.Doc)
	}
	seed := json.RawMessage(nil)
	if x.Seed != "" {
		seed = json.RawMessage(x.Seed)
	}
	b, err := json.Marshal(map[string]any{"url": x.URL() + "/live", "note": x.ID, "person": x.By.ID, "name": x.By.Name, "writes": x.Standing != Reads,
		"people": people, "texts": texts, "seed": seed, "back": back, "label": v.T("note.text")})
	if err != nil {
		return "{}" // every part was JSON before
	}
	return string(b)
}

// fileName makes a name of a file of a title: letters, digits and hyphens.
func fileName(title string) string {
	out := []rune{}
	for _, r := range account.Fold(title) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out = append(out, r)
		case len(out) > 0 && out[len(out)-1] != '-':
			out = append(out, '-')
		}
		if len(out) == 60 {
			break
		}
	}
	if len(out) == 0 {
		return "note"
	}
	return string(out)
}

// moment is the day and hour of a version, or nothing.
func moment(v *web.View, at when.Time) string {
	if at == 0 {
		return ""
	}
	return v.DateTime(at)
}

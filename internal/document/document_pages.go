package document

import (
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/web"
)

func (s *Service) documentPages(m *web.Mux) {
	m.Page("GET /projects/{project}/documents/{entry}", s.documentPage)
	m.Page("POST /projects/{project}/documents/{entry}/versions", s.addVersionPage)
	m.Page("GET /projects/{project}/documents/{entry}/versions/{number}/file", s.downloadPage)
	m.Page("GET /projects/{project}/documents/{entry}/versions/{number}/view", s.viewPage)
	m.Page("GET /projects/{project}/documents/{entry}/versions/{number}/pdf", s.officePDFPage)
	m.Page("GET /projects/{project}/documents/{entry}/preview", s.officePage)
	m.Page("POST /projects/{project}/documents/{entry}/versions/{number}/approve", s.approvePage)
	m.Page("POST /projects/{project}/documents/{entry}/versions/{number}/comments", s.commentPage)
}

// documentView is a document with its versions.
type documentView struct {
	frame
	Versions  []Version
	Approvals []Approval
	Comments  []Comment
	People    []talk.Person // who can be mentioned
	Locks     []Lock
	Folders   []web.Choice
	History   []account.Entry
	Preview   preview
	Office    officeState // of an office document
	Asked     int         // how often the page has asked for it
	Text      string      // beginning of a text
	Cut       bool        // it goes on
	Stored    bool
}

// of gives the approvals of a version.
func (x documentView) of(v Version) []Approval {
	var out []Approval
	for _, a := range x.Approvals {
		if a.Number == v.Number && a.Hash == v.Hash {
			out = append(out, a)
		}
	}
	return out
}

// mine reports whether the person has approved the version already.
func (x documentView) mine(v Version) bool {
	return slices.ContainsFunc(x.of(v), func(a Approval) bool { return a.PersonID == x.Place.Project.By.ID })
}

func (x documentView) on(number int) []Comment {
	var out []Comment
	for _, c := range x.Comments {
		if c.Number == number {
			out = append(out, c)
		}
	}
	return out
}

func (s *Service) documentPage(w http.ResponseWriter, r *http.Request) error {
	return s.showDocument(w, r, http.StatusOK, nil)
}

func (s *Service) showDocument(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.enterPage(r, forms)
	if err == nil && !f.Place.Entry.Is(Document) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return err
	}
	x := documentView{frame: f, Stored: s.opts.Files != nil}
	e := f.Place.Entry
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Versions, err = listVersions(tx, e.ID); err != nil {
			return err
		}
		if x.Approvals, err = listApprovals(tx, e.ID); err != nil {
			return err
		}
		if x.Comments, err = listComments(tx, e.ID); err != nil {
			return err
		}
		if f.MayNow(project.Comment) {
			if x.People, err = talkersOf(tx, f.Place); err != nil {
				return err
			}
		}
		locks, err := listLocks(tx, e.ProjectID)
		if err != nil {
			return err
		}
		x.Locks = covering(locks, f.ids())
		if x.MayChange() {
			if x.Folders, err = s.targets(tx, v, f.Place); err != nil {
				return err
			}
		}
		x.History, err = account.History(tx, string(Document), string(e.ID), 0, 20)
		return err
	})
	if err != nil {
		return err
	}
	if e.Size > 0 && x.Stored {
		if err := s.preview(w, r, &x); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, documentTemplate(v, x))
}

func (s *Service) addVersionPage(w http.ResponseWriter, r *http.Request) error {
	id, entry := entryOf(r)
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		_, err := allow(tx, by, id, entry, project.Contribute)
		return err
	})
	if err != nil {
		return err
	}
	f := web.NewForm(r.URL.Query().Get(web.OnceParam))
	var e Entry
	err = s.eachFile(w, r, f, "version.file", func(_ string, content io.Reader, note string) (err error) {
		e, err = s.AddVersion(r.Context(), by, id, entry, Upload{Note: note}, content)
		return err
	})
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		return web.SeeOther(w, r, e.URL(), "document.done.version", "number", e.Number)
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showDocument(w, r, web.Status(err), web.Forms{"version": f})
}

func (s *Service) downloadPage(w http.ResponseWriter, r *http.Request) error {
	return s.serve(w, r, file.Attachment)
}

// viewPage shows pictures and PDF in a page of ours; what is neither is saved all the same.
func (s *Service) viewPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	return s.serve(w, r, file.Inline)
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request, d file.Disposition) error {
	id, entry := entryOf(r)
	var e Entry
	var v Version
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		p, err := enter(tx, account.ActorOf(r), id, entry)
		if err != nil {
			return err
		}
		e = p.Entry
		v, err = getVersion(tx, e.ID, versionOf(r))
		return err
	})
	switch {
	case err != nil:
		return err
	case s.opts.Files == nil:
		return fault.New(fault.Unavailable, "document.wrong.no_store")
	case v.Size == 0:
		return fault.New(fault.NotFound, "document.wrong.no_content")
	}
	return file.Serve(w, r, s.opts.Files, v.Blob(), versioned(e, v.Number), d)
}

// versioned names an older version apart from the newest, before its extension.
func versioned(e Entry, number int) string {
	if number == e.Number {
		return e.Name
	}
	ext := path.Ext(e.Name)
	return strings.TrimSuffix(e.Name, ext) + " (version " + itoa(number) + ")" + ext
}

func (s *Service) approvePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, entry := entryOf(r)
	return f.Submit(w, r, web.Small{Name: "approve", Page: s.showDocument, To: Entry{ID: entry, ProjectID: id}.URL(), Toast: "document.done.approved", Args: []any{"number", versionOf(r)}, Do: func() error {
		return s.Approve(r.Context(), account.ActorOf(r), id, entry, versionOf(r), f.Text("approve.hash"), f.Text("approve.note"))
	}})
}

func (s *Service) commentPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	id, entry := entryOf(r)
	return f.Submit(w, r, web.Small{Name: "comment", Page: s.showDocument, To: Entry{ID: entry, ProjectID: id}.URL() + "#comments", Toast: "document.done.commented", Do: func() error {
		_, err := s.Comment(r.Context(), account.ActorOf(r), id, Comment{DocumentID: entry, Number: versionOf(r), Text: f.Text("comment.text")})
		return err
	}})
}

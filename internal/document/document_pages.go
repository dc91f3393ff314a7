package document

import (
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/web"
)

func (s *Service) documentPages(m *web.Mux) {
	m.Page("GET /projects/{project}/documents/{entry}", s.documentPage)
	m.Page("POST /projects/{project}/documents/{entry}/versions", s.addVersionPage)
	m.Page("GET /projects/{project}/documents/{entry}/versions/{number}/file", s.downloadPage)
	m.Page("GET /projects/{project}/documents/{entry}/versions/{number}/view", s.viewPage)
	m.Page("POST /projects/{project}/documents/{entry}/versions/{number}/approve", s.approvePage)
	m.Page("POST /projects/{project}/documents/{entry}/versions/{number}/comments", s.commentPage)
}

// preview says how a content can be shown.
type preview string

// The ways: pictures and PDF as they are, texts by their beginning.
const (
	previewNone    preview = ""
	previewPicture preview = "picture"
	previewPDF     preview = "pdf"
	previewText    preview = "text"
	previewOffice  preview = "office" // a converter would be needed
	previewModel   preview = "model"  // a part, drawn by the page
)

// maxModelBytes is what a browser draws without stopping.
const maxModelBytes = 100 << 20

// previewOf chooses by the type that the content has, never by the name alone.
func previewOf(typ string) preview {
	switch {
	case slices.Contains(file.ImageTypes(), typ) || typ == "image/bmp":
		return previewPicture
	case typ == "application/pdf":
		return previewPDF
	case strings.HasPrefix(typ, "text/") || typ == "application/json":
		return previewText
	case typ == "model/stl" || typ == "model/obj" || typ == "model/3mf":
		return previewModel
	case strings.HasPrefix(typ, "application/vnd.o") || strings.HasPrefix(typ, "application/vnd.ms-") || typ == "application/msword" || typ == "application/rtf":
		return previewOffice
	}
	return previewNone
}

// documentView is a document with its versions.
type documentView struct {
	frame
	Versions  []Version
	Approvals []Approval
	Comments  []Comment
	Locks     []Lock
	Folders   []web.Choice
	History   []account.Entry
	Preview   preview
	Text      string // beginning of a text
	Cut       bool   // it goes on
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
		x.Preview = previewOf(e.Type)
		if x.Preview == previewModel && e.Size > maxModelBytes {
			x.Preview = previewNone
		}
		if x.Preview == previewText {
			if x.Text, x.Cut, err = s.beginning(r, e); err != nil {
				return err
			}
		}
		if x.Preview == previewPDF { // the browser's own reader, in a frame of ours
			h := w.Header()
			h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
		}
	}
	return web.Render(w, r, status, documentTemplate(v, x))
}

// beginning reads the first 64 kB of a text.
func (s *Service) beginning(r *http.Request, e Entry) (string, bool, error) {
	c, err := s.opts.Files.Open(r.Context(), file.Hash(e.Hash))
	if err != nil {
		return "", false, err
	}
	defer func() { _ = c.Close() }()
	const most = 64 << 10
	b, err := io.ReadAll(io.LimitReader(c, most))
	if err != nil {
		return "", false, err
	}
	for len(b) == most && len(b) > 0 && !utf8.Valid(b[max(0, len(b)-8):]) && !utf8.RuneStart(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(string(b), "\ufffd"), "\x00", ""), e.Size > most, nil
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

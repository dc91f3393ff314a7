package programme

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
)

func (s *Service) documentPages(m *web.Mux) {
	m.Open("GET /actions/{id}/documents", s.documentsPage)
	m.Page("POST /actions/{id}/documents", s.addDocumentsPage)
	m.Open("GET /actions/{id}/documents/{document}", s.documentPage)
	m.Page("POST /actions/{id}/documents/{document}/remove", s.removeDocumentPage)
	m.Page("POST /actions/{id}/documents/{document}/restore", s.restoreDocumentPage)
}

// Label is what a document is called.
func (d Document) Label() string {
	if d.Title != "" {
		return d.Title
	}
	return d.Name
}

// What one upload may hold.
const (
	maxFiles     = 10
	maxFileBytes = file.DefaultMaxBytes
	maxUpload    = 4 * maxFileBytes
)

func (s *Service) documentsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showDocuments(w, r, http.StatusOK, nil)
}

// readDocuments reads a sheet and its documents for a party.
func (s *Service) readDocuments(r *http.Request) (x sheetView, docs []Document, err error) {
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x, err = readSheet(tx, account.ActorOf(r), ActionID(r.PathValue("id"))); err != nil {
			return err
		}
		if !x.Inside() {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		docs, err = listDocuments(tx, x.Action.ID)
		return err
	})
	return x, docs, err
}

func (s *Service) showDocuments(w http.ResponseWriter, r *http.Request, status int, f web.Forms) error {
	x, docs, err := s.readDocuments(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, documentsTemplate(web.ViewOf(r), x, docs, f, s.files != nil))
}

func (s *Service) addDocumentsPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.viewSheet(r) // who may not add does not get to send 200 MB first
	if err == nil {
		err = x.mayEdit()
	}
	if err != nil {
		return err
	}
	if s.files == nil {
		return fault.New(fault.Unavailable, "programme.document.no_store")
	}
	v := web.ViewOf(r)
	f := web.NewForm(r.URL.Query().Get(web.OnceParam))
	parts, err := multipartOf(w, r)
	var list []Document
	if err == nil {
		list, err = s.receive(r.Context(), v, parts, f, "document.")
	}
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		list, err = s.AddDocuments(r.Context(), account.ActorOf(r), x.Action.ID, list)
		err = web.Prefixed(err, "document")
	}
	if err == nil {
		return web.SeeOther(w, r, x.URL(tabDocuments), "programme.done.documents_added", "count", len(list))
	}
	if !f.Fail(v, err) {
		return err
	}
	return s.showDocuments(w, r, web.Status(err), web.Forms{"document": f})
}

// multipartOf gives the parts of an upload, up to its limit.
func multipartOf(w http.ResponseWriter, r *http.Request) (*multipart.Reader, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "fault.form")
	}
	return parts, nil
}

// receive stores the files of an upload, its parts prefix+"files", and gives them as documents. A file
// that is refused is noted as wrong, with its name and why; then none of the upload is added.
func (s *Service) receive(ctx context.Context, v *web.View, parts *multipart.Reader, f *web.Form, prefix string) ([]Document, error) {
	title, files := prefix+"title", prefix+"files"
	var list []Document
	var refused []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, file.Broken(err)
		}
		if part.FormName() == title {
			b, err := io.ReadAll(io.LimitReader(part, 10_000))
			if err != nil {
				return nil, file.Broken(err)
			}
			f.Values.Set(title, fault.Seen(strings.ToValidUTF8(string(b), "\ufffd")))
			continue
		}
		if part.FormName() != files || part.FileName() == "" {
			continue
		}
		if len(list) == maxFiles {
			f.Wrong(files, "programme.document.too_many", "max", maxFiles)
			break
		}
		name := file.CleanName(part.FileName())
		blob, err := s.files.Put(ctx, part, file.Limits{Name: name, MaxBytes: maxFileBytes})
		switch x := fault.As(err); {
		case x != nil && (x.Kind == fault.Invalid || x.Kind == fault.TooLarge):
			refused = append(refused, name+v.T("web.form.colon")+" "+v.Fault(x))
		case err != nil:
			return nil, err
		}
		list = append(list, Document{Name: name, Hash: string(blob.Hash), Size: blob.Size, Type: blob.Type})
	}
	if len(refused) > 0 {
		f.Wrong(files, "programme.document.refused", "files", strings.Join(refused, " "))
	}
	if len(list) == 0 {
		f.Wrong(files, "programme.document.none_chosen")
	}
	for i := range list { // one title is for one file; several keep their names
		if len(list) == 1 {
			list[i].Title = f.Text(title)
		}
	}
	return list, nil
}

func (s *Service) documentPage(w http.ResponseWriter, r *http.Request) error {
	x, docs, err := s.readDocuments(r)
	if err != nil {
		return err
	}
	d, ok := documentOf(docs, r.PathValue("document"))
	if !ok || d.ActionID != x.Action.ID {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if s.files == nil {
		return fault.New(fault.Unavailable, "programme.document.no_store")
	}
	return file.Serve(w, r, s.files, file.Blob{Hash: file.Hash(d.Hash), Size: d.Size, Type: d.Type}, d.Name, file.Attachment)
}

func (s *Service) removeDocumentPage(w http.ResponseWriter, r *http.Request) error {
	id, document := ActionID(r.PathValue("id")), DocumentID(r.PathValue("document"))
	if err := s.RemoveDocument(r.Context(), account.ActorOf(r), id, document); err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, actionURL(id, tabDocuments), actionURL(id, "documents", string(document), "restore"), "programme.done.document_removed")
}

func (s *Service) restoreDocumentPage(w http.ResponseWriter, r *http.Request) error {
	id, document := ActionID(r.PathValue("id")), DocumentID(r.PathValue("document"))
	if err := s.RestoreDocument(r.Context(), account.ActorOf(r), id, document); err != nil {
		return err
	}
	return web.SeeOther(w, r, actionURL(id, tabDocuments), "programme.done.document_restored")
}

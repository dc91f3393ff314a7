package document

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/web"
)

// Uploads that resume after a cut speak tus 1.0 (https://tus.io/protocols/resumable-upload): its core
// with creation, termination and expiration. Faults are told in the language of the person, as plain
// text, for the page shows them beside the file's name.

const tusVersion = "1.0.0"

// apiBase begins the addresses at which programs send files in parts.
const apiBase = "/api/v1"

func (s *Service) uploadPages(m *web.Mux) {
	const one = "/projects/{project}/uploads/{upload}"
	for _, at := range []string{"", apiBase} { // for pages, and for programs with a token
		m.Raw("OPTIONS "+at+"/projects/{project}/folders/{entry}/uploads", s.tus(s.tusOptions))
		m.Raw("POST "+at+"/projects/{project}/folders/{entry}/uploads", s.tus(s.beginUpload))
		m.Raw("HEAD "+at+one, s.tus(s.uploadState))
		m.Raw("PATCH "+at+one, s.tus(s.receiveUpload))
		m.Raw("DELETE "+at+one, s.tus(s.abandonUpload))
	}
	m.Page("POST "+one+"/abandon", s.abandonUploadPage)
}

// tus wraps a handler of the protocol: its version, who asks, and how faults are told.
func (s *Service) tus(h web.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Tus-Resumable", tusVersion)
		by := account.ActorOf(r)
		var err error
		switch {
		case !by.Known():
			w.Header().Set("WWW-Authenticate", `Bearer realm="bassin"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		case by.Token && !slices.Contains(by.Scopes, "write"):
			err = fault.New(fault.Forbidden, "fault.token_scope")
		case r.Method != http.MethodOptions && r.Header.Get("Tus-Resumable") != tusVersion:
			w.Header().Set("Tus-Version", tusVersion)
			w.WriteHeader(http.StatusPreconditionFailed)
			return
		default:
			err = h(w, r)
		}
		if err != nil {
			s.tusFail(w, r, err)
		}
	})
}

func (s *Service) tusFail(w http.ResponseWriter, r *http.Request, err error) {
	v, f := web.ViewOf(r), fault.As(err)
	status := web.Status(err)
	text := v.Fault(f)
	if f != nil {
		for _, x := range f.Fields {
			text = v.TArgs(x.Key, x.Args)
		}
		if f.Key == lockedKey {
			status = http.StatusLocked
		}
	}
	if status >= 500 {
		s.log.Error("upload failed", "method", r.Method, "error", err.Error())
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	http.Error(w, text, status)
}

func (s *Service) tusOptions(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Tus-Version", tusVersion)
	h.Set("Tus-Extension", "creation,termination,expiration")
	h.Set("Tus-Max-Size", strconv.FormatInt(maxFileBytes, 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Service) beginUpload(w http.ResponseWriter, r *http.Request) error {
	id, folder := entryOf(r)
	u := Resumable{ProjectID: id, FolderID: folder}
	var ok bool
	if u.Size, ok = tusNumber(r, "Upload-Length"); !ok {
		return fault.New(fault.Invalid, "document.wrong.upload_header", "header", "Upload-Length")
	}
	meta, ok := tusMetadata(r.Header.Get("Upload-Metadata"))
	if !ok || meta["filename"] == "" {
		return fault.New(fault.Invalid, "document.wrong.upload_header", "header", "Upload-Metadata")
	}
	u.Name = file.CleanName(meta["filename"])
	u.Modified, _ = strconv.ParseInt(meta["modified"], 10, 64)
	u, err := s.Begin(r.Context(), account.ActorOf(r), u)
	if err != nil {
		return err
	}
	at := u.URL()
	if strings.HasPrefix(r.URL.Path, apiBase+"/") {
		at = apiBase + at
	}
	w.Header().Set("Location", at)
	s.tusWhere(w, u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// tusNumber reads a header that holds a count of bytes.
func tusNumber(r *http.Request, name string) (int64, bool) {
	n, err := strconv.ParseInt(r.Header.Get(name), 10, 64)
	return n, err == nil && n >= 0
}

// tusMetadata reads pairs of a key and a value in Base64.
func tusMetadata(header string) (map[string]string, bool) {
	out := map[string]string{}
	if len(header) > 4096 {
		return nil, false
	}
	for _, pair := range strings.Split(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		b, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return nil, false
		}
		out[key] = strings.ReplaceAll(string(b), "\x00", "")
	}
	return out, true
}

// tusWhere tells how far an upload is, and what it became.
func (s *Service) tusWhere(w http.ResponseWriter, u Resumable) {
	h := w.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Received, 10))
	if u.Filed() {
		h.Set("Content-Location", Entry{ID: u.DocumentID, ProjectID: u.ProjectID, Kind: Document}.URL())
		return
	}
	h.Set("Upload-Expires", u.ExpiresAt.Time().UTC().Format(http.TimeFormat))
}

func uploadOf(r *http.Request) (project.ID, UploadID) {
	return project.ID(r.PathValue("project")), UploadID(r.PathValue("upload"))
}

// uploadState tells where to go on. One that is whole and no document yet, because the server was
// killed or a lock was in the way, becomes one now.
func (s *Service) uploadState(w http.ResponseWriter, r *http.Request) error {
	p, id := uploadOf(r)
	u, err := s.Upload(r.Context(), account.ActorOf(r), p, id)
	if err == nil {
		u, err = s.Finish(context.WithoutCancel(r.Context()), u)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	s.tusWhere(w, u)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Service) receiveUpload(w http.ResponseWriter, r *http.Request) error {
	p, id := uploadOf(r)
	by := account.ActorOf(r)
	at, ok := tusNumber(r, "Upload-Offset")
	switch {
	case r.Header.Get("Content-Type") != "application/offset+octet-stream":
		w.WriteHeader(http.StatusUnsupportedMediaType)
		return nil
	case !ok:
		return fault.New(fault.Invalid, "document.wrong.upload_header", "header", "Upload-Offset")
	}
	u, err := s.Upload(r.Context(), by, p, id)
	if err != nil {
		return err
	}
	if r.ContentLength > u.Size-u.Received && at == u.Received {
		return fault.New(fault.TooLarge, "file.too_large", "max_bytes", u.Size)
	}
	if u, err = s.Receive(r.Context(), by, p, id, at, sent{r.Body}); err == nil {
		// The last byte is here: whoever goes now has done their part.
		u, err = s.Finish(context.WithoutCancel(r.Context()), u)
	}
	if err != nil {
		return err
	}
	s.tusWhere(w, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// sent is a body that may break off: that is the sender's doing, not ours.
type sent struct{ body io.Reader }

// Read reads on.
func (b sent) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = file.Broken(err)
	}
	return n, err
}

func (s *Service) abandonUpload(w http.ResponseWriter, r *http.Request) error {
	p, id := uploadOf(r)
	if err := s.Abandon(r.Context(), account.ActorOf(r), p, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// abandonUploadPage is the button of the list.
func (s *Service) abandonUploadPage(w http.ResponseWriter, r *http.Request) error {
	p, id := uploadOf(r)
	by := account.ActorOf(r)
	u, err := s.Upload(r.Context(), by, p, id)
	if err == nil {
		err = s.Abandon(r.Context(), by, p, id)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, folderURL(p, u.FolderID), "document.done.abandoned", "name", u.Name)
}

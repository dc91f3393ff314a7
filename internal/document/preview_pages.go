package document

import (
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
)

// preview prepares what the page shows of the newest content.
func (s *Service) preview(w http.ResponseWriter, r *http.Request, x *documentView) (err error) {
	e := x.Place.Entry
	x.Preview = previewOf(e.Type, e.Size)
	switch x.Preview {
	case previewText:
		x.Text, x.Cut, err = s.beginning(r, e)
	case previewOffice:
		x.Office, err = s.stateOf(r.Context(), e)
	}
	if err == nil && x.Office == officeAsked { // by nobody yet, when the document is older than the converter
		err = s.db.Do(r.Context(), func(tx db.Tx) error { return printLater(tx, Hand{svc: s}, e, 0) })
	}
	if x.Preview == previewPDF || x.Office == officeAsked || x.Office == officeReady { // the browser's own reader, in a frame of ours
		h := w.Header()
		h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; frame-src 'self'")
	}
	return err
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

// officePage is the preview of an office document alone: it asks for itself again until it is made.
func (s *Service) officePage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.enterPage(r, nil)
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	x := documentView{frame: f, Asked: n + 1}
	e := f.Place.Entry
	if !e.Is(Document) || previewOf(e.Type, e.Size) != previewOffice {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	if x.Office, err = s.stateOf(r.Context(), e); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, officePart(web.ViewOf(r), x))
}

// officePDFPage is the PDF that was made of a version.
func (s *Service) officePDFPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	id, entry := entryOf(r)
	var e Entry
	var p printed
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		at, err := enter(tx, account.ActorOf(r), id, entry)
		if err != nil {
			return err
		}
		e = at.Entry
		v, err := getVersion(tx, e.ID, versionOf(r))
		if err != nil {
			return err
		}
		p, err = getPrinted(tx, v.Hash)
		return err
	})
	switch {
	case err != nil:
		return err
	case s.opts.Files == nil:
		return fault.New(fault.Unavailable, "document.wrong.no_store")
	case p.PDFHash == "":
		return fault.New(fault.NotFound, "fault.not_found")
	}
	name := versioned(e, versionOf(r))
	return file.Serve(w, r, s.opts.Files, p.blob(), strings.TrimSuffix(name, path.Ext(name))+".pdf", file.Inline)
}

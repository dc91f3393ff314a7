package document

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/office"
	"bassin/internal/when"
)

// preview says how a content can be shown.
type preview string

// The ways: pictures and PDF as they are, texts by their beginning, office documents as a PDF that is
// made of them, parts drawn by the page.
const (
	previewNone    preview = ""
	previewPicture preview = "picture"
	previewPDF     preview = "pdf"
	previewText    preview = "text"
	previewOffice  preview = "office"
	previewModel   preview = "model"
)

// maxModelBytes is what a browser draws without stopping.
const maxModelBytes = 100 << 20

// previewOf chooses by the type that the content has, never by the name alone.
func previewOf(typ string, size int64) preview {
	switch {
	case slices.Contains(file.ImageTypes(), typ) || typ == "image/bmp":
		return previewPicture
	case typ == "application/pdf":
		return previewPDF
	case strings.HasPrefix(typ, "text/") || typ == "application/json":
		return previewText
	case (typ == "model/stl" || typ == "model/obj" || typ == "model/3mf") && size <= maxModelBytes:
		return previewModel
	case office.Is(typ):
		return previewOffice
	}
	return previewNone
}

// printed is the PDF that was made of an office document's content.
type printed struct {
	Hash    string // of the content
	PDFHash string `db:"pdf_hash"` // empty: the converter made nothing of it
	PDFSize int64  `db:"pdf_size"`
	MadeAt  when.Time
}

func (p printed) blob() file.Blob {
	return file.Blob{Hash: file.Hash(p.PDFHash), Size: p.PDFSize, Type: "application/pdf"}
}

// officeState is how far the PDF of an office document is.
type officeState string

const (
	officeNone   officeState = ""       // nothing converts it here
	officeAsked  officeState = "asked"  // a job makes it
	officeReady  officeState = "ready"  // it can be shown
	officeFailed officeState = "failed" // the converter made nothing of it
)

// maxAsked is how often an open page asks for a preview that is being made, every two seconds.
const maxAsked = 60

const printKind = "document.print"

type printArgs struct {
	Document EntryID `json:"document"`
	Hash     string  `json:"hash"`
}

// stateOf tells how far the PDF of a document's content is.
func (s *Service) stateOf(ctx context.Context, e Entry) (officeState, error) {
	if !s.opts.Office.Converts(e.Type, e.Size) {
		return officeNone, nil
	}
	var p printed
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		p, err = getPrinted(tx, e.Hash)
		return err
	})
	switch {
	case fault.Is(err, fault.NotFound):
		return officeAsked, nil
	case err != nil:
		return officeNone, err
	case p.PDFHash == "":
		return officeFailed, nil
	}
	return officeReady, nil
}

// settle is how long a document rests before its PDF is made: office programs save every few minutes
// while somebody types, and a later content makes the PDF of this one useless.
const settle = 20 * time.Second

// printLater asks for the PDF of an office document, unless it was made of the same content before.
func printLater(tx db.Tx, h Hand, e Entry, in time.Duration) error {
	s := h.svc
	if s == nil || s.queue == nil || s.opts.Files == nil || e.Hidden || !e.Is(Document) || !s.opts.Office.Converts(e.Type, e.Size) {
		return nil
	}
	if _, err := getPrinted(tx, e.Hash); !fault.Is(err, fault.NotFound) {
		return err
	}
	_, err := s.queue.Enqueue(tx, job.Request{Kind: printKind, Args: printArgs{e.ID, e.Hash}, UniqueKey: string(e.ID) + e.Hash, At: tx.Now().Add(in)})
	return err
}

// Print makes the PDF of an office document and keeps it beside the document. What the converter
// cannot read is noted too: it is not tried again.
func (s *Service) Print(ctx context.Context, id EntryID, hash string) error {
	e, err := s.current(ctx, id)
	if err != nil || e.Hash != hash {
		return fault.IgnoreMissing(err) // a later content has a job of its own
	}
	if !s.opts.Office.Converts(e.Type, e.Size) {
		return errors.New("this worker has no LibreOffice: the server that asked has one")
	}
	known := false
	err = s.db.View(ctx, func(tx db.Tx) error {
		_, err := getPrinted(tx, hash)
		known = err == nil
		return fault.IgnoreMissing(err)
	})
	if err != nil || known {
		return err
	}
	content, err := s.opts.Files.Open(ctx, file.Hash(hash))
	if err != nil {
		return fault.IgnoreMissing(err) // told by verify
	}
	defer func() { _ = content.Close() }()
	p := printed{Hash: hash}
	err = s.opts.Office.PDF(ctx, content, e.Type, func(r io.Reader) error {
		b, err := s.opts.Files.Put(ctx, r, file.Limits{Name: "preview.pdf", Types: []string{"application/pdf"}, MaxBytes: office.MaxOutput})
		p.PDFHash, p.PDFSize = string(b.Hash), b.Size
		return err
	})
	if errors.Is(err, office.ErrUnreadable) {
		s.log.Info("an office document could not be converted", "document", string(id), "hash", hash)
		err = nil
	}
	if err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		p.MadeAt = tx.Now()
		return insertPrinted(tx, p)
	})
}

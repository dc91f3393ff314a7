package file

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"bassin/internal/fault"
)

// Disposition says whether a file is saved or shown.
type Disposition string

// Inline is granted only to pictures and PDF; anything else is an Attachment all the same.
const (
	Attachment Disposition = "attachment"
	Inline     Disposition = "inline"
)

// policy lets a shown file load nothing and run nothing, in an origin of its own. Chromium's PDF
// viewer loads under it (tried with version 156).
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// Serve sends a blob under a name, with ranges and ETag. Who may have it was decided before. The
// error is nil or comes before anything was sent. When a blob turns out to be damaged, lost or out
// of reach while it is sent, it panics with the reason, so that the connection is cut: a
// download that looks complete would be believed.
func Serve(w http.ResponseWriter, r *http.Request, s Store, b Blob, name string, d Disposition) error {
	c, err := s.Open(r.Context(), b.Hash)
	if fault.Is(err, fault.NotFound) {
		return fault.Wrap(err, fault.Internal, "file.lost")
	}
	if err != nil {
		return fmt.Errorf("serve %s: %w", b.Hash, err)
	}
	defer c.Close()
	if c.Size != b.Size {
		return damaged(b.Hash, fmt.Sprintf("it has %d of %d bytes", c.Size, b.Size))
	}
	return send(w, r, c, b, name, d)
}

// ServePart is Serve of a part: a file with a short life, apart from the blobs. Its content is
// compared with the hash that the blob names.
func ServePart(w http.ResponseWriter, r *http.Request, s Parts, upload, part string, b Blob, name string) error {
	src, err := s.OpenPart(r.Context(), upload, part)
	if err != nil {
		return err
	}
	c := newContent(b.Hash, b.Size, src)
	defer c.Close()
	return send(w, r, c, b, name, Attachment)
}

func send(w http.ResponseWriter, r *http.Request, c *Content, b Blob, name string, d Disposition) error {
	k, known := kindByType(b.Type)
	typ := octetStream
	if known {
		typ = k.typ
	}
	if k.text {
		typ += "; charset=utf-8"
	}
	if d != Inline || !k.inline {
		d = Attachment
	}
	h := w.Header()
	h.Set("Content-Type", typ)
	h.Set("Content-Disposition", disposition(d, name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if h.Get("ETag") == "" { // WebDAV has its own
		h.Set("ETag", `"`+string(b.Hash)+`"`)
	}
	// Kept by the browser, asked about each time: the right to see it may have ended.
	h.Set("Cache-Control", "private, no-cache")
	// Compressed on the way, a cut download would end like a whole one.
	h.Set("No-Gzip-Compression", "1")
	http.ServeContent(w, r, "", time.Time{}, c)
	if c.err != nil && r.Context().Err() == nil {
		panic(fmt.Errorf("serve %s: %w", b.Hash, c.err))
	}
	return nil
}

func disposition(d Disposition, name string) string {
	if v := mime.FormatMediaType(string(d), map[string]string{"filename": CleanName(name)}); v != "" {
		return v
	}
	return string(d)
}

// IsDamaged reports whether the error says that a blob is not what its name says.
func IsDamaged(err error) bool { return errors.Is(err, ErrDamaged) }

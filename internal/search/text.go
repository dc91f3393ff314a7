package search

import (
	"context"
	"io"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
)

// Extract gives the text of a file by its type: plain text, a document, a table. An unreadable
// file has none: that is no failure. It must bound time and memory itself.
type Extract func(ctx context.Context, r io.Reader, size int64, typ string) (string, error)

// Readable reports whether files can be read at all.
func (s *Service) Readable() bool { return s != nil && s.opts.Extract != nil && s.opts.Files != nil }

// Read reads the text of a stored file once, and keeps it for TextOf.
func (s *Service) Read(ctx context.Context, hash file.Hash, typ string) error {
	if !s.Readable() {
		return nil
	}
	var known bool
	err := s.opts.DB.View(ctx, func(tx db.Tx) (err error) {
		_, known, err = TextOf(tx, string(hash))
		return err
	})
	if err != nil || known {
		return err
	}
	content, err := s.opts.Files.Open(ctx, hash)
	if fault.Is(err, fault.NotFound) { // told by verify, and no reason to fail again and again
		s.opts.Log.Warn("read a file for the search", "hash", string(hash), "error", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	text, err := s.opts.Extract(ctx, content, content.Size, typ)
	if err != nil {
		return err
	}
	return s.opts.DB.Do(ctx, func(tx db.Tx) error { return saveText(tx, string(hash), cut(text, maxText)) })
}

// TextOf gives the text of a stored file, and whether it was read yet.
func TextOf(tx db.Tx, hash string) (text string, known bool, err error) {
	text, err = getText(tx, hash)
	if fault.Is(err, fault.NotFound) {
		return "", false, nil
	}
	return text, err == nil, err
}

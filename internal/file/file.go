// Package file keeps uploaded files behind one interface: a folder by default, S3-compatible
// storage by address.
//
// Words: a blob is the content of a file, named by its SHA-256, so that the same content is kept
// once and a changed byte is noticed; a store keeps blobs; a limit is what an upload may be; the
// type of a blob is decided by its content, never by what a browser said.
//
// An upload is looked at before it is believed (look.go): size, type, extension and content in
// agreement, packages (ZIP) without tricks. Nothing is ever served with an active type (serve.go).
// Who may see a file, under which name, is the business of the feature whose row names the blob.
//
// No tables. Called by features' operations (Put, Open) and pages (Serve), by backup, restore and
// verify (Each, Open, Put with Unchecked).
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"bassin/internal/fault"
)

// Hash names a blob: SHA-256 of its content, 64 hexadecimal digits, lower case.
type Hash string

// Valid reports whether the hash has its form. Stores refuse any other, which keeps paths safe.
func (h Hash) Valid() bool {
	return len(h) == 64 && strings.Trim(string(h), "0123456789abcdef") == ""
}

// path is where both kinds of store keep a blob, so that one can be copied into the other:
// ab/cd/abcd….
func (h Hash) path() string { return string(h[:2]) + "/" + string(h[2:4]) + "/" + string(h) }

// Blob is a stored content.
type Blob struct {
	Hash Hash
	Size int64
	Type string // one of the inert types of kinds.go
}

// Info is what a store knows of a blob by itself.
type Info struct {
	Hash Hash
	Size int64
}

// DefaultMaxBytes is the limit of an upload that names none.
const DefaultMaxBytes = 50 << 20

// Limits say what an upload may be.
type Limits struct {
	Name     string   // the name it was given: its extension must agree with the content; "" = unknown
	MaxBytes int64    // 0 = DefaultMaxBytes
	Types    []string // allowed; none = any, and what is active is kept as application/octet-stream
	Size     int64    // announced; another size is a broken upload; 0 = unknown
	Hash     Hash     // announced; another content is a broken upload; "" = unknown

	// Unchecked takes any content as application/octet-stream: for blobs that come back from a
	// backup or from another store, where they were looked at when they came in.
	Unchecked bool
}

// Store keeps blobs. All methods may be called at once from anywhere; several processes may share
// a store. A blob appears whole or not at all, whenever the process dies.
type Store interface {
	// Put reads r to its end and keeps it. The same content again is the same blob. What it refuses
	// is fault.Invalid or fault.TooLarge; a full disk or absent storage is fault.Unavailable.
	Put(ctx context.Context, r io.Reader, limits Limits) (Blob, error)
	// Open gives the content, to be closed; fault.NotFound when there is none.
	Open(ctx context.Context, hash Hash) (*Content, error)
	// Has reports whether the blob is there.
	Has(ctx context.Context, hash Hash) (bool, error)
	// Delete removes a blob; a missing one is no error. Only for what no row names any more.
	Delete(ctx context.Context, hash Hash) error
	// Each calls f with every blob in the order of their hashes, until f gives an error.
	Each(ctx context.Context, f func(Info) error) error
	// Parts are the pieces of what is still on its way (parts.go).
	Parts
}

// Verify reads a whole blob and compares its content with its name; ErrDamaged is in the error's
// chain when they differ.
func Verify(ctx context.Context, s Store, hash Hash) error {
	c, err := s.Open(ctx, hash)
	if err != nil {
		return err
	}
	defer c.Close()
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch _, err := c.Read(buf); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// ErrDamaged is in the chain of the error when a blob's content is not what its name says.
var ErrDamaged = errors.New("content and name differ")

func damaged(hash Hash, why string) error {
	return fault.Wrap(fmt.Errorf("blob %s: %w: %s", hash, ErrDamaged, why), fault.Internal, "file.damaged")
}

func notFound(hash Hash) error {
	return fault.Wrap(fmt.Errorf("no blob %q", hash), fault.NotFound, "file.not_found")
}

// storeFault gives the system's errors the kind that a person can be told.
func storeFault(err error) error {
	switch {
	case err == nil, fault.As(err) != nil:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.Wrap(err, fault.Unavailable, "file.no_space")
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.EROFS):
		return fault.Wrap(err, fault.Unavailable, "file.store_down")
	}
	return err
}

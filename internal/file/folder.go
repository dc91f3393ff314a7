package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// tempKept is how long an unfinished upload is left alone: another process may be writing it.
const tempKept = 24 * time.Hour

// Folder keeps blobs in a folder of a local or shared file system: ab/cd/abcd…, and unfinished
// ones in tmp/.
type Folder struct {
	root, tmp string
}

var _ Store = (*Folder)(nil)

// NewFolder opens a folder, makes it when it is missing, and removes what uploads left that never
// ended.
func NewFolder(dir string) (*Folder, error) {
	s := &Folder{root: dir, tmp: filepath.Join(dir, "tmp")}
	if err := os.MkdirAll(s.tmp, 0o750); err != nil {
		return nil, fmt.Errorf("open file folder: %w", err)
	}
	left, err := os.ReadDir(s.tmp)
	if err != nil {
		return nil, fmt.Errorf("open file folder: %w", err)
	}
	for _, e := range left {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) < tempKept {
			continue
		}
		if err := os.Remove(filepath.Join(s.tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open file folder: %w", err)
		}
	}
	return s, nil
}

// Put writes beside, forces to the disk, and renames: the blob appears whole or not at all. The
// same content again replaces the file, which also mends a damaged one.
func (s *Folder) Put(ctx context.Context, r io.Reader, limits Limits) (Blob, error) {
	f, err := os.CreateTemp(s.tmp, "put-*")
	if err != nil {
		return Blob{}, storeFault(fmt.Errorf("put file: %w", err))
	}
	defer os.Remove(f.Name())
	defer f.Close()
	b, err := receive(ctx, f, r, limits)
	if err != nil {
		return Blob{}, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Blob{}, storeFault(fmt.Errorf("put file: %w", err))
	}
	if err := s.place(f.Name(), s.path(b.Hash)); err != nil {
		return Blob{}, storeFault(fmt.Errorf("put file: %w", err))
	}
	return b, nil
}

func (s *Folder) path(h Hash) string { return filepath.Join(s.root, filepath.FromSlash(h.path())) }

// place renames and forces the folders' entries to the disk, from the new one up to the root.
func (s *Folder) place(from, to string) error {
	dir := filepath.Dir(to)
	_, err := os.Stat(dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	if !fresh {
		return nil
	}
	return errors.Join(syncDir(filepath.Dir(dir)), syncDir(s.root))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open gives the content.
func (s *Folder) Open(_ context.Context, hash Hash) (*Content, error) {
	if !hash.Valid() {
		return nil, notFound(hash)
	}
	f, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(hash)
	}
	if err != nil {
		return nil, storeFault(fmt.Errorf("open file: %w", err))
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, storeFault(fmt.Errorf("open file: %w", err))
	}
	return newContent(hash, info.Size(), f), nil
}

// Has reports whether the blob is there.
func (s *Folder) Has(_ context.Context, hash Hash) (bool, error) {
	if !hash.Valid() {
		return false, nil
	}
	switch _, err := os.Stat(s.path(hash)); {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, storeFault(err)
	}
	return true, nil
}

// Delete removes a blob.
func (s *Folder) Delete(_ context.Context, hash Hash) error {
	if !hash.Valid() {
		return nil
	}
	if err := os.Remove(s.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return storeFault(fmt.Errorf("delete file: %w", err))
	}
	return nil
}

// Each calls f with every blob. One that appears or goes meanwhile may be left out.
func (s *Folder) Each(ctx context.Context, f func(Info) error) error {
	return eachHex(s.root, func(first string) error {
		return eachHex(first, func(second string) error {
			files, err := os.ReadDir(second)
			if err != nil {
				return storeFault(err)
			}
			for _, e := range files {
				if err := ctx.Err(); err != nil {
					return err
				}
				info, err := e.Info()
				if err != nil || !info.Mode().IsRegular() || !Hash(e.Name()).Valid() {
					continue
				}
				if err := f(Info{Hash(e.Name()), info.Size()}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// eachHex calls f with every folder whose name is two hexadecimal digits, in order.
func eachHex(dir string, f func(string) error) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return storeFault(err)
	}
	for _, e := range entries {
		if n := e.Name(); e.IsDir() && len(n) == 2 && isHex(n[0]) && isHex(n[1]) {
			if err := f(filepath.Join(dir, n)); err != nil {
				return err
			}
		}
	}
	return nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

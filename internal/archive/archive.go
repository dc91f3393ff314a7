// Package archive writes and reads what leaves a server as one file: backups, and projects on their
// way to another server. An archive is a tar compressed by zstd. First comes a mark that says what
// it is, then the members, last the manifest with the SHA-256 of each member and of the list itself.
// An archive that ends early has no manifest; a changed byte changes a sum.
//
// Words: a mark, a member, a manifest, and its sum, which is the fingerprint of the whole.
// Called by app (backups) and transfer (projects).
package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Sort is a sort of archive.
type Sort struct {
	Mark   string // name of the first member
	Format int
	What   string // in errors: "backup"
	Name   string // in errors, of what was expected: "a Bassin backup"
}

const manifestName = "manifest.json"

// Entry is a member as the manifest names it.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Sums stand at the end of every manifest, which embeds them.
type Sums struct {
	Members []Entry `json:"members"`
	Sum     string  `json:"sum"` // SHA-256 of the manifest with Sum empty
}

func (s *Sums) sums() *Sums { return s } //nolint:unused // called through Manifest, by what embeds Sums

// Manifest is what an archive says of itself: a struct that embeds Sums.
type Manifest interface {
	sums() *Sums
	// Written is the format with which it was written.
	Written() int
}

// sum computes the manifest's sum.
func sum(m Manifest) (string, error) {
	s := m.sums()
	kept := s.Sum
	s.Sum = ""
	b, err := json.Marshal(m)
	s.Sum = kept
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), err
}

// Writer writes an archive.
type Writer struct {
	sort    Sort
	tar     *tar.Writer
	zstd    *zstd.Encoder
	members []Entry
}

// NewWriter begins an archive.
func NewWriter(w io.Writer, sort Sort, now time.Time) (*Writer, error) {
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(2))
	if err != nil {
		return nil, err
	}
	a := &Writer{sort: sort, tar: tar.NewWriter(z), zstd: z}
	mark := fmt.Sprintf("%d\n%s\n", sort.Format, now.UTC().Format(time.RFC3339))
	return a, a.Put(sort.Mark, int64(len(mark)), strings.NewReader(mark))
}

// Put writes a member of exactly size bytes.
func (a *Writer) Put(name string, size int64, r io.Reader) error {
	if err := a.tar.WriteHeader(header(name, size)); err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, h), r)
	if err != nil {
		return fmt.Errorf("write %s into the %s: %w", name, a.sort.What, err)
	}
	if n != size {
		return fmt.Errorf("write %s into the %s: it has %d bytes, %d were announced", name, a.sort.What, n, size)
	}
	a.members = append(a.members, Entry{name, size, hex.EncodeToString(h.Sum(nil))})
	return nil
}

// Finish writes the manifest, whose sums it fills in, and ends the archive.
func (a *Writer) Finish(m Manifest) (err error) {
	s := m.sums()
	s.Members = a.members
	if s.Sum, err = sum(m); err != nil {
		return err
	}
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := a.tar.WriteHeader(header(manifestName, int64(len(b)))); err != nil {
		return err
	}
	if _, err := a.tar.Write(b); err != nil {
		return err
	}
	if err := a.tar.Close(); err != nil {
		return err
	}
	return a.zstd.Close()
}

func header(name string, size int64) *tar.Header {
	return &tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
}

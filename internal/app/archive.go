package app

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"bassin/internal/db"

	"github.com/klauspost/compress/zstd"
)

// A backup is one file: a tar compressed by zstd. First comes a mark that says what it is, then
// the members, last the manifest with the SHA-256 of each and of the list itself. A file that
// ends early has no manifest; a changed byte changes a sum.

const (
	archiveMark     = "BASSIN-BACKUP"
	archiveFormat   = 1
	archiveManifest = "manifest.json"
	memberFiles     = "files/"
)

// manifest says what a backup holds.
type manifest struct {
	Format    int           `json:"format"`
	Program   string        `json:"program"` // version that made it
	CreatedAt time.Time     `json:"created_at"`
	Database  string        `json:"database"` // "sqlite" or "postgres"
	Version   int64         `json:"version"`  // of the tables
	Tables    []db.Table    `json:"tables"`
	Files     int64         `json:"files"`
	Damaged   []string      `json:"damaged,omitempty"` // files whose content was wrong already
	AuditRows int64         `json:"audit_rows"`
	AuditHash string        `json:"audit_hash"` // of the last row
	Members   []memberEntry `json:"members"`
	Sum       string        `json:"sum"` // SHA-256 of this manifest with Sum empty
}

type memberEntry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func (m manifest) sum() string {
	m.Sum = ""
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // plain values always encode
	}
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// archiveWriter writes a backup.
type archiveWriter struct {
	tar     *tar.Writer
	zstd    *zstd.Encoder
	members []memberEntry
}

func newArchiveWriter(w io.Writer, now time.Time) (*archiveWriter, error) {
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(2))
	if err != nil {
		return nil, err
	}
	a := &archiveWriter{tar: tar.NewWriter(z), zstd: z}
	mark := fmt.Sprintf("%d\n%s\n", archiveFormat, now.UTC().Format(time.RFC3339))
	return a, a.put(archiveMark, int64(len(mark)), strings.NewReader(mark))
}

// put writes a member of exactly size bytes.
func (a *archiveWriter) put(name string, size int64, r io.Reader) error {
	if err := a.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatPAX}); err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, h), r)
	if err != nil {
		return fmt.Errorf("write %s into the backup: %w", name, err)
	}
	if n != size {
		return fmt.Errorf("write %s into the backup: it has %d bytes, %d were announced", name, n, size)
	}
	a.members = append(a.members, memberEntry{name, size, hex.EncodeToString(h.Sum(nil))})
	return nil
}

// finish writes the manifest and ends the file.
func (a *archiveWriter) finish(m manifest) error {
	m.Format, m.Members = archiveFormat, a.members
	m.Sum = m.sum()
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := a.tar.WriteHeader(&tar.Header{Name: archiveManifest, Size: int64(len(b)), Mode: 0o600, Typeflag: tar.TypeReg, Format: tar.FormatPAX}); err != nil {
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

// maxManifest bounds what is read into memory: 100 bytes a file, a few million files.
const maxManifest = 1 << 30

// errForeign is the answer to a file that was never a backup.
var errForeign = errors.New("this is not a Bassin backup")

// readArchive reads a whole backup and gives its manifest when every sum is right. Each member
// is handed to take as it comes, before it is known to be right: take must put it aside.
// What is wrong is said with the place: the member, or the byte where reading stopped.
func readArchive(r io.Reader, take func(name string, size int64, r io.Reader) error) (manifest, error) {
	counted := &counter{r: bufio.NewReaderSize(r, 256<<10)}
	var m manifest
	z, err := zstd.NewReader(counted, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return m, err
	}
	defer z.Close()
	in := tar.NewReader(z)
	var found []memberEntry
	for {
		head, err := in.Next()
		if err == io.EOF && len(found) > 0 && m.Sum == "" {
			return m, fmt.Errorf("the backup ends without its manifest, after %d members: it was cut", len(found))
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return m, whereRead(err, counted.n, found)
		}
		if len(found) == 0 && head.Name != archiveMark {
			return m, errForeign
		}
		if m.Sum != "" {
			return m, fmt.Errorf("member %q stands after the manifest: the file was added to", head.Name)
		}
		if head.Name == archiveManifest {
			if err := readManifest(in, head.Size, &m); err != nil {
				return m, err
			}
			continue
		}
		entry := memberEntry{Name: head.Name, Size: head.Size}
		h := sha256.New()
		member := &noting{r: io.TeeReader(in, h)}
		err = take(head.Name, head.Size, member)
		if err == nil {
			_, err = io.Copy(io.Discard, member) // what take left
		}
		if member.err != nil {
			return m, whereRead(member.err, counted.n, append(found, entry))
		}
		if err != nil {
			return m, err
		}
		entry.SHA256 = hex.EncodeToString(h.Sum(nil))
		found = append(found, entry)
	}
	if _, err := io.Copy(io.Discard, z); err != nil { // the sum of the compressed stream stands at its end
		return m, whereRead(err, counted.n, found)
	}
	if len(found) == 0 {
		return m, errForeign
	}
	return m, compareMembers(m.Members, found)
}

// noting remembers why reading failed, so that a damaged backup and a full disk are told apart.
type noting struct {
	r   io.Reader
	err error
}

// Read passes on.
func (n *noting) Read(p []byte) (int, error) {
	k, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return k, err
}

func whereRead(err error, at int64, found []memberEntry) error {
	if len(found) == 0 {
		return fmt.Errorf("%w (%v)", errForeign, err)
	}
	why := err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) {
		why = "it ends too early"
	}
	return fmt.Errorf("the backup is damaged near byte %d, in or after its member %d, %q: %s", at, len(found), found[len(found)-1].Name, why)
}

func readManifest(in io.Reader, size int64, m *manifest) error {
	if size > maxManifest {
		return fmt.Errorf("the manifest claims %d bytes", size)
	}
	if err := json.NewDecoder(in).Decode(m); err != nil {
		return fmt.Errorf("the manifest cannot be read: %w", err)
	}
	if m.Format != archiveFormat {
		return fmt.Errorf("the backup has format %d, this program reads %d", m.Format, archiveFormat)
	}
	if m.Sum == "" || m.Sum != m.sum() {
		return errors.New("the manifest was changed: its sum is wrong")
	}
	return nil
}

func compareMembers(want, found []memberEntry) error {
	for i := range max(len(want), len(found)) {
		switch {
		case i >= len(found):
			return fmt.Errorf("the backup lacks member %d, %q", i+1, want[i].Name)
		case i >= len(want):
			return fmt.Errorf("the backup has a member that its manifest does not name: %q", found[i].Name)
		case want[i].Name != found[i].Name:
			return fmt.Errorf("member %d is %q, the manifest names %q", i+1, found[i].Name, want[i].Name)
		case want[i] != found[i]:
			return fmt.Errorf("member %q is damaged: its sum is %s, the manifest says %s", found[i].Name, found[i].SHA256, want[i].SHA256)
		}
	}
	return nil
}

// counter knows how far a reader came.
type counter struct {
	r io.Reader
	n int64
}

// Read counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"bassin/internal/fault"
)

// Parts keep the pieces of uploads that are not whole yet, apart from the blobs: they are in no
// backup and nothing names them by content. An upload has a name of its own, its parts have names
// in it; both are letters and digits.
type Parts interface {
	// PutPart keeps what r gives to its end, as far as it comes: when it breaks off, n bytes are
	// kept all the same and the error says why no more came. Nothing is kept when n is 0.
	PutPart(ctx context.Context, upload, part string, r io.Reader) (n int64, err error)
	// OpenPart gives a part, to be closed; fault.NotFound when there is none.
	OpenPart(ctx context.Context, upload, part string) (Source, error)
	// DropParts removes all parts of an upload; none is no error.
	DropParts(ctx context.Context, upload string) error
}

// partTimeout is how long a part that came may take to be kept when its sender is gone.
const partTimeout = 5 * time.Minute

var partName = regexp.MustCompile(`^[0-9A-Za-z]{8,64}$`)

func checkPart(names ...string) error {
	for _, n := range names {
		if !partName.MatchString(n) {
			return fmt.Errorf("%q names no part", n)
		}
	}
	return nil
}

func noPart(upload, part string) error {
	return fault.Wrap(fmt.Errorf("upload %s has no part %s", upload, part), fault.NotFound, "file.not_found")
}

func (s *Folder) partsOf(upload string) string { return filepath.Join(s.root, "parts", upload) }

// PutPart writes and forces to the disk.
func (s *Folder) PutPart(ctx context.Context, upload, part string, r io.Reader) (int64, error) {
	if err := checkPart(upload, part); err != nil {
		return 0, err
	}
	dir := s.partsOf(upload)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return 0, storeFault(fmt.Errorf("put part: %w", err))
	}
	name := filepath.Join(dir, part)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return 0, storeFault(fmt.Errorf("put part: %w", err))
	}
	n, cut := spool(ctx, f, r)
	err = errors.Join(f.Sync(), f.Close(), syncDir(dir))
	if err == nil && n > 0 && (cut == nil || !fault.Is(cut, fault.Unavailable)) {
		return n, cut
	}
	return 0, errors.Join(cut, storeFault(err), os.Remove(name))
}

// OpenPart gives a part.
func (s *Folder) OpenPart(_ context.Context, upload, part string) (Source, error) {
	if err := checkPart(upload, part); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(s.partsOf(upload), part))
	if errors.Is(err, os.ErrNotExist) {
		return nil, noPart(upload, part)
	}
	if err != nil {
		return nil, storeFault(err)
	}
	return f, nil
}

// DropParts removes the folder of an upload.
func (s *Folder) DropParts(_ context.Context, upload string) error {
	if err := checkPart(upload); err != nil {
		return err
	}
	return storeFault(os.RemoveAll(s.partsOf(upload)))
}

func (s *S3) partName(upload, part string) string { return s.prefix + "parts/" + upload + "/" + part }

// PutPart waits in a local file, for storage takes only whole objects. What came before the sender
// was cut off is sent all the same.
func (s *S3) PutPart(ctx context.Context, upload, part string, r io.Reader) (int64, error) {
	if err := checkPart(upload, part); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(s.temp, "bassin-part-*")
	if err != nil {
		return 0, storeFault(fmt.Errorf("put part: %w", err))
	}
	defer os.Remove(f.Name())
	defer f.Close()
	n, cut := spool(ctx, f, r)
	if n == 0 || fault.Is(cut, fault.Unavailable) {
		return 0, cut
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, storeFault(err)
	}
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), partTimeout)
	defer cancel()
	_, err = s.client.PutObject(kept, s.bucket, s.partName(upload, part), f, n, minio.PutObjectOptions{ContentType: octetStream, SendContentMd5: true})
	if err != nil {
		return 0, fmt.Errorf("put part: %w", s3Fault(err))
	}
	return n, cut
}

// OpenPart gives a part, which is fetched as it is read.
func (s *S3) OpenPart(ctx context.Context, upload, part string) (Source, error) {
	if err := checkPart(upload, part); err != nil {
		return nil, err
	}
	o, err := s.client.GetObject(ctx, s.bucket, s.partName(upload, part), minio.GetObjectOptions{})
	if err != nil {
		return nil, s3Fault(err)
	}
	if _, err := o.Stat(); err != nil {
		_ = o.Close()
		if missing(err) {
			return nil, noPart(upload, part)
		}
		return nil, s3Fault(err)
	}
	return s3Object{o}, nil
}

// DropParts removes the objects of an upload.
func (s *S3) DropParts(ctx context.Context, upload string) error {
	if err := checkPart(upload); err != nil {
		return err
	}
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.partName(upload, ""), Recursive: true}) {
		if o.Err != nil {
			return s3Fault(o.Err)
		}
		if err := s.client.RemoveObject(ctx, s.bucket, o.Key, minio.RemoveObjectOptions{}); err != nil && !missing(err) {
			return s3Fault(err)
		}
	}
	return nil
}

// HeadBytes is how much of the beginning of a content LookHead wants to see, if it has as much.
const HeadBytes = 1024

// LookHead refuses early what Put would refuse at the end: a content whose beginning contradicts the
// extension of its name. A package (ZIP) tells what it is at its end only.
func LookHead(head []byte, name string) error {
	found := "application/zip"
	if !bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		var err error
		if found, err = sniff(bytes.NewReader(head), int64(len(head))); err != nil {
			return err
		}
	}
	k, known := kindByExtension(extension(name))
	if !known || k.fits(found) || found == "application/zip" && packaged(k) || found == foundOLE && k.package2007() {
		return nil
	}
	return fault.New(fault.Invalid, "file.mismatch", "extension", extension(name))
}

// packaged reports whether such files may be packages: all but what is surely something else.
func packaged(k kind) bool {
	main, _, _ := strings.Cut(k.typ, "/")
	return main == "application" && k.typ != "application/pdf" && len(k.found) == 0 || k.fits("application/zip")
}

package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"bassin/internal/fault"
)

// receive copies an upload into f, at most one byte over its limit, and looks at it.
func receive(ctx context.Context, f *os.File, r io.Reader, limits Limits) (Blob, error) {
	most := limits.MaxBytes
	if most <= 0 {
		most = DefaultMaxBytes
	}
	if limits.Size > most {
		return Blob{}, tooLarge(nil, most)
	}
	sum := sha256.New()
	size, err := spool(ctx, io.MultiWriter(f, sum), io.LimitReader(r, most+1))
	if err != nil {
		return Blob{}, err
	}
	b := Blob{Hash: Hash(hex.EncodeToString(sum.Sum(nil))), Size: size, Type: octetStream}
	switch {
	case size > most:
		return Blob{}, tooLarge(nil, most)
	case limits.Size > 0 && size != limits.Size:
		return Blob{}, fault.Wrap(fmt.Errorf("%d of %d bytes", size, limits.Size), fault.Invalid, "file.truncated")
	case limits.Hash != "" && b.Hash != limits.Hash:
		return Blob{}, fault.Wrap(fmt.Errorf("content %s, announced %s", b.Hash, limits.Hash), fault.Invalid, "file.truncated")
	case limits.Unchecked:
		return b, nil
	case size == 0:
		return Blob{}, fault.New(fault.Invalid, "file.empty")
	}
	b.Type, err = look(f, size, limits)
	return b, err
}

// Broken says of the body of a request that ended in an error whether it is over its limit or broke off. A fault is left as
// it is.
func Broken(err error) error {
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return tooLarge(err, over.Limit)
	case fault.As(err) != nil:
		return err
	}
	return fault.Wrap(err, fault.Invalid, "file.truncated")
}

func tooLarge(cause error, most int64) error {
	return fault.Wrap(cause, fault.TooLarge, "file.too_large", "max_bytes", most)
}

// spool copies and tells apart what the sender did wrong from what the disk cannot do.
func spool(ctx context.Context, w io.Writer, r io.Reader) (int64, error) {
	buf := make([]byte, 64<<10)
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return size, err
		}
		n, rerr := r.Read(buf)
		if _, err := w.Write(buf[:n]); err != nil {
			return size, storeFault(err)
		}
		size += int64(n)
		var over *http.MaxBytesError
		switch {
		case rerr == io.EOF:
			return size, nil
		case errors.As(rerr, &over):
			return size, tooLarge(rerr, over.Limit)
		case errors.Is(rerr, io.ErrUnexpectedEOF):
			return size, fault.Wrap(rerr, fault.Invalid, "file.truncated")
		case rerr != nil:
			return size, fmt.Errorf("read upload: %w", rerr)
		}
	}
}

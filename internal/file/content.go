package file

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Content is an open blob. Reading it from its beginning to its end, in whatever steps, compares it
// with its name: the last piece of a damaged blob is withheld and ErrDamaged given instead, so that
// a download of it never looks complete. A part alone cannot be compared.
type Content struct {
	Hash Hash
	Size int64

	src     Source
	pos     int64
	sum     hash.Hash
	summed  int64 // bytes from the beginning that sum has seen
	checked bool
	err     error // of reading, kept
}

// Source is an open file, read from anywhere in it.
type Source interface {
	io.ReadSeekCloser
	io.ReaderAt
}

func newContent(h Hash, size int64, src Source) *Content {
	return &Content{Hash: h, Size: size, src: src, sum: sha256.New()}
}

// Read reads on from where the content stands.
func (c *Content) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	left := c.Size - c.pos
	if left <= 0 {
		if err := c.check(); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := c.src.Read(p[:min(int64(len(p)), left)])
	if from := c.summed - c.pos; from >= 0 && from < int64(n) {
		c.sum.Write(p[from:n])
		c.summed += int64(n) - from
	}
	c.pos += int64(n)
	if cerr := c.check(); cerr != nil {
		return 0, cerr
	}
	switch {
	case err == io.EOF && c.pos < c.Size:
		c.err = damaged(c.Hash, fmt.Sprintf("it ends after %d of %d bytes", c.pos, c.Size))
		return 0, c.err
	case err == io.EOF:
		err = nil
	case err != nil:
		c.err = err
	}
	return n, err
}

// check compares once, when the whole has been read.
func (c *Content) check() error {
	if c.checked || c.summed < c.Size {
		return nil
	}
	c.checked = true
	if got := hex.EncodeToString(c.sum.Sum(nil)); got != string(c.Hash) {
		c.err = damaged(c.Hash, "its sum is "+got)
	}
	return c.err
}

// Seek moves. Going back does not lose what was compared so far.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.pos
	case io.SeekEnd:
		offset += c.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	if offset != c.pos {
		if _, err := c.src.Seek(min(offset, c.Size), io.SeekStart); err != nil {
			return 0, err
		}
		c.pos = offset
	}
	return offset, nil
}

// ReadAt reads a part, for readers of packages. It compares nothing.
func (c *Content) ReadAt(p []byte, off int64) (int, error) { return c.src.ReadAt(p, off) }

// Close lets go.
func (c *Content) Close() error { return c.src.Close() }

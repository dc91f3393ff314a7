package scan

import (
	"archive/zip"
	"io"

	"bassin/internal/mesh"
)

// A member of an archive is called a bomb when it is large and packed more than this. The XML of models packs to an
// eighth or a twelfth, even that of a lattice of whole numbers; one line repeated for ever to a four-hundredth.
const (
	bombBytes = 16 << 20
	bombRatio = 100
)

// Unpack opens a member of an archive that may give so many bytes at most. What the archive says of its size is
// looked at before anything is unpacked, and held to while it is.
func Unpack(f *zip.File, limit int64) (io.ReadCloser, error) {
	unpacked, packed := f.UncompressedSize64, max(f.CompressedSize64, 1)
	if unpacked > bombBytes && unpacked/packed > bombRatio {
		return nil, &mesh.FileError{Key: "zip-bomb", Args: map[string]any{"bytes": unpacked}}
	}
	if int64(unpacked) > limit || int64(unpacked) < 0 {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"bytes": limit}}
	}
	body, err := f.Open()
	if err != nil {
		return nil, &mesh.FileError{Key: "archive"}
	}
	return &member{body: body, left: int64(unpacked)}, nil
}

type member struct {
	body io.ReadCloser
	left int64
}

func (m *member) Read(b []byte) (int, error) {
	n, err := m.body.Read(b)
	if m.left -= int64(n); m.left < 0 || err != nil && err != io.EOF {
		return 0, &mesh.FileError{Key: "archive"}
	}
	return n, err
}

func (m *member) Close() error { return m.body.Close() }

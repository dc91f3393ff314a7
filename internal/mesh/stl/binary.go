package stl

import (
	"encoding/binary"
	"io"
	"math"

	"bassin/internal/mesh"
)

// readBinary reads a binary file. How many triangles there are is told by its size; the head may lie:
//
//   - whole records only: all of them are read, whatever the head says, as admesh and PrusaSlicer do; some programs
//     write zero, others the largest number there is;
//   - more bytes than the head promises: they are left out, some programs put a signature there;
//   - fewer, with a record cut: the file is not whole, and a part of which something is missing is no part.
func readBinary(r io.ReaderAt, start []byte, size int64, limits mesh.Limits) (*mesh.Model, error) {
	said, held := int64(binary.LittleEndian.Uint32(start[80:])), (size-headBytes)/recordBytes
	rest := (size - headBytes) % recordBytes
	n := held
	var notes []mesh.Note
	switch {
	case said == held && rest == 0:
	case !plausible(start):
		return nil, &mesh.FileError{Key: "not-a-part"}
	case rest == 0 && held > 0:
		notes = append(notes, mesh.Note{Key: "count", Args: map[string]any{"said": said, "held": held}})
	case said <= held:
		n = said
		notes = append(notes, mesh.Note{Key: "trailing", Args: map[string]any{"bytes": size - headBytes - recordBytes*said}})
	default:
		return nil, &mesh.FileError{Key: "truncated", Args: map[string]any{"said": said, "held": held}}
	}
	if n > int64(limits.Triangles) || n > mostRecords {
		return nil, &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": limits.Triangles}}
	}
	j, err := join(r, int(n))
	if err != nil {
		return nil, err
	}
	return model("stl-binary", "", &mesh.Mesh{Points: j.points, Triangles: j.triangles, Welded: true}, &j.seen, notes), nil
}

// plausible tells whether the first record may be a triangle. It is asked only where the head is wrong, to tell a part
// from any other file.
func plausible(start []byte) bool {
	if len(start) < headBytes+recordBytes {
		return true
	}
	for i := range 12 {
		v := math.Abs(float64(float(start[headBytes+4*i:])))
		if v > 1e9 || v != 0 && v < 1e-25 || math.IsNaN(v) || i < 3 && v > 1.1 {
			return false
		}
	}
	return true
}

func float(d []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(d)) }

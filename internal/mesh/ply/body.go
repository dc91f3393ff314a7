package ply

import (
	"encoding/binary"
	"errors"
	"io"
	"math"

	"bassin/internal/mesh/scan"
)

// words is the body of an ASCII file. The records stand on a line each by the format; some programs break long
// ones, so that a line is only the place of an error.
type words struct {
	lines *scan.Lines
	line  []byte
}

func (w *words) value(kind) (float64, error) {
	for {
		var word []byte
		if word, w.line = scan.Word(w.line); len(word) > 0 {
			f, ok := scan.Float(word)
			if !ok {
				return 0, w.lines.Fail("number")
			}
			return f, nil
		}
		line, err := w.lines.Next()
		if err == io.EOF {
			return 0, w.lines.Fail("truncated")
		}
		if err != nil {
			return 0, err
		}
		w.line = line
	}
}

func (w *words) left() int64           { return w.lines.Left() + int64(len(w.line)) }
func (w *words) words() bool           { return true }
func (w *words) fail(key string) error { return w.lines.Fail(key) }

// raw is the body of a binary file.
type raw struct {
	r      io.ReaderAt
	offset int64 // where the next piece is read
	size   int64
	order  binary.ByteOrder
	buf    []byte
	at     int
}

const piece = 256 << 10

func newRaw(r io.ReaderAt, offset, size int64, big bool) *raw {
	b := &raw{r: r, offset: offset, size: size, order: binary.LittleEndian}
	if big {
		b.order = binary.BigEndian
	}
	return b
}

func (b *raw) left() int64           { return b.size - b.offset + int64(len(b.buf)-b.at) }
func (b *raw) words() bool           { return false }
func (b *raw) fail(key string) error { return fail(key) }

// fill keeps at least 8 bytes ahead where the file has them.
func (b *raw) fill(need int) error {
	kept := copy(b.buf, b.buf[b.at:])
	b.at = 0
	want := min(piece, b.size-b.offset)
	if cap(b.buf) < piece+8 {
		grown := make([]byte, kept, piece+8)
		copy(grown, b.buf[:kept])
		b.buf = grown
	}
	b.buf = b.buf[:kept+int(max(want, 0))]
	if want > 0 {
		n, err := b.r.ReadAt(b.buf[kept:], b.offset)
		b.buf = b.buf[:kept+n]
		b.offset += int64(n)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if len(b.buf) < need {
		return fail("truncated")
	}
	return nil
}

func (b *raw) value(k kind) (float64, error) {
	n := int(k.size())
	if len(b.buf)-b.at < n {
		if err := b.fill(n); err != nil {
			return 0, err
		}
	}
	v := b.buf[b.at : b.at+n]
	b.at += n
	switch k {
	case int8Kind:
		return float64(int8(v[0])), nil
	case uint8Kind:
		return float64(v[0]), nil
	case int16Kind:
		return float64(int16(b.order.Uint16(v))), nil
	case uint16Kind:
		return float64(b.order.Uint16(v)), nil
	case int32Kind:
		return float64(int32(b.order.Uint32(v))), nil
	case uint32Kind:
		return float64(b.order.Uint32(v)), nil
	case float32Kind:
		return float64(math.Float32frombits(b.order.Uint32(v))), nil
	}
	return math.Float64frombits(b.order.Uint64(v)), nil
}

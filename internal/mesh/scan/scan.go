// Package scan reads the lines, words and numbers of part files that are text, in pieces, so that a file of
// gigabytes takes no more memory than its longest line. The readers of OBJ, OFF and PLY stand on it; those of
// 3MF and AMF use its numbers and its XML.
package scan

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"bassin/internal/mesh"
)

const (
	// piece is how much is asked of a file at once.
	piece = 256 << 10
	// maxLine bounds the memory a text file can ask for: a face of a million corners fits.
	maxLine = 16 << 20
)

// Lines gives the lines of a text. Lines end by LF, CR LF or, as old programs wrote, CR alone.
type Lines struct {
	r       io.ReaderAt
	offset  int64 // of the file, where the next piece is read
	size    int64
	buf     []byte
	start   int // of what is not given yet, in buf
	seen    int // up to where buf was looked through for an end
	line    int64
	wasCR   bool // the line before ended by CR: an LF that follows belongs to it
	skipped bool // the byte order mark was looked for
}

// NewLines reads lines of r from offset on; first is the number of the line before.
func NewLines(r io.ReaderAt, offset, size int64, before int64) *Lines {
	return &Lines{r: r, offset: offset, size: size, line: before, skipped: offset > 0}
}

// Number is that of the line given last, from 1.
func (l *Lines) Number() int64 { return l.line }

// Left is how many bytes of the file stand after the line given last.
func (l *Lines) Left() int64 { return l.size - l.offset + int64(len(l.buf)-l.start) }

// Fail is an error at the line given last.
func (l *Lines) Fail(key string) *mesh.FileError { return &mesh.FileError{Key: key, Line: l.line} }

// Next gives the next line without its end, valid until the next call; io.EOF when there is none.
func (l *Lines) Next() ([]byte, error) {
	for {
		if i := ending(l.buf[l.seen:]); i >= 0 {
			at := l.seen + i
			line, end := l.buf[l.start:at], l.buf[at]
			l.start, l.seen = at+1, at+1
			if end == '\n' && l.wasCR && len(line) == 0 {
				l.wasCR = false
				continue
			}
			l.wasCR = end == '\r'
			l.line++
			return line, nil
		}
		l.seen = len(l.buf)
		more, err := l.fill()
		if err != nil {
			return nil, err
		}
		if !more {
			if l.start == len(l.buf) {
				return nil, io.EOF
			}
			line := l.buf[l.start:]
			l.start = len(l.buf)
			l.line++
			return line, nil
		}
	}
}

// fill reads a piece more behind what is not given yet.
func (l *Lines) fill() (bool, error) {
	want := min(piece, l.size-l.offset)
	if want <= 0 {
		return false, nil
	}
	if len(l.buf)-l.start > maxLine {
		return false, &mesh.FileError{Key: "line-too-long", Line: l.line + 1}
	}
	kept := copy(l.buf, l.buf[l.start:])
	l.start, l.seen = 0, kept
	if cap(l.buf) < kept+int(want) {
		grown := make([]byte, kept, 2*kept+int(want))
		copy(grown, l.buf[:kept])
		l.buf = grown
	}
	l.buf = l.buf[:kept+int(want)]
	n, err := l.r.ReadAt(l.buf[kept:], l.offset)
	l.buf = l.buf[:kept+n]
	l.offset += int64(n)
	if n == 0 {
		if err == nil || errors.Is(err, io.EOF) {
			err = &mesh.FileError{Key: "truncated", Line: l.line}
		}
		return false, err
	}
	if !l.skipped {
		l.skipped = true
		if len(l.buf) >= 3 && l.buf[0] == 0xEF && l.buf[1] == 0xBB && l.buf[2] == 0xBF {
			l.start, l.seen = 3, 3
		}
	}
	return true, nil
}

func ending(b []byte) int {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return i
		}
	}
	return -1
}

// Word cuts the first word off a line; "" when there is none left.
func Word(line []byte) (word, rest []byte) {
	i := 0
	for i < len(line) && line[i] <= ' ' {
		i++
	}
	j := i
	for j < len(line) && line[j] > ' ' {
		j++
	}
	return line[i:j], line[j:]
}

// Roomy makes room for as much again in a list that is full: append alone copies a long list four times over.
func Roomy[T any](list []T) []T {
	if len(list) == cap(list) {
		return slices.Grow(list, len(list)+512)
	}
	return list
}

// maxText is how long a name may be; what is longer is cut.
const maxText = 200

// Title is a line as words for people: without the white space around it, and never longer than a title. Bytes
// that are no UTF-8, of old programs, become the replacement character.
func Title(line []byte) string {
	s := strings.ToValidUTF8(string(bytes.TrimSpace(line[:min(len(line), 4*maxText)])), "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxText {
		return string(runes[:maxText])
	}
	return s
}

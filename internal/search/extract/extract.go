// Package extract reads the text of files for the search: plain text, HTML, Office and OpenDocument
// files. Files come from anybody: size, entries, unpacked bytes, depth, time and output are bounded
// before anything is believed, and what cannot be read has no text, which is no failure.
//
// Words: a part is a file inside of a package (a ZIP archive).
// Tables: none. Filled into the slot search.Extract by app.
package extract

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits. Files larger than maxFile are found by their names alone.
const (
	maxFile = 32 << 20 // bytes read
	maxText = 1 << 20  // bytes given
	maxTime = 20 * time.Second
)

// errFull ends reading when there is enough text.
var errFull = errors.New("enough text")

// reader reads one kind of file into text.
type reader func(ctx context.Context, content []byte, text *text) error

// readerOf gives the reader for a type; nil when its files have no text that is read.
func readerOf(typ string) reader {
	const ooxml, odf = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	typ, _, _ = strings.Cut(strings.ToLower(typ), ";")
	switch strings.TrimSpace(typ) {
	case "text/plain", "text/markdown", "text/csv", "text/tab-separated-values", "text/calendar":
		return readPlain
	case "text/html":
		return readHTML
	case ooxml + "wordprocessingml.document", "application/vnd.ms-word.document.macroenabled.12":
		return parts("word/document.xml", "word/footnotes.xml", "word/endnotes.xml", "word/header*.xml", "word/footer*.xml")
	case ooxml + "spreadsheetml.sheet", "application/vnd.ms-excel.sheet.macroenabled.12":
		return parts("xl/sharedStrings.xml", "xl/worksheets/*.xml")
	case ooxml + "presentationml.presentation", "application/vnd.ms-powerpoint.presentation.macroenabled.12":
		return parts("ppt/slides/*.xml", "ppt/notesSlides/*.xml")
	case odf + "text", odf + "spreadsheet", odf + "presentation":
		return parts("content.xml")
	}
	return nil
}

// Text gives the text of a file by its type; "" when it has none or cannot be read. The error is
// that of the store or of the caller's context.
func Text(ctx context.Context, r io.Reader, size int64, typ string) (string, error) {
	read := readerOf(typ)
	if read == nil || size > maxFile {
		return "", nil
	}
	content, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return "", err
	}
	if len(content) > maxFile {
		return "", nil
	}
	within, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	var t text
	_ = read(within, content, &t) // a damaged file has the text that was read until then
	return t.String(), ctx.Err()
}

// text gathers what is read: runs of space become one, lines stay lines.
type text struct {
	b    strings.Builder
	gap  byte // to be written before the next word: 0, ' ' or '\n'
	full bool
}

// String gives the text.
func (t *text) String() string { return t.b.String() }

// write adds a piece of text; errFull when there is enough.
func (t *text) write(s string) error {
	for s != "" && !t.full {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '\n' || r == '\r' || r == '\f' || r == '\v':
			t.gap = '\n'
		case r <= ' ' || r == 0xa0 || r == 0x7f:
			if t.gap == 0 {
				t.gap = ' '
			}
		case r == utf8.RuneError && n == 1: // not UTF-8
		default:
			if t.gap != 0 && t.b.Len() > 0 {
				t.b.WriteByte(t.gap)
			}
			t.gap = 0
			if t.full = t.b.Len()+n > maxText-1; !t.full {
				t.b.WriteString(s[:n])
			}
		}
		s = s[n:]
	}
	if t.full {
		return errFull
	}
	return nil
}

// readPlain reads text in UTF-8, UTF-16 with its mark, or Windows-1252.
func readPlain(_ context.Context, content []byte, t *text) error { return t.write(decode(content)) }

// decode gives text as UTF-8. Only as much is decoded as is kept.
func decode(b []byte) string {
	const most = 4 * maxText // before runs of space become one
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return utf16Text(b[2:min(len(b), most)], 0, 1)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return utf16Text(b[2:min(len(b), most)], 1, 0)
	}
	b = bytes.TrimPrefix(b, []byte{0xef, 0xbb, 0xbf})
	b = b[:min(len(b), most)]
	for cut := 0; cut < utf8.UTFMax && cut <= len(b); cut++ { // a character may be cut at the end
		if utf8.Valid(b[:len(b)-cut]) {
			return string(b[:len(b)-cut])
		}
	}
	return windows1252(b)
}

package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"

	"bassin/internal/fault"
)

// Look says what type a stored content has under a name: a file that is renamed may become known.
func Look(r io.ReaderAt, size int64, limits Limits) (string, error) { return look(r, size, limits) }

// look decides the type of a content and refuses what the limits do not allow. The extension only
// chooses between types whose content looks alike (a CSV and a plain text); where it contradicts the
// content, one of them is a mistake or a trick.
func look(r io.ReaderAt, size int64, limits Limits) (string, error) {
	found, err := sniff(r, size)
	if err != nil {
		return "", err
	}
	ext := extension(limits.Name)
	active := found == foundMarkup || found == foundProgram || slices.Contains(activeExtensions(), ext)
	k, known := kindByExtension(ext)
	if known && found == foundOLE && k.package2007() && sealed(r, size) {
		if len(limits.Types) > 0 { // asked for to be read by others
			return "", fault.New(fault.Invalid, "file.sealed")
		}
		return k.typ, nil
	}
	if known && !k.fits(found) {
		return "", fault.New(fault.Invalid, "file.mismatch", "extension", ext)
	}
	if len(limits.Types) > 0 {
		return allowed(limits.Types, k, known, found, active, ext)
	}
	switch {
	case active:
		return octetStream, nil
	case known:
		return k.typ, nil
	}
	return plainest(found), nil
}

func allowed(types []string, k kind, known bool, found string, active bool, ext string) (string, error) {
	switch {
	case active:
		return "", fault.New(fault.Invalid, "file.active")
	case known && slices.Contains(types, k.typ):
		return k.typ, nil
	case !known:
		if typ := plainest(found); slices.Contains(types, typ) {
			return typ, nil
		}
		// Without a telling name, content that looks like one of the allowed types is taken for it.
		// Unknown binary content looks like nothing.
		for _, typ := range types {
			if k, ok := kindByType(typ); ok && found != foundBinary && k.fits(found) {
				return typ, nil
			}
		}
	}
	return "", fault.New(fault.Invalid, "file.type", "extension", ext, "allowed", strings.Join(extensions(types), ", "))
}

// plainest is the type of content whose name tells nothing.
func plainest(found string) string {
	for _, k := range kinds() {
		if k.fits(found) && found != foundBinary {
			return k.typ
		}
	}
	return octetStream
}

// extensions names types as people know them: pdf, png.
func extensions(types []string) []string {
	var out []string
	for _, t := range types {
		if k, ok := kindByType(t); ok && len(k.ext) > 0 {
			out = append(out, k.ext[0])
		}
	}
	return out
}

// sniff says what the content looks like by itself.
func sniff(r io.ReaderAt, size int64) (string, error) {
	head := make([]byte, min(size, 1024))
	if n, err := r.ReadAt(head, 0); err != nil && !(errors.Is(err, io.EOF) && n == len(head)) {
		return "", storeFault(fmt.Errorf("look at upload: %w", err))
	}
	if found := bySign(head); found != "" {
		return found, nil
	}
	if markup(head) {
		return foundMarkup, nil
	}
	typ, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch typ {
	case "application/zip":
		return sniffZip(r, size)
	case "text/plain":
		return foundText, nil
	case "text/html", "text/xml", "application/postscript":
		return foundMarkup, nil
	case "application/x-gzip":
		return "application/gzip", nil
	}
	if _, ok := kindByType(typ); ok {
		return typ, nil
	}
	return foundBinary, nil
}

// bySign knows the signs that the standard library does not, and those that it may read otherwise.
func bySign(head []byte) string {
	for _, s := range []struct{ sign, found string }{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", foundOLE},
		{"ISO-10303-21;", foundSTEP},
		{`{\rtf`, "application/rtf"},
		{"ply\n", "model/ply"},
		{"ply\r", "model/ply"},
		{"glTF", "model/gltf-binary"},
		{"AC10", "application/acad"},
		{"II*\x00", "image/tiff"},
		{"MM\x00*", "image/tiff"},
		{"MZ", foundProgram},
		{"\x7fELF", foundProgram},
		{"#!", foundProgram},
		{"\xfe\xed\xfa\xce", foundProgram},
		{"\xfe\xed\xfa\xcf", foundProgram},
		{"\xcf\xfa\xed\xfe", foundProgram},
		{"\xca\xfe\xba\xbe", foundProgram},
		{"\x00asm", foundProgram},
	} {
		if bytes.HasPrefix(head, []byte(s.sign)) {
			if s.sign == "MZ" && !bytes.ContainsRune(head, 0) {
				continue // a text that begins with these letters
			}
			return s.found
		}
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		switch string(head[8:12]) {
		case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1":
			return "image/heic"
		case "avif", "avis":
			return "image/avif"
		case "qt  ":
			return "video/quicktime"
		case "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "dash":
			return "video/mp4"
		}
	}
	return ""
}

// markup reports whether the first thing in a text is a tag: HTML, SVG, XML in any encoding that a
// browser would guess. DetectContentType knows a short list of tags, and no SVG.
func markup(head []byte) bool {
	s := head
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		s = head[3:]
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		s = narrow(head[2:], 1, 0)
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		s = narrow(head[2:], 0, 1)
	case len(head) > 3 && head[0] == 0 && head[2] == 0:
		s = narrow(head, 0, 1)
	case len(head) > 3 && head[1] == 0 && head[3] == 0:
		s = narrow(head, 1, 0)
	}
	s = bytes.TrimLeft(s, " \t\r\n\f\v\x00")
	if len(s) < 2 || s[0] != '<' {
		return false
	}
	c := s[1]
	return c == '!' || c == '?' || c == '/' || c == '%' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// narrow reads UTF-16 whose high byte stands at hi of each pair.
func narrow(b []byte, hi, lo int) []byte {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i+hi])<<8|uint16(b[i+lo]))
	}
	return []byte(string(utf16.Decode(units)))
}

// sealed reports whether an old container of Office holds a document that needs a password (MS-OFFCRYPTO
// 2.3.4): one of its first entries, which the head points to, is called EncryptedPackage.
func sealed(r io.ReaderAt, size int64) bool {
	head := make([]byte, 52)
	if _, err := r.ReadAt(head, 0); err != nil {
		return false
	}
	shift, first := binary.LittleEndian.Uint16(head[30:]), binary.LittleEndian.Uint32(head[48:])
	if shift != 9 && shift != 12 {
		return false
	}
	at := (int64(first) + 1) << shift
	if at >= size {
		return false
	}
	entries := make([]byte, min(size-at, 8<<10))
	if _, err := r.ReadAt(entries, at); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	var name []byte
	for _, c := range utf16.Encode([]rune("EncryptedPackage")) {
		name = binary.LittleEndian.AppendUint16(name, c)
	}
	return bytes.Contains(entries, name)
}

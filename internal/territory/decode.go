package territory

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"bassin/internal/fault"
)

// decode turns the bytes of a file into UTF-8 and says which encoding it took them for. Files of
// this kind come out of spreadsheets: UTF-8 with or without mark, UTF-16 with a mark, Windows-1252.
// Broken UTF-8 is left in place for its line to be rejected.
func decode(data []byte) (text []byte, encoding string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, "", fault.New(fault.Invalid, "territory.listing.workbook")
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data, encoding = data[3:], "UTF-8"
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		dec := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		if data, err = dec.Bytes(data); err != nil {
			return nil, "", fault.Wrap(err, fault.Invalid, "territory.listing.not_text")
		}
		encoding = "UTF-16"
	case mostlyUTF8(data):
		encoding = "UTF-8"
	default:
		if data, err = charmap.Windows1252.NewDecoder().Bytes(data); err != nil {
			return nil, "", fault.Wrap(err, fault.Invalid, "territory.listing.not_text")
		}
		encoding = "Windows-1252"
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, "", fault.New(fault.Invalid, "territory.listing.not_text")
	}
	return data, encoding, nil
}

// mostlyUTF8 tells a UTF-8 file with a few broken bytes from a Windows-1252 one, where accented
// letters hardly ever form valid sequences.
func mostlyUTF8(data []byte) bool {
	valid, broken := 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			broken++
		case n > 1:
			valid++
		}
		data = data[n:]
	}
	return broken == 0 || valid > 4*broken
}

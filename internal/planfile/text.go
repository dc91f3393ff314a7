package planfile

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// decode turns a file into text: by its mark, else by what its bytes can be. Spreadsheets of Windows
// write UTF-16 as "Unicode text" and Windows-1252 as "CSV".
func decode(data []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(data[3:]), "\ufffd"), "UTF-8"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), looksWide(data, 1):
		return wide(data, xunicode.LittleEndian), "UTF-16"
	case bytes.HasPrefix(data, []byte("\xfe\xff")), looksWide(data, 0):
		return wide(data, xunicode.BigEndian), "UTF-16"
	case utf8.Valid(data):
		return string(data), "UTF-8"
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\ufffd"), "UTF-8"
	}
	return string(out), "Windows-1252"
}

// looksWide reports whether every other byte is zero, as in UTF-16 of western text.
func looksWide(data []byte, at int) bool {
	head := data[:min(len(data), 400)&^1]
	zeros := 0
	for i := at; i < len(head); i += 2 {
		if head[i] == 0 {
			zeros++
		}
	}
	return len(head) >= 8 && zeros*2 > len(head)*3/4
}

func wide(data []byte, order xunicode.Endianness) string {
	out, err := xunicode.UTF16(order, xunicode.UseBOM).NewDecoder().Bytes(data)
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(out), "\ufffd")
}

// fold makes words comparable: small letters without accents, single spaces, one kind of apostrophe.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == '’':
			return '\''
		case unicode.IsSpace(r), r == '_':
			return ' '
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

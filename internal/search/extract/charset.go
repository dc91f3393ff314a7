package extract

import (
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// utf16Text decodes pairs of bytes, low and high telling which is which.
func utf16Text(b []byte, low, high int) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+low]) | uint16(b[2*i+high])<<8
	}
	return string(utf16.Decode(units))
}

func windows1252(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for _, c := range b {
		s.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return s.String()
}

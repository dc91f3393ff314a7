package stl

import (
	"bytes"
	"math"
	"strconv"
)

// number reads the number at the beginning of b, after white space and commas that separate. It gives its length with
// what was before it, 0 when there is none, and whether a comma stood in place of the point: programs of countries that
// write 1,5 do so. A comma is a point only between digits and when the number has none yet.
//
// A number of up to 15 digits and a small power of ten is exact by one operation in floating point (Clinger 1990); others
// go to the library.
func number(b []byte) (value float64, length int, comma bool) {
	i := 0
	for i < len(b) && (b[i] <= ' ' || b[i] == ',' || b[i] == ';') {
		i++
	}
	begin := i
	negative := false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	var digits uint64
	count, power, point, some := 0, 0, -1, false
	for ; i < len(b); i++ {
		c := b[i]
		switch {
		case c-'0' <= 9:
			some = true
			if digits > 0 || c > '0' {
				count++
			}
			digits = digits*10 + uint64(c-'0') // wrong after 19, when it is not used
			if point >= 0 {
				power--
			}
			continue
		case point < 0 && c == '.':
			point = i
			continue
		case point < 0 && c == ',' && i > begin && i+1 < len(b) && b[i-1]-'0' <= 9 && b[i+1]-'0' <= 9:
			point, comma = i, true
			continue
		}
		break
	}
	if !some {
		value, length = notFinite(b[begin:])
		if length == 0 {
			return 0, 0, false
		}
		return value, begin + length, false
	}
	if i+2 < len(b) && bytes.HasPrefix(b[i:], []byte("#")) { // 1.#QNAN, 1.#INF, as old Windows programs write
		for i < len(b) && b[i] > ' ' {
			i++
		}
		return math.NaN(), i, false
	}
	exponent, n := exponentOf(b[i:])
	i += n
	power += exponent
	if count <= 15 && power >= -22 && power <= 22 {
		value = float64(digits)
		if power < 0 {
			value /= tens[-power]
		} else {
			value *= tens[power]
		}
		if negative {
			value = -value
		}
		return value, i, comma
	}
	s := string(b[begin:i])
	if comma {
		s = string(bytes.Replace(b[begin:i], []byte(","), []byte("."), 1))
	}
	value, _ = strconv.ParseFloat(s, 64) // beyond the range it gives an infinity, which is not finite
	return value, i, comma
}

var tens = [23]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// exponentOf reads e+05. Letters that begin no exponent belong to what follows.
func exponentOf(b []byte) (value, length int) {
	if len(b) < 2 || b[0]|0x20 != 'e' {
		return 0, 0
	}
	i := 1
	if b[1] == '-' || b[1] == '+' {
		i++
	}
	first := i
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		value = min(value*10+int(b[i]-'0'), 9999)
	}
	if i == first {
		return 0, 0
	}
	if b[1] == '-' {
		value = -value
	}
	return value, i
}

// notFinite reads nan, inf, infinity, -nan(ind).
func notFinite(b []byte) (float64, int) {
	i := 0
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		i++
	}
	for _, w := range []string{"nan", "infinity", "inf"} {
		if folded(b[i:], w) {
			i += len(w)
			if bytes.HasPrefix(b[i:], []byte("(")) {
				if end := bytes.IndexByte(b[i:min(len(b), i+20)], ')'); end >= 0 {
					i += end + 1
				}
			}
			return math.NaN(), i
		}
	}
	return 0, 0
}

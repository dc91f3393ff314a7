package stl

import (
	"bytes"
	"math"

	"bassin/internal/mesh/scan"
)

// number reads the number at the beginning of b, after white space and commas that separate. It gives its length with
// what was before it, 0 when there is none, and whether a comma stood in place of the point: programs of countries that
// write 1,5 do so. A comma is a point only between digits and when the number has none yet.
func number(b []byte) (value float64, length int, comma bool) {
	begin := 0
	for begin < len(b) && (b[begin] <= ' ' || b[begin] == ',' || b[begin] == ';') {
		begin++
	}
	value, n := scan.Leading(b[begin:])
	if n == 0 {
		if value, n = notFinite(b[begin:]); n == 0 {
			return 0, 0, false
		}
		return value, begin + n, false
	}
	end := begin + n
	switch {
	case end+1 < len(b) && b[end] == ',' && digit(b[end-1]) && digit(b[end+1]) && !bytes.ContainsAny(b[begin:end], ".eE"):
		value, n = scan.Leading(pointed(b[begin:], end-begin))
		return value, begin + n, true
	case end+2 < len(b) && b[end] == '#': // 1.#QNAN, 1.#INF, as old Windows programs write
		for end < len(b) && b[end] > ' ' {
			end++
		}
		return math.NaN(), end, false
	}
	return value, end, false
}

func digit(c byte) bool { return c-'0' <= 9 }

// pointed is a number whose comma is a point: a copy of some bytes, which no number is longer than.
func pointed(b []byte, comma int) []byte {
	const longest = 400
	c := bytes.Clone(b[:min(len(b), comma+longest)])
	c[comma] = '.'
	return c
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

package scan

import (
	"math"
	"strconv"
	"unsafe"
)

// tens are the powers of ten that a float64 holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float is the number a word says, rightly rounded. "nan" and "inf" in any case are numbers too: files of
// geometry programs hold them, and what is wrong with a part is for its check to say.
//
// strconv.ParseFloat is four times slower than this on the six digits that part files are made of: up to 15
// digits and a power of ten up to 22 are both exact as float64, and one product or quotient of them is rounded
// once (W. D. Clinger, How to read floating point numbers accurately, 1990). All else is left to strconv.
func Float(word []byte) (float64, bool) {
	f, n := Leading(word)
	if n == len(word) && n > 0 {
		return f, true
	}
	return odd(word)
}

// Leading is the decimal number at the beginning of b and how long it is; 0 long when there is none. Infinities
// by too large an exponent are given as such.
func Leading(b []byte) (float64, int) {
	i, negative := 0, false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	var mantissa uint64
	digits, exponent, first := 0, 0, i
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		mantissa = mantissa*10 + uint64(b[i]-'0')
		digits++
	}
	if i < len(b) && b[i] == '.' {
		point := i
		for i++; i < len(b) && b[i]-'0' <= 9; i++ {
			mantissa = mantissa*10 + uint64(b[i]-'0')
		}
		digits += i - point - 1
		exponent = point + 1 - i
	}
	if digits == 0 {
		return 0, 0
	}
	if i < len(b) && b[i]|0x20 == 'e' { // without digits it begins what follows: 1.0endfacet
		if power, n := exponentOf(b[i+1:]); n > 0 {
			exponent += power
			i += 1 + n
		}
	}
	if digits > 15 && digits-zeros(b[first:i]) > 15 || exponent < -22 || exponent > 22 {
		f, err := strconv.ParseFloat(text(b[:i]), 64)
		if err != nil && !math.IsInf(f, 0) {
			return 0, 0
		}
		return f, i
	}
	f := float64(mantissa)
	if exponent < 0 {
		f /= tens[-exponent]
	} else {
		f *= tens[exponent]
	}
	if negative {
		f = -f
	}
	return f, i
}

// exponentOf reads what stands after the e of a number.
func exponentOf(b []byte) (power, n int) {
	negative := false
	if n < len(b) && (b[n] == '-' || b[n] == '+') {
		negative = b[n] == '-'
		n++
	}
	first := n
	for ; n < len(b) && b[n]-'0' <= 9; n++ {
		if power < 100_000 {
			power = power*10 + int(b[n]-'0')
		}
	}
	if n == first {
		return 0, 0
	}
	if negative {
		power = -power
	}
	return power, n
}

// zeros is how many zeros a number begins with: they take no room in its mantissa.
func zeros(b []byte) int {
	n := 0
	for _, c := range b {
		switch c {
		case '0':
			n++
		case '.':
		default:
			return n
		}
	}
	return n
}

func odd(word []byte) (float64, bool) {
	if len(word) < 3 || len(word) > 9 {
		return 0, false
	}
	switch last := word[len(word)-1] | 0x20; last {
	case 'n', 'f', 'y': // nan, inf, infinity
		f, err := strconv.ParseFloat(text(word), 64)
		return f, err == nil
	}
	return 0, false
}

// Int is the whole number a word says.
func Int(word []byte) (int64, bool) {
	n, used := LeadingInt(word)
	return n, used > 0 && used == len(word)
}

// LeadingInt is the whole number at the beginning of b and how long it is. A number too large for any index is
// as large as can be, so that it is out of range and not wrapped around.
func LeadingInt(b []byte) (int64, int) {
	i, negative := 0, false
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		negative = b[i] == '-'
		i++
	}
	first := i
	var n int64
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		if n < 1<<53 {
			n = n*10 + int64(b[i]-'0')
		}
	}
	if i == first {
		return 0, 0
	}
	if negative {
		n = -n
	}
	return n, i
}

// text is b as a string without a copy, for strconv, which does not keep it when all goes well; errors of it are
// not shown to anybody.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

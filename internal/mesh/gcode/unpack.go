package gcode

// unshrunk undoes heatshrink, a compression of Lempel and Ziv's kind for small machines (S. Vokes, Atomic Object): bits from the
// highest on; 1 and a byte, or 0, how far back a copy begins less one (as many bits as the window has) and how long it is less one
// (four bits). What lies before the beginning is 0. False when the bits end before so many bytes have come.
func unshrunk(packed []byte, window int, size uint32) ([]byte, bool) {
	const length = 4
	out := make([]byte, 0, min(int(size), 16*len(packed)))
	waiting, held := uint64(0), 0 // bits that were fetched and not taken, the last of them lowest
	left := func() int { return 8*len(packed) + held }
	take := func(n int) int {
		for held < n {
			waiting, packed, held = waiting<<8|uint64(packed[0]), packed[1:], held+8
		}
		held -= n
		return int(waiting >> held & (1<<n - 1))
	}
	for len(out) < int(size) {
		if left() < 9 {
			return nil, false
		}
		if take(1) == 1 {
			out = append(out, byte(take(8)))
			continue
		}
		if left() < window+length {
			return nil, false
		}
		back := take(window) + 1
		for n := min(take(length)+1, int(size)-len(out)); n > 0; n-- {
			b := byte(0)
			if back <= len(out) {
				b = out[len(out)-back]
			}
			out = append(out, b)
		}
	}
	return out, true
}

// meat are the fifteen characters that MeatPack writes in half a byte. The space is an E where spaces are left out.
const (
	meat       = "0123456789. \nGX"
	meatSpace  = 11
	meatFull   = 15 // the character follows in a byte of its own
	meatSignal = 0xFF
)

// The commands of MeatPack, after two signals.
const (
	meatBegin   = 251
	meatEnd     = 250
	meatReset   = 249
	meatTight   = 247 // spaces are left out
	meatLoosely = 246
)

// unpacked undoes MeatPack (S. Mudge), in which a byte is two characters of G-code, the lower half the first. Where one of the halves is
// 15, that character follows; a line that ends in the lower half leaves the upper one out.
func unpacked(packed []byte) []byte {
	out := make([]byte, 0, 2*len(packed))
	packs, tight, signals := false, false, 0
	var full int     // characters to come in bytes of their own
	var after []byte // the character of the upper half, that waits for the lower one
	char := func(half byte) byte {
		if half == meatSpace && tight {
			return 'E'
		}
		return meat[half]
	}
	put := func(c byte) {
		switch {
		case !packs:
			out = append(out, c)
		case full > 0:
			out = append(append(out, c), after...)
			full, after = full-1, nil
		default:
			low, high := c&15, c>>4
			switch {
			case low == meatFull && high == meatFull:
				full = 2
			case low == meatFull:
				full, after = 1, []byte{char(high)}
			case meat[low] == '\n':
				out = append(out, '\n')
			case high == meatFull:
				out, full = append(out, char(low)), 1
			default:
				out = append(out, char(low), char(high))
			}
		}
	}
	for _, c := range packed {
		switch {
		case c == meatSignal && signals < 2:
			signals++
		case signals == 2:
			signals = 0
			switch c {
			case meatBegin:
				packs = true
			case meatEnd, meatReset:
				packs = false
			case meatTight:
				tight = true
			case meatLoosely:
				tight = false
			}
		default:
			if signals == 1 {
				put(meatSignal)
				signals = 0
			}
			put(c)
		}
	}
	return out
}

package gcode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

// binaryFile writes binary G-code, as the specification has it.
type binaryFile struct {
	bytes.Buffer
	sums bool
}

func newBinaryFile(sums bool) *binaryFile {
	f := &binaryFile{sums: sums}
	f.WriteString(binaryMark)
	kind := uint16(0)
	if sums {
		kind = 1
	}
	_ = binary.Write(f, binary.LittleEndian, struct {
		Version uint32
		Sums    uint16
	}{binaryVersion, kind})
	return f
}

func (f *binaryFile) block(kind, packed, written uint16, plain []byte) {
	begin := f.Len()
	content := plain
	if written != writtenPlain {
		content = meatPacked(plain, written)
	}
	size := uint32(len(content))
	switch packed {
	case packedZlib:
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write(content)
		_ = z.Close()
		content = b.Bytes()
	case packedShrink1:
		content = shrunk(content, 11)
	case packedShrink2:
		content = shrunk(content, 12)
	}
	head := []any{kind, packed, size}
	if packed != packedNot {
		head = append(head, uint32(len(content)))
	}
	head = append(head, written)
	if kind == blockPicture {
		head = append(head, uint32(0))
	}
	for _, v := range head {
		_ = binary.Write(f, binary.LittleEndian, v)
	}
	f.Write(content)
	if f.sums {
		_ = binary.Write(f, binary.LittleEndian, crc32.ChecksumIEEE(f.Bytes()[begin:]))
	}
}

// shrunk packs by the rules of heatshrink: the first copy that is found, of two bytes at least.
func shrunk(plain []byte, window int) []byte {
	var out []byte
	held, n := uint64(0), 0
	put := func(v, bits int) {
		held, n = held<<bits|uint64(v), n+bits
		for n >= 8 {
			n -= 8
			out = append(out, byte(held>>n))
		}
	}
	for i := 0; i < len(plain); {
		best, at := 0, 0
		for back := 1; back <= min(i, 1<<window) && best < 16; back++ {
			k := 0
			for k < 16 && i+k < len(plain) && plain[i+k] == plain[i-back+k] {
				k++
			}
			if k > best {
				best, at = k, back
			}
		}
		if best < 2 {
			put(1, 1)
			put(int(plain[i]), 8)
			i++
			continue
		}
		put(0, 1)
		put(at-1, window)
		put(best-1, 4)
		i += best
	}
	put(0, 7) // the last byte is filled with zeros
	return out
}

// meatPacked packs lines by the rules of MeatPack: with comments, which stand as they are, or with neither them nor spaces.
func meatPacked(plain []byte, written uint16) []byte {
	out, packs := []byte{}, false
	command := func(c byte) { out = append(out, meatSignal, meatSignal, c) }
	half := func(c byte) byte {
		if written == writtenMeat1 && c == 'E' {
			return meatSpace
		}
		if k := strings.IndexByte(meat, c); k >= 0 && (written != writtenMeat1 || c != ' ') {
			return byte(k)
		}
		return meatFull
	}
	if written == writtenMeat1 {
		command(meatTight)
	}
	for line := range bytes.Lines(plain) {
		if line[0] == ';' || len(line) < 2 {
			if written == writtenMeat2 {
				if packs {
					command(meatEnd)
					packs = false
				}
				out = append(out, line...)
			}
			continue
		}
		if !packs {
			command(meatBegin)
			packs = true
		}
		line, _, _ = bytes.Cut(bytes.TrimRight(line, "\n"), []byte(";"))
		if written == writtenMeat1 {
			line = bytes.ReplaceAll(line, []byte(" "), nil)
		}
		line = append(bytes.Clone(line), '\n')
		if len(line)%2 == 1 {
			line = append(line, '\n')
		}
		for i := 0; i < len(line); i += 2 {
			low, high := half(line[i]), half(line[i+1])
			out = append(out, high<<4|low)
			if low == meatFull {
				out = append(out, line[i])
			}
			if high == meatFull {
				out = append(out, line[i+1])
			}
		}
	}
	return out
}

// The bytes are those of the encoder of heatshrink's authors, as its Python binding documents them.
func TestUnshrunk(t *testing.T) {
	if out, ok := unshrunk([]byte("\xb0\xc8.wK\x95\xa6\xddg"), 11, 8); !ok || string(out) != "a string" {
		t.Errorf("%q, %v", out, ok)
	}
	if out, ok := unshrunk([]byte("\xb0\xc8.wK"), 11, 8); ok {
		t.Errorf("what is cut is %q", out)
	}
	text := []byte(strings.Repeat("G1 X10.5 Y20 E.03\nG1 X11 Y20.5 E.031\n", 200))
	for _, window := range []int{11, 12} {
		packed := shrunk(text, window)
		if out, ok := unshrunk(packed, window, uint32(len(text))); !ok || !bytes.Equal(out, text) || len(packed) > len(text)/4 {
			t.Errorf("window %d: %v, %d bytes of %d", window, ok, len(packed), len(text))
		}
	}
}

// Packed by hand: two signals begin, "G1" is 0x1D, "X2" 0x2E, " " and "Y" 0xFB and the letter, "5" and the end 0xC5.
func TestUnpacked(t *testing.T) {
	for _, c := range []struct {
		name   string
		packed []byte
		text   string
	}{
		{"not begun", []byte("M73 P0\n"), "M73 P0\n"},
		{"halves", []byte{255, 255, meatBegin, 0x1D, 0xEB, 0xB2, 0xFC}, "G1 X2 \n"},
		{"one in full", []byte{255, 255, meatBegin, 0x1D, 0xFB, 'Y', 0xC5}, "G1 Y5\n"},
		{"the first in full", []byte{255, 255, meatBegin, 0x8F, 'M', 0xC4}, "M84\n"},
		{"both in full", []byte{255, 255, meatBegin, 0xFF, 'F', 'K', 0xCC}, "FK\n"},
		{"a line of odd length", []byte{255, 255, meatBegin, 0x1D, 0xCC, 0x1D, 0xC2}, "G1\nG12\n"},
		{"without spaces", []byte{255, 255, meatTight, 255, 255, meatBegin, 0x1D, 0xBB, 0xC3}, "G1EE3\n"},
		{"ended", []byte{255, 255, meatBegin, 0x1D, 0xCC, 255, 255, meatEnd, ';', 'x', '\n'}, "G1\n;x\n"},
		{"cut", []byte{255, 255, meatBegin, 0x1D, 0xFF, 255}, "G1"},
	} {
		if got := string(unpacked(c.packed)); got != c.text {
			t.Errorf("%s: %q, want %q", c.name, got, c.text)
		}
	}
}

const small = "G28\nG1 X10 Y0 F6000\nG1 X20 Y0 E1.5 F1800\n;LAYER_CHANGE\nG1 X20 Y10 E3\n"

func smallBinary(sums bool, packed, written uint16) []byte {
	f := newBinaryFile(sums)
	f.block(0, packedNot, 0, []byte("Producer=test\n"))
	f.block(3, packed, 0, []byte("printer_model=MK4\n"))
	f.block(blockPicture, packedNot, 0, []byte("no picture"))
	f.block(blockPrint, packedNot, 0, []byte("estimated printing time (normal mode)=1h 2m 3s\n"))
	f.block(blockSlicer, packedZlib, 0, []byte("machine_max_acceleration_x=500,500\nfilament_diameter=2.85\n"))
	half := strings.Index(small, "\n;") + 1
	f.block(blockCode, packed, written, []byte(small[:half]))
	f.block(blockCode, packed, written, []byte(small[half:]))
	return f.Bytes()
}

// A binary file says what its text says, however it is packed.
func TestBinary(t *testing.T) {
	m := Common
	m.Accel[axisX], m.FilamentMM, m.fromFile = 500, 2.85, true
	want, err := Read(strings.NewReader(small), Options{Machine: m})
	if err != nil {
		t.Fatal(err)
	}
	for _, sums := range []bool{false, true} {
		for packed := range uint16(4) {
			for written := range uint16(3) {
				b := smallBinary(sums, packed, written)
				m := Common
				if err := m.Settings(bytes.NewReader(b), int64(len(b))); err != nil {
					t.Fatal(err)
				}
				p, err := Read(bytes.NewReader(b), Options{Machine: m})
				if err != nil {
					t.Fatal(sums, packed, written, err)
				}
				if p.Slicer != 3723 {
					t.Errorf("the slicer says %v s, want 3723", p.Slicer)
				}
				if written == writtenMeat1 { // comments are lost: layers are heights then
					p.Layers = want.Layers
				}
				p.Slicer, p.Lines = want.Slicer, want.Lines
				if p != want {
					t.Errorf("sums %v, packed %d, written %d: %+v, want %+v", sums, packed, written, p, want)
				}
			}
		}
	}
}

// What is damaged is said, with the block.
func TestBinaryDamaged(t *testing.T) {
	good := smallBinary(true, packedZlib, writtenMeat2)
	claims := newBinaryFile(false)
	claims.block(blockCode, packedNot, 0, nil)
	binary.LittleEndian.PutUint32(claims.Bytes()[14:], math.MaxUint32)
	bomb := newBinaryFile(false)
	bomb.block(blockCode, packedZlib, 0, make([]byte, 1<<20))
	binary.LittleEndian.PutUint32(bomb.Bytes()[14:], 1<<10)
	for _, c := range []struct {
		name  string
		bytes []byte
		block int64
	}{
		{"a bit turned", append(bytes.Clone(good[:len(good)-20]), append([]byte{good[len(good)-20] ^ 4}, good[len(good)-19:]...)...), 7},
		{"cut", good[:len(good)-2], 7},
		{"nothing but a head", good[:7], 0},
		{"of another version", append([]byte("GCDE\x02"), good[5:]...), 0},
		{"a block that claims 4 GB", claims.Bytes(), 1},
		{"a block that is larger than it says", bomb.Bytes(), 1},
	} {
		_, err := Read(bytes.NewReader(c.bytes), Options{})
		var fault *mesh.FileError
		if !errors.As(err, &fault) || fault.Key != "gcode-binary" || fault.Args["block"] != c.block {
			t.Errorf("%s: %v, want block %d", c.name, err, c.block)
		}
		m := Common
		if err := m.Settings(bytes.NewReader(c.bytes), int64(len(c.bytes))); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A real print says the same in all forms.
func TestBinaryOfSlicer(t *testing.T) {
	text, err := os.ReadFile(slicedFile(t, "obj/ps_bridge.obj", t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	m := Common
	if err := m.Settings(bytes.NewReader(text), int64(len(text))); err != nil {
		t.Fatal(err)
	}
	want, err := Read(bytes.NewReader(text), Options{Machine: m})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ packed, written uint16 }{{packedNot, writtenPlain}, {packedZlib, writtenMeat2}, {packedShrink2, writtenMeat2}, {packedShrink1, writtenMeat1}} {
		f := newBinaryFile(true)
		for rest := text; len(rest) > 0; {
			n := min(len(rest), 1<<16)
			if k := bytes.LastIndexByte(rest[:n], '\n'); k > 0 {
				n = k + 1
			}
			f.block(blockCode, c.packed, c.written, rest[:n])
			rest = rest[n:]
		}
		p, err := Read(bytes.NewReader(f.Bytes()), Options{Machine: m})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("packed %d, written %d: %d bytes of %d, %.0f s", c.packed, c.written, f.Len(), len(text), p.Seconds)
		if math.Abs(p.Seconds-want.Seconds) > 1e-6 || math.Abs(p.FilamentMM-want.FilamentMM) > 1e-6 || p.Moves != want.Moves {
			t.Errorf("packed %d, written %d: %v s, %v mm, %d moves; want %v, %v, %d", c.packed, c.written, p.Seconds, p.FilamentMM, p.Moves, want.Seconds, want.FilamentMM, want.Moves)
		}
	}
}

func FuzzBinary(f *testing.F) {
	for packed := range uint16(4) {
		f.Add(smallBinary(false, packed, packed%3))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := Common
		if err := m.Settings(bytes.NewReader(b), int64(len(b))); err != nil {
			t.Fatal(err)
		}
		_, err := Read(bytes.NewReader(b), Options{Machine: m, Bytes: 1 << 22})
		if err != nil && !errors.As(err, new(*mesh.FileError)) {
			t.Fatal(err)
		}
		_, _ = io.Discard.Write(unpacked(b))
		for _, window := range []int{11, 12} {
			if out, ok := unshrunk(b, window, 1<<12); ok && len(out) != 1<<12 {
				t.Fatalf("%d bytes", len(out))
			}
		}
	})
}

// BenchmarkBinary reads a print as binary G-code; megabytes are those of its text.
func BenchmarkBinary(b *testing.B) {
	text, err := os.ReadFile(slicedFile(b, "obj/ps_bridge.obj", filepath.Join(b.TempDir())))
	if err != nil {
		b.Fatal(err)
	}
	file := newBinaryFile(true)
	for rest := text; len(rest) > 0; rest = rest[min(len(rest), 1<<16):] {
		file.block(blockCode, packedShrink2, writtenMeat2, rest[:min(len(rest), 1<<16)])
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(file.Bytes()), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

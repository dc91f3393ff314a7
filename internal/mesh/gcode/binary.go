package gcode

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"bassin/internal/mesh"
)

// Binary G-code (.bgcode) is what slicers write for Prusa's printers since 2023: blocks of settings, pictures and G-code, each packed
// and with a checksum (Prusa Research, libbgcode, Specifications, version 1).
const (
	binaryMark    = "GCDE"
	binaryVersion = 1
	mostBlock     = 16 << 20 // bytes of a block, packed and not: slicers write 64 KB of G-code in one
)

// The kinds of blocks that are read, and how they are packed.
const (
	blockCode     = 1
	blockSlicer   = 2 // settings
	blockPrint    = 4 // what the slicer says of the print
	blockPicture  = 5
	packedNot     = 0
	packedZlib    = 1
	packedShrink1 = 2 // heatshrink with windows of 2¹¹ bytes
	packedShrink2 = 3 // and of 2¹²
	writtenPlain  = 0
	writtenMeat1  = 1 // MeatPack
	writtenMeat2  = 2 // MeatPack that keeps comments
)

// block of a binary file: its content is packed until text unpacks it.
type block struct {
	kind, packed, written uint16
	size                  uint32 // unpacked
	content               []byte
}

// blocks are those of a file, one after the other.
type blocks struct {
	in     io.Reader
	sums   bool
	number int64
}

// bad says at which block a file is none.
func (b *blocks) bad() error {
	return &mesh.FileError{Key: "gcode-binary", Args: map[string]any{"block": b.number}}
}

// begin reads the head of the file.
func (b *blocks) begin() error {
	var head [10]byte
	if _, err := io.ReadFull(b.in, head[:]); err != nil {
		return b.ended(err)
	}
	sums := binary.LittleEndian.Uint16(head[8:])
	if string(head[:4]) != binaryMark || binary.LittleEndian.Uint32(head[4:]) != binaryVersion || sums > 1 {
		return b.bad()
	}
	b.sums = sums == 1
	return nil
}

// ended is an error of reading; of a file that ends within something it says so.
func (b *blocks) ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return b.bad()
	}
	return err
}

// next reads a block; io.EOF when there is no other.
func (b *blocks) next() (block, error) {
	b.number++
	head := make([]byte, 8, 18)
	if _, err := io.ReadFull(b.in, head); errors.Is(err, io.EOF) {
		return block{}, io.EOF
	} else if err != nil {
		return block{}, b.ended(err)
	}
	x := block{kind: binary.LittleEndian.Uint16(head), packed: binary.LittleEndian.Uint16(head[2:]), size: binary.LittleEndian.Uint32(head[4:])}
	more, stored := 2, x.size // what follows the head: how it is written
	if x.kind == blockPicture {
		more = 6
	}
	if x.packed != packedNot {
		more += 4
	}
	head = head[:8+more]
	if _, err := io.ReadFull(b.in, head[8:]); err != nil {
		return block{}, b.ended(err)
	}
	if x.packed != packedNot {
		stored = binary.LittleEndian.Uint32(head[8:])
	}
	if x.packed > packedShrink2 || x.size > mostBlock || stored > mostBlock {
		return block{}, b.bad()
	}
	x.written = binary.LittleEndian.Uint16(head[8+more-2:])
	content, err := io.ReadAll(io.LimitReader(b.in, int64(stored))) // as much memory as there is content
	if err == nil && len(content) < int(stored) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return block{}, b.ended(err)
	}
	x.content = content
	if b.sums {
		var sum [4]byte
		if _, err := io.ReadFull(b.in, sum[:]); err != nil {
			return block{}, b.ended(err)
		}
		if binary.LittleEndian.Uint32(sum[:]) != crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, content) {
			return block{}, b.bad()
		}
	}
	return x, nil
}

// text is what a block says; false when it is not packed as it says.
func (x *block) text() ([]byte, bool) {
	plain, ok := x.content, true
	switch x.packed {
	case packedZlib:
		plain, ok = inflated(x.content, x.size)
	case packedShrink1:
		plain, ok = unshrunk(x.content, 11, x.size)
	case packedShrink2:
		plain, ok = unshrunk(x.content, 12, x.size)
	}
	if !ok || x.kind != blockCode || x.written == writtenPlain {
		return plain, ok
	}
	if x.written > writtenMeat2 {
		return nil, false
	}
	return unpacked(plain), true
}

func inflated(content []byte, size uint32) ([]byte, bool) {
	z, err := zlib.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, false
	}
	plain, err := io.ReadAll(io.LimitReader(z, int64(size)+1))
	return plain, err == nil && len(plain) == int(size)
}

// textReader gives the G-code of a binary file as text, and before it as comments what the slicer says of the print.
type textReader struct {
	blocks  blocks
	pending []byte
	err     error
}

// Read gives the next bytes of the text.
func (t *textReader) Read(b []byte) (int, error) {
	for len(t.pending) == 0 && t.err == nil {
		t.pending, t.err = t.blocks.nextText()
	}
	if len(t.pending) == 0 {
		return 0, t.err
	}
	n := copy(b, t.pending)
	t.pending = t.pending[n:]
	return n, nil
}

func (b *blocks) nextText() ([]byte, error) {
	x, err := b.next()
	if err != nil || x.kind != blockCode && x.kind != blockPrint {
		return nil, err
	}
	text, ok := x.text()
	if !ok {
		return nil, b.bad()
	}
	if x.kind == blockCode {
		return text, nil
	}
	var said []byte
	for line := range bytes.Lines(text) {
		said = append(append(said, ';'), bytes.TrimRight(line, "\r\n")...)
		said = append(said, '\n')
	}
	return said, nil
}

// asText gives the text of a file, be it binary or text already.
func asText(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, mostLine)
	if mark, err := in.Peek(len(binaryMark)); err != nil || string(mark) != binaryMark {
		return in, nil // an error comes again
	}
	t := &textReader{blocks: blocks{in: in}}
	return t, t.blocks.begin()
}

// binarySettings takes what a binary file says of the machine: its block of settings comes before the moves. False when the file is
// none; one that is damaged is told of when its moves are read.
func (m *Machine) binarySettings(r io.ReaderAt, size int64) bool {
	in := io.NewSectionReader(r, 0, size)
	var mark [len(binaryMark)]byte
	if _, err := r.ReadAt(mark[:], 0); err != nil || string(mark[:]) != binaryMark {
		return false
	}
	b := blocks{in: in}
	if b.begin() != nil {
		return true
	}
	for {
		x, err := b.next()
		if err != nil || x.kind == blockCode {
			return true
		}
		if x.kind != blockSlicer {
			continue
		}
		text, _ := x.text()
		for line := range bytes.Lines(text) {
			if key, value, ok := bytes.Cut(line, []byte("=")); ok && len(key) < 40 {
				m.setting(string(bytes.TrimSpace(key)), value)
			}
		}
	}
}

package main

import (
	"bytes"
	"encoding/binary"
	"sort"
)

// spaceFont makes a TrueType font of one character: the narrow no-break space (U+202F) of French numbers, a fifth of
// the letter's height wide. IBM Plex has none, and what browsers put there instead, half a space, is nearly closed:
// 36 800 000 reads as 36800000. The font has no ink; its height is small, so that lines keep theirs.
func spaceFont() []byte {
	const em, advance, ascent, descent = 1000, 200, 500, -100
	be := func(values ...any) []byte {
		var b bytes.Buffer
		for _, v := range values {
			if s, ok := v.(string); ok {
				b.WriteString(s)
				continue
			}
			if err := binary.Write(&b, binary.BigEndian, v); err != nil {
				panic(err) // only a value without a fixed size, written below
			}
		}
		return b.Bytes()
	}
	type (
		i16 = int16
		u16 = uint16
		u32 = uint32
	)
	// Glyph 0 must exist: a triangle nobody sees. Glyph 1 is the space, empty.
	glyph := be(i16(1), i16(0), i16(0), i16(1), i16(1), u16(2), u16(0), uint8(1), uint8(1), uint8(1),
		i16(0), i16(1), i16(-1), i16(0), i16(0), i16(1), uint8(0))
	records := []struct {
		id   u16
		text string
	}{{1, "Bassin Space"}, {2, "Regular"}, {4, "Bassin Space"}, {6, "BassinSpace"}}
	names := be(u16(0), u16(len(records)), u16(6+12*len(records)))
	var texts []byte
	for _, r := range records {
		var utf16 []byte
		for _, c := range r.text {
			utf16 = append(utf16, 0, byte(c))
		}
		names = append(names, be(u16(3), u16(1), u16(0x409), r.id, u16(len(utf16)), u16(len(texts)))...)
		texts = append(texts, utf16...)
	}
	tables := map[string][]byte{
		"OS/2": be(u16(4), i16(advance), u16(400), u16(5), u16(0), i16(650), i16(600), i16(0), i16(75), i16(650), i16(600),
			i16(0), i16(350), i16(50), i16(300), i16(0), [10]uint8{}, u32(1), u32(0), u32(0), u32(0), "BSSN", u16(0x40),
			u16(0x202f), u16(0x202f), i16(ascent), i16(descent), i16(0), u16(ascent), u16(-descent), u32(1), u32(0),
			i16(400), i16(500), u16(0), u16(0x202f), u16(1)),
		"cmap": be(u16(0), u16(1), u16(3), u16(1), u32(12), // one table, format 4: one segment and the end
			u16(4), u16(32), u16(0), u16(4), u16(4), u16(1), u16(0), u16(0x202f), u16(0xffff), u16(0),
			u16(0x202f), u16(0xffff), i16(1-0x202f), i16(1), u16(0), u16(0)),
		"glyf": glyph,
		"head": be(u32(0x10000), u32(0x10000), u32(0), u32(0x5f0f3cf5), u16(0x0b), u16(em), int64(0), int64(0),
			i16(0), i16(0), i16(1), i16(1), u16(0), u16(8), i16(2), i16(0), i16(0)),
		"hhea": be(u32(0x10000), i16(ascent), i16(descent), i16(0), u16(advance), i16(0), i16(0), i16(1), i16(1), i16(0),
			i16(0), [4]i16{}, i16(0), u16(2)),
		"hmtx": be(u16(advance), i16(0), u16(advance), i16(0)),
		"loca": be(u16(0), u16(len(glyph)/2), u16(len(glyph)/2)),
		"maxp": be(u32(0x10000), u16(2), u16(3), u16(1), u16(0), u16(0), u16(2), [8]u16{}),
		"name": append(names, texts...),
		"post": be(u32(0x30000), u32(0), i16(-75), i16(50), u32(0), [4]u32{}),
	}
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	sort.Strings(tags)
	sum := func(b []byte) (s u32) {
		for i := 0; i < len(b); i += 4 {
			var word [4]byte
			copy(word[:], b[i:])
			s += binary.BigEndian.Uint32(word[:])
		}
		return s
	}
	header := be(u32(0x10000), u16(len(tags)), u16(128), u16(3), u16(len(tags)*16-128))
	var body []byte
	headAt := 0
	for _, tag := range tags {
		at := 12 + 16*len(tags) + len(body)
		if tag == "head" {
			headAt = at
		}
		header = append(header, be(tag, sum(tables[tag]), u32(at), u32(len(tables[tag])))...)
		body = append(body, tables[tag]...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	font := append(header, body...)
	binary.BigEndian.PutUint32(font[headAt+8:], 0xb1b0afba-sum(font))
	return font
}

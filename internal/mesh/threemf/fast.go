package threemf

import (
	"bytes"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

var (
	vertexTag   = []byte("<vertex ")
	triangleTag = []byte("<triangle ")
)

// fastVertex reads a corner of the form <vertex x="1" y="2" z="3" />, and gives how much text it takes with the
// white space before it. 0 for any other form: the slow way understands them all, and finds what is wrong.
func fastVertex(text []byte) (v mesh.Vec, n int) {
	i := blank(text, 0)
	if !bytes.HasPrefix(text[i:], vertexTag) {
		return v, 0
	}
	i += len(vertexTag)
	seen := 0
	for {
		i = blank(text, i)
		if i+4 > len(text) {
			return v, 0
		}
		if text[i] == '/' {
			if text[i+1] != '>' || seen != 7 {
				return v, 0
			}
			return v, i + 2
		}
		name := text[i]
		if text[i+1] != '=' || text[i+2] != '"' {
			return v, 0
		}
		f, used := scan.Leading(text[i+3:])
		i += 3 + used
		// A number ends by a digit; "1." is for the slow way, as infinities are.
		if used == 0 || i >= len(text) || text[i] != '"' || text[i-1] == '.' || f-f != 0 {
			return v, 0
		}
		i++
		bit := 1 << (name & 3) // x, y and z end by 00, 01 and 10
		if name < 'x' || name > 'z' || seen&bit != 0 {
			return v, 0
		}
		seen |= bit
		switch name {
		case 'x':
			v.X = f
		case 'y':
			v.Y = f
		default:
			v.Z = f
		}
	}
}

// fastTriangle reads a triangle of the form <triangle v1="0" v2="1" v3="2" pid="1" p1="0" /> in the same way.
func fastTriangle(text []byte) (t triangle, n int) {
	i := blank(text, 0)
	if !bytes.HasPrefix(text[i:], triangleTag) {
		return t, 0
	}
	i += len(triangleTag)
	seen := uint8(0)
	for {
		i = blank(text, i)
		if i+5 > len(text) {
			return t, 0
		}
		if text[i] == '/' {
			if text[i+1] != '>' || seen != 7 {
				return t, 0
			}
			return t, i + 2
		}
		kind, number := text[i], text[i+1]-'1'
		pid := kind == 'p' && text[i+1] == 'i' && text[i+2] == 'd'
		if pid {
			i++
		} else if number > 2 {
			return t, 0
		}
		if text[i+2] != '=' || i+4 >= len(text) || text[i+3] != '"' {
			return t, 0
		}
		value, used := digits(text[i+4:])
		i += 4 + used
		if used == 0 || i >= len(text) || text[i] != '"' {
			return t, 0
		}
		i++
		bit := uint8(1) << (number & 3)
		switch {
		case pid && t.has&hasPid == 0 && value > 0:
			t.pid, t.has = value, t.has|hasPid
		case kind == 'v' && seen&bit == 0:
			t.corners[number], seen = value, seen|bit
		case kind == 'p' && !pid && t.has&bit == 0:
			t.properties[number], t.has = value, t.has|bit
		default:
			return t, 0
		}
	}
}

func blank(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// digits reads a number below a thousand million, which every index is in practice; longer ones go the slow way.
func digits(text []byte) (n uint32, used int) {
	for used < len(text) && text[used]-'0' <= 9 {
		n = n*10 + uint32(text[used]-'0')
		used++
	}
	if used > 9 {
		return 0, 0
	}
	return n, used
}

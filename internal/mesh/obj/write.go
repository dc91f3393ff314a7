package obj

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"bassin/internal/mesh"
)

// Write writes a model in millimetres, each object at its place, with as many digits as each number needs to be read
// the same.
func Write(w io.Writer, m *mesh.Model) error {
	b := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(b, "# millimetres, by Bassin\n")
	var line []byte
	mm := m.Unit.Millimetres()
	first := uint64(1)
	for i, o := range m.Objects {
		name := o.Name
		if name == "" {
			name = strconv.Itoa(i + 1)
		}
		fmt.Fprintf(b, "o %s\n", oneLine(name))
		for _, p := range o.Mesh.Points {
			p = o.Place.Apply(p).Times(mm)
			line = append(line[:0], 'v')
			for _, x := range [3]float64{p.X, p.Y, p.Z} {
				line = strconv.AppendFloat(append(line, ' '), x, 'g', -1, 64)
			}
			b.Write(append(line, '\n')) //nolint:errcheck // Flush gives the first error
		}
		mirrored := o.Place.Det() < 0
		for _, t := range o.Mesh.Triangles {
			if mirrored {
				t[1], t[2] = t[2], t[1]
			}
			line = append(line[:0], 'f')
			for _, c := range t {
				line = strconv.AppendUint(append(line, ' '), first+uint64(c), 10)
			}
			b.Write(append(line, '\n')) //nolint:errcheck // Flush gives the first error
		}
		first += uint64(len(o.Mesh.Points))
	}
	return b.Flush()
}

// oneLine keeps a name from ending its line, or going on in the next.
func oneLine(name string) string {
	r := []rune(name)
	for i, c := range r {
		if c < ' ' || c == '\\' {
			r[i] = ' '
		}
	}
	return string(r)
}

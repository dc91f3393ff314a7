package thickness

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"

	"bassin/internal/mesh"
)

// WriteCloud writes how thick a part is at each sample, to be drawn: up to a limit as the largest ball has it, above as the ray
// does.
//
// The form is little-endian: "BTH1", the number of samples (uint32), the least corner of their box and the longest side of it,
// and the thickness that the largest number stands for (five float32); then for each sample its coordinates in that box and its
// thickness, four uint16. A thickness of 65535 is more than that, or nothing looks the other way.
func (f *Field) WriteCloud(w io.Writer, limit float64) error {
	f.once.Do(f.findOverlaps)
	list := make([][4]uint16, len(f.Samples))
	least, side := f.bounds()
	most := side
	mesh.InBlocks(len(list), atOnce, func(_, from, to int) {
		for i := from; i < to; i++ {
			s := f.Samples[i]
			if s.Thickness <= slant*limit {
				s.Thickness = f.refined(&s, limit)
			}
			d := s.Point.Sub(least)
			list[i] = [4]uint16{step(d.X, side), step(d.Y, side), step(d.Z, side), step(s.Thickness, most)}
		}
	})
	out := bufio.NewWriter(w)
	head := []any{[4]byte{'B', 'T', 'H', '1'}, uint32(len(list)), float32(least.X), float32(least.Y), float32(least.Z), float32(side), float32(most)}
	for _, x := range append(head, list) {
		if err := binary.Write(out, binary.LittleEndian, x); err != nil {
			return err
		}
	}
	return out.Flush()
}

// bounds give the least corner of the samples' box and its longest side.
func (f *Field) bounds() (least mesh.Vec, side float64) {
	least = mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}
	most := least.Times(-1)
	for i := range f.Samples {
		p := f.Samples[i].Point
		least = mesh.Vec{X: min(least.X, p.X), Y: min(least.Y, p.Y), Z: min(least.Z, p.Z)}
		most = mesh.Vec{X: max(most.X, p.X), Y: max(most.Y, p.Y), Z: max(most.Z, p.Z)}
	}
	if len(f.Samples) == 0 {
		return mesh.Vec{}, 1
	}
	d := most.Sub(least)
	return least, max(d.X, d.Y, d.Z)
}

// step is a length in parts of another.
func step(v, of float64) uint16 {
	if s := math.Round(v / of * (math.MaxUint16 - 1)); s < math.MaxUint16 {
		return uint16(max(0, s))
	}
	return math.MaxUint16
}

package repair

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"bassin/internal/cputest"
	"bassin/internal/mesh"
)

// oneByOne is what dropSheets does, one sheet in each pass.
func (b *body) oneByOne() {
	spent, all := 0.0, 0.0
	for _, t := range b.faces {
		all += b.normal(t).Len() / 2
	}
	for range maxSheets {
		var best *sheet
		borders, sheets := b.sheets()
		for _, s := range sheets {
			if mends, open := s.mends(borders); mends && !(open && spent+s.area > loose*all) && len(s.faces) < len(b.faces) && (best == nil || s.volume < best.volume) {
				best = s
			}
		}
		if best == nil {
			return
		}
		if _, open := best.mends(borders); open {
			spent += best.area
		}
		var kept [][3]uint32
		for f, t := range b.faces {
			if !slices.Contains(best.faces, f) {
				kept = append(kept, t)
			}
		}
		b.faces = kept
	}
}

// Sheets that go in one pass are those that would go one after the other.
func TestSheetsAtOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 8))
	gone := 0
	for round := range 2000 {
		b := &body{diagonal: 10}
		// Boxes in a row, with walls between some and faces that hang on them or nowhere.
		boxes := 1 + random.IntN(6)
		for x := range boxes + 1 {
			for i := range 4 {
				b.points = append(b.points, mesh.Vec{X: float64(x), Y: float64(i & 1), Z: float64(i >> 1)})
			}
		}
		quad := func(s, r, q, p int) {
			b.faces = append(b.faces, [3]uint32{uint32(p), uint32(q), uint32(r)}, [3]uint32{uint32(p), uint32(r), uint32(s)})
		}
		for x := range boxes {
			p := 4 * x
			quad(p, p+4, p+5, p+1)
			quad(p+2, p+3, p+7, p+6)
			quad(p, p+2, p+6, p+4)
			quad(p+1, p+5, p+7, p+3)
			switch {
			case x == 0 || random.IntN(4) == 0:
				quad(p, p+1, p+3, p+2)
			case random.IntN(2) == 0:
				quad(p, p+2, p+3, p+1)
			}
		}
		quad(4*boxes, 4*boxes+2, 4*boxes+3, 4*boxes+1)
		for range random.IntN(4) {
			size := 0.01 + 0.1*random.Float64()
			at := uint32(len(b.points))
			p := b.points[random.IntN(len(b.points))]
			b.points = append(b.points, p.Add(mesh.Vec{X: size}), p.Add(mesh.Vec{Y: size, Z: 0.1}), p.Add(mesh.Vec{Z: size}))
			b.faces = append(b.faces, [3]uint32{at, at + 1, at + 2})
		}
		same := &body{points: b.points, faces: slices.Clone(b.faces), diagonal: 10}
		before := len(b.faces)
		same.oneByOne()
		gone += b.dropSheets()
		if len(b.faces) < 8*boxes+4 {
			t.Errorf("round %d: of the outside of %d boxes, %d faces are left", round, boxes, len(b.faces))
		}
		if !slices.Equal(b.faces, same.faces) {
			t.Fatalf("round %d: of %d faces %d stay, one by one %d", round, before, len(b.faces), len(same.faces))
		}
	}
	if gone < 1000 {
		t.Errorf("%d faces taken out", gone)
	}
}

// A hundred thousand triangles that have nothing to do with each other are repaired in seconds.
func TestSoup(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, edge := range []float64{1, 100} {
		m := &mesh.Mesh{}
		place := func(size float64) mesh.Vec {
			return mesh.Vec{X: size * random.Float64(), Y: size * random.Float64(), Z: size * random.Float64()}
		}
		for i := range uint32(100_000) {
			at := place(100)
			m.Points = append(m.Points, at.Add(place(edge)), at.Add(place(edge)), at.Add(place(edge)))
			m.Triangles = append(m.Triangles, [3]uint32{3 * i, 3*i + 1, 3*i + 2})
		}
		before := cputest.Used(t)
		_, r := Mesh(m)
		took := cputest.Used(t) - before
		t.Logf("sides of up to %g mm: %.1f s, %v", edge, took.Seconds(), r.Steps)
		if took > 15*time.Second {
			t.Errorf("sides of up to %g mm: %s", edge, took)
		}
	}
}

// A sheet of squares whose sides meet those of half their length is closed at each T, however many there are; where points crowd
// about the sides, it is said how many were not looked at.
func TestManySides(t *testing.T) {
	const n = 5000
	m := &mesh.Mesh{}
	add := func(y float64, xs ...float64) {
		for _, x := range xs {
			m.Points = append(m.Points, mesh.Vec{X: x, Y: y})
		}
	}
	for i := range n { // an upper triangle, its side at y = 0, and two lower ones which have a point in its middle
		x, at := 10*float64(i), uint32(len(m.Points))
		add(0, x, x+2, x+1)
		add(1, x+1)
		add(-1, x+1)
		m.Triangles = append(m.Triangles, [3]uint32{at, at + 1, at + 3}, [3]uint32{at, at + 4, at + 2}, [3]uint32{at + 2, at + 4, at + 1})
	}
	b := &body{points: m.Points, faces: m.Triangles, diagonal: 10}
	open := len(b.openEdges())
	if cuts, left := b.splitSides(); cuts != n || left != 0 || len(b.openEdges()) != open-3*n {
		t.Errorf("%d cuts, %d left, %d open edges of %d", cuts, left, len(b.openEdges()), open)
	}
	crowd := &body{diagonal: 10}
	for i := range uint32(4000) { // in one cell: long sides make it large
		a := 2 * math.Pi * float64(i) / 4000
		crowd.points = append(crowd.points, mesh.Vec{}, mesh.Vec{X: 1e4 * math.Cos(a), Y: 1e4 * math.Sin(a)}, mesh.Vec{X: math.Cos(a), Y: math.Sin(a), Z: 1})
		crowd.faces = append(crowd.faces, [3]uint32{3 * i, 3*i + 1, 3*i + 2})
	}
	if _, left := crowd.splitSides(); left == 0 || left >= 12000 {
		t.Errorf("%d sides of 12000 were not looked at", left)
	}
}

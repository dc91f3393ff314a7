package fdm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/mesh"
)

// joinedBoxes is several boxes in one mesh.
func joinedBoxes(boxes ...[2]mesh.Vec) *mesh.Mesh {
	m := &mesh.Mesh{}
	for _, b := range boxes {
		size := mesh.Vec{X: b[1].X - b[0].X, Y: b[1].Y - b[0].Y, Z: b[1].Z - b[0].Z}
		one, first := cuboid(size.X, size.Y, size.Z), uint32(len(m.Points))
		for _, p := range one.Points {
			m.Points = append(m.Points, mesh.Vec{X: p.X + b[0].X, Y: p.Y + b[0].Y, Z: p.Z + b[0].Z})
		}
		for _, t := range one.Triangles {
			m.Triangles = append(m.Triangles, [3]uint32{t[0] + first, t[1] + first, t[2] + first})
		}
	}
	return m
}

// table is a plate of 40 × 20 mm at a height of 20 mm on a foot of 10 × 20 mm, below one end of which is a step of 5 mm.
func table() *mesh.Mesh {
	return joinedBoxes(
		[2]mesh.Vec{{}, {X: 10, Y: 20, Z: 20.01}},
		[2]mesh.Vec{{Z: 20}, {X: 40, Y: 20, Z: 24}},
		[2]mesh.Vec{{X: 30}, {X: 40, Y: 20, Z: 5}},
	)
}

func supported() Profile {
	p := ordinary()
	p.Supports = Supports{On: true, Threshold: 50, Width: 0.35, Between: 2, InterfaceGap: 0.2, Interfaces: 2, Above: 0.2, Below: 0.2, Aside: 0.27, MaxHeight: 0.25, Speed: 50, DenseSpeed: 40, FirstDensity: 0.9, FirstGrowth: 3}
	return p
}

// Below a table stands what its area and its height ask for; on the plate alone, less; none where nothing hangs over.
func TestSupports(t *testing.T) {
	p := supported()
	plain, whole := Of(table(), ordinary()), Of(table(), p)
	// 20 mm of table stand 19.8 mm above the plate, 10 mm of it 14.6 mm above the step, and 1.5 mm around; a line in 2.3 mm.
	want := (21*23*19.8 + 12*23*14.6) * spacing(0.35, 0.2475) / (2 + spacing(0.35, 0.2))
	got := whole.ByKind[Support].VolumeMM3
	if got < want || got > 1.5*want {
		t.Errorf("supports take %v mm³, want %v to half as much again", got, want)
	}
	if dense := whole.ByKind[Interface].LengthMM; math.Abs(dense/(2*30*23/0.5)-1) > 0.15 {
		t.Errorf("dense layers take %v mm", dense)
	}
	if d := whole.VolumeMM3 - plain.VolumeMM3 - whole.Support.VolumeMM3; math.Abs(d) > 0.02*whole.VolumeMM3 {
		t.Errorf("the part itself changes by %v mm³ with supports", d)
	}
	if whole.Support.Seconds < 0.8*(whole.Seconds-plain.Seconds) || whole.Support.Seconds > 1.2*(whole.Seconds-plain.Seconds) {
		t.Errorf("supports take %v s, and %v s more than none", whole.Support.Seconds, whole.Seconds-plain.Seconds)
	}
	p.Supports.PlateOnly = true
	if only := Of(table(), p).ByKind[Support].VolumeMM3; only < 0.5*got || only > 0.8*got {
		t.Errorf("on the plate alone supports take %v of %v mm³", only, got)
	}
	if box := Of(cuboid(20, 20, 20), p); box.Support != (Share{}) {
		t.Errorf("a box is supported by %+v", box.Support)
	}
}

// A brim is as wide as it is asked for, a raft as thick; the part upon it is the same.
func TestBase(t *testing.T) {
	box := cuboid(30, 20, 10)
	p := supported()
	plain := Of(box, p)
	p.Base = Base{Brim: 5, Outer: true}
	brim := Of(box, p)
	if got, want := brim.ByKind[Brim].VolumeMM3, (100*5+math.Pi*25)*0.2; math.Abs(got/want-1) > 0.08 {
		t.Errorf("the brim takes %v mm³, want %v", got, want)
	}
	p.Base = Base{RaftLayers: 3, RaftGrowth: 1.5}
	raft := Of(box, p)
	if raft.Layers != plain.Layers+3 || raft.ByKind[Raft].VolumeMM3 < 36*26*0.2 || raft.ByKind[Raft].VolumeMM3 > 45*35*0.8 {
		t.Errorf("a raft of %d layers takes %v mm³", raft.Layers-plain.Layers, raft.ByKind[Raft].VolumeMM3)
	}
	if d := raft.VolumeMM3 - raft.ByKind[Raft].VolumeMM3 - plain.VolumeMM3; math.Abs(d) > 0.02*plain.VolumeMM3 {
		t.Errorf("the part changes by %v mm³ on a raft", d)
	}
}

// Runs give back the cells they were made of.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	g := gridOf(mesh.Vec{}, mesh.Vec{X: 25, Y: 3})
	for range 50 {
		d := g.empty()
		for range 30 {
			from := int32(r.IntN(64 * g.words))
			setRange(g.row(d, r.IntN(g.rows)), from, min(int32(64*g.words), from+int32(r.IntN(150))))
		}
		back := g.empty()
		g.add(back, g.runs(d))
		if !slices.Equal(back, d) {
			t.Fatal("runs are other cells")
		}
	}
}

// A square is filled up to the part that crosses it, and not beyond.
func TestSnap(t *testing.T) {
	p := supported()
	x := newSupporter(&p, nil, mesh.Vec{}, mesh.Vec{X: 20, Y: 20}, 0)
	d, wall := x.g.empty(), x.g.empty()
	cell := func(mm float64, from float64) int { return int((mm - from) / x.g.cell) }
	for r := range x.g.rows {
		setRange(x.g.row(wall, r), int32(cell(10.8, x.g.x)), int32(cell(11.2, x.g.x)))
	}
	at := cell(10.4, x.g.x)
	setRange(x.g.row(d, cell(11, x.g.y)), int32(at), int32(at+1))
	x.snap(d, wall)
	if got, want := x.g.area(d), 0.8*x.pitch; math.Abs(got-want) > 0.25 {
		t.Errorf("the square is filled by %v mm², want %v", got, want)
	}
	if x.g.has(d, cell(11.5, x.g.x), cell(11, x.g.y)) {
		t.Error("support came out on the other side of the wall")
	}
}

// Straight patterns have the density that is asked for.
func TestPatterns(t *testing.T) {
	for pattern := range directions {
		p := ordinary()
		p.Pattern = pattern
		e := Of(cuboid(80, 80, 20), p)
		inner := 80 - 2*(p.ExternalWidth+spacing(p.PerimeterWidth, 0.2)) + 2*p.Overlap*spacing(p.PerimeterWidth, 0.2)
		if got, want := e.ByKind[Sparse].VolumeMM3, p.Density*inner*inner*0.2*(100-9); math.Abs(got/want-1) > 0.12 {
			t.Errorf("%s: %.0f mm³, want about %.0f", pattern, got, want)
		}
	}
}

package fdm

import (
	"math"
	"testing"

	"bassin/internal/mesh"
)

// table is a plate of 40 × 40 mm, 2 mm thick, on a leg of 10 × 10 mm, 20 mm high.
func table() *mesh.Mesh {
	m := &mesh.Model{}
	for _, o := range []struct {
		size mesh.Vec
		at   [3]float64
	}{{mesh.Vec{X: 10, Y: 10, Z: 20}, [3]float64{15, 15, 0}}, {mesh.Vec{X: 40, Y: 40, Z: 2}, [3]float64{0, 0, 20}}} {
		place := mesh.Identity
		copy(place[9:], o.at[:])
		m.Objects = append(m.Objects, mesh.Object{Mesh: cuboid(o.size.X, o.size.Y, o.size.Z), Place: place})
	}
	return m.Whole()
}

func held() Profile {
	p := ordinary()
	p.Supports, p.SupportThreshold, p.SupportXY, p.SupportZ = true, 45, 0.3, 0.2
	p.SupportSpacing, p.InterfaceSpacing, p.SupportInterfaces = 2, 0.2, 2
	p.SupportWidth, p.SupportSpeed, p.InterfaceSpeed, p.SupportFirstDensity = 0.35, 50, 40, 0.9
	return p
}

// Below a table supports stand all around its leg: their lines are as long as area over distance.
func TestSupportsBelowATable(t *testing.T) {
	none, with := ordinary(), held()
	if e := Of(table(), none); e.Supports().LengthMM != 0 {
		t.Errorf("%v mm of supports that nobody asked for", e.Supports().LengthMM)
	}
	e, bare := Of(table(), with), Of(table(), none)
	// They stand out by 1.2 mm and to whole blocks of 2.3 mm, and keep 0.3 mm from the leg.
	area := 44.7*44.7 - 10.6*10.6
	width := spacing(with.SupportWidth, with.LayerHeight)
	// 99 layers below the gap: the first close, two close to the plate, the others far apart.
	want := area * (96/(2+width) + 0.9/spacing(with.FirstWidth, 0.2))
	if got := e.ByKind[Support].LengthMM; math.Abs(got/want-1) > 0.15 {
		t.Errorf("%.0f mm of lines, want about %.0f", got, want)
	}
	if got, want := e.ByKind[Interface].LengthMM, 2*area/(0.2+width); math.Abs(got/want-1) > 0.12 {
		t.Errorf("%.0f mm near the plate, want about %.0f", got, want)
	}
	if e.Seconds < bare.Seconds+e.Supports().Seconds*0.9 || e.VolumeMM3 < bare.VolumeMM3+e.Supports().VolumeMM3*0.99 {
		t.Errorf("%.0f s with supports of %.0f s, %.0f s without", e.Seconds, e.Supports().Seconds, bare.Seconds)
	}
	// A tower with walls that lean no more than the threshold stands by itself.
	if e := Of(cuboid(20, 20, 20), with); e.Supports().LengthMM != 0 {
		t.Errorf("%v mm of supports below a cube", e.Supports().LengthMM)
	}
}

// A second table upon the first: its supports stand on the first, unless only the plate may carry them.
func TestSupportsOverThePlateAlone(t *testing.T) {
	m := &mesh.Model{}
	for _, z := range []float64{0, 22} {
		place := mesh.Identity
		place[11] = z
		m.Objects = append(m.Objects, mesh.Object{Mesh: table(), Place: place})
	}
	two := m.Whole()
	all, plate := held(), held()
	plate.SupportPlateOnly = true
	a, b, one := Of(two, all).Supports().LengthMM, Of(two, plate).Supports().LengthMM, Of(table(), plate).Supports().LengthMM
	if math.Abs(b/one-1) > 0.05 || a < 1.9*b {
		t.Errorf("%.0f mm for two tables, %.0f of them on the plate; one takes %.0f", a, b, one)
	}
}

func TestBrim(t *testing.T) {
	p := ordinary()
	p.BrimWidth, p.BrimOuter = 5, true
	step := spacing(p.FirstWidth, p.FirstLayerHeight)
	loops := math.Floor(5 / step)
	want := 0.0
	for k := range int(loops) {
		want += 120 + 2*math.Pi*(float64(k)+0.5)*step
	}
	if got := Of(cuboid(30, 30, 4), p).ByKind[Brim].LengthMM; math.Abs(got/want-1) > 0.01 {
		t.Errorf("%.0f mm, want %.0f", got, want)
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

// What the estimate is off by with supports and brims, against PrusaSlicer 2.5 with the same settings: seconds and millimetres of
// filament. docs/additive.md has the figures of more parts.
func TestSlicerWithSupports(t *testing.T) {
	plain := readProfile(t)
	var supports, plate, brim, grid Profile
	for to, text := range map[*Profile]string{&supports: "support_material = 1\n", &plate: "support_material = 1\nsupport_material_buildplate_only = 1\n", &brim: "brim_width = 5\n", &grid: "fill_pattern = grid\n"} {
		*to = changed(t, text)
	}
	if plain.Supports || !supports.Supports || !plate.SupportPlateOnly || brim.BrimWidth != 5 || grid.Pattern != Grid {
		t.Fatal("the settings are not read")
	}
	var times, used []float64
	for _, c := range []struct {
		part        string
		profile     *Profile
		seconds, mm float64
	}{
		{"obj/ps_bridge.obj", &supports, 1040, 929.09}, {"obj/ps_overhang.obj", &supports, 2296, 2857.71}, {"stl/cura_testModel.stl", &supports, 2757, 2238.54},
		{"stl/thingi_520644.stl", &supports, 12423, 10087.25}, {"stl/tweaker_death_star.stl", &supports, 5359, 4435.27},
		{"stl/cura_testModel.stl", &plate, 2601, 2055.3}, {"stl/thingi_520644.stl", &plate, 8882, 7787.34},
		{"stl/cura_testModel.stl", &brim, 2268, 1765.42}, {"stl/tweaker_death_star.stl", &brim, 4567, 3899.71}, {"stl/tweaker_death_star.stl", &grid, 4207, 3975.91},
	} {
		m, _ := readPart(t, c.part)
		e := Of(m, *c.profile)
		dt, df := e.Seconds/c.seconds-1, e.FilamentMM/c.mm-1
		t.Logf("%-28s %6.0f s %+5.1f %%  %6.0f mm %+5.1f %%", c.part, e.Seconds, 100*dt, e.FilamentMM, 100*df)
		times, used = append(times, math.Abs(dt)), append(used, math.Abs(df))
	}
	for name, off := range map[string][]float64{"time": times, "filament": used} {
		sum, most := 0.0, 0.0
		for _, v := range off {
			sum, most = sum+v, max(most, v)
		}
		if mean := sum / float64(len(off)); mean > 0.045 || most > 0.09 {
			t.Errorf("%s is off by %.1f %% in the mean, %.1f %% at most", name, 100*mean, 100*most)
		}
	}
}

package cross

import (
	"encoding/csv"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
)

func ratio(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }

func turnOfRatios(a, b, c [2]float64) int {
	sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(ratio(x), ratio(y)) }
	return new(big.Rat).Mul(sub(a[0], c[0]), sub(b[1], c[1])).Cmp(new(big.Rat).Mul(sub(a[1], c[1]), sub(b[0], c[0])))
}

func sideOfRatios(a, b, c, d mesh.Vec) int {
	sub := func(p mesh.Vec) (x, y, z *big.Rat) {
		return new(big.Rat).Sub(ratio(p.X), ratio(d.X)), new(big.Rat).Sub(ratio(p.Y), ratio(d.Y)), new(big.Rat).Sub(ratio(p.Z), ratio(d.Z))
	}
	mul := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
	ux, uy, uz := sub(a)
	vx, vy, vz := sub(b)
	wx, wy, wz := sub(c)
	minor := func(a, b, c, d *big.Rat) *big.Rat { return new(big.Rat).Sub(mul(a, b), mul(c, d)) }
	det := mul(uz, minor(vx, wy, wx, vy))
	det.Add(det, mul(vz, minor(wx, uy, ux, wy)))
	det.Add(det, mul(wz, minor(ux, vy, vx, uy)))
	return det.Sign()
}

// The exact signs are those of fractions, for points that lie nearly or wholly in a plane, near and far from the origin.
func TestSigns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	zeros := 0
	for range 20_000 {
		far := []float64{0, 0, 1e3, 1e9}[r.IntN(4)]
		p := func() mesh.Vec {
			return mesh.Vec{X: far + float64(float32(r.Float64())), Y: float64(float32(r.Float64())), Z: float64(float32(r.Float64()))}
		}
		a, b, c := p(), p(), p()
		u, v := float64(r.IntN(9)-4)/4, float64(r.IntN(9)-4)/4
		d := a.Add(b.Sub(a).Times(u)).Add(c.Sub(a).Times(v))
		if r.IntN(2) == 0 {
			d.Z = math.Nextafter(d.Z, float64(r.IntN(3)-1))
		}
		want := -sideOfRatios(a, b, c, d)
		if whole := -sideOfFractions(a, b, c, d); whole != want {
			t.Fatalf("%v %v %v %v in whole numbers: %d, want %d", a, b, c, d, whole, want)
		}
		if got := new(signs).side(a, b, c, d); got != want {
			t.Fatalf("%v %v %v %v: %d, want %d", a, b, c, d, got, want)
		}
		if want == 0 {
			zeros++
		}
		flat := func(v mesh.Vec) [2]float64 { return [2]float64{v.X, v.Y} }
		onLine := flat(a.Add(b.Sub(a).Times(u)))
		if got, want := new(signs).turn(flat(a), flat(b), onLine), turnOfRatios(flat(a), flat(b), onLine); got != want || turnOfFractions(flat(a), flat(b), onLine) != want {
			t.Fatalf("turn of %v %v %v: %d, want %d", a, b, onLine, got, want)
		}
	}
	if zeros < 1000 {
		t.Errorf("only %d of the points lie in their plane", zeros)
	}
}

// separated tells by axes, in whole numbers, whether a plane parts two triangles: another way to the same answer.
func separated(a, b triangle) bool {
	var axes []mesh.Vec
	edge := func(t triangle, i int) mesh.Vec { return t[(i+1)%3].Sub(t[i]) }
	n, o := edge(a, 0).Cross(edge(a, 1)), edge(b, 0).Cross(edge(b, 1))
	axes = append(axes, n, o)
	for i := range 3 {
		axes = append(axes, n.Cross(edge(a, i)), o.Cross(edge(b, i)))
		for k := range 3 {
			axes = append(axes, edge(a, i).Cross(edge(b, k)))
		}
	}
	for _, x := range axes {
		if x == (mesh.Vec{}) {
			continue
		}
		span := func(t triangle) (low, high float64) {
			low, high = math.Inf(1), math.Inf(-1)
			for _, p := range t {
				low, high = min(low, p.Dot(x)), max(high, p.Dot(x))
			}
			return low, high
		}
		al, ah := span(a)
		bl, bh := span(b)
		if ah < bl || bh < al {
			return true
		}
	}
	return false
}

// Triangles on a small grid touch in every way there is.
func TestApart(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	met := 0
	for range 200_000 {
		p := func() mesh.Vec { return mesh.Vec{X: float64(r.IntN(4)), Y: float64(r.IntN(4)), Z: float64(r.IntN(3))} }
		a, b := triangle{p(), p(), p()}, triangle{p(), p(), p()}
		if a[1].Sub(a[0]).Cross(a[2].Sub(a[0])) == (mesh.Vec{}) || b[1].Sub(b[0]).Cross(b[2].Sub(b[0])) == (mesh.Vec{}) {
			continue
		}
		want := !separated(a, b)
		if got := new(signs).apart(&a, &b); got != want { // apart tells whether they meet
			t.Fatalf("%v and %v meet: %v, want %v", a, b, got, want)
		}
		if want {
			met++
		}
	}
	if met < 10_000 {
		t.Errorf("only %d pairs meet", met)
	}
}

// block is a cuboid.
func block(at, size mesh.Vec) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: at.X + float64(i&1)*size.X, Y: at.Y + float64(i>>1&1)*size.Y, Z: at.Z + float64(i>>2)*size.Z})
	}
	for _, q := range [][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
		m.Triangles = append(m.Triangles, [3]uint32{q[0], q[1], q[2]}, [3]uint32{q[0], q[2], q[3]})
	}
	return m
}

func together(list ...*mesh.Mesh) *mesh.Mesh {
	x := mesh.Model{}
	for _, m := range list {
		x.Objects = append(x.Objects, mesh.Object{Mesh: m, Place: mesh.Identity})
	}
	return mesh.Weld(x.Whole())
}

func TestFindings(t *testing.T) {
	ten := mesh.Vec{X: 10, Y: 10, Z: 10}
	folded := block(mesh.Vec{}, ten)
	folded.Points[7] = mesh.Vec{X: -5, Y: -5, Z: 5} // a corner drawn through the opposite sides
	for _, c := range []struct {
		name string
		mesh *mesh.Mesh
		keys []string
	}{
		{"a block", block(mesh.Vec{}, ten), nil},
		{"blocks apart", together(block(mesh.Vec{}, ten), block(mesh.Vec{X: 11}, ten)), nil},
		{"blocks that touch", together(block(mesh.Vec{}, ten), block(mesh.Vec{X: 10, Y: 1, Z: 1}, mesh.Vec{X: 5, Y: 5, Z: 5})), nil},
		{"blocks in each other", together(block(mesh.Vec{}, ten), block(mesh.Vec{X: 9, Y: 1, Z: 1}, mesh.Vec{X: 5, Y: 5, Z: 5})), []string{Bodies}},
		{"blocks in each other by a micron", together(block(mesh.Vec{}, ten), block(mesh.Vec{X: 9.999, Y: 1, Z: 1}, mesh.Vec{X: 5, Y: 5, Z: 5})), nil},
		{"a block folded through itself", folded, []string{Itself}},
	} {
		var keys []string
		pairs, all := Pairs(c.mesh)
		for _, f := range Findings(c.mesh, pairs, all, SeenMM) {
			keys = append(keys, f.Key)
			if len(f.Faces) == 0 || f.Args["count"].(int) == 0 {
				t.Errorf("%s: %+v", c.name, f)
			}
		}
		if !slices.Equal(keys, c.keys) {
			t.Errorf("%s: %v, want %v", c.name, keys, c.keys)
		}
	}
}

// Of manifold sample files an independent kernel has counted the pairs: with faces without area, which we leave out, and which a
// tolerance of a twentieth is for. The armadillo's flat underside crosses itself in its plane, which that kernel did not say.
func TestParts(t *testing.T) {
	const shared = "../../../../shared/data/"
	list, err := os.Open(shared + "parts_truth.csv")
	if err != nil {
		t.Skip("no parts beside the source")
	}
	defer list.Close()
	rows, err := csv.NewReader(list).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	compared := 0
	for _, row := range rows[1:] {
		want, err := strconv.Atoi(row[column("cgal_self_intersecting_pairs")])
		if err != nil || row[column("manifold_oriented")] != "True" || row[column("nonmanifold_vertices")] != "0" || row[0] == "gen/armadillo_86k.stl" {
			continue
		}
		f, err := os.Open(shared + "parts/" + row[0])
		if err != nil {
			continue
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		m, err := format.Read(f, info.Size(), row[0], mesh.DefaultLimits)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		compared++
		pairs, all := Pairs(mesh.Weld(m.Whole()))
		if got := len(pairs); !all || got > want || float64(got) < 0.95*float64(want) {
			t.Errorf("%s: %d pairs, want %d", row[0], got, want)
		}
	}
	if compared < 30 {
		t.Errorf("only %d files compared", compared)
	}
}

// cubes is so many cubes of 10 mm, each a little aside of the one before.
func cubes(n int, aside float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range n {
		first := uint32(len(m.Points))
		for k := range 8 {
			m.Points = append(m.Points, mesh.Vec{X: 10*float64(k&1) + aside*float64(i), Y: 10*float64(k>>1&1) + aside*float64(i), Z: 10*float64(k>>2) + aside*float64(i)})
		}
		for _, q := range [6][4]uint32{{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4}, {1, 3, 7, 5}, {3, 2, 6, 7}, {2, 0, 4, 6}} {
			m.Triangles = append(m.Triangles, [3]uint32{first + q[0], first + q[1], first + q[2]}, [3]uint32{first + q[0], first + q[2], first + q[3]})
		}
	}
	return mesh.Weld(m)
}

// Of a mesh of which every face meets thousands of others some pairs are told, the same each time, without the memory of all.
func TestFacesUponEachOther(t *testing.T) {
	for name, m := range map[string]*mesh.Mesh{"in one place": cubes(1000, 0), "in each other": cubes(1000, 1.0/4096)} {
		list, all := Pairs(m)
		if all || len(list) == 0 || len(list) > mostKept+12*1000 {
			t.Errorf("%s: %d pairs, all: %t", name, len(list), all)
		}
		if again, _ := Pairs(m); !slices.Equal(list, again) {
			t.Errorf("%s: another time %d other pairs", name, len(again))
		}
		told := false
		for _, f := range Findings(m, list, all, SeenMM) {
			told = told || f.Key == Some
		}
		if !told {
			t.Errorf("%s: nobody is told that not all were looked at", name)
		}
	}
	if list, all := Pairs(cubes(20, 1)); !all || len(list) == 0 {
		t.Errorf("some cubes in each other: %d pairs, all: %t", len(list), all)
	}
}

// Points so far out that their differences are none are compared all the same.
func TestFarOut(t *testing.T) {
	a := mesh.Vec{X: 1e60}
	if got := new(signs).side(a, mesh.Vec{Y: 1e60}, mesh.Vec{Z: 1e60}, a); got != 0 {
		t.Errorf("a corner lies beside its own face: %d", got)
	}
}

// A face of thousands of corners in one plane, with decimals that no binary number is, has signs that take long; they count for more.
func TestSignsThatTakeLong(t *testing.T) {
	m := &mesh.Mesh{Points: []mesh.Vec{{}}}
	const corners = 30_000
	for i := range corners {
		r := 1 + float64(i%2)*999
		m.Points = append(m.Points, mesh.Vec{X: math.Round(1e6*r*math.Cos(float64(i)*2*math.Pi/corners)) / 1e6, Y: math.Round(1e6*r*math.Sin(float64(i)*2*math.Pi/corners)) / 1e6})
		if i > 1 {
			m.Triangles = append(m.Triangles, [3]uint32{1, uint32(i), uint32(i + 1)})
		}
	}
	if list, all := Pairs(mesh.Weld(m)); all || len(list) > mostKept {
		t.Errorf("%d pairs, all: %t", len(list), all)
	}
}

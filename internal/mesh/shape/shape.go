// Package shape sums up the shape of a part in a few dozen numbers, so that parts that look alike are found among many. It is a
// library over mesh: standard library only. The check of a part calls it, and the page that shows similar parts.
//
// A signature does not depend on where a part lies, how it is turned or mirrored, and how large it is; little on how finely its
// surface is cut into triangles. It holds how far two points of the surface lie from each other (the D2 distribution of Osada
// et al., 2002), the proportions of the part along its own axes, and how compact it is. Points are taken from the surface by a fixed rule: the
// same mesh always has the same signature.
package shape

import (
	"encoding/hex"
	"math"
	"math/rand/v2"
	"sort"

	"bassin/internal/mesh"
)

const (
	points = 1024 // taken from the surface; all pairs of them are measured
	bins   = 32   // of distances, up to most times their mean
	most   = 2.5
	axes   = 3
)

// Signature is a shape, each number from 0 to 255: the distribution of distances summed up from the least, two proportions of the
// part's own axes, and its compactness.
type Signature [bins + axes]uint8

// Text is how a signature is kept.
func (s Signature) Text() string { return hex.EncodeToString(s[:]) }

// Parse reads a signature that was kept.
func Parse(text string) (s Signature, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(s) {
		return s, false
	}
	copy(s[:], b)
	return s, true
}

// Of gives the signature of a welded mesh; false when it has no surface.
func Of(m *mesh.Mesh) (s Signature, ok bool) {
	list, ok := taken(m)
	if !ok {
		return s, false
	}
	distribution(list, s[:bins])
	proportions(list, s[bins:bins+2])
	if r := mesh.Measure(m); r.Area > 0 {
		// 1 for a ball, less for what has much surface for its volume; the root spreads what parts have.
		s[bins+2] = level(math.Cbrt(36 * math.Pi * r.Volume / r.Area * r.Volume / r.Area / r.Area))
	}
	return s, true
}

// level makes a number from 0 to 1 one of 256.
func level(x float64) uint8 {
	if !(x > 0) { // what is no number too
		return 0
	}
	return uint8(math.Round(255 * min(1, x)))
}

// taken gives points that lie evenly on the surface, of a part that was put into a box of side 2.
func taken(m *mesh.Mesh) ([]mesh.Vec, bool) {
	inf := math.Inf(1)
	low, high := mesh.Vec{X: inf, Y: inf, Z: inf}, mesh.Vec{X: -inf, Y: -inf, Z: -inf}
	for _, t := range m.Triangles {
		for _, v := range t {
			p := m.Points[v]
			if !p.Finite() {
				return nil, false
			}
			low = mesh.Vec{X: min(low.X, p.X), Y: min(low.Y, p.Y), Z: min(low.Z, p.Z)}
			high = mesh.Vec{X: max(high.X, p.X), Y: max(high.Y, p.Y), Z: max(high.Z, p.Z)}
		}
	}
	half := max(high.X/2-low.X/2, high.Y/2-low.Y/2, high.Z/2-low.Z/2)
	if !(half > 0) || math.IsInf(half, 1) || math.IsInf(1/half, 1) {
		return nil, false
	}
	middle := low.Times(0.5).Add(high.Times(0.5))
	at := func(v uint32) mesh.Vec {
		p := m.Points[v]
		return mesh.Vec{X: (p.X - middle.X) / half, Y: (p.Y - middle.Y) / half, Z: (p.Z - middle.Z) / half}
	}
	upTo := make([]float64, len(m.Triangles)) // area of the faces up to each
	total := 0.0
	for i, t := range m.Triangles {
		a := at(t[0])
		total += at(t[1]).Sub(a).Cross(at(t[2]).Sub(a)).Len()
		upTo[i] = total
	}
	if !(total > 0) {
		return nil, false
	}
	random := rand.New(rand.NewPCG(1, 2)) // always the same
	list := make([]mesh.Vec, points)
	for i := range list {
		where := (float64(i) + random.Float64()) / points * total
		t := m.Triangles[min(sort.SearchFloat64s(upTo, where), len(upTo)-1)]
		u, w := math.Sqrt(random.Float64()), random.Float64()
		a, b, c := at(t[0]), at(t[1]), at(t[2])
		list[i] = a.Times(1 - u).Add(b.Times(u * (1 - w))).Add(c.Times(u * w))
	}
	return list, true
}

// distribution is the share of pairs that lie closer than each bin's end, as a multiple of the mean distance.
func distribution(list []mesh.Vec, out []uint8) {
	sum, pairs := 0.0, 0
	for i, a := range list {
		for _, b := range list[:i] {
			sum += a.Sub(b).Len()
			pairs++
		}
	}
	var count [bins]int
	for i, a := range list {
		for _, b := range list[:i] {
			k := a.Sub(b).Len() / (sum / float64(pairs)) / most * bins
			count[min(bins-1, int(k))]++
		}
	}
	below := 0
	for k := range out {
		below += count[k]
		out[k] = level(float64(below) / float64(pairs))
	}
}

// proportions are the spread along the second and third of the part's own axes, by that along the first.
func proportions(list []mesh.Vec, out []uint8) {
	var mean mesh.Vec
	for _, p := range list {
		mean = mean.Add(p.Times(1.0 / points))
	}
	var c [3][3]float64
	for _, p := range list {
		p = p.Sub(mean)
		v := [3]float64{p.X, p.Y, p.Z}
		for i := range 3 {
			for j := range 3 {
				c[i][j] += v[i] * v[j]
			}
		}
	}
	e := eigenvalues(c)
	if e[0] > 0 {
		out[0], out[1] = level(math.Sqrt(max(0, e[1]/e[0]))), level(math.Sqrt(max(0, e[2]/e[0])))
	}
}

// eigenvalues are those of a symmetric matrix, the largest first, by turning it until nothing stands beside its diagonal (Jacobi).
func eigenvalues(a [3][3]float64) [3]float64 {
	for range 50 {
		p, q := 0, 1
		for _, x := range [2][2]int{{0, 2}, {1, 2}} {
			if math.Abs(a[x[0]][x[1]]) > math.Abs(a[p][q]) {
				p, q = x[0], x[1]
			}
		}
		if math.Abs(a[p][q]) <= 1e-12*(math.Abs(a[0][0])+math.Abs(a[1][1])+math.Abs(a[2][2])) {
			break
		}
		angle := 0.5 * math.Atan2(2*a[p][q], a[q][q]-a[p][p])
		sin, cos := math.Sincos(angle)
		for k := range 3 {
			a[k][p], a[k][q] = cos*a[k][p]-sin*a[k][q], sin*a[k][p]+cos*a[k][q]
		}
		for k := range 3 {
			a[p][k], a[q][k] = cos*a[p][k]-sin*a[q][k], sin*a[p][k]+cos*a[q][k]
		}
	}
	e := []float64{a[0][0], a[1][1], a[2][2]}
	sort.Float64s(e)
	return [3]float64{e[2], e[1], e[0]}
}

// The distances between signatures up to which two parts are the same shape, and up to which they look alike: measured on sample parts
// (parts_test.go).
const (
	Same  = 4.0
	Alike = 10.0
)

// Distance is how far two shapes are from each other: 0 for the same, some hundred for a ball and a rod.
func (s Signature) Distance(t Signature) float64 {
	far := func(from, to int) (sum float64) {
		for k := from; k < to; k++ {
			sum += math.Abs(float64(s[k]) - float64(t[k]))
		}
		return sum / float64(to-from)
	}
	return 2*far(0, bins) + far(bins, bins+axes)
}

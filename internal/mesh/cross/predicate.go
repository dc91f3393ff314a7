package cross

import (
	"math"
	"math/big"

	"bassin/internal/mesh"
)

// The signs below are exact: first in plain arithmetic with a bound of its error; then, where all differences of coordinates are exact,
// as sums of numbers without rounding (J. R. Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric
// predicates, 1997); else in whole numbers of any length.

// bound3 and bound2 are the errors of the plain determinants as shares of the sums of their terms (Shewchuk, fig. 21).
const (
	eps    = 1.0 / (1 << 53)
	bound3 = (7 + 56*eps) * eps
	bound2 = (3 + 16*eps) * eps
)

// signs gives signs, and counts the slow ones.
type signs struct{ slow int64 }

// side tells on which side of the plane through a, b and c a point lies: 1 above, where they go counter-clockwise, −1 below, 0 in it.
func (x *signs) side(a, b, c, d mesh.Vec) int {
	u, v, w := a.Sub(d), b.Sub(d), c.Sub(d)
	vw, wv := v.X*w.Y, w.X*v.Y
	wu, uw := w.X*u.Y, u.X*w.Y
	uv, vu := u.X*v.Y, v.X*u.Y
	det := u.Z*(vw-wv) + v.Z*(wu-uw) + w.Z*(uv-vu)
	sum := (math.Abs(vw)+math.Abs(wv))*math.Abs(u.Z) + (math.Abs(wu)+math.Abs(uw))*math.Abs(v.Z) + (math.Abs(uv)+math.Abs(vu))*math.Abs(w.Z)
	if limit := bound3 * sum; det > limit || -det > limit {
		return -sign(det)
	}
	if sum == 0 {
		if exact(a, d, u) && exact(b, d, v) && exact(c, d, w) {
			return 0
		}
		x.slow++
		return -sideOfFractions(a, b, c, d)
	}
	if !exact(a, d, u) || !exact(b, d, v) || !exact(c, d, w) {
		x.slow++
		return -sideOfFractions(a, b, c, d)
	}
	var e expansion
	e.addScaled(v.X, w.Y, u.Z, 1)
	e.addScaled(w.X, v.Y, u.Z, -1)
	e.addScaled(w.X, u.Y, v.Z, 1)
	e.addScaled(u.X, w.Y, v.Z, -1)
	e.addScaled(u.X, v.Y, w.Z, 1)
	e.addScaled(v.X, u.Y, w.Z, -1)
	return -e.sign()
}

// turn tells which way three points of a plane go: 1 counter-clockwise, −1 clockwise, 0 along a line.
func (x *signs) turn(a, b, c [2]float64) int {
	ux, uy, vx, vy := a[0]-c[0], a[1]-c[1], b[0]-c[0], b[1]-c[1]
	l, r := ux*vy, uy*vx
	det := l - r
	if limit := bound2 * (math.Abs(l) + math.Abs(r)); det > limit || -det > limit {
		return sign(det)
	}
	if exact1(a[0], c[0], ux) && exact1(a[1], c[1], uy) && exact1(b[0], c[0], vx) && exact1(b[1], c[1], vy) {
		var e expansion
		e.addScaled(ux, vy, 1, 1)
		e.addScaled(uy, vx, 1, -1)
		return e.sign()
	}
	x.slow++
	return turnOfFractions(a, b, c)
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// exact1 tells whether a difference is what it would be without rounding.
func exact1(a, b, d float64) bool {
	virtual := a - d
	return (a-(d+virtual))+(virtual-b) == 0
}

func exact(a, b, d mesh.Vec) bool {
	return exact1(a.X, b.X, d.X) && exact1(a.Y, b.Y, d.Y) && exact1(a.Z, b.Z, d.Z)
}

// whole gives numbers as whole ones, all times one power of two.
func whole(list ...float64) []*big.Int {
	least := math.MaxInt
	mantissas, exponents := make([]int64, len(list)), make([]int, len(list))
	for i, v := range list {
		f, e := math.Frexp(v)
		mantissas[i], exponents[i] = int64(f*(1<<53)), e
		if v != 0 {
			least = min(least, e)
		}
	}
	out := make([]*big.Int, len(list))
	for i, m := range mantissas {
		out[i] = big.NewInt(m)
		if m != 0 {
			out[i].Lsh(out[i], uint(exponents[i]-least))
		}
	}
	return out
}

func minus(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

func times(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }

func turnOfFractions(a, b, c [2]float64) int {
	w := whole(a[0], a[1], b[0], b[1], c[0], c[1])
	return times(minus(w[0], w[4]), minus(w[3], w[5])).Cmp(times(minus(w[1], w[5]), minus(w[2], w[4])))
}

func sideOfFractions(a, b, c, d mesh.Vec) int {
	w := whole(a.X, a.Y, a.Z, b.X, b.Y, b.Z, c.X, c.Y, c.Z, d.X, d.Y, d.Z)
	ux, uy, uz := minus(w[0], w[9]), minus(w[1], w[10]), minus(w[2], w[11])
	vx, vy, vz := minus(w[3], w[9]), minus(w[4], w[10]), minus(w[5], w[11])
	wx, wy, wz := minus(w[6], w[9]), minus(w[7], w[10]), minus(w[8], w[11])
	minor := func(a, b, c, d *big.Int) *big.Int { return minus(times(a, b), times(c, d)) }
	det := times(uz, minor(vx, wy, wx, vy))
	det.Add(det, times(vz, minor(wx, uy, ux, wy)))
	det.Add(det, times(wz, minor(ux, vy, vx, uy)))
	return det.Sign()
}

// expansion is a sum of numbers that do not overlap, the smallest first: it is known without rounding.
type expansion struct {
	n    int
	part [48]float64
}

// addScaled adds x·y·z, or takes it away: four numbers at most.
func (e *expansion) addScaled(x, y, z, by float64) {
	hi := x * y
	lo := math.FMA(x, y, -hi)
	for _, f := range [2]float64{lo, hi} {
		f *= by
		p := f * z
		e.add(math.FMA(f, z, -p))
		e.add(p)
	}
}

// add grows the sum by a number (Shewchuk, fig. 6).
func (e *expansion) add(v float64) {
	if v == 0 {
		return
	}
	n := 0
	for _, p := range e.part[:e.n] {
		sum := v + p
		virtual := sum - v
		rest := (v - (sum - virtual)) + (p - virtual)
		if rest != 0 {
			e.part[n] = rest
			n++
		}
		v = sum
	}
	e.part[n] = v
	e.n = n + 1
}

func (e *expansion) sign() int {
	for i := e.n - 1; i >= 0; i-- {
		if e.part[i] != 0 {
			return sign(e.part[i])
		}
	}
	return 0
}

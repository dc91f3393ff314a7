package fdm

import (
	"math"
	"slices"

	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
)

// fill lays lines over polygons at a distance and an angle, one after the other to and fro, and joins those that are
// neighbours along the border, as infill is extruded.
func fill(list []clip.Polygon, distance, angle, reach float64) [][]point {
	sin, cos := math.Sincos(angle)
	type crossing struct {
		line int
		u    float64
	}
	var all []crossing
	for _, p := range list {
		for i, a := range p {
			b := p[(i+1)%len(p)]
			ax, ay := float64(a.X)/slice.PerMM, float64(a.Y)/slice.PerMM
			bx, by := float64(b.X)/slice.PerMM, float64(b.Y)/slice.PerMM
			u0, v0, u1, v1 := ax*cos+ay*sin, ay*cos-ax*sin, bx*cos+by*sin, by*cos-bx*sin
			if v0 > v1 {
				u0, v0, u1, v1 = u1, v1, u0, v0
			}
			for k := int(math.Ceil(v0 / distance)); float64(k)*distance < v1; k++ {
				v := float64(k) * distance
				all = append(all, crossing{k, u0 + (v-v0)/(v1-v0)*(u1-u0)})
			}
		}
	}
	slices.SortFunc(all, func(a, b crossing) int {
		if a.line != b.line {
			return a.line - b.line
		}
		switch {
		case a.u < b.u:
			return -1
		case a.u > b.u:
			return 1
		}
		return 0
	})
	at := func(line int, u float64) point {
		v := float64(line) * distance
		return point{u*cos - v*sin, u*sin + v*cos}
	}
	var done, open [][]point // open: chains whose last line was the one before
	line := 0
	for i := 0; i+1 < len(all); {
		k := all[i].line
		if k != line+1 {
			done, open = append(done, open...), nil
		}
		line = k
		var next [][]point
		for ; i+1 < len(all) && all[i].line == k && all[i+1].line == k; i += 2 {
			a, b := at(k, all[i].u), at(k, all[i+1].u)
			if a.to(b) < 1e-3 {
				continue
			}
			best, from, to := -1, a, b
			nearest := reach
			for j, c := range open {
				if c == nil {
					continue
				}
				end := c[len(c)-1]
				if d := end.to(a); d < nearest {
					best, nearest, from, to = j, d, a, b
				}
				if d := end.to(b); d < nearest {
					best, nearest, from, to = j, d, b, a
				}
			}
			if best < 0 {
				next = append(next, []point{a, b})
				continue
			}
			next = append(next, append(open[best], from, to))
			open[best] = nil
		}
		if i < len(all) && all[i].line == k { // an odd one, of a side that was cut badly
			i++
		}
		for _, c := range open {
			if c != nil {
				done = append(done, c)
			}
		}
		open = next
	}
	return append(done, open...)
}

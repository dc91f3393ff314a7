package render

import (
	"image"
	"image/color"
	"math"

	"bassin/internal/mesh"
)

// turn finds at each sample what stands upright on the surface, as the picture sees it: over edges that are no creases it is
// smoothed. Who looks sees a face from its front, whichever side that is.
func (c *canvas) turn(m *mesh.Mesh, p []spot) {
	flat := flatOf(m)
	var smooth [][3]mesh.Vec
	if len(m.Triangles) <= mostFaces {
		smooth = smoothed(m, flat)
	}
	mesh.InBlocks(c.height, 32, func(_, from, to int) {
		for i := from * c.width; i < to*c.width; i++ {
			if c.face[i] == 0 {
				continue
			}
			f := c.face[i] - 1
			n := flat[f]
			if smooth != nil {
				t := m.Triangles[f]
				u, v, w := weights(p[t[0]], p[t[1]], p[t[2]], float32(i%c.width)+0.5, float32(i/c.width)+0.5)
				s := &smooth[f]
				n = s[0].Times(u).Add(s[1].Times(v)).Add(s[2].Times(w))
			}
			x, y, z := n.Dot(right), n.Dot(down), n.Dot(eye)
			length := math.Sqrt(x*x + y*y + z*z)
			if length == 0 {
				continue
			}
			if z < 0 {
				length = -length
			}
			c.normal[i] = [2]int16{int16(x / length * math.MaxInt16), int16(y / length * math.MaxInt16)}
		}
	})
}

// weights are those of the corners at a point of a face.
func weights(a, b, c spot, x, y float32) (u, v, w float64) {
	det := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
	if det == 0 {
		return 1, 0, 0
	}
	v = float64(max(0, min(1, ((x-a.x)*(c.y-a.y)-(c.x-a.x)*(y-a.y))/det)))
	w = float64(max(0, min(1, ((b.x-a.x)*(y-a.y)-(x-a.x)*(b.y-a.y))/det)))
	return max(0, 1-v-w), v, w
}

// flatOf gives what stands upright on each face, of length 1; of a face without area nothing.
func flatOf(m *mesh.Mesh) []mesh.Vec {
	list := make([]mesh.Vec, len(m.Triangles))
	mesh.InBlocks(len(list), 1<<12, func(_, from, to int) {
		for i := from; i < to; i++ {
			t := &m.Triangles[i]
			a := m.Points[t[0]]
			b, c := m.Points[t[1]].Sub(a), m.Points[t[2]].Sub(a)
			if s := max(math.Abs(b.X), math.Abs(b.Y), math.Abs(b.Z), math.Abs(c.X), math.Abs(c.Y), math.Abs(c.Z)); s > 0 && !math.IsInf(s, 1) {
				n := b.Times(1 / s).Cross(c.Times(1 / s))
				if l := n.Len(); l > 0 && n.Finite() {
					list[i] = n.Times(1 / l)
				}
			}
		}
	})
	return list
}

const (
	crease   = 0.8 // cosine of the angle between two faces from which their edge is one
	mostFans = 64  // faces around a point that are looked at
)

// smoothed gives at each corner of each face the mean over the faces around the point that are no further than a crease.
func smoothed(m *mesh.Mesh, flat []mesh.Vec) [][3]mesh.Vec {
	first := make([]uint32, len(m.Points)+1)
	for _, t := range m.Triangles {
		for _, v := range t {
			first[v+1]++
		}
	}
	for i := range m.Points {
		first[i+1] += first[i]
	}
	around := make([]uint32, 3*len(m.Triangles))
	next := make([]uint32, len(m.Points))
	for i, t := range m.Triangles {
		for _, v := range t {
			around[first[v]+next[v]] = uint32(i)
			next[v]++
		}
	}
	out := make([][3]mesh.Vec, len(m.Triangles))
	mesh.InBlocks(len(out), 1<<12, func(_, from, to int) {
		for i := from; i < to; i++ {
			for k, v := range m.Triangles[i] {
				n := flat[i]
				if fan := around[first[v]:first[v+1]]; len(fan) <= mostFans {
					n = mesh.Vec{}
					for _, f := range fan {
						if d := flat[f].Dot(flat[i]); d > crease {
							n = n.Add(flat[f])
						}
					}
				}
				out[i][k] = n
			}
		}
	})
	return out
}

// at gives what stands upright at a sample that a face covers.
func (c *canvas) at(i int) (x, y, z float64) {
	x, y = float64(c.normal[i][0])/math.MaxInt16, float64(c.normal[i][1])/math.MaxInt16
	return x, y, math.Sqrt(max(0, 1-x*x-y*y))
}

// Two lamps, and the sky: as the picture sees them, y down.
var (
	key  = unit(mesh.Vec{X: -0.75, Y: -0.7, Z: 0.6})
	fill = unit(mesh.Vec{X: 0.9, Y: 0.1, Z: 0.4})
)

// light is how bright a sample is, from 0 to 1.
func (c *canvas) light(i int) float64 {
	x, y, z := c.at(i)
	l := 0.20 + 0.18*(0.5-0.5*y) + 0.56*max(0, x*key.X+y*key.Y+z*key.Z) + 0.16*max(0, x*fill.X+y*fill.Y+z*fill.Z)
	return min(1, l)
}

// line tells whether an edge passes by a sample: where the surface turns sharply, or where one part of it hides another.
func (c *canvas) line(i int, jump float32) bool {
	w := c.width
	x, y := i%w, i/w
	if x == 0 || y == 0 || x == w-1 || y == c.height-1 {
		return false
	}
	nx, ny, nz := c.at(i)
	for _, j := range [4]int{i - w, i - 1, i + 1, i + w} {
		if c.face[j] == 0 || c.face[j] == c.face[i] {
			continue
		}
		if ox, oy, oz := c.at(j); nx*ox+ny*oy+nz*oz < 0.8 {
			return true
		}
	}
	for _, d := range [2]int{1, w} {
		if c.face[i-d] != 0 && c.face[i+d] != 0 && 2*c.depth[i]-c.depth[i-d]-c.depth[i+d] > jump {
			return true // it is nearer than what is beside it
		}
	}
	return false
}

const (
	ringSpots = 20
	ringPart  = 0.06 // of the smaller side: how far what stands near takes light away
)

// ring are the places around a pixel at which something may take its light: a spiral.
var ring = func() (list [ringSpots][2]float64) {
	for k := range list {
		r := math.Sqrt((float64(k) + 0.5) / ringSpots)
		a := float64(k) * 2.399963
		list[k] = [2]float64{r * math.Cos(a), r * math.Sin(a)}
	}
	return list
}()

// shaded is how much light reaches a sample past what stands near, from 0 to 1.
func (c *canvas) shaded(i int, reach float64) float64 {
	nx, ny, nz := c.at(i)
	x, y := i%c.width, i/c.width
	taken := 0.0
	for _, o := range ring {
		dx, dy := int(o[0]*reach), int(o[1]*reach)
		px, py := x+dx, y+dy
		if px < 0 || py < 0 || px >= c.width || py >= c.height || dx == 0 && dy == 0 {
			continue
		}
		j := py*c.width + px
		if c.face[j] == 0 {
			continue
		}
		dz := float64(c.depth[j] - c.depth[i])
		far := math.Sqrt(float64(dx*dx+dy*dy) + dz*dz)
		up := (float64(dx)*nx + float64(dy)*ny + dz*nz) / far
		taken += max(0, up-0.08) * max(0, 1-far/(2*reach))
	}
	return max(0.35, 1-1.9*taken/ringSpots)
}

// The colours of a picture are 199 of light, then some for edges of the part that cover a pixel in part.
const (
	lights    = 199
	rimLights = 7
	rims      = 8
)

// ramp are colours by their light.
var ramp = [][3]float64{{34, 56, 64}, {52, 86, 97}, {82, 124, 135}, {122, 164, 173}, {170, 203, 209}, {222, 237, 239}}

func shade(light float64) (r, g, b uint8) {
	at := light * float64(len(ramp)-1)
	k := min(int(at), len(ramp)-2)
	mix := func(i int) uint8 { return uint8(ramp[k][i] + (at-float64(k))*(ramp[k+1][i]-ramp[k][i]) + 0.5) }
	return mix(0), mix(1), mix(2)
}

// palette holds nothing first, then the lights, then those of rims.
func palette() color.Palette {
	p := color.Palette{color.NRGBA{}}
	for i := range lights {
		r, g, b := shade(float64(i) / (lights - 1))
		p = append(p, color.NRGBA{r, g, b, 255})
	}
	for a := 1; a <= rims; a++ {
		for i := range rimLights {
			r, g, b := shade(float64(i) / (rimLights - 1))
			p = append(p, color.NRGBA{r, g, b, uint8(255 * a / (rims + 1))})
		}
	}
	return p
}

// index is the number of the colour of a pixel that is covered in part or whole.
func index(light, cover float64) uint8 {
	a := int(cover*(rims+1) + 0.5)
	switch {
	case a == 0:
		return 0
	case a > rims:
		return uint8(1 + int(light*(lights-1)+0.5))
	}
	return uint8(1 + lights + (a-1)*rimLights + int(light*(rimLights-1)+0.5))
}

// picture takes the mean of the samples of each pixel, n by n.
func (c *canvas) picture(s Size, n int, side float64) *image.Paletted {
	out := image.NewPaletted(image.Rect(0, 0, s.Width, s.Height), palette())
	reach, jump := ringPart*side, float32(0.006*side)
	near := make([]float64, s.Width*s.Height)
	mesh.InBlocks(s.Height, 16, func(_, from, to int) {
		for y := from; y < to; y++ {
			for x := range s.Width {
				near[y*s.Width+x] = 1
				if i := (y*n+n/2)*c.width + x*n + n/2; c.face[i] != 0 {
					near[y*s.Width+x] = c.shaded(i, reach)
				}
			}
		}
	})
	mesh.InBlocks(s.Height, 16, func(_, from, to int) {
		for y := from; y < to; y++ {
			for x := range s.Width {
				sum, covered := 0.0, 0
				for k := range n * n {
					i := (y*n+k/n)*c.width + x*n + k%n
					if c.face[i] == 0 {
						continue
					}
					l := c.light(i)
					if c.line(i, jump) {
						l *= 0.5
					}
					sum += l
					covered++
				}
				if covered > 0 {
					out.Pix[y*out.Stride+x] = index(sum/float64(covered)*mean(near, s, x, y), float64(covered)/float64(n*n))
				}
			}
		}
	})
	return out
}

// mean is that over a pixel and those around it.
func mean(list []float64, s Size, x, y int) float64 {
	sum, count := 0.0, 0
	for py := max(0, y-1); py <= min(s.Height-1, y+1); py++ {
		for px := max(0, x-1); px <= min(s.Width-1, x+1); px++ {
			sum += list[py*s.Width+px]
			count++
		}
	}
	return sum / float64(count)
}

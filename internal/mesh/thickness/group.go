package thickness

import (
	"math"
	"slices"

	"bassin/internal/mesh"
)

// reach is within how many widths between samples neighbours are looked for: they lie evenly, but not on a grid.
const reach = 2.5

// cell is a cube of the grid in which neighbours are looked for: 21 bits of its place along each axis. Cubes that far apart
// that they share one are told apart by their samples.
type cell uint64

// grouping joins thin samples that are neighbours on one side of a wall, and those that face each other through it.
type grouping struct {
	samples []Sample
	width   float64
	alike   float64 // the cosine between two that look alike
	cells   map[cell]*cluster
	up      []int32 // set of each sample: towards the smallest of it
}

// cluster is the samples of a cell, and those of the cells around it too, once they were looked for.
type cluster struct {
	samples []int32
	around  [][]int32
}

// groups parts thin samples into places, each in the order of its samples, which lie so many times as far apart as those of the part.
// Those of what is round are neighbours wherever they look.
func (f *Field) groups(samples []Sample, apart float64, round bool) [][]Sample {
	g := grouping{samples: samples, alike: 0.5, width: apart * reach * f.part.width, cells: map[cell]*cluster{}, up: make([]int32, len(samples))}
	if round {
		g.alike = -1
	}
	for i := range samples {
		g.up[i] = int32(i)
		c := cellAt(g.place(samples[i].Point))
		if g.cells[c] == nil {
			g.cells[c] = &cluster{}
		}
		g.cells[c].samples = append(g.cells[c].samples, int32(i))
	}
	var near, far surrounding
	for i := range samples {
		s := &samples[i]
		g.joinNear(i, s.Point, true, &near)
		g.joinNear(i, s.Point.Add(s.Dir.Times(s.Thickness)), false, &far)
	}
	number, list := map[int32]int{}, [][]Sample{}
	for i := range samples {
		root := g.find(int32(i))
		n, known := number[root]
		if !known {
			n = len(list)
			number[root], list = n, append(list, nil)
		}
		list[n] = append(list[n], samples[i])
	}
	return slices.Clip(list)
}

func (g *grouping) place(p mesh.Vec) (x, y, z int64) {
	return int64(math.Floor(p.X / g.width)), int64(math.Floor(p.Y / g.width)), int64(math.Floor(p.Z / g.width))
}

func cellAt(x, y, z int64) cell {
	const mask = 1<<21 - 1
	return cell(x&mask)<<42 | cell(y&mask)<<21 | cell(z&mask)
}

// surrounding are the samples of a cell and of those around it. Neighbours come one after the other: mostly the same is asked
// again.
type surrounding struct {
	known   bool
	x, y, z int64
	cells   [][]int32
}

func (g *grouping) around(at mesh.Vec, last *surrounding) [][]int32 {
	cx, cy, cz := g.place(at)
	if last.known && last.x == cx && last.y == cy && last.z == cz {
		return last.cells
	}
	*last = surrounding{true, cx, cy, cz, nil}
	here := g.cells[cellAt(cx, cy, cz)]
	if here != nil && here.around != nil {
		last.cells = here.around
		return last.cells
	}
	for x := cx - 1; x <= cx+1; x++ {
		for y := cy - 1; y <= cy+1; y++ {
			for z := cz - 1; z <= cz+1; z++ {
				if c := g.cells[cellAt(x, y, z)]; c != nil {
					last.cells = append(last.cells, c.samples)
				}
			}
		}
	}
	if here != nil {
		here.around = last.cells
	}
	return last.cells
}

// joinNear joins a sample with those near a point: of the same side, or of the other one.
func (g *grouping) joinNear(i int, at mesh.Vec, same bool, last *surrounding) {
	dir := g.samples[i].Dir
	for _, list := range g.around(at, last) {
		for _, j := range list {
			if same && int(j) <= i || g.up[j] == g.up[i] {
				continue
			}
			o := &g.samples[j]
			if d := o.Point.Sub(at); d.Dot(d) > g.width*g.width {
				continue
			}
			if cos := o.Dir.Dot(dir); same && cos >= g.alike || !same && cos <= -0.5 {
				g.join(int32(i), j)
			}
		}
	}
}

func (g *grouping) find(i int32) int32 {
	for g.up[i] != i {
		g.up[i] = g.up[g.up[i]]
		i = g.up[i]
	}
	return i
}

func (g *grouping) join(a, b int32) {
	a, b = g.find(a), g.find(b)
	g.up[max(a, b)] = min(a, b)
}

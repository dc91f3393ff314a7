// Package fdm estimates what a part takes on a machine that lays molten filament in lines: time and filament, from its
// layers and the settings of the machine, without a slicer.
//
// Each layer is parted as slicers part it: loops along its contours, what is too narrow for them, solid infill where it is
// open above or below within a few layers, sparse infill elsewhere. Lines are laid over these, and timed as the firmware
// plans them, with the travels, retractions and the time that a layer must take to cool. Supports stand below what the layer below does
// not hold, a brim around the first layer, a raft below it. What it is off by is measured in docs/additive.md.
package fdm

import (
	"math"
	"runtime"

	"bassin/internal/mesh"
	"bassin/internal/mesh/slice"
)

// Kind of what is extruded.
type Kind int

// The kinds.
const (
	External Kind = iota
	Perimeter
	Gap
	Bridge
	Top
	Solid
	Sparse
	Skirt
	Brim
	Raft
	Support
	Interface // of support with what it carries
	kinds
)

// Estimate of a print.
type Estimate struct {
	Seconds    float64
	Layers     int
	VolumeMM3  float64 // extruded
	FilamentMM float64
	Grams      float64
	Travels    int
	ByKind     [kinds]Share // in the order of the kinds
	Support    Share        // supports, with the ways to them
}

// kindNames are those of programs.
var kindNames = [kinds]string{"external", "perimeter", "gap", "bridge", "top", "solid", "sparse", "skirt", "brim", "raft", "support", "interface"}

// String is the name of a kind for programs.
func (k Kind) String() string { return kindNames[k] }

// support tells kinds of support.
func (k Kind) support() bool { return k == Support || k == Interface }

// loop tells kinds that close in themselves.
func (k Kind) loop() bool { return k <= Perimeter || k == Skirt || k == Brim }

// Share of a kind in a print.
type Share struct{ Seconds, LengthMM, VolumeMM3 float64 }

// Of estimates a mesh in millimetres, which stands as it will be built, along Z.
func Of(m *mesh.Mesh, p Profile) Estimate {
	x := mesh.Measure(m)
	raised := p.Base.RaftLayers > 0
	full := p // with the first layer as it lies on the plate
	if raised {
		p.FirstLayerHeight, p.SkirtLayers = p.LayerHeight, max(0, p.SkirtLayers-p.Base.RaftLayers)
	}
	cuts := heights(x.Min.Z, x.Max.Z, &p)
	layers := make([]region, len(cuts))
	sliced := slice.At(m, cuts)
	mesh.InBlocks(len(layers), 16, func(_, from, to int) {
		var below *region
		for i := from; i < to; i++ {
			layers[i] = region{height: p.LayerHeight, first: i == 0 && !raised}
			if i == 0 {
				layers[i].height = p.FirstLayerHeight
			}
			layers[i].walls(&p, sliced[i].Polygons, below)
			below = &layers[i]
		}
	})
	planes := make([][]plane, len(layers))
	for _, q := range supportsOf(&p, layers, x.Min, x.Max) {
		k := min(q.layer, len(planes)-1)
		planes[k] = append(planes[k], q)
	}
	g := gridOf(x.Min, x.Max)
	parts := make([]Estimate, len(layers))
	workers := make(chan *worker, runtime.GOMAXPROCS(0)) // those that wait, with their room
	mesh.InBlocks(len(layers), together, func(_, from, to int) {
		var w *worker
		select {
		case w = <-workers:
		default:
			w = &worker{p: &p, planner: planner{jerk: p.Jerk}, shells: newShells(&g, &p, layers)}
		}
		w.shells.begin(from)
		for i := from; i < to; i++ {
			parts[i] = w.layer(&layers[i], i, planes[i])
		}
		workers <- w
	})
	total := Estimate{Layers: len(layers)}
	for i := range parts {
		total.add(&parts[i])
	}
	if raised && len(layers) > 0 {
		w := &worker{p: &full, planner: planner{jerk: p.Jerk}}
		raft := w.raft(raftOf(&full, layers[0].whole, x.Min, x.Max))
		total.add(&raft)
		total.Layers += p.Base.RaftLayers
	}
	total.FilamentMM = total.VolumeMM3 / (math.Pi / 4 * p.FilamentDiameter * p.FilamentDiameter)
	total.Grams = total.VolumeMM3 / 1000 * p.DensityGCM3
	return total
}

// heights are the middles of the layers: the first has its own thickness.
func heights(bottom, top float64, p *Profile) []float64 {
	if !(top > bottom) {
		return nil
	}
	list := []float64{bottom + p.FirstLayerHeight/2}
	return append(list, slice.Heights(bottom+p.FirstLayerHeight, top, p.LayerHeight)...)
}

// add counts what another part of the print takes.
func (e *Estimate) add(o *Estimate) {
	e.Seconds += o.Seconds
	e.VolumeMM3 += o.VolumeMM3
	e.Travels += o.Travels
	e.Support.add(o.Support)
	for k := range e.ByKind {
		e.ByKind[k].add(o.ByKind[k])
	}
}

func (s *Share) add(o Share) {
	s.Seconds, s.LengthMM, s.VolumeMM3 = s.Seconds+o.Seconds, s.LengthMM+o.LengthMM, s.VolumeMM3+o.VolumeMM3
}

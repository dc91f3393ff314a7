package making

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/mesh/fdm"
	"bassin/internal/mesh/orient"
	"bassin/internal/mesh/slice"
	"bassin/internal/park"
)

// linesKind computes what parts take on machines that lay filament in lines.
const linesKind = "making.lines"

// What bounds a run to some minutes: the settings that it computes (others are asked for next), the triangles of a part,
// its layers.
const (
	mostLines     = 12
	mostTriangles = 3_000_000
	mostLayers    = 20_000
)

// Lines is what one piece takes by its layers; no seconds where nothing could be computed.
type Lines struct {
	Settings string
	Seconds  float64
	MM3      float64

	SupportSeconds float64 // of them
	SupportMM3     float64 `db:"support_mm3"`
}

// reference is the profile that the figures of a machine change; what no figure says is taken from it. Its values are
// those of PrusaSlicer's preset of a MK3S, 0.2 mm, PLA, against which the estimate was measured (docs/additive.md).
var reference = fdm.Profile{
	LayerHeight: 0.2, FirstLayerHeight: 0.2, Nozzle: 0.4, ExternalWidth: 0.45, PerimeterWidth: 0.45, SolidWidth: 0.45, SparseWidth: 0.45, TopWidth: 0.4, FirstWidth: 0.42,
	Perimeters: 2, TopLayers: 6, BottomLayers: 4, Density: 0.15, Overlap: 0.25, ElephantFoot: 0.2,
	ExternalSpeed: 25, PerimeterSpeed: 45, SmallSpeed: 25, SolidSpeed: 80, SparseSpeed: 80, TopSpeed: 40, BridgeSpeed: 25, GapSpeed: 40, FirstSpeed: 20, TravelSpeed: 180,
	PerimeterAccel: 800, InfillAccel: 1000, FirstAccel: 800, BridgeAccel: 1000, TravelAccel: 1000, MaxAccel: 1000, Jerk: 8, ZJerk: 0.4, ZSpeed: 12, ZAccel: 200,
	RetractLength: 0.8, RetractSpeed: 35, RetractAccel: 1250, RetractLift: 0.4, RetractBefore: 1, RetractJerk: 4.5, LeastLayerSeconds: 15, LeastSpeed: 15, MaxVolumeSpeed: 15,
	Skirts: 1, SkirtLayers: 3, SkirtDistance: 2, FilamentDiameter: 1.75, DensityGCM3: 1.24, BridgeRatio: 0.95,
	Supports: fdm.Supports{
		On: true, Threshold: 50, Width: 0.35, Between: 2, InterfaceGap: 0.2, Interfaces: 2, Above: 0.2, Below: 0.2, Aside: 0.27, MaxHeight: 0.25,
		Speed: 50, DenseSpeed: 40, FirstDensity: 0.9, FirstGrowth: 3,
	},
}

// settings are the figures by which machines differ, in the order of their names in a row of making_lines.
var settings = []park.Name{park.Layer, park.LineWidth, park.Walls, park.Infill, park.SkinsAbove, park.SkinsBelow, park.WallSpeed, park.FillSpeed, park.TravelSpeed, park.Acceleration}

// settingsOf names the settings of a machine with a material; "" when one of them is not known, or nothing could be built
// with them.
func settingsOf(figures park.Figures, process park.Process) (name string, values map[park.Name]float64) {
	values = map[park.Name]float64{}
	for _, n := range settings {
		f, ok := figures.Of(process, n)
		if !ok {
			return "", nil
		}
		name += fmt.Sprintf("%s=%g ", n, f.Value)
		values[n] = f.Value
	}
	if !buildable(values) {
		return "", nil
	}
	return name + "v3", values
}

// buildable tells settings with which something could be built from typing errors, which would make lines without width or
// layers without end.
func buildable(x map[park.Name]float64) bool {
	return x[park.Layer] >= 0.02 && x[park.Layer] <= 2 && x[park.LineWidth] >= 0.1 && x[park.LineWidth] >= 0.5*x[park.Layer] && x[park.LineWidth] <= 5 && x[park.Walls] <= 30 &&
		x[park.Infill] >= 1 && x[park.WallSpeed] >= 1 && x[park.FillSpeed] >= 1 && x[park.TravelSpeed] >= 1 && x[park.Acceleration] >= 10
}

// profileOf is the reference with the figures of a machine. Speeds and accelerations that have no figure keep their
// proportion to the one that has.
func profileOf(values map[park.Name]float64) fdm.Profile {
	p := reference
	p.LayerHeight, p.FirstLayerHeight = values[park.Layer], values[park.Layer]
	width := values[park.LineWidth] / reference.PerimeterWidth
	for _, w := range []*float64{&p.Nozzle, &p.ExternalWidth, &p.PerimeterWidth, &p.SolidWidth, &p.SparseWidth, &p.TopWidth, &p.FirstWidth, &p.Supports.Width, &p.Supports.Aside} {
		*w *= width
	}
	p.Supports.MaxHeight = max(p.LayerHeight, 0.25*width)
	p.Perimeters, p.TopLayers, p.BottomLayers = int(math.Round(values[park.Walls])), int(math.Round(values[park.SkinsAbove])), int(math.Round(values[park.SkinsBelow]))
	p.Density = min(values[park.Infill]/100, 1)
	scale := func(by float64, list ...*float64) {
		for _, x := range list {
			*x *= by
		}
	}
	scale(values[park.WallSpeed]/reference.PerimeterSpeed, &p.ExternalSpeed, &p.PerimeterSpeed, &p.SmallSpeed, &p.GapSpeed)
	scale(values[park.FillSpeed]/reference.SparseSpeed, &p.SolidSpeed, &p.SparseSpeed, &p.TopSpeed, &p.BridgeSpeed, &p.Supports.Speed, &p.Supports.DenseSpeed)
	p.TravelSpeed = values[park.TravelSpeed]
	scale(values[park.Acceleration]/reference.MaxAccel, &p.PerimeterAccel, &p.InfillAccel, &p.FirstAccel, &p.BridgeAccel, &p.TravelAccel, &p.MaxAccel)
	return p
}

// lacking are the settings of machines that could make a part and of which it is not known yet what it takes on them.
func lacking(x asked, list []Offer) map[string]map[park.Name]float64 {
	out := map[string]map[park.Name]float64{}
	if x.Report.Triangles > mostTriangles || !x.Report.Watertight() || !x.Revision.HasDerived() { // how it is best laid is not known yet
		return out
	}
	for _, o := range list {
		if o.Process != park.FDM || len(out) == mostLines {
			continue
		}
		name, values := settingsOf(o.FiguresOn(x.Rules, o.Material.MaterialID), park.FDM)
		if _, known := x.Piece.Lines[name]; name != "" && !known && x.Piece.Best(park.FDM).SizeMM[2]/values[park.Layer] < mostLayers {
			out[name] = values
		}
	}
	return out
}

type linesArgs struct {
	Part additive.PartID  `json:"part"`
	By   account.PersonID `json:"by"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, linesKind, s.runLines, job.Opts{Safe: true, Long: true})
}

// askLines asks for what is lacking of the offers on a part, which somebody looks at. It tells whether some is under way.
func (s *Service) askLines(ctx context.Context, by account.Actor, x asked, list []Offer) (bool, error) {
	switch {
	case s.queue == nil || s.files == nil:
		return false, nil
	case !x.Revision.HasDerived(): // how it is best laid is known in a moment
		return slices.ContainsFunc(list, func(o Offer) bool { return o.Process == park.FDM }), nil
	case len(lacking(x, list)) == 0:
		return false, nil
	}
	id := x.Part.ID
	return true, s.db.Do(ctx, func(tx db.Tx) error {
		_, err := s.queue.Enqueue(tx, job.Request{Kind: linesKind, Args: linesArgs{id, by.ID}, UniqueKey: string(id) + " " + string(by.ID)})
		return err
	})
}

// runLines computes what is lacking, as who asked sees it.
func (s *Service) runLines(ctx context.Context, run *job.Run, a linesArgs) error {
	var asked asked
	var offers []Offer
	err := s.db.View(ctx, func(tx db.Tx) error {
		by, err := account.Load(tx, a.By)
		if err != nil {
			return err
		}
		asked, offers, err = offersFor(tx, by, a.Part, 1)
		return err
	})
	if err != nil {
		return err
	}
	var list []Lines
	part, err := additive.MeshOf(ctx, s.files, asked.Revision, asked.Unit)
	switch {
	case errors.As(err, new(*mesh.FileError)): // what could be read once; it is noted, and not tried again
		part = nil
	case err != nil:
		return err
	}
	if part != nil {
		up, err := asked.Revision.BestUp(park.FDM, asked.Piece.VolumeMM3, asked.Unit)
		if err != nil {
			return err
		}
		part = orient.Upright(part, up)
	}
	lack := lacking(asked, offers)
	for name, values := range lack {
		if err := ctx.Err(); err != nil {
			return err
		}
		run.Progress(int64(len(list)), int64(len(lack)))
		x := Lines{Settings: name}
		if part != nil && slice.Sides(part, values[park.Layer]) < slice.MostSides {
			e := fdm.Of(part, profileOf(values))
			x.Seconds, x.MM3 = e.Seconds, e.VolumeMM3
			x.SupportSeconds, x.SupportMM3 = e.Support.Seconds, e.Support.VolumeMM3
		}
		list = append(list, x)
	}
	return run.Finish(func(tx db.Tx) error {
		return insertLines(tx, asked.Revision.Hash, asked.Unit, list)
	})
}

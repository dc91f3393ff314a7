package additive

import (
	"cmp"
	"encoding/json"
	"image"
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/orient"
	"bassin/internal/mesh/render"
	"bassin/internal/park"
)

// Placement is one way to lay a part on the plate of a machine. Lengths are those of the file.
type Placement struct {
	Up       Point   `json:"up"` // what of the file's space is up, of length 1
	Stands   bool    `json:"stands"`
	Size     Point   `json:"size"` // of the box as it lies
	Bed      float64 `json:"bed"`  // area on the plate
	Overhang float64 `json:"overhang"`
	Contact  float64 `json:"contact"` // area that supports touch
	Support  float64 `json:"support"` // space under overhangs
	Raft     float64 `json:"raft"`
	Stairs   float64 `json:"stairs"`
}

// maxPlacements is how many are shown of a process, besides that of the file.
const maxPlacements = 3

// leastBed is the share of the box under a part on which it lies at least, where there is such a placement: a part that touches
// the plate in points would need a raft, and nobody would lay it so.
const leastBed = 0.01

// laid is a placement with what turns the part so.
type laid struct {
	Placement
	turn mesh.Transform
}

// placementsOf finds the best placements of a closed mesh for each process that lays parts on a plate, and that of its file; nil
// when there is nothing to lay.
func placementsOf(m *mesh.Mesh, r *mesh.Report, unit mesh.Unit) []laid {
	if !r.Even() || r.Volume <= 0 || r.Triangles > maxMeasured {
		return nil
	}
	var rates []orient.Rates
	for _, p := range park.Processes() {
		if x, ok := layingRates(p); ok {
			rates = append(rates, x)
		}
	}
	f := unit.Millimetres()
	var found []laid
	for _, q := range orient.BestByEach(inMillimetres(m, f), rates, 3*maxPlacements) {
		found = append(found, laid{Placement{
			Up: pointOf(q.Up), Stands: q.Stands, Size: pointOf(q.Size), Bed: q.Bed, Overhang: q.Overhang,
			Contact: q.Contact, Support: q.Support, Raft: q.Raft, Stairs: q.Stairs,
		}, q.Turn})
	}
	keep := make([]bool, len(found))
	for _, x := range rates {
		for _, i := range bestOf(found, x, r.Volume*f*f*f) {
			keep[i] = true
		}
	}
	var list []laid
	for i, q := range found {
		if keep[i] {
			list = append(list, laid{q.scaled(1 / f), q.turn})
		}
	}
	return list
}

// bestOf gives by their places in the list, whose lengths are millimetres, the placements that are best by rates, the best first,
// and that of the file among them. A part is not laid on points when it can lie.
func bestOf[P placed](list []P, rates orient.Rates, volume float64) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		_, x := list[a].placement().costs(rates, volume)
		_, y := list[b].placement().costs(rates, volume)
		return cmp.Compare(x, y)
	})
	some := slices.ContainsFunc(list, func(p P) bool { q := p.placement(); return !q.AsFile() && q.lies() })
	var best []int
	others := 0
	for _, i := range order {
		if q := list[i].placement(); !q.AsFile() {
			if others == maxPlacements || some && !q.lies() {
				continue
			}
			others++
		}
		best = append(best, i)
	}
	return best
}

// placed is what has a placement.
type placed interface{ placement() Placement }

func (p Placement) placement() Placement { return p }

// lies tells whether the part lies on enough of itself.
func (p Placement) lies() bool { return p.Bed >= leastBed*p.Size[0]*p.Size[1] }

// costs gives the time and the cost of a placement in millimetres, by rates.
func (p Placement) costs(rates orient.Rates, volume float64) (seconds, cost float64) {
	return rates.Of(&orient.Placement{
		Size: mesh.Vec{X: p.Size[0], Y: p.Size[1], Z: p.Size[2]}, Support: p.Support, Raft: p.Raft, Contact: p.Contact, Stairs: p.Stairs,
	}, volume)
}

// lyingSize is that of the picture of one placement.
var lyingSize = render.Size{Width: 320, Height: 240}

// drawLying draws placements of a mesh, one below the other.
func drawLying(m *mesh.Mesh, list []laid) *image.Paletted {
	var sheet *image.Paletted
	for i, q := range list {
		turned := &mesh.Mesh{Points: make([]mesh.Vec, len(m.Points)), Triangles: m.Triangles}
		for k, p := range m.Points {
			turned.Points[k] = q.turn.Apply(p)
		}
		one := render.Draw(turned, lyingSize)
		if sheet == nil {
			sheet = image.NewPaletted(image.Rect(0, 0, lyingSize.Width, lyingSize.Height*len(list)), one.Palette)
		}
		copy(sheet.Pix[i*lyingSize.Height*sheet.Stride:], one.Pix)
	}
	return sheet
}

// PlacementsOf reads the placements of a revision.
func (r Revision) PlacementsOf() (list []Placement, err error) {
	if r.Placements != "" {
		err = json.Unmarshal([]byte(r.Placements), &list)
	}
	return list, err
}

// Best is the placement in millimetres in which a part is best laid for a process; false where none is known.
func (r Revision) Best(p park.Process, volumeMM3 float64, unit mesh.Unit) (Placement, bool, error) {
	list, err := r.PlacementsOf()
	rates, ok := layingRates(p)
	if err != nil || !ok || len(list) == 0 {
		return Placement{}, false, err
	}
	for i := range list {
		list[i] = list[i].scaled(unit.Millimetres())
	}
	return list[bestOf(list, rates, volumeMM3)[0]], true, nil
}

// BestUp is what of a file's space is up where a part is best laid for a process; that of the file where no placement is known.
func (r Revision) BestUp(p park.Process, volumeMM3 float64, unit mesh.Unit) (mesh.Vec, error) {
	q, ok, err := r.Best(p, volumeMM3, unit)
	if err != nil || !ok {
		return mesh.Vec{Z: 1}, err
	}
	return mesh.Vec{X: q.Up[0], Y: q.Up[1], Z: q.Up[2]}, nil
}

// HasDerived tells whether what follows a check was made: pictures, placements, walls.
func (r Revision) HasDerived() bool { return r.Derived > 0 }

// AsFile tells whether the part lies as in its file.
func (p Placement) AsFile() bool { return p.Up == Point{0, 0, 1} }

// scaled has lengths f times as long.
func (p Placement) scaled(f float64) Placement {
	for i := range p.Size {
		p.Size[i] *= f
	}
	p.Bed, p.Overhang, p.Contact, p.Raft, p.Stairs = p.Bed*f*f, p.Overhang*f*f, p.Contact*f*f, p.Raft*f*f, p.Stairs*f*f
	p.Support *= f * f * f
	return p
}

// Tilt is by how many degrees the part is turned from how it lies in its file.
func (p Placement) Tilt() float64 { return math.Acos(max(-1, min(1, p.Up[2]))) * 180 / math.Pi }

// layingRates are by what placements are judged for a process, by decision 0039; none of one in which parts lie in powder, where they need
// no support.
func layingRates(p park.Process) (orient.Rates, bool) {
	r := orient.FDM
	switch p {
	case park.FDM:
	case park.MSLA:
		r.HeightSPerMM, r.PartSPerMM3, r.SupportSPerMM3, r.RaftSPerMM2 = 170, 0, 0, 0
	case park.SLA:
		r.HeightSPerMM, r.PartSPerMM3, r.SupportSPerMM3, r.RaftSPerMM2 = 110, 0.05, 0.02, 0
	case park.LPBF:
		r.HeightSPerMM, r.PartSPerMM3, r.SupportSPerMM3, r.RaftSPerMM2 = 670, 0.21, 0.08, 0
	default:
		return r, false
	}
	return r, true
}

// timeShare is what of the machine's time a placement takes by a process, in millimetres, where another takes 1.
func (p Placement) timeShare(rates orient.Rates, volume float64, other Placement) float64 {
	mine, _ := p.costs(rates, volume)
	if of, _ := other.costs(rates, volume); of > 0 {
		return mine / of
	}
	return 1
}

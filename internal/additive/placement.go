package additive

import (
	"math"
	"slices"

	"bassin/internal/mesh"
	"bassin/internal/mesh/orient"
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

// maxPlacements is how many are kept, besides that of the file.
const maxPlacements = 3

// leastBed is the share of the box under a part on which it lies at least, where there is such a placement: a part that touches
// the plate in points would need a raft, and nobody would lay it so.
const leastBed = 0.01

// placementsOf finds the best placements of a closed mesh and that of its file, the best first; nil when there is nothing to lay.
func placementsOf(m *mesh.Mesh, r *mesh.Report, unit mesh.Unit) []Placement {
	if !r.Even() || r.Volume <= 0 || r.Triangles > maxMeasured {
		return nil
	}
	f := unit.Millimetres()
	best := orient.Best(inMillimetres(m, f), orient.FDM, 3*maxPlacements)
	asFile := func(q orient.Placement) bool { return q.Up == mesh.Vec{Z: 1} }
	lies := func(q orient.Placement) bool { return q.Bed >= leastBed*q.Size.X*q.Size.Y }
	some := slices.ContainsFunc(best, func(q orient.Placement) bool { return !asFile(q) && lies(q) })
	var list []Placement
	others := 0
	for _, q := range best {
		if !asFile(q) {
			if others == maxPlacements || some && !lies(q) {
				continue
			}
			others++
		}
		list = append(list, Placement{
			Up: pointOf(q.Up), Stands: q.Stands, Size: pointOf(q.Size.Times(1 / f)), Bed: q.Bed / (f * f), Overhang: q.Overhang / (f * f),
			Contact: q.Contact / (f * f), Support: q.Support / (f * f * f), Raft: q.Raft / (f * f), Stairs: q.Stairs / (f * f),
		})
	}
	return list
}

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
	case park.LPBF:
		r.HeightSPerMM, r.PartSPerMM3, r.SupportSPerMM3, r.RaftSPerMM2 = 670, 0.21, 0.08, 0
	default:
		return r, false
	}
	return r, true
}

// timeShare is what of the machine's time a placement takes by a process, in millimetres, where another takes 1.
func (p Placement) timeShare(rates orient.Rates, volume float64, other Placement) float64 {
	seconds := func(p Placement) float64 {
		s, _ := rates.Of(&orient.Placement{Size: mesh.Vec{X: p.Size[0], Y: p.Size[1], Z: p.Size[2]}, Support: p.Support, Raft: p.Raft}, volume)
		return s
	}
	if of := seconds(other); of > 0 {
		return seconds(p) / of
	}
	return 1
}

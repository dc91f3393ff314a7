package app

import (
	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/thickness"
	"bassin/internal/web"
)

// partThin is what is thinner than a limit, or narrower, in millimetres.
type partThin struct {
	LimitMM float64     `json:"limit_mm"`
	LeastMM *float64    `json:"least_mm"`       // of the whole part; null when nothing faces anything
	At      *[3]float64 `json:"at_mm"`          // the place of the least
	AreaMM2 float64     `json:"area_mm2"`       // of the surface that is thinner: a wall has two sides
	Places  []partPlace `json:"places"`         // the largest first
	Seen    float64     `json:"seen_above_mm2"` // walls with larger sides are all seen
}

// partPlace is a part of the surface that hangs together and is thin.
type partPlace struct {
	ThinnestMM float64    `json:"thinnest_mm"`
	MiddleMM   float64    `json:"median_mm"`
	AreaMM2    float64    `json:"area_mm2"`
	At         [3]float64 `json:"at_mm"` // where it is the thinnest
	Face       uint32     `json:"face"`

	Hold thickness.Hold `json:"hold,omitempty"` // of a wall: held on two opposite sides, or free
}

// leastThinMM2 is the surface from which a place is told among the findings: what is thin on less is a tip, or an edge that
// runs out. A wall with sides of 2 mm² has 4.
const leastThinMM2 = 2

// measure adds to a line what is thinner than the limits of the command. A mesh that bounds no volume has no thickness.
func (c *partCheckCmd) measure(l *partLine, v *web.View, model *mesh.Model, r *mesh.Report) {
	if c.Wall <= 0 && c.Gap <= 0 || r.Triangles == 0 {
		return
	}
	if !r.Even() {
		l.add(v, partFinding{Key: "thickness-unknown", Severity: mesh.Doubtful})
		return
	}
	part := thickness.Prepare(model.InMillimetres())
	if part.Crowded() {
		l.add(v, partFinding{Key: "thickness-crowded", Severity: mesh.Doubtful})
		return
	}
	if c.Wall > 0 {
		l.Walls = thinOf(part.Walls(), c.Wall)
		l.addThin(v, "thin-walls", l.Walls)
	}
	if c.Gap > 0 {
		l.Gaps = thinOf(part.Gaps(), c.Gap)
		l.addThin(v, "narrow-gaps", l.Gaps)
	}
}

func thinOf(f *thickness.Field, limit float64) *partThin {
	found := f.Under(limit)
	t := &partThin{LimitMM: limit, AreaMM2: found.Area, Seen: found.Missed, Places: []partPlace{}}
	if s, ok := f.Thinnest(); ok {
		at := triple(s.Point)
		t.LeastMM, t.At = &s.Thickness, &at
	}
	for _, p := range found.Places {
		t.Places = append(t.Places, partPlace{p.Thinnest.Thickness, p.Middle, p.Area, triple(p.Thinnest.Point), p.Thinnest.Face, p.Hold})
	}
	return t
}

// addThin adds the finding of what is thin, when some of it is more than a tip.
func (l *partLine) addThin(v *web.View, key string, t *partThin) {
	f := partFinding{Key: key, Severity: mesh.Doubtful}
	count, thinnest := 0, 0.0
	for _, p := range t.Places {
		if p.AreaMM2 < leastThinMM2 {
			break
		}
		if count == 0 || p.ThinnestMM < thinnest {
			thinnest = p.ThinnestMM
		}
		if count++; count <= maxPlaces {
			f.At = append(f.At, p.At)
		}
	}
	if count > 0 {
		f.Args = map[string]any{"count": count, "limit_mm": t.LimitMM, "thinnest_mm": thinnest, "area_mm2": t.AreaMM2}
		l.add(v, f)
	}
}

// add puts a finding among those of the part, with its words.
func (l *partLine) add(v *web.View, f partFinding) {
	f.Text = additive.FindingText(v, f.Key, f.Args)
	l.Findings = append(l.Findings, f)
}

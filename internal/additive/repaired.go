package additive

import (
	"encoding/json"
	"math"

	"bassin/internal/mesh"
	"bassin/internal/mesh/cross"
	"bassin/internal/mesh/repair"
)

// Repaired is what was done to a file to close and orient it.
type Repaired struct {
	Steps        []RepairStep `json:"steps,omitempty"`
	VolumeBefore float64      `json:"volume_before_mm3"`
	VolumeAfter  float64      `json:"volume_after_mm3"`
	AreaBefore   float64      `json:"area_before_mm2"`
	AreaAfter    float64      `json:"area_after_mm2"`
	BodiesBefore int          `json:"bodies_before,omitempty"` // shells that are no cavities
	BodiesAfter  int          `json:"bodies_after,omitempty"`
	Open         int          `json:"open"` // edges that are left, by what is wrong with them
	Crowded      int          `json:"crowded"`
	Misoriented  int          `json:"misoriented"`

	NotUnited *mesh.FileError `json:"not_united,omitempty"` // why bodies are still in each other
}

// RepairStep is one thing that was done, and to how many faces, points or holes. Its words are "part.repair.KEY".
type RepairStep struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
}

// Closed tells whether nothing is left.
func (x Repaired) Closed() bool { return x.Open+x.Crowded+x.Misoriented == 0 }

// Change is that of the volume as a share of what it was; of a file that had none it is infinite.
func (x Repaired) Change() float64 {
	if x.VolumeAfter == x.VolumeBefore {
		return 0
	}
	return (x.VolumeAfter - x.VolumeBefore) / math.Abs(x.VolumeBefore)
}

// Changed tells whether the volume is so much another that somebody must look.
func (x Repaired) Changed() bool { return !(math.Abs(x.Change()) <= repair.WorthSaying) }

// Repaired reads what was done to make the revision; false when it is as it was sent.
func (r Revision) Repaired() (x Repaired, ok bool, err error) {
	if r.RepairOf == 0 || r.Repair == "" {
		return x, false, nil
	}
	err = json.Unmarshal([]byte(r.Repair), &x)
	return x, err == nil, err
}

// repairable are the findings that a repair is for.
var repairable = map[string]bool{"open-edges": true, "misoriented-edges": true, "nonmanifold-edges": true, "inside-out": true, "duplicate-faces": true, "nonmanifold-vertices": true, cross.Bodies: true, repair.Within: true}

// mayRepair tells whether a repair has something to do for a report, and not too much.
func mayRepair(x Report) bool {
	if x.Triangles > maxMeasured {
		return false
	}
	for _, f := range x.Found {
		if repairable[f.Key] && !f.Note {
			return true
		}
	}
	return false
}

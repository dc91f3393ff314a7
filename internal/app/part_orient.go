package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/orient"
	"bassin/internal/web"
)

type partOrientCmd struct {
	File     string  `arg:"" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES."`
	Output   string  `short:"o" placeholder:"FILE" help:"File to write the part to as it lies best: .stl, .obj, .3mf or .glb. An existing one is replaced."`
	Most     int     `default:"3" placeholder:"N" help:"How many placements to give."`
	Overhang float64 `default:"45" placeholder:"DEG" help:"Angle between a face and the plate under which it needs support."`
	Height   float64 `default:"${orient_height}" placeholder:"S" help:"Seconds for a millimetre of height."`
	Support  float64 `default:"${orient_support}" placeholder:"S" help:"Seconds for a cubic millimetre of space filled with support."`
	Contact  float64 `default:"${orient_contact}" placeholder:"S" help:"Seconds of work for a square millimetre that support touched."`
	Stair    float64 `default:"${orient_stair}" placeholder:"S" help:"What a square millimetre of surface in stairs is worth, in seconds."`
	Raft     float64 `default:"${orient_raft}" placeholder:"S" help:"Seconds for a square millimetre of raft, where the part lies on little."`
	JSON     bool    `name:"json" help:"Print as JSON."`
	Language string  `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partOrientCmd) Help() string {
	return `Finds how a part is best laid for building: what costs least in height, support, its removal and stairs on the surface. The placement of
the file is always told too. What is counted, and where the rates are from, is said in docs/additive.md.

Example:

  bassin part orient bracket.stl --json
  bassin part orient bracket.stl -o lying.stl`
}

// orientRates are the default rates for the help of the command.
func orientRates() kong.Vars {
	r := orient.FDM
	rate := func(v float64) string { return fmt.Sprint(v) }
	return kong.Vars{
		"orient_height": rate(r.HeightSPerMM), "orient_support": rate(r.SupportSPerMM3), "orient_contact": rate(r.ContactSPerMM2),
		"orient_stair": rate(r.StairSPerMM2), "orient_raft": rate(r.RaftSPerMM2),
	}
}

// partOrient is what is printed of the placements of a part: the best first.
type partOrient struct {
	File       string          `json:"file"`
	Placements []partPlacement `json:"placements"`
}

type partPlacement struct {
	AsFile      bool              `json:"as_file"`
	Up          [3]float64        `json:"up"`       // what of the file's space is up
	Rotation    [3][3]float64     `json:"rotation"` // rows: a point of the file, as a column, to the plate
	Sides       map[string]string `json:"sides"`    // where what looks along the axes of the file looks: up, down, side, or leaning up or down
	Stands      bool              `json:"stands"`   // by itself
	Size        [3]float64        `json:"size_mm"`
	HeightMM    float64           `json:"height_mm"`
	BedMM2      float64           `json:"bed_mm2"`
	OverhangMM2 float64           `json:"overhang_mm2"`
	ContactMM2  float64           `json:"contact_mm2"`
	SupportMM3  float64           `json:"support_mm3"`
	RaftMM2     float64           `json:"raft_mm2"`
	StairsMM2   float64           `json:"stairs_mm2"`
	TimeShare   float64           `json:"time_share"` // of the machine, 1 as the part lies in its file
	CostShare   float64           `json:"cost_share"` // with work and finish
}

// Run finds placements.
func (c partOrientCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	write := partWriters[strings.ToLower(filepath.Ext(c.Output))]
	if c.Output != "" && write == nil {
		return errors.New(v.T("part.convert.unknown", "file", c.Output))
	}
	rates := orient.Rates{
		Overhang: c.Overhang, HeightSPerMM: c.Height, SupportSPerMM3: c.Support, ContactSPerMM2: c.Contact, StairSPerMM2: c.Stair,
		RaftSPerMM2: c.Raft, PartSPerMM3: orient.FDM.PartSPerMM3,
	}
	if !rates.OK() || c.Most < 1 || c.Most > 12 {
		return errors.New(v.T("part.orient.rates"))
	}
	model, err := readPartFile(ctx, c.File)
	if err != nil {
		return fmt.Errorf("%s: %s", c.File, partErrorOf(v, err).Text)
	}
	whole := mesh.Weld(model.InMillimetres())
	found := orient.Best(whole, rates, c.Most)
	if len(found) == 0 {
		return fmt.Errorf("%s: %s", c.File, partErrorOf(v, &mesh.FileError{Key: "empty"}).Text)
	}
	o := partOrient{File: c.File, Placements: placementsOf(found)}
	if c.JSON {
		err = json.NewEncoder(env.Stdout).Encode(o)
	} else {
		err = o.print(env.Stdout, v)
	}
	if err != nil || c.Output == "" {
		return err
	}
	model.Place(&found[0].Turn)
	return writePart(c.Output, func(w io.Writer) error { return write(w, model) })
}

func placementsOf(found []orient.Placement) []partPlacement {
	asFile := found[0]
	for _, q := range found {
		if q.AsFile() {
			asFile = q
		}
	}
	var list []partPlacement
	for _, q := range found {
		t := &q.Turn
		p := partPlacement{
			AsFile: q.AsFile(), Up: triple(q.Up), Sides: map[string]string{}, Stands: q.Stands, Size: triple(q.Size), HeightMM: q.Size.Z,
			Rotation: [3][3]float64{{t[0], t[3], t[6]}, {t[1], t[4], t[7]}, {t[2], t[5], t[8]}},
			BedMM2:   q.Bed, OverhangMM2: q.Overhang, ContactMM2: q.Contact, SupportMM3: q.Support, RaftMM2: q.Raft, StairsMM2: q.Stairs,
			TimeShare: shareOf(q.Seconds, asFile.Seconds), CostShare: shareOf(q.Cost, asFile.Cost),
		}
		for i, axis := range []string{"x", "y", "z"} {
			p.Sides["+"+axis], p.Sides["-"+axis] = sideOf(p.Up[i]), sideOf(-p.Up[i])
		}
		list = append(list, p)
	}
	return list
}

// shareOf is a part of a whole; of a part that is nothing but a point both are 0, and the same.
func shareOf(x, whole float64) float64 {
	if x == whole {
		return 1
	}
	return x / whole
}

// sideOf says where a direction looks of which so much is up.
func sideOf(up float64) string {
	switch degrees := math.Asin(max(-1, min(1, up))) * 180 / math.Pi; {
	case degrees > 85:
		return "up"
	case degrees < -85:
		return "down"
	case math.Abs(degrees) < 5:
		return "side"
	case degrees > 0:
		return "leaning-up"
	}
	return "leaning-down"
}

// print writes the lines for a person.
func (o partOrient) print(w io.Writer, v *web.View) error {
	var b strings.Builder
	fmt.Fprintln(&b, o.File)
	for _, p := range o.Placements {
		key := "part.orient.turned"
		if p.AsFile {
			key = "part.orient.as_file"
		}
		n := func(value float64) string { return additive.Length(v, value) }
		fmt.Fprintf(&b, "  %s\n", v.T(key, "up", fmt.Sprintf("%.3f %.3f %.3f", p.Up[0], p.Up[1], p.Up[2])))
		fmt.Fprintf(&b, "    %s\n", v.T("part.orient.measures", "height", n(p.HeightMM), "bed", n(p.BedMM2), "support", n(p.SupportMM3), "contact", n(p.ContactMM2), "time", n(100*p.TimeShare), "cost", n(100*p.CostShare)))
		if !p.Stands {
			fmt.Fprintf(&b, "    ! %s\n", v.T("part.orient.falls"))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

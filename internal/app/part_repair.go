package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"bassin/internal/additive"
	"bassin/internal/cad"
	"bassin/internal/mesh"
	"bassin/internal/mesh/repair"
	"bassin/internal/mesh/stl"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

type partRepairCmd struct {
	File     string `arg:"" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES."`
	Out      string `short:"o" required:"" help:"Where the repaired part goes, as binary STL in millimetres."`
	JSON     bool   `name:"json" help:"Print as JSON."`
	Language string `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partRepairCmd) Help() string {
	return `Joins points that are nearly one, cuts sides that meet in a T, takes out doubled faces, turns faces and shells, fills holes,
parts bodies that touch and, where Node is installed, unites those that overlap; says each step and how volume and area change.
Exit code 3 when the outcome is still not closed and well oriented, or its volume is more than 0.5 % another than the file's.

Example:

  bassin part repair bracket.stl -o bracket-repaired.stl`
}

// repairLine is what is printed of a repair.
type repairLine struct {
	File         string       `json:"file"`
	Out          string       `json:"out"`
	Steps        []repairStep `json:"steps"`
	Before       repairState  `json:"before"`
	After        repairState  `json:"after"`
	VolumeChange *float64     `json:"volume_change"` // as a share; null when there was no volume
	AreaChange   *float64     `json:"area_change"`
	NotUnited    string       `json:"not_united,omitempty"` // why bodies are still in each other
}

type repairStep struct {
	Key   string `json:"key"`
	Count int    `json:"count"`
	Text  string `json:"text"`
}

type repairState struct {
	Triangles        int     `json:"triangles"`
	OpenEdges        int     `json:"open_edges"`
	NonmanifoldEdges int     `json:"nonmanifold_edges"`
	MisorientedEdges int     `json:"misoriented_edges"`
	Shells           int     `json:"shells"`
	Manifold         bool    `json:"manifold"`
	Bodies           int     `json:"bodies"` // shells that are no cavities
	VolumeMM3        float64 `json:"volume_mm3"`
	AreaMM2          float64 `json:"area_mm2"`
}

func stateOf(r *mesh.Report) repairState {
	return repairState{r.Triangles, r.OpenEdges, r.NonmanifoldEdges, r.MisorientedEdges, len(r.Shells), r.Manifold(), len(r.Shells) - r.NegativeShells(), r.Volume, r.Area}
}

// Run repairs a file into another.
func (c partRepairCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	model, err := readPartFile(ctx, c.File)
	if err != nil {
		return fmt.Errorf("%s: %s", c.File, partErrorOf(v, err).Text)
	}
	converter, err := cad.Find("", assets.Data)
	if err != nil {
		return err
	}
	whole, r := repair.Uniting(model.InMillimetres(), func(bodies []*mesh.Mesh) (*mesh.Mesh, error) { return converter.Unite(ctx, bodies) })
	if err := writePart(c.Out, func(w io.Writer) error { return stl.Write(w, whole) }); err != nil {
		return err
	}
	l := repairLine{File: c.File, Out: c.Out, Steps: []repairStep{}, Before: stateOf(&r.Before), After: stateOf(&r.After),
		VolumeChange: share(r.VolumeChange()), AreaChange: share(r.AreaChange())}
	for _, s := range r.Steps {
		l.Steps = append(l.Steps, repairStep{s.Key, s.Count, v.T("part.repair."+s.Key, "count", s.Count)})
	}
	if l.NotUnited, err = additive.NotUnited(v, r.NotUnited); err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(env.Stdout).Encode(l)
	} else {
		err = l.print(env.Stdout, v)
	}
	if err != nil {
		return err
	}
	if !l.After.Manifold || l.VolumeChange == nil || math.Abs(*l.VolumeChange) > repair.WorthSaying {
		return errFindings
	}
	return nil
}

func share(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

func (l repairLine) print(w io.Writer, v *web.View) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s → %s\n", l.File, l.Out)
	for _, s := range l.Steps {
		fmt.Fprintf(&b, "  · %s\n", s.Text)
	}
	if len(l.Steps) == 0 {
		fmt.Fprintf(&b, "  %s\n", v.T("part.repair.nothing"))
	}
	if l.Before.Bodies != l.After.Bodies {
		fmt.Fprintf(&b, "  %s\n", v.T("part.repair.bodies", "before", l.Before.Bodies, "after", l.After.Bodies))
	}
	if l.NotUnited != "" {
		fmt.Fprintf(&b, "  ! %s\n", l.NotUnited)
	}
	percent := v.T("part.repair.unknown")
	if l.VolumeChange != nil {
		percent = v.Decimal(*l.VolumeChange*100, 3) + " %"
	}
	fmt.Fprintf(&b, "  %s\n", v.T("part.repair.volume", "before", additive.Length(v, l.Before.VolumeMM3), "after", additive.Length(v, l.After.VolumeMM3), "change", percent))
	key := "part.closed"
	if !l.After.Manifold {
		key = "part.repair.still"
	}
	fmt.Fprintf(&b, "  %s\n", v.T(key, "open", l.After.OpenEdges, "crowded", l.After.NonmanifoldEdges, "misoriented", l.After.MisorientedEdges))
	_, err := io.WriteString(w, b.String())
	return err
}

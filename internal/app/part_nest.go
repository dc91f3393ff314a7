package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/nest"
	"bassin/internal/mesh/threemf"
	"bassin/internal/web"
)

type partNestCmd struct {
	Files    []string `arg:"" name:"file" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES; each is one part, whatever it holds."`
	Plate    string   `placeholder:"WxD" help:"Plate, in millimetres: parts stand side by side."`
	Chamber  string   `placeholder:"WxDxH" help:"Chamber of a powder bed, in millimetres: parts lie above each other too."`
	Spacing  float64  `default:"2" placeholder:"MM" help:"Least distance between parts."`
	Margin   float64  `default:"0" placeholder:"MM" help:"Least distance to the border."`
	Count    []int    `default:"1" placeholder:"N" help:"How many of each part: one number for all, or one for each file."`
	Turn     string   `enum:"any,vertical,none," default:"" placeholder:"HOW" help:"How parts may be turned: any, vertical (about the vertical axis only), none. On a plate vertical, in a chamber any, unless it is given."`
	Seconds  float64  `default:"10" placeholder:"S" help:"Time to look for denser ones."`
	Work     int64    `placeholder:"N" help:"Stop after so much work instead of a time: the outcome is the same each time then."`
	Seed     uint64   `default:"1" placeholder:"N" help:"Another number gives another outcome."`
	Plates   int      `placeholder:"N" help:"Most plates or chambers; as many as it takes unless it is given."`
	Output   string   `short:"o" placeholder:"FILE" help:"3MF to write; OUT-1.3mf, OUT-2.3mf… when several plates are needed. Existing ones are replaced."`
	JSON     bool     `name:"json" help:"Print as JSON."`
	Language string   `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partNestCmd) Help() string {
	return `Lays parts on as few plates as it finds, or in chambers as low as it finds, and writes them at their places. On a plate a part keeps its
place under itself free, however high it hangs over; it stands as it lies in its file and is turned by 15 degrees. In a chamber it is turned by
quarters, from where its box is smallest. What cannot be laid is told, with the reason; exit code 3 then.

Example:

  bassin part nest bracket.stl cover.3mf --plate 250x210 --count 3 -o plate.3mf
  bassin part nest bracket.stl cover.3mf --chamber 200x250x330 --spacing 5 --count 20,8 --seconds 60 -o build.3mf --json`
}

// partNest is what is printed of nested parts. Lengths are in millimetres.
type partNest struct {
	Parts  []partNestPart  `json:"parts"`
	Builds []partNestBuild `json:"builds"`
	Left   []partNestLeft  `json:"left"`
	Work   int64           `json:"work"`
	CellMM float64         `json:"cell_mm,omitempty"` // of a chamber
}

type partNestPart struct {
	File      string  `json:"file"`
	Count     int     `json:"count"`
	Placed    int     `json:"placed"`
	VolumeMM3 float64 `json:"volume_mm3"`
}

// partNestBuild is one plate or chamber.
type partNestBuild struct {
	File       string              `json:"file,omitempty"` // that was written
	Filling    float64             `json:"filling"`        // of the plate's area by shadows, or of the chamber's volume below the height
	HeightMM   float64             `json:"height_mm"`
	Placements []partNestPlacement `json:"placements"`
}

type partNestPlacement struct {
	Part  int            `json:"part"` // from 1, in the order of the files
	Copy  int            `json:"copy"` // from 1
	Place mesh.Transform `json:"transform"`
}

type partNestLeft struct {
	Part   int      `json:"part"`
	Copy   int      `json:"copy"`
	Reason nest.Why `json:"reason"`
}

// Run reads, nests and writes.
func (c partNestCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	size, err := c.size(v)
	if err != nil {
		return err
	}
	if c.Output != "" && !strings.EqualFold(filepath.Ext(c.Output), ".3mf") {
		return errors.New(v.T("part.nest.output", "file", c.Output))
	}
	n := partNest{Builds: []partNestBuild{}, Left: []partNestLeft{}}
	var meshes []*mesh.Mesh
	for i, name := range c.Files {
		model, err := readPartFile(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %s", name, partErrorOf(v, err).Text)
		}
		m := mesh.Weld(model.InMillimetres())
		if len(m.Triangles) == 0 {
			return fmt.Errorf("%s: %s", name, partErrorOf(v, &mesh.FileError{Key: "empty"}).Text)
		}
		meshes = append(meshes, m)
		n.Parts = append(n.Parts, partNestPart{File: name, Count: c.Count[min(i, len(c.Count)-1)], VolumeMM3: mesh.Measure(m).Volume})
	}
	if c.Work == 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.Seconds*float64(time.Second)))
		defer cancel()
	}
	told, done := c.progress(env, v)
	if len(size) == 2 {
		err = c.onPlates(ctx, &n, meshes, size, told)
	} else {
		err = c.inChambers(ctx, &n, meshes, size, told)
	}
	done()
	if err != nil {
		return c.wrong(v, err)
	}
	if err := c.write(&n, meshes); err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(env.Stdout).Encode(n)
	} else {
		err = n.print(env.Stdout, v)
	}
	if err == nil && len(n.Left) > 0 {
		return errFindings
	}
	return err
}

// wrong says in words what cannot be nested.
func (c *partNestCmd) wrong(v *web.View, err error) error {
	var w *nest.Wrong
	if !errors.As(err, &w) {
		return errors.New(v.T("part.nest.wrong", "reason", err.Error()))
	}
	name := ""
	if w.Part > 0 {
		name = c.Files[w.Part-1]
	}
	switch w.Key {
	case "many":
		return errors.New(v.T("part.nest.many", "most", w.Most))
	case "nothing":
		return errors.New(v.T("part.nest.nothing", "file", name))
	case "points":
		return errors.New(v.T("part.nest.points", "file", name))
	}
	if name != "" {
		return errors.New(v.T("part.nest.far", "file", name))
	}
	return errors.New(v.T("part.nest.out_of_range"))
}

// size is that of the plate (two numbers) or the chamber (three).
func (c *partNestCmd) size(v *web.View) ([]float64, error) {
	text, want := c.Plate, 2
	if c.Chamber != "" {
		text, want = c.Chamber, 3
	}
	var size []float64
	for _, s := range strings.Split(strings.ToLower(text), "x") {
		if x, err := strconv.ParseFloat(s, 64); err == nil && x >= 1 && x <= 100_000 {
			size = append(size, x)
		}
	}
	counts := len(c.Count) == 1 || len(c.Count) == len(c.Files)
	for _, n := range c.Count {
		counts = counts && n >= 1
	}
	switch {
	case (c.Plate == "") == (c.Chamber == "") || len(size) != want:
		return nil, errors.New(v.T("part.nest.size"))
	case !counts:
		return nil, errors.New(v.T("part.nest.count"))
	case !(c.Spacing >= 0 && c.Margin >= 0 && c.Seconds > 0 && c.Seconds <= 86_400) || c.Work < 0 || c.Plates < 0:
		return nil, errors.New(v.T("part.nest.range"))
	}
	return size, nil
}

// progress tells on a terminal how far it is, a few times a second.
func (c *partNestCmd) progress(env *environment, v *web.View) (told func(nest.Progress), done func()) {
	f, ok := env.Stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	var last time.Time
	told = func(p nest.Progress) {
		if time.Since(last) > 200*time.Millisecond {
			last = time.Now()
			fmt.Fprintf(f, "\r\x1b[K%s", v.T("part.nest.progress", "placed", p.Placed, "wanted", p.Wanted, "plates", p.Plates))
		}
	}
	return told, func() { fmt.Fprint(f, "\r\x1b[K") }
}

// stepDeg is by how much parts are turned on a plate.
const stepDeg = 15

func (c *partNestCmd) onPlates(ctx context.Context, n *partNest, meshes []*mesh.Mesh, size []float64, told func(nest.Progress)) error {
	var turns []float64
	for d := 0.0; d < 360 && c.Turn != "none"; d += stepDeg {
		turns = append(turns, d)
	}
	var parts []nest.Outline
	bottom := make([]float64, len(meshes))
	height := make([]float64, len(meshes))
	for i, m := range meshes {
		x := mesh.Measure(m)
		bottom[i], height[i] = x.Min.Z, x.Size().Z
		parts = append(parts, nest.Outline{Rings: nest.Footprint(m), Count: n.Parts[i].Count, Turns: turns})
	}
	r, err := nest.Plates(ctx, parts, size[0], size[1], nest.Options{
		Spacing: c.Spacing, Margin: c.Margin, Seed: c.Seed, Work: c.Work, Plates: c.Plates, Told: told,
	})
	if err != nil {
		return err
	}
	n.Builds = make([]partNestBuild, r.Plates)
	for i := range n.Builds {
		n.Builds[i].Filling = r.Filling[i]
	}
	for _, p := range r.Placements {
		x, y := p.At(nest.Point{X: 1}), p.At(nest.Point{Y: 1})
		place := mesh.Transform{x.X - p.X, x.Y - p.Y, 0, y.X - p.X, y.Y - p.Y, 0, 0, 0, 1, p.X, p.Y, -bottom[p.Part]}
		n.place(p.Plate, p.Part, p.Copy, place, height[p.Part])
	}
	n.left(r.Left)
	n.Work = r.Work
	return nil
}

func (c *partNestCmd) inChambers(ctx context.Context, n *partNest, meshes []*mesh.Mesh, size []float64, told func(nest.Progress)) error {
	turn := map[string]nest.Turn{"": nest.Anyhow, "any": nest.Anyhow, "vertical": nest.AboutVertical, "none": nest.AsItLies}[c.Turn]
	var bodies []nest.Body
	for i, m := range meshes {
		bodies = append(bodies, nest.Body{Mesh: m, Count: n.Parts[i].Count, Turn: turn})
	}
	r, err := nest.Chambers(ctx, bodies, nest.Chamber{X: size[0], Y: size[1], Z: size[2]}, nest.ChamberOptions{
		Spacing: c.Spacing, Margin: c.Margin, Seed: c.Seed, Work: c.Work, Chambers: c.Plates, Told: told,
	})
	if err != nil {
		return err
	}
	n.Builds = make([]partNestBuild, r.Chambers)
	for i := range n.Builds {
		n.Builds[i].Filling, n.Builds[i].HeightMM = r.Filling[i], r.Heights[i]
	}
	for _, p := range r.Placements {
		n.place(p.Chamber, p.Part, p.Copy, p.Place, p.Top)
	}
	n.left(r.Left)
	n.Work, n.CellMM = r.Work, r.CellMM
	return nil
}

func (n *partNest) place(build, part, copy int, place mesh.Transform, top float64) {
	b := &n.Builds[build]
	b.Placements = append(b.Placements, partNestPlacement{part + 1, copy + 1, place})
	b.HeightMM = max(b.HeightMM, top)
	n.Parts[part].Placed++
}

func (n *partNest) left(list []nest.Left) {
	for _, l := range list {
		n.Left = append(n.Left, partNestLeft{l.Part + 1, l.Copy + 1, l.Why})
	}
}

// write writes each build; they are numbered when there are several.
func (c *partNestCmd) write(n *partNest, meshes []*mesh.Mesh) error {
	if c.Output == "" {
		return nil
	}
	for i := range n.Builds {
		b := &n.Builds[i]
		b.File = c.Output
		if len(n.Builds) > 1 {
			ext := filepath.Ext(c.Output)
			b.File = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(c.Output, ext), i+1, ext)
		}
		m := &mesh.Model{Unit: mesh.Millimetre}
		for _, p := range b.Placements {
			name := filepath.Base(c.Files[p.Part-1])
			m.Objects = append(m.Objects, mesh.Object{Name: strings.TrimSuffix(name, filepath.Ext(name)), Mesh: meshes[p.Part-1], Place: p.Place})
		}
		if err := writePart(b.File, func(w io.Writer) error { return threemf.Write(w, m, threemf.Metadata{Application: "Bassin"}) }); err != nil {
			return err
		}
	}
	return nil
}

// print writes the lines for a person.
func (n partNest) print(w io.Writer, v *web.View) error {
	var b strings.Builder
	for i, build := range n.Builds {
		fmt.Fprintf(&b, "%s\n", v.T("part.nest.build", "number", i+1, "count", len(build.Placements), "filling", additive.Length(v, 100*build.Filling), "height", additive.Length(v, build.HeightMM)))
		if build.File != "" {
			fmt.Fprintf(&b, "  %s\n", build.File)
		}
	}
	for i, p := range n.Parts {
		for _, why := range []nest.Why{nest.TooLarge, nest.NoRoom} {
			count := 0
			for _, l := range n.Left {
				if l.Part == i+1 && l.Reason == why {
					count++
				}
			}
			if count > 0 {
				fmt.Fprintf(&b, "  ✗ %s\n", v.T(nestReasons[why], "file", p.File, "count", count))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var nestReasons = map[nest.Why]string{nest.TooLarge: "part.nest.too_large", nest.NoRoom: "part.nest.no_room"}

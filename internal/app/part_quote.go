package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/fdm"
	"bassin/internal/mesh/slice"
	"bassin/internal/web"
)

type partQuoteCmd struct {
	File     string  `arg:"" name:"file" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES; or the G-code of a slicer."`
	Profile  string  `placeholder:"FILE" help:"Settings of the machine, as PrusaSlicer exports them (.ini). Needed for a part; of G-code it says what the file does not."`
	Density  float64 `placeholder:"G" help:"Of the filament of G-code, in grams for a cubic centimetre; that of the file unless it is given."`
	Diameter float64 `placeholder:"MM" help:"Of the filament of G-code; that of the file unless it is given."`
	Hour     float64 `placeholder:"EUR" help:"What an hour of the machine costs, for a price."`
	Kilo     float64 `placeholder:"EUR" help:"What a kilogram of the filament costs, for a price."`
	Supports bool    `help:"Build supports below overhangs, even if the profile does not ask for them."`
	JSON     bool    `name:"json" help:"Print as JSON."`
	Language string  `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partQuoteCmd) Help() string {
	return `Estimates the time and the filament that a part takes on a machine that lays lines, without slicing it: as it stands in its file, with
the supports, brim, skirt and raft that the profile asks for. Of a file that is sliced already (.gcode, .gco, .g) it says what its moves take, by the limits that the file gives of the
machine. How far estimates are off is said in docs/additive.md.

Example:

  bassin part quote bracket.stl --profile mk3s_pla.ini --json
  bassin part quote bracket.gcode --json`
}

// partQuote is what is printed of an estimate.
type partQuote struct {
	File       string           `json:"file"`
	Profile    string           `json:"profile"`
	Seconds    float64          `json:"time_s"`
	Layers     int              `json:"layers"`
	FilamentMM float64          `json:"filament_mm"`
	VolumeMM3  float64          `json:"filament_mm3"`
	Grams      float64          `json:"filament_g"`
	SupportG   float64          `json:"support_g"` // of the filament, what is in supports
	SupportMM3 float64          `json:"support_mm3"`
	SupportS   float64          `json:"support_s"` // of the time, what goes into supports and the ways to them
	Price      *float64         `json:"price"`     // euros, of time and filament at the rates that are given; null without any
	Interval   partInterval     `json:"interval"`  // what nine of ten parts lie in
	Kinds      []partQuoteShare `json:"kinds"`
	Unheeded   []string         `json:"unheeded"` // keys of the profile that the estimate leaves out
}

// partQuoteShare is what one kind of line takes; its time before layers are slowed down to cool.
type partQuoteShare struct {
	Kind      string  `json:"kind"`
	Seconds   float64 `json:"seconds"`
	LengthMM  float64 `json:"length_mm"`
	VolumeMM3 float64 `json:"volume_mm3"`
}

// partInterval is the least and the most of figures.
type partInterval struct {
	Seconds [2]float64  `json:"time_s"`
	Grams   [2]float64  `json:"filament_g"`
	Price   *[2]float64 `json:"price"`
}

// What nine of ten estimates are off by at most, of the sample parts of docs/additive.md.
const (
	offTime     = 0.10
	offFilament = 0.05
	offSupports = 0.06 // of filament, with supports
)

// price fills in what the estimate comes to, with its interval.
func (q *partQuote) price(hour, kilo float64) {
	about := func(x, by float64) [2]float64 { return [2]float64{x * (1 - by), x * (1 + by)} }
	q.Interval.Seconds, q.Interval.Grams = about(q.Seconds, offTime), about(q.Grams, offFilament)
	if q.SupportG > 0 {
		q.Interval.Grams = about(q.Grams, offSupports)
	}
	if hour <= 0 && kilo <= 0 {
		return
	}
	euros := func(seconds, grams float64) float64 {
		return math.Round(100*(seconds/3600*max(hour, 0)+grams/1000*max(kilo, 0))) / 100
	}
	p, i := euros(q.Seconds, q.Grams), q.Interval
	q.Price, q.Interval.Price = &p, &[2]float64{euros(i.Seconds[0], i.Grams[0]), euros(i.Seconds[1], i.Grams[1])}
}

// Run estimates.
func (c partQuoteCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	if gcodeNames[strings.ToLower(filepath.Ext(c.File))] {
		return c.moves(env, v)
	}
	if c.Profile == "" {
		return errors.New(v.T("part.quote.profile"))
	}
	profile, err := readFDMProfile(c.Profile)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Profile, err)
	}
	model, err := readPartFile(ctx, c.File)
	if err != nil {
		return fmt.Errorf("%s: %s", c.File, partErrorOf(v, err).Text)
	}
	part := mesh.Weld(model.InMillimetres())
	if r := mesh.CheckWelded(part); r.Triangles == 0 || !r.Even() || r.Volume <= 0 {
		return errors.New(v.T("part.quote.open", "file", c.File))
	}
	if box := mesh.Measure(part); !((box.Max.Z-box.Min.Z)/profile.LayerHeight <= mostLayers) || !(slice.Sides(part, profile.LayerHeight) <= slice.MostSides) {
		return errors.New(v.T("part.quote.range", "file", c.File, "most", mostLayers))
	}
	profile.Supports.On = profile.Supports.On || c.Supports
	e := fdm.Of(part, profile)
	q := partQuote{
		File: c.File, Profile: c.Profile, Seconds: e.Seconds, Layers: e.Layers, FilamentMM: e.FilamentMM, VolumeMM3: e.VolumeMM3, Grams: e.Grams,
		SupportG: e.Support.VolumeMM3 / 1000 * profile.DensityGCM3, SupportMM3: e.Support.VolumeMM3, SupportS: e.Support.Seconds,
		Unheeded: append([]string{}, profile.Unheeded...),
	}
	q.price(c.Hour, c.Kilo)
	for k, s := range e.ByKind {
		q.Kinds = append(q.Kinds, partQuoteShare{fdm.Kind(k).String(), s.Seconds, s.LengthMM, s.VolumeMM3})
	}
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(q)
	}
	return q.print(env.Stdout, v)
}

func readFDMProfile(name string) (fdm.Profile, error) {
	f, err := os.Open(name)
	if err != nil {
		return fdm.Profile{}, err
	}
	defer f.Close()
	return fdm.ReadProfile(f)
}

// print writes the lines for a person.
func (q partQuote) print(w io.Writer, v *web.View) error {
	minutes := int(math.Ceil(q.Seconds / time.Minute.Seconds()))
	text := v.T("part.quote", "hours", minutes/60, "minutes", minutes%60, "filament", additive.Length(v, q.FilamentMM/1000), "grams", additive.Length(v, q.Grams), "layers", q.Layers)
	if q.SupportG > 0 {
		text += "\n  · " + v.T("part.quote.supports", "grams", additive.Length(v, q.SupportG), "minutes", int(math.Ceil(q.SupportS/time.Minute.Seconds())))
	}
	if len(q.Unheeded) > 0 {
		text += "\n  ! " + v.T("part.quote.unheeded", "keys", strings.Join(q.Unheeded, ", "))
	}
	if q.Price != nil {
		text += "\n  " + v.T("part.quote.price", "price", v.Decimal(*q.Price, 2), "least", v.Decimal(q.Interval.Price[0], 2), "most", v.Decimal(q.Interval.Price[1], 2))
	}
	_, err := fmt.Fprintf(w, "%s\n  %s\n", q.File, text)
	return err
}

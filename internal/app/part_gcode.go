package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/gcode"
	"bassin/internal/web"
)

// gcodeNames are the endings of files that are sliced already.
var gcodeNames = map[string]bool{".gcode": true, ".gco": true, ".g": true, ".bgcode": true, ".bgc": true}

// partMoves is what is printed of a file of moves. Lengths are in millimetres.
type partMoves struct {
	File        string   `json:"file"`
	TimeS       float64  `json:"time_s"`
	FilamentMM  float64  `json:"filament_mm"`
	FilamentMM3 float64  `json:"filament_mm3"`
	FilamentG   float64  `json:"filament_g"`
	Layers      int      `json:"layers"`
	Moves       int      `json:"moves"`
	ExtrudedMM  float64  `json:"extruded_mm"`
	TravelledMM float64  `json:"travelled_mm"`
	Bbox        partBox  `json:"bbox_mm"`                 // of what is extruded, middles of lines
	SlicerTimeS *float64 `json:"slicer_time_s,omitempty"` // what the slicer says of the time
	Limits      string   `json:"limits"`                  // of the machine: from the file, the profile or a common machine
}

// moves reads a file of moves.
func (c partQuoteCmd) moves(env *environment, v *web.View) error {
	if !(c.Density >= 0 && c.Density < 100 && c.Diameter >= 0 && c.Diameter < 100) {
		return errors.New(v.T("part.gcode.range"))
	}
	machine := gcode.Common
	limits := "common"
	if c.Profile != "" {
		if err := withFile(c.Profile, machine.Settings); err != nil {
			return fmt.Errorf("%s: %w", c.Profile, err)
		}
		limits = "profile"
	}
	var p gcode.Print
	err := withFile(c.File, func(f io.ReaderAt, size int64) (err error) {
		fromProfile := machine
		if err := machine.Settings(f, size); err != nil {
			return err
		}
		p, err = gcode.Read(io.NewSectionReader(f, 0, size), gcode.Options{Machine: machine, FilamentMM: c.Diameter, DensityGCM3: c.Density})
		if p.Limits && (machine != fromProfile || c.Profile == "") {
			limits = "file"
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %s", c.File, partErrorOf(v, err).Text)
	}
	size := p.Max.Sub(p.Min)
	m := partMoves{
		File: c.File, TimeS: p.Seconds, FilamentMM: p.FilamentMM, FilamentMM3: p.VolumeMM3, FilamentG: p.Grams, Layers: p.Layers, Moves: p.Moves,
		ExtrudedMM: p.Extruded, TravelledMM: p.Travelled, Bbox: partBox{triple(p.Min), triple(p.Max), triple(size)}, Limits: limits,
	}
	if p.Slicer > 0 {
		m.SlicerTimeS = &p.Slicer
	}
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(m)
	}
	return m.print(env.Stdout, v)
}

// withFile opens a file for as long as it is read.
func withFile(name string, read func(io.ReaderAt, int64) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return &mesh.FileError{Key: "not-gcode"}
	}
	return read(f, info.Size())
}

// print writes the lines for a person.
func (m partMoves) print(w io.Writer, v *web.View) error {
	minutes := func(seconds float64) (int, int) {
		n := int(math.Ceil(seconds / time.Minute.Seconds()))
		return n / 60, n % 60
	}
	hours, rest := minutes(m.TimeS)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", m.File, v.T("part.quote", "hours", hours, "minutes", rest, "filament", additive.Length(v, m.FilamentMM/1000), "grams", additive.Length(v, m.FilamentG), "layers", m.Layers))
	if m.SlicerTimeS != nil {
		hours, rest = minutes(*m.SlicerTimeS)
		fmt.Fprintf(&b, "  %s\n", v.T("part.gcode.slicer", "hours", hours, "minutes", rest))
	}
	if m.Limits == "common" {
		fmt.Fprintf(&b, "  ! %s\n", v.T("part.gcode.common"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

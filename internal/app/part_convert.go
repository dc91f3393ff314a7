package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/glb"
	"bassin/internal/mesh/obj"
	"bassin/internal/mesh/stl"
	"bassin/internal/mesh/threemf"
	"bassin/internal/web"
)

type partConvertCmd struct {
	File     string `arg:"" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES."`
	Output   string `short:"o" required:"" help:"File to write: .stl, .obj, .3mf or .glb. An existing one is replaced."`
	JSON     bool   `name:"json" help:"Print as JSON."`
	Language string `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partConvertCmd) Help() string {
	return `Reads a part of any kind and writes it in millimetres as the ending of the output says. STL makes one body of all objects; OBJ
and 3MF keep them and their names; GLB is for showing. What was crooked in the file is told as "part check" tells it.

Example:

  bassin part convert bracket.amf -o bracket.3mf`
}

// partWriters write a model, by the ending of the file.
var partWriters = map[string]func(io.Writer, *mesh.Model) error{
	".stl": func(w io.Writer, m *mesh.Model) error { return stl.Write(w, m.InMillimetres()) },
	".obj": obj.Write,
	".3mf": func(w io.Writer, m *mesh.Model) error {
		return threemf.Write(w, m, threemf.Metadata{Title: m.Name, Application: "Bassin"})
	},
	".glb": glb.Write,
}

// Run reads and writes.
func (c partConvertCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	write := partWriters[strings.ToLower(filepath.Ext(c.Output))]
	if write == nil {
		return errors.New(v.T("part.convert.unknown", "file", c.Output))
	}
	model, err := readPartFile(ctx, c.File)
	if err != nil {
		return errors.New(c.File + ": " + partErrorOf(v, err).Text)
	}
	if err := writePart(c.Output, func(w io.Writer) error { return write(w, model) }); err != nil {
		return err
	}
	line := convertedLine{File: c.File, Output: c.Output, Objects: len(model.Objects), Findings: []partFinding{}}
	for _, o := range model.Objects {
		line.Triangles += len(o.Mesh.Triangles)
	}
	for _, n := range model.Notes {
		line.Findings = append(line.Findings, partFinding{n.Key, n.Severity(), additive.NoteText(v, n.Key, n.Args), n.Args, nil})
	}
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(line)
	}
	fmt.Fprintln(env.Stdout, v.T("part.convert.done", "file", c.Output, "count", line.Objects, "triangles", line.Triangles))
	for _, n := range line.Findings {
		fmt.Fprintf(env.Stdout, "  · %s\n", n.Text)
	}
	return nil
}

// convertedLine says what was written, with how many objects and triangles.
type convertedLine struct {
	File      string        `json:"file"`
	Output    string        `json:"output"`
	Objects   int           `json:"objects"`
	Triangles int           `json:"triangles"`
	Findings  []partFinding `json:"findings"` // of what was read
}

// writePart writes beside the place first: what stood there stays until all is written.
func writePart(name string, write func(io.Writer) error) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: give the name of a file", name)
	}
	out, err := os.CreateTemp(filepath.Dir(name), ".part-*")
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no such folder", filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	if err := errors.Join(write(out), out.Chmod(0o644), out.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Rename(out.Name(), name)
}

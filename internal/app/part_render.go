package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/render"
	"bassin/internal/web"
)

type partRenderCmd struct {
	File     string `arg:"" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES."`
	Output   string `short:"o" required:"" help:"Picture to write, .png. An existing one is replaced."`
	Size     string `default:"960x720" placeholder:"WxH" help:"Width and height in pixels."`
	JSON     bool   `name:"json" help:"Print as JSON."`
	Language string `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partRenderCmd) Help() string {
	return `Draws a part as the lists show it: from before, to the right and above, on a transparent ground. Needs no display.

Example:

  bassin part render bracket.stl -o bracket.png --size 640x480`
}

// Run reads, draws and writes.
func (c partRenderCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	size, ok := pictureSize(c.Size)
	if !ok {
		return errors.New(v.T("part.render.size", "size", c.Size))
	}
	if !strings.EqualFold(filepath.Ext(c.Output), ".png") {
		return errors.New(v.T("part.render.unknown", "file", c.Output))
	}
	model, err := readPartFile(ctx, c.File)
	if err != nil {
		return errors.New(c.File + ": " + partErrorOf(v, err).Text)
	}
	picture := render.Draw(mesh.Weld(model.Whole()), size)
	if err := writePart(c.Output, func(w io.Writer) error { return png.Encode(w, picture) }); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(drawnLine{c.File, c.Output, size.Width, size.Height})
	}
	fmt.Fprintln(env.Stdout, v.T("part.render.done", "file", c.Output, "width", size.Width, "height", size.Height))
	return nil
}

// drawnLine says what was drawn.
type drawnLine struct {
	File   string `json:"file"`
	Output string `json:"output"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

func pictureSize(text string) (render.Size, bool) {
	w, h, _ := strings.Cut(strings.ToLower(text), "x")
	width, err := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	s := render.Size{Width: width, Height: height}
	return s, err == nil && err2 == nil && s.OK()
}

package app

import (
	"archive/zip"
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"bassin/internal/additive"
	"bassin/internal/mesh"
	"bassin/internal/mesh/clip"
	"bassin/internal/mesh/slice"
	"bassin/internal/web"
)

type partSliceCmd struct {
	File     string  `arg:"" help:"STL, OBJ, OFF, PLY, AMF, 3MF, STEP or IGES."`
	Layer    float64 `required:"" placeholder:"MM" help:"Thickness of a layer; each is cut in its middle."`
	Output   string  `short:"o" placeholder:"FILE" help:"File to write the layers to: .svg with all as groups, or .zip with one picture of each. An existing one is replaced."`
	Pixel    float64 `placeholder:"MM" help:"Pictures in a .zip are PNG masks, white where the part is, with pixels of that size; else they are SVG."`
	JSON     bool    `name:"json" help:"Print as JSON."`
	Language string  `help:"Language of what is printed; the system's unless it is given." enum:"fr,en," default:""`
}

// Help gives an example.
func (partSliceCmd) Help() string {
	return `Cuts a part into layers as it stands in its file, and says of each its height, area, perimeter and number of islands. Bodies that overlap
are one. Z is as in the file; layers without material are told too. An SVG has one group for each layer with its slic3r:z, from the
bottom of the part.

Example:

  bassin part slice bracket.stl --layer 0.2 -o layers.svg
  bassin part slice bracket.stl --layer 0.05 -o masks.zip --pixel 0.05 --json`
}

// partSlice is what is printed of layers.
type partSlice struct {
	File      string           `json:"file"`
	LayerMM   float64          `json:"layer_mm"`
	VolumeMM3 float64          `json:"volume_mm3"` // areas times thickness
	Open      int              `json:"open"`       // chains that do not close, left out: the surface has holes
	Layers    []partSliceLayer `json:"layers"`
}

type partSliceLayer struct {
	ZMM         float64 `json:"z_mm"` // where it is cut
	AreaMM2     float64 `json:"area_mm2"`
	PerimeterMM float64 `json:"perimeter_mm"`
	Islands     int     `json:"islands"`
	Holes       int     `json:"holes"`
	Open        int     `json:"open,omitempty"`
}

// The most layers, and the most pixels of a mask.
const (
	mostLayers     = 100_000
	mostMaskPixels = 100 << 20
)

// Run reads, cuts and writes.
func (c partSliceCmd) Run(ctx context.Context, env *environment) error {
	v := web.NewView(partLanguage(c.Language, env))
	ext := strings.ToLower(filepath.Ext(c.Output))
	if c.Output != "" && ext != ".svg" && ext != ".zip" || c.Pixel != 0 && ext != ".zip" {
		return errors.New(v.T("part.slice.output", "file", c.Output))
	}
	if !(c.Layer > 0 && c.Layer < 1e9 && c.Pixel >= 0 && c.Pixel < 1e9) {
		return errors.New(v.T("part.slice.range", "most", mostLayers))
	}
	model, err := readPartFile(ctx, c.File)
	if err != nil {
		return fmt.Errorf("%s: %s", c.File, partErrorOf(v, err).Text)
	}
	m := mesh.Weld(model.InMillimetres())
	box := mesh.Measure(m)
	if (box.Max.Z-box.Min.Z)/c.Layer > mostLayers {
		return errors.New(v.T("part.slice.range", "most", mostLayers))
	}
	if c.Pixel > 0 && box.Size().X/c.Pixel*(box.Size().Y/c.Pixel) > mostMaskPixels {
		return errors.New(v.T("part.slice.pixel"))
	}
	s := layering{mesh: m, min: box.Min, max: box.Max, layer: c.Layer, pixel: c.Pixel}
	p := partSlice{File: c.File, LayerMM: c.Layer, Layers: []partSliceLayer{}}
	switch ext {
	case ".svg":
		err = writePart(c.Output, func(w io.Writer) error { return s.svg(w, &p) })
	case ".zip":
		err = writePart(c.Output, func(w io.Writer) error { return s.zip(w, &p) })
	default:
		err = s.each(&p, func(int, *slice.Layer) error { return nil })
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(env.Stdout).Encode(p)
	}
	return p.print(env.Stdout, v)
}

// layering cuts a part, some layers at a time: so those of a large part need not all be in memory.
type layering struct {
	mesh         *mesh.Mesh
	min, max     mesh.Vec
	layer, pixel float64
}

// How many layers are cut at once: so many, and more than one only while their contours have no more sides than this, which take
// 32 MB. A file of very many copies has a million in each layer.
const (
	layersAtOnce = 256
	sidesAtOnce  = 1 << 20
)

// each calls for each layer, in their order, and notes what it measures.
func (s *layering) each(p *partSlice, each func(i int, l *slice.Layer) error) error {
	heights := slice.Heights(s.min.Z, s.max.Z, s.layer)
	crossed := slice.Crossed(s.mesh, heights)
	for from, to := 0, 0; from < len(heights); from = to {
		for sides := 0; to < len(heights) && to-from < layersAtOnce && (to == from || sides+crossed[to] <= sidesAtOnce); to++ {
			sides += crossed[to]
		}
		layers := slice.At(s.mesh, heights[from:to])
		mesh.InBlocks(len(layers), 4, func(_, a, b int) {
			for i := a; i < b; i++ {
				layers[i].Polygons = clip.Clean(layers[i].Polygons)
			}
		})
		for i := range layers {
			l := &layers[i]
			islands := l.Islands()
			area := l.Area()
			p.VolumeMM3 += area * s.layer
			p.Open += l.Open
			p.Layers = append(p.Layers, partSliceLayer{l.Z, area, l.Perimeter(), islands, len(l.Polygons) - islands, l.Open})
			if err := each(from+i, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// svg writes all layers as groups, as Slic3r does: lengths are in millimetres, Y goes down the page.
func (s *layering) svg(w io.Writer, p *partSlice) error {
	b := bufio.NewWriterSize(w, 1<<16)
	s.head(b)
	err := s.each(p, func(i int, l *slice.Layer) error {
		fmt.Fprintf(b, "<g id=\"layer%d\" slic3r:z=\"%.6g\">\n", i, l.Z-s.min.Z)
		s.polygons(b, l)
		fmt.Fprint(b, "</g>\n")
		return nil
	})
	fmt.Fprint(b, "</svg>\n")
	return errors.Join(err, b.Flush())
}

func (s *layering) head(w io.Writer) {
	width, height := s.max.X-s.min.X, s.max.Y-s.min.Y
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg width=\"%[1]gmm\" height=\"%[2]gmm\" viewBox=\"0 0 %[1]g %[2]g\" xmlns=\"http://www.w3.org/2000/svg\" xmlns:slic3r=\"http://slic3r.org/namespaces/slic3r\">\n", width, height)
}

// polygons writes outlines and holes, the larger first: so what lies in another is painted over it.
func (s *layering) polygons(w io.Writer, l *slice.Layer) {
	list := slices.Clone(l.Polygons)
	size := func(p slice.Polygon) int64 { return max(p.Doubled(), -p.Doubled()) }
	slices.SortStableFunc(list, func(a, b slice.Polygon) int { return cmp.Compare(size(b), size(a)) })
	for _, poly := range list {
		kind, fill := "contour", "black"
		if poly.Doubled() < 0 {
			kind, fill = "hole", "white"
		}
		fmt.Fprintf(w, "<polygon slic3r:type=\"%s\" fill=\"%s\" points=\"", kind, fill)
		for i, q := range poly {
			if i > 0 {
				fmt.Fprint(w, " ")
			}
			fmt.Fprintf(w, "%.8g,%.8g", float64(q.X)/slice.PerMM-s.min.X, s.max.Y-float64(q.Y)/slice.PerMM)
		}
		fmt.Fprint(w, "\"/>\n")
	}
}

// zip writes a picture of each layer.
func (s *layering) zip(w io.Writer, p *partSlice) error {
	archive := zip.NewWriter(w)
	var mask *image.Paletted
	if s.pixel > 0 {
		size := image.Rect(0, 0, int(math.Ceil((s.max.X-s.min.X)/s.pixel))+1, int(math.Ceil((s.max.Y-s.min.Y)/s.pixel))+1)
		mask = image.NewPaletted(size, color.Palette{color.Black, color.White})
	}
	err := s.each(p, func(i int, l *slice.Layer) error {
		name := fmt.Sprintf("layer%05d.svg", i)
		if mask != nil {
			name = fmt.Sprintf("layer%05d.png", i)
		}
		out, err := archive.Create(name)
		if err != nil {
			return err
		}
		if mask != nil {
			s.mask(mask, l)
			return png.Encode(out, mask)
		}
		b := bufio.NewWriter(out)
		s.head(b)
		s.polygons(b, l)
		fmt.Fprint(b, "</svg>\n")
		return b.Flush()
	})
	return errors.Join(err, archive.Close())
}

// mask fills the pixels whose middle lies in the material, row by row.
func (s *layering) mask(m *image.Paletted, l *slice.Layer) {
	clear(m.Pix)
	rows := make([][]float64, m.Rect.Dy())
	for _, poly := range l.Polygons {
		for i, a := range poly {
			b := poly[(i+1)%len(poly)]
			ax, ay := s.onMask(a)
			bx, by := s.onMask(b)
			if ay > by {
				ax, ay, bx, by = bx, by, ax, ay
			}
			for y := int(math.Ceil(ay - 0.5)); float64(y)+0.5 < by; y++ {
				if y >= 0 && y < len(rows) && float64(y)+0.5 >= ay {
					rows[y] = append(rows[y], ax+(float64(y)+0.5-ay)/(by-ay)*(bx-ax))
				}
			}
		}
	}
	for y, xs := range rows {
		slices.Sort(xs)
		for i := 0; i+1 < len(xs); i += 2 {
			for x := max(0, int(math.Ceil(xs[i]-0.5))); x < m.Rect.Dx() && float64(x)+0.5 < xs[i+1]; x++ {
				m.Pix[y*m.Stride+x] = 1
			}
		}
	}
}

func (s *layering) onMask(p slice.Point) (x, y float64) {
	return (float64(p.X)/slice.PerMM - s.min.X) / s.pixel, (s.max.Y - float64(p.Y)/slice.PerMM) / s.pixel
}

// print writes the lines for a person.
func (p partSlice) print(w io.Writer, v *web.View) error {
	most := 0.0
	islands := 0
	for _, l := range p.Layers {
		most, islands = max(most, l.AreaMM2), max(islands, l.Islands)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s\n", p.File, v.T("part.slice.measures", "count", len(p.Layers), "layer", additive.Length(v, p.LayerMM), "volume", additive.Length(v, p.VolumeMM3), "area", additive.Length(v, most), "islands", islands))
	if p.Open > 0 {
		fmt.Fprintf(&b, "  ! %s\n", v.T("part.slice.open", "count", p.Open))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

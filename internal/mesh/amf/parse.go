package amf

import (
	"bytes"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// parser reads the elements of a file.
type parser struct {
	*scan.XML
	limits              mesh.Limits
	scene               scene
	read                int // triangles
	supports, modifiers int // volumes that are left out
	curves              int // corners with a normal, edges
	colours             bool
	text                []byte
}

func (p *parser) attribute(name string) string {
	for _, a := range p.Attrs {
		if string(a.Local) == name {
			value, _ := scan.Unescape(a.Value)
			return value
		}
	}
	return ""
}

// children goes through the elements in the one begun last, to its end; what each leaves open is passed over.
func (p *parser) children(each func(name string) error) error {
	depth := p.Depth()
	for {
		token, err := p.Next()
		switch {
		case err != nil:
			return err
		case token == scan.End:
			return nil
		case token == scan.Text:
			continue
		}
		if err := each(string(p.Local)); err != nil {
			return err
		}
		for p.Depth() > depth {
			if _, err := p.Next(); err != nil {
				return err
			}
		}
	}
}

// content is the text of the element begun last, which stays open; valid until the next call.
func (p *parser) content() ([]byte, error) {
	p.text = p.text[:0]
	depth := p.Depth()
	for {
		token, err := p.Next()
		switch {
		case err != nil:
			return nil, err
		case token == scan.Text:
			p.text = append(p.text, p.Data...)
		case token == scan.End && p.Depth() < depth:
			return bytes.TrimSpace(p.text), nil
		}
	}
}

// number reads the content as one.
func (p *parser) number() (float64, error) {
	text, err := p.content()
	if err != nil {
		return 0, err
	}
	f, ok := scan.Float(text)
	if !ok || f-f != 0 {
		return 0, p.Fail("number")
	}
	return f, nil
}

func (p *parser) root(model *mesh.Model) error {
	err := p.children(func(name string) error {
		switch name {
		case "object":
			return p.object()
		case "constellation":
			return p.constellation()
		case "metadata":
			if p.attribute("type") == "name" {
				return p.title(&model.Name)
			}
		case "texture":
			p.colours = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = p.Next() // nothing may follow
	return err
}

func (p *parser) title(into *string) error {
	text, err := p.content()
	s, _ := scan.Unescape(text)
	*into = scan.Title([]byte(s))
	return err
}

func (p *parser) object() error {
	o := &object{}
	id := p.attribute("id")
	if p.scene.objects[id] == nil {
		p.scene.objects[id] = o
		p.scene.order = append(p.scene.order, id)
	}
	return p.children(func(name string) error {
		switch name {
		case "metadata":
			if p.attribute("type") == "name" {
				return p.title(&o.name)
			}
		case "color":
			p.colours = true
		case "mesh":
			return p.mesh(o)
		}
		return nil
	})
}

// mesh reads one; an object may have several, which do not share their corners.
func (p *parser) mesh(o *object) error {
	first := uint32(len(o.mesh.Points))
	begun := len(o.mesh.Triangles)
	line := p.Line()
	err := p.children(func(name string) error {
		switch name {
		case "vertices":
			return p.vertices(o)
		case "volume":
			return p.volume(o, first)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range o.mesh.Triangles[begun:] {
		if n := uint32(len(o.mesh.Points)); t[0] >= n || t[1] >= n || t[2] >= n {
			return &mesh.FileError{Key: "index", Line: line}
		}
	}
	return nil
}

func (p *parser) vertices(o *object) error {
	return p.children(func(name string) error {
		switch name {
		case "edge":
			p.curves++
			return nil
		case "vertex":
		default:
			return nil
		}
		var v mesh.Vec
		seen := 0
		err := p.children(func(name string) error {
			switch name {
			case "color":
				p.colours = true
			case "normal":
				p.curves++
			case "coordinates":
				return p.children(func(name string) (err error) {
					switch name {
					case "x":
						v.X, err = p.number()
						seen |= 1
					case "y":
						v.Y, err = p.number()
						seen |= 2
					case "z":
						v.Z, err = p.number()
						seen |= 4
					}
					return err
				})
			}
			return nil
		})
		if err == nil && seen != 7 {
			return p.Fail("number")
		}
		o.mesh.Points = append(scan.Roomy(o.mesh.Points), v)
		return err
	})
}

// volume reads the triangles of one, and leaves it out when it is not of the part: support by the standard (5.4),
// modifiers by what Slic3r and its children write.
func (p *parser) volume(o *object, first uint32) error {
	begun := len(o.mesh.Triangles)
	support := strings.EqualFold(p.attribute("type"), "support")
	modifier := false
	err := p.children(func(name string) error {
		switch name {
		case "metadata":
			kind := p.attribute("type")
			text, err := p.content()
			switch {
			case kind == "slic3r.modifier" && string(text) == "1",
				kind == "slic3r.volume_type" && len(text) > 0 && string(text) != "ModelPart":
				modifier = true
			}
			return err
		case "color":
			p.colours = true
		case "triangle":
			return p.triangle(o, first)
		}
		return nil
	})
	switch {
	case support:
		p.supports++
	case modifier:
		p.modifiers++
	default:
		return err
	}
	o.mesh.Triangles = o.mesh.Triangles[:begun]
	return err
}

func (p *parser) triangle(o *object, first uint32) error {
	var t [3]uint32
	seen := 0
	err := p.children(func(name string) error {
		if len(name) != 2 || name[0] != 'v' || name[1] < '1' || name[1] > '3' {
			p.colours = p.colours || name == "color" || name == "texmap" || name == "map"
			return nil
		}
		text, err := p.content()
		if err != nil {
			return err
		}
		n, ok := scan.Int(text)
		if !ok || n < 0 || n+int64(first) >= 1<<32 {
			return p.Fail("index")
		}
		t[name[1]-'1'] = first + uint32(n)
		seen |= 1 << (name[1] - '1')
		return nil
	})
	if err != nil {
		return err
	}
	if seen != 7 {
		return p.Fail("index")
	}
	if p.read++; p.read > p.limits.Triangles {
		return &mesh.FileError{Key: "limit", Line: p.Line(), Args: map[string]any{"triangles": p.limits.Triangles}}
	}
	o.mesh.Triangles = append(scan.Roomy(o.mesh.Triangles), t)
	return nil
}

// constellation reads the instances of one.
func (p *parser) constellation() error {
	c := &constellation{}
	id := p.attribute("id")
	if p.scene.groups[id] == nil {
		p.scene.groups[id] = c
		p.scene.groupOrder = append(p.scene.groupOrder, id)
	}
	return p.children(func(name string) error {
		if name != "instance" {
			return nil
		}
		i := instance{of: p.attribute("objectid"), grow: [3]float64{1, 1, 1}}
		err := p.children(func(name string) (err error) {
			for k, n := range []string{"deltax", "deltay", "deltaz", "rx", "ry", "rz"} {
				if n == name {
					i.by[k], err = p.number()
				}
			}
			for k, n := range []string{"scalex", "scaley", "scalez"} {
				if n == name {
					i.grow[k], err = p.number()
				}
			}
			if name == "scale" {
				i.grow[0], err = p.number()
				i.grow[1], i.grow[2] = i.grow[0], i.grow[0]
			}
			return err
		})
		c.instances = append(c.instances, i)
		return err
	})
}

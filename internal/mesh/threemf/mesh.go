package threemf

import (
	"bytes"

	"bassin/internal/mesh"
	"bassin/internal/mesh/scan"
)

// mesh reads the mesh of an object (core 4.1).
func (p *parser) mesh(o *object) error {
	p.attributes(none)
	if o.mesh != nil {
		return p.skip(p.Depth() - 1)
	}
	o.mesh = &mesh.Mesh{}
	err := p.children(func() (bool, error) {
		switch {
		case p.Space == coreSpace && string(p.Local) == "vertices" && o.mesh.Points == nil:
			p.attributes(none)
			return true, p.vertices(o)
		case p.Space == coreSpace && string(p.Local) == "triangles" && o.mesh.Triangles == nil:
			p.attributes(none)
			return true, p.triangles(o)
		case p.Space == beamSpace && string(p.Local) == "beamlattice":
			return true, p.beams(o)
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	points := uint32(len(o.mesh.Points))
	for _, t := range o.mesh.Triangles { // corners may come behind the triangles, against the schema
		if t[0] >= points || t[1] >= points || t[2] >= points {
			return &mesh.FileError{Key: "index", Line: o.line, Args: map[string]any{"object": o.id}}
		}
	}
	p.sizes(o)
	return nil
}

// sizes: three corners and four triangles make the least body; an extension that is required may make it of other
// things (core 4.1.4).
func (p *parser) sizes(o *object) {
	least := 1
	if o.kind == "model" {
		least = 4
	}
	if len(p.part.required) > 0 {
		return
	}
	if len(o.mesh.Points) < 3 {
		p.find("too-few-points", "core B.1", "object", o.id)
	}
	if len(o.mesh.Triangles) < least {
		p.find("too-few-triangles", "core 4.1.4", "object", o.id)
	}
}

// window is how much of the text is looked at once; an element that is longer is left to the slow way.
const window = 512

// run reads a run of like elements at a speed that a token each would not allow: fast reads one from the text and
// gives how long it is, 0 when it is not of the plain form that all programs write. Such a one goes the slow way.
// It is only taken where elements without a prefix are of the core.
func (p *parser) run(name string, fast func(text []byte) int, slow func() error) error {
	space, _ := p.Resolve("")
	for {
		for space == coreSpace {
			text, err := p.Ahead(window)
			if err != nil {
				return err
			}
			used := 0
			for len(text)-used >= window || used == 0 {
				n := fast(text[used:])
				if n == 0 {
					break
				}
				used += n
			}
			p.Advance(used)
			if used == 0 {
				break
			}
		}
		token, err := p.Next()
		switch {
		case err != nil:
			return err
		case token == scan.End:
			return nil
		case token == scan.Text:
			if p.file.findings != nil && len(bytes.TrimSpace(p.Data)) > 0 {
				p.find("text", "core 2.3.3")
			}
			continue
		}
		depth := p.Depth()
		if p.Space == coreSpace && string(p.Local) == name {
			if err := slow(); err != nil {
				return err
			}
		} else {
			p.find("element", "core 2.3.2", "element", string(p.Local))
		}
		if err := p.skip(depth - 1); err != nil {
			return err
		}
	}
}

// vertices reads the corners (core 4.1.3).
func (p *parser) vertices(o *object) error {
	points := []mesh.Vec{}
	err := p.run("vertex", func(text []byte) int {
		v, n := fastVertex(text)
		if n > 0 {
			points = append(scan.Roomy(points), v)
		}
		return n
	}, func() error {
		v, err := p.vertex()
		points = append(points, v)
		return err
	})
	o.mesh.Points = points
	return err
}

// vertex reads a corner the slow way.
func (p *parser) vertex() (mesh.Vec, error) {
	var xyz [3]float64
	seen := 0
	good := true
	p.attributes(func(name string, value []byte) bool {
		if len(name) != 1 || name[0] < 'x' || name[0] > 'z' {
			return false
		}
		var ok bool
		xyz[name[0]-'x'], ok = p.number(value)
		good = good && ok
		seen |= 1 << (name[0] - 'x')
		return true
	})
	if !good || seen != 7 {
		return mesh.Vec{}, p.Fail("number")
	}
	return mesh.Vec{X: xyz[0], Y: xyz[1], Z: xyz[2]}, nil
}

// triangles reads the triangles (core 4.1.4).
func (p *parser) triangles(o *object) error {
	limit := p.file.limits.Triangles - p.file.read
	list := [][3]uint32{}
	strict := p.file.findings != nil
	var full error
	add := func(t *triangle) error {
		if len(list) >= limit {
			return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": p.file.limits.Triangles}}
		}
		list = append(scan.Roomy(list), t.corners)
		if t.has != 0 {
			o.coloured = true
		}
		if strict {
			p.triangleRules(o, t)
		}
		return nil
	}
	err := p.run("triangle", func(text []byte) int {
		t, n := fastTriangle(text)
		if n > 0 && full == nil {
			if full = add(&t); full != nil {
				return 0
			}
		}
		return n
	}, func() error {
		if full != nil {
			return full
		}
		t, err := p.triangle()
		if err != nil {
			return err
		}
		return add(&t)
	})
	o.mesh.Triangles = list
	p.file.read += len(list)
	p.part.colours = p.part.colours || o.coloured
	return err
}

// triangle is one as it stands in the file.
type triangle struct {
	corners    [3]uint32
	properties [3]uint32
	pid        uint32
	has        uint8 // bits: p1, p2, p3, pid
}

const hasPid = 8

// triangle reads one the slow way.
func (p *parser) triangle() (triangle, error) {
	var t triangle
	seen := 0
	good := true
	p.attributes(func(name string, value []byte) bool {
		n, ok := index(value)
		switch {
		case name == "pid":
			t.pid, t.has = n, t.has|hasPid
			if !ok || n == 0 {
				p.find("pid", "core 4.1.4.1")
			}
		case len(name) == 2 && name[0] == 'p' && name[1] >= '1' && name[1] <= '3':
			t.properties[name[1]-'1'] = n
			t.has |= 1 << (name[1] - '1')
			if !ok {
				p.find("pindex", "core 4.1.4.1")
			}
		case len(name) == 2 && name[0] == 'v' && name[1] >= '1' && name[1] <= '3':
			t.corners[name[1]-'1'] = n
			seen |= 1 << (name[1] - '1')
			good = good && ok
		default:
			return false
		}
		return true
	})
	if !good || seen != 7 {
		return t, p.Fail("index")
	}
	return t, nil
}

// triangleRules looks at the rules on one triangle (core 4.1.4.1).
func (p *parser) triangleRules(o *object, t *triangle) {
	a, b, c := t.corners[0], t.corners[1], t.corners[2]
	if a == b || b == c || a == c {
		p.find("corners-equal", "core 4.1.4.1", "object", o.id)
	}
	if t.has == 0 {
		return
	}
	pid := o.pid
	if t.has&hasPid != 0 {
		pid = t.pid
	}
	for i, n := range t.properties {
		if t.has>>i&1 != 0 {
			p.reference(true, pid, int64(n), "core 4.1.4.1")
		}
	}
	if g := p.part.groups[pid]; g != nil && g.kind == "basematerials" &&
		(t.has&2 != 0 && t.properties[1] != t.properties[0] || t.has&4 != 0 && t.properties[2] != t.properties[0]) {
		p.find("material-gradient", "core 4.1.4.1", "object", o.id)
	}
}

// beams counts those of a lattice, which are not read (beam lattice extension 2).
func (p *parser) beams(o *object) error {
	depth := p.Depth()
	for p.Depth() >= depth {
		token, err := p.Next()
		if err != nil {
			return err
		}
		if token == scan.Start && p.Space == beamSpace && string(p.Local) == "beam" {
			o.beams++
			p.part.beams++
		}
	}
	return nil
}

package amf

import (
	"math"

	"bassin/internal/mesh"
)

const (
	maxLevels    = 32      // of constellations in constellations
	maxInstances = 1 << 20 // of empty objects too, which the limit of triangles does not bound
)

// scene is what a file holds before it is laid out.
type scene struct {
	objects    map[string]*object
	order      []string
	groups     map[string]*constellation
	groupOrder []string
	missing    int // instances of what is not there
}

type object struct {
	name   string
	mesh   mesh.Mesh
	placed bool // by a constellation
}

// constellation is a list of objects, or other constellations, each with its place (ISO/ASTM 52915, 7).
type constellation struct {
	instances            []instance
	inner                bool // placed by another
	counting, counted    bool
	triangles, instanced int
}

type instance struct {
	of   string
	by   [6]float64 // deltax, deltay, deltaz; rx, ry, rz in degrees
	grow [3]float64 // along x, y and z; Slic3r and its children write it, the standard has none
}

// place grows, turns about x, then y, then z, and moves after that.
func (i *instance) place() mesh.Transform {
	if i.by == [6]float64{} && i.grow == [3]float64{1, 1, 1} {
		return mesh.Identity
	}
	turn := func(degrees float64) (sin, cos float64) { return math.Sincos(degrees * math.Pi / 180) }
	sx, cx := turn(i.by[3])
	sy, cy := turn(i.by[4])
	sz, cz := turn(i.by[5])
	x := mesh.Transform{1, 0, 0, 0, cx, sx, 0, -sx, cx}
	y := mesh.Transform{cy, 0, -sy, 0, 1, 0, sy, 0, cy}
	z := mesh.Transform{cz, sz, 0, -sz, cz, 0, 0, 0, 1}
	grow := mesh.Transform{i.grow[0], 0, 0, 0, i.grow[1], 0, 0, 0, i.grow[2]}
	x = grow.Then(&x)
	x = x.Then(&y)
	x = x.Then(&z)
	x[9], x[10], x[11] = i.by[0], i.by[1], i.by[2]
	return x
}

// lay lays out the outermost constellations, and the objects that none of them places.
func (s *scene) lay(model *mesh.Model, limits mesh.Limits) error {
	for _, c := range s.groups {
		for _, i := range c.instances {
			if g := s.groups[i.of]; g != nil && s.objects[i.of] == nil {
				g.inner = true
			} else if o := s.objects[i.of]; o != nil {
				o.placed = true
			}
		}
	}
	triangles, instances := 0, 0
	for _, id := range s.groupOrder {
		c := s.groups[id]
		if err := s.count(c, 0); err != nil { // of inner ones too: those in a circle are all inner
			return err
		}
		if c.inner {
			continue
		}
		if triangles, instances = triangles+c.triangles, instances+c.instanced; triangles > limits.Triangles || instances > maxInstances {
			return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": limits.Triangles}}
		}
		s.group(model, c, &mesh.Identity)
	}
	for _, id := range s.order {
		if o := s.objects[id]; !o.placed {
			s.add(model, o, mesh.Identity)
			triangles += len(o.mesh.Triangles)
		}
	}
	if triangles > limits.Triangles {
		return &mesh.FileError{Key: "limit", Args: map[string]any{"triangles": limits.Triangles}}
	}
	return nil
}

// count counts what a constellation places before it is laid out.
func (s *scene) count(c *constellation, level int) error {
	if c.counting || level > maxLevels {
		return &mesh.FileError{Key: "component-circle"}
	}
	if c.counted {
		return nil
	}
	c.counting, c.instanced = true, 1
	for _, i := range c.instances {
		switch o, g := s.objects[i.of], s.groups[i.of]; {
		case o != nil:
			c.triangles, c.instanced = c.triangles+len(o.mesh.Triangles), c.instanced+1
		case g != nil:
			if err := s.count(g, level+1); err != nil {
				return err
			}
			c.triangles, c.instanced = c.triangles+g.triangles, c.instanced+g.instanced
		}
		c.triangles, c.instanced = min(c.triangles, math.MaxInt32), min(c.instanced, math.MaxInt32)
	}
	c.counting, c.counted = false, true
	return nil
}

func (s *scene) group(model *mesh.Model, c *constellation, outer *mesh.Transform) {
	for _, i := range c.instances {
		place := i.place()
		if *outer != mesh.Identity {
			place = place.Then(outer)
		}
		if o := s.objects[i.of]; o != nil {
			s.add(model, o, place)
		} else if g := s.groups[i.of]; g != nil {
			s.group(model, g, &place)
		} else {
			s.missing++
		}
	}
}

func (s *scene) add(model *mesh.Model, o *object, place mesh.Transform) {
	if len(o.mesh.Triangles) > 0 {
		model.Objects = append(model.Objects, mesh.Object{Name: o.name, Mesh: &o.mesh, Place: place})
	}
}

package app

import (
	"fmt"
	"math"
	"strings"
)

// shaftPiece is one piece of a shaft: so long and of such a radius, in millimetres.
type shaftPiece struct{ radius, length float64 }

// demoShaft is a turned shaft with steps, as a CAD program writes it: exact surfaces in millimetres (ISO 10303-21, the
// entities of AP214). Each piece is a cylinder with one seam; rings close it where the radius changes, discs at its ends.
func demoShaft(name string, pieces ...shaftPiece) []byte {
	w := &stepFile{circles: map[[2]float64]ring{}}
	origin, up, out := w.point(0, 0), w.add("DIRECTION('',(0.,0.,1.))"), w.add("DIRECTION('',(1.,0.,0.))")
	w.up, w.out = up, out
	var faces []int
	z, inner := 0.0, 0.0
	for _, p := range pieces {
		faces = append(faces, w.flat(z, inner, p.radius), w.turned(z, p))
		z, inner = z+p.length, p.radius
	}
	faces = append(faces, w.flat(z, inner, 0))
	solid := w.add("MANIFOLD_SOLID_BREP('%s',#%d)", name, w.add("CLOSED_SHELL('',(%s))", numbered(faces)))
	axes := w.add("AXIS2_PLACEMENT_3D('',#%d,#%d,#%d)", origin, up, out)
	length, angle, space := w.add("(LENGTH_UNIT()NAMED_UNIT(*)SI_UNIT(.MILLI.,.METRE.))"), w.add("(NAMED_UNIT(*)PLANE_ANGLE_UNIT()SI_UNIT($,.RADIAN.))"),
		w.add("(NAMED_UNIT(*)SI_UNIT($,.STERADIAN.)SOLID_ANGLE_UNIT())")
	near := w.add("UNCERTAINTY_MEASURE_WITH_UNIT(LENGTH_MEASURE(1.E-4),#%d,'distance_accuracy_value','')", length)
	context := w.add("(GEOMETRIC_REPRESENTATION_CONTEXT(3)GLOBAL_UNCERTAINTY_ASSIGNED_CONTEXT((#%d))GLOBAL_UNIT_ASSIGNED_CONTEXT((#%d,#%d,#%d))REPRESENTATION_CONTEXT('',''))",
		near, length, angle, space)
	shape := w.add("ADVANCED_BREP_SHAPE_REPRESENTATION('%s',(#%d,#%d),#%d)", name, axes, solid, context)
	field := w.add("APPLICATION_CONTEXT('automotive_design')")
	product := w.add("PRODUCT('%s','%s','',(#%d))", name, name, w.add("PRODUCT_CONTEXT('',#%d,'mechanical')", field))
	version := w.add("PRODUCT_DEFINITION_FORMATION('','',#%d)", product)
	definition := w.add("PRODUCT_DEFINITION('design','',#%d,#%d)", version, w.add("PRODUCT_DEFINITION_CONTEXT('part definition',#%d,'design')", field))
	w.add("SHAPE_DEFINITION_REPRESENTATION(#%d,#%d)", w.add("PRODUCT_DEFINITION_SHAPE('','',#%d)", definition), shape)
	return []byte("ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('" + name + "','',(''),(''),'','','');\n" +
		"FILE_SCHEMA(('AUTOMOTIVE_DESIGN { 1 0 10303 214 1 1 1 1 }'));\nENDSEC;\nDATA;\n" + w.data.String() + "ENDSEC;\nEND-ISO-10303-21;\n")
}

// stepFile numbers entities as they are written.
type stepFile struct {
	data    strings.Builder
	count   int
	up, out int
	circles map[[2]float64]ring // by height and radius: neighbours share their edges
}

// ring is an edge all around, and the point at which it begins and ends.
type ring struct{ edge, vertex int }

func (w *stepFile) add(form string, args ...any) int {
	w.count++
	fmt.Fprintf(&w.data, "#%d="+form+";\n", append([]any{w.count}, args...)...)
	return w.count
}

func numbered(numbers []int) string {
	return "#" + strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ",#"), "[]")
}

func (w *stepFile) point(x, z float64) int {
	return w.add("CARTESIAN_POINT('',(%s,0.,%s))", real(x), real(z))
}

// real is a number with a point, as the format asks.
func real(v float64) string {
	s := fmt.Sprintf("%g", v)
	if v == math.Trunc(v) {
		s += "."
	}
	return s
}

func (w *stepFile) placed(z float64) int {
	return w.add("AXIS2_PLACEMENT_3D('',#%d,#%d,#%d)", w.point(0, z), w.up, w.out)
}

func (w *stepFile) circle(z, radius float64) ring {
	r, known := w.circles[[2]float64{z, radius}]
	if !known {
		r.vertex = w.add("VERTEX_POINT('',#%d)", w.point(radius, z))
		r.edge = w.add("EDGE_CURVE('',#%d,#%d,#%d,.T.)", r.vertex, r.vertex, w.add("CIRCLE('',#%d,%s)", w.placed(z), real(radius)))
		w.circles[[2]float64{z, radius}] = r
	}
	return r
}

func (w *stepFile) along(edge int, forward bool) int {
	return w.add("ORIENTED_EDGE('',*,*,#%d,%s)", edge, logical(forward))
}

func logical(v bool) string {
	if v {
		return ".T."
	}
	return ".F."
}

// flat is the disc or ring at a height between two radii: it looks down where the shaft grows wider there, up where it
// grows narrower. Seen from outside its outer edge runs counter-clockwise, its inner one the other way.
func (w *stepFile) flat(z, below, above float64) int {
	up := below > above
	bounds := []int{w.add("FACE_OUTER_BOUND('',#%d,.T.)", w.loop(w.along(w.circle(z, max(below, above)).edge, up)))}
	if inner := min(below, above); inner > 0 {
		bounds = append(bounds, w.add("FACE_BOUND('',#%d,.T.)", w.loop(w.along(w.circle(z, inner).edge, !up))))
	}
	return w.add("ADVANCED_FACE('',(%s),#%d,%s)", numbered(bounds), w.add("PLANE('',#%d)", w.placed(z)), logical(up))
}

// turned is the cylinder of a piece: along its lower edge, up its seam, back along its upper edge and down the seam.
func (w *stepFile) turned(z float64, p shaftPiece) int {
	low, high := w.circle(z, p.radius), w.circle(z+p.length, p.radius)
	line := w.add("LINE('',#%d,#%d)", w.point(p.radius, z), w.add("VECTOR('',#%d,1.)", w.up))
	seam := w.add("EDGE_CURVE('',#%d,#%d,#%d,.T.)", low.vertex, high.vertex, line)
	loop := w.loop(w.along(low.edge, true), w.along(seam, true), w.along(high.edge, false), w.along(seam, false))
	return w.add("ADVANCED_FACE('',(#%d),#%d,.T.)", w.add("FACE_OUTER_BOUND('',#%d,.T.)", loop), w.add("CYLINDRICAL_SURFACE('',#%d,%s)", w.placed(z), real(p.radius)))
}

func (w *stepFile) loop(edges ...int) int { return w.add("EDGE_LOOP('',(%s))", numbered(edges)) }

package threemf

import (
	"bassin/internal/mesh"
)

// The namespaces that are understood (core C.3 and those of the extensions).
const (
	coreSpace       = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
	materialSpace   = "http://schemas.microsoft.com/3dmanufacturing/material/2015/02"
	productionSpace = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
	sliceSpace      = "http://schemas.microsoft.com/3dmanufacturing/slice/2015/07"
	beamSpace       = "http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02"
	xmlSpace        = "http://www.w3.org/XML/1998/namespace"
	schemaSpace     = "http://www.w3.org/2001/XMLSchema-instance"
)

// understood are the extensions a file may require: their meaning is read or, for slices and beams, said to be left
// out. Any other that is required leaves unknown what the part is (core 2.3.1).
var understood = map[string]bool{
	materialSpace: true, productionSpace: true, sliceSpace: true, beamSpace: true,
	"http://schemas.microsoft.com/3dmanufacturing/beamlattice/balls/2020/07":       true,
	"http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07":            true,
	"http://schemas.3mf.io/3dmanufacturing/displacement/2023/10":                   false,
	"http://schemas.3mf.io/3dmanufacturing/booleanoperations/2023/07":              false,
	"http://schemas.microsoft.com/3dmanufacturing/securecontent/2019/04":           false,
	"http://schemas.3mf.io/3dmanufacturing/volumetric/2022/01":                     false,
	"http://schemas.microsoft.com/3dmanufacturing/production/alternatives/2021/04": true,
}

// part is what one model part of the package says.
type part struct {
	name          string
	unit          mesh.Unit
	title         string
	objects       map[uint32]*object
	order         []*object
	groups        map[uint32]*group
	items         []item
	required      []string // namespaces of the extensions that are required
	colours       bool
	beams         int
	badTransforms int // that were left at identity
	slices        bool
}

// object is an object resource (core 4): a mesh, or components.
type object struct {
	id         uint32
	kind       string // "model", "solidsupport", "support", "surface", "other"
	name       string
	line       int64
	mesh       *mesh.Mesh
	components []item
	beams      int
	pid        uint32
	pindex     uint32
	hasPid     bool
	coloured   bool // a triangle has properties of its own

	triangles, instances int // with those of its components, once counted
	counting, counted    bool
	other                bool // comes to one of that type, once counted
}

// item is an item of the build (core 3.4.3.1) or a component of an object (core 4.2.1).
type item struct {
	object uint32
	path   string // of the part the object stands in (production 3.1); "" for the same
	place  mesh.Transform
	hidden bool // a slicer's project has it off the plate
	line   int64
}

// group is a resource that triangles and other groups may refer to (core 5, materials 2 to 6).
type group struct {
	id    uint32
	kind  string // the element: "basematerials", "colorgroup", "texture2d"…
	count int
	line  int64
	refs  []uint32 // the groups it refers to
}

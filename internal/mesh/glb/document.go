package glb

import (
	"bassin/internal/mesh"
)

// The parts of the JSON that are needed (glTF 2.0, 5).
type (
	gltf struct {
		Asset       asset      `json:"asset"`
		Scene       int        `json:"scene"`
		Scenes      []scene    `json:"scenes"`
		Nodes       []node     `json:"nodes"`
		Meshes      []shape    `json:"meshes,omitempty"`
		Accessors   []accessor `json:"accessors,omitempty"`
		BufferViews []view     `json:"bufferViews,omitempty"`
		Buffers     []buffer   `json:"buffers,omitempty"`
	}
	asset struct {
		Version   string `json:"version"`
		Generator string `json:"generator"`
	}
	scene struct {
		Nodes []int `json:"nodes"`
	}
	node struct {
		Name     string       `json:"name,omitempty"`
		Mesh     *int         `json:"mesh,omitempty"`
		Matrix   *[16]float64 `json:"matrix,omitempty"`
		Children []int        `json:"children,omitempty"`
		Extras   *extras      `json:"extras,omitempty"`
	}
	extras struct {
		Plate int `json:"plate"`
	}
	shape struct {
		Primitives []primitive `json:"primitives"`
	}
	primitive struct {
		Attributes map[string]int `json:"attributes"`
		Indices    int            `json:"indices"`
	}
	accessor struct {
		BufferView    int         `json:"bufferView"`
		ComponentType int         `json:"componentType"`
		Count         int         `json:"count"`
		Type          string      `json:"type"`
		Min           *[3]float32 `json:"min,omitempty"`
		Max           *[3]float32 `json:"max,omitempty"`
	}
	view struct {
		Buffer     int   `json:"buffer"`
		ByteOffset int64 `json:"byteOffset"`
		ByteLength int64 `json:"byteLength"`
		Target     int   `json:"target"`
	}
	buffer struct {
		ByteLength int64 `json:"byteLength"`
	}
)

// Of the types of components and targets of views (glTF 2.0, 5.1.3 and 5.11.5).
const (
	unsignedInt  = 5125
	float        = 5126
	arrayBuffer  = 34962
	elementArray = 34963
)

// document describes the bodies and where objects place them.
func document(m *mesh.Model, bodies []*body, number map[*mesh.Mesh]int, size int64) gltf {
	// Millimetres with Z up become metres with Y up: x, z, −y. Matrices of glTF stand column by column, which is how
	// a Transform stands row by row: both map by what multiplies x, then y, then z, then the move.
	root := node{Matrix: matrix(&mesh.Transform{0.001, 0, 0, 0, 0, -0.001, 0, 0.001, 0})}
	doc := gltf{Asset: asset{Version: "2.0", Generator: "Bassin"}, Scenes: []scene{{Nodes: []int{0}}}, Nodes: []node{root}}
	if len(bodies) > 0 {
		doc.Buffers = []buffer{{ByteLength: size}}
	}
	offset := int64(0)
	for i, b := range bodies {
		points, indices := 12*int64(len(b.mesh.Points)), 12*int64(b.triangles)
		doc.BufferViews = append(doc.BufferViews, view{0, offset, points, arrayBuffer}, view{0, offset + points, indices, elementArray})
		offset += points + indices
		doc.Accessors = append(doc.Accessors,
			accessor{2 * i, float, len(b.mesh.Points), "VEC3", &b.least, &b.most},
			accessor{2*i + 1, unsignedInt, 3 * b.triangles, "SCALAR", nil, nil})
		doc.Meshes = append(doc.Meshes, shape{[]primitive{{map[string]int{"POSITION": 2 * i}, 2*i + 1}}})
	}
	mm := m.Unit.Millimetres()
	grow := mesh.Transform{mm, 0, 0, 0, mm, 0, 0, 0, mm}
	for _, o := range m.Objects {
		i := number[o.Mesh]
		if i < 0 {
			continue
		}
		back := mesh.Identity
		back[9], back[10], back[11] = bodies[i].middle.X, bodies[i].middle.Y, bodies[i].middle.Z
		place := back.Then(&o.Place)
		place = place.Then(&grow)
		n := node{Name: o.Name, Mesh: &i, Matrix: matrix(&place)}
		if o.Plate > 0 {
			n.Extras = &extras{o.Plate}
		}
		doc.Nodes[0].Children = append(doc.Nodes[0].Children, len(doc.Nodes))
		doc.Nodes = append(doc.Nodes, n)
	}
	return doc
}

func matrix(t *mesh.Transform) *[16]float64 {
	return &[16]float64{t[0], t[1], t[2], 0, t[3], t[4], t[5], 0, t[6], t[7], t[8], 0, t[9], t[10], t[11], 1}
}

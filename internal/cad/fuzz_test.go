package cad

import (
	"bytes"
	"errors"
	"testing"

	"bassin/internal/mesh"
)

// FuzzRead reads what a browser may send: a model within the limits and corners within the points, or the reason why not.
func FuzzRead(f *testing.F) {
	one := make([]byte, 4+4+4+4+24+4+12)
	copy(one, "BSNM")
	one[4], one[12], one[40] = 1, 1, 1
	for _, seed := range [][]byte{nil, []byte("BSNM\x00\x00\x00\x00"), []byte("BSNM\xff\xff\xff\xff"), one, one[:40]} {
		f.Add(seed)
	}
	limits := mesh.Limits{Triangles: 1000, Bytes: 1 << 20}
	f.Fuzz(func(t *testing.T, content []byte) {
		model, err := Read(bytes.NewReader(content), int64(len(content)), STEP, limits)
		var refused *mesh.FileError
		if err != nil {
			if !errors.As(err, &refused) {
				t.Errorf("an error that is not of the file: %v", err)
			}
			return
		}
		triangles := 0
		for _, o := range model.Objects {
			triangles += len(o.Mesh.Triangles)
			for _, x := range o.Mesh.Triangles {
				for _, k := range x {
					if int(k) >= len(o.Mesh.Points) {
						t.Fatalf("corner %d of %d points", k, len(o.Mesh.Points))
					}
				}
			}
		}
		if triangles == 0 && len(model.Notes) == 0 || triangles > limits.Triangles {
			t.Errorf("%d triangles", triangles)
		}
	})
}

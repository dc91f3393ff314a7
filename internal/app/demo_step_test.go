package app

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"bassin/internal/cad"
	"bassin/internal/mesh"
	"bassin/internal/web/assets"
)

// The shaft of the demonstration is read by the program that reads everybody's: closed, and of the volume it is drawn with.
func TestDemoShaft(t *testing.T) {
	if c, err := cad.Find("", assets.Data); err != nil || c == nil {
		t.Skip("Node is not installed: ", err)
	}
	name := filepath.Join(t.TempDir(), "axe.step")
	pieces := []shaftPiece{{6, 12}, {9, 25}, {6, 18}, {4, 8}}
	if err := os.WriteFile(name, demoShaft("axe", pieces...), 0o600); err != nil {
		t.Fatal(err)
	}
	model, err := readPartFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, p := range pieces {
		want += math.Pi * p.radius * p.radius * p.length
	}
	r := mesh.Check(model.InMillimetres())
	if off := r.Volume/want - 1; !r.Manifold() || len(r.Shells) != 1 || math.Abs(off) > 0.005 {
		t.Errorf("manifold %t, %d shells, volume off by %.2f %%", r.Manifold(), len(r.Shells), 100*off)
	}
}

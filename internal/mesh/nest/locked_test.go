package nest

import (
	"math/rand/v2"
	"testing"

	"bassin/internal/mesh"
)

// link is a frame of 30 × 30 mm, 4 mm thick, around a hole of 20 mm.
func link() *mesh.Mesh {
	return joined(cuboid(30, 5, 4), moved(cuboid(30, 5, 4), 0, 25, 0), moved(cuboid(5, 20, 4), 0, 5, 0), moved(cuboid(5, 20, 4), 25, 5, 0))
}

// chamberOf is a packer whose copies were laid by hand.
func chamberOf(t *testing.T, room Chamber, bodies []Body, seats ...seat) *packer {
	t.Helper()
	p, err := newPacker(t.Context(), bodies, room, &ChamberOptions{CellMM: 1, Chambers: 1})
	if err != nil {
		t.Fatal(err)
	}
	p.beds = []bed{make(bed, p.words*p.n[1]*p.n[2]+p.words)}
	p.random = rand.New(rand.NewPCG(1, 1))
	for i := range seats {
		s := seats[i]
		n := p.bodies[p.copies[i].part].turns[s.turn].size(p.bodies[p.copies[i].part].n)
		s.top = s.z + n[2]
		p.placed[i] = &s
	}
	p.mark()
	return p
}

// thin is the turn of a link that is thin along an axis.
func thin(t *testing.T, axis int) int {
	t.Helper()
	p, err := newPacker(t.Context(), []Body{{link(), 1, Anyhow}}, Chamber{100, 100, 100}, &ChamberOptions{CellMM: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := p.bodies[0]
	for i := range b.turns {
		if n := b.turns[i].size(b.n); n[axis] < 10 {
			return i
		}
	}
	t.Fatal("no turn lays it so")
	return 0
}

func TestChainsAreUntangled(t *testing.T) {
	lying, stand := thin(t, 2), thin(t, 0)
	// A link stands through the hole of one that lies: its side is within the hole, its other side beside the frame.
	bodies := []Body{{link(), 2, Anyhow}}
	p := chamberOf(t, Chamber{100, 100, 100}, bodies, seat{turn: lying, x: 10, y: 10, z: 20}, seat{turn: stand, x: 23, y: 20, z: 7})
	if held := p.held(0); len(held) != 2 {
		t.Fatalf("of two links in each other %v are held", held)
	}
	p.untangle()
	if held := p.held(0); len(held) != 0 || p.placed[0] == nil || p.placed[1] == nil {
		t.Errorf("held %v after untangling, placed %v", held, p.placed)
	}
	// Side by side, or one within the hole of the other, they come out.
	for name, s := range map[string]seat{"beside": {turn: stand, x: 50, y: 20, z: 7}, "above": {turn: lying, x: 10, y: 10, z: 30}} {
		if held := chamberOf(t, Chamber{100, 100, 100}, bodies, seat{turn: lying, x: 10, y: 10, z: 20}, s).held(0); len(held) != 0 {
			t.Errorf("%s: %v are held", name, held)
		}
	}
	// Without room above, one of them is left out, and that is told.
	upright := joined(cuboid(4, 30, 5), moved(cuboid(4, 30, 5), 0, 0, 25), moved(cuboid(4, 5, 20), 0, 0, 5), moved(cuboid(4, 5, 20), 0, 25, 5))
	p = chamberOf(t, Chamber{40, 60, 40}, []Body{{link(), 1, AsItLies}, {upright, 1, AsItLies}}, seat{x: 5, y: 5, z: 20}, seat{x: 18, y: 15, z: 7})
	if held := p.held(0); len(held) != 2 {
		t.Fatalf("in a small chamber %v are held", held)
	}
	p.untangle()
	if r := p.result(); len(r.Left) != 1 || r.Left[0].Why != NoRoom || len(r.Placements) != 1 {
		t.Errorf("placements %v, left %v", r.Placements, r.Left)
	}
	// A block in the hole of a ring of frames, capped above and below by plates that lie on each other: all come out, one after
	// the other.
	stack := []Body{{cuboid(30, 30, 4), 3, AsItLies}, {cuboid(10, 10, 4), 1, AsItLies}}
	p = chamberOf(t, Chamber{60, 60, 60}, stack, seat{z: 0}, seat{z: 10}, seat{z: 20}, seat{x: 10, y: 10, z: 5})
	if held := p.held(0); len(held) != 0 {
		t.Errorf("of a stack %v are held", held)
	}
}

package nest

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"bassin/internal/mesh"
	"bassin/internal/mesh/hull"
)

// Turn is how a body may be turned.
type Turn int

// The ways.
const (
	AsItLies      Turn = iota // not at all
	AboutVertical             // by quarter turns about Z, from where its shadow has the smallest box
	Anyhow                    // by quarter turns about any axis, from where its box is smallest
)

// Body is a part to be laid in a chamber.
type Body struct {
	Mesh  *mesh.Mesh // in millimetres; closed, else what it encloses may hold others
	Count int
	Turn  Turn
}

// Chamber is the room of a powder bed, in millimetres.
type Chamber struct{ X, Y, Z float64 }

// ChamberOptions of packing. Work is counted in attempts to lay a body.
type ChamberOptions struct {
	Spacing  float64
	Margin   float64
	CellMM   float64 // side of the cells that bodies are drawn in; 0 is a 200th of the longest side, at least half the spacing
	Seed     uint64
	Work     int64
	Chambers int // most; 0 is no limit
	Told     func(Progress)
}

// BodyPlacement is where a copy of a body lies: Place maps its points into the chamber, whose corner is the origin.
type BodyPlacement struct {
	Part, Copy int
	Chamber    int
	Place      mesh.Transform
	Top        float64
}

// ChamberResult of packing.
type ChamberResult struct {
	Placements []BodyPlacement
	Left       []Left
	Chambers   int
	Heights    []float64 // that are used of each chamber, with margins
	Filling    []float64 // volume of bodies over that of the chamber up to the height that is used
	CellMM     float64
	Work       int64
}

const mostCells = 64 << 20 // of a chamber

// Chambers packs bodies: each is drawn in cells, all that it reaches, and laid in the lowest place that is free of others
// and of the spacing around them. The largest come first; then, as long as there is time, some are taken out and laid again
// in another order, and what is lower stays. At last, what would hold another like the links of a chain is laid above all.
func Chambers(ctx context.Context, bodies []Body, room Chamber, o ChamberOptions) (ChamberResult, error) {
	p, err := newPacker(ctx, bodies, room, &o)
	if err != nil {
		return ChamberResult{}, err
	}
	p.first()
	p.improve()
	p.untangle()
	return p.result(), nil
}

// packer lays bodies in chambers.
type packer struct {
	ctx     context.Context
	o       *ChamberOptions
	room    Chamber
	cell    float64
	n       [3]int // cells of a chamber
	words   int    // of a row, and one more
	bodies  []*body
	copies  []one
	left    []Left
	random  *rand.Rand
	work    int64
	placed  []*seat // by copy; nil is not laid
	beds    []bed
	orderly []int // copies, the largest first
}

// body in cells, in its base position.
type body struct {
	base   mesh.Transform // into the grid: whole cells, in millimetres
	n      [3]int
	probes []cell
	kept   []cell
	turns  []quarter
	volume float64
	size   float64
}

// quarter is a turn by quarters: axis a of the turned body is axis of[a] of the base, backward when flip[a].
type quarter struct {
	of   [3]int
	flip [3]bool
}

func (q *quarter) size(n [3]int) [3]int { return [3]int{n[q.of[0]], n[q.of[1]], n[q.of[2]]} }

func (q *quarter) cell(c cell, n [3]int) (x, y, z int) {
	v := [3]int{int(c.x), int(c.y), int(c.z)}
	var w [3]int
	for a := range 3 {
		w[a] = v[q.of[a]]
		if q.flip[a] {
			w[a] = n[q.of[a]] - 1 - w[a]
		}
	}
	return w[0], w[1], w[2]
}

// quarters are the 24 turns, or the 4 about Z, the first of which is none.
func quarters(t Turn) []quarter {
	var list []quarter
	for _, of := range [][3]int{{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {2, 0, 1}, {1, 2, 0}, {2, 1, 0}} {
		even := of == [3]int{0, 1, 2} || of == [3]int{1, 2, 0} || of == [3]int{2, 0, 1}
		for f := range 8 {
			q := quarter{of, [3]bool{f&1 != 0, f&2 != 0, f&4 != 0}}
			if (bits.OnesCount(uint(f))%2 == 0) != even { // it would be mirrored
				continue
			}
			if t == Anyhow || t == AboutVertical && of[2] == 2 && !q.flip[2] || len(list) == 0 {
				list = append(list, q)
			}
		}
	}
	return list
}

// seat is where a copy lies.
type seat struct {
	bed     int
	turn    int
	x, y, z int
	top     int
}

func (s *seat) before(t *seat) bool {
	return cmp.Or(cmp.Compare(s.top, t.top), cmp.Compare(s.z, t.z), cmp.Compare(s.y, t.y), cmp.Compare(s.x, t.x), cmp.Compare(s.turn, t.turn)) < 0
}

// bed is what is taken of a chamber: rows of bits along X.
type bed []uint64

func newPacker(ctx context.Context, bodies []Body, room Chamber, o *ChamberOptions) (*packer, error) {
	p := &packer{ctx: ctx, o: o, room: room, random: rand.New(rand.NewPCG(o.Seed, 7))}
	for _, v := range []float64{room.X, room.Y, room.Z, o.Spacing + 1, o.Margin + 1, o.CellMM + 1} {
		if !(v > 0 && v < 1e5) {
			return nil, &Wrong{Key: "size"}
		}
	}
	if p.cell = o.CellMM; p.cell == 0 {
		p.cell = max(max(room.X, room.Y, room.Z)/200, o.Spacing/2)
	}
	for a, v := range [3]float64{room.X, room.Y, room.Z} {
		p.n[a] = int(max(0, v-2*o.Margin)/p.cell + 1e-9)
	}
	p.words = (p.n[0]+63)/64 + 1
	if p.n[0] < 1 || p.n[1] < 1 || p.n[2] < 1 || float64(p.n[0])*float64(p.n[1])*float64(p.n[2]) > mostCells {
		return nil, &Wrong{Key: "size"}
	}
	total := 0
	for i := range bodies {
		b := &bodies[i]
		if b.Count < 0 || len(b.Mesh.Triangles) == 0 {
			return nil, &Wrong{Key: "nothing", Part: i + 1}
		}
		if total += b.Count; total > mostCopies {
			return nil, &Wrong{Key: "many", Most: mostCopies}
		}
	}
	around := ball(o.Spacing / p.cell)
	p.bodies = make([]*body, len(bodies))
	mesh.InBlocks(len(bodies), 1, func(i, _, _ int) { p.bodies[i] = p.body(&bodies[i], around) })
	for i := range bodies {
		for c := range bodies[i].Count {
			if p.bodies[i] == nil {
				p.left = append(p.left, Left{i, c, TooLarge})
			} else {
				p.copies = append(p.copies, one{i, c})
			}
		}
	}
	slices.SortStableFunc(p.copies, func(a, b one) int { return cmp.Compare(p.bodies[b.part].size, p.bodies[a.part].size) })
	p.placed = make([]*seat, len(p.copies))
	for i := range p.copies {
		p.orderly = append(p.orderly, i)
	}
	return p, nil
}

// body draws a part in cells; nil when it is larger than the chamber however it is turned.
func (p *packer) body(of *Body, around []cell) *body {
	b := &body{base: baseOf(of), volume: math.Abs(mesh.Measure(of.Mesh).Volume)}
	m := &mesh.Mesh{Points: make([]mesh.Vec, len(of.Mesh.Points)), Triangles: of.Mesh.Triangles}
	least := mesh.Vec{X: math.Inf(1), Y: math.Inf(1), Z: math.Inf(1)}
	most := least.Times(-1)
	for i, q := range of.Mesh.Points {
		m.Points[i] = b.base.Apply(q)
	}
	for _, q := range m.Named() {
		least = mesh.Vec{X: min(least.X, q.X), Y: min(least.Y, q.Y), Z: min(least.Z, q.Z)}
		most = mesh.Vec{X: max(most.X, q.X), Y: max(most.Y, q.Y), Z: max(most.Z, q.Z)}
	}
	size := most.Sub(least)
	for a, v := range [3]float64{size.X, size.Y, size.Z} {
		if !(v < 2e4*p.cell) {
			return nil
		}
		b.n[a] = max(1, int(math.Ceil(v/p.cell-1e-6)))
	}
	for _, q := range quarters(of.Turn) {
		if n := q.size(b.n); n[0] <= p.n[0] && n[1] <= p.n[1] && n[2] <= p.n[2] {
			b.turns = append(b.turns, q)
		}
	}
	if len(b.turns) == 0 {
		return nil
	}
	// It stands in the middle of its cells, so that turns of the grid are turns of the body.
	move := mesh.Vec{X: float64(b.n[0]) * p.cell, Y: float64(b.n[1]) * p.cell, Z: float64(b.n[2]) * p.cell}.Sub(size).Times(0.5).Sub(least)
	b.base[9], b.base[10], b.base[11] = b.base[9]+move.X, b.base[10]+move.Y, b.base[11]+move.Z
	for i, q := range m.Points {
		m.Points[i] = q.Add(move).Times(1 / p.cell)
	}
	g := gridOf(m, b.n[0], b.n[1], b.n[2])
	b.probes, b.kept = g.probes(), g.kept(around)
	random := rand.New(rand.NewPCG(1, 1)) // probes far from each other come first: they find others sooner
	random.Shuffle(len(b.probes), func(i, k int) { b.probes[i], b.probes[k] = b.probes[k], b.probes[i] })
	b.turns = slices.Clone(b.turns)
	b.size = size.X * size.Y * size.Z
	return b
}

// baseOf is the turn into the base position.
func baseOf(b *Body) mesh.Transform {
	switch b.Turn {
	case Anyhow:
		h := hull.Of(b.Mesh.Named())
		box := h.Box()
		x, y, z := box.Axes[2], box.Axes[0], box.Axes[1]
		return mesh.Transform{x.X, y.X, z.X, x.Y, y.Y, z.Y, x.Z, y.Z, z.Z, 0, 0, 0}
	case AboutVertical:
		var flat []Point
		for _, q := range b.Mesh.Named() {
			flat = append(flat, Point{q.X, q.Y})
		}
		sin, cos := smallestBox(hullOf([][]Point{flat}))
		return mesh.Transform{cos, -sin, 0, sin, cos, 0, 0, 0, 1, 0, 0, 0}
	}
	return mesh.Identity
}

// smallestBox is the direction of the side of a hull on which its smallest box lies.
func smallestBox(h []Point) (sin, cos float64) {
	cos = 1
	least := math.Inf(1)
	for i, a := range h {
		b := h[(i+1)%len(h)]
		l := math.Hypot(b.X-a.X, b.Y-a.Y)
		if l == 0 {
			continue
		}
		s, c := (b.Y-a.Y)/l, (b.X-a.X)/l
		x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
		for _, q := range h {
			x, y := q.X*c+q.Y*s, q.Y*c-q.X*s
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
		}
		if area := (x1 - x0) * (y1 - y0); area < least*(1-1e-9) {
			least, sin, cos = area, s, c
		}
	}
	return sin, cos
}

func (p *packer) over() bool { return p.ctx.Err() != nil || p.o.Work > 0 && p.work >= p.o.Work }

// first lays all, the largest first.
func (p *packer) first() {
	for n, i := range p.orderly {
		p.seat(i, false)
		if p.o.Told != nil {
			p.o.Told(Progress{Placed: n + 1, Wanted: len(p.copies), Plates: len(p.beds)})
		}
	}
}

// seat lays a copy in the first chamber that has room for it, or a new one; above all that is there, if it must.
func (p *packer) seat(i int, above bool) {
	p.work++
	for k := 0; p.o.Chambers == 0 || k < p.o.Chambers; k++ {
		if k == len(p.beds) {
			p.beds = append(p.beds, make(bed, p.words*p.n[1]*p.n[2]+p.words))
		}
		floor := 0
		for _, s := range p.placed {
			if above && s != nil && s.bed == k {
				floor = max(floor, s.top)
			}
		}
		if s := p.lowest(p.bodies[p.copies[i].part], p.beds[k], floor); s != nil {
			s.bed = k
			p.placed[i] = s
			p.take(i)
			return
		}
	}
}

// take marks where a copy lies, and what others must keep out of.
func (p *packer) take(i int) {
	s, b := p.placed[i], p.bodies[p.copies[i].part]
	q, grid := &b.turns[s.turn], p.beds[s.bed]
	for _, c := range b.kept {
		x, y, z := q.cell(c, b.n)
		x, y, z = x+s.x, y+s.y, z+s.z
		if x >= 0 && y >= 0 && z >= 0 && x < p.n[0] && y < p.n[1] && z < p.n[2] {
			grid[(z*p.n[1]+y)*p.words+x/64] |= 1 << (x % 64)
		}
	}
}

// mark marks anew where all copies lie.
func (p *packer) mark() {
	for k := range p.beds {
		clear(p.beds[k])
	}
	for i, s := range p.placed {
		if s != nil {
			p.take(i)
		}
	}
}

// probe is a cell of a body in the rows of a bed.
type probe struct {
	word  int32
	shift uint8
}

// lowest finds the free place from a floor up whose top is lowest, over all turns; nil when there is none.
func (p *packer) lowest(b *body, in bed, floor int) *seat {
	var (
		best atomic.Int64
		mu   sync.Mutex
		seat *seat
	)
	best.Store(int64(p.n[2]))
	mesh.InBlocks(len(b.turns), 1, func(t, _, _ int) {
		s := p.lowestOf(b, t, in, floor, &best)
		if s == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if seat == nil || s.before(seat) {
			seat = s
			best.Store(int64(s.top))
		}
	})
	return seat
}

func (p *packer) lowestOf(b *body, turn int, in bed, floor int, best *atomic.Int64) *seat {
	q := &b.turns[turn]
	n := q.size(b.n)
	probes := make([]probe, len(b.probes))
	for i, c := range b.probes {
		x, y, z := q.cell(c, b.n)
		probes[i] = probe{int32((z*p.n[1]+y)*p.words + x/64), uint8(x % 64)}
	}
	words := p.words - 1
	start := make([]uint64, words) // where it may begin along X
	for x := range p.n[0] - n[0] + 1 {
		start[x/64] |= 1 << (x % 64)
	}
	free := make([]uint64, words)
	for z := floor; z+n[2] <= int(best.Load()); z++ {
		for y := 0; y+n[1] <= p.n[1]; y++ {
			row := (z*p.n[1] + y) * p.words
			copy(free, start)
			from, to := 0, words
			for i := range probes {
				r := &probes[i]
				at := row + int(r.word)
				line := in[at+from : at+to+1]
				some := uint64(0)
				left := line[0]
				for w := from; w < to; w++ {
					right := line[w-from+1]
					taken := left >> r.shift
					if r.shift > 0 {
						taken |= right << (64 - r.shift)
					}
					left = right
					free[w] &^= taken
					some |= free[w]
				}
				if some == 0 {
					from = to
					break
				}
				for free[from] == 0 {
					from++
				}
				for free[to-1] == 0 {
					to--
				}
			}
			if from < to {
				return &seat{turn: turn, x: 64*from + bits.TrailingZeros64(free[from]), y: y, z: z, top: z + n[2]}
			}
		}
	}
	return nil
}

// score is what packing should make small: copies not laid, chambers, height of the last, and how high all reach.
type score [4]float64

func (p *packer) score() score {
	var s score
	for _, t := range p.placed {
		if t == nil {
			s[0]++
			continue
		}
		s[1] = max(s[1], float64(t.bed+1))
	}
	for i, t := range p.placed {
		if t == nil {
			continue
		}
		if t.bed == int(s[1])-1 {
			s[2] = max(s[2], float64(t.top))
		}
		s[3] += float64(t.bed*p.n[2]+t.top) * p.bodies[p.copies[i].part].size
	}
	return s
}

func (s score) compare(t score) int { return slices.Compare(s[:], t[:]) }

// improve takes out what reaches highest and some by chance, and lays them again in another order.
func (p *packer) improve() {
	if _, limited := p.ctx.Deadline(); !limited && p.o.Work == 0 || len(p.copies) < 2 {
		return
	}
	now := p.score()
	for !p.over() {
		before := slices.Clone(p.placed)
		out := p.removed()
		p.mark()
		stopped := false
		for _, i := range out {
			if stopped = p.over(); stopped {
				break
			}
			p.seat(i, false)
		}
		if then := p.score(); stopped || then.compare(now) > 0 {
			copy(p.placed, before)
		} else {
			now = then
		}
		if p.o.Told != nil {
			p.o.Told(Progress{Placed: len(p.copies) - int(now[0]), Wanted: len(p.copies), Plates: int(now[1])})
		}
	}
}

// removed takes some copies out, and gives them in the order in which they are laid again.
func (p *packer) removed() []int {
	last := 0
	for _, s := range p.placed {
		if s != nil {
			last = max(last, s.bed)
		}
	}
	high := slices.Clone(p.orderly)
	top := func(i int) int {
		s := p.placed[i]
		switch {
		case s == nil:
			return 1 << 40
		case s.bed == last:
			return s.top
		}
		return 0
	}
	slices.SortStableFunc(high, func(a, b int) int { return cmp.Compare(top(b), top(a)) })
	take := map[int]bool{}
	for _, i := range high[:1+p.random.IntN(min(3, len(high)))] {
		take[i] = true
	}
	for range 1 + p.random.IntN(max(1, len(high)/4)) {
		take[p.random.IntN(len(high))] = true
	}
	var out []int
	for _, i := range p.orderly {
		if take[i] {
			out = append(out, i)
			p.placed[i] = nil
		}
	}
	// Mostly the largest first; now and then one comes sooner.
	for range 1 + len(out)/4 {
		i, k := p.random.IntN(len(out)), p.random.IntN(len(out))
		out[i], out[k] = out[k], out[i]
	}
	return out
}

func (p *packer) result() ChamberResult {
	r := ChamberResult{Left: p.left, CellMM: p.cell, Work: p.work}
	var volumes []float64
	for i, s := range p.placed {
		c := p.copies[i]
		if s == nil {
			r.Left = append(r.Left, Left{c.part, c.copy, NoRoom})
			continue
		}
		for len(r.Heights) <= s.bed {
			r.Heights, volumes = append(r.Heights, 0), append(volumes, 0)
		}
		b := p.bodies[c.part]
		top := float64(s.top)*p.cell + p.o.Margin
		r.Heights[s.bed] = max(r.Heights[s.bed], top+p.o.Margin)
		volumes[s.bed] += b.volume
		r.Placements = append(r.Placements, BodyPlacement{c.part, c.copy, s.bed, p.transform(b, s), top})
	}
	r.Chambers = len(r.Heights)
	for k, v := range volumes {
		r.Filling = append(r.Filling, v/(p.room.X*p.room.Y*r.Heights[k]))
	}
	slices.SortFunc(r.Placements, func(a, b BodyPlacement) int {
		return cmp.Or(cmp.Compare(a.Chamber, b.Chamber), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Copy, b.Copy))
	})
	return r
}

// transform is the base, then the quarter turn of its cells, then the move.
func (p *packer) transform(b *body, s *seat) mesh.Transform {
	q := &b.turns[s.turn]
	var t mesh.Transform
	for a := range 3 {
		sign := 1.0
		if q.flip[a] {
			sign = -1
			t[9+a] = float64(b.n[q.of[a]]) * p.cell
		}
		t[3*q.of[a]+a] = sign
		t[9+a] += float64([3]int{s.x, s.y, s.z}[a])*p.cell + p.o.Margin
	}
	return b.base.Then(&t)
}

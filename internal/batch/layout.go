package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/mesh/nest"
	"bassin/internal/mesh/orient"
	"bassin/internal/park"
)

// layoutKind lays the pieces of a batch.
const layoutKind = "batch.layout"

type layoutArgs struct {
	Batch ID               `json:"batch"`
	By    account.PersonID `json:"by"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, layoutKind, s.runLayout, job.Opts{Safe: true, Long: true, Timeout: 20 * time.Minute})
}

// askLayout asks for the layout of a batch; the run's ID stands in its row, so that of two runs the last one counts.
func (s *Service) askLayout(tx db.Tx, by account.Actor, b *Batch) error {
	if s.queue == nil {
		return nil
	}
	id, err := s.queue.Enqueue(tx, job.Request{Kind: layoutKind, Args: layoutArgs{b.ID, by.ID}})
	b.LayoutJob = string(id)
	return err
}

// runLayout lays the pieces, and computes the hours of the batch anew by how they lie.
func (s *Service) runLayout(ctx context.Context, run *job.Run, a layoutArgs) error {
	return s.layOut(ctx, a, string(run.ID), run.Finish)
}

// LayNow lays the pieces of a batch without waiting for a worker: a demonstration has none while it is filled.
func (s *Service) LayNow(ctx context.Context, by account.Actor, id ID) error {
	return s.layOut(ctx, layoutArgs{id, by.ID}, "", func(fn func(tx db.Tx) error) error { return s.db.Do(ctx, fn) })
}

// layOut lays a batch as long as the run that was asked for last is this one.
func (s *Service) layOut(ctx context.Context, a layoutArgs, run string, finish func(func(tx db.Tx) error) error) error {
	var b Batch
	var orders []member
	var m park.Machine
	var pieces []piece
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if b, err = getBatch(tx, a.Batch); err != nil {
			return err
		}
		if orders, err = ordersOf(tx, b.ID); err != nil {
			return err
		}
		if m, err = park.MachineOf(tx, b.MachineID); err != nil {
			return err
		}
		for _, o := range orders {
			p := piece{order: o.Order, count: o.Pieces}
			if p.joint, p.revision, p.unit, err = making.JointOf(tx, o.Order); err != nil {
				return err
			}
			pieces = append(pieces, p)
		}
		return nil
	})
	if err != nil || b.State != Planned || b.LayoutJob != run {
		return fault.IgnoreMissing(err)
	}
	l, err := lay(ctx, s.files, m, pieces, Space{MM: b.SpacingMM, Most: b.MostRounds}, s.within)
	if err != nil {
		return fmt.Errorf("lay batch %s: %w", b.ID, err)
	}
	return finish(func(tx db.Tx) error {
		now, err := lockBatch(tx, b.ID)
		if err != nil || now.State != Planned || now.LayoutJob != run {
			return fault.IgnoreMissing(err)
		}
		l.At = tx.Now()
		text, err := json.Marshal(l)
		if err != nil {
			return err
		}
		now.Layout, now.LayoutJob = string(text), ""
		before := now.Hours
		if err := computeIn(tx, &now, orders, &l); err != nil {
			return err
		}
		if now.Hours != before {
			if err := s.slotIn(tx, account.Actor{ID: a.By}, now); err != nil {
				return err
			}
		}
		return saveBatch(tx, now)
	})
}

// piece is what is laid of an order, as often as it is to be built.
type piece struct {
	order    making.Order
	count    int
	joint    making.Joint
	revision additive.Revision
	unit     mesh.Unit
	mesh     *mesh.Mesh     // read by shapeOf, as it is best laid
	upright  mesh.Transform // turns it so from how it lies in its file
	boxed    bool
}

// maxTriangles bounds what is laid by its shape; larger parts are laid as their boxes.
const maxTriangles = 3_000_000

// shapeOf reads the triangles of a piece. Where the maker sees figures alone, and where there is no file, it is its box: the
// shape of a part must not be told by where others lie.
func (p *piece) shapeOf(ctx context.Context, files file.Store) error {
	if p.order.Shows != making.Figures && files != nil && p.revision.State == additive.Checked {
		m, err := additive.MeshOf(ctx, files, p.revision, p.unit)
		switch {
		case err == nil && len(m.Triangles) > 0 && len(m.Triangles) <= maxTriangles:
			up, err := p.revision.BestUp(p.order.Process, p.joint.Piece.VolumeMM3, p.unit)
			if err != nil {
				return err
			}
			p.mesh, p.upright = orient.Upright(m, up), orient.Turn(up)
			return nil
		case err != nil && !errors.As(err, new(*mesh.FileError)):
			return err
		}
	}
	p.mesh, p.upright, p.boxed = boxMesh(p.joint.Piece.Best(p.order.Process).SizeMM), mesh.Identity, true
	return nil
}

// boxMesh is a box from the origin.
func boxMesh(size [3]float64) *mesh.Mesh {
	m := &mesh.Mesh{}
	for i := range 8 {
		m.Points = append(m.Points, mesh.Vec{X: float64(i&1) * size[0], Y: float64(i>>1&1) * size[1], Z: float64(i>>2) * size[2]})
	}
	m.Triangles = [][3]uint32{{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4}, {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}}
	return m
}

// turnDeg is by how much pieces are turned on a plate.
const turnDeg = 15

// lay lays pieces on plates, or in the chambers of a bed of powder.
func lay(ctx context.Context, files file.Store, m park.Machine, pieces []piece, space Space, within time.Duration) (Layout, error) {
	for i := range pieces {
		if err := pieces[i].shapeOf(ctx, files); err != nil {
			return Layout{}, err
		}
	}
	limit, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	l, err := onPlates(limit, m, pieces, space)
	if powder(m.Process) {
		l, err = inChambers(limit, m, pieces, space)
	}
	if ctx.Err() != nil {
		return l, ctx.Err()
	}
	return l, err
}

func onPlates(ctx context.Context, m park.Machine, pieces []piece, space Space) (Layout, error) {
	if powder(m.Process) {
		return Layout{}, nil
	}
	var turns []float64
	for d := 0.0; d < 360; d += turnDeg {
		turns = append(turns, d)
	}
	var parts []nest.Outline
	var shadows [][][]nest.Point
	for _, p := range pieces {
		shadow := nest.Footprint(p.mesh)
		shadows = append(shadows, shadow)
		parts = append(parts, nest.Outline{Rings: shadow, Count: p.count, Turns: turns})
	}
	r, err := nest.Plates(ctx, parts, m.XMM, m.YMM, nest.Options{Spacing: space.MM, Plates: space.Most, Seed: 1})
	if err != nil {
		return Layout{}, err
	}
	l := Layout{Rounds: r.Plates, Filling: r.Filling, Left: leftOf(pieces, r.Left)}
	for _, at := range r.Placements {
		p := pieces[at.Part]
		size := mesh.Measure(p.mesh)
		x, y := at.At(nest.Point{X: 1}), at.At(nest.Point{Y: 1})
		place := mesh.Transform{x.X - at.X, x.Y - at.Y, 0, y.X - at.X, y.Y - at.Y, 0, 0, 0, 1, at.X, at.Y, -size.Min.Z}
		one := Place{Order: p.order.ID, Copy: at.Copy + 1, Round: at.Plate, At: p.upright.Then(&place), Boxed: p.boxed}
		for _, ring := range shadows[at.Part] {
			var list [][2]float64
			for _, q := range ring {
				q = at.At(q)
				list = append(list, [2]float64{tenth(q.X), tenth(q.Y)})
			}
			if list = simpler(list); len(list) > 2 {
				one.Outline = append(one.Outline, list)
			}
		}
		one.FromMM, one.ToMM = boundsOf(p.mesh, place)
		l.Places = append(l.Places, one)
		l.HeightMM = math.Max(l.HeightMM, one.ToMM[2])
	}
	centre(&l, m.XMM, m.YMM)
	return l, nil
}

// centre moves what lies on each plate to its middle, by whole tenths of a millimetre: the rim of a plate is its worst place.
func centre(l *Layout, width, depth float64) {
	for round := range l.Rounds {
		least, most := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
		for _, p := range l.Places {
			if p.Round == round {
				for k := range least {
					least[k], most[k] = min(least[k], p.FromMM[k]), max(most[k], p.ToMM[k])
				}
			}
		}
		by := [2]float64{tenth((width - least[0] - most[0]) / 2), tenth((depth - least[1] - most[1]) / 2)}
		for i := range l.Places {
			p := &l.Places[i]
			if p.Round != round {
				continue
			}
			for k, d := range by {
				p.At[9+k] += d
				p.FromMM[k] += d
				p.ToMM[k] += d
				for _, ring := range p.Outline {
					for q := range ring {
						ring[q][k] = tenth(ring[q][k] + d)
					}
				}
			}
		}
	}
}

func inChambers(ctx context.Context, m park.Machine, pieces []piece, space Space) (Layout, error) {
	var bodies []nest.Body
	for _, p := range pieces {
		bodies = append(bodies, nest.Body{Mesh: p.mesh, Count: p.count, Turn: nest.Anyhow})
	}
	r, err := nest.Chambers(ctx, bodies, nest.Chamber{X: m.XMM, Y: m.YMM, Z: m.ZMM}, nest.ChamberOptions{Spacing: space.MM, Margin: space.MM, Chambers: space.Most, Seed: 1})
	if err != nil {
		return Layout{}, err
	}
	l := Layout{Rounds: r.Chambers, Filling: r.Filling, Left: leftOf(pieces, r.Left)}
	for _, h := range r.Heights {
		l.HeightMM = math.Max(l.HeightMM, h)
	}
	for _, at := range r.Placements {
		p := pieces[at.Part]
		one := Place{Order: p.order.ID, Copy: at.Copy + 1, Round: at.Chamber, At: p.upright.Then(&at.Place), Boxed: p.boxed}
		one.FromMM, one.ToMM = boundsOf(p.mesh, at.Place)
		l.Places = append(l.Places, one)
	}
	return l, nil
}

func leftOf(pieces []piece, left []nest.Left) (list []Left) {
	for _, x := range left {
		order := pieces[x.Part].order.ID
		i := slices.IndexFunc(list, func(l Left) bool { return l.Order == order && l.Why == string(x.Why) })
		if i < 0 {
			list = append(list, Left{Order: order, Why: string(x.Why)})
			i = len(list) - 1
		}
		list[i].Count++
	}
	return list
}

// boundsOf is the box of a mesh at its place.
func boundsOf(m *mesh.Mesh, at mesh.Transform) (from, to [3]float64) {
	for i := range 3 {
		from[i], to[i] = math.Inf(1), math.Inf(-1)
	}
	for _, p := range m.Points {
		q := at.Apply(p)
		for i, x := range [3]float64{q.X, q.Y, q.Z} {
			from[i], to[i] = math.Min(from[i], tenth(x)), math.Max(to[i], tenth(x))
		}
	}
	return from, to
}

func tenth(x float64) float64 { return math.Round(10*x) / 10 }

// simpleMM is by how much the drawing of an outline may be off.
const simpleMM = 0.4

// simpler leaves out points of a ring that lie near the line between those that stay (Ramer, Douglas and Peucker).
func simpler(ring [][2]float64) [][2]float64 {
	if len(ring) < 5 {
		return ring
	}
	keep := make([]bool, len(ring))
	keep[0], keep[len(ring)-1] = true, true
	spans := [][2]int{{0, len(ring) - 1}}
	for len(spans) > 0 {
		a, b := spans[len(spans)-1][0], spans[len(spans)-1][1]
		spans = spans[:len(spans)-1]
		far, at := simpleMM, -1
		dx, dy := ring[b][0]-ring[a][0], ring[b][1]-ring[a][1]
		length := math.Hypot(dx, dy)
		for i := a + 1; i < b; i++ {
			d := math.Hypot(ring[i][0]-ring[a][0], ring[i][1]-ring[a][1])
			if length > 0 {
				d = math.Abs(dx*(ring[i][1]-ring[a][1])-dy*(ring[i][0]-ring[a][0])) / length
			}
			if d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			spans = append(spans, [2]int{a, at}, [2]int{at, b})
		}
	}
	var out [][2]float64
	for i, p := range ring {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

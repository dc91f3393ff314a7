package batch

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/making"
	"bassin/internal/mesh"
)

// Plate is one plate or chamber of a batch, all pieces at their places.
type Plate struct {
	Batch  Batch
	Layout Layout
	Model  *mesh.Model // in millimetres
}

// Pieces is how many lie on a plate, the first being 1.
func (p Plate) Pieces(n int) (count int) {
	for _, at := range p.Layout.Places {
		if at.Round == n-1 {
			count++
		}
	}
	return count
}

// maxFileTriangles bounds what is written into one file.
const maxFileTriangles = 10_000_000

// mayFile tells whether all orders show their files, and all pieces are laid by their shapes.
func mayFile(orders []member, l Layout) bool {
	for _, o := range orders {
		if o.Shows != making.File {
			return false
		}
	}
	for _, p := range l.Places {
		if p.Boxed {
			return false
		}
	}
	return len(orders) > 0 && len(l.Places) > 0
}

// MayFile tells whether a batch has plates that may be saved, and how they lie, to its maker's people; for others it is not found.
func MayFile(tx db.Tx, by account.Actor, id ID) (b Batch, l Layout, may bool, err error) {
	if b, err = seen(tx, by, id); err != nil {
		return b, l, false, err
	}
	orders, err := ordersOf(tx, id)
	l, laid := b.LayoutOf()
	return b, l, laid && mayFile(orders, l), err
}

// PlateOf reads a plate, the first being 1.
func (s *Service) PlateOf(ctx context.Context, by account.Actor, id ID, n int) (p Plate, err error) {
	type source struct {
		name     string
		revision additive.Revision
		unit     mesh.Unit
	}
	of := map[making.OrderID]source{}
	err = s.db.View(ctx, func(tx db.Tx) error {
		may := false
		if p.Batch, p.Layout, may, err = MayFile(tx, by, id); err != nil {
			return err
		}
		if !may || n < 1 || n > p.Layout.Rounds {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		orders, err := ordersOf(tx, id)
		if err != nil {
			return err
		}
		for _, o := range orders {
			x := source{name: o.Code() + " " + o.PartCode + " " + o.RevisionLabel}
			if _, x.revision, x.unit, err = making.JointOf(tx, o.Order); err != nil {
				return err
			}
			of[o.ID] = x
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	if s.files == nil {
		return p, fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	p.Model = &mesh.Model{Unit: mesh.Millimetre}
	meshes, total := map[making.OrderID]*mesh.Mesh{}, 0
	for _, at := range p.Layout.Places {
		x, known := of[at.Order]
		if at.Round != n-1 || !known {
			continue
		}
		m := meshes[at.Order]
		if m == nil {
			if m, err = additive.MeshOf(ctx, s.files, x.revision, x.unit); err != nil {
				return p, err
			}
			if total += len(m.Triangles); total > maxFileTriangles {
				return p, fault.New(fault.TooLarge, "batch.wrong.large")
			}
			meshes[at.Order] = m
		}
		p.Model.Objects = append(p.Model.Objects, mesh.Object{Name: x.name, Mesh: m, Place: at.At})
	}
	return p, nil
}

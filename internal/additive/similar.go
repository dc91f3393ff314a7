package additive

import (
	"cmp"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/mesh/shape"
)

// Bounds of what is looked through for similar parts, and of what is shown.
const (
	mostCompared = 10_000
	mostSimilar  = 6
)

// near is a part whose shape is near that of another.
type near struct {
	ID  PartID
	Far float64
}

// nearest gives the parts that look like one, the nearest first.
func nearest(id PartID, text string, among []shaped) []near {
	one, ok := shape.Parse(text)
	if !ok {
		return nil
	}
	var list []near
	for _, x := range among {
		other, ok := shape.Parse(x.Shape)
		if !ok || x.ID == id {
			continue
		}
		if far := one.Distance(other); far <= shape.Alike {
			list = append(list, near{x.ID, far})
		}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(a.Far, b.Far), cmp.Compare(b.ID, a.ID)) })
	return list[:min(len(list), mostSimilar)]
}

// similarRow is a part that looks like another.
type similarRow struct {
	listRow
	Same bool // the same shape, may be at another scale, turned or mirrored
}

// similarTo gives the parts that look like a revision, of those that the actor sees.
func similarTo(tx db.Tx, by account.Actor, r Revision) ([]similarRow, error) {
	if r.Shape == "" {
		return nil, nil
	}
	among, err := listShapes(tx, Filter{}.where(by), mostCompared)
	if err != nil {
		return nil, err
	}
	found := nearest(r.PartID, r.Shape, among)
	if len(found) == 0 {
		return nil, nil
	}
	ids := make([]PartID, len(found))
	for i, n := range found {
		ids[i] = n.ID
	}
	list, err := listParts(tx, by, Filter{IDs: ids}, len(ids), 0)
	if err != nil {
		return nil, err
	}
	var rows []similarRow
	for _, n := range found {
		for _, l := range list {
			if l.Part.ID != n.ID {
				continue
			}
			row, err := rowOf(l)
			if err != nil {
				return nil, err
			}
			rows = append(rows, similarRow{row, n.Far <= shape.Same})
		}
	}
	return rows, nil
}

package additive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/mesh"
	"bassin/internal/mesh/repair"
	"bassin/internal/mesh/threemf"
	"bassin/internal/web"
)

// Repair has a revision made of the newest: closed and oriented, as far as that goes. The one before is kept.
func (s *Service) Repair(ctx context.Context, by account.Actor, id PartID) (p Part, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if p, err = change(tx, by, id); err != nil {
			return err
		}
		r, err := getRevision(tx, id, p.Revision)
		if err != nil {
			return err
		}
		switch x, err := r.ReportOf(); {
		case r.State != Checked:
			return fault.New(fault.Conflict, "additive.wrong.not_checked")
		case err != nil:
			return err
		case !mayRepair(x):
			return fault.New(fault.Conflict, "additive.wrong.nothing_to_repair")
		case p.Revision >= maxRevisions:
			return fault.New(fault.Conflict, "additive.wrong.revisions", "max", maxRevisions)
		}
		p.Revision, p.UpdatedAt = p.Revision+1, tx.Now()
		if err := savePart(tx, p); err != nil {
			return err
		}
		// Until it is made, the file is that of the revision before.
		n := Revision{PartID: id, Number: p.Revision, PersonID: by.ID, FileName: repairedName(r.FileName), Hash: r.Hash, Size: r.Size, Unit: r.Unit,
			MeshHash: r.MeshHash, MeshSize: r.MeshSize, RepairOf: r.Number, State: Waiting, CreatedAt: tx.Now()}
		if n, err = s.askCheck(tx, by.ID, p.Title, n); err != nil {
			return err
		}
		if err := insertRevision(tx, n); err != nil {
			return err
		}
		if err := index(tx, p); err != nil {
			return err
		}
		return record(tx, by, p, "part.repair", map[string]any{"code": p.Code(), "revision": label(p.Revision), "of": r.Label()})
	})
	if err != nil {
		return p, fmt.Errorf("repair part %s: %w", id, err)
	}
	return p, nil
}

// repairedName is that of the file which a repair writes.
func repairedName(name string) string {
	return cut(strings.TrimSuffix(name, path.Ext(name))) + "-repaired.3mf"
}

// repair makes the file of a revision that is one, and notes what was done.
func (s *Service) repair(ctx context.Context, r *Revision) error {
	if r.RepairOf == 0 || r.Repair != "" {
		return nil
	}
	var source Revision
	err := s.db.View(ctx, func(tx db.Tx) (err error) { source, err = getRevision(tx, r.PartID, r.RepairOf); return err })
	if err != nil {
		return err
	}
	model, err := s.model(ctx, &source)
	if err != nil {
		return err
	}
	whole, done := repair.Uniting(model.Whole(), func(bodies []*mesh.Mesh) (*mesh.Mesh, error) { return s.cad.Unite(ctx, bodies) })
	left, err := notUnited(done.NotUnited)
	if err != nil {
		return err
	}
	unit := taken(model.Unit, r.Unit)
	made := &mesh.Model{Unit: unit, Objects: []mesh.Object{{Mesh: whole, Place: mesh.Identity}}}
	b, err := s.keepMade(ctx, r.FileName, func(w io.Writer) error { return threemf.Write(w, made, threemf.Metadata{Application: "Bassin"}) })
	if err != nil {
		return err
	}
	f := unit.Millimetres()
	x := Repaired{VolumeBefore: done.Before.Volume * f * f * f, VolumeAfter: done.After.Volume * f * f * f, AreaBefore: done.Before.Area * f * f, AreaAfter: done.After.Area * f * f,
		NotUnited: left, Open: done.After.OpenEdges, Crowded: done.After.NonmanifoldEdges, Misoriented: done.After.MisorientedEdges}
	x.BodiesBefore, x.BodiesAfter = done.Bodies()
	if source.InBrowser() {
		x.Steps = append(x.Steps, RepairStep{madeInBrowser, 1})
	}
	for _, step := range done.Steps {
		x.Steps = append(x.Steps, RepairStep{step.Key, step.Count})
	}
	text, err := json.Marshal(x)
	r.Repair, r.Hash, r.Size, r.Unit, r.MeshHash, r.MeshSize = string(text), string(b.Hash), b.Size, mesh.Unknown, "", 0
	return err
}

// NotUnited says why bodies stay in each other; "" when none do.
func NotUnited(v *web.View, err error) (string, error) {
	refused, err := notUnited(err)
	if refused == nil {
		return "", err
	}
	return FaultText(v, refused), nil
}

// notUnited is why bodies stay in each other; an error when it is not for their sake.
func notUnited(err error) (*mesh.FileError, error) {
	var refused *mesh.FileError
	switch {
	case errors.As(err, &refused):
		return refused, nil
	case errors.Is(err, repair.ErrMany):
		return &mesh.FileError{Key: "unite-many", Args: map[string]any{"bodies": repair.MaxBodies}}, nil
	case errors.Is(err, repair.ErrWrong):
		return &mesh.FileError{Key: "unite-wrong"}, nil
	}
	return nil, err
}

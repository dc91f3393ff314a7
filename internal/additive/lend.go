package additive

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/park"
)

// PartFor gives a part with its newest revision, for who sees it.
func PartFor(tx db.Tx, by account.Actor, id PartID) (Part, Revision, error) {
	p, err := seen(tx, by, id)
	if err != nil {
		return p, Revision{}, err
	}
	r, err := getRevision(tx, id, p.Revision)
	return p, r, err
}

// RevisionOf gives one revision for a caller who has decided who may see it: the part itself may be removed since.
func RevisionOf(tx db.Tx, id PartID, number int) (Revision, error) {
	return getRevision(tx, id, number)
}

// Pictured gives those revisions of parts that have a picture, for a caller who has decided who may see it.
func Pictured(tx db.Tx, parts []PartID) ([]Revision, error) { return listPictured(tx, parts) }

// Examined is a revision that was checked, with what each process says of it.
type Examined struct {
	Report   Report
	Measures Measures
	Judged   []Judged
}

// Examine judges a revision by the library, for somebody who may ask for such machines. One that is not checked cannot be judged.
func Examine(r Revision, rules park.Figures, machines []park.Machine) (x Examined, err error) {
	if r.State != Checked {
		return x, fault.New(fault.Conflict, "additive.wrong.not_checked")
	}
	if x.Report, err = r.ReportOf(); err != nil {
		return x, err
	}
	subject, plain := subjectOf(x.Report, r.Unit), rules.For("")
	x.Measures = subject.Measures
	for _, p := range park.Processes() {
		x.Judged = append(x.Judged, Judge(subject, p, plain, machines))
	}
	return x, nil
}

// meshName is that of the triangles which were made of exact surfaces.
const meshName = "part.3mf"

func readModel(ctx context.Context, files file.Store, hash string, size int64, name string) (*mesh.Model, error) {
	content, err := files.Open(ctx, file.Hash(hash))
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	return format.Read(content, size, name, limits)
}

// MeshOf reads the triangles of a revision that was checked, in millimetres, its coordinates taken for a unit.
func MeshOf(ctx context.Context, files file.Store, r Revision, unit mesh.Unit) (*mesh.Mesh, error) {
	hash, size, name := r.Hash, r.Size, r.FileName
	if r.MeshHash != "" {
		hash, size, name = r.MeshHash, r.MeshSize, meshName
	}
	model, err := readModel(ctx, files, hash, size, name)
	if err != nil {
		return nil, err
	}
	m := mesh.Weld(model.Whole())
	if f := unit.Millimetres(); f != 1 {
		for i := range m.Points {
			m.Points[i] = m.Points[i].Times(f)
		}
		m.Welded = false // roundings may have made two points one
	}
	return m, nil
}

package additive

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/mesh/format"
	"bassin/internal/mesh/glb"
	"bassin/internal/mesh/threemf"
	"bassin/internal/park"
)

// Kinds of work. Large files have their own, which waits in the queue of long work: it stands in nobody's way.
const (
	checkKind      = "additive.check"
	checkLargeKind = "additive.check_large"
)

type checkArgs struct {
	Part     PartID `json:"part"`
	Revision int    `json:"revision"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, checkKind, s.runCheck, job.Opts{Safe: true})
	job.Handle(q, checkLargeKind, s.runCheck, job.Opts{Safe: true, Long: true, Timeout: 2 * time.Hour})
	job.Handle(q, deriveKind, s.runDerive, job.Opts{Safe: true})
	job.Handle(q, deriveLargeKind, s.runDerive, job.Opts{Safe: true, Long: true, Timeout: 2 * time.Hour})
	job.Every(q, renewKind, renewEvery, s.renew)
}

// largeBytes is the size of a file from which one is checked after the other: each takes some hundreds of megabytes.
const largeBytes = 40 << 20

// CheckNow checks the newest revision of a part without waiting for a worker: a demonstration has none while it is filled.
func (s *Service) CheckNow(ctx context.Context, id PartID) error {
	var r Revision
	var rules park.Figures
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := getPart(tx, id)
		if err != nil {
			return err
		}
		if r, err = getRevision(tx, id, p.Revision); err != nil {
			return err
		}
		rules, err = park.Library(tx)
		return err
	})
	if err == nil && r.State == Waiting {
		if err = s.check(ctx, &r, limitsOf(rules)); err == nil && r.State == Checked {
			err = s.renewOne(ctx, &r, limitsOf(rules))
		}
	}
	if err != nil {
		return fmt.Errorf("check part %s: %w", id, err)
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		r.CheckedAt = tx.Now()
		return saveRevision(tx, r)
	})
}

// runCheck reads the file of a revision, counts and measures it, and makes the mesh that browsers draw.
func (s *Service) runCheck(ctx context.Context, run *job.Run, args checkArgs) error {
	var r Revision
	var p Part
	var rules park.Figures
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if p, err = getPart(tx, args.Part); err != nil {
			return err
		}
		if r, err = getRevision(tx, args.Part, args.Revision); err != nil {
			return err
		}
		rules, err = park.Library(tx)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("check part %s: %w", args.Part, err)
	case r.State != Waiting:
		return nil
	}
	done, err := s.wait(ctx, r.weight())
	if err != nil {
		return err
	}
	defer done()
	if err := s.check(ctx, &r, limitsOf(rules)); err != nil {
		return fmt.Errorf("check part %s: %w", args.Part, err)
	}
	run.Result(p.URL(), "additive.checked", "title", p.Title)
	return run.Finish(func(tx db.Tx) error {
		r.CheckedAt = tx.Now()
		if err := saveRevision(tx, r); err != nil || r.State != Checked {
			return err
		}
		for _, checked := range s.Checked {
			if err := checked(tx, p, r); err != nil {
				return err
			}
		}
		return s.askDerive(tx, r)
	})
}

// wait lets large files come one after the other.
func (s *Service) wait(ctx context.Context, size int64) (done func(), err error) {
	if size <= largeBytes {
		return func() {}, nil
	}
	select {
	case s.large <- struct{}{}:
		return func() { <-s.large }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// check fills in what the file holds, or why it cannot be read; its walls and gaps are measured against limits. Its error is of the
// store alone. What nobody waits for is made later (derive).
func (s *Service) check(ctx context.Context, r *Revision, limits thinLimits) error {
	if s.files == nil {
		return fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	if err := s.repair(ctx, r); err != nil {
		return r.refuse(err)
	}
	model, err := s.model(ctx, r)
	if err != nil {
		return r.refuse(err)
	}
	welded := mesh.Weld(model.Whole())
	var report Report // beside what is drawn: a person waits for both
	var reported sync.WaitGroup
	reported.Go(func() { report = reportOf(model, r.Unit, welded, mesh.CheckWelded(welded), limits) })
	err = s.keepView(ctx, r, welded)
	reported.Wait()
	if err != nil {
		return err
	}
	return r.keep(report)
}

// keepView makes the mesh that browsers draw. Coordinates are taken for millimetres: another unit that is chosen later
// changes no file.
func (s *Service) keepView(ctx context.Context, r *Revision, welded *mesh.Mesh) error {
	if len(welded.Triangles) == 0 {
		return nil
	}
	drawn := &mesh.Model{Unit: mesh.Millimetre, Objects: []mesh.Object{{Mesh: welded, Place: mesh.Identity}}}
	b, err := s.keepMade(ctx, "part.glb", func(w io.Writer) error { return glb.Write(w, drawn) })
	r.ViewHash, r.ViewSize = string(b.Hash), b.Size
	return err
}

// model reads the file of a revision. Of one of exact surfaces triangles are made once, and kept as a file beside it.
func (s *Service) model(ctx context.Context, r *Revision) (*mesh.Model, error) {
	content, err := s.files.Open(ctx, file.Hash(r.Hash))
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	kind, err := format.Recognise(content, r.Size, r.FileName)
	switch {
	case err != nil:
		return nil, err
	case kind != format.STEP && kind != format.IGES:
		return format.Read(content, r.Size, r.FileName, limits)
	}
	model, err := s.triangles(ctx, r, content, cad.Kind(kind))
	if err == nil && r.InBrowser() {
		model.Notes = append(model.Notes, mesh.Note{Key: madeInBrowser})
	}
	return model, err
}

// triangles are those of a file of exact surfaces: that were made before, that a browser sent (decision 59), or made now by a process
// apart.
func (s *Service) triangles(ctx context.Context, r *Revision, content io.Reader, kind cad.Kind) (model *mesh.Model, err error) {
	switch {
	case r.MeshHash != "":
		if model, err = readModel(ctx, s.files, r.MeshHash, r.MeshSize, meshName); err == nil {
			model.Format = string(kind)
		}
		return model, err
	case r.InBrowser():
		model, err = s.readSent(ctx, r, kind)
	default:
		model, err = s.cad.Convert(ctx, content, r.Size, kind, limits)
	}
	if err != nil {
		return nil, err
	}
	b, err := s.keepMade(ctx, meshName, func(w io.Writer) error {
		return threemf.Write(w, model, threemf.Metadata{Application: "Bassin"})
	})
	r.MeshHash, r.MeshSize = string(b.Hash), b.Size
	return model, err
}

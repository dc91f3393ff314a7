package additive

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"time"

	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/mesh/render"
	"bassin/internal/mesh/shape"
)

// derived numbers what is made of a file besides its report and its view: 1 is the picture, 2 the
// signature of its shape. A revision with a lower number,
// checked by an earlier program, is renewed.
const derived = 2

// pictureSize is that of the picture of a part: as large as a page shows it.
var pictureSize = render.Size{Width: 640, Height: 480}

// derive makes what a revision has besides its report.
func (s *Service) derive(ctx context.Context, r *Revision, welded *mesh.Mesh) error {
	r.Derived = derived
	if len(welded.Triangles) == 0 {
		return nil
	}
	b, err := s.keepMade(ctx, "part.png", func(w io.Writer) error {
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, render.Draw(welded, pictureSize))
	})
	r.PictureHash, r.PictureSize = string(b.Hash), b.Size
	if signature, ok := shape.Of(welded); ok {
		r.Shape = signature.Text()
	}
	return err
}

// keepMade keeps a file that is written.
func (s *Service) keepMade(ctx context.Context, name string, write func(io.Writer) error) (file.Blob, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(write(w)) }()
	b, err := s.files.Put(ctx, r, file.Limits{Name: name, MaxBytes: 1 << 30, Unchecked: true})
	r.CloseWithError(err) // lets the writer end
	return b, err
}

const renewKind = "additive.renew"

// renewEvery is how often revisions are looked for that an earlier program checked; the first time is when a program starts that
// knows of it.
const renewEvery = 24 * time.Hour

// renewAtOnce is how many revisions are read from the database at a time.
const renewAtOnce = 20

// renew makes for revisions that were checked before what they lack.
func (s *Service) renew(ctx context.Context, run *job.Run) error {
	if s.files == nil {
		return nil
	}
	if err := errors.Join(cad.Sweep(), s.readAgain(run)); err != nil {
		return err
	}
	for {
		var list []Revision
		err := s.db.View(ctx, func(tx db.Tx) (err error) { list, err = listUnderived(tx, renewAtOnce); return err })
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if err := s.renewOne(ctx, &r); err != nil {
				return fmt.Errorf("renew revision %d of part %s: %w", r.Number, r.PartID, err)
			}
			if err := run.Do(func(tx db.Tx) error { return saveDerived(tx, r) }); err != nil {
				return err
			}
		}
	}
}

// readAgain has revisions checked again whose files of exact surfaces could not be read for want of a converter, once there is one.
func (s *Service) readAgain(run *job.Run) error {
	if s.cad == nil {
		return nil
	}
	return run.Do(func(tx db.Tx) error {
		list, err := listUnconverted(tx)
		if err != nil {
			return err
		}
		for _, r := range list {
			p, err := getPart(tx, r.PartID)
			if err != nil {
				return err
			}
			r.State, r.Fault = Waiting, ""
			if r, err = s.askCheck(tx, r.PersonID, p.Title, r); err != nil {
				return err
			}
			if err := saveRevision(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// renewOne makes what a revision lacks. One whose file is lost, damaged or no longer read stays without.
func (s *Service) renewOne(ctx context.Context, r *Revision) error {
	done, err := s.wait(ctx, r.Size)
	if err != nil {
		return err
	}
	defer done()
	model, err := s.model(ctx, r)
	var unread *mesh.FileError
	switch {
	case errors.As(err, &unread), fault.Is(err, fault.NotFound), file.IsDamaged(err):
		s.log.Warn("a part checked before cannot be read again", "part", r.PartID, "revision", r.Number, "error", err)
		r.Derived = derived
		return nil
	case err != nil:
		return err
	}
	return s.derive(ctx, r, mesh.Weld(model.Whole()))
}

package additive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
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
	"bassin/internal/mesh/thickness"
	"bassin/internal/park"
)

// derived numbers what is made of a file besides its report and its view: 1 is the picture, 2 the signature of its shape, 3 the
// placements, how thick it is all over, and where it crosses itself. measured numbers what is in a report: 1 has gaps, and tells walls that are held; 2
// has pins, holes and engravings.
// A revision with a lower number, checked by an earlier program, is renewed.
const (
	derived  = 3
	measured = 2
)

// fieldLimit is the thickness in millimetres up to which the field is measured as closely as walls are.
const fieldLimit = 5

// pictureSize is that of the picture of a part: as large as a page shows it.
var pictureSize = render.Size{Width: 640, Height: 480}

// derive makes what a revision has besides its report.
func (s *Service) derive(ctx context.Context, r *Revision, unit mesh.Unit, welded *mesh.Mesh) error {
	r.Derived = derived
	if len(welded.Triangles) == 0 {
		return nil
	}
	b, err := s.keepPicture(ctx, render.Draw(welded, pictureSize))
	if err != nil {
		return err
	}
	r.PictureHash, r.PictureSize = string(b.Hash), b.Size
	if signature, ok := shape.Of(welded); ok {
		r.Shape = signature.Text()
	}
	return errors.Join(s.keepPlacements(ctx, r, unit, welded), s.keepField(ctx, r, unit, welded), r.keepCrossings(welded, unit))
}

// keepPlacements finds the best placements and draws them.
func (s *Service) keepPlacements(ctx context.Context, r *Revision, unit mesh.Unit, welded *mesh.Mesh) error {
	report := mesh.CheckWelded(welded)
	list := placementsOf(welded, &report, unit)
	r.Placements, r.LyingHash, r.LyingSize = "", "", 0
	if len(list) == 0 {
		return nil
	}
	kept := make([]Placement, len(list))
	for i, q := range list {
		kept[i] = q.Placement
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	b, err := s.keepPicture(ctx, drawLying(welded, list))
	r.Placements, r.LyingHash, r.LyingSize = string(text), string(b.Hash), b.Size
	return err
}

// keepField measures how thick a closed part is all over, to be drawn in colours.
func (s *Service) keepField(ctx context.Context, r *Revision, unit mesh.Unit, welded *mesh.Mesh) error {
	r.FieldHash, r.FieldSize = "", 0
	if x, err := r.ReportOf(); err != nil || x.Walls == nil {
		return err
	}
	field := thickness.Of(welded)
	b, err := s.keepMade(ctx, "part.bth", func(w io.Writer) error { return field.WriteCloud(w, fieldLimit/unit.Millimetres()) })
	r.FieldHash, r.FieldSize = string(b.Hash), b.Size
	return err
}

func (s *Service) keepPicture(ctx context.Context, drawn *image.Paletted) (file.Blob, error) {
	return s.keepMade(ctx, "part.png", func(w io.Writer) error {
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, drawn)
	})
}

// keepMade keeps a file that is written.
func (s *Service) keepMade(ctx context.Context, name string, write func(io.Writer) error) (file.Blob, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(write(w)) }()
	b, err := s.files.Put(ctx, r, file.Limits{Name: name, MaxBytes: 1 << 30, Unchecked: true})
	r.CloseWithError(err) // lets the writer end
	return b, err
}

// Kinds of work: what is made of one revision after its check, and of all that an earlier program checked.
const (
	deriveKind      = "additive.derive"
	deriveLargeKind = "additive.derive_large"
	renewKind       = "additive.renew"
)

// askDerive has what a revision lacks made after its verdict is told: a person waits for that alone.
func (s *Service) askDerive(tx db.Tx, r Revision) error {
	kind := deriveKind
	if r.weight() > largeBytes {
		kind = deriveLargeKind
	}
	_, err := s.queue.Enqueue(tx, job.Request{Kind: kind, Args: checkArgs{r.PartID, r.Number}, TitleKey: deriveKind})
	return err
}

// runDerive makes what a revision has besides its report.
func (s *Service) runDerive(ctx context.Context, run *job.Run, args checkArgs) error {
	var r Revision
	err := s.db.View(ctx, func(tx db.Tx) (err error) { r, err = getRevision(tx, args.Part, args.Revision); return err })
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && (r.State != Checked || r.Derived >= derived):
		return nil
	case err != nil:
		return err
	}
	if err := s.renewOne(ctx, &r, thinLimits{}); err != nil {
		return fmt.Errorf("derive revision %d of part %s: %w", r.Number, r.PartID, err)
	}
	return run.Finish(func(tx db.Tx) error { return saveDerived(tx, r) })
}

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
	if err := errors.Join(cad.Sweep(), s.readAgain(run), s.confirm(ctx, run)); err != nil {
		return err
	}
	for {
		var list []Revision
		var rules park.Figures
		err := s.db.View(ctx, func(tx db.Tx) (err error) {
			if list, err = listUnderived(tx, renewAtOnce); err != nil {
				return err
			}
			rules, err = park.Library(tx)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, r := range list {
			if err := s.renewOne(ctx, &r, limitsOf(rules)); err != nil {
				return fmt.Errorf("renew revision %d of part %s: %w", r.Number, r.PartID, err)
			}
			if err := run.Do(func(tx db.Tx) error { return saveDerived(tx, r) }); err != nil {
				return err
			}
		}
	}
}

// renewOne makes what a revision lacks; its report is made anew, measured against limits, when an earlier program made it. One whose
// file is lost, damaged or no longer read stays without.
func (s *Service) renewOne(ctx context.Context, r *Revision, limits thinLimits) error {
	done, err := s.wait(ctx, r.weight())
	if err != nil {
		return err
	}
	defer done()
	model, err := s.model(ctx, r)
	var unread *mesh.FileError
	switch {
	case errors.As(err, &unread), fault.Is(err, fault.NotFound), file.IsDamaged(err):
		s.log.Warn("a part checked before cannot be read again", "part", r.PartID, "revision", r.Number, "error", err)
		r.Derived, r.Measured = derived, measured
		return nil
	case err != nil:
		return err
	}
	welded := mesh.Weld(model.Whole())
	if r.Measured < measured {
		if err := r.keep(reportOf(model, r.Unit, welded, mesh.CheckWelded(welded), limits)); err != nil {
			return err
		}
	}
	return s.derive(ctx, r, taken(model.Unit, r.Unit), welded)
}

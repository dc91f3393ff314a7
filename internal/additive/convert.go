package additive

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
)

// A server without a converter cannot read files of exact surfaces. The browser of who sees the part makes the triangles then and
// sends them (decision 59); once the server has a converter, it reads such files itself.

// madeInBrowser is the key of the note that triangles are what somebody's browser made.
const madeInBrowser = "made-in-browser"

// Convert takes the triangles that the actor's browser made of a file of exact surfaces, as triangles.cjs of package cad writes
// them; hash is that of the file that it read. They are checked as any other file.
func (s *Service) Convert(ctx context.Context, by account.Actor, id PartID, hash string, made file.Blob) (p Part, err error) {
	err = s.db.Do(ctx, func(tx db.Tx) error {
		if p, err = change(tx, by, id); err != nil {
			return err
		}
		r, err := getRevision(tx, id, p.Revision)
		if err != nil {
			return err
		}
		if err := r.mayConvert(hash); err != nil {
			return err
		}
		r.SentHash, r.SentSize = string(made.Hash), made.Size
		if err := s.checkAgain(tx, by.ID, p, r); err != nil {
			return err
		}
		return record(tx, by, p, "part.convert", map[string]any{"code": p.Code(), "revision": r.Label(), "file": r.FileName})
	})
	if err != nil {
		return p, fmt.Errorf("convert part %s: %w", id, err)
	}
	return p, nil
}

// checkAgain has a revision checked that is known otherwise now.
func (s *Service) checkAgain(tx db.Tx, owner account.PersonID, p Part, r Revision) error {
	r.State, r.Fault, r.Derived = Waiting, "", 0
	r, err := s.askCheck(tx, owner, p.Title, r)
	if err != nil {
		return err
	}
	return saveRevision(tx, r)
}

// readSent reads the triangles that a browser sent.
func (s *Service) readSent(ctx context.Context, r *Revision, kind cad.Kind) (*mesh.Model, error) {
	sent, err := s.files.Open(ctx, file.Hash(r.SentHash))
	if err != nil {
		return nil, err
	}
	defer func() { _ = sent.Close() }()
	return cad.Read(sent, r.SentSize, kind, limits)
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
			r.SentHash, r.SentSize = "", 0
			if err := s.checkAgain(tx, r.PersonID, p, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// confirm reads files itself that are known by what browsers made of them, once there is a converter. The same library makes the
// same triangles; where it does not, the part is checked again by what the server made. What the server cannot read stays as it is.
func (s *Service) confirm(ctx context.Context, run *job.Run) error {
	if s.cad == nil {
		return nil
	}
	var list []Revision
	if err := s.db.View(ctx, func(tx db.Tx) (err error) { list, err = listSent(tx); return err }); err != nil {
		return err
	}
	for _, r := range list {
		made, err := s.convertHere(ctx, r)
		var unread *mesh.FileError
		switch {
		case errors.As(err, &unread), fault.Is(err, fault.NotFound), file.IsDamaged(err):
			s.log.Warn("the triangles of a part are still what a browser made of it", "part", r.PartID, "revision", r.Number, "error", err)
			continue
		case err != nil:
			return fmt.Errorf("confirm revision %d of part %s: %w", r.Number, r.PartID, err)
		}
		if err := run.Do(func(tx db.Tx) error { return s.keepConfirmed(tx, r.PartID, r.Number, r.SentHash, made) }); err != nil {
			return err
		}
	}
	return nil
}

// convertHere has the server's own converter read the file of a revision, and keeps the triangles.
func (s *Service) convertHere(ctx context.Context, r Revision) (file.Blob, error) {
	done, err := s.wait(ctx, r.weight())
	if err != nil {
		return file.Blob{}, err
	}
	defer done()
	r.SentHash, r.MeshHash = "", "" // as if it had just come
	_, err = s.model(ctx, &r)
	return file.Blob{Hash: file.Hash(r.MeshHash), Size: r.MeshSize}, err
}

// keepConfirmed keeps what the server made of a file that was known by a browser's triangles; nothing when the revision was changed
// meanwhile: it is looked at another day.
func (s *Service) keepConfirmed(tx db.Tx, id PartID, number int, sent string, made file.Blob) error {
	p, err := lockPart(tx, id)
	if err != nil {
		return err
	}
	r, err := getRevision(tx, id, number)
	if err != nil || r.State != Checked || r.Derived < derived || r.SentHash != sent {
		return err
	}
	r.SentHash, r.SentSize = "", 0
	if string(made.Hash) != r.MeshHash {
		r.MeshHash, r.MeshSize = string(made.Hash), made.Size
		return s.checkAgain(tx, r.PersonID, p, r)
	}
	x, err := r.ReportOf()
	if err != nil {
		return err
	}
	x.Found = slices.DeleteFunc(x.Found, func(f Finding) bool { return f.Note && f.Key == madeInBrowser })
	if err := r.keep(x); err != nil {
		return err
	}
	return saveRevision(tx, r)
}

package document

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
)

// Begin announces an upload that will come in parts. Everything that can be asked before the bytes
// come is asked here: access, name, size, room, locks.
func (s *Service) Begin(ctx context.Context, by account.Actor, u Resumable) (Resumable, error) {
	if s.opts.Files == nil {
		return u, fault.New(fault.Unavailable, "document.wrong.no_store")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		in, err := allow(tx, by, u.ProjectID, u.FolderID, project.Contribute)
		if err != nil {
			return err
		}
		if err := u.check(); err != nil {
			return err
		}
		if err := fits(tx, s.hand(by), in, u.Name); err != nil {
			return err
		}
		used, err := sumBytes(tx, u.ProjectID)
		if err != nil {
			return err
		}
		n, err := countUnder(tx, u.ProjectID, by.ID)
		if err != nil {
			return err
		}
		if err := u.room(n, used); err != nil {
			return err
		}
		u.ID, u.PersonID, u.Received, u.DocumentID = UploadID(db.NewID()), by.ID, 0, ""
		u.CreatedAt, u.ExpiresAt = tx.Now(), tx.Now().Add(uploadLasts)
		return insertUpload(tx, u)
	})
	if err != nil {
		return u, fmt.Errorf("begin upload into %s: %w", u.ProjectID, err)
	}
	return u, nil
}

// fits refuses a name that cannot be written in a folder now: it is a folder's, or locked.
func fits(tx db.Tx, h Hand, in Place, name string) error {
	if !in.Entry.Is(Folder) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	locks, err := listLocks(tx, in.Entry.ProjectID)
	if err != nil {
		return err
	}
	chain := in.ids()
	at, err := named(tx, in, name)
	switch {
	case err == nil && at.Entry.Is(Folder):
		return fault.New(fault.Conflict, isFolderKey, "name", name)
	case err == nil:
		chain = at.ids()
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return free(h, covering(locks, chain))
}

// Upload reads an upload of one's own; another person's is not found.
func (s *Service) Upload(ctx context.Context, by account.Actor, p project.ID, id UploadID) (u Resumable, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		if u, err = getUpload(tx, p, id, by.ID); err != nil {
			return err
		}
		_, err = allow(tx, by, p, u.FolderID, project.Contribute)
		return err
	})
	return u, err
}

// errOffset says that the sender is not where the upload stands.
var errOffset = fault.New(fault.Conflict, "document.wrong.offset")

// Receive takes bytes of an upload from where it stands, in parts, each safe before it counts. What
// came before r broke off is kept; the error says why no more came.
func (s *Service) Receive(ctx context.Context, by account.Actor, p project.ID, id UploadID, at int64, r io.Reader) (Resumable, error) {
	u, err := s.Upload(ctx, by, p, id)
	switch {
	case err != nil:
		return u, err
	case at != u.Received:
		return u, errOffset
	}
	in := bufio.NewReaderSize(r, file.HeadBytes)
	if at == 0 {
		want := min(u.Size, file.HeadBytes)
		if head, _ := in.Peek(int(want)); int64(len(head)) == want {
			if err := file.LookHead(head, u.Name); err != nil {
				return u, errors.Join(err, s.drop(context.WithoutCancel(ctx), u))
			}
		}
	}
	for u.Received < u.Size {
		x := part{At: u.Received, Name: db.NewID()}
		most := min(u.Size-u.Received, partBytes)
		var cut error
		if x.Size, cut = s.opts.Files.PutPart(ctx, string(u.ID), x.Name, io.LimitReader(in, most)); x.Size > 0 {
			if err := s.came(context.WithoutCancel(ctx), &u, x); err != nil {
				return u, err
			}
		}
		if cut != nil || x.Size < most {
			return u, cut
		}
	}
	return u, nil
}

// came notes a part that is safe.
func (s *Service) came(ctx context.Context, u *Resumable, x part) error {
	next := *u
	err := s.db.Do(ctx, func(tx db.Tx) error {
		next.Received, next.ExpiresAt = u.Received+x.Size, tx.Now().Add(uploadLasts)
		if err := saveReceived(tx, next, x.At); err != nil {
			if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
				return errOffset
			}
			return err
		}
		n, err := countParts(tx, u.ID)
		if err != nil {
			return err
		}
		if n >= maxParts {
			return fault.New(fault.TooMany, "document.wrong.many_parts", "max", maxParts)
		}
		return insertPart(tx, u.ID, x)
	})
	if err == nil {
		*u = next
	}
	return err
}

// Finish makes a whole upload a document, as if it had come at once: the same operation, with the
// person's access as it is now. It can be asked again; a refusal that stays so ends the upload.
func (s *Service) Finish(ctx context.Context, u Resumable) (Resumable, error) {
	if u.Filed() || !u.Whole() {
		return u, nil
	}
	b, err := s.join(ctx, u)
	if err == nil {
		err = s.db.Do(ctx, func(tx db.Tx) error {
			if err := lockUpload(tx, u.ID); err != nil {
				return err
			}
			now, err := getUpload(tx, u.ProjectID, u.ID, u.PersonID)
			if err != nil || now.Filed() {
				u.DocumentID = now.DocumentID
				return err
			}
			e, err := s.fileIn(tx, u.PersonID, Upload{ProjectID: u.ProjectID, FolderID: u.FolderID, Name: u.Name}, b)
			if err != nil {
				return err
			}
			u.DocumentID = e.ID
			return saveFiled(tx, u.ID, e.ID)
		})
	}
	switch {
	case err == nil:
		err = s.opts.Files.DropParts(ctx, string(u.ID))
	case hopeless(err):
		err = errors.Join(err, s.drop(ctx, u))
	}
	if err != nil {
		u.DocumentID = ""
		return u, fmt.Errorf("finish upload %s: %w", u.ID, err)
	}
	return u, nil
}

// join stores the parts as one content.
func (s *Service) join(ctx context.Context, u Resumable) (file.Blob, error) {
	var parts []part
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		parts, err = listParts(tx, u.ID)
		return err
	})
	if err != nil {
		return file.Blob{}, err
	}
	r := &partReader{ctx: ctx, files: s.opts.Files, upload: string(u.ID), left: parts}
	defer r.close()
	return s.keep(ctx, r, u.limits())
}

// partReader reads parts one after the other.
type partReader struct {
	ctx    context.Context
	files  file.Parts
	upload string
	left   []part
	open   io.ReadCloser
}

// Read reads on, over the ends of parts.
func (r *partReader) Read(p []byte) (int, error) {
	for {
		if r.open == nil {
			if len(r.left) == 0 {
				return 0, io.EOF
			}
			c, err := r.files.OpenPart(r.ctx, r.upload, r.left[0].Name)
			if err != nil {
				return 0, err
			}
			r.open, r.left = c, r.left[1:]
		}
		n, err := r.open.Read(p)
		if errors.Is(err, io.EOF) {
			r.close()
			err = nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (r *partReader) close() {
	if r.open != nil {
		_ = r.open.Close()
		r.open = nil
	}
}

// Abandon gives an upload of one's own up.
func (s *Service) Abandon(ctx context.Context, by account.Actor, p project.ID, id UploadID) error {
	var u Resumable
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		u, err = getUpload(tx, p, id, by.ID)
		return err
	})
	if err != nil {
		return err
	}
	return s.drop(ctx, u)
}

// drop forgets an upload and its parts.
func (s *Service) drop(ctx context.Context, u Resumable) error {
	if err := s.db.Do(ctx, func(tx db.Tx) error { return deleteUpload(tx, u.ID) }); err != nil {
		return err
	}
	return s.opts.Files.DropParts(ctx, string(u.ID))
}

// SweepUploads forgets uploads that nobody went on with for some days. Their parts go first, those
// too that came while the server was killed and that no row names.
func (s *Service) SweepUploads(ctx context.Context) error {
	if s.opts.Files == nil {
		return nil
	}
	var list []Resumable
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		list, err = listExpiredUploads(tx, 500)
		return err
	})
	for _, u := range list {
		if err := s.opts.Files.DropParts(ctx, string(u.ID)); err != nil {
			return err
		}
		if err := s.db.Do(ctx, func(tx db.Tx) error { return deleteUpload(tx, u.ID) }); err != nil {
			return err
		}
	}
	return err
}

package document

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
)

func (s *Service) davGet(x *davRequest) error {
	var e Entry
	err := s.db.View(x.Context(), func(tx db.Tx) error {
		at, err := x.walk(tx, x.path)
		e = at.Entry
		return err
	})
	if err != nil {
		return err
	}
	if !e.Is(Document) {
		x.w.Header().Set("Allow", davMethods)
		return davStatus{http.StatusMethodNotAllowed, ""}
	}
	h := x.w.Header()
	h.Set("Last-Modified", e.UpdatedAt.Time().UTC().Format(http.TimeFormat))
	h.Set("ETag", etag(e))
	if e.Size == 0 {
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Length", "0")
		x.w.WriteHeader(http.StatusOK)
		return nil
	}
	if s.opts.Files == nil {
		return fault.New(fault.Unavailable, "document.wrong.no_store")
	}
	return file.Serve(x.w, x.Request, s.opts.Files, e.Blob(), e.Name, file.Attachment)
}

// davPut keeps what is sent. Everything is asked before the content comes, and again when it has.
func (s *Service) davPut(x *davRequest) error {
	switch {
	case x.Header.Get("Content-Range") != "":
		return davStatus{http.StatusBadRequest, ""} // RFC 9110, 14.5: a part taken for the whole would destroy it
	case x.path.Slash:
		return davStatus{http.StatusMethodNotAllowed, ""}
	}
	ask := func(tx db.Tx) (in Place, name string, err error) {
		if in, name, err = x.parent(tx, x.path); err != nil {
			return in, name, err
		}
		if err := x.may(in); err != nil {
			return in, name, err
		}
		if err := x.check(tx); err != nil {
			return in, name, err
		}
		locks, err := listLocks(tx, in.Entry.ProjectID)
		if err != nil {
			return in, name, err
		}
		chain := in.ids()
		at, err := named(tx, in, name)
		switch {
		case err == nil && at.Entry.Is(Folder):
			return in, name, fault.New(fault.Conflict, isFolderKey, "name", name)
		case err == nil:
			chain = at.ids()
		case !fault.Is(err, fault.NotFound):
			return in, name, err
		}
		return in, name, errors.Join(checkName(name), free(x.hand, covering(locks, chain)))
	}
	name := ""
	err := s.db.View(x.Context(), func(tx db.Tx) (err error) {
		_, name, err = ask(tx)
		return err
	})
	if err != nil {
		return err
	}
	b := file.Blob{Hash: emptyHash, Type: "application/octet-stream"}
	body := bufio.NewReader(http.MaxBytesReader(x.w, x.Body, maxFileBytes+1))
	if _, err := body.Peek(1); err != io.EOF {
		if b, err = s.keep(x.Context(), body, file.Limits{Name: name, Size: max(x.ContentLength, 0)}); err != nil {
			return err
		}
	}
	var e Entry
	created := false
	err = s.db.Do(x.Context(), func(tx db.Tx) error {
		if err := x.again(tx); err != nil {
			return err
		}
		in, name, err := ask(tx)
		if err != nil {
			return err
		}
		e, created, err = putIn(tx, x.hand, in, name, b, "")
		return err
	})
	if err != nil {
		return err
	}
	x.w.Header().Set("ETag", etag(e))
	x.done(created)
	return nil
}

// again reads the person anew after the content has come: an upload does not outlive its access.
func (x *davRequest) again(tx db.Tx) error {
	a, err := actorNow(tx, x.hand.ID)
	if err == nil {
		a.Scopes, a.Token = x.hand.Scopes, true
		x.hand.Actor = a
	}
	return err
}

func (x *davRequest) done(created bool) {
	if created {
		x.w.WriteHeader(http.StatusCreated)
		return
	}
	x.w.WriteHeader(http.StatusNoContent)
}

func (s *Service) davMkcol(x *davRequest) error {
	if _, err := x.Body.Read(make([]byte, 1)); err != io.EOF {
		return davStatus{http.StatusUnsupportedMediaType, ""}
	}
	err := s.db.Do(x.Context(), func(tx db.Tx) error {
		in, name, err := x.parent(tx, x.path)
		if err != nil {
			return err
		}
		if err := errors.Join(x.may(in), x.check(tx)); err != nil {
			return err
		}
		if _, err := named(tx, in, name); !fault.Is(err, fault.NotFound) {
			return errors.Join(err, davStatus{http.StatusMethodNotAllowed, ""})
		}
		_, err = createFolderIn(tx, x.hand, in, name)
		return err
	})
	if err == nil {
		x.done(true)
	}
	return err
}

func (s *Service) davDelete(x *davRequest) error {
	err := s.db.Do(x.Context(), func(tx db.Tx) error {
		at, err := x.walk(tx, x.path)
		if err != nil {
			return err
		}
		if err := errors.Join(x.may(at), x.check(tx)); err != nil {
			return err
		}
		return removeIn(tx, x.hand, at)
	})
	if err == nil {
		x.done(false)
	}
	return err
}

func (s *Service) davCopyMove(x *davRequest) error {
	to, err := x.address(x.Header.Get("Destination"))
	if err != nil || x.Header.Get("Destination") == "" {
		var parse *url.Error
		if errors.As(err, &parse) || x.Header.Get("Destination") == "" {
			return davStatus{http.StatusBadRequest, ""}
		}
		return davStatus{http.StatusBadGateway, ""}
	}
	overwrite, depth := x.Header.Get("Overwrite") != "F", x.Header.Get("Depth")
	if depth != "" && depth != "infinity" && (depth != "0" || x.Method == "MOVE") {
		return davStatus{http.StatusBadRequest, ""}
	}
	var src Entry
	err = s.db.View(x.Context(), func(tx db.Tx) error {
		at, err := x.walk(tx, x.path)
		src = at.Entry
		return err
	})
	if err != nil {
		return err
	}
	typ := src.Type
	if len(to.Names) > 0 {
		typ = s.typeAs(x.Context(), src, to.Names[len(to.Names)-1])
	}
	replaced := false
	err = s.db.Do(x.Context(), func(tx db.Tx) error {
		at, err := x.walk(tx, x.path)
		if err != nil {
			return err
		}
		in, name, err := x.parent(tx, to)
		if err != nil {
			return err
		}
		if err := errors.Join(x.may(in), x.check(tx)); err != nil {
			return err
		}
		if there, err := named(tx, in, name); err == nil && there.Entry.ID == at.Entry.ID && (x.Method == "COPY" || there.Entry.Name == name) {
			return davStatus{http.StatusForbidden, ""}
		}
		if x.Method == "COPY" {
			_, replaced, err = copyIn(tx, x.hand, at, in, name, overwrite, depth != "0")
			return err
		}
		if err := x.may(at); err != nil {
			return err
		}
		_, replaced, err = moveIn(tx, x.hand, at, in, name, overwrite, typ)
		return err
	})
	if err == nil {
		x.done(!replaced)
	}
	return err
}

// lockTime reads the Timeout header.
func lockTime(header string) time.Duration {
	for i := 0; i+7 <= len(header); i++ {
		if header[i:i+7] != "Second-" {
			continue
		}
		n := 0
		for _, c := range header[i+7:] {
			if c < '0' || c > '9' || n > 1e7 {
				break
			}
			n = n*10 + int(c-'0')
		}
		if n > 0 {
			return min(time.Duration(n)*time.Second, lockMost)
		}
	}
	return lockDefault
}

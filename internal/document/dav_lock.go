package document

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// davLock takes a lock, or makes one that is shown in the If header last longer. On an address where
// nothing is, it makes an empty document (RFC 4918, 9.10.4).
func (s *Service) davLock(x *davRequest) error {
	ask, err := parseLock(x.Body)
	if err != nil {
		return davStatus{http.StatusBadRequest, ""}
	}
	last, depth := lockTime(x.Header.Get("Timeout")), x.Header.Get("Depth")
	if depth != "" && depth != "0" && depth != "infinity" {
		return davStatus{http.StatusBadRequest, ""}
	}
	var l Lock
	created := false
	err = s.db.Do(x.Context(), func(tx db.Tx) error {
		created = false
		at, err := x.walk(tx, x.path)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil {
			if err := errors.Join(x.may(at), x.check(tx)); err != nil {
				return err
			}
		}
		if ask == nil {
			if err != nil {
				return err
			}
			l, err = x.refresh(tx, at, last)
			return err
		}
		if err != nil {
			in, name, err := x.parent(tx, x.path)
			if err != nil {
				return err
			}
			if err := errors.Join(x.may(in), x.check(tx)); err != nil {
				return err
			}
			e, err := addIn(tx, x.hand, in, Document, name)
			if err != nil {
				return err
			}
			at, created = in.child(e), true
		}
		l, err = lockIn(tx, x.hand, at, Lock{Shared: ask.Shared, Deep: depth != "0", Owner: ask.Owner}, last)
		return err
	})
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", `application/xml; charset="utf-8"`)
	if ask != nil {
		x.w.Header().Set("Lock-Token", "<"+l.Token+">")
	}
	code := http.StatusOK
	if created {
		code = http.StatusCreated
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><D:prop xmlns:D="DAV:"><D:lockdiscovery>`)
	writeLock(&b, l, x.URL.EscapedPath(), l.CreatedAt.Add(last).Sub(l.CreatedAt))
	b.WriteString(`</D:lockdiscovery></D:prop>`)
	x.w.WriteHeader(code)
	_, err = x.w.Write(b.Bytes())
	return ignoreLeft(x, err)
}

// refresh makes a lock of the client that covers the place last anew.
func (x *davRequest) refresh(tx db.Tx, at Place, last time.Duration) (Lock, error) {
	locks, err := listLocks(tx, at.Entry.ProjectID)
	if err != nil {
		return Lock{}, err
	}
	for _, l := range covering(locks, at.ids()) {
		if l.PersonID == x.hand.ID && !l.Page && slices.Contains(x.hand.Tokens, l.Token) {
			l.ExpiresAt = tx.Now().Add(last)
			return l, extendLock(tx, l.Token, l.ExpiresAt)
		}
	}
	return Lock{}, davStatus{http.StatusPreconditionFailed, "lock-token-matches-request-uri"}
}

func (s *Service) davUnlock(x *davRequest) error {
	token := strings.Trim(strings.TrimSpace(x.Header.Get("Lock-Token")), "<>")
	if token == "" {
		return davStatus{http.StatusBadRequest, ""}
	}
	err := s.db.Do(x.Context(), func(tx db.Tx) error {
		at, err := x.walk(tx, x.path)
		if err != nil {
			return err
		}
		if err := errors.Join(x.may(at), x.check(tx)); err != nil {
			return err
		}
		l, err := lockOf(tx, at, token)
		switch {
		case fault.Is(err, fault.NotFound):
			return davStatus{http.StatusConflict, "lock-token-matches-request-uri"}
		case err == nil && l.PersonID != x.hand.ID:
			return davStatus{http.StatusForbidden, ""}
		case err != nil:
			return err
		}
		return deleteLock(tx, token)
	})
	if err == nil {
		x.done(false)
	}
	return err
}

func writeLock(b *bytes.Buffer, l Lock, root string, left time.Duration) {
	scope, depth, timeout := "exclusive", "0", "Infinite"
	if l.Shared {
		scope = "shared"
	}
	if l.Deep {
		depth = "infinity"
	}
	if l.ExpiresAt != 0 {
		timeout = fmt.Sprintf("Second-%d", max(1, int(left.Seconds())))
	}
	owner := l.Owner
	if owner == "" {
		owner = escaped(l.Person)
	}
	fmt.Fprintf(b, `<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:%s/></D:lockscope><D:depth>%s</D:depth><D:owner>%s</D:owner><D:timeout>%s</D:timeout><D:locktoken><D:href>%s</D:href></D:locktoken><D:lockroot><D:href>%s</D:href></D:lockroot></D:activelock>`,
		scope, depth, owner, timeout, escaped(l.Token), escaped(root))
}

// ignoreLeft drops the error of writing to a client that has gone.
func ignoreLeft(x *davRequest, err error) error {
	if x.Context().Err() != nil {
		return nil
	}
	return err
}

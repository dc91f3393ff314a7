package document

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Hold locks an entry on a page, until it is given back.
func (s *Service) Hold(ctx context.Context, by account.Actor, id project.ID, entry EntryID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, entry, project.Contribute)
		if err != nil {
			return err
		}
		if p.Root() {
			return fault.New(fault.Forbidden, "project.forbidden.contribute")
		}
		if _, err := lockIn(tx, s.hand(by), p, Lock{Page: true, Deep: true}, 0); err != nil {
			return err
		}
		return record(tx, by, p.Entry, "document.lock", nil)
	})
}

// Release gives a lock back; who manages the project may break somebody else's.
func (s *Service) Release(ctx context.Context, by account.Actor, id project.ID, entry EntryID, token string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		p, err := allow(tx, by, id, entry, project.Contribute)
		if err != nil {
			return err
		}
		l, err := lockOf(tx, p, token)
		switch {
		case err != nil:
			return err
		case l.PersonID != by.ID && !p.May(project.Manage):
			return locked(l)
		}
		if err := deleteLock(tx, token); err != nil {
			return err
		}
		return record(tx, by, p.Entry, "document.unlock", map[string]any{"person": l.Person})
	})
}

// lockOf finds a lock that covers the place by its token.
func lockOf(tx db.Tx, p Place, token string) (Lock, error) {
	locks, err := listLocks(tx, p.Entry.ProjectID)
	if err != nil {
		return Lock{}, err
	}
	for _, l := range covering(locks, p.ids()) {
		if l.Token == token {
			return l, nil
		}
	}
	return Lock{}, fault.New(fault.NotFound, "fault.not_found")
}

// lockIn takes a lock for a time; 0: until it is given back.
func lockIn(tx db.Tx, h Hand, p Place, l Lock, last time.Duration) (Lock, error) {
	if err := deleteEndedLocks(tx); err != nil {
		return l, err
	}
	l.Token, l.ProjectID, l.EntryID, l.PersonID, l.Person, l.CreatedAt = newToken(), p.Entry.ProjectID, p.Entry.ID, h.ID, h.Name, tx.Now()
	if last > 0 {
		l.ExpiresAt = tx.Now().Add(last)
	}
	locks, err := listLocks(tx, l.ProjectID)
	if err != nil {
		return l, err
	}
	if len(locks) >= maxLocks {
		return l, fault.New(fault.TooMany, "document.wrong.many_locks", "max", maxLocks)
	}
	others := covering(locks, p.ids())
	if l.Deep {
		below, err := locksBelow(tx, locks, p.Entry)
		if err != nil {
			return l, err
		}
		others = append(others, below...)
	}
	for _, o := range others {
		if !l.joins(o) {
			return l, locked(o)
		}
	}
	return l, insertLock(tx, l)
}

// newToken names a lock as RFC 4918 wants it: a UUID of version 4.
func newToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Sweep forgets locks that ended and programs' own files that nobody touched for a week.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		list, err := listStale(tx, tx.Now().Add(-7*24*time.Hour), 500)
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.Is(Document) {
				err = errors.Join(err, forget(tx, e))
			}
		}
		return errors.Join(err, deleteEndedLocks(tx))
	})
}

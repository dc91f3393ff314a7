package document

import (
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Lock keeps others from changing an entry, and with Deep what lies below it. Programs take locks
// for a time; people take them on a page until they give them back.
type Lock struct {
	Token     string
	ProjectID project.ID
	EntryID   EntryID
	Deep      bool
	Shared    bool
	Page      bool
	Owner     string // XML of the program
	PersonID  account.PersonID
	Person    string
	CreatedAt when.Time
	ExpiresAt when.Time // 0: when it is given back
}

// lockLonging bounds what a program may ask for; a lock it forgot must not outlive the night.
const (
	lockDefault = time.Hour
	lockMost    = 24 * time.Hour
)

// Hand is who changes something, with the locks they show. A program shows tokens; on a page one
// holds one's own locks.
type Hand struct {
	account.Actor
	Tokens  []string
	Program bool
	svc     *Service // asks for work that follows; nil: none
}

// hand is the hand of a person on a page.
func (s *Service) hand(by account.Actor) Hand { return Hand{Actor: by, svc: s} }

// holds reports whether the hand may change what the lock covers. A person's program may change
// what the person locked on a page.
func (h Hand) holds(l Lock) bool {
	return l.PersonID == h.ID && (l.Page || !h.Program || slices.Contains(h.Tokens, l.Token))
}

// covers reports whether the lock covers the last of a chain of entries, the project's own folder
// left out.
func (l Lock) covers(chain []EntryID) bool {
	if len(chain) == 0 {
		return l.EntryID == ""
	}
	return l.EntryID == chain[len(chain)-1] || l.Deep && (l.EntryID == "" || slices.Contains(chain, l.EntryID))
}

// free gives the fault of the first lock that keeps the hand from changing something. Of several
// shared locks one that the hand holds is enough (RFC 4918, 6.2).
func free(h Hand, covering []Lock) error {
	shared := slices.ContainsFunc(covering, func(l Lock) bool { return l.Shared && h.holds(l) })
	for _, l := range covering {
		if !h.holds(l) && !(l.Shared && shared) {
			return locked(l)
		}
	}
	return nil
}

func locked(l Lock) error {
	return fault.New(fault.Conflict, lockedKey, "person", l.Person, "since", l.CreatedAt)
}

const lockedKey = "document.wrong.locked"

// joins reports whether a new lock can stand beside one that covers the same: both shared, or the
// same person's own lock of a page.
func (l Lock) joins(other Lock) bool {
	return l.Shared && other.Shared || other.Page && other.PersonID == l.PersonID && !l.Page
}

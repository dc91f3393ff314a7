package note

import (
	"context"
	"encoding/base64"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// Write adds an update to the log of a note and gives its number. It returns when the update is
// committed: only then may its sender forget it. The same ref again changes nothing.
func (s *Service) Write(ctx context.Context, by account.Actor, in project.ID, id ID, ref string, data []byte) (int64, error) {
	var seq int64
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := lockNote(tx, id); err != nil {
			return err
		}
		by, err := account.Again(tx, by) // the socket may be older than what they may do
		if err != nil {
			return err
		}
		e, err := allow(tx, by, in, id, Writes)
		if err != nil {
			return err
		}
		old, err := getUpdate(tx, id, ref)
		if err == nil {
			seq = old.Seq
			return nil
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		n := e.Note
		if err := n.grow(len(data), by.Name, tx.Now()); err != nil {
			return err
		}
		if err := growNote(tx, n); err != nil {
			return err
		}
		seq = n.Seq
		return insertUpdate(tx, update{NoteID: id, Seq: seq, Ref: ref, Data: base64.StdEncoding.EncodeToString(data), AuthorID: string(by.ID), Author: by.Name, At: tx.Now()})
	})
	if err != nil {
		return 0, fmt.Errorf("write in note %s: %w", id, err)
	}
	return seq, nil
}

// Keep keeps the text of a note as a version, for who opens it next, for readers without script
// and for the history. What somebody writes within ten minutes is one version. Older text than
// what is kept already changes nothing.
func (s *Service) Keep(ctx context.Context, by account.Actor, in project.ID, id ID, seq int64, state, doc []byte) error {
	if _, err := Parse(doc); err != nil {
		return err
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := lockNote(tx, id); err != nil {
			return err
		}
		by, err := account.Again(tx, by) // the socket may be older than what they may do
		if err != nil {
			return err
		}
		e, err := allow(tx, by, in, id, Writes)
		if err != nil {
			return err
		}
		v := Version{ID: VersionID(db.NewID()), NoteID: id, Seq: seq, State: base64.StdEncoding.EncodeToString(state), Doc: string(doc),
			AuthorID: by.ID, Author: by.Name, StartedAt: tx.Now(), At: tx.Now()}
		if err := v.check(e.Note); err != nil {
			return err
		}
		return s.keepIn(tx, by, e, v)
	})
	if err != nil {
		return fmt.Errorf("keep version %d of note %s: %w", seq, id, err)
	}
	return nil
}

// Reading is the text of a note to read, with the moment it is of.
type Reading struct {
	Version
	Root Node
}

// Read gives the newest version of a note that was entered; before there is one, the text it was
// begun with.
func Read(tx db.Tx, e Entry) (Reading, error) {
	v, err := lastVersion(tx, e.ID)
	if fault.Is(err, fault.NotFound) {
		v, err = Version{Doc: e.Seed, Author: e.CreatedByName, AuthorID: e.CreatedBy, At: e.CreatedAt}, nil
	}
	if err != nil {
		return Reading{}, err
	}
	return readVersion(v)
}

// ReadVersion gives an older version of a note that was entered.
func ReadVersion(tx db.Tx, e Entry, id VersionID) (Reading, error) {
	v, err := getVersion(tx, e.ID, id)
	if err != nil {
		return Reading{}, err
	}
	return readVersion(v)
}

func readVersion(v Version) (Reading, error) {
	if v.Doc == "" {
		return Reading{Version: v, Root: Node{Type: "doc"}}, nil
	}
	root, err := Parse([]byte(v.Doc))
	return Reading{Version: v, Root: root}, err
}

// VersionsOf lists the versions of a note that was entered, the newest first, before a number (0: all).
func VersionsOf(tx db.Tx, e Entry, before int64, limit int) ([]Version, error) {
	return listVersions(tx, e.ID, before, limit)
}

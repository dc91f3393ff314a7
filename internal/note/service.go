// Package note is the notes of a project: pages that several people write together, at the same
// time, in the browser. The browsers merge (a CRDT, Yjs); this program keeps the log of their
// changes in order, hands each to the others, and never acknowledges one before it is committed
// (decision 19).
//
// Words: a note is a page of text; an update is a change of its text, opaque to us; a version is
// the text at one moment, which can be read, exported and put back; who has a note open is a
// co-editor; a guest of a note writes in it without seeing the rest of the project.
// Tables: note_note, note_update, note_version.
package note

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// Options are what the service needs.
type Options struct {
	DB       *db.DB
	Log      *slog.Logger
	Account  *account.Service // invites guests without an account
	Projects *project.Service // in whose frame the pages stand
	Talk     *talk.Service    // tells who is mentioned; nil: nobody
	URL      string           // of the server, without a slash at the end: for links on paper
}

// Service is the feature.
type Service struct {
	db   *db.DB
	log  *slog.Logger
	opts Options
	hub  *hub
}

// New makes the service. Stop ends what it began.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{db: o.DB, log: o.Log, opts: o}
	s.hub = newHub(s)
	return s
}

// Stop closes every open note: their pages come back to the next server by themselves.
func (s *Service) Stop() { s.hub.stop() }

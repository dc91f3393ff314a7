// Package talk holds discussions on anything of the workspace, and tells people what concerns
// them: in the application, by mail at once, or in a mail a day, as each chose for each topic.
//
// Words: a subject is what one talks about, told by its feature through a slot; a comment is one
// contribution, with mentions (@Name) and reactions; a notice is one thing that somebody should
// know, with the reason why.
// Tables: talk_comment, talk_reaction, talk_notice, talk_choice.
// Features call Thread and Panel to show a discussion, and TellIn when something of theirs
// concerns somebody.
package talk

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Account *account.Service // sends the mails; nil: none

	Stopping <-chan struct{} // closed when the server leaves: streams end
}

// Service is the feature.
type Service struct {
	db   *db.DB
	log  *slog.Logger
	opts Options
	live live

	// Subjects tells, by kind, what is talked about, for one person; what they may not see is
	// fault.NotFound. Higher features fill it.
	Subjects map[string]func(tx db.Tx, by account.Actor, id string) (Subject, error)
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, opts: o, Subjects: map[string]func(db.Tx, account.Actor, string) (Subject, error){}}
}

// subject asks the feature of the kind.
func (s *Service) subject(tx db.Tx, by account.Actor, ref Ref) (Subject, error) {
	tell := s.Subjects[ref.Kind]
	if tell == nil || !by.Known() {
		return Subject{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return tell(tx, by, ref.ID)
}

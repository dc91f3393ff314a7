// Package meeting is the meetings of a project: what they are about, who comes, what was said,
// decided and left to do, and the record that goes to everybody afterwards (decision 0020).
//
// Words: a meeting is planned, held, closed or cancelled; its agenda is a list of items, each with
// its minutes; a participant is one of the project's people or an address outside; presence says
// who came; what was decided stands in the project's register of decisions; an action is a task of
// the plan that was agreed in a meeting; the record is the PDF that is made when it is closed.
// Tables: meeting_meeting, meeting_participant, meeting_item, meeting_action.
// Called by agenda, which shows meetings in calendars.
package meeting

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Files   file.Store
	Account *account.Service // sends invitations and records; nil: none
	Talk    *talk.Service    // tells people in the application; nil: none
	Plan    *plan.Service
	Project *project.Service // in whose frame the pages stand
	URL     string           // public address of the server, for invitations
}

// Service is the feature.
type Service struct {
	db   *db.DB
	log  *slog.Logger
	opts Options
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, opts: o}
}

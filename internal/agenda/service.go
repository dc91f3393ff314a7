// Package agenda shows what has a day: meetings, milestones and tasks over projects, on a page, as
// feeds that calendars subscribe to, and by CalDAV (RFC 4791) for programs that also change them
// (decision 0021).
//
// Words: a book is the calendar of a project; an object is one thing in it, with its iCalendar as
// programs last saw it; facts are what an object says that Bassin knows by itself (title, day,
// state); own objects are events that only programs know; a feed is a secret address.
// Tables: agenda_book, agenda_object, agenda_feed.
package agenda

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/meeting"
	"bassin/internal/plan"
)

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Account *account.Service // reads the tokens of programs; nil: no CalDAV
	Plan    *plan.Service
	Meeting *meeting.Service
	URL     string // public address of the server
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

// Package webhook tells addresses of other programs what happens in a project, signed and retried
// in the manner of standardwebhooks.com (decision 0024).
//
// Words: a hook is an address that a manager of the project registered, with the subjects it hears
// of; an event is an entry of the audit trail over the project; a delivery is one event for one
// hook, written in the event's transaction with the job that sends it; a try is one request.
// Tables: webhook_hook, webhook_delivery.
// It hears of events by account.Heard; app registers its routes and jobs.
package webhook

import (
	"log/slog"
	"net/http"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/project"
)

// Options are what the service needs.
type Options struct {
	DB       *db.DB
	Log      *slog.Logger
	Account  *account.Service // tells managers when a hook is switched off; nil: nobody is told
	Project  *project.Service
	URL      string          // public address of the server, for links in what is sent
	Loopback bool            // http and addresses of this machine are allowed: demonstrations and tests
	Pauses   []time.Duration // between tries; nil: see pauses
}

// Service is the feature.
type Service struct {
	db      *db.DB
	log     *slog.Logger
	opts    Options
	project *project.Service
	queue   *job.Queue // set by Jobs
	guard   guard
	client  *http.Client
}

// pauses before the second try and those after it, which spread over a day and a half.
var pauses = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour}

// New makes the service. Events are heard of from Jobs on.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pauses == nil {
		o.Pauses = pauses
	}
	g := newGuard(o.Loopback)
	return &Service{db: o.DB, log: o.Log, opts: o, project: o.Project, guard: g, client: g.client()}
}

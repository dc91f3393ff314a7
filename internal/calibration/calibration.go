// Package calibration learns from the jobs that a machine did how long it really takes, and how much it uses, against
// what was estimated.
//
// Words: a run is a job that was done to its end; a link is the program that runs a machine (Moonraker, OctoPrint),
// asked for its history; the factor is what the runs of a machine say of it: the median of real over estimated, and
// between which values eight of ten lie; what is told comes of a printer's history, what is our own of orders.
//
// Tables: calibration_link, calibration_run, calibration_factor. park holds the machines and shows the panel; making
// computes offers with the factor and tells of builds. app registers routes and jobs.
package calibration

import (
	"log/slog"
	"net/http"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/job"
	"bassin/internal/outward"
	"bassin/internal/park"
)

// Options are what the service needs.
type Options struct {
	DB       *db.DB
	Log      *slog.Logger
	Private  bool // printers in a network of one's own may be asked
	Loopback bool // and those on this machine: demonstrations and tests
}

// Service is the feature.
type Service struct {
	db    *db.DB
	log   *slog.Logger
	opts  Options
	queue *job.Queue   // set by Jobs
	plain *http.Client // http, for addresses of one's own network alone: a key is sent
	tls   *http.Client
}

// within is how long a printer may take to answer.
const within = 20 * time.Second

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	client := func(a outward.Allow) *http.Client { return outward.Client(outward.Dialer(a, within), within) }
	return &Service{db: o.DB, log: o.Log, opts: o, plain: client(outward.Allow{Loopback: o.Loopback, Private: o.Private, NoPublic: true}), tls: client(outward.Allow{Loopback: o.Loopback, Private: o.Private})}
}

// record appends to the audit trail, under the machine.
func record(tx db.Tx, by account.Actor, m park.Machine, verb string, data map[string]any) error {
	data["name"] = m.Name
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "machine", ID: string(m.ID), Data: data})
}

// Package batch builds several orders of one machine together: of one requester or of several, who never see each other.
//
// Words: a batch is the orders that are built together; its layout is how their pieces lie on plates or in chambers; the
// share of an order is the part of the batch's time that it answers for.
//
// Tables: batch_batch, batch_order, batch_maker. making holds the orders, which begin and end with their batch, and
// shows the panel on their pages; the machine is taken by one slot of park. app registers routes and jobs.
package batch

import (
	"log/slog"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Options are what the service needs.
type Options struct {
	DB     *db.DB
	Log    *slog.Logger
	Files  file.Store // nil: nothing is laid by its shape
	Making *making.Service
	URL    string        // of the server, for the code on labels
	Within time.Duration // to look for a denser layout; 0: fifteen seconds
}

// Service is the feature.
type Service struct {
	db     *db.DB
	log    *slog.Logger
	files  file.Store
	making *making.Service
	url    string
	within time.Duration
	queue  *job.Queue // set by Jobs; nil: nothing is laid

	Panels []func(tx db.Tx, by account.Actor, v *web.View, b Batch) (templ.Component, error) // of other features, on the page of a batch
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Within <= 0 {
		o.Within = 15 * time.Second
	}
	return &Service{db: o.DB, log: o.Log, files: o.Files, making: o.Making, url: o.URL, within: o.Within}
}

// record appends to the audit trail. It names no order: their codes are in the trail of each.
func record(tx db.Tx, by account.Actor, verb string, b Batch, data map[string]any) error {
	data["code"] = b.Code()
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "batch", ID: string(b.ID), Data: data})
}

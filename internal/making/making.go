// Package making is the way from a part to its making: what it would cost on each machine that may be asked for, the
// request, the quote, the order, and the certificate of what was made.
//
// Words: an offer is what a machine would ask for a part, computed, with an interval; a quote is a price that the owner
// stands for until a day; an order goes from request over quote and acceptance to delivery; its requester is who holds
// the part, its maker who owns the machine; a measure is one thing that the inspection looked at; the certificate says
// what was made of which file, on what, of which lot.
//
// Tables: making_order, making_build, making_step, making_measure, making_photo, making_lines. additive holds the parts, park the machines. app
// registers routes.
package making

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/talk"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Options are what the service needs.
type Options struct {
	DB    *db.DB
	Log   *slog.Logger
	Files file.Store // nil: no photos, no files of parts
	Talk  *talk.Service
	URL   string // of the server, for the code on labels
}

// Service is the feature.
type Service struct {
	db    *db.DB
	log   *slog.Logger
	files file.Store
	talk  *talk.Service
	url   string
	queue *job.Queue // set by Jobs; nil: times by layers are not computed

	// Moved is told of each order that was taken to a state, with the one before, in its transaction; higher features
	// fill it before pages are served.
	Moved []func(tx db.Tx, o Order, from State) error

	// Held says why an order may not be taken to a state by itself, because it is built together with others.
	Held []func(tx db.Tx, o Order, to State) error

	// Doors are links that higher features put above the list of orders, Panels what they show on the page of one.
	Doors  []func(v *web.View) web.Link
	Panels []func(tx db.Tx, by account.Actor, v *web.View, o Order) (templ.Component, error)
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, files: o.Files, talk: o.Talk, url: o.URL}
}

// record appends to the audit trail.
func record(tx db.Tx, by account.Actor, verb string, o Order, data map[string]any) error {
	data["code"], data["title"] = o.Code(), o.Title
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "order", ID: string(o.ID), Data: data})
}

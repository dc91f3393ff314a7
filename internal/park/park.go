// Package park is what parts are made with: machines of any organisation, what they are fed with, when they are
// free, and the figures by which a part is judged and its making is priced.
//
// Words: a process is a way of additive manufacturing, named as ISO/ASTM 52900 does; a material is what it is fed
// with; a figure is one number of a process, of one of its materials or of one machine, with its source; a rule is a
// figure that a part must keep to; a machine belongs to an organisation, which says who may ask for it; its stock is
// the materials it has; a slot is time in which it is taken.
//
// Tables: park_material, park_figure, park_machine, park_partner, park_stock, park_slot. additive judges parts by the
// rules, making prices and orders them. app registers routes.
package park

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Options are what the service needs.
type Options struct {
	DB  *db.DB
	Log *slog.Logger
}

// Service is the feature.
type Service struct {
	db  *db.DB
	log *slog.Logger

	// Doors are links that higher features put above the list of machines; app fills them before pages are served.
	Doors []func(v *web.View) web.Link

	// Panels are what higher features show on the page of a machine; nil shows nothing.
	Panels []func(tx db.Tx, by account.Actor, v *web.View, m Machine) (templ.Component, error)
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log}
}

// record appends to the audit trail.
func record(tx db.Tx, by account.Actor, verb, kind, id string, data map[string]any) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: kind, ID: id, Data: data})
}

// Package additive is additive manufacturing: parts that people drop, what was found in them, and what it takes to
// make them.
//
// Words: a part belongs to an organisation (or to a person who is in none) and is seen by its members; a revision is
// one file of a part; its report is what was counted, measured and found in the file, in the file's own unit; a finding is
// one thing that a designer should know; a verdict says whether a process can make the part, and a judgement why not, or
// what to look at.
//
// Tables: additive_part, additive_revision, additive_holder (the last number of each). The geometry is of internal/mesh. app registers routes and jobs.
package additive

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/cad"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Limits of what is dropped.
const (
	maxFileBytes = 500_000_000
	maxFiles     = 100
	maxTitle     = 200
	maxRevisions = 999
)

// limits bound what one check reads: a mesh of ten million triangles takes some 700 MB while it is counted.
var limits = mesh.Limits{Triangles: 10_000_000, Bytes: maxFileBytes}

// Options are what the service needs.
type Options struct {
	DB    *db.DB
	Log   *slog.Logger
	Files file.Store     // nil: parts are refused
	CAD   *cad.Converter // makes triangles of exact surfaces; nil: their files are refused, with the advice to send triangles
}

// Service is the feature.
type Service struct {
	db    *db.DB
	log   *slog.Logger
	files file.Store
	cad   *cad.Converter
	queue *job.Queue    // set by Jobs
	large chan struct{} // large files are checked one after the other

	// Checked is told of each revision that was checked, in the transaction that keeps its report; higher features fill
	// it before pages are served.
	Checked []func(tx db.Tx, p Part, r Revision) error

	// Bound says why a revision may not be read in another unit any more: others rely on its size. Higher features fill it before
	// pages are served.
	Bound []func(tx db.Tx, id PartID, number int) error

	// Panels are what higher features show on the page of a part; nil shows nothing. They are filled before pages are served.
	Panels []func(tx db.Tx, by account.Actor, v *web.View, p Part) (templ.Component, error)
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, files: o.Files, cad: o.CAD, large: make(chan struct{}, 1)}
}

// record appends to the audit trail.
func record(tx db.Tx, by account.Actor, p Part, verb string, data map[string]any) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "part", ID: string(p.ID), Data: data})
}

// Package demand keeps what was asked of the machines of a territory and what could not be made: the gap that justifies
// a machine, or that shows there is none.
//
// Words: a demand is a part that was checked; its outcome says, for each process and for the part as a whole, whether
// a machine that its people may ask for makes it, with care or not, and why not; a gap is the outcomes of one process
// with one reason that a machine could mend; a few is a count that is too small to be shown to others.
//
// Tables: demand_outcome, demand_secret. additive tells of parts that were checked, making of orders that moved, both
// through slots that app fills; overview shows a territory's gaps at its home.
package demand

import (
	"log/slog"

	"bassin/internal/db"
	"bassin/internal/job"
)

// Options are what the service needs.
type Options struct {
	DB  *db.DB
	Log *slog.Logger
}

// Service is the feature.
type Service struct {
	db    *db.DB
	log   *slog.Logger
	queue *job.Queue // set by Jobs; nil: nothing is noted
	memo  memo
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log}
}

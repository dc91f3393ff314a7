// Package printfile makes the print file of an order, or of a plate of a batch: G-code for the machine that builds it, by a slicer that is installed beside us,
// with the settings that the machine's owner exported from it (decision 51).
//
// Words: settings are those of one machine; a print file is what the machine builds from, of one order or of one plate of a batch.
//
// Tables: printfile_settings, printfile_file, printfile_plate. park holds the machines and shows the settings, making the orders and
// batch the plates, which show the files; slicer runs the program. app registers routes and jobs.
package printfile

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/batch"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/park"
	"bassin/internal/slicer"
	"bassin/internal/when"
)

// Options are what the service needs.
type Options struct {
	DB     *db.DB
	Log    *slog.Logger
	Files  file.Store      // nil: no print files
	Slicer *slicer.Program // nil: no print files
	Batch  *batch.Service  // nil: none of batches
}

// Service is the feature.
type Service struct {
	db     *db.DB
	log    *slog.Logger
	files  file.Store
	slicer *slicer.Program
	queue  *job.Queue // set by Jobs

	batches *batch.Service
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, files: o.Files, slicer: o.Slicer, batches: o.Batch}
}

// Settings are what a machine's print files are made with.
type Settings struct {
	MachineID park.MachineID
	Name      string // of the file
	Settings  string
	UpdatedAt when.Time
}

// Made is a print file: what it was made of, and what it takes.
type Made struct {
	JobID      job.RunID // none: it was never asked for
	SettingsAt when.Time // of which settings it was made
	Fault      string    // why there is none; "": there is one, or it is being made
	Said       string
	Hash       string
	Size       int64
	Pieces     int
	Seconds    float64
	FilamentMM float64 `db:"filament_mm"`
	Grams      float64
	MadeAt     when.Time
}

// Printed is the print file of an order.
type Printed struct {
	OrderID making.OrderID
	Made
}

// Blob is the file.
func (p Made) Blob() file.Blob {
	return file.Blob{Hash: file.Hash(p.Hash), Size: p.Size, Type: "application/octet-stream"}
}

// mayHave tells whether an order can have a print file for whoever asks: of a machine that lays lines, from accepted to built, for
// who works at the machine and may have the part's file.
func mayHave(o making.Order, by account.Actor) bool {
	if o.Process != park.FDM || !o.MaySee(by, making.File) {
		return false
	}
	maker := false
	for _, side := range o.Sides(by) {
		maker = maker || side == making.Maker
	}
	return maker && (o.State == making.Accepted || o.State == making.Building || o.State == making.Partly || o.State == making.Built)
}

// record appends to the audit trail.
func record(tx db.Tx, by account.Actor, verb, kind, id string, data map[string]any) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: kind, ID: id, Data: data})
}

// Package transfer carries a whole project from one Bassin to another as one archive: plan,
// documents, notes, meetings, costs, discussion and history (decision 0025).
//
// Words: an archive is the file; its fingerprint is the sum of its manifest; a room is a package of
// the workspace that declares what of a project stands in its tables; a parcel is an archive that
// was read and whose sums are right; a stranger is somebody of the archive who is not recognised here; a
// departure is an archive made here, kept for some days to be fetched; an arrival is one that somebody
// brought, to be looked at and taken in.
// Tables: transfer_departure, transfer_arrival; rooms declare theirs (Portable) and check them (Settle).
// Called by app's commands; app registers its routes and jobs.
package transfer

import (
	"log/slog"

	"bassin/internal/account"
	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Room is a package with a part in projects.
type Room interface {
	// Portable declares its tables, those that others refer to first.
	Portable() []db.Slice
	// Settle checks everything of the project and computes what follows from it.
	Settle(tx db.Tx, project string) error
}

// Options are what the service needs.
type Options struct {
	DB      *db.DB
	Log     *slog.Logger
	Files   file.Store
	Project *project.Service // the first room
	Rooms   []Room           // in the order in which they are filled, Project among them
	Version string           // of the program
}

// Service is the feature.
type Service struct {
	db    *db.DB
	log   *slog.Logger
	opts  Options
	queue *job.Queue    // set by Jobs
	looks chan struct{} // archives being looked at: their rows are held in memory
}

// New makes the service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{db: o.DB, log: o.Log, opts: o, looks: make(chan struct{}, 2)}
}

var archives = archive.Sort{Mark: "BASSIN-PROJECT", Format: 1, What: "archive", Name: "an archive of a Bassin project"}

// What an archive may be. It holds before anything is parsed.
const (
	maxMembers = 100_000
	maxBytes   = 60 << 30 // unpacked: the documents of a project and the rest
	maxTables  = 256 << 20
	maxRow     = 8 << 20
	maxRows    = 500_000
	maxText    = 100_000 // bytes of a column
	maxWide    = 6 << 20 // bytes of a column that holds a whole document
	pieceBytes = 4 << 20
	maxRatio   = 300 // unpacked bytes for each packed one: rows come to 30, a drawing of few lines to 100
)

const (
	memberHead   = "head.json"
	memberTables = "tables/"
	memberFiles  = "files/"
)

// manifest is the last member.
type manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"`
	CreatedAt when.Time `json:"created_at"`
	archive.Sums
}

// Written is the format of the archive.
func (m *manifest) Written() int { return m.Format }

// Head is what an archive says before its tables.
type Head struct {
	ProjectID     string         `json:"project_id"`
	Title         string         `json:"title"`
	Code          string         `json:"code"`
	OwnerID       string         `json:"owner_id"`
	People        []Somebody     `json:"people"`
	Organisations []Organisation `json:"organisations"`
	Tables        []string       `json:"tables"`
}

// Somebody is a person whom the archive names.
type Somebody struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Known bool   `json:"-"` // has an account here
}

// Organisation is an organisation that the archive names.
type Organisation struct {
	ID    string                   `json:"id"`
	Kind  account.OrganisationKind `json:"kind"`
	Name  string                   `json:"name"`
	SIREN account.SIREN            `json:"siren,omitempty"`
	Known bool                     `json:"-"` // is here, without doubt
}

// slices are those of all rooms.
func (s *Service) slices() []db.Slice {
	var all []db.Slice
	for _, r := range s.opts.Rooms {
		all = append(all, r.Portable()...)
	}
	return all
}

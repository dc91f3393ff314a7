package transfer

import (
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/project"
	"bassin/internal/when"
)

// DepartureID names a departure.
type DepartureID string

// Departure is an archive of a project that is made here, and kept for some days to be fetched.
type Departure struct {
	ID          DepartureID
	ProjectID   project.ID
	PersonID    account.PersonID
	JobID       job.RunID
	Part        string
	Size        int64
	Hash        string
	Fingerprint string
	RowsCount   int64
	FilesCount  int64
	CreatedAt   when.Time
	MadeAt      when.Time
	ExpiresAt   when.Time
}

// How long archives wait, and how many of them do: each may be as large as all documents of a project.
const (
	keepArchive   = 3 * 24 * time.Hour
	keepComing    = 12 * time.Hour // until the last byte is here
	keepReport    = 30 * 24 * time.Hour
	maxDepartures = 3  // of a project
	maxArrivals   = 3  // of a person, not taken in yet
	maxComing     = 20 // of everybody
)

// Ready reports whether it can be fetched.
func (d Departure) Ready() bool { return d.MadeAt != 0 }

// Blob is its content.
func (d Departure) Blob() file.Blob {
	return file.Blob{Hash: file.Hash(d.Hash), Size: d.Size, Type: "application/octet-stream"}
}

// fileName is under which name it is fetched: "preh-2026-03-01.bassin-project".
func (d Departure) fileName(code string, on when.Date) string {
	return strings.ToLower(code) + "-" + string(on) + ".bassin-project"
}

// URL is its page.
func (d Departure) URL() string { return departuresURL(d.ProjectID) + "/" + string(d.ID) }

func departuresURL(id project.ID) string { return id.URL() + "/archives" }

// ArrivalID names an arrival.
type ArrivalID string

// Arrival is an archive that somebody brought here: looked at, then taken in.
type Arrival struct {
	ID          ArrivalID
	PersonID    account.PersonID
	Name        string // of the file
	Part        string
	Size        int64
	Title       string
	Fingerprint string
	Preview     string // as JSON
	OwnerID     account.OrganisationID
	JobID       job.RunID
	ProjectID   project.ID // that it became
	Report      string     // as JSON
	CreatedAt   when.Time
	DoneAt      when.Time
	ExpiresAt   when.Time
}

// Done reports whether it became a project.
func (a Arrival) Done() bool { return a.DoneAt != 0 }

// URL is its page.
func (a Arrival) URL() string { return arrivalsURL + "/" + string(a.ID) }

const arrivalsURL = "/project-imports"

// crowd counts archives on their way in.
type crowd struct{ Mine, All int64 }

// room refuses one archive too many.
func (c crowd) room() error {
	if c.Mine >= maxArrivals || c.All >= maxComing {
		return fault.New(fault.TooMany, "transfer.many_arrivals", "max", maxArrivals)
	}
	return nil
}

// mayReceive decides who brings archives: whoever can begin a project.
func mayReceive(by account.Actor) error {
	if len(by.Memberships) == 0 {
		return fault.New(fault.Forbidden, "project.forbidden.create")
	}
	return nil
}

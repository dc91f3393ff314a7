package app

import (
	"time"

	"bassin/internal/archive"
	"bassin/internal/db"
)

// A backup is an archive of everything: the files, then the database.

var backups = archive.Sort{Mark: "BASSIN-BACKUP", Format: 1, What: "backup", Name: "a Bassin backup"}

const memberFiles = "files/"

// manifest says what a backup holds.
type manifest struct {
	Format    int        `json:"format"`
	Program   string     `json:"program"` // version that made it
	CreatedAt time.Time  `json:"created_at"`
	Database  string     `json:"database"` // "sqlite" or "postgres"
	Version   int64      `json:"version"`  // of the tables
	Tables    []db.Table `json:"tables"`
	Files     int64      `json:"files"`
	Damaged   []string   `json:"damaged,omitempty"` // files whose content was wrong already
	AuditRows int64      `json:"audit_rows"`
	AuditHash string     `json:"audit_hash"` // of the last row
	archive.Sums
}

// Written is the format of the backup.
func (m *manifest) Written() int { return m.Format }

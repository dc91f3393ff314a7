package note

import (
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const noteColumns = `id, project_id, parent_id, title, rank, seq, bytes, seed, created_by, created_by_name, created_at, updated_at, updated_by_name, removed_at, version`

func getNote(tx db.Tx, id ID) (Note, error) {
	return db.Get[Note](tx, `select `+noteColumns+` from note_note where id = $1`, id)
}

// lockNote keeps the note for this transaction: updates of one note are numbered one after the
// other, and seen in that order.
func lockNote(tx db.Tx, id ID) error {
	return db.Changed(tx.Exec(`update note_note set version = version where id = $1`, id))
}

// listNotes gives the notes of a project that are on its list.
func listNotes(tx db.Tx, id project.ID) ([]Note, error) {
	return db.List[Note](tx, `select `+noteColumns+` from note_note where project_id = $1 and removed_at = 0 order by rank, id`, id)
}

// listAfter is a page of all notes that are on a list, in the order of creation.
func listAfter(tx db.Tx, after ID, limit int) ([]Note, error) {
	return db.List[Note](tx, `select `+noteColumns+` from note_note where id > $1 and removed_at = 0 order by id limit $2`, after, limit)
}

func countNotes(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from note_note where removed_at = 0`)
}

// listAmong gives notes by their IDs, those off the list left out.
func listAmong(tx db.Tx, ids []string) ([]Note, error) {
	w := &db.Where{}
	w.And("removed_at = 0")
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Note](tx, `select `+noteColumns+` from note_note where `+w.String()+` order by title, id`, w.Args()...)
}

// listSeqs gives how far notes are.
func listSeqs(tx db.Tx, ids []ID) ([]Note, error) {
	w := &db.Where{}
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Note](tx, `select id, seq from note_note where `+w.String(), w.Args()...)
}

func lastRank(tx db.Tx, id project.ID) (int64, error) {
	x, err := db.Get[struct{ Rank int64 }](tx, `select coalesce(max(rank), 0) as rank from note_note where project_id = $1`, id)
	return x.Rank, err
}

func insertNote(tx db.Tx, n Note) error {
	_, err := tx.Exec(`insert into note_note (`+noteColumns+`) values ($1, $2, $3, $4, $5, 0, 0, $6, $7, $8, $9, $9, $8, 0, 1)`,
		n.ID, n.ProjectID, n.ParentID, n.Title, n.Rank, n.Seed, n.CreatedBy, n.CreatedByName, n.CreatedAt)
	return err
}

func saveNote(tx db.Tx, n Note) error {
	return db.Changed(tx.Exec(`update note_note set parent_id = $1, title = $2, rank = $3, removed_at = $4, version = version + 1 where id = $5 and version = $6`,
		n.ParentID, n.Title, n.Rank, n.RemovedAt, n.ID, n.Version))
}

func growNote(tx db.Tx, n Note) error {
	return db.Changed(tx.Exec(`update note_note set seq = $1, bytes = $2, updated_at = $3, updated_by_name = $4 where id = $5`,
		n.Seq, n.Bytes, n.UpdatedAt, n.UpdatedByName, n.ID))
}

// update is one line of the log.
type update struct {
	NoteID   ID
	Seq      int64
	Ref      string
	Data     string // base64
	AuthorID string
	Author   string
	At       when.Time
}

func insertUpdate(tx db.Tx, u update) error {
	_, err := tx.Exec(`insert into note_update (note_id, seq, ref, data, author_id, author, at) values ($1, $2, $3, $4, $5, $6, $7)`,
		u.NoteID, u.Seq, u.Ref, u.Data, u.AuthorID, u.Author, u.At)
	return err
}

func getUpdate(tx db.Tx, id ID, ref string) (update, error) {
	return db.Get[update](tx, `select note_id, seq, ref, data, author_id, author, at from note_update where note_id = $1 and ref = $2`, id, ref)
}

// listUpdates gives the log after a number, in order.
func listUpdates(tx db.Tx, id ID, after int64, limit int) ([]update, error) {
	return db.List[update](tx, `select note_id, seq, ref, data, author_id, author, at from note_update where note_id = $1 and seq > $2 order by seq limit $3`, id, after, limit)
}

const versionColumns = `id, note_id, seq, state, doc, author_id, author, started_at, at`

func lastVersion(tx db.Tx, id ID) (Version, error) {
	return db.Get[Version](tx, `select `+versionColumns+` from note_version where note_id = $1 order by seq desc limit 1`, id)
}

func getVersion(tx db.Tx, note ID, id VersionID) (Version, error) {
	return db.Get[Version](tx, `select `+versionColumns+` from note_version where note_id = $1 and id = $2`, note, id)
}

// listVersions gives the versions without their text, the newest first.
func listVersions(tx db.Tx, id ID, before int64, limit int) ([]Version, error) {
	return db.List[Version](tx, `select id, note_id, seq, '' as state, '' as doc, author_id, author, started_at, at from note_version
		where note_id = $1 and ($2 = 0 or seq < $2) order by seq desc limit $3`, id, before, limit)
}

func insertVersion(tx db.Tx, v Version) error {
	_, err := tx.Exec(`insert into note_version (`+versionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		v.ID, v.NoteID, v.Seq, v.State, v.Doc, v.AuthorID, v.Author, v.StartedAt, v.At)
	return err
}

func saveVersion(tx db.Tx, v Version) error {
	return db.Changed(tx.Exec(`update note_version set seq = $1, state = $2, doc = $3, at = $4 where id = $5`, v.Seq, v.State, v.Doc, v.At, v.ID))
}

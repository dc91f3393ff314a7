package document

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
)

const uploadColumns = `id, project_id, folder_id, person_id, name, modified, size, received, document_id, created_at, expires_at`

// getUpload reads an upload of a person that has not expired.
func getUpload(tx db.Tx, p project.ID, id UploadID, person account.PersonID) (Resumable, error) {
	return db.Get[Resumable](tx, `select `+uploadColumns+` from document_upload where id = $1 and project_id = $2 and person_id = $3 and expires_at > $4`, id, p, person, tx.Now())
}

// listUploads gives those of a person that are not whole yet, into one folder.
func listUploads(tx db.Tx, p project.ID, folder EntryID, person account.PersonID) ([]Resumable, error) {
	return db.List[Resumable](tx, `select `+uploadColumns+` from document_upload where person_id = $1 and document_id = '' and project_id = $2 and folder_id = $3 and expires_at > $4 order by id`, person, p, folder, tx.Now())
}

func listExpiredUploads(tx db.Tx, limit int) ([]Resumable, error) {
	return db.List[Resumable](tx, `select `+uploadColumns+` from document_upload where expires_at <= $1 order by expires_at, id limit $2`, tx.Now(), limit)
}

// countUnder counts the uploads under way of a person, and in a project with the bytes they will bring.
func countUnder(tx db.Tx, p project.ID, person account.PersonID) (under, error) {
	return db.Get[under](tx, `select
		(select count(*) from document_upload where person_id = $1 and document_id = '') as mine,
		(select count(*) from document_upload where project_id = $2 and document_id = '') as inside,
		(select cast(coalesce(sum(size), 0) as bigint) from document_upload where project_id = $2 and document_id = '') as bytes`, person, p)
}

func insertUpload(tx db.Tx, u Resumable) error {
	_, err := tx.Exec(`insert into document_upload (`+uploadColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		u.ID, u.ProjectID, u.FolderID, u.PersonID, u.Name, u.Modified, u.Size, u.Received, u.DocumentID, u.CreatedAt, u.ExpiresAt)
	return err
}

// saveReceived moves an upload on from where the sender thought it stood: of two who send the same
// part one finds nothing to change.
func saveReceived(tx db.Tx, u Resumable, at int64) error {
	return db.Changed(tx.Exec(`update document_upload set received = $1, expires_at = $2 where id = $3 and received = $4 and document_id = ''`, u.Received, u.ExpiresAt, u.ID, at))
}

// lockUpload makes two who end an upload come one after the other.
func lockUpload(tx db.Tx, id UploadID) error {
	return db.Changed(tx.Exec(`update document_upload set received = received where id = $1`, id))
}

func saveFiled(tx db.Tx, id UploadID, e EntryID) error {
	return db.Changed(tx.Exec(`update document_upload set document_id = $1 where id = $2`, e, id))
}

func deleteUpload(tx db.Tx, id UploadID) error {
	if _, err := tx.Exec(`delete from document_upload_part where upload_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`delete from document_upload where id = $1`, id)
	return err
}

// part is a piece of an upload that came.
type part struct {
	At   int64
	Name string
	Size int64
}

func listParts(tx db.Tx, id UploadID) ([]part, error) {
	return db.List[part](tx, `select at, name, size from document_upload_part where upload_id = $1 order by at`, id)
}

func countParts(tx db.Tx, id UploadID) (int, error) {
	return db.Get[int](tx, `select count(*) from document_upload_part where upload_id = $1`, id)
}

func insertPart(tx db.Tx, id UploadID, p part) error {
	_, err := tx.Exec(`insert into document_upload_part (upload_id, at, name, size) values ($1, $2, $3, $4)`, id, p.At, p.Name, p.Size)
	return err
}

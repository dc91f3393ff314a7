package document

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const entryColumns = `id, project_id, folder_id, kind, name, name_key, hidden, hash, size, type, number, left_name_key, left_at, created_by, created_at, updated_by, updater, updated_at, removed_at, removed_by, version`

func getEntry(tx db.Tx, p project.ID, id EntryID) (Entry, error) {
	return db.Get[Entry](tx, `select `+entryColumns+` from document_entry where id = $1 and project_id = $2`, id, p)
}

func getNamed(tx db.Tx, p project.ID, folder EntryID, key string) (Entry, error) {
	return db.Get[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and folder_id = $2 and name_key = $3 and removed_at = 0`, p, folder, key)
}

// projectOf tells in which project an entry lies.
func projectOf(tx db.Tx, id EntryID) (project.ID, error) {
	return db.Get[project.ID](tx, `select project_id from document_entry where id = $1`, id)
}

// listEntries gives what lies in a folder, folders first.
func listEntries(tx db.Tx, p project.ID, folder EntryID, hidden bool) ([]Entry, error) {
	q := `select ` + entryColumns + ` from document_entry where project_id = $1 and folder_id = $2 and removed_at = 0`
	if !hidden {
		q += ` and hidden = false`
	}
	return db.List[Entry](tx, q+` order by case kind when 'folder' then 0 else 1 end, name_key`, p, folder)
}

// listEntriesAfter is a page of a folder in the order of creation.
func listEntriesAfter(tx db.Tx, p project.ID, folder, after EntryID, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and folder_id = $2 and removed_at = 0 and hidden = false and id > $3 order by id limit $4`, p, folder, after, limit)
}

// listShown gives every folder and document of a project that lists show.
func listShown(tx db.Tx, p project.ID) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and removed_at = 0 and hidden = false order by id`, p)
}

// listAll gives what lies in a folder, programs' own files and what is removed too.
func listAll(tx db.Tx, p project.ID, folder EntryID) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and folder_id = $2 order by id`, p, folder)
}

// listIndexed is a page of all that the search knows, in the order of creation.
func listIndexed(tx db.Tx, after EntryID, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where id > $1 and removed_at = 0 and hidden = false order by id limit $2`, after, limit)
}

func countIndexed(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from document_entry where removed_at = 0 and hidden = false`)
}

func countEntries(tx db.Tx, p project.ID, folder EntryID) (int, error) {
	return db.Get[int](tx, `select count(*) from document_entry where project_id = $1 and folder_id = $2 and removed_at = 0`, p, folder)
}

// listFolders gives every folder of a project, to move something into.
func listFolders(tx db.Tx, p project.ID) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and kind = 'folder' and removed_at = 0 and hidden = false order by name_key`, p)
}

func listAmong(tx db.Tx, ids []EntryID) ([]Entry, error) {
	w := &db.Where{}
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where `+w.String()+` and removed_at = 0 order by name_key, id`, w.Args()...)
}

// listRemoved gives what was removed from the lists, the latest first.
func listRemoved(tx db.Tx, p project.ID, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and removed_at > 0 and hidden = false order by removed_at desc, id limit $2`, p, limit)
}

// getLeft finds the document that was moved aside from a name of a folder last, or removed under it.
func getLeft(tx db.Tx, p project.ID, folder EntryID, key string, since when.Time) (Entry, error) {
	return db.Get[Entry](tx, `select `+entryColumns+` from document_entry
		where project_id = $1 and folder_id = $2 and kind = 'document' and number > 0
			and (left_name_key = $3 and left_at > $4 and removed_at = 0 or name_key = $3 and removed_at > $4)
		order by case removed_at when 0 then left_at else removed_at end desc limit 1`, p, folder, key, since)
}

func insertEntry(tx db.Tx, e Entry) error {
	_, err := tx.Exec(`insert into document_entry (`+entryColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, '', 1)`,
		e.ID, e.ProjectID, e.FolderID, e.Kind, e.Name, e.NameKey, e.Hidden, e.Hash, e.Size, e.Type, e.Number, e.LeftNameKey, e.LeftAt, e.CreatedBy, e.CreatedAt, e.UpdatedBy, e.Updater, e.UpdatedAt)
	return err
}

// saveEntry writes an entry that was read at its version.
func saveEntry(tx db.Tx, e Entry) error {
	return db.Changed(tx.Exec(`update document_entry set folder_id = $1, name = $2, name_key = $3, hidden = $4, hash = $5, size = $6, type = $7, number = $8, left_name_key = $9, left_at = $10,
		updated_by = $11, updater = $12, updated_at = $13, removed_at = $14, removed_by = $15, version = version + 1 where id = $16 and version = $17`,
		e.FolderID, e.Name, e.NameKey, e.Hidden, e.Hash, e.Size, e.Type, e.Number, e.LeftNameKey, e.LeftAt, e.UpdatedBy, e.Updater, e.UpdatedAt, e.RemovedAt, e.RemovedBy, e.ID, e.Version))
}

// lockFolder makes two who write into one folder come one after the other.
func lockFolder(tx db.Tx, p project.ID, folder EntryID) error {
	if folder == "" {
		return nil // the unique name of entries decides
	}
	_, err := tx.Exec(`update document_entry set version = version where id = $1 and project_id = $2`, folder, p)
	return err
}

const versionColumns = `document_id, number, project_id, hash, size, type, note, author_id, author, created_at`

func getVersion(tx db.Tx, id EntryID, number int) (Version, error) {
	return db.Get[Version](tx, `select `+versionColumns+` from document_version where document_id = $1 and number = $2`, id, number)
}

func listVersions(tx db.Tx, id EntryID) ([]Version, error) {
	return db.List[Version](tx, `select `+versionColumns+` from document_version where document_id = $1 order by number desc`, id)
}

func insertVersion(tx db.Tx, v Version) error {
	_, err := tx.Exec(`insert into document_version (`+versionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		v.DocumentID, v.Number, v.ProjectID, v.Hash, v.Size, v.Type, v.Note, v.AuthorID, v.Author, v.CreatedAt)
	return err
}

// fillVersion gives a version of no bytes its content.
func fillVersion(tx db.Tx, v Version) error {
	return db.Changed(tx.Exec(`update document_version set hash = $1, size = $2, type = $3, note = $4, author_id = $5, author = $6, created_at = $7 where document_id = $8 and number = $9 and size = 0`,
		v.Hash, v.Size, v.Type, v.Note, v.AuthorID, v.Author, v.CreatedAt, v.DocumentID, v.Number))
}

func sumBytes(tx db.Tx, p project.ID) (int64, error) {
	return db.Get[int64](tx, `select cast(coalesce(sum(size), 0) as bigint) from document_version where project_id = $1`, p)
}

func listHashes(tx db.Tx) ([]string, error) {
	return db.List[string](tx, `select hash from document_version where size > 0 union select pdf_hash from document_preview where pdf_hash <> ''`)
}

const approvalColumns = `document_id, number, hash, person_id, person, note, approved_at`

func listApprovals(tx db.Tx, id EntryID) ([]Approval, error) {
	return db.List[Approval](tx, `select `+approvalColumns+` from document_approval where document_id = $1 order by number desc, approved_at`, id)
}

// listApprovalsIn gives the approvals of what lies in a folder, at their newest version.
func listApprovalsIn(tx db.Tx, p project.ID, folder EntryID) ([]Approval, error) {
	return db.List[Approval](tx, `select a.document_id, a.number, a.hash, a.person_id, a.person, a.note, a.approved_at
		from document_approval a join document_entry e on e.id = a.document_id and e.number = a.number
		where e.project_id = $1 and e.folder_id = $2 and e.removed_at = 0`, p, folder)
}

func insertApproval(tx db.Tx, a Approval) error {
	_, err := tx.Exec(`insert into document_approval (`+approvalColumns+`) values ($1, $2, $3, $4, $5, $6, $7)`, a.DocumentID, a.Number, a.Hash, a.PersonID, a.Person, a.Note, a.ApprovedAt)
	return err
}

const commentColumns = `id, document_id, number, body, author_id, author, created_at`

func listComments(tx db.Tx, id EntryID) ([]Comment, error) {
	return db.List[Comment](tx, `select `+commentColumns+` from document_comment where document_id = $1 order by id`, id)
}

func insertComment(tx db.Tx, c Comment) error {
	_, err := tx.Exec(`insert into document_comment (`+commentColumns+`) values ($1, $2, $3, $4, $5, $6, $7)`, c.ID, c.DocumentID, c.Number, c.Text, c.AuthorID, c.Author, c.CreatedAt)
	return err
}

const lockColumns = `token, project_id, entry_id, deep, shared, page, owner, person_id, person, created_at, expires_at`

// listLocks gives the locks of a project that hold now.
func listLocks(tx db.Tx, p project.ID) ([]Lock, error) {
	return db.List[Lock](tx, `select `+lockColumns+` from document_lock where project_id = $1 and (expires_at = 0 or expires_at > $2) order by created_at, token`, p, tx.Now())
}

func insertLock(tx db.Tx, l Lock) error {
	_, err := tx.Exec(`insert into document_lock (`+lockColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		l.Token, l.ProjectID, l.EntryID, l.Deep, l.Shared, l.Page, l.Owner, l.PersonID, l.Person, l.CreatedAt, l.ExpiresAt)
	return err
}

func extendLock(tx db.Tx, token string, until when.Time) error {
	_, err := tx.Exec(`update document_lock set expires_at = $1 where token = $2`, until, token)
	return err
}

func deleteLock(tx db.Tx, token string) error {
	_, err := tx.Exec(`delete from document_lock where token = $1`, token)
	return err
}

func deleteLocksOf(tx db.Tx, id EntryID) error {
	_, err := tx.Exec(`delete from document_lock where entry_id = $1`, id)
	return err
}

func deleteEndedLocks(tx db.Tx) error {
	_, err := tx.Exec(`delete from document_lock where expires_at > 0 and expires_at < $1`, tx.Now())
	return err
}

// property is what a program keeps with an entry.
type property struct {
	EntryID                  EntryID
	Space, Name, Lang, Value string
}

// listProperties gives those of one entry.
func listProperties(tx db.Tx, p project.ID, id EntryID) ([]property, error) {
	return db.List[property](tx, `select entry_id, space, name, lang, value from document_property where project_id = $1 and entry_id = $2 order by space, name`, p, id)
}

// listPropertiesIn gives those of everything in a folder.
func listPropertiesIn(tx db.Tx, p project.ID, folder EntryID) ([]property, error) {
	return db.List[property](tx, `select x.entry_id, x.space, x.name, x.lang, x.value from document_entry e join document_property x on x.project_id = e.project_id and x.entry_id = e.id
		where e.project_id = $1 and e.folder_id = $2 and e.removed_at = 0 order by x.entry_id, x.space, x.name`, p, folder)
}

func saveProperty(tx db.Tx, p project.ID, x property) error {
	_, err := tx.Exec(`insert into document_property (project_id, entry_id, space, name, lang, value) values ($1, $2, $3, $4, $5, $6)
		on conflict (project_id, entry_id, space, name) do update set lang = excluded.lang, value = excluded.value`, p, x.EntryID, x.Space, x.Name, x.Lang, x.Value)
	return err
}

func deleteProperty(tx db.Tx, p project.ID, id EntryID, space, name string) error {
	_, err := tx.Exec(`delete from document_property where project_id = $1 and entry_id = $2 and space = $3 and name = $4`, p, id, space, name)
	return err
}

func deletePropertiesOf(tx db.Tx, p project.ID, id EntryID) error {
	_, err := tx.Exec(`delete from document_property where project_id = $1 and entry_id = $2`, p, id)
	return err
}

// listStale gives programs' own files that nobody touched since.
func listStale(tx db.Tx, since when.Time, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where hidden and updated_at < $1 order by updated_at limit $2`, since, limit)
}

// deleteEntry forgets a program's own file.
func deleteEntry(tx db.Tx, id EntryID) error {
	for _, q := range []string{`delete from document_property where entry_id = $1`, `delete from document_lock where entry_id = $1`,
		`delete from document_attachment where document_id = $1`, `delete from document_comment where document_id = $1`, `delete from document_approval where document_id = $1`,
		`delete from document_version where document_id = $1`, `delete from document_entry where id = $1`} {
		if _, err := tx.Exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

func setMaker(e *Entry, by account.Actor, now when.Time) {
	e.UpdatedBy, e.Updater, e.UpdatedAt = by.ID, by.Name, now
}

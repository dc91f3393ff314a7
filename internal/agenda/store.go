package agenda

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/when"
)

const (
	objectColumns = `project_id, name, uid, component, kind, ref_id, facts, data, etag, seq, gone_at, from_at, to_at, recurs, updated_at`
	// shortColumns leave out the text.
	shortColumns = `project_id, name, uid, component, kind, ref_id, facts, '' as data, etag, seq, gone_at, from_at, to_at, recurs, updated_at`
)

// lockBook keeps the calendar of a project for this transaction and gives how far it is.
func lockBook(tx db.Tx, id project.ID) (int64, error) {
	if _, err := tx.Exec(`insert into agenda_book (project_id, seq) values ($1, 0) on conflict (project_id) do nothing`, id); err != nil {
		return 0, err
	}
	if err := db.Changed(tx.Exec(`update agenda_book set seq = seq where project_id = $1`, id)); err != nil {
		return 0, err
	}
	return getSeq(tx, id)
}

// getSeq gives how far a calendar is; one that nobody asked for yet is at 0.
func getSeq(tx db.Tx, id project.ID) (int64, error) {
	return db.Get[int64](tx, `select coalesce(max(seq), 0) from agenda_book where project_id = $1`, id)
}

func saveSeq(tx db.Tx, id project.ID, seq int64) error {
	return db.Changed(tx.Exec(`update agenda_book set seq = $1 where project_id = $2`, seq, id))
}

// listOfOurs gives what the objects that stand for things of Bassin are compared by, those that are
// gone too. Each request reads it.
func listOfOurs(tx db.Tx, id project.ID) ([]Object, error) {
	return db.List[Object](tx, `select name, kind, ref_id, facts, gone_at from agenda_object where project_id = $1 and kind <> 'own'`, id)
}

func getObject(tx db.Tx, id project.ID, name string) (Object, error) {
	return db.Get[Object](tx, `select `+objectColumns+` from agenda_object where project_id = $1 and name = $2`, id, name)
}

// listObjects gives what is in a calendar, in the order of its addresses.
func listObjects(tx db.Tx, id project.ID, texts bool) ([]Object, error) {
	columns := shortColumns
	if texts {
		columns = objectColumns
	}
	return db.List[Object](tx, `select `+columns+` from agenda_object where project_id = $1 and gone_at = 0 order by name`, id)
}

// listNamed gives objects by their addresses.
func listNamed(tx db.Tx, id project.ID, names []string) ([]Object, error) {
	w := &db.Where{}
	w.And("project_id = ? and gone_at = 0", id)
	w.And("name in "+db.In(len(names)), db.Anys(names)...)
	return db.List[Object](tx, `select `+objectColumns+` from agenda_object where `+w.String(), w.Args()...)
}

// listWithin gives the objects of a component that may lie between two instants: series by their
// first and last day. 0 is no bound.
func listWithin(tx db.Tx, id project.ID, component string, from, to when.Time) ([]Object, error) {
	w := &db.Where{}
	w.And("project_id = ? and gone_at = 0", id)
	if component != "" {
		w.And("component = ?", component)
	}
	if to != 0 {
		w.And("from_at < ?", to)
	}
	if from != 0 {
		w.And("to_at = 0 or to_at > ?", from)
	}
	return db.List[Object](tx, `select `+objectColumns+` from agenda_object where `+w.String()+` order by name`, w.Args()...)
}

// listSince gives what changed after a number, without texts, in that order.
func listSince(tx db.Tx, id project.ID, seq int64, limit int) ([]Object, error) {
	return db.List[Object](tx, `select `+objectColumns+` from agenda_object where project_id = $1 and seq > $2 order by seq, name limit $3`, id, seq, limit)
}

// listUID gives the objects of a name that calendars know them by.
func listUID(tx db.Tx, id project.ID, uid string) ([]Object, error) {
	return db.List[Object](tx, `select `+shortColumns+` from agenda_object where project_id = $1 and uid = $2 and gone_at = 0`, id, uid)
}

func countOwn(tx db.Tx, id project.ID) (int, error) {
	return db.Get[int](tx, `select count(*) from agenda_object where project_id = $1 and kind = 'own' and gone_at = 0`, id)
}

func saveObject(tx db.Tx, o Object) error {
	_, err := tx.Exec(`insert into agenda_object (`+objectColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		on conflict (project_id, name) do update set uid = $3, component = $4, kind = $5, ref_id = $6, facts = $7, data = $8, etag = $9, seq = $10, gone_at = $11, from_at = $12, to_at = $13,
		recurs = $14, updated_at = $15`,
		o.ProjectID, o.Name, o.UID, o.Component, o.Kind, o.RefID, o.Facts, o.Data, o.ETag, o.Seq, o.GoneAt, o.FromAt, o.ToAt, o.Recurs, o.UpdatedAt)
	return err
}

// Feeds.

const feedColumns = `id, person_id, project_id, token_hash, created_at, used_at, revoked_at`

func insertFeed(tx db.Tx, f Feed) error {
	_, err := tx.Exec(`insert into agenda_feed (`+feedColumns+`) values ($1, $2, $3, $4, $5, 0, 0)`, f.ID, f.PersonID, f.ProjectID, f.TokenHash, f.CreatedAt)
	return err
}

func getFeed(tx db.Tx, hash string) (Feed, error) {
	return db.Get[Feed](tx, `select `+feedColumns+` from agenda_feed where token_hash = $1 and revoked_at = 0`, hash)
}

func listFeeds(tx db.Tx, person account.PersonID) ([]Feed, error) {
	return db.List[Feed](tx, `select `+feedColumns+` from agenda_feed where person_id = $1 and revoked_at = 0 order by created_at, id`, person)
}

func revokeFeed(tx db.Tx, person account.PersonID, id FeedID) error {
	n, err := tx.Exec(`update agenda_feed set revoked_at = $1 where id = $2 and person_id = $3 and revoked_at = 0`, tx.Now(), id, person)
	if err == nil && n == 0 {
		err = missing()
	}
	return err
}

func touchFeed(tx db.Tx, id FeedID) error {
	_, err := tx.Exec(`update agenda_feed set used_at = $1 where id = $2`, tx.Now(), id)
	return err
}

package additive

import (
	"bassin/internal/account"
	"bassin/internal/db"
)

const partColumns = `p.id, p.holder_id, p.organisation_id, p.person_id, p.number, p.title, p.revision, p.created_at, p.updated_at, p.removed_at`

const revisionColumns = `r.part_id, r.number, r.person_id, r.file_name, r.hash, r.size, r.unit, r.state, r.fault, r.report, r.marks, r.view_hash, r.view_size, r.mesh_hash, r.mesh_size, r.sent_hash, r.sent_size, r.picture_hash, r.picture_size, r.shape, r.placements, r.lying_hash, r.lying_size, r.field_hash, r.field_size, r.measured, r.derived, r.repair_of, r.repair, r.job_id, r.created_at, r.checked_at`

func getPart(tx db.Tx, id PartID) (Part, error) {
	return db.Get[Part](tx, `select `+partColumns+` from additive_part p where p.id = $1`, id)
}

// lockPart makes two who change a part come one after the other.
func lockPart(tx db.Tx, id PartID) (Part, error) {
	if err := db.Changed(tx.Exec(`update additive_part set revision = revision where id = $1`, id)); err != nil {
		return Part{}, err
	}
	return getPart(tx, id)
}

// takeNumbers takes so many numbers of a holder and gives the last of them.
func takeNumbers(tx db.Tx, holder string, count int) (int64, error) {
	_, err := tx.Exec(`insert into additive_holder (id, last_number) values ($1, $2) on conflict (id) do update set last_number = additive_holder.last_number + excluded.last_number`, holder, count)
	if err != nil {
		return 0, err
	}
	return db.Get[int64](tx, `select last_number from additive_holder where id = $1`, holder)
}

func insertPart(tx db.Tx, p Part) error {
	_, err := tx.Exec(`insert into additive_part (id, holder_id, organisation_id, person_id, number, title, title_key, revision, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, p.ID, p.HolderID, p.OrganisationID, p.PersonID, p.Number, p.Title, account.Fold(p.Title), p.Revision, p.CreatedAt, p.UpdatedAt)
	return err
}

func savePart(tx db.Tx, p Part) error {
	return db.Changed(tx.Exec(`update additive_part set title = $1, title_key = $2, revision = $3, updated_at = $4, removed_at = $5 where id = $6`,
		p.Title, account.Fold(p.Title), p.Revision, p.UpdatedAt, p.RemovedAt, p.ID))
}

func getRevision(tx db.Tx, id PartID, number int) (Revision, error) {
	return db.Get[Revision](tx, `select `+revisionColumns+` from additive_revision r where r.part_id = $1 and r.number = $2`, id, number)
}

// listRevisions gives the revisions of a part, the newest first, without what was found in them.
func listRevisions(tx db.Tx, id PartID) ([]Revision, error) {
	return db.List[Revision](tx, `select part_id, number, person_id, file_name, hash, size, unit, state, fault, sent_hash, repair_of, created_at, checked_at from additive_revision where part_id = $1 order by number desc`, id)
}

func insertRevision(tx db.Tx, r Revision) error {
	_, err := tx.Exec(`insert into additive_revision (part_id, number, person_id, file_name, hash, size, unit, state, repair_of, job_id, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, r.PartID, r.Number, r.PersonID, r.FileName, r.Hash, r.Size, r.Unit, r.State, r.RepairOf, r.JobID, r.CreatedAt)
	return err
}

func saveRevision(tx db.Tx, r Revision) error {
	return db.Changed(tx.Exec(`update additive_revision set unit = $1, state = $2, fault = $3, report = $4, marks = $5, view_hash = $6, view_size = $7, picture_hash = $8, picture_size = $9,
		derived = $10, job_id = $11, checked_at = $12, mesh_hash = $13, mesh_size = $14, shape = $15, measured = $16, placements = $17, lying_hash = $18, lying_size = $19, field_hash = $20, field_size = $21,
		hash = $22, size = $23, repair = $24, sent_hash = $25, sent_size = $26 where part_id = $27 and number = $28`,
		r.Unit, r.State, r.Fault, r.Report, r.Marks, r.ViewHash, r.ViewSize, r.PictureHash, r.PictureSize, r.Derived, r.JobID, r.CheckedAt, r.MeshHash, r.MeshSize, r.Shape, r.Measured, r.Placements, r.LyingHash, r.LyingSize, r.FieldHash, r.FieldSize, r.Hash, r.Size, r.Repair, r.SentHash, r.SentSize, r.PartID, r.Number))
}

// saveUnit keeps the unit that was chosen, and that the revision is to be checked in it.
func saveUnit(tx db.Tx, r Revision) error {
	return db.Changed(tx.Exec(`update additive_revision set unit = $1, state = $2, derived = $3, job_id = $4 where part_id = $5 and number = $6`, r.Unit, r.State, r.Derived, r.JobID, r.PartID, r.Number))
}

// listUnderived gives revisions that were checked by a program that made less of them.
func listUnderived(tx db.Tx, limit int) ([]Revision, error) {
	return db.List[Revision](tx, `select r.part_id, r.number, r.file_name, r.hash, r.size, r.mesh_hash, r.mesh_size, r.sent_hash, r.sent_size, r.unit, r.state, r.report, r.marks, r.measured, r.derived from additive_revision r where r.derived < $1 and r.state = $2
		order by r.derived, r.part_id, r.number limit $3`, derived, Checked, limit)
}

// listUnconverted gives revisions that could not be read for want of a converter, or not from what a browser made of them.
func listUnconverted(tx db.Tx) ([]Revision, error) {
	return db.List[Revision](tx, `select `+revisionColumns+` from additive_revision r where r.state = $1 and (r.fault like '{"key":"no-converter"%' or r.fault like '{"key":"needs-converter"%' or r.sent_hash <> '')
		order by r.part_id, r.number limit 1000`, Unreadable)
}

// listSent gives revisions that are known by what a browser made of their files, when everything was made of them.
func listSent(tx db.Tx) ([]Revision, error) {
	return db.List[Revision](tx, `select `+revisionColumns+` from additive_revision r where r.state = $1 and r.sent_hash <> '' and r.derived >= $2 order by r.part_id, r.number limit 1000`, Checked, derived)
}

// shaped is a part with the shape of its newest revision.
type shaped struct {
	ID    PartID
	Shape string
}

// listShapes gives the shapes of the parts that changed last.
func listShapes(tx db.Tx, w *db.Where, limit int) ([]shaped, error) {
	last := `select p.id, p.revision from additive_part p where ` + w.String() + ` order by p.updated_at desc, p.id desc limit ` + w.Arg(limit)
	return db.List[shaped](tx, `select p.id, r.shape from (`+last+`) p join additive_revision r on r.part_id = p.id and r.number = p.revision where r.shape <> ''`, w.Args()...)
}

// saveDerived keeps what was made of a revision after its verdict was told; nothing when another unit was chosen meanwhile: it
// is checked anew.
func saveDerived(tx db.Tx, r Revision) error {
	_, err := tx.Exec(`update additive_revision set picture_hash = $1, picture_size = $2, shape = $3, derived = $4, report = $5, marks = $6, measured = $7, placements = $8,
		lying_hash = $9, lying_size = $10, field_hash = $11, field_size = $12 where part_id = $13 and number = $14 and state = $15 and unit = $16`,
		r.PictureHash, r.PictureSize, r.Shape, r.Derived, r.Report, r.Marks, r.Measured, r.Placements, r.LyingHash, r.LyingSize, r.FieldHash, r.FieldSize, r.PartID, r.Number, Checked, r.Unit)
	return err
}

// listPictured gives which revisions of parts have a picture.
func listPictured(tx db.Tx, parts []PartID) ([]Revision, error) {
	if len(parts) == 0 {
		return nil, nil
	}
	w := &db.Where{}
	w.And("r.part_id in "+db.In(len(parts)), db.Anys(parts)...)
	return db.List[Revision](tx, `select r.part_id, r.number, r.picture_hash, r.picture_size from additive_revision r where r.picture_hash <> '' and `+w.String(), w.Args()...)
}

// Filter is what a list of parts shows.
type Filter struct {
	Text  string
	State State
	IDs   []PartID // none: whatever it is
}

// where is the condition of a list of the parts that somebody sees.
func (f Filter) where(by account.Actor) *db.Where {
	w := &db.Where{}
	holders := Holders(by)
	if len(holders) == 0 {
		w.And("1 = 0")
		return w
	}
	w.And("p.holder_id in "+db.In(len(holders)), db.Anys(holders)...)
	w.And("p.removed_at = 0")
	if text := account.Fold(f.Text); text != "" {
		w.And(`p.title_key like ? escape '\'`, db.Like("%", text, "%"))
	}
	if f.State != "" {
		w.And("r.state = ?", f.State)
	}
	if len(f.IDs) > 0 {
		w.And("p.id in "+db.In(len(f.IDs)), db.Anys(f.IDs)...)
	}
	return w
}

// listed is a part with its newest revision.
type listed struct {
	Part
	Newest Revision `db:"r"`
}

// from is what a list asks for which parts it shows: their newest revisions only when these decide.
func (f Filter) from() string {
	if f.State == "" {
		return ` from additive_part p where `
	}
	return listedFrom
}

const listedFrom = ` from additive_part p join additive_revision r on r.part_id = p.id and r.number = p.revision where `

func countParts(tx db.Tx, by account.Actor, f Filter) (int, error) {
	w := f.where(by)
	return db.Get[int](tx, `select count(*)`+f.from()+w.String(), w.Args()...)
}

// listParts gives the parts that changed last first.
func listParts(tx db.Tx, by account.Actor, f Filter, limit, offset int) ([]listed, error) {
	w := f.where(by)
	page := `select p.id` + f.from() + w.String() + ` order by p.updated_at desc, p.id desc limit ` + w.Arg(limit) + ` offset ` + w.Arg(offset)
	return db.List[listed](tx, `select `+partColumns+`, r.number as "r.number", r.file_name as "r.file_name", r.size as "r.size", r.unit as "r.unit", r.state as "r.state",
		r.fault as "r.fault", r.report as "r.report", r.part_id as "r.part_id", r.person_id as "r.person_id", r.hash as "r.hash", r.sent_hash as "r.sent_hash", r.picture_hash as "r.picture_hash" from (`+page+`) k
		join additive_part p on p.id = k.id join additive_revision r on r.part_id = p.id and r.number = p.revision order by p.updated_at desc, p.id desc`, w.Args()...)
}

// listPartsAfter gives parts in the order of their IDs.
func listPartsAfter(tx db.Tx, w *db.Where, after PartID, limit int) ([]listed, error) {
	if after != "" {
		w.And("p.id > ?", after)
	}
	page := `select p.id from additive_part p where ` + w.String() + ` order by p.id limit ` + w.Arg(limit)
	return db.List[listed](tx, `select `+partColumns+`, r.number as "r.number", r.file_name as "r.file_name", r.hash as "r.hash", r.size as "r.size", r.unit as "r.unit", r.state as "r.state",
		r.fault as "r.fault", r.report as "r.report", r.checked_at as "r.checked_at" from (`+page+`) k
		join additive_part p on p.id = k.id join additive_revision r on r.part_id = p.id and r.number = p.revision order by p.id`, w.Args()...)
}

// Hashes are those of all files that parts name, for the check of the store.
func Hashes(tx db.Tx) ([]string, error) {
	return db.List[string](tx, `select hash from additive_revision union select view_hash from additive_revision where view_hash <> ''
		union select mesh_hash from additive_revision where mesh_hash <> '' union select picture_hash from additive_revision where picture_hash <> ''
		union select sent_hash from additive_revision where sent_hash <> '' union select lying_hash from additive_revision where lying_hash <> '' union select field_hash from additive_revision where field_hash <> '' order by 1`)
}

// countIndexed is how many parts are to be found by search.
func countIndexed(tx db.Tx) (int, error) {
	return db.Get[int](tx, `select count(*) from additive_part where removed_at = 0`)
}

// listIndexed gives the parts that are to be found by search, in the order of their IDs.
func listIndexed(tx db.Tx, after PartID, limit int) ([]listed, error) {
	return db.List[listed](tx, `select `+partColumns+`, r.file_name as "r.file_name"`+listedFrom+`p.removed_at = 0 and p.id > $1 order by p.id limit $2`, after, limit)
}

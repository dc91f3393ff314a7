package programme

import (
	"bassin/internal/db"
	"bassin/internal/when"
)

const milestoneColumns = `id, action_id, title, due_on, reached_on, note, position, created_at, updated_at, version`

func getMilestone(tx db.Tx, id MilestoneID) (Milestone, error) {
	return db.Get[Milestone](tx, `select `+milestoneColumns+` from programme_milestone where id = $1 and removed_at = 0`, id)
}

func listMilestones(tx db.Tx, id ActionID) ([]Milestone, error) {
	return db.List[Milestone](tx, `select `+milestoneColumns+` from programme_milestone where action_id = $1 and removed_at = 0
		order by due_on = '', due_on, position, id`, id)
}

func insertMilestone(tx db.Tx, m Milestone) error {
	_, err := tx.Exec(`insert into programme_milestone (`+milestoneColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1)`,
		m.ID, m.ActionID, m.Title, m.DueOn, m.ReachedOn, m.Note, m.Position, tx.Now())
	return err
}

func saveMilestone(tx db.Tx, m Milestone) error {
	return db.Changed(tx.Exec(`update programme_milestone set title = $1, due_on = $2, reached_on = $3, note = $4, updated_at = $5, version = version + 1
		where id = $6 and version = $7`, m.Title, m.DueOn, m.ReachedOn, m.Note, tx.Now(), m.ID, m.Version))
}

func removeMilestone(tx db.Tx, id MilestoneID) error {
	return db.Changed(tx.Exec(`update programme_milestone set removed_at = $1, version = version + 1 where id = $2 and removed_at = 0`, tx.Now(), id))
}

func restoreMilestone(tx db.Tx, id MilestoneID) error {
	return db.Changed(tx.Exec(`update programme_milestone set removed_at = 0, version = version + 1 where id = $1 and removed_at <> 0`, id))
}

const blockerColumns = `id, action_id, body, unblock, since_on, resolved_on, resolution, created_at, created_by, updated_at, version`

func getBlocker(tx db.Tx, id BlockerID) (Blocker, error) {
	return db.Get[Blocker](tx, `select `+blockerColumns+` from programme_blocker where id = $1`, id)
}

func listBlockers(tx db.Tx, id ActionID) ([]Blocker, error) {
	return db.List[Blocker](tx, `select `+blockerColumns+` from programme_blocker where action_id = $1 order by resolved_on <> '', since_on, id`, id)
}

func insertBlocker(tx db.Tx, b Blocker) error {
	_, err := tx.Exec(`insert into programme_blocker (`+blockerColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, 1)`,
		b.ID, b.ActionID, b.Text, b.Unblock, b.SinceOn, b.ResolvedOn, b.Resolution, tx.Now(), b.CreatedBy)
	return err
}

func saveBlocker(tx db.Tx, b Blocker) error {
	return db.Changed(tx.Exec(`update programme_blocker set body = $1, unblock = $2, since_on = $3, resolved_on = $4, resolution = $5, updated_at = $6,
		version = version + 1 where id = $7 and version = $8`, b.Text, b.Unblock, b.SinceOn, b.ResolvedOn, b.Resolution, tx.Now(), b.ID, b.Version))
}

const noteColumns = `id, action_id, noted_on, body, created_at, created_by, created_name`

func listNotes(tx db.Tx, id ActionID) ([]Note, error) {
	return db.List[Note](tx, `select `+noteColumns+` from programme_note where action_id = $1 order by noted_on desc, id desc`, id)
}

func insertNote(tx db.Tx, n Note) error {
	_, err := tx.Exec(`insert into programme_note (`+noteColumns+`) values ($1, $2, $3, $4, $5, $6, $7)`,
		n.ID, n.ActionID, n.On, n.Text, tx.Now(), n.CreatedBy, n.CreatedName)
	return err
}

const indicatorColumns = `id, action_id, name, unit, direction, baseline, baseline_on, target, target_on, weight, source, position, created_at, updated_at, version`

func getIndicator(tx db.Tx, id IndicatorID) (Indicator, error) {
	return db.Get[Indicator](tx, `select `+indicatorColumns+` from programme_indicator where id = $1 and removed_at = 0`, id)
}

func listIndicators(tx db.Tx, id ActionID) ([]Indicator, error) {
	return db.List[Indicator](tx, `select `+indicatorColumns+` from programme_indicator where action_id = $1 and removed_at = 0 order by position, id`, id)
}

func insertIndicator(tx db.Tx, i Indicator) error {
	_, err := tx.Exec(`insert into programme_indicator (`+indicatorColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 1)`,
		i.ID, i.ActionID, i.Name, i.Unit, i.Direction, i.Baseline, i.BaselineOn, i.Target, i.TargetOn, i.Weight, i.Source, i.Position, tx.Now())
	return err
}

func saveIndicator(tx db.Tx, i Indicator) error {
	return db.Changed(tx.Exec(`update programme_indicator set name = $1, unit = $2, direction = $3, baseline = $4, baseline_on = $5, target = $6,
		target_on = $7, weight = $8, source = $9, updated_at = $10, version = version + 1 where id = $11 and version = $12`,
		i.Name, i.Unit, i.Direction, i.Baseline, i.BaselineOn, i.Target, i.TargetOn, i.Weight, i.Source, tx.Now(), i.ID, i.Version))
}

func removeIndicator(tx db.Tx, id IndicatorID) error {
	return db.Changed(tx.Exec(`update programme_indicator set removed_at = $1, version = version + 1 where id = $2 and removed_at = 0`, tx.Now(), id))
}

func restoreIndicator(tx db.Tx, id IndicatorID) error {
	return db.Changed(tx.Exec(`update programme_indicator set removed_at = 0, version = version + 1 where id = $1 and removed_at <> 0`, id))
}

const valueColumns = `id, indicator_id, action_id, measured_on, value, source, document_id, note, corrects_id, cancelled, recorded_at, recorded_by`

func listValues(tx db.Tx, id ActionID) ([]Value, error) {
	return db.List[Value](tx, `select `+valueColumns+` from programme_value where action_id = $1 order by measured_on, recorded_at, id`, id)
}

// getValue reads a measure of an indicator.
func getValue(tx db.Tx, indicator IndicatorID, id ValueID) (Value, error) {
	return db.Get[Value](tx, `select `+valueColumns+` from programme_value where id = $1 and indicator_id = $2`, id, indicator)
}

// isReplaced tells whether a later measure names this one.
func isReplaced(tx db.Tx, v Value) (bool, error) {
	n, err := db.Get[int](tx, `select count(*) from programme_value where action_id = $1 and corrects_id = $2`, v.ActionID, v.ID)
	return n > 0, err
}

func insertValue(tx db.Tx, v Value) error {
	_, err := tx.Exec(`insert into programme_value (`+valueColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		v.ID, v.IndicatorID, v.ActionID, v.On, v.Value, v.Source, v.DocumentID, v.Note, v.CorrectsID, v.Cancelled, tx.Now(), v.RecordedBy)
	return err
}

// DocumentID names a document of an action or a contract.
type DocumentID string

// Document is a file kept with an action or a contract.
type Document struct {
	ID         DocumentID
	ActionID   ActionID
	ContractID ContractID
	Name       string // file name, cleaned
	Title      string
	Hash       string
	Size       int64
	Type       string
	AddedAt    when.Time
	AddedBy    string
	AddedName  string
	RemovedAt  when.Time
}

const documentColumns = `id, action_id, contract_id, name, title, hash, size, type, added_at, added_by, added_name, removed_at`

func getDocument(tx db.Tx, id DocumentID) (Document, error) {
	return db.Get[Document](tx, `select `+documentColumns+` from programme_document where id = $1 and removed_at = 0`, id)
}

func listDocuments(tx db.Tx, id ActionID) ([]Document, error) {
	return db.List[Document](tx, `select `+documentColumns+` from programme_document where action_id = $1 and removed_at = 0 order by id desc`, id)
}

func countDocuments(tx db.Tx, id ActionID) (int, error) {
	return db.Get[int](tx, `select count(*) from programme_document where action_id = $1 and removed_at = 0`, id)
}

func insertDocument(tx db.Tx, d Document) error {
	_, err := tx.Exec(`insert into programme_document (`+documentColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0)`,
		d.ID, d.ActionID, d.ContractID, d.Name, d.Title, d.Hash, d.Size, d.Type, tx.Now(), d.AddedBy, d.AddedName)
	return err
}

func removeDocument(tx db.Tx, id DocumentID) error {
	return db.Changed(tx.Exec(`update programme_document set removed_at = $1 where id = $2 and removed_at = 0`, tx.Now(), id))
}

func restoreDocument(tx db.Tx, id DocumentID) error {
	return db.Changed(tx.Exec(`update programme_document set removed_at = 0 where id = $1 and removed_at <> 0`, id))
}

// listDocumentHashes gives every stored file that a row points to.
func listDocumentHashes(tx db.Tx) ([]string, error) {
	return db.List[string](tx, `select distinct hash from programme_document order by hash`)
}

// isRemoved reports whether something of a sheet was taken off it.
func isRemoved(tx db.Tx, table string, action ActionID, id string) (bool, error) {
	n, err := db.Get[int](tx, `select count(*) from `+table+` where id = $1 and action_id = $2 and removed_at <> 0`, id, action)
	return n > 0, err
}

type link struct {
	ActionID  ActionID
	Reference string
	Title     string
	Note      string
}

func listLinks(tx db.Tx, id ActionID) ([]link, error) {
	return db.List[link](tx, `select a.id as action_id, a.reference, a.title, l.note from programme_link l join programme_action a on a.id = l.other_id
		where l.action_id = $1 and a.removed_at = 0
		union select a.id, a.reference, a.title, l.note from programme_link l join programme_action a on a.id = l.action_id
		where l.other_id = $1 and a.removed_at = 0 order by 2`, id)
}

func insertLink(tx db.Tx, id, other ActionID, note string) error {
	_, err := tx.Exec(`insert into programme_link (action_id, other_id, note, created_at) values ($1, $2, $3, $4)`, id, other, note, tx.Now())
	return err
}

func deleteLink(tx db.Tx, id, other ActionID) error {
	return db.Changed(tx.Exec(`delete from programme_link where (action_id = $1 and other_id = $2) or (action_id = $2 and other_id = $1)`, id, other))
}

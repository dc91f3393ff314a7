package programme

import (
	"bassin/internal/db"
)

const contractColumns = `id, territory_id, number, code, title, phase, state, memorandum_on, signed_on, starts_on, ends_on,
	announced_cents, summary, demo, created_at, updated_at, version`

func getContract(tx db.Tx, id ContractID) (Contract, error) {
	return db.Get[Contract](tx, `select `+contractColumns+` from programme_contract where id = $1`, id)
}

// listContracts gives the contracts of a territory, the latest phase first.
func listContracts(tx db.Tx, territoryID string) ([]Contract, error) {
	return db.List[Contract](tx, `select `+contractColumns+` from programme_contract where territory_id = $1 order by phase desc`, territoryID)
}

func listContractsAfter(tx db.Tx, after ContractID, limit int) ([]Contract, error) {
	return db.List[Contract](tx, `select `+contractColumns+` from programme_contract where id > $1 order by id limit $2`, after, limit)
}

func insertContract(tx db.Tx, c Contract) error {
	_, err := tx.Exec(`insert into programme_contract (`+contractColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)`,
		c.ID, c.TerritoryID, c.Number, c.Code, c.Title, c.Phase, c.State, c.MemorandumOn, c.SignedOn, c.StartsOn, c.EndsOn,
		c.AnnouncedCents, c.Summary, c.Demo, c.CreatedAt, c.UpdatedAt)
	return err
}

func saveContract(tx db.Tx, c Contract) error {
	return db.Changed(tx.Exec(`update programme_contract set number = $1, code = $2, title = $3, state = $4, memorandum_on = $5,
		signed_on = $6, starts_on = $7, ends_on = $8, announced_cents = $9, summary = $10, updated_at = $11, version = version + 1
		where id = $12 and version = $13`,
		c.Number, c.Code, c.Title, c.State, c.MemorandumOn, c.SignedOn, c.StartsOn, c.EndsOn, c.AnnouncedCents, c.Summary, tx.Now(), c.ID, c.Version))
}

const axisColumns = `id, contract_id, code, label_fr, label_en, position, version`

func listAxes(tx db.Tx, id ContractID) ([]Axis, error) {
	return db.List[Axis](tx, `select `+axisColumns+` from programme_axis where contract_id = $1 order by position, id`, id)
}

func insertAxis(tx db.Tx, a Axis) error {
	_, err := tx.Exec(`insert into programme_axis (`+axisColumns+`) values ($1, $2, $3, $4, $5, $6, 1)`,
		a.ID, a.ContractID, a.Code, a.LabelFR, a.LabelEN, a.Position)
	return err
}

func saveAxis(tx db.Tx, a Axis) error {
	return db.Changed(tx.Exec(`update programme_axis set label_fr = $1, label_en = $2, position = $3, version = version + 1
		where id = $4 and contract_id = $5 and version = $6`, a.LabelFR, a.LabelEN, a.Position, a.ID, a.ContractID, a.Version))
}

func deleteAxis(tx db.Tx, contract ContractID, id AxisID) error {
	return db.Changed(tx.Exec(`delete from programme_axis where id = $1 and contract_id = $2`, id, contract))
}

const objectiveColumns = `id, contract_id, parent_id, label, position, version`

func listObjectives(tx db.Tx, id ContractID) ([]Objective, error) {
	return db.List[Objective](tx, `select `+objectiveColumns+` from programme_objective where contract_id = $1 order by position, id`, id)
}

func insertObjective(tx db.Tx, o Objective) error {
	_, err := tx.Exec(`insert into programme_objective (`+objectiveColumns+`) values ($1, $2, $3, $4, $5, 1)`,
		o.ID, o.ContractID, o.ParentID, o.Label, o.Position)
	return err
}

const signatoryColumns = `id, contract_id, organisation_id, organisation_name, college, signer_title, assembly, deliberation_number, deliberated_on, signed_on, position, version`

func listSignatories(tx db.Tx, id ContractID) ([]Signatory, error) {
	return db.List[Signatory](tx, `select `+signatoryColumns+` from programme_signatory where contract_id = $1 order by college, position, id`, id)
}

func insertSignatory(tx db.Tx, s Signatory) error {
	_, err := tx.Exec(`insert into programme_signatory (`+signatoryColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`,
		s.ID, s.ContractID, s.OrganisationID, s.OrganisationName, s.College, s.SignerTitle, s.Assembly, s.DeliberationNumber, s.DeliberatedOn, s.SignedOn, s.Position)
	return err
}

func saveSignatory(tx db.Tx, s Signatory) error {
	return db.Changed(tx.Exec(`update programme_signatory set college = $1, signer_title = $2, assembly = $3, deliberation_number = $4,
		deliberated_on = $5, signed_on = $6, position = $7, version = version + 1
		where id = $8 and contract_id = $9 and version = $10`,
		s.College, s.SignerTitle, s.Assembly, s.DeliberationNumber, s.DeliberatedOn, s.SignedOn, s.Position, s.ID, s.ContractID, s.Version))
}

func deleteSignatory(tx db.Tx, id SignatoryID, contract ContractID) error {
	return db.Changed(tx.Exec(`delete from programme_signatory where id = $1 and contract_id = $2`, id, contract))
}

func listContractsAmong(tx db.Tx, ids []ContractID) ([]Contract, error) {
	var w db.Where
	w.And("id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Contract](tx, `select `+contractColumns+` from programme_contract where `+w.String(), w.Args()...)
}

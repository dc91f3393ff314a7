package project

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

const riskColumns = `id, project_id, title, cause, effect, response, probability, impact, owner_id, owner_name, state, review_on, created_at, updated_at, version`

func getRisk(tx db.Tx, project ID, id RiskID) (Risk, error) {
	return db.Get[Risk](tx, `select `+riskColumns+` from project_risk where id = $1 and project_id = $2`, id, project)
}

// listRisks gives the register, open ones and the gravest first.
func listRisks(tx db.Tx, id ID) ([]Risk, error) {
	return db.List[Risk](tx, `select `+riskColumns+` from project_risk where project_id = $1
		order by case when state = 'closed' then 1 else 0 end, probability * impact desc, id`, id)
}

// listRisksDue gives the open risks that somebody watches and should look at until a day.
func listRisksDue(tx db.Tx, ids []ID, owner account.PersonID, until when.Date) ([]Risk, error) {
	w := &db.Where{}
	w.And("project_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("owner_id = ? and state <> 'closed' and review_on <> '' and review_on <= ?", owner, until)
	return db.List[Risk](tx, `select `+riskColumns+` from project_risk where `+w.String()+` order by review_on, id`, w.Args()...)
}

func insertRisk(tx db.Tx, r Risk) error {
	_, err := tx.Exec(`insert into project_risk (`+riskColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1)`,
		r.ID, r.ProjectID, r.Title, r.Cause, r.Effect, r.Response, r.Probability, r.Impact, r.OwnerID, r.OwnerName, r.State, r.ReviewOn, r.CreatedAt, r.UpdatedAt)
	return err
}

func saveRisk(tx db.Tx, r Risk) error {
	return db.Changed(tx.Exec(`update project_risk set title = $1, cause = $2, effect = $3, response = $4, probability = $5, impact = $6,
		owner_id = $7, owner_name = $8, state = $9, review_on = $10, updated_at = $11, version = version + 1 where id = $12 and version = $13`,
		r.Title, r.Cause, r.Effect, r.Response, r.Probability, r.Impact, r.OwnerID, r.OwnerName, r.State, r.ReviewOn, tx.Now(), r.ID, r.Version))
}

const blockerColumns = `id, project_id, body, unblock, since_on, resolved_on, resolution, created_by, created_at, version`

func getBlocker(tx db.Tx, project ID, id BlockerID) (Blocker, error) {
	return db.Get[Blocker](tx, `select `+blockerColumns+` from project_blocker where id = $1 and project_id = $2`, id, project)
}

// listBlockers gives those in the way first, the oldest first.
func listBlockers(tx db.Tx, id ID) ([]Blocker, error) {
	return db.List[Blocker](tx, `select `+blockerColumns+` from project_blocker where project_id = $1
		order by case when resolved_on = '' then 0 else 1 end, since_on, id`, id)
}

// listOpenBlockers reads what is in the way of several projects.
func listOpenBlockers(tx db.Tx, ids []ID) ([]Blocker, error) {
	w := &db.Where{}
	w.And("project_id in "+db.In(len(ids)), db.Anys(ids)...)
	w.And("resolved_on = ''")
	return db.List[Blocker](tx, `select `+blockerColumns+` from project_blocker where `+w.String()+` order by since_on, id`, w.Args()...)
}

func insertBlocker(tx db.Tx, b Blocker) error {
	_, err := tx.Exec(`insert into project_blocker (`+blockerColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`,
		b.ID, b.ProjectID, b.Text, b.Unblock, b.SinceOn, b.ResolvedOn, b.Resolution, b.CreatedBy, b.CreatedAt)
	return err
}

func saveBlocker(tx db.Tx, b Blocker) error {
	return db.Changed(tx.Exec(`update project_blocker set body = $1, unblock = $2, since_on = $3, resolved_on = $4, resolution = $5, version = version + 1
		where id = $6 and version = $7`, b.Text, b.Unblock, b.SinceOn, b.ResolvedOn, b.Resolution, b.ID, b.Version))
}

package project

import "bassin/internal/db"

const stageColumns = `id, project_id, phase, position, state, starts_on, ends_on, passed_on, version`

func listStages(tx db.Tx, id ID) ([]Stage, error) {
	return db.List[Stage](tx, `select `+stageColumns+` from project_stage where project_id = $1 order by position, id`, id)
}

// listStagesAmong reads the stages of several projects, for lists.
func listStagesAmong(tx db.Tx, ids []ID) ([]Stage, error) {
	w := &db.Where{}
	w.And("project_id in "+db.In(len(ids)), db.Anys(ids)...)
	return db.List[Stage](tx, `select `+stageColumns+` from project_stage where `+w.String()+` order by project_id, position, id`, w.Args()...)
}

func insertStage(tx db.Tx, s Stage) error {
	_, err := tx.Exec(`insert into project_stage (`+stageColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
		s.ID, s.ProjectID, s.Phase, s.Position, s.State, s.StartsOn, s.EndsOn, s.PassedOn)
	return err
}

func saveStage(tx db.Tx, s Stage) error {
	return db.Changed(tx.Exec(`update project_stage set position = $1, state = $2, starts_on = $3, ends_on = $4, passed_on = $5, version = version + 1
		where id = $6 and project_id = $7 and version = $8`, s.Position, s.State, s.StartsOn, s.EndsOn, s.PassedOn, s.ID, s.ProjectID, s.Version))
}

func deleteStage(tx db.Tx, s Stage) error {
	if _, err := tx.Exec(`delete from project_criterion where stage_id = $1`, s.ID); err != nil {
		return err
	}
	return db.Changed(tx.Exec(`delete from project_stage where id = $1 and project_id = $2 and version = $3`, s.ID, s.ProjectID, s.Version))
}

const criterionColumns = `id, stage_id, project_id, position, body, required, proof, proof_url, met_on, met_by, met_by_name, version`

func getCriterion(tx db.Tx, project ID, id CriterionID) (Criterion, error) {
	return db.Get[Criterion](tx, `select `+criterionColumns+` from project_criterion where id = $1 and project_id = $2`, id, project)
}

func listCriteria(tx db.Tx, id ID) ([]Criterion, error) {
	return db.List[Criterion](tx, `select `+criterionColumns+` from project_criterion where project_id = $1 order by stage_id, position, id`, id)
}

func insertCriterion(tx db.Tx, c Criterion) error {
	_, err := tx.Exec(`insert into project_criterion (`+criterionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)`,
		c.ID, c.StageID, c.ProjectID, c.Position, c.Text, c.Required, c.Proof, c.ProofURL, c.MetOn, c.MetBy, c.MetByName)
	return err
}

func saveCriterion(tx db.Tx, c Criterion) error {
	return db.Changed(tx.Exec(`update project_criterion set body = $1, required = $2, proof = $3, proof_url = $4, met_on = $5, met_by = $6,
		met_by_name = $7, version = version + 1 where id = $8 and version = $9`,
		c.Text, c.Required, c.Proof, c.ProofURL, c.MetOn, c.MetBy, c.MetByName, c.ID, c.Version))
}

func deleteCriterion(tx db.Tx, c Criterion) error {
	return db.Changed(tx.Exec(`delete from project_criterion where id = $1 and version = $2`, c.ID, c.Version))
}

const decisionColumns = `id, project_id, number, stage_id, meeting_id, title, reason, deciders, conditions, outcome, decided_on,
	replaces_id, replaced_by, recorded_by, recorder, recorded_at`

func getDecision(tx db.Tx, project ID, id DecisionID) (Decision, error) {
	return db.Get[Decision](tx, `select `+decisionColumns+` from project_decision where id = $1 and project_id = $2`, id, project)
}

func listDecisions(tx db.Tx, id ID) ([]Decision, error) {
	return db.List[Decision](tx, `select `+decisionColumns+` from project_decision where project_id = $1 order by number desc`, id)
}

func lastDecision(tx db.Tx, id ID) (int, error) {
	return db.Get[int](tx, `select coalesce(max(number), 0) from project_decision where project_id = $1`, id)
}

func insertDecision(tx db.Tx, d Decision) error {
	_, err := tx.Exec(`insert into project_decision (`+decisionColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		d.ID, d.ProjectID, d.Number, d.StageID, d.MeetingID, d.Title, d.Reason, d.Deciders, d.Conditions, d.Outcome, d.DecidedOn,
		d.ReplacesID, d.ReplacedBy, d.RecordedBy, d.Recorder, d.RecordedAt)
	return err
}

func replaceDecision(tx db.Tx, old, by DecisionID) error {
	return db.Changed(tx.Exec(`update project_decision set replaced_by = $1 where id = $2 and replaced_by = ''`, by, old))
}

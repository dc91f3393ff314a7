package programme

import (
	"bassin/internal/db"
	"bassin/internal/when"
)

// storedLine is a financing line with what its steps amount to today.
type storedLine struct {
	Line
	ContractID ContractID
	Stage      Kind
	StageOn    when.Date
	Amounts
}

const amountColumns = `foreseen_cents, asked_cents, decided_cents, contracted_cents, paid_cents, closed_cents, refused_cents, withdrawn_cents,
	held_foreseen_cents, held_asked_cents, held_decided_cents, held_contracted_cents`

const amountSums = `coalesce(sum(foreseen_cents), 0) as foreseen_cents, coalesce(sum(asked_cents), 0) as asked_cents,
	coalesce(sum(decided_cents), 0) as decided_cents, coalesce(sum(contracted_cents), 0) as contracted_cents,
	coalesce(sum(paid_cents), 0) as paid_cents, coalesce(sum(closed_cents), 0) as closed_cents,
	coalesce(sum(refused_cents), 0) as refused_cents, coalesce(sum(withdrawn_cents), 0) as withdrawn_cents,
	coalesce(sum(held_foreseen_cents), 0) as held_foreseen_cents, coalesce(sum(held_asked_cents), 0) as held_asked_cents,
	coalesce(sum(held_decided_cents), 0) as held_decided_cents, coalesce(sum(held_contracted_cents), 0) as held_contracted_cents`

const lineColumns = `id, action_id, contract_id, funder_id, funder_name, scheme, nature, year, rate_bp, note, created_at, updated_at, version, stage, stage_on, ` + amountColumns

func getLine(tx db.Tx, id LineID) (storedLine, error) {
	return db.Get[storedLine](tx, `select `+lineColumns+` from programme_line where id = $1 and removed_at = 0`, id)
}

func listLines(tx db.Tx, id ActionID) ([]storedLine, error) {
	return db.List[storedLine](tx, `select `+lineColumns+` from programme_line where action_id = $1 and removed_at = 0
		order by nature = 'own_funds', funder_name, scheme, nature, year, id`, id)
}

func insertLine(tx db.Tx, l storedLine) error {
	_, err := tx.Exec(`insert into programme_line (id, action_id, contract_id, funder_id, funder_name, scheme, nature, year, rate_bp, note, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
		l.ID, l.ActionID, l.ContractID, l.FunderID, l.FunderName, l.Scheme, l.Nature, l.Year, l.RateBP, l.Note, tx.Now())
	return err
}

func saveLine(tx db.Tx, l Line) error {
	return db.Changed(tx.Exec(`update programme_line set funder_id = $1, funder_name = $2, scheme = $3, nature = $4, year = $5, rate_bp = $6, note = $7,
		updated_at = $8, version = version + 1 where id = $9 and version = $10`,
		l.FunderID, l.FunderName, l.Scheme, l.Nature, l.Year, l.RateBP, l.Note, tx.Now(), l.ID, l.Version))
}

func removeLine(tx db.Tx, id LineID) error {
	return db.Changed(tx.Exec(`update programme_line set removed_at = $1, version = version + 1 where id = $2 and removed_at = 0`, tx.Now(), id))
}

// saveLineState stores what the line's steps amount to.
func saveLineState(tx db.Tx, id LineID, s LineState) error {
	a := s.Amounts
	_, err := tx.Exec(`update programme_line set stage = $1, stage_on = $2, foreseen_cents = $3, asked_cents = $4, decided_cents = $5, contracted_cents = $6,
		paid_cents = $7, closed_cents = $8, refused_cents = $9, withdrawn_cents = $10, held_foreseen_cents = $11, held_asked_cents = $12,
		held_decided_cents = $13, held_contracted_cents = $14, updated_at = $15, version = version + 1 where id = $16`,
		s.Stage, s.StageOn, a.ForeseenCents, a.AskedCents, a.DecidedCents, a.ContractedCents, a.PaidCents, a.ClosedCents, a.RefusedCents, a.WithdrawnCents,
		a.HeldForeseenCents, a.HeldAskedCents, a.HeldDecidedCents, a.HeldContractedCents, tx.Now(), id)
	return err
}

const stepColumns = `id, line_id, kind, effective_on, amount_cents, reference, document_id, note, corrects_id, cancelled, recorded_at, recorded_by, recorded_name`

func getStep(tx db.Tx, id StepID) (Step, error) {
	return db.Get[Step](tx, `select `+stepColumns+` from programme_step where id = $1`, id)
}

// listSteps gives the entries of a line in the order of recording.
func listSteps(tx db.Tx, id LineID) ([]Step, error) {
	return db.List[Step](tx, `select `+stepColumns+` from programme_step where line_id = $1 order by recorded_at, id`, id)
}

// listActionSteps gives the entries of all lines of an action in the order of recording.
func listActionSteps(tx db.Tx, id ActionID) ([]Step, error) {
	return db.List[Step](tx, `select `+stepColumns+` from programme_step where action_id = $1 order by recorded_at, id`, id)
}

func insertStep(tx db.Tx, s Step, action ActionID) error {
	_, err := tx.Exec(`insert into programme_step (id, line_id, action_id, kind, effective_on, amount_cents, reference, document_id, note, corrects_id,
		cancelled, recorded_at, recorded_by, recorded_name) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		s.ID, s.LineID, action, s.Kind, s.EffectiveOn, s.AmountCents, s.Reference, s.DocumentID, s.Note, s.CorrectsID, s.Cancelled,
		s.RecordedAt, s.RecordedBy, s.RecordedName)
	return err
}

func insertDelta(tx db.Tx, d Delta, action ActionID, contract ContractID) error {
	a := d.Amounts
	_, err := tx.Exec(`insert into programme_money (step_id, line_id, action_id, contract_id, effective_on, recorded_at, `+amountColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		d.StepID, d.LineID, action, contract, d.EffectiveOn, d.RecordedAt,
		a.ForeseenCents, a.AskedCents, a.DecidedCents, a.ContractedCents, a.PaidCents, a.ClosedCents, a.RefusedCents, a.WithdrawnCents,
		a.HeldForeseenCents, a.HeldAskedCents, a.HeldDecidedCents, a.HeldContractedCents)
	return err
}

// actionMoney is what the lines of one action amount to.
type actionMoney struct {
	ActionID ActionID
	Amounts
}

// sumMoneyNow gives the money of each action of a contract as it stands.
func sumMoneyNow(tx db.Tx, id ContractID) ([]actionMoney, error) {
	return db.List[actionMoney](tx, `select action_id, `+amountSums+` from programme_line where contract_id = $1 and removed_at = 0 group by action_id`, id)
}

// sumMoneyAsOf gives the money of each action of a contract as of a day, with what was recorded by
// an instant (0: all that is recorded).
func sumMoneyAsOf(tx db.Tx, id ContractID, at AsOf) ([]actionMoney, error) {
	if at.KnownBy == 0 {
		return db.List[actionMoney](tx, `select action_id, `+amountSums+` from programme_money
			where contract_id = $1 and effective_on <= $2 group by action_id`, id, at.On)
	}
	return db.List[actionMoney](tx, `select action_id, `+amountSums+` from programme_money
		where contract_id = $1 and effective_on <= $2 and recorded_at <= $3 group by action_id`, id, at.On, at.KnownBy)
}

const costColumns = `id, action_id, year, kind, planned_cents, actual_cents, note, updated_at, version`

func listCosts(tx db.Tx, id ActionID) ([]Cost, error) {
	return db.List[Cost](tx, `select `+costColumns+` from programme_cost where action_id = $1 order by year, kind desc`, id)
}

func saveCosts(tx db.Tx, id ActionID, costs []Cost) error {
	if _, err := tx.Exec(`delete from programme_cost where action_id = $1`, id); err != nil {
		return err
	}
	for _, c := range costs {
		if _, err := tx.Exec(`insert into programme_cost (`+costColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 1)`,
			db.NewID(), id, c.Year, c.Kind, c.PlannedCents, c.ActualCents, c.Note, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

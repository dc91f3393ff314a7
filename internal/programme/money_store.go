package programme

import (
	"database/sql"
	"strings"

	"bassin/internal/db"
	"bassin/internal/when"
)

// storedLine is a financing line with what its steps amount to today.
type storedLine struct {
	Line
	ContractID   ContractID
	Stage        Kind
	StageOn      when.Date
	AskedOn      when.Date // the first day of the stage; none: skipped or not reached
	DecidedOn    when.Date
	ContractedOn when.Date
	PaidOn       when.Date
	Amounts
}

// state gives what is stored of the line's state. Of the amounts that entries stated it knows what is granted and
// paid, which the sums tell while the line has not ended.
func (l storedLine) state() LineState {
	s := LineState{Amounts: l.Amounts, Stage: l.Stage, StageOn: l.StageOn, Asked: Stated{On: l.AskedOn},
		Decided: Stated{On: l.DecidedOn}, Contracted: Stated{On: l.ContractedOn}, Paid: Stated{Cents: l.PaidCents, On: l.PaidOn}}
	if l.DecidedOn != when.None {
		s.Decided.Cents = l.DecidedCents
	}
	if l.ContractedOn != when.None {
		s.Contracted.Cents = l.ContractedCents
	}
	return s
}

const amountColumns = `foreseen_cents, asked_cents, decided_cents, contracted_cents, paid_cents, closed_cents, refused_cents, withdrawn_cents,
	held_foreseen_cents, held_asked_cents, held_decided_cents, held_contracted_cents`

const amountSums = `coalesce(sum(foreseen_cents), 0) as foreseen_cents, coalesce(sum(asked_cents), 0) as asked_cents,
	coalesce(sum(decided_cents), 0) as decided_cents, coalesce(sum(contracted_cents), 0) as contracted_cents,
	coalesce(sum(paid_cents), 0) as paid_cents, coalesce(sum(closed_cents), 0) as closed_cents,
	coalesce(sum(refused_cents), 0) as refused_cents, coalesce(sum(withdrawn_cents), 0) as withdrawn_cents,
	coalesce(sum(held_foreseen_cents), 0) as held_foreseen_cents, coalesce(sum(held_asked_cents), 0) as held_asked_cents,
	coalesce(sum(held_decided_cents), 0) as held_decided_cents, coalesce(sum(held_contracted_cents), 0) as held_contracted_cents`

// lineSums and moneySums are amountSums of programme_line l and of deltas m.
var (
	lineSums  = strings.ReplaceAll(amountSums, "sum(", "sum(l.")
	moneySums = strings.ReplaceAll(amountSums, "sum(", "sum(m.")
)

const lineColumns = `id, action_id, contract_id, funder_id, funder_name, scheme, nature, year, rate_bp, note, created_at, updated_at, version, stage, stage_on,
	asked_on, decided_on, contracted_on, paid_on, ` + amountColumns

func getLine(tx db.Tx, id LineID) (storedLine, error) {
	return db.Get[storedLine](tx, `select `+lineColumns+` from programme_line where id = $1 and removed_at = 0`, id)
}

func listLines(tx db.Tx, id ActionID) ([]storedLine, error) {
	return db.List[storedLine](tx, `select `+lineColumns+` from programme_line where action_id = $1 and removed_at = 0
		order by nature = 'own_funds', funder_name, scheme, nature, year, id`, id)
}

// listContractFunders gives the organisations that fund actions of a contract, those of most lines first.
func listContractFunders(tx db.Tx, id ContractID) ([]string, error) {
	return db.List[string](tx, `select funder_id from programme_line where contract_id = $1 and removed_at = 0
		group by funder_id order by count(*) desc, funder_id limit 20`, id)
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
		held_decided_cents = $13, held_contracted_cents = $14, asked_on = $15, decided_on = $16, contracted_on = $17, paid_on = $18,
		updated_at = $19, version = version + 1 where id = $20`,
		s.Stage, s.StageOn, a.ForeseenCents, a.AskedCents, a.DecidedCents, a.ContractedCents, a.PaidCents, a.ClosedCents, a.RefusedCents, a.WithdrawnCents,
		a.HeldForeseenCents, a.HeldAskedCents, a.HeldDecidedCents, a.HeldContractedCents, s.Asked.On, s.Decided.On, s.Contracted.On, s.Paid.On, tx.Now(), id)
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

// listActionsToCheck gives the next hundred actions, removed ones too: their money stays.
func listActionsToCheck(tx db.Tx, after ActionID) ([]ActionID, error) {
	return db.List[ActionID](tx, `select id from programme_action where id > $1 order by id limit 100`, after)
}

func listLinesBetween(tx db.Tx, from, to ActionID) ([]storedLine, error) {
	return db.List[storedLine](tx, `select `+lineColumns+` from programme_line where action_id between $1 and $2 order by action_id, id`, from, to)
}

func listStepsBetween(tx db.Tx, from, to ActionID) (map[LineID][]Step, error) {
	list, err := db.List[Step](tx, `select `+stepColumns+` from programme_step where action_id between $1 and $2 order by recorded_at, id`, from, to)
	steps := map[LineID][]Step{}
	for _, s := range list {
		steps[s.LineID] = append(steps[s.LineID], s)
	}
	return steps, err
}

func listDeltasBetween(tx db.Tx, from, to ActionID) (map[LineID][]Delta, error) {
	list, err := db.List[Delta](tx, `select line_id, step_id, effective_on, recorded_at, `+amountColumns+` from programme_money where action_id between $1 and $2`, from, to)
	deltas := map[LineID][]Delta{}
	for _, x := range list {
		deltas[x.LineID] = append(deltas[x.LineID], x)
	}
	return deltas, err
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

// groupColumns are what lines are grouped by; only these words reach the query. The year is text so
// that every group has an ID of one type.
var groupColumns = map[By]string{
	ByFunder: "l.funder_id", ByScheme: "l.scheme", ByYear: "cast(l.year as text)", ByNature: "l.nature", byAction: "l.action_id",
}

// whichLines chooses the lines of the actions of a contract that a condition on programme_action a
// lets through.
func whichLines(w *db.Where, id ContractID) string {
	return `l.contract_id = ` + w.Arg(id) + ` and l.removed_at = 0 and l.action_id in (select a.id from programme_action a where ` + w.String() + `)`
}

// sumGroupsNow gives what the lines of each group amount to as they stand.
func sumGroupsNow(tx db.Tx, w *db.Where, id ContractID, by By) ([]MoneyGroup, error) {
	return db.List[MoneyGroup](tx, `select `+groupColumns[by]+` as id, max(l.funder_name) as label, count(*) as lines, `+lineSums+`,
		coalesce(sum(case when l.asked_on <> '' then l.asked_cents + l.refused_cents end), 0) as requested_cents,
		coalesce(sum(case when l.asked_on <> '' then l.decided_cents end), 0) as granted_cents
		from programme_line l where `+whichLines(w, id)+` group by 1`, w.Args()...)
}

// sumGroupsAsOf gives what the lines of each group amount to as of a day, and as known at an
// instant when there is one. Lines without any step by then are in no group.
//
// Deltas lie together by contract and line: they are added up line by line as they are read, and
// only then joined with the lines.
func sumGroupsAsOf(tx db.Tx, w *db.Where, id ContractID, by By, at AsOf) ([]MoneyGroup, error) {
	moved := `contract_id = ` + w.Arg(id) + ` and effective_on <= ` + w.Arg(at.On)
	if at.KnownBy != 0 {
		moved += ` and recorded_at <= ` + w.Arg(at.KnownBy)
	}
	asked := `l.asked_on <> '' and l.asked_on <= ` + w.Arg(at.On)
	return db.List[MoneyGroup](tx, `select `+groupColumns[by]+` as id, max(l.funder_name) as label, count(*) as lines, `+moneySums+`,
		coalesce(sum(case when `+asked+` then m.asked_cents + m.refused_cents end), 0) as requested_cents,
		coalesce(sum(case when `+asked+` then m.decided_cents end), 0) as granted_cents
		from (select line_id, `+amountSums+` from programme_money where `+moved+` group by line_id) m
		join programme_line l on l.id = m.line_id where `+whichLines(w, id)+` group by 1`, w.Args()...)
}

// listDated gives the days of the lines of each group on which money was granted; with an instant,
// of those that existed then.
func listDated(tx db.Tx, w *db.Where, id ContractID, by By, knownBy when.Time) ([]dated, error) {
	var list []dated
	which := whichLines(w, id)
	if knownBy != 0 {
		which += ` and l.created_at <= ` + w.Arg(knownBy)
	}
	err := tx.Rows(func(rows *sql.Rows) error {
		var x dated
		if err := rows.Scan(&x.ID, &x.AskedOn, &x.DecidedOn, &x.ContractedOn, &x.PaidOn); err != nil {
			return err
		}
		list = append(list, x)
		return nil
	}, `select `+groupColumns[by]+`, l.asked_on, l.decided_on, l.contracted_on, l.paid_on
		from programme_line l where `+which+` and (l.decided_on <> '' or l.contracted_on <> '')`, w.Args()...)
	return list, err
}

// listActionAxes gives the axes of each action of a contract.
func listActionAxes(tx db.Tx, id ContractID) (map[string][]string, error) {
	list, err := db.List[struct{ ActionID, AxisID string }](tx, `select x.action_id, x.axis_id from programme_action_axis x
		join programme_axis p on p.id = x.axis_id where p.contract_id = $1 order by p.position`, id)
	axes := map[string][]string{}
	for _, x := range list {
		axes[x.ActionID] = append(axes[x.ActionID], x.AxisID)
	}
	return axes, err
}

// sumCosts counts the actions that a condition lets through and adds up their cost.
func sumCosts(tx db.Tx, w *db.Where) (count int, cents int64, err error) {
	row, err := db.Get[struct {
		Count int
		Cents int64
	}](tx, `select count(*) as count, coalesce(sum(a.cost_cents), 0) as cents from programme_action a where `+w.String(), w.Args()...)
	return row.Count, row.Cents, err
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

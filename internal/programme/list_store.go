package programme

import (
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

const rowColumns = `a.id, a.contract_id, a.territory_id, a.reference, a.title, a.status, a.outlook, a.priority, a.commitment, a.confidentiality,
	a.starts_on, a.ends_on, a.ended_on, a.demo, a.ready_mask, a.lead_id, a.lead_name, a.cost_cents, a.plan_cents, a.to_find_cents,
	a.next_due_on, a.next_title, a.late_on, a.open_blockers, a.blocker, a.progress, a.news_on,
	a.jobs_created_planned, a.jobs_created_actual, a.jobs_kept_planned, a.jobs_kept_actual, a.updated_at`

// where writes the filter as a condition on programme_action a, with what the actor may see.
func (f Filter) where(tx db.Tx, by account.Actor) (*db.Where, error) {
	w := &db.Where{}
	w.And("a.removed_at = 0")
	if f.ContractID != "" {
		w.And("a.contract_id = ?", f.ContractID)
	}
	if f.TerritoryID != "" {
		w.And("a.territory_id = ?", f.TerritoryID)
	}
	if f.AxisID != "" {
		w.And("a.id in (select x.action_id from programme_action_axis x where x.axis_id = ?)", f.AxisID)
	}
	if f.AxisCode != "" {
		w.And("a.id in (select x.action_id from programme_action_axis x join programme_axis p on p.id = x.axis_id where p.code = ?)", f.AxisCode)
	}
	if len(f.Status) > 0 {
		w.And("a.status in "+db.In(len(f.Status)), db.Anys(f.Status)...)
	}
	f.readyWhere(w)
	if f.FunderID != "" {
		w.And("a.id in (select p.action_id from programme_party p where p.organisation_id = ? and p.kind = 'funder')", f.FunderID)
	}
	if f.Late {
		w.And("a.late_on < ? and a.status not in ('done', 'abandoned')", tx.Today())
	}
	if f.Blocked {
		w.And("(a.open_blockers > 0 or a.status = 'blocked') and a.status not in ('done', 'abandoned')")
	}
	if f.Unfunded {
		w.And("a.to_find_cents > 0 and a.status not in ('done', 'abandoned')")
	}
	if f.Silent {
		w.And("a.news_on <= ? and a.news_on <> '' and a.status not in ('done', 'abandoned')", tx.Today().AddDays(-SilentDays))
	}
	if f.Mine {
		mine(w, by)
	}
	if f.OwnerID != "" {
		w.And("a.lead_id = ?", f.OwnerID)
	}
	if t := account.Fold(f.Text); t != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(t) + "%"
		w.And(`a.title_key like ? escape '\' or lower(a.reference) like ? escape '\'`, like, like)
	}
	return w, visible(tx, w, by)
}

// mine keeps what the actor has a part in.
func mine(w *db.Where, by account.Actor) {
	orgs, guest := by.Organisations(), by.Scoped(account.Guest)
	args := append(db.Anys(orgs), by.ID)
	w.And(`a.id in (select p.action_id from programme_party p where p.organisation_id in `+db.In(len(orgs))+`)
		or a.id in (select l.action_id from programme_pilot l where l.person_id = ?) or a.id in `+db.In(len(guest)),
		append(args, db.Anys(guest)...)...)
}

const allReady = 31 // all five bits

func (f Filter) readyWhere(w *db.Where) {
	switch f.Ready {
	case "":
	case "yes":
		w.And("a.ready_mask = ?", allReady)
	case "no":
		w.And("a.ready_mask <> ?", allReady)
	default:
		for i, c := range ConditionCodes() {
			if string(c) == f.Ready {
				w.And("(a.ready_mask & ?) = 0", 1<<i)
			}
		}
	}
}

// ListActions gives a page of the actions that the actor may see, and how many there are in all.
// Limit 0 gives all.
func ListActions(tx db.Tx, by account.Actor, f Filter, offset, limit int) ([]Row, int64, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, 0, err
	}
	query := `select ` + rowColumns + ` from programme_action a where ` + w.String() + ` order by ` + f.order()
	if limit == 0 {
		rows, err := db.List[Row](tx, query, w.Args()...)
		return rows, int64(len(rows)), err
	}
	total, err := db.Get[int64](tx, `select count(*) from programme_action a where `+w.String(), w.Args()...)
	if err != nil {
		return nil, 0, err
	}
	query += ` limit ` + w.Arg(limit) + ` offset ` + w.Arg(offset)
	rows, err := db.List[Row](tx, query, w.Args()...)
	return rows, total, err
}

// listActionsAfter is the API's page: by creation, after a cursor.
func listActionsAfter(tx db.Tx, by account.Actor, f Filter, after ActionID, limit int) ([]Row, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, err
	}
	if after != "" {
		w.And("a.id > ?", after)
	}
	query := `select ` + rowColumns + ` from programme_action a where ` + w.String() + ` order by a.id limit ` + w.Arg(limit)
	return db.List[Row](tx, query, w.Args()...)
}

// WithMoney adds to the rows of one contract what their lines amount to, as of a day (zero: as it
// stands).
func WithMoney(tx db.Tx, id ContractID, rows []Row, at AsOf) error {
	money, err := MoneyByAction(tx, id, at)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Money = money[rows[i].ID]
	}
	return nil
}

// MoneyByAction gives the money of each action of a contract, as of a day (zero: as it stands).
// Callers add up only the actions that their reader may see.
func MoneyByAction(tx db.Tx, id ContractID, at AsOf) (map[ActionID]Amounts, error) {
	list, err := sumMoneyNow(tx, id)
	if at.On != "" {
		list, err = sumMoneyAsOf(tx, id, at)
	}
	if err != nil {
		return nil, err
	}
	m := make(map[ActionID]Amounts, len(list))
	for _, x := range list {
		m[x.ActionID] = x.Amounts
	}
	return m, nil
}

// MoneySince gives what changed in the money of each action of a contract after a day: far fewer
// rows than the money as of that day.
func MoneySince(tx db.Tx, id ContractID, day when.Date) (map[ActionID]Amounts, error) {
	list, err := db.List[actionMoney](tx, `select action_id, `+amountSums+` from programme_money
		where contract_id = $1 and effective_on > $2 group by action_id`, id, day)
	m := make(map[ActionID]Amounts, len(list))
	for _, x := range list {
		m[x.ActionID] = x.Amounts
	}
	return m, err
}

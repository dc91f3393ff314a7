package programme

import (
	"fmt"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/territory"
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
	if f.IDs != nil {
		w.And("a.id in "+db.In(len(f.IDs)), db.Anys(f.IDs)...)
	}
	if f.ContractID != "" {
		w.And("a.contract_id = ?", f.ContractID)
	}
	if f.RegionID != "" {
		ids, err := territory.InRegions(tx, []territory.RegionID{territory.RegionID(f.RegionID)})
		if err != nil {
			return nil, err
		}
		w.And("a.territory_id in "+db.In(len(ids)), db.Anys(ids)...)
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
		w.And(isLate, tx.Today())
	}
	if f.Blocked {
		w.And(isBlocked)
	}
	if f.Unfunded {
		w.And(isUnfunded)
	}
	if f.Silent {
		w.And(isSilent, tx.Today().AddDays(-SilentDays))
	}
	if f.Mine {
		mine(w, by)
	}
	if f.OwnerID != "" {
		w.And("a.lead_id = ?", f.OwnerID)
	}
	if t := account.Fold(f.Text); t != "" {
		like := db.Like("%", t, "%")
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

// What wants attention, as conditions on programme_action a; the same as the methods of Row.
const (
	isLate     = `a.late_on < ? and a.status not in ('done', 'abandoned')`
	isBlocked  = `(a.open_blockers > 0 or a.status = 'blocked') and a.status not in ('done', 'abandoned')`
	isUnfunded = `a.to_find_cents > 0 and a.status not in ('done', 'abandoned')`
	isSilent   = `a.news_on <= ? and a.news_on <> '' and a.status not in ('done', 'abandoned')`
)

// CountActions counts what a filter takes of the actions that the actor may see.
func CountActions(tx db.Tx, by account.Actor, f Filter) (Counts, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return Counts{}, err
	}
	return countWhere(tx, w)
}

func countWhere(tx db.Tx, w *db.Where) (Counts, error) {
	cond := w.String()
	columns, args := countColumns(tx, slices.Clone(w.Args()))
	return db.Get[Counts](tx, `select `+columns+` from programme_action a where `+cond, args...)
}

// countColumns writes the sums of Counts over programme_action a, and adds their values to args.
func countColumns(tx db.Tx, args []any) (string, []any) {
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	late := strings.Replace(isLate, "?", arg(tx.Today()), 1)
	silent := strings.Replace(isSilent, "?", arg(tx.Today().AddDays(-SilentDays)), 1)
	count := func(cond, name string) string { return `count(*) filter (where ` + cond + `) as ` + name + `, ` }
	return `count(*) as "all", ` + count(late, "late") + count(isBlocked, "blocked") + count(isUnfunded, "unfunded") + count(silent, "silent") +
		`coalesce(sum(a.cost_cents), 0) as cost_cents, coalesce(sum(a.plan_cents), 0) as plan_cents, coalesce(sum(a.to_find_cents) filter (where ` + isUnfunded + `), 0) as to_find_cents`, args
}

// listPage gives a page of what a filter takes, with its counts. Which actions they are is found
// first, from an index where there is one (programme_action_list), and only those are read.
func listPage(tx db.Tx, by account.Actor, f Filter, page func(total int64) (offset, limit int)) ([]Row, Counts, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, Counts{}, err
	}
	counts, err := countWhere(tx, w)
	if err != nil || counts.All == 0 {
		return nil, counts, err
	}
	offset, limit := page(counts.All)
	ids, err := db.List[ActionID](tx, `select a.id from programme_action a where `+w.String()+` order by `+f.order()+
		` limit `+w.Arg(limit)+` offset `+w.Arg(offset), w.Args()...)
	if err != nil {
		return nil, counts, err
	}
	rows, err := listRowsAmong(tx, ids)
	return rows, counts, err
}

// moneyAmong adds to rows what their lines amount to as it stands.
func moneyAmong(tx db.Tx, rows []Row) error {
	ids := make([]ActionID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	if len(ids) == 0 {
		return nil
	}
	w := among("action_id", ids)
	list, err := db.List[actionMoney](tx, `select action_id, `+amountSums+` from programme_line where removed_at = 0 and `+w.String()+` group by action_id`, w.Args()...)
	money := make(map[ActionID]Amounts, len(list))
	for _, x := range list {
		money[x.ActionID] = x.Amounts
	}
	for i := range rows {
		rows[i].Money = money[rows[i].ID]
	}
	return err
}

// listLeadChoices and listFunderChoices give the organisations that a list can be filtered by: those of the
// actions that the actor may see.
func listLeadChoices(tx db.Tx, by account.Actor, f Filter) ([]party, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, err
	}
	return db.List[party](tx, `select a.lead_id as organisation_id, max(a.lead_name) as organisation_name from programme_action a
		where a.lead_id <> '' and `+w.String()+` group by a.lead_id order by 2, 1`, w.Args()...)
}

func listFunderChoices(tx db.Tx, by account.Actor, f Filter) ([]party, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, err
	}
	return db.List[party](tx, `select p.organisation_id, max(p.organisation_name) as organisation_name from programme_party p
		join programme_action a on a.id = p.action_id where p.kind = 'funder' and `+w.String()+` group by p.organisation_id order by 2, 1`, w.Args()...)
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

// listIDs gives all that a filter takes, in its order.
func listIDs(tx db.Tx, by account.Actor, f Filter) ([]ActionID, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, err
	}
	return db.List[ActionID](tx, `select a.id from programme_action a where `+w.String()+` order by `+f.order(), w.Args()...)
}

// listRowsAmong gives the rows of actions that are known to be visible, in the order of their ids.
func listRowsAmong(tx db.Tx, ids []ActionID) ([]Row, error) {
	w := among("a.id", ids)
	rows, err := db.List[Row](tx, `select `+rowColumns+` from programme_action a where `+w.String(), w.Args()...)
	at := make(map[ActionID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	slices.SortFunc(rows, func(a, b Row) int { return at[a.ID] - at[b.ID] })
	return rows, err
}

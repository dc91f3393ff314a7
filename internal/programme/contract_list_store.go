package programme

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/territory"
	"bassin/internal/when"
)

// visibleContracts adds to a list's condition exactly what SeeContractOf lets through. Table
// programme_contract is c.
func visibleContracts(tx db.Tx, w *db.Where, by account.Actor) error {
	v := viewerOf(by)
	if v.System {
		return nil
	}
	cond, args := `c.state <> '`+string(Preparation)+`'`, []any{}
	or := func(column string, list []string) {
		if len(list) > 0 {
			cond += " or " + column + " in " + db.In(len(list))
			args = append(args, db.Anys(list)...)
		}
	}
	var regions []territory.RegionID
	var own []string
	for _, g := range v.Grants {
		if g.Until != when.None && g.Until < tx.Today() {
			continue
		}
		switch s := Standing(g.Role); {
		case s == AsObserver && g.ScopeKind == "nation":
			return nil
		case (s == AsSteering || s == AsState) && g.ScopeKind == "region":
			regions = append(regions, territory.RegionID(g.ScopeID))
		case (s == AsProjectLead || s == AsLeadPair) && g.ScopeKind == "territory" && g.ScopeID != "":
			own = append(own, g.ScopeID)
		}
	}
	if len(regions) > 0 {
		ids, err := territory.InRegions(tx, regions)
		if err != nil {
			return err
		}
		own = append(own, texts(ids)...)
	}
	or("c.territory_id", own)
	if len(v.Organisations) > 0 {
		cond += " or c.id in (select s.contract_id from programme_signatory s where s.organisation_id in " + db.In(len(v.Organisations)) + ")"
		args = append(args, db.Anys(v.Organisations)...)
	}
	w.And(cond, args...)
	return nil
}

func (f contractFilter) where(tx db.Tx, by account.Actor) (*db.Where, error) {
	w := &db.Where{}
	if f.RegionID != "" {
		ids, err := territory.InRegions(tx, []territory.RegionID{territory.RegionID(f.RegionID)})
		if err != nil {
			return nil, err
		}
		w.And("c.territory_id in "+db.In(len(ids)), db.Anys(ids)...)
	}
	if f.TerritoryID != "" {
		w.And("c.territory_id = ?", f.TerritoryID)
	}
	if f.State != "" {
		w.And("c.state = ?", f.State)
	}
	if t := strings.TrimSpace(f.Text); t != "" {
		like := db.Like("%", strings.ToLower(t), "%")
		named, err := territory.List(tx, territory.Filter{Text: t})
		if err != nil {
			return nil, err
		}
		ids := make([]territory.ID, len(named))
		for i, x := range named {
			ids[i] = x.ID
		}
		w.And(`lower(c.title) like ? escape '\' or lower(c.code) like ? escape '\' or c.territory_id in `+db.In(len(ids)), append([]any{like, like}, db.Anys(ids)...)...)
	}
	return w, visibleContracts(tx, w, by)
}

func listVisibleContracts(tx db.Tx, by account.Actor, f contractFilter) ([]Contract, int, error) {
	w, err := f.where(tx, by)
	if err != nil {
		return nil, 0, err
	}
	total := 0
	order := "lower(c.title), c.phase desc, c.id"
	if f.byID {
		if order = "c.id"; f.After != "" {
			w.And("c.id > ?", f.After)
		}
	} else if total, err = db.Get[int](tx, `select count(*) from programme_contract c where `+w.String(), w.Args()...); err != nil {
		return nil, 0, err
	}
	query := `select ` + contractColumns + ` from programme_contract c where ` + w.String() + ` order by ` + order + ` limit ` + w.Arg(f.Limit) + ` offset ` + w.Arg(f.Offset)
	list, err := db.List[Contract](tx, query, w.Args()...)
	return list, total, err
}

type contractCounts struct {
	ContractID ContractID
	Counts
	PaidCents int64
}

// countByContract counts, in each contract, the actions that the actor may see and their money.
func countByContract(tx db.Tx, by account.Actor, ids []ContractID) (map[ContractID]contractCounts, error) {
	w := &db.Where{}
	w.And("a.removed_at = 0 and a.contract_id in "+db.In(len(ids)), db.Anys(ids)...)
	if err := visible(tx, w, by); err != nil {
		return nil, err
	}
	cond, args := w.String(), slices.Clone(w.Args())
	counts, args := countColumns(tx, args)
	list, err := db.List[contractCounts](tx, `select a.contract_id, `+counts+`, 0 as paid_cents from programme_action a where `+cond+` group by a.contract_id`, args...)
	if err != nil {
		return nil, err
	}
	m := make(map[ContractID]contractCounts, len(list))
	for _, x := range list {
		m[x.ContractID] = x
	}
	paid, err := db.List[contractCounts](tx, `select a.contract_id, coalesce(sum(l.paid_cents), 0) as paid_cents from programme_line l
		join programme_action a on a.id = l.action_id where l.removed_at = 0 and `+w.String()+` group by a.contract_id`, w.Args()...)
	for _, x := range paid {
		c := m[x.ContractID]
		c.PaidCents = x.PaidCents
		m[x.ContractID] = c
	}
	return m, err
}

func countObjectives(tx db.Tx, ids []ActionID) (map[ObjectiveID]int, error) {
	w := among("id", ids)
	list, err := db.List[struct {
		ObjectiveID ObjectiveID
		Actions     int
	}](tx, `select objective_id, count(*) as actions from programme_action where objective_id <> '' and `+w.String()+` group by objective_id`, w.Args()...)
	m := map[ObjectiveID]int{}
	for _, x := range list {
		m[x.ObjectiveID] = x.Actions
	}
	return m, err
}

func getSignatory(tx db.Tx, contract ContractID, id SignatoryID) (Signatory, error) {
	return db.Get[Signatory](tx, `select `+signatoryColumns+` from programme_signatory where id = $1 and contract_id = $2`, id, contract)
}

func getAxis(tx db.Tx, contract ContractID, id AxisID) (Axis, error) {
	return db.Get[Axis](tx, `select `+axisColumns+` from programme_axis where id = $1 and contract_id = $2`, id, contract)
}

func getObjective(tx db.Tx, contract ContractID, id ObjectiveID) (Objective, error) {
	return db.Get[Objective](tx, `select `+objectiveColumns+` from programme_objective where id = $1 and contract_id = $2`, id, contract)
}

func saveObjective(tx db.Tx, o Objective) error {
	return db.Changed(tx.Exec(`update programme_objective set label = $1, parent_id = $2, position = $3, version = version + 1
		where id = $4 and contract_id = $5 and version = $6`, o.Label, o.ParentID, o.Position, o.ID, o.ContractID, o.Version))
}

// deleteObjective takes an objective away; what stood below it moves to its place, and actions that
// stood on it stand on none.
func deleteObjective(tx db.Tx, o Objective) error {
	if _, err := tx.Exec(`update programme_objective set parent_id = $1 where parent_id = $2 and contract_id = $3`, o.ParentID, o.ID, o.ContractID); err != nil {
		return err
	}
	if _, err := tx.Exec(`update programme_action set objective_id = '' where objective_id = $1`, o.ID); err != nil {
		return err
	}
	return db.Changed(tx.Exec(`delete from programme_objective where id = $1 and contract_id = $2`, o.ID, o.ContractID))
}

package programme

import (
	"bassin/internal/db"
)

// among gives a condition on the actions' ids, for the reads below: one query for all of them.
func among(column string, ids []ActionID) *db.Where {
	w := &db.Where{}
	w.And(column+" in "+db.In(len(ids)), db.Anys(ids)...)
	return w
}

// of gathers what was read under the action it belongs to, in the order in which it was read.
func of[T any](list []T, id func(T) ActionID) map[ActionID][]T {
	m := map[ActionID][]T{}
	for _, x := range list {
		m[id(x)] = append(m[id(x)], x)
	}
	return m
}

type actionAxis struct {
	ActionID ActionID
	AxisID   AxisID
}

// listAxesAmong gives the axes of actions, in the order of their contract.
func listAxesAmong(tx db.Tx, ids []ActionID) ([]actionAxis, error) {
	w := among("x.action_id", ids)
	return db.List[actionAxis](tx, `select x.action_id, x.axis_id from programme_action_axis x join programme_axis p on p.id = x.axis_id
		where `+w.String()+` order by x.action_id, p.position, p.id`, w.Args()...)
}

// listSheets reads sheets whole in the order of their ids, with as many queries for a hundred as for
// one. What is not there is left out.
func listSheets(tx db.Tx, ids []ActionID) ([]Sheet, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := among("a.id", ids)
	actions, err := db.List[Action](tx, `select `+actionColumns+`, `+contentColumns+` from programme_action a
		join programme_content c on c.action_id = a.id where `+w.String(), w.Args()...)
	if err != nil {
		return nil, err
	}
	byID := make(map[ActionID]*Sheet, len(actions))
	for _, a := range actions {
		byID[a.ID] = &Sheet{Action: a}
	}
	for _, read := range []func(db.Tx, []ActionID, map[ActionID]*Sheet) error{
		readAxesAmong, readPeopleAmong, readMoneyAmong, readFollowAmong, readIndicatorsAmong,
	} {
		if err := read(tx, ids, byID); err != nil {
			return nil, err
		}
	}
	out := make([]Sheet, 0, len(ids))
	for _, id := range ids {
		if s := byID[id]; s != nil {
			s.compute()
			out = append(out, *s)
		}
	}
	return out, nil
}

func readAxesAmong(tx db.Tx, ids []ActionID, to map[ActionID]*Sheet) error {
	axes, err := listAxesAmong(tx, ids)
	if err != nil {
		return err
	}
	for _, x := range axes {
		if s := to[x.ActionID]; s != nil {
			s.Action.AxisIDs = append(s.Action.AxisIDs, x.AxisID)
		}
	}
	w := among("action_id", ids)
	groupings, err := db.List[struct {
		ActionID       ActionID
		OrganisationID string
	}](tx, `select action_id, organisation_id from programme_perimeter where `+w.String()+` order by action_id, organisation_id`, w.Args()...)
	for _, x := range groupings {
		if s := to[x.ActionID]; s != nil {
			s.Action.GroupingIDs = append(s.Action.GroupingIDs, x.OrganisationID)
		}
	}
	return err
}

func listPartiesAmong(tx db.Tx, ids []ActionID) ([]party, error) {
	w := among("action_id", ids)
	return db.List[party](tx, `select action_id, organisation_id, organisation_name, kind, leads, role from programme_party
		where `+w.String()+` order by action_id, kind, position`, w.Args()...)
}

type pilotOf struct {
	ActionID ActionID
	Pilot
}

func listPilotsAmong(tx db.Tx, ids []ActionID) ([]pilotOf, error) {
	w := among("action_id", ids)
	return db.List[pilotOf](tx, `select action_id, person_id, name, title from programme_pilot where `+w.String()+` order by action_id, position`, w.Args()...)
}

func readPeopleAmong(tx db.Tx, ids []ActionID, to map[ActionID]*Sheet) error {
	parties, err := listPartiesAmong(tx, ids)
	if err != nil {
		return err
	}
	for _, p := range parties {
		s := to[p.ActionID]
		switch {
		case s == nil:
		case p.Kind == "owner":
			s.Action.Owners = append(s.Action.Owners, Owner{p.OrganisationID, p.OrganisationName, p.Leads})
		case p.Kind == "partner":
			s.Action.Partners = append(s.Action.Partners, Partner{p.OrganisationID, p.OrganisationName, p.Role})
		}
	}
	pilots, err := listPilotsAmong(tx, ids)
	for _, p := range pilots {
		if s := to[p.ActionID]; s != nil {
			s.Action.Pilots = append(s.Action.Pilots, p.Pilot)
		}
	}
	return err
}

func readMoneyAmong(tx db.Tx, ids []ActionID, to map[ActionID]*Sheet) error {
	w := among("action_id", ids)
	costs, err := db.List[Cost](tx, `select `+costColumns+` from programme_cost where `+w.String()+` order by action_id, year, kind desc`, w.Args()...)
	if err != nil {
		return err
	}
	lines, err := db.List[storedLine](tx, `select `+lineColumns+` from programme_line where removed_at = 0 and `+w.String()+`
		order by action_id, nature = 'own_funds', funder_name, scheme, nature, year, id`, w.Args()...)
	if err != nil {
		return err
	}
	for id, list := range of(costs, func(c Cost) ActionID { return c.ActionID }) {
		if s := to[id]; s != nil {
			s.Costs = list
		}
	}
	for _, l := range lines {
		if s := to[l.ActionID]; s != nil {
			s.Lines = append(s.Lines, Funded{Line: l.Line, State: LineState{Stage: l.Stage, StageOn: l.StageOn, Amounts: l.Amounts}})
		}
	}
	return nil
}

func readFollowAmong(tx db.Tx, ids []ActionID, to map[ActionID]*Sheet) error {
	w := among("action_id", ids)
	milestones, err := db.List[Milestone](tx, `select `+milestoneColumns+` from programme_milestone where removed_at = 0 and `+w.String()+`
		order by action_id, due_on = '', due_on, position, id`, w.Args()...)
	if err != nil {
		return err
	}
	blockers, err := db.List[Blocker](tx, `select `+blockerColumns+` from programme_blocker where `+w.String()+`
		order by action_id, resolved_on <> '', since_on, id`, w.Args()...)
	if err != nil {
		return err
	}
	for id, list := range of(milestones, func(m Milestone) ActionID { return m.ActionID }) {
		if s := to[id]; s != nil {
			s.Milestones = list
		}
	}
	for id, list := range of(blockers, func(b Blocker) ActionID { return b.ActionID }) {
		if s := to[id]; s != nil {
			s.Blockers = list
		}
	}
	return nil
}

func readIndicatorsAmong(tx db.Tx, ids []ActionID, to map[ActionID]*Sheet) error {
	w := among("action_id", ids)
	indicators, err := db.List[Indicator](tx, `select `+indicatorColumns+` from programme_indicator where removed_at = 0 and `+w.String()+`
		order by action_id, position, id`, w.Args()...)
	if err != nil || len(indicators) == 0 {
		return err
	}
	values, err := db.List[Value](tx, `select `+valueColumns+` from programme_value where `+w.String()+` order by action_id, measured_on, recorded_at, id`, w.Args()...)
	if err != nil {
		return err
	}
	for id, list := range of(indicators, func(i Indicator) ActionID { return i.ActionID }) {
		if s := to[id]; s != nil {
			s.Indicators = list
		}
	}
	for id, list := range of(values, func(v Value) ActionID { return v.ActionID }) {
		if s := to[id]; s != nil {
			s.Values = list
		}
	}
	return nil
}

// listAccess reads what decides on many actions at once; regions are left to the caller, who has
// the territories. What is not there is left out.
func listAccess(tx db.Tx, ids []ActionID) (map[ActionID]ActionAccess, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := among("id", ids)
	rows, err := db.List[struct {
		ID              ActionID
		ContractID      ContractID
		TerritoryID     string
		Confidentiality Confidentiality
	}](tx, `select id, contract_id, territory_id, confidentiality from programme_action where removed_at = 0 and `+w.String(), w.Args()...)
	if err != nil {
		return nil, err
	}
	parties, err := listPartiesAmong(tx, ids)
	if err != nil {
		return nil, err
	}
	pilots, err := listPilotsAmong(tx, ids)
	if err != nil {
		return nil, err
	}
	sw := among("a.id", ids)
	signatories, err := db.List[struct {
		ContractID     ContractID
		OrganisationID string
	}](tx, `select distinct s.contract_id, s.organisation_id from programme_signatory s
		join programme_action a on a.contract_id = s.contract_id where `+sw.String(), sw.Args()...)
	if err != nil {
		return nil, err
	}
	signed := map[ContractID][]string{}
	for _, s := range signatories {
		signed[s.ContractID] = append(signed[s.ContractID], s.OrganisationID)
	}
	side := map[string]map[ActionID][]string{"owner": {}, "partner": {}, "funder": {}}
	for _, p := range parties {
		side[p.Kind][p.ActionID] = append(side[p.Kind][p.ActionID], p.OrganisationID)
	}
	people := map[ActionID][]string{}
	for _, p := range pilots {
		if p.PersonID != "" {
			people[p.ActionID] = append(people[p.ActionID], p.PersonID)
		}
	}
	m := make(map[ActionID]ActionAccess, len(rows))
	for _, r := range rows {
		m[r.ID] = ActionAccess{ActionID: r.ID, TerritoryID: r.TerritoryID, Confidentiality: r.Confidentiality,
			OwnerIDs: side["owner"][r.ID], PartnerIDs: side["partner"][r.ID], FunderIDs: side["funder"][r.ID],
			SignatoryIDs: signed[r.ContractID], PilotIDs: people[r.ID]}
	}
	return m, nil
}

// listAxesOfActions gives the axes on which any of the actions stands.
func listAxesOfActions(tx db.Tx, ids []ActionID) ([]Axis, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	w := among("x.action_id", ids)
	return db.List[Axis](tx, `select distinct p.id, p.contract_id, p.code, p.label_fr, p.label_en, p.position from programme_axis p
		join programme_action_axis x on x.axis_id = p.id where `+w.String()+` order by p.position, p.id`, w.Args()...)
}

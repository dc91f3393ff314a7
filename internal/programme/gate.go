package programme

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
)

// accessTo reads what the rules need to decide on an action; what the actor may not see is not
// found.
func accessTo(tx db.Tx, by account.Actor, id ActionID) (ActionAccess, error) {
	a, _, err := getAccess(tx, id)
	if err != nil {
		return a, err
	}
	if a.RegionIDs, err = regionsOf(tx, a.TerritoryID); err != nil {
		return a, err
	}
	v, today := viewerOf(by), tx.Today()
	if !See(v, a, today) || a.Removed && !May(v, RemoveAction, a, today) {
		return a, fault.New(fault.NotFound, "fault.not_found")
	}
	return a, nil
}

// allow is accessTo for an act: what one sees but may not do is forbidden. The sheet is the act's
// alone from here to the end of its transaction.
func allow(tx db.Tx, by account.Actor, id ActionID, p Permission) (ActionAccess, error) {
	a, err := accessTo(tx, by, id)
	if err != nil {
		return a, err
	}
	if !May(viewerOf(by), p, a, tx.Today()) {
		return a, fault.New(fault.Forbidden, "programme.forbidden."+string(p))
	}
	return a, lockAction(tx, id)
}

func regionsOf(tx db.Tx, territoryID string) ([]string, error) {
	ids, err := territory.RegionsOf(tx, territory.ID(territoryID))
	return texts(ids), err
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

// inside tells on which of the actions the actor is more than the public: what blocks, notes,
// documents and history are the parties' own, even on a public sheet.
func inside(tx db.Tx, by account.Actor, ids []ActionID) (map[ActionID]bool, error) {
	v := viewerOf(by)
	if v.PersonID == "" && !v.System {
		return nil, nil
	}
	access, err := listAccess(tx, ids)
	if err != nil {
		return nil, err
	}
	places := []territory.ID{}
	for _, a := range access {
		places = append(places, territory.ID(a.TerritoryID))
	}
	slices.Sort(places)
	regions, err := territory.RegionsOfAll(tx, slices.Compact(places))
	m := make(map[ActionID]bool, len(access))
	for id, a := range access {
		a.RegionIDs = texts(regions[territory.ID(a.TerritoryID)])
		m[id] = May(v, SeeContract, a, tx.Today())
	}
	return m, err
}

// contractFor reads a contract that the actor may see.
func contractFor(tx db.Tx, by account.Actor, id ContractID) (Contract, error) {
	c, err := getContract(tx, id)
	if err != nil {
		return c, err
	}
	if c.State != Preparation { // public
		return c, nil
	}
	a := ActionAccess{TerritoryID: c.TerritoryID}
	if a.RegionIDs, err = regionsOf(tx, c.TerritoryID); err != nil {
		return c, err
	}
	signatories, err := listSignatories(tx, id)
	if err != nil {
		return c, err
	}
	for _, s := range signatories {
		a.SignatoryIDs = append(a.SignatoryIDs, s.OrganisationID)
	}
	if !SeeContractOf(viewerOf(by), c.State, a, tx.Today()) {
		return Contract{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return c, nil
}

// editContract reads a contract that the actor may change. Who may change it sees it.
func editContract(tx db.Tx, by account.Actor, id ContractID) (Contract, error) {
	c, err := getContract(tx, id)
	if err != nil || MayEditContract(viewerOf(by), c.TerritoryID, tx.Today()) {
		return c, err
	}
	if _, err := contractFor(tx, by, id); err != nil {
		return Contract{}, err
	}
	return Contract{}, fault.New(fault.Forbidden, "programme.forbidden.edit_contract")
}

// visible adds to a list's condition exactly what See lets through. Table programme_action is a.
func visible(tx db.Tx, w *db.Where, by account.Actor) error {
	v := viewerOf(by)
	if v.System {
		return nil
	}
	today := tx.Today()
	var all, level, guest []string // territories seen whole, at contract level; actions as a guest
	var regions []territory.RegionID
	nation := false
	for _, g := range v.Grants {
		if g.Until != "" && g.Until < today {
			continue
		}
		switch s := Standing(g.Role); {
		case s == AsObserver && g.ScopeKind == "nation":
			nation = true
		case (s == AsSteering || s == AsState) && g.ScopeKind == "region":
			regions = append(regions, territory.RegionID(g.ScopeID))
		case (s == AsProjectLead || s == AsLeadPair) && g.ScopeKind == "territory" && g.ScopeID != "":
			all = append(all, g.ScopeID)
		case s == AsGuest && g.ScopeKind == "action" && g.ScopeID != "":
			guest = append(guest, g.ScopeID)
		}
	}
	if len(regions) > 0 && !nation {
		ids, err := territory.InRegions(tx, regions)
		if err != nil {
			return err
		}
		level = texts(ids)
	}
	orgs := v.Organisations
	cond, args := `a.confidentiality = 'public'`, []any{}
	or := func(c string, list []string) {
		if len(list) > 0 {
			cond += " or " + c + " in " + db.In(len(list))
			args = append(args, db.Anys(list)...)
		}
	}
	or(`a.territory_id`, all)
	or(`a.id`, guest)
	if nation {
		cond += ` or a.confidentiality = 'contract'`
	}
	or(`a.confidentiality = 'contract' and a.territory_id`, level)
	if len(orgs) > 0 {
		cond += ` or a.id in (select p.action_id from programme_party p where p.organisation_id in ` + db.In(len(orgs)) + ` and (p.kind = 'owner' or a.confidentiality = 'contract'))`
		args = append(args, db.Anys(orgs)...)
		cond += ` or a.confidentiality = 'contract' and a.contract_id in (select s.contract_id from programme_signatory s where s.organisation_id in ` + db.In(len(orgs)) + `)`
		args = append(args, db.Anys(orgs)...)
	}
	if v.PersonID != "" {
		cond += ` or a.id in (select l.action_id from programme_pilot l where l.person_id = ?)`
		args = append(args, v.PersonID)
	}
	w.And(cond, args...)
	return nil
}

// MayEdit reports whether the actor runs the contract of the territory.
func MayEdit(tx db.Tx, by account.Actor, territoryID string) bool {
	return MayEditContract(viewerOf(by), territoryID, tx.Today())
}

// TerritoryOfAction tells in which territory an action lies that the actor may see.
func TerritoryOfAction(tx db.Tx, by account.Actor, id ActionID) (string, error) {
	a, err := accessTo(tx, by, id)
	if err != nil {
		return "", err
	}
	return a.TerritoryID, nil
}

// TerritoryOfContract tells whose contract it is, when the actor may see it.
func TerritoryOfContract(tx db.Tx, by account.Actor, id ContractID) (string, error) {
	c, err := contractFor(tx, by, id)
	return c.TerritoryID, err
}

// ReferenceOf gives the reference of an action, for the list of grants; it tells nothing else.
func ReferenceOf(tx db.Tx, id ActionID) (string, error) {
	a, err := getAction(tx, id)
	return a.Reference, err
}

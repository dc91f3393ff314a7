package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/search"
)

// CreateAction adds an action sheet to a contract. Everything but reference, title and contract may
// still be empty: readiness says what is missing.
func (s *Service) CreateAction(ctx context.Context, by account.Actor, a Action) (Action, error) {
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		a, err = CreateActionIn(tx, by, a)
		return err
	})
	if err != nil {
		return Action{}, fmt.Errorf("create action: %w", err)
	}
	return a, nil
}

// CreateActionIn is CreateAction in the caller's transaction.
func CreateActionIn(tx db.Tx, by account.Actor, a Action) (Action, error) {
	c, err := editContract(tx, by, a.ContractID)
	if err != nil {
		return a, err
	}
	if c.State == Closed {
		return a, fault.New(fault.Conflict, "programme.contract.closed")
	}
	a.defaults()
	if err := a.validateAll(tx.Today()); err != nil {
		return a, err
	}
	a.ID, a.TerritoryID, a.CreatedAt, a.UpdatedAt, a.Version = ActionID(db.NewID()), c.TerritoryID, tx.Now(), tx.Now(), 1
	if err := nameParties(tx, &a.People); err != nil {
		return a, err
	}
	sheet := Sheet{Action: a} // a new sheet has nothing else yet: no need to read it back
	sheet.compute()
	if err := insertAction(tx, a, sheet.derive()); err != nil {
		return a, taken(err, "reference", "programme.action.reference_taken")
	}
	if err := saveLists(tx, a); err != nil {
		return a, err
	}
	walls, _ := actionWalls(a, nil) // nor funders, nor documents
	if err := search.Put(tx, actionEntry(a, walls)); err != nil {
		return a, err
	}
	return a, recordAction(tx, by, "programme.action.create", a, nil)
}

func saveLists(tx db.Tx, a Action) error {
	if len(a.AxisIDs) > 0 {
		if err := saveAxesOf(tx, a.ID, a.AxisIDs); err != nil {
			return err
		}
	}
	if len(a.GroupingIDs) > 0 {
		if err := savePerimeter(tx, a.ID, a.GroupingIDs); err != nil {
			return err
		}
	}
	if len(a.Owners)+len(a.Partners)+len(a.Pilots) > 0 {
		return savePeople(tx, a.ID, a.People)
	}
	return nil
}

// nameParties writes the organisations' names beside their IDs, and says which does not exist.
func nameParties(tx db.Tx, p *People) error {
	var wrong fault.Fields
	name := func(field, id string) (string, error) {
		o, err := account.GetOrganisation(tx, account.OrganisationID(id))
		if fault.Is(err, fault.NotFound) {
			if !wrong.Has(field) {
				wrong.Add(field, "programme.wrong.choice")
			}
			return "", nil
		}
		return o.Label(), err
	}
	for i := range p.Owners {
		var err error
		if p.Owners[i].OrganisationName, err = name("owners", p.Owners[i].OrganisationID); err != nil {
			return err
		}
	}
	for i := range p.Partners {
		var err error
		if p.Partners[i].OrganisationName, err = name("partners", p.Partners[i].OrganisationID); err != nil {
			return err
		}
	}
	if err := nameAccounts(tx, p, &wrong); err != nil {
		return err
	}
	return wrong.Err()
}

// nameAccounts says which of the accounts that pilots and sponsor are named by does not exist.
func nameAccounts(tx db.Tx, p *People, wrong *fault.Fields) error {
	var ids []account.PersonID
	for _, x := range p.Pilots {
		if x.PersonID != "" {
			ids = append(ids, account.PersonID(x.PersonID))
		}
	}
	if p.SponsorPersonID != "" {
		ids = append(ids, account.PersonID(p.SponsorPersonID))
	}
	people, err := account.PeopleByID(tx, ids)
	if err != nil {
		return err
	}
	known := map[string]account.PersonBrief{}
	for _, x := range people {
		known[string(x.ID)] = x
	}
	for _, x := range p.Pilots {
		if _, ok := known[x.PersonID]; x.PersonID != "" && !ok && !wrong.Has("pilots") {
			wrong.Add("pilots", "programme.wrong.choice")
		}
	}
	if _, ok := known[p.SponsorPersonID]; p.SponsorPersonID != "" && !ok {
		wrong.Add("sponsor_person_id", "programme.wrong.choice")
	}
	return nil
}

func recordAction(tx db.Tx, by account.Actor, verb string, a Action, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	data["reference"] = a.Reference
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "action", ID: string(a.ID), Scope: scopeOf(a.TerritoryID), Data: data})
}

// SaveSection saves one section of a sheet that was read at a version of that section (0: whatever
// stands). The fields of other sections in a are ignored. Costs and funding are saved by their own
// operations. Fault fault.stale when somebody else saved the section first.
func (s *Service) SaveSection(ctx context.Context, by account.Actor, section Section, seen int64, a Action) (Action, error) {
	var now Action
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		access, err := allow(tx, by, a.ID, EditAction)
		if err != nil {
			return err
		}
		before, err := getAction(tx, a.ID)
		if err != nil {
			return err
		}
		now = before
		if err := now.take(section, a); err != nil {
			return err
		}
		if err := guard(tx, by, access, before, now); err != nil {
			return err
		}
		if err := now.validate(section, tx.Today()); err != nil {
			return err
		}
		if err := advanceSection(tx, a.ID, section, seen, by); err != nil {
			return err
		}
		if err := storeSection(tx, section, &now); err != nil {
			return err
		}
		if err := refresh(tx, a.ID); err != nil {
			return err
		}
		list, err := worded(tx, before, now, changes(before, now))
		if err != nil {
			return err
		}
		return recordAction(tx, by, "programme.action.save", now, map[string]any{"section_key": section.Key(), "changes": list})
	})
	if err != nil {
		return Action{}, fmt.Errorf("save %s of action %s: %w", section, a.ID, err)
	}
	return now, nil
}

// guard refuses what an editor may not change: reference and confidentiality are the project
// lead's.
func guard(tx db.Tx, by account.Actor, access ActionAccess, before, now Action) error {
	v, today := viewerOf(by), tx.Today()
	var wrong fault.Fields
	if before.Reference != now.Reference && !May(v, SetReference, access, today) {
		wrong.Add("reference", "programme.forbidden.set_reference")
	}
	if before.Confidentiality != now.Confidentiality && !May(v, SetConfidentiality, access, today) {
		wrong.Add("confidentiality", "programme.forbidden.set_confidentiality")
	}
	return wrong.Err()
}

func storeSection(tx db.Tx, section Section, a *Action) error {
	switch section {
	case SectionDescription:
		if err := checkGroupings(tx, a.GroupingIDs); err != nil {
			return err
		}
		if err := savePerimeter(tx, a.ID, a.GroupingIDs); err != nil {
			return err
		}
		if err := saveContent(tx, *a); err != nil {
			return err
		}
	case SectionFollowUp:
		if err := saveContent(tx, *a); err != nil {
			return err
		}
	case SectionIdentity:
		axes, err := listAxes(tx, a.ContractID)
		if err != nil {
			return err
		}
		objectives, err := listObjectives(tx, a.ContractID)
		if err != nil {
			return err
		}
		var wrong fault.Fields
		if !axesOf(axes, a.AxisIDs) {
			wrong.Add("axis_ids", "programme.wrong.choice")
		}
		if a.ObjectiveID != "" && !slices.ContainsFunc(objectives, func(o Objective) bool { return o.ID == a.ObjectiveID }) {
			wrong.Add("objective_id", "programme.wrong.choice")
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := saveAxesOf(tx, a.ID, a.AxisIDs); err != nil {
			return err
		}
	case SectionPeople:
		if err := nameParties(tx, &a.People); err != nil {
			return err
		}
		if err := savePeople(tx, a.ID, a.People); err != nil {
			return err
		}
	}
	return taken(saveAction(tx, *a), "reference", "programme.action.reference_taken")
}

// worded says by their names what a change tells by IDs: the trail is read by people, and for long.
func worded(tx db.Tx, before, now Action, list []account.Changed) ([]account.Changed, error) {
	for i, c := range list {
		switch c.Field {
		case "axis_ids":
			axes, err := listAxes(tx, now.ContractID)
			if err != nil {
				return nil, err
			}
			list[i].From, list[i].To = axisLabels(axes, before.AxisIDs), axisLabels(axes, now.AxisIDs)
		case "objective_id":
			objectives, err := listObjectives(tx, now.ContractID)
			if err != nil {
				return nil, err
			}
			list[i].From = strings.Join(objectivePath(objectives, before.ObjectiveID), " › ")
			list[i].To = strings.Join(objectivePath(objectives, now.ObjectiveID), " › ")
		case "grouping_ids":
			var err error
			if list[i].From, err = groupingNames(tx, before.GroupingIDs); err != nil {
				return nil, err
			}
			if list[i].To, err = groupingNames(tx, now.GroupingIDs); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

func axisLabels(axes []Axis, ids []AxisID) string {
	var names []string
	for _, a := range axes {
		if in(a.ID, ids) {
			names = append(names, a.LabelFR)
		}
	}
	return strings.Join(names, ", ")
}

func groupingNames(tx db.Tx, ids []string) (string, error) {
	orgIDs := make([]account.OrganisationID, len(ids))
	for i, id := range ids {
		orgIDs[i] = account.OrganisationID(id)
	}
	orgs, err := account.OrganisationsByID(tx, orgIDs)
	names := make([]string, len(orgs))
	for i, o := range orgs {
		names[i] = o.Label()
	}
	slices.Sort(names)
	return strings.Join(names, ", "), err
}

// checkGroupings refuses a perimeter that names what is not a grouping.
func checkGroupings(tx db.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	orgIDs := make([]account.OrganisationID, len(ids))
	for i, id := range ids {
		orgIDs[i] = account.OrganisationID(id)
	}
	orgs, err := account.OrganisationsByID(tx, orgIDs)
	if err != nil {
		return err
	}
	var wrong fault.Fields
	if len(orgs) != len(ids) || slices.ContainsFunc(orgs, func(o account.Organisation) bool { return o.Kind != account.Grouping }) {
		wrong.Add("grouping_ids", "programme.wrong.choice")
	}
	return wrong.Err()
}

func axesOf(axes []Axis, ids []AxisID) bool {
	for _, id := range ids {
		found := false
		for _, a := range axes {
			found = found || a.ID == id
		}
		if !found {
			return false
		}
	}
	return true
}

// MoveAction changes the status of an action that the actor saw in the status from.
func (s *Service) MoveAction(ctx context.Context, by account.Actor, id ActionID, from, to Status) (Action, error) {
	var a Action
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if _, err = allow(tx, by, id, EditAction); err != nil {
			return err
		}
		if a, err = getAction(tx, id); err != nil {
			return err
		}
		if from != "" && from != a.Status {
			return fault.New(fault.Conflict, "programme.action.moved", "status_key", a.Status.Key())
		}
		was := a.Status
		blockers, err := listBlockers(tx, id)
		if err != nil {
			return err
		}
		if err := a.move(to, blockers, tx.Today()); err != nil {
			return err
		}
		if err := saveAction(tx, a); err != nil {
			return err
		}
		if err := refresh(tx, id); err != nil {
			return err
		}
		return recordAction(tx, by, "programme.action.move", a, map[string]any{"from_key": was.Key(), "to_key": to.Key()})
	})
	if err != nil {
		return Action{}, fmt.Errorf("move action %s: %w", id, err)
	}
	return a, nil
}

// RemoveAction takes a sheet off the lists; RestoreAction brings it back.
func (s *Service) RemoveAction(ctx context.Context, by account.Actor, id ActionID) error {
	return s.setRemoved(ctx, by, id, true)
}

// RestoreAction undoes RemoveAction.
func (s *Service) RestoreAction(ctx context.Context, by account.Actor, id ActionID) error {
	return s.setRemoved(ctx, by, id, false)
}

func (s *Service) setRemoved(ctx context.Context, by account.Actor, id ActionID, removed bool) error {
	err := s.db.Do(ctx, func(tx db.Tx) error { return setRemovedIn(tx, by, id, removed) })
	if err != nil {
		return fmt.Errorf("remove action %s: %w", id, err)
	}
	return nil
}

func setRemovedIn(tx db.Tx, by account.Actor, id ActionID, removed bool) error {
	if _, err := allow(tx, by, id, RemoveAction); err != nil {
		return err
	}
	a, err := getAction(tx, id)
	if err != nil {
		return err
	}
	verb := "programme.action.restore"
	a.RemovedAt = 0
	if removed {
		a.RemovedAt = tx.Now()
		verb = "programme.action.remove"
	}
	if err := saveAction(tx, a); err != nil {
		return err
	}
	if err := indexAction(tx, a); err != nil {
		return err
	}
	return recordAction(tx, by, verb, a, nil)
}

// SaveCosts replaces the cost lines of an action whose costs section was read at a version.
func (s *Service) SaveCosts(ctx context.Context, by account.Actor, id ActionID, seen int64, costs []Cost) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		return SaveCostsIn(tx, by, id, seen, costs)
	})
	if err != nil {
		return fmt.Errorf("save costs of action %s: %w", id, err)
	}
	return nil
}

// SaveCostsIn is SaveCosts in the caller's transaction.
func SaveCostsIn(tx db.Tx, by account.Actor, id ActionID, seen int64, costs []Cost) error {
	if _, err := allow(tx, by, id, EditAction); err != nil {
		return err
	}
	if err := validateCosts(costs); err != nil {
		return err
	}
	if err := advanceSection(tx, id, SectionCosts, seen, by); err != nil {
		return err
	}
	old, err := listCosts(tx, id)
	if err != nil {
		return err
	}
	if err := saveCosts(tx, id, costs); err != nil {
		return err
	}
	if err := refresh(tx, id); err != nil {
		return err
	}
	a, err := getAction(tx, id)
	if err != nil {
		return err
	}
	return recordAction(tx, by, "programme.cost.save", a, map[string]any{
		"before_cents": SumCosts(old).PlannedCents(), "after_cents": SumCosts(costs).PlannedCents()})
}

package programme

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/when"
)

// Invite lets somebody into the action until a day, by the address of their account; who has none
// is invited to make one. Whoever has access already keeps it: it is prolonged, not given twice.
func (s *Service) Invite(ctx context.Context, by account.Actor, id ActionID, in Invitation) (account.Grant, error) {
	var g account.Grant
	err := s.follow(ctx, by, id, GiveAccess, "programme.guest.invite", func(tx db.Tx, a Action) (map[string]any, error) {
		switch {
		case s.account == nil:
			return nil, fault.New(fault.NotFound, "fault.not_found")
		case a.RemovedAt != 0:
			return nil, fault.New(fault.Conflict, "programme.guest.removed_sheet")
		}
		p, err := s.account.InviteIn(tx, by, account.Person{Email: in.Email, Name: in.Name, Language: by.Lang}, actionURL(id))
		if err != nil {
			return nil, err
		}
		if err := notGuestYet(tx, id, p.ID, p.Name); err != nil {
			return nil, err
		}
		g, err = account.GiveIn(tx, by, account.Grant{PersonID: p.ID, Role: account.Guest, ScopeKind: account.OverAction, ScopeID: string(id), UntilOn: in.UntilOn})
		if err != nil {
			return nil, err
		}
		err = s.account.NotifyIn(tx, p.ID, "action_guest", "by", by.Name, "reference", a.Reference, "title", a.Title, "until_on", in.UntilOn, "waiting", p.Invited(), "path", actionURL(id))
		return map[string]any{"name": p.Name, "until_on": in.UntilOn}, err
	})
	if err != nil {
		return account.Grant{}, fmt.Errorf("invite to action %s: %w", id, err)
	}
	return g, nil
}

// notGuestYet refuses a second access of one person: two who invite at once would each believe that
// their day holds.
func notGuestYet(tx db.Tx, id ActionID, person account.PersonID, name string) error {
	held, err := account.GrantsOver(tx, account.OverAction, string(id))
	for _, h := range held {
		if h.PersonID == person && h.Holds(tx.Today()) {
			var wrong fault.Fields
			wrong.Add("email", "programme.guest.already", "name", name, "until_on", h.UntilOn)
			return wrong.Err()
		}
	}
	return err
}

// Prolong gives a guest another last day, sooner or later. Fault fault.stale when the last day is no
// longer the one that was seen (its number as a version; 0: whatever stands).
func (s *Service) Prolong(ctx context.Context, by account.Actor, id ActionID, grant account.GrantID, until when.Date, seen int64) error {
	err := s.follow(ctx, by, id, GiveAccess, "programme.guest.prolong", func(tx db.Tx, _ Action) (map[string]any, error) {
		g, err := guestOf(tx, id, grant)
		switch {
		case err != nil:
			return nil, err
		case g.RevokedAt != 0:
			return nil, fault.New(fault.Conflict, "programme.guest.revoked")
		case seen != 0 && seen != endVersion(g.UntilOn):
			return nil, fault.New(fault.Conflict, "fault.stale")
		case until == g.UntilOn:
			return nil, errStands
		}
		if err := account.ExtendIn(tx, g, until); err != nil {
			return nil, err
		}
		names, err := account.NamesOf(tx, []account.PersonID{g.PersonID})
		return map[string]any{"name": names[g.PersonID], "before_on": g.UntilOn, "until_on": until}, err
	})
	if err != nil {
		return fmt.Errorf("prolong %s on action %s: %w", grant, id, err)
	}
	return nil
}

// Exclude ends a guest's access at once.
func (s *Service) Exclude(ctx context.Context, by account.Actor, id ActionID, grant account.GrantID) error {
	err := s.follow(ctx, by, id, GiveAccess, "programme.guest.exclude", func(tx db.Tx, _ Action) (map[string]any, error) {
		g, err := guestOf(tx, id, grant)
		if err != nil {
			return nil, err
		}
		if g.RevokedAt != 0 {
			return nil, errStands
		}
		if _, err := account.RevokeIn(tx, by, grant, account.OverAction, string(id)); err != nil {
			return nil, err
		}
		names, err := account.NamesOf(tx, []account.PersonID{g.PersonID})
		return map[string]any{"name": names[g.PersonID]}, err
	})
	if err != nil {
		return fmt.Errorf("exclude %s from action %s: %w", grant, id, err)
	}
	return nil
}

// guestOf reads an access to the action, given or taken back.
func guestOf(tx db.Tx, id ActionID, grant account.GrantID) (account.Grant, error) {
	g, err := account.GetGrant(tx, grant)
	if err == nil && (g.ScopeKind != account.OverAction || g.ScopeID != string(id)) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return g, err
}

// guestsOf lists the guests of actions, those whose access has ended last.
func guestsOf(tx db.Tx, ids ...ActionID) ([]Guest, error) {
	held, err := account.GrantsOver(tx, account.OverAction, texts(ids)...)
	if err != nil {
		return nil, err
	}
	people := make([]account.PersonID, len(held))
	for i, h := range held {
		people[i] = h.PersonID
	}
	memberships, err := account.MembershipsOf(tx, people)
	if err != nil {
		return nil, err
	}
	out := make([]Guest, 0, len(held))
	for _, h := range held {
		g := Guest{Held: h, Ended: h.Closed || !h.Holds(tx.Today())}
		for _, m := range memberships {
			if m.PersonID == h.PersonID {
				g.Organisations = append(g.Organisations, m.Organisation)
			}
		}
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b Guest) int {
		switch {
		case a.Ended == b.Ended:
			return 0
		case b.Ended:
			return -1
		}
		return 1
	})
	return out, nil
}

// waysInto lists who else may open the sheet, by the same rule that opens it.
func waysInto(tx db.Tx, x sheetView) ([]Way, error) {
	var out []Way
	for _, scope := range []struct {
		kind account.ScopeKind
		ids  []string
	}{{account.OverTerritory, []string{x.Access.TerritoryID}}, {account.OverRegion, x.Access.RegionIDs}, {account.OverNation, []string{""}}} {
		held, err := account.GrantsOver(tx, scope.kind, scope.ids...)
		if err != nil {
			return nil, err
		}
		for _, h := range held {
			if as, sees := x.Access.sees(h.Grant, x.Today); sees && !h.Closed {
				out = append(out, Way{[]Standing{as}, h.Name, h.Title, x.over(h.Grant), h.UntilOn, h.VisitedAt})
			}
		}
	}
	for _, p := range x.Action.Pilots {
		if p.PersonID != "" {
			out = append(out, Way{Standings: []Standing{AsPilot}, Name: p.Name, Title: p.Title})
		}
	}
	organisations, err := organisationsInto(tx, x)
	return append(out, organisations...), err
}

// over names what a role is given over.
func (x sheetView) over(g account.Grant) string {
	switch g.ScopeKind {
	case account.OverTerritory:
		return x.Territory
	case account.OverRegion:
		r, _ := territory.RegionByID(territory.RegionID(g.ScopeID))
		return r.Name
	}
	return ""
}

// organisationsInto lists the organisations whose members may open the sheet.
func organisationsInto(tx db.Tx, x sheetView) ([]Way, error) {
	a := x.Access
	var ids []account.OrganisationID
	for _, id := range slices.Concat(a.OwnerIDs, a.PartnerIDs, a.FunderIDs, a.SignatoryIDs) {
		ids = append(ids, account.OrganisationID(id))
	}
	list, err := account.OrganisationsByID(tx, ids)
	if err != nil {
		return nil, err
	}
	var out []Way
	for _, o := range list {
		id, w := string(o.ID), Way{Name: o.Label()}
		for _, side := range []struct {
			as  Standing
			ids []string
		}{{AsOwner, a.OwnerIDs}, {AsPartner, a.PartnerIDs}, {AsFunder, a.FunderIDs}, {AsSignatory, a.SignatoryIDs}} {
			if slices.Contains(side.ids, id) {
				w.Standings = append(w.Standings, side.as)
			}
		}
		if See(Viewer{Organisations: []string{id}}, a, x.Today) {
			out = append(out, w)
		}
	}
	return out, nil
}

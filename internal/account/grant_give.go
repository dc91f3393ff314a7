package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// Give gives a grant. TerritoryID is where the scope lies, for project leads who invite.
func (s *Service) Give(ctx context.Context, by Actor, g Grant, territoryID string) (Grant, error) {
	if !g.mayGive(by, territoryID) {
		return Grant{}, fault.New(fault.Forbidden, "account.grant.not_yours")
	}
	if g.Role == Guest { // by mail, with one last day for each person: see programme's Invite
		var wrong fault.Fields
		wrong.Add("role", "account.grant.guest_on_action")
		return Grant{}, wrong.Err()
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := g.check(tx.Today()); err != nil {
			return err
		}
		g.ID, g.CreatedAt, g.GivenBy = GrantID(db.NewID()), tx.Now(), by.ID
		if _, err := getPerson(tx, g.PersonID); err != nil {
			return err
		}
		if err := s.checkScope(tx, g); err != nil {
			return err
		}
		if err := insertGrant(tx, g); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.grant.give", Kind: "person", ID: string(g.PersonID), Scope: g.scope(), Data: s.grantData(tx, g)})
	})
	if err != nil {
		return Grant{}, fmt.Errorf("give %s over %s %s: %w", g.Role, g.ScopeKind, g.ScopeID, err)
	}
	return g, nil
}

// Revoke ends a grant now.
func (s *Service) Revoke(ctx context.Context, by Actor, id GrantID, territoryID string) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		g, err := getGrant(tx, id)
		if err != nil {
			return err
		}
		if !g.mayGive(by, territoryID) {
			return fault.New(fault.Forbidden, "account.grant.not_yours")
		}
		if err := revokeGrant(tx, id, by.ID); err != nil {
			return err
		}
		if g.Role == Admin {
			if err := keepAnAdmin(tx, by); err != nil {
				return err
			}
		}
		return Record(tx, by, Event{Verb: "account.grant.revoke", Kind: "person", ID: string(g.PersonID), Scope: g.scope(), Data: s.grantData(tx, g)})
	})
}

// checkScope refuses a grant over something that is not there, where somebody knows.
func (s *Service) checkScope(tx db.Tx, g Grant) error {
	if s.opts.ScopeName == nil || g.ScopeID == "" {
		return nil
	}
	_, err := s.opts.ScopeName(tx, g.ScopeKind, g.ScopeID)
	if fault.Is(err, fault.NotFound) {
		var wrong fault.Fields
		wrong.Add("scope_id", "account.grant.scope_unknown")
		return wrong.Err()
	}
	return err
}

// grantData is what the history tells of a grant.
func (s *Service) grantData(tx db.Tx, g Grant) map[string]string {
	return map[string]string{"role_key": g.Role.Key(), "over_key": g.ScopeKind.Key(), "over": s.scopeName(tx, g.ScopeKind, g.ScopeID), "until_on": string(g.UntilOn)}
}

// keepAnAdmin refuses, after the change, what would leave the server without an administrator.
// The operator may: the command line names another.
func keepAnAdmin(tx db.Tx, by Actor) error {
	if by.ID == system {
		return nil
	}
	n, err := countAdmins(tx)
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "account.grant.last_admin")
	}
	return err
}

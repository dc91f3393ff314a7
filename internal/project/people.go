package project

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// visitEvery is how precise the last visit is.
const visitEvery = time.Hour

// Invitation is somebody to let into a project.
type Invitation struct {
	Email, Name string // the name is asked only of who has no account
	Role        account.Role
	UntilOn     when.Date // guests must have one
}

// MemberRoles lists the roles that a project gives, in the order of forms.
func MemberRoles() []account.Role {
	return []account.Role{account.ProjectMember, account.ProjectGuest, account.ProjectReader, account.ProjectManager}
}

// Invite lets somebody into the project, by the address of their account; who has none is invited
// to make one. A new role replaces the one they had here.
func (s *Service) Invite(ctx context.Context, by account.Actor, id ID, in Invitation) (account.Grant, error) {
	var g account.Grant
	err := s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Allow(tx, by, id, Manage)
		if err != nil {
			return err
		}
		if !slices.Contains(MemberRoles(), in.Role) {
			var wrong fault.Fields
			wrong.Add("role", "fault.choice")
			return wrong.Err()
		}
		p, err := s.opts.Account.InviteIn(tx, by, account.Person{Email: in.Email, Name: in.Name, Language: by.Lang}, id.URL())
		if err != nil {
			return err
		}
		if g, err = s.admit(tx, by, a, account.Grant{PersonID: p.ID, Role: in.Role, UntilOn: in.UntilOn}); err != nil {
			return err
		}
		if err := s.tellAdmitted(tx, by, a, p); err != nil {
			return err
		}
		return record(tx, by, id, "project.people.invite", map[string]any{"name": p.Name, "role_key": in.Role.Key(), "until_on": string(in.UntilOn)})
	})
	if err != nil {
		return account.Grant{}, fmt.Errorf("invite to project %s: %w", id, err)
	}
	return g, nil
}

// tellAdmitted tells somebody that they were let in; who has no account yet has the invitation to
// make one.
func (s *Service) tellAdmitted(tx db.Tx, by account.Actor, a Access, p account.Person) error {
	if s.opts.Talk == nil || p.Invited() {
		return nil
	}
	return s.opts.Talk.TellIn(tx, by, p.ID, talk.ByAccess, talk.Subject{Ref: talk.Ref{Kind: "project", ID: string(a.ID)}, Title: a.Title, URL: a.ID.URL()}, "")
}

// AdmitIn lets a person with an account into a project, for a caller that decided who may: the
// demonstration, imports.
func (s *Service) AdmitIn(tx db.Tx, by account.Actor, id ID, person account.PersonID, role account.Role, until when.Date) error {
	a, err := Allow(tx, by, id, Manage)
	if err != nil {
		return err
	}
	_, err = s.admit(tx, by, a, account.Grant{PersonID: person, Role: role, UntilOn: until})
	return err
}

func (s *Service) admit(tx db.Tx, by account.Actor, a Access, g account.Grant) (account.Grant, error) {
	if err := lockProject(tx, a.ID); err != nil {
		return g, err
	}
	g.ScopeKind, g.ScopeID = account.OverProject, string(a.ID)
	g, err := account.GiveIn(tx, by, g)
	if err != nil {
		return g, err
	}
	return g, keepManager(tx, a)
}

// Exclude ends somebody's access to the project at once; one may also leave by oneself.
func (s *Service) Exclude(ctx context.Context, by account.Actor, id ID, grant account.GrantID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		a, err := Enter(tx, by, id)
		if err != nil {
			return err
		}
		if err := lockProject(tx, id); err != nil {
			return err
		}
		g, err := account.RevokeIn(tx, by, grant, account.OverProject, string(id))
		if err != nil {
			return err
		}
		if !a.May(Manage) && g.PersonID != by.ID {
			return fault.New(fault.Forbidden, "project.forbidden.manage")
		}
		if err := keepManager(tx, a); err != nil {
			return err
		}
		names, err := account.NamesOf(tx, []account.PersonID{g.PersonID})
		if err != nil {
			return err
		}
		return record(tx, by, id, "project.people.exclude", map[string]any{"name": names[g.PersonID]})
	})
}

// keepManager refuses, after the change, what would leave a project that nobody manages.
func keepManager(tx db.Tx, a Access) error {
	held, err := account.GrantsOver(tx, account.OverProject, string(a.ID))
	if err != nil || a.By.System() {
		return err
	}
	for _, h := range held {
		if h.Role == account.ProjectManager && h.Holds(tx.Today()) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "project.wrong.last_manager")
}

// Person is somebody with access to a project.
type Person struct {
	account.Held
	Organisations []string // labels
	Outside       bool     // of no organisation that owns or partners
	SeenAt        when.Time
	Ended         bool // by its day
}

// PeopleOf lists who has access to the project by name, managers first.
func PeopleOf(tx db.Tx, a Access) ([]Person, error) {
	held, err := account.GrantsOver(tx, account.OverProject, string(a.ID))
	if err != nil {
		return nil, err
	}
	ids := make([]account.PersonID, len(held))
	for i, h := range held {
		ids[i] = h.PersonID
	}
	memberships, err := account.MembershipsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	visits, err := listVisits(tx, a.ID)
	if err != nil {
		return nil, err
	}
	inside := append([]account.OrganisationID{a.OwnerID}, a.Walls.PartnerIDs...)
	out := make([]Person, 0, len(held))
	for _, h := range held {
		p := Person{Held: h, Outside: true, Ended: !h.Holds(a.Today)}
		for _, m := range memberships {
			if m.PersonID == h.PersonID {
				p.Organisations = append(p.Organisations, m.Organisation)
				p.Outside = p.Outside && !slices.Contains(inside, m.OrganisationID)
			}
		}
		for _, v := range visits {
			if v.PersonID == h.PersonID {
				p.SeenAt = v.SeenAt
			}
		}
		out = append(out, p)
	}
	rank := []account.Role{account.ProjectManager, account.ProjectMember, account.ProjectReader, account.ProjectGuest}
	slices.SortStableFunc(out, func(x, y Person) int { return slices.Index(rank, x.Role) - slices.Index(rank, y.Role) })
	return out, nil
}

// MembersOf lists the people who work on the project today: whom tasks can be given to and whom
// news reach.
func MembersOf(tx db.Tx, id ID) ([]account.Held, error) {
	held, err := account.GrantsOver(tx, account.OverProject, string(id))
	today := tx.Today()
	return slices.DeleteFunc(held, func(h account.Held) bool { return !h.Holds(today) }), err
}

// VisitsOf tells when each person came last, to the hour; for features that let people into parts.
func VisitsOf(tx db.Tx, id ID) (map[account.PersonID]when.Time, error) {
	list, err := listVisits(tx, id)
	m := make(map[account.PersonID]when.Time, len(list))
	for _, v := range list {
		m[v.PersonID] = v.SeenAt
	}
	return m, err
}

// SavePartner makes an organisation a partner of the project, or changes what it is.
func (s *Service) SavePartner(ctx context.Context, by account.Actor, p Partner) error {
	return s.db.Do(ctx, func(tx db.Tx) error { return SavePartnerIn(tx, by, p) })
}

// SavePartnerIn is SavePartner in the caller's transaction.
func SavePartnerIn(tx db.Tx, by account.Actor, p Partner) error {
	a, err := Allow(tx, by, p.ProjectID, Manage)
	if err != nil {
		return err
	}
	if err := p.check(a.OwnerID); err != nil {
		return err
	}
	o, err := account.GetOrganisation(tx, p.OrganisationID)
	if err != nil {
		return choiceMissing(err, "organisation_id")
	}
	p.OrganisationName, p.JoinedAt = o.Label(), tx.Now()
	if err := savePartner(tx, p); err != nil {
		return err
	}
	return record(tx, by, p.ProjectID, "project.partner.save", map[string]any{"organisation": o.Label(), "role_key": p.Role.Key()})
}

// RemovePartner ends an organisation's part in the project. Its people who were invited by name
// keep their access until it is ended.
func (s *Service) RemovePartner(ctx context.Context, by account.Actor, id ID, org account.OrganisationID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := Allow(tx, by, id, Manage); err != nil {
			return err
		}
		o, err := account.GetOrganisation(tx, org)
		if err != nil {
			return err
		}
		if err := deletePartner(tx, id, org); err != nil {
			return err
		}
		return record(tx, by, id, "project.partner.remove", map[string]any{"organisation": o.Label()})
	})
}

package account

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// Invite adds a person and sends an invitation to choose a password.
func (s *Service) Invite(ctx context.Context, by Actor, p Person) (Person, error) {
	if !by.Admin() {
		return Person{}, fault.New(fault.Forbidden, "account.person.admin_only")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := p.tidy(); err != nil {
			return err
		}
		if err := addPersonIn(tx, by, &p); err != nil {
			return err
		}
		return s.sendInvitation(tx, by, p, "")
	})
	if err != nil {
		return Person{}, fmt.Errorf("invite: %w", err)
	}
	return p, nil
}

// InviteIn finds the person with the address, or adds and invites one, for a caller that decided
// who may, in its transaction: a project lead who lets a guest see an action, a manager.
// Who accepts lands on the page next, a path of ours; "" for the first page.
func (s *Service) InviteIn(tx db.Tx, by Actor, p Person, next string) (Person, error) {
	known, err := getPersonByEmail(tx, foldEmail(p.Email)) // the name is not asked of who has one
	if err == nil {
		return known, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return Person{}, err
	}
	if err := p.tidy(); err != nil {
		return Person{}, err
	}
	p.Password, p.Subject, p.Issuer, p.Demo, p.DisabledAt = "", "", "", false, 0
	if err := addPersonIn(tx, by, &p); err != nil {
		return Person{}, err
	}
	return p, s.sendInvitation(tx, by, p, next)
}

// InviteAgain sends a new invitation to somebody who has not come yet; the old one is void.
func (s *Service) InviteAgain(ctx context.Context, by Actor, id PersonID) error {
	if !by.Admin() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPerson(tx, id)
		if err != nil {
			return err
		}
		if !p.Invited() || p.DisabledAt != 0 {
			return fault.New(fault.Conflict, "account.invitation.not_waiting")
		}
		return s.sendInvitation(tx, by, p, "")
	})
	if err != nil {
		return fmt.Errorf("invite %s again: %w", id, err)
	}
	return nil
}

// InviteMember makes somebody a member of an organisation; who has no account is invited.
func (s *Service) InviteMember(ctx context.Context, by Actor, p Person, m Membership) (Person, error) {
	if !by.MayEditOrganisation(m.OrganisationID) {
		return Person{}, fault.New(fault.Forbidden, "account.membership.not_yours")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := getOrganisation(tx, m.OrganisationID); err != nil {
			return err
		}
		if err := m.check(tx.Today()); err != nil {
			return err
		}
		who, err := s.InviteIn(tx, by, p, "")
		if err != nil {
			return err
		}
		m.PersonID = who.ID
		p = who
		return joinIn(tx, by, m)
	})
	if err != nil {
		return Person{}, fmt.Errorf("invite a member of %s: %w", m.OrganisationID, err)
	}
	return p, nil
}

// Join makes a person a member of an organisation, or changes the membership.
func (s *Service) Join(ctx context.Context, by Actor, m Membership) error {
	if !by.MayEditOrganisation(m.OrganisationID) {
		return fault.New(fault.Forbidden, "account.membership.not_yours")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := m.check(tx.Today()); err != nil {
			return err
		}
		return joinIn(tx, by, m)
	})
	if err != nil {
		return fmt.Errorf("join %s to %s: %w", m.PersonID, m.OrganisationID, err)
	}
	return nil
}

func joinIn(tx db.Tx, by Actor, m Membership) error {
	p, err := getPerson(tx, m.PersonID)
	if err != nil {
		return err
	}
	o, err := getOrganisation(tx, m.OrganisationID)
	if err != nil {
		return err
	}
	m.CreatedAt = tx.Now()
	if err := saveMembership(tx, m); err != nil {
		return err
	}
	return Record(tx, by, Event{Verb: "account.membership.save", Kind: "organisation", ID: string(o.ID), Scope: "person:" + string(p.ID),
		Data: map[string]string{"name": p.Name, "organisation": o.Label(), "role_key": m.Role.Key(), "until_on": string(m.EndsOn)}})
}

// Leave ends a membership: by a manager, the admin, or the member.
func (s *Service) Leave(ctx context.Context, by Actor, person PersonID, org OrganisationID) error {
	if !by.MayEditOrganisation(org) && (by.ID != person || !slices.Contains(by.Organisations(), org)) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := getMembership(tx, person, org)
		if err != nil {
			return err
		}
		p, err := getPerson(tx, person)
		if err != nil {
			return err
		}
		if err := deleteMembership(tx, person, org); err != nil {
			return err
		}
		return Record(tx, by, Event{Verb: "account.membership.remove", Kind: "organisation", ID: string(org), Scope: "person:" + string(person),
			Data: map[string]string{"name": p.Name, "organisation": m.Organisation}})
	})
	if err != nil {
		return fmt.Errorf("leave %s: %w", org, err)
	}
	return nil
}

// sendInvitation makes the ticket and the mail; earlier invitations are void.
func (s *Service) sendInvitation(tx db.Tx, by Actor, p Person, next string) error {
	secret, err := newTicket(tx, invitation, p.ID)
	if err != nil {
		return err
	}
	link := s.opts.URL + "/invitation/" + secret
	if next != "" {
		link += "?" + url.Values{"next": {next}}.Encode()
	}
	if err := s.mailIn(tx, p, "invitation", "name", p.Name, "by", by.Name, "url", link, "count", int(invitationLife.Hours()/24)); err != nil {
		return err
	}
	return Record(tx, by, Event{Verb: "account.person.invite", Kind: "person", ID: string(p.ID), Data: map[string]string{"name": p.Name}})
}

func newTicket(tx db.Tx, kind string, person PersonID) (secret string, err error) {
	if err := voidTickets(tx, person, kind); err != nil {
		return "", err
	}
	life := invitationLife
	if kind == passwordReset {
		life = resetLife
	}
	secret, hash := newSecret()
	return secret, insertTicket(tx, ticket{ID: db.NewID(), Kind: kind, TokenHash: hash, PersonID: person, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(life)})
}

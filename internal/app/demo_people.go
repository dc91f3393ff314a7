package app

import (
	"context"
	"fmt"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/programme"
	"bassin/internal/when"
)

// demoPerson is one demonstration account: one for each kind of user, named by role only, without
// a password. Somebody signs in as one with a click.
type demoPerson struct {
	email, name, title string
	organisation       string // member of it
	manages            bool
	grant              account.Grant // without its person; Role "" for none
}

// demoPeople are the accounts, in the order of the sign-in page.
var demoPeople = []demoPerson{
	{"chef-de-projet", "Chef de projet", "Bassin d’Alès", ales, true,
		account.Grant{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: demoHome}},
	{"elu", "Élue du binôme", "Vice-présidente, Alès Agglomération", ales, false,
		account.Grant{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: demoHome}},
	{"industriel", "Industriel du binôme", "Directeur d’une société d’ingénierie", "", false,
		account.Grant{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: demoHome}},
	{"region", "Équipe régionale", "Région Occitanie", region, false,
		account.Grant{Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "76"}},
	{"etat", "Services de l’État", "Préfecture", state, false,
		account.Grant{Role: account.StateServices, ScopeKind: account.OverRegion, ScopeID: "76"}},
	{"nation", "Observatrice nationale", "Pilotage national du programme", "", false,
		account.Grant{Role: account.NationalObserver, ScopeKind: account.OverNation}},
	{"entreprise", "Dirigeante d’entreprise", shop, shop, true, account.Grant{}},
	{"ecole", "Ingénieur conseil de l’école", school, school, true, account.Grant{}},
	{"invite", "Invité d’un partenaire", "Bureau d’études", "", false,
		account.Grant{Role: account.Guest, ScopeKind: account.OverAction, ScopeID: demoShared}},
	{"serveur", "Administrateur du serveur", "Exploitation", "", false,
		account.Grant{Role: account.Admin, ScopeKind: account.OverServer}},
}

const (
	demoHome   = "ti-7602"
	demoShared = "ALES-03" // reference of the action that the guest may see

	// demoGuestDays is how long the guest is invited: every guest's access ends.
	demoGuestDays = 120
)

// demoBegins is when accounts and territories are made: before the first act of the contract.
var demoBegins = time.Date(2019, time.January, 7, 9, 0, 0, 0, time.UTC)

// seedDemo fills an empty database, and a store of files, with the demonstration.
func seedDemo(ctx context.Context, d *db.DB, files file.Store, url string, now time.Time) error {
	clock := demoBegins
	past := d.Clocked(func() time.Time { clock = clock.Add(time.Second); return clock })
	by := account.Demonstration()
	if err := seedTerritories(ctx, past, by); err != nil {
		return fmt.Errorf("demonstration, territories: %w", err)
	}
	people, err := seedPeople(ctx, past, by)
	if err != nil {
		return fmt.Errorf("demonstration, accounts: %w", err)
	}
	lead, err := actorOf(ctx, d, people["chef-de-projet"])
	if err != nil {
		return err
	}
	if err := seedContract(ctx, d, lead, when.At(now).Date(db.Paris)); err != nil {
		return fmt.Errorf("demonstration, contract: %w", err)
	}
	if err := seedGuest(ctx, d, url, lead); err != nil {
		return err
	}
	return seedProject(ctx, d, files, url, people, when.At(now).Date(db.Paris))
}

func actorOf(ctx context.Context, d *db.DB, id account.PersonID) (a account.Actor, err error) {
	err = d.View(ctx, func(tx db.Tx) error {
		a, err = account.Load(tx, id)
		return err
	})
	return a, err
}

// seedPeople makes organisations, people, memberships and grants, and gives the people by the
// first part of their address.
func seedPeople(ctx context.Context, d *db.DB, by account.Actor) (map[string]account.PersonID, error) {
	s := account.New(account.Options{DB: d})
	people := map[string]account.PersonID{}
	for _, x := range demoPeople {
		p, err := s.AddPerson(ctx, by, account.Person{Email: x.email + "@bassin.example", Name: x.name, Title: x.title, Language: "fr", Demo: true}, "")
		if err != nil {
			return nil, err
		}
		people[x.email] = p.ID
		if x.organisation != "" {
			if err := seedMembership(ctx, d, s, by, p.ID, x); err != nil {
				return nil, err
			}
		}
		if x.grant.Role == "" || x.grant.Role == account.Guest {
			continue
		}
		x.grant.PersonID = p.ID
		if _, err := s.Give(ctx, by, x.grant, ""); err != nil {
			return nil, err
		}
	}
	return people, nil
}

func seedMembership(ctx context.Context, d *db.DB, s *account.Service, by account.Actor, id account.PersonID, x demoPerson) error {
	var org string
	err := d.Do(ctx, func(tx db.Tx) (err error) {
		for _, o := range demoFunders {
			if o.Name == x.organisation {
				org, err = findOrAdd(tx, o)
				return err
			}
		}
		return fmt.Errorf("the demonstration has no organisation %q", x.organisation)
	})
	if err != nil {
		return err
	}
	m := account.Membership{PersonID: id, OrganisationID: account.OrganisationID(org), Role: account.Member}
	if x.manages {
		m.Role = account.Manager
	}
	return s.Join(ctx, by, m)
}

// seedGuest lets the project lead invite the guest to one action.
func seedGuest(ctx context.Context, d *db.DB, url string, lead account.Actor) error {
	var action programme.ActionID
	var until when.Date
	err := d.View(ctx, func(tx db.Tx) error {
		rows, _, err := programme.ListActions(tx, lead, programme.Filter{TerritoryID: demoHome}, 0, 0)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Reference == demoShared {
				action, until = r.ID, tx.Today().AddDays(demoGuestDays)
				return nil
			}
		}
		return fault.New(fault.NotFound, "fault.not_found")
	})
	if err != nil {
		return fmt.Errorf("demonstration, guest of %s: %w", demoShared, err)
	}
	s := programme.New(programme.Options{DB: d, Account: account.New(account.Options{DB: d, URL: url})})
	_, err = s.Invite(ctx, lead, action, programme.Invitation{Email: "invite@bassin.example", UntilOn: until})
	return err
}

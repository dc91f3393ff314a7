package project

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// world is a database with two organisations and a project of the first.
type world struct {
	d        *db.DB
	accounts *account.Service
	s        *Service
	own, out account.OrganisationID
	manager  account.Actor
	p        Project
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	a := account.New(account.Options{DB: d})
	w := &world{d: d, accounts: a, s: New(Options{DB: d, Account: a})}
	w.own, w.out = w.organisation(t, "Atelier"), w.organisation(t, "École")
	w.manager = w.person(t, "gestion", account.Membership{OrganisationID: w.own, Role: account.Member})
	var err error
	w.p, err = w.s.Create(t.Context(), w.manager, Draft{Project: Project{Title: "Robot de soudage", Kind: DigitalTransition, Confidentiality: ForMembers, OwnerID: w.own},
		Stages: []DraftStage{{Phase: Need, Criteria: []string{"écrit", "mesuré"}}, {Phase: Design, Criteria: []string{"revu"}}}})
	if err != nil {
		t.Fatal(err)
	}
	w.manager = w.again(t, w.manager.ID)
	return w
}

func (w *world) organisation(t *testing.T, name string) account.OrganisationID {
	t.Helper()
	o, err := w.accounts.AddOrganisation(t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func (w *world) person(t *testing.T, name string, memberships ...account.Membership) account.Actor {
	t.Helper()
	p, err := w.accounts.AddPerson(t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range memberships {
		m.PersonID = p.ID
		if err := w.accounts.Join(t.Context(), account.System("test"), m); err != nil {
			t.Fatal(err)
		}
	}
	return w.again(t, p.ID)
}

// again reads an actor with what they hold now.
func (w *world) again(t *testing.T, id account.PersonID) (a account.Actor) {
	t.Helper()
	err := w.d.View(t.Context(), func(tx db.Tx) (err error) {
		a, err = account.Load(tx, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) enter(t *testing.T, by account.Actor) error {
	return w.d.View(t.Context(), func(tx db.Tx) error { _, err := Enter(tx, by, w.p.ID); return err })
}

func TestCreate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if w.p.Code != "RDS" || w.p.OwnerName != "Atelier" || w.p.State != Preparing {
			t.Errorf("created: %+v", w.p)
		}
		if err := w.enter(t, w.manager); err != nil {
			t.Errorf("who began it does not see it: %v", err)
		}
		stranger := w.person(t, "inconnu")
		if err := w.enter(t, stranger); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger: got %v, want not found", err)
		}
		_, err := w.s.Create(t.Context(), stranger, Draft{Project: Project{Title: "x", Kind: Other, Confidentiality: ForMembers, OwnerID: w.own}})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a project of somebody else's organisation: %v", err)
		}
		_, err = w.s.Create(t.Context(), w.manager, Draft{Project: Project{Title: "Autre", Code: "RDS", Kind: Other, Confidentiality: ForMembers, OwnerID: w.own}})
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "code" {
			t.Errorf("the same code twice: %v", err)
		}
	})
}

func TestPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		guest := w.person(t, "invite")
		_, err := w.s.Invite(t.Context(), w.manager, w.p.ID, Invitation{Email: "invite@exemple.fr", Role: account.ProjectGuest})
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "until_on" {
			t.Errorf("a guest without an end: %v", err)
		}
		until := w.today(t).AddDays(30)
		g, err := w.s.Invite(t.Context(), w.manager, w.p.ID, Invitation{Email: "INVITE@exemple.fr", Role: account.ProjectGuest, UntilOn: until})
		if err != nil {
			t.Fatal(err)
		}
		guest = w.again(t, guest.ID)
		if err := w.enter(t, guest); err != nil {
			t.Errorf("the guest does not see it: %v", err)
		}
		if _, err := w.s.Invite(t.Context(), guest, w.p.ID, Invitation{Email: "x@exemple.fr", Name: "x", Role: account.ProjectMember}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a guest invites: %v", err)
		}
		var people []Person
		_ = w.d.View(t.Context(), func(tx db.Tx) error {
			a, err := Enter(tx, w.manager, w.p.ID)
			if err != nil {
				return err
			}
			people, err = PeopleOf(tx, a)
			return err
		})
		if len(people) != 2 || people[0].Outside || !people[1].Outside {
			t.Errorf("people: %+v", people)
		}
		if err := w.s.Exclude(t.Context(), w.manager, w.p.ID, g.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.enter(t, w.again(t, guest.ID)); !fault.Is(err, fault.NotFound) {
			t.Errorf("the guest after the end: %v", err)
		}
		if err := w.s.Exclude(t.Context(), w.manager, w.p.ID, w.manager.Grants[0].ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last manager leaves: %v", err)
		}
		if _, err := w.s.Invite(t.Context(), w.manager, w.p.ID, Invitation{Email: "gestion@exemple.fr", Role: account.ProjectMember}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last manager becomes a member: %v", err)
		}
	})
}

func (w *world) today(t *testing.T) (day when.Date) {
	t.Helper()
	_ = w.d.View(t.Context(), func(tx db.Tx) error { day = tx.Today(); return nil })
	return day
}

func TestGateIsPassedByADecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var stages []Stage
		var criteria []Criterion
		read := func() {
			err := d.View(t.Context(), func(tx db.Tx) (err error) {
				if stages, err = listStages(tx, w.p.ID); err != nil {
					return err
				}
				criteria, err = listCriteria(tx, w.p.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		read()
		gate := Decision{ProjectID: w.p.ID, StageID: stages[0].ID, Title: "Jalon", Reason: "Besoin clair", Deciders: "Comité", Outcome: Pass, DecidedOn: w.today(t)}
		if _, err := w.s.Decide(t.Context(), w.manager, gate); !fault.Is(err, fault.Conflict) {
			t.Errorf("passed with an unmet criterion: %v", err)
		}
		for _, c := range criteria {
			if c.StageID == stages[0].ID {
				if err := w.s.MeetCriterion(t.Context(), w.manager, w.p.ID, c.ID, "cahier des charges signé", ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		first, err := w.s.Decide(t.Context(), w.manager, gate)
		if err != nil || first.Number != 1 {
			t.Fatalf("decide: %v, number %d", err, first.Number)
		}
		read()
		if stages[0].State != Passed || stages[1].State != Open {
			t.Errorf("stages after the gate: %s, %s", stages[0].State, stages[1].State)
		}
		if err := w.s.ReopenCriterion(t.Context(), w.manager, w.p.ID, criteria[0].ID); criteria[0].StageID == stages[0].ID && !fault.Is(err, fault.Conflict) {
			t.Errorf("a criterion of a passed gate: %v", err)
		}
		if _, err := w.s.Decide(t.Context(), w.manager, Decision{ProjectID: w.p.ID, ReplacesID: first.ID, Title: "x", Reason: "y", Deciders: "z", Outcome: Agreed, DecidedOn: w.today(t)}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a gate's decision replaced by another: %v", err)
		}
	})
}

// Two who decide at once get two numbers.
func TestDecisionsAreNumberedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var wg sync.WaitGroup
		errs := make(chan error, 16)
		for i := range 16 {
			wg.Go(func() {
				_, err := w.s.Decide(context.Background(), w.manager, Decision{ProjectID: w.p.ID, Title: fmt.Sprint("n ", i), Reason: "r", Deciders: "c", Outcome: Agreed, DecidedOn: "2026-01-02"})
				errs <- err
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		_ = d.View(t.Context(), func(tx db.Tx) error {
			list, err := listDecisions(tx, w.p.ID)
			if err != nil || len(list) != 16 || list[0].Number != 16 {
				t.Errorf("%d decisions, the last is number %d (%v)", len(list), list[0].Number, err)
			}
			return nil
		})
	})
}

func TestWithdrawAndEnd(t *testing.T) {
	d := dbtest.Open(t)
	w := newWorld(t, d)
	if _, err := w.s.Move(t.Context(), w.manager, w.p.ID, Finished, w.p.Version); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.AddRisk(t.Context(), w.manager, Risk{ProjectID: w.p.ID, Title: "x", Probability: 1, Impact: 1}); !fault.Is(err, fault.Conflict) {
		t.Errorf("a risk of a finished project: %v", err)
	}
	if _, err := w.s.Move(t.Context(), w.manager, w.p.ID, Running, w.p.Version); !fault.Is(err, fault.Conflict) {
		t.Errorf("moved from a version that was overtaken: %v", err)
	}
	if _, err := w.s.Move(t.Context(), w.manager, w.p.ID, Running, w.p.Version+1); err != nil {
		t.Errorf("reopened: %v", err)
	}
	if err := w.s.Withdraw(t.Context(), w.manager, w.p.ID); err != nil {
		t.Fatal(err)
	}
	list := func() []Project {
		var list []Project
		_ = d.View(t.Context(), func(tx db.Tx) (err error) {
			list, _, err = List(tx, w.manager, Filter{}, 10, 0)
			return err
		})
		return list
	}
	if len(list()) != 0 {
		t.Error("a withdrawn project is listed")
	}
	if err := w.s.Restore(t.Context(), w.manager, w.p.ID); err != nil || len(list()) != 1 {
		t.Errorf("restored: %v, %d listed", err, len(list()))
	}
}

// A list shows exactly what the gate lets through, for everybody, in random worlds.
func TestListsAgreeWithTheGate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rnd := rand.New(rand.NewPCG(7, 11))
		pick := func(n int) int { return rnd.IntN(n) }
		system := account.System("test")
		w := newWorld(t, d)
		orgs := []account.OrganisationID{w.own, w.out, w.organisation(t, "Sous-traitant"), w.organisation(t, "Conseil")}
		places := []string{"", "ti-1", "ti-2"}
		var projects []Project
		for i := range 40 {
			p, err := w.s.Create(t.Context(), system, Draft{Project: Project{Title: fmt.Sprint("projet ", i), Code: fmt.Sprint("P", 100+i), Kind: Other,
				Confidentiality: Confidentialities()[pick(3)], OwnerID: orgs[pick(4)], TerritoryID: places[pick(3)], State: States()[pick(5)]}})
			if err != nil {
				t.Fatal(err)
			}
			for range pick(3) {
				org := orgs[pick(4)]
				if org != p.OwnerID && !p.State.Ended() {
					if err := w.s.SavePartner(t.Context(), system, Partner{ProjectID: p.ID, OrganisationID: org, Role: Client}); err != nil {
						t.Fatal(err)
					}
				}
			}
			if pick(6) == 0 {
				if err := w.s.Withdraw(t.Context(), system, p.ID); err != nil {
					t.Fatal(err)
				}
			}
			projects = append(projects, p)
		}
		seen := 0
		for i := range 60 {
			by := account.Actor{ID: account.PersonID(fmt.Sprint("p", i))}
			for range pick(4) {
				g := account.Grant{Role: MemberRoles()[pick(4)], ScopeKind: account.OverProject, ScopeID: string(projects[pick(len(projects))].ID)}
				switch pick(5) {
				case 0:
					g = account.Grant{Role: []account.Role{account.ProjectLead, account.LeadPair, account.ProjectManager}[pick(3)], ScopeKind: account.OverTerritory, ScopeID: places[pick(3)]}
				case 1:
					g.UntilOn = w.today(t).AddDays(pick(3) - 1)
				case 2:
					g.ScopeKind = []account.ScopeKind{account.OverFolder, account.OverProject}[pick(2)]
				}
				by.Grants = append(by.Grants, g)
			}
			for range pick(3) {
				by.Memberships = append(by.Memberships, account.Membership{OrganisationID: orgs[pick(4)], Role: []account.MembershipRole{account.Member, account.Manager}[pick(2)]})
			}
			var listed, passed []ID
			err := d.View(t.Context(), func(tx db.Tx) (err error) {
				if listed, err = VisibleIDs(tx, by); err != nil {
					return err
				}
				for _, p := range append(projects, w.p) {
					a, err := Enter(tx, by, p.ID)
					if err != nil && !fault.Is(err, fault.NotFound) {
						return err
					}
					if err == nil && a.RemovedAt == 0 {
						passed = append(passed, p.ID)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(passed)
			slices.Sort(listed)
			if !slices.Equal(listed, passed) {
				t.Fatalf("%+v\nlists show %v\nthe gate lets through %v", by, listed, passed)
			}
			seen += len(listed)
		}
		if seen < 50 {
			t.Errorf("only %d projects were seen in all: the worlds try nothing", seen)
		}
	})
}

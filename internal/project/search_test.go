package project

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/search"
)

// found gives the ids of a kind that the actor finds.
func found(tx db.Tx, by account.Actor, kind, text string) ([]string, error) {
	walls, err := SearchWalls(tx, by)
	if err != nil {
		return nil, err
	}
	h, err := search.Find(tx, search.Query{Text: text, Kinds: []string{kind}, Walls: walls, Limit: 100})
	var ids []string
	for _, x := range h.List {
		ids = append(ids, x.ID)
	}
	slices.Sort(ids)
	return ids, err
}

// TestSearchIsTheGate changes random projects by their operations and compares, for random people,
// what the search finds with the projects that Enter opens, on the lists.
func TestSearchIsTheGate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rnd := rand.New(rand.NewPCG(5, 8))
		pick := func(n int) int { return rnd.IntN(n) }
		system := account.System("test")
		w := newWorld(t, d)
		orgs := []account.OrganisationID{w.own, w.out, w.organisation(t, "Conseil")}
		places := []string{"", "ti-1", "ti-2"}
		var projects []ID
		risks := map[ID]string{}
		for i := range 14 {
			p, err := w.s.Create(t.Context(), system, Draft{Project: Project{Title: "Chantier commun", Code: fmt.Sprint("P", 100+i), Kind: Other,
				Confidentiality: Confidentialities()[pick(3)], OwnerID: orgs[pick(3)], TerritoryID: places[pick(3)]}})
			if err != nil {
				t.Fatal(err)
			}
			r, err := w.s.AddRisk(t.Context(), system, Risk{ProjectID: p.ID, Title: "Retard de livraison", Probability: 2, Impact: 3})
			if err != nil {
				t.Fatal(err)
			}
			projects, risks[p.ID] = append(projects, p.ID), string(r.ID)
		}
		seen := 0
		for round := range 60 {
			id := projects[pick(len(projects))]
			var a Access
			if err := d.View(t.Context(), func(tx db.Tx) (err error) { a, err = Enter(tx, system, id); return err }); err != nil {
				t.Fatal(err)
			}
			var err error
			switch pick(5) {
			case 0:
				p := a.Project
				p.Confidentiality = Confidentialities()[pick(3)]
				_, err = w.s.Save(t.Context(), system, p)
			case 1:
				err = w.s.SavePartner(t.Context(), system, Partner{ProjectID: id, OrganisationID: orgs[pick(3)], Role: Client})
			case 2:
				err = w.s.RemovePartner(t.Context(), system, id, orgs[pick(3)])
			case 3:
				err = w.s.Withdraw(t.Context(), system, id)
			case 4:
				err = w.s.Restore(t.Context(), system, id)
			}
			if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			by := account.Actor{ID: account.PersonID([]string{"", "p"}[min(1, pick(8))])}
			for range pick(4) * len(by.ID) {
				g := account.Grant{Role: MemberRoles()[pick(4)], ScopeKind: account.OverProject, ScopeID: string(projects[pick(len(projects))])}
				switch pick(5) {
				case 0:
					g = account.Grant{Role: []account.Role{account.ProjectLead, account.LeadPair, account.Admin}[pick(3)], ScopeKind: account.OverTerritory, ScopeID: places[pick(3)]}
				case 1:
					g.UntilOn = w.today(t).AddDays(pick(3) - 1)
				case 2:
					g.ScopeKind = account.OverFolder
				}
				by.Grants = append(by.Grants, g)
			}
			for range pick(3) * len(by.ID) {
				by.Memberships = append(by.Memberships, account.Membership{OrganisationID: orgs[pick(3)], Role: []account.MembershipRole{account.Member, account.Manager}[pick(2)]})
			}
			err = d.View(t.Context(), func(tx db.Tx) error {
				var open, inside []string
				for _, id := range projects {
					a, err := Enter(tx, by, id)
					if err != nil && !fault.Is(err, fault.NotFound) {
						return err
					}
					if err == nil && a.RemovedAt == 0 {
						open, inside = append(open, string(id)), append(inside, risks[id])
					}
				}
				slices.Sort(open)
				slices.Sort(inside)
				seen += len(open)
				for _, c := range []struct {
					kind, text string
					want       []string
				}{{Entry, "chantiers", open}, {RiskEntry, "livraisons", inside}} {
					got, err := found(tx, by, c.kind, c.text)
					if err != nil {
						return err
					}
					if !slices.Equal(got, c.want) {
						t.Fatalf("round %d: %+v finds %s %v, may open %v", round, by, c.kind, got, c.want)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if seen < 50 {
			t.Errorf("only %d projects were seen in all: the worlds try nothing", seen)
		}
	})
}

// TestSearchKnowsWhatIsWritten finds each thing of a project after each operation, under the title of
// the project, also after a building anew.
func TestSearchKnowsWhatIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		add := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		decision, err := w.s.Decide(t.Context(), w.manager, Decision{ProjectID: w.p.ID, Title: "Choisir la torche refroidie", Reason: "Moins de projections", Deciders: "Comité", Outcome: Agreed, DecidedOn: "2026-01-02"})
		add(err)
		risk, err := w.s.AddRisk(t.Context(), w.manager, Risk{ProjectID: w.p.ID, Title: "Pénurie de gaz", Probability: 2, Impact: 3})
		add(err)
		blocker, err := w.s.AddBlocker(t.Context(), w.manager, Blocker{ProjectID: w.p.ID, Text: "Licence expirée"})
		add(err)
		risk.Response = "Cuve de secours"
		add(w.s.SaveRisk(t.Context(), w.manager, risk))
		add(w.s.ResolveBlocker(t.Context(), w.manager, w.p.ID, blocker.ID, w.today(t), "Renouvelée par l’intégrateur"))
		p := w.p
		p.Title, p.Summary = "Cellule robotisée", "Souder sans reprise"
		_, err = w.s.Save(t.Context(), w.manager, p)
		add(err)
		check := func(when string) {
			t.Helper()
			add(d.View(t.Context(), func(tx db.Tx) error {
				for _, c := range []struct{ kind, text, want string }{
					{Entry, "cellule reprise", string(w.p.ID)}, {Entry, "soudage", ""},
					{DecisionEntry, "torche projections", string(decision.ID)}, {DecisionEntry, "D-1 cellule robotisée", string(decision.ID)},
					{RiskEntry, "pénurie cuves", string(risk.ID)}, {BlockerEntry, "licence intégrateur", string(blocker.ID)},
				} {
					ids, err := found(tx, w.manager, c.kind, c.text)
					if err != nil {
						return err
					}
					if got := fmt.Sprint(ids); got != fmt.Sprint(slices.DeleteFunc([]string{c.want}, func(s string) bool { return s == "" })) {
						t.Errorf("%s: %s %q found %v, want %q", when, c.kind, c.text, got, c.want)
					}
				}
				return nil
			}))
		}
		check("after the operations")
		s := search.New(search.Options{DB: d})
		s.Sources(w.s.SearchSources()...)
		n, err := s.Rebuild(t.Context(), func(_, _ int64) {})
		add(err)
		if n != 4 {
			t.Errorf("%d entries were built, want 4", n)
		}
		check("after a building anew")
	})
}

package programme_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/programme"
	"bassin/internal/search"
	"bassin/internal/search/extract"
	"bassin/internal/when"
)

// searched gives the ids of a kind that the actor finds by a word that all have.
func searched(tx db.Tx, by account.Actor, kind, text string) ([]string, error) {
	walls, err := programme.SearchWalls(tx, by)
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

// TestSearchIsTheGate changes random sheets, documents and contracts by their operations and
// compares, for random people, what the search finds with what lists and pages let them see.
func TestSearchIsTheGate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := rand.New(rand.NewPCG(3, 4))
		var orgs []string
		people := []string{"ana", "bob", "eve"}
		contracts := []programme.Contract{w.contract}
		var actions []programme.Action
		w.do(func(tx db.Tx) error {
			for _, p := range people {
				if _, err := tx.Exec(`insert into account_person (id, email, name, created_at) values ($1, $1, $1, 0)`, p); err != nil {
					return err
				}
			}
			for i := range 4 {
				o, err := account.AddOrganisationIn(tx, system, account.Organisation{Kind: account.Grouping, Name: fmt.Sprint("Agglo ", i)})
				if err != nil {
					return err
				}
				orgs = append(orgs, string(o.ID))
			}
			for _, q := range []string{
				`insert into territory_territory (id, name, name_key, region_id, created_at, updated_at) values ('ti-8401', 'Autre', 'autre', '84', 0, 0)`,
				`insert into territory_span (territory_id, region_id) values ('ti-8401', '84')`,
			} {
				if _, err := tx.Exec(q); err != nil {
					return err
				}
			}
			c, err := programme.CreateContractIn(tx, system, programme.Contract{TerritoryID: "ti-8401", Code: "AUTRE", Title: "Contrat autre", Phase: 1})
			contracts = append(contracts, c)
			for i := range 12 {
				a, err2 := programme.CreateActionIn(tx, system, programme.Action{ContractID: contracts[i%2].ID,
					Identity: programme.Identity{Reference: fmt.Sprintf("TEST-%02d", i+10), Title: "Fiche", Confidentiality: pick(r, programme.Confidentialities())}})
				if err2 != nil {
					return err2
				}
				actions = append(actions, a)
			}
			return err
		})
		documents := map[string]programme.ActionID{}
		for i := range 10 {
			a := pick(r, actions)
			doc, err := w.s.AddDocument(ctx, system, programme.Document{ActionID: a.ID, Name: fmt.Sprintf("pièce-%d.pdf", i), Hash: fmt.Sprint(i), Type: "application/pdf"})
			if err != nil {
				t.Fatal(err)
			}
			documents[string(doc.ID)] = a.ID
		}
		for round := range 60 {
			change(t, w, r, actions, contracts, orgs, people)
			by := randomActor(r, actions, orgs, people)
			err := w.d.View(ctx, func(tx db.Tx) error {
				rows, _, err := programme.ListActions(tx, by, programme.Filter{Text: "Fiche"}, 0, 100)
				if err != nil {
					return err
				}
				var want []string
				for _, row := range rows {
					want = append(want, string(row.ID))
				}
				slices.Sort(want)
				got, err := searched(tx, by, programme.ActionEntry, "fiches")
				if !slices.Equal(got, want) {
					t.Fatalf("round %d: %+v finds sheets %v, the list shows %v", round, by, got, want)
				}
				var inside []string
				for id, action := range documents {
					party, err := programme.PartyTo(tx, by, action)
					if err != nil && !fault.Is(err, fault.NotFound) {
						return err
					}
					if party {
						inside = append(inside, id)
					}
				}
				slices.Sort(inside)
				got, err2 := searched(tx, by, programme.DocumentEntry, "pièce")
				if !slices.Equal(got, inside) {
					t.Fatalf("round %d: %+v finds documents %v, may open %v", round, by, got, inside)
				}
				var open []string
				for _, c := range contracts {
					if _, err := programme.TerritoryOfContract(tx, by, c.ID); err == nil {
						open = append(open, string(c.ID))
					} else if !fault.Is(err, fault.NotFound) {
						return err
					}
				}
				slices.Sort(open)
				got, err3 := searched(tx, by, programme.ContractEntry, "contrats")
				if !slices.Equal(got, open) {
					t.Fatalf("round %d: %+v finds contracts %v, may open %v", round, by, got, open)
				}
				for _, err := range []error{err, err2, err3} {
					if err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestDocumentsAreRead finds a document by the words in it once its file was read, again after a
// building anew, and by no words of a file that is damaged or gone.
func TestDocumentsAreRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		store, err := file.NewFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		texts := search.New(search.Options{DB: d, Files: store, Extract: extract.Text})
		s := programme.New(programme.Options{DB: d, Files: store, Texts: texts})
		add := func(name, typ, content string) programme.Document {
			blob, err := store.Put(ctx, strings.NewReader(content), file.Limits{MaxBytes: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			doc, err := s.AddDocument(ctx, system, programme.Document{ActionID: w.action.ID, Name: name, Hash: string(blob.Hash), Type: typ, Size: blob.Size})
			if err != nil {
				t.Fatal(err)
			}
			return doc
		}
		note := add("note.txt", "text/plain", "La chaufferie est livrée en juin.")
		lost := add("perdu.txt", "text/plain", "chaufferie")
		damaged := add("faux.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "chaufferie, sous un faux nom")
		if err := store.Delete(ctx, file.Hash(lost.Hash)); err != nil {
			t.Fatal(err)
		}
		check := func(when string, want ...string) {
			t.Helper()
			w.do(func(tx db.Tx) error {
				got, err := searched(tx, account.Actor{ID: "ana", Grants: []account.Grant{{Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"}}}, programme.DocumentEntry, "chaufferies")
				if !slices.Equal(got, want) {
					t.Errorf("%s: found %v, want %v", when, got, want)
				}
				return err
			})
		}
		check("before they were read")
		for _, doc := range []programme.Document{note, lost, damaged} {
			if err := s.ReadDocument(ctx, doc.ID); err != nil {
				t.Error(err)
			}
		}
		check("after", string(note.ID))
		texts.Sources(s.SearchSources()...)
		if _, err := texts.Rebuild(ctx, func(_, _ int64) {}); err != nil {
			t.Fatal(err)
		}
		check("built anew", string(note.ID))
		if err := s.RemoveDocument(ctx, system, w.action.ID, note.ID); err != nil {
			t.Fatal(err)
		}
		check("taken off the list")
	})
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// change does something that moves a wall.
func change(t *testing.T, w *world, r *rand.Rand, actions []programme.Action, contracts []programme.Contract, orgs, people []string) {
	t.Helper()
	id := pick(r, actions).ID
	var err error
	switch r.IntN(6) {
	case 0:
		var now programme.Action
		w.do(func(tx db.Tx) (err error) { now, err = programme.Stored(tx, id); return err })
		now.Confidentiality = pick(r, programme.Confidentialities())
		_, err = w.s.SaveSection(ctx, system, programme.SectionIdentity, 0, now)
	case 1:
		a := programme.Action{ID: id}
		a.Owners = []programme.Owner{{OrganisationID: pick(r, orgs), Leads: true}}
		a.Partners = []programme.Partner{{OrganisationID: pick(r, orgs)}}
		a.Pilots = []programme.Pilot{{PersonID: pick(r, people), Name: "Pilote"}}
		_, err = w.s.SaveSection(ctx, system, programme.SectionPeople, 0, a)
	case 2:
		err = w.s.RemoveAction(ctx, system, id)
	case 3:
		err = w.s.RestoreAction(ctx, system, id)
	case 4:
		_, err = w.s.AddLine(ctx, system, programme.Line{ActionID: id, FunderID: pick(r, orgs), Nature: programme.Grant, Year: 2026 + r.IntN(3)})
	case 5:
		_, err = w.s.AddSignatory(ctx, system, programme.Signatory{ContractID: pick(r, contracts).ID, OrganisationID: pick(r, orgs), College: programme.Colleges()[0]})
	}
	if err != nil && !strings.Contains(err.Error(), "fault.fields") && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
}

func randomActor(r *rand.Rand, actions []programme.Action, orgs, people []string) account.Actor {
	by := account.Actor{ID: account.PersonID(pick(r, append(people, "", "nobody")))}
	if by.ID == "" {
		return by
	}
	for range r.IntN(3) {
		g := pick(r, []account.Grant{
			{Role: account.NationalObserver, ScopeKind: account.OverNation}, {Role: account.RegionSteering, ScopeKind: account.OverRegion, ScopeID: "76"},
			{Role: account.StateServices, ScopeKind: account.OverRegion, ScopeID: "84"}, {Role: account.ProjectLead, ScopeKind: account.OverTerritory, ScopeID: "ti-7602"},
			{Role: account.LeadPair, ScopeKind: account.OverTerritory, ScopeID: "ti-8401"}, {Role: account.Guest, ScopeKind: account.OverAction, ScopeID: string(pick(r, actions).ID)},
			{Role: account.ProjectLead, ScopeKind: account.OverRegion, ScopeID: "76"}, {Role: account.Admin, ScopeKind: account.OverServer},
		})
		g.UntilOn = pick(r, []when.Date{"", "2026-05-21", "2026-05-20"})
		by.Grants = append(by.Grants, g)
	}
	for range r.IntN(2) {
		by.Memberships = append(by.Memberships, account.Membership{OrganisationID: account.OrganisationID(pick(r, orgs)), Role: account.Member})
	}
	return by
}

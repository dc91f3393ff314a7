package app

import (
	"fmt"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/programme"
	"bassin/internal/when"

	"pgregory.net/rapid"
)

// wallWorld is a small random nation: who stands where, and what is hidden from whom. Everything is
// named by its place in its slice.
type wallWorld struct {
	Regions   [][]string // of each territory; the first leads
	Contracts []wallContract
	Actions   []wallAction
	People    []wallPerson
}

type wallContract struct {
	Territory, Phase int
	State            programme.ContractState
	Signatories      []int
}

type wallAction struct {
	Contract                         int
	Level                            programme.Confidentiality
	Owners, Partners, Funders, Pilot []int
	Removed                          bool
}

type wallPerson struct {
	Grants  []wallGrant
	Members []wallMember
}

type wallGrant struct {
	programme.ViewerGrant
	Revoked bool
}

type wallMember struct {
	Organisation int
	Ended        bool
}

const wallOrganisations = 3

var wallToday = when.Day(2026, 5, 21)

func wallTerritory(i int) string                { return fmt.Sprintf("ti-76%02d", i+1) }
func wallContractID(i int) programme.ContractID { return programme.ContractID(fmt.Sprintf("k%d", i)) }
func wallActionID(i int) programme.ActionID     { return programme.ActionID(fmt.Sprintf("a%d", i)) }
func wallOrganisation(i int) string             { return fmt.Sprintf("o%d", i) }
func wallPersonID(i int) string                 { return fmt.Sprintf("p%d", i) }

// drawWorld draws a world; what comes first in each choice is the plainest, so that a failing world
// shrinks to one that can be read.
func drawWorld(t *rapid.T) wallWorld {
	var w wallWorld
	for range rapid.IntRange(1, 3).Draw(t, "territories") {
		w.Regions = append(w.Regions, rapid.SampledFrom([][]string{{"76"}, {"93"}, {"84"}, {"76", "93"}, {"93", "76"}, {"84", "76"}}).Draw(t, "regions"))
	}
	some := func(n int, label string) []int {
		return rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, 2, func(i int) int { return i }).Draw(t, label)
	}
	for i := range w.Regions {
		for phase := range rapid.IntRange(1, 2).Draw(t, "phases") {
			w.Contracts = append(w.Contracts, wallContract{i, phase + 1, rapid.SampledFrom(programme.ContractStates()).Draw(t, "state"), some(wallOrganisations, "signatories")})
		}
	}
	people := rapid.IntRange(1, 3).Draw(t, "people")
	for range rapid.IntRange(1, 6).Draw(t, "actions") {
		w.Actions = append(w.Actions, wallAction{rapid.IntRange(0, len(w.Contracts)-1).Draw(t, "contract"), rapid.SampledFrom(programme.Confidentialities()).Draw(t, "level"),
			some(wallOrganisations, "owners"), some(wallOrganisations, "partners"), some(wallOrganisations, "funders"), some(people, "pilots"), rapid.IntRange(0, 5).Draw(t, "removed") == 5})
	}
	for range people {
		var p wallPerson
		for range rapid.IntRange(0, 2).Draw(t, "grants") {
			p.Grants = append(p.Grants, w.drawGrant(t))
		}
		for _, o := range some(wallOrganisations, "member of") {
			p.Members = append(p.Members, wallMember{o, rapid.IntRange(0, 3).Draw(t, "ended") == 3})
		}
		w.People = append(w.People, p)
	}
	return w
}

// drawGrant draws a role over a scope, now and then one that does not fit it.
func (w wallWorld) drawGrant(t *rapid.T) wallGrant {
	role := rapid.SampledFrom(account.Roles()).Draw(t, "role")
	kind := role.Scope
	if rapid.IntRange(0, 7).Draw(t, "misfit") == 7 {
		kind = rapid.SampledFrom([]account.ScopeKind{account.OverNation, account.OverRegion, account.OverTerritory, account.OverAction}).Draw(t, "kind")
	}
	id := ""
	switch kind {
	case account.OverRegion:
		id = rapid.SampledFrom([]string{"76", "93", "84"}).Draw(t, "region")
	case account.OverTerritory:
		id = wallTerritory(rapid.IntRange(0, len(w.Regions)-1).Draw(t, "territory"))
	case account.OverAction:
		id = string(wallActionID(rapid.IntRange(0, len(w.Actions)-1).Draw(t, "action")))
	}
	return wallGrant{programme.ViewerGrant{Role: string(role.Role), ScopeKind: string(kind), ScopeID: id,
		Until: rapid.SampledFrom([]when.Date{"", wallToday, wallToday.AddDays(-1)}).Draw(t, "until")}, rapid.IntRange(0, 5).Draw(t, "revoked") == 5}
}

// String tells the world in lines that can be read.
func (w wallWorld) String() string {
	var s strings.Builder
	for i, r := range w.Regions {
		fmt.Fprintf(&s, "\nterritory %s in %v", wallTerritory(i), r)
	}
	for i, c := range w.Contracts {
		fmt.Fprintf(&s, "\ncontract %s of %s: %s, signed by organisations %v", wallContractID(i), wallTerritory(c.Territory), c.State, c.Signatories)
	}
	for i, a := range w.Actions {
		fmt.Fprintf(&s, "\naction %s in %s: %s, owners %v, partners %v, funders %v, pilots %v", wallActionID(i), wallContractID(a.Contract), a.Level, a.Owners, a.Partners, a.Funders, a.Pilot)
		if a.Removed {
			s.WriteString(", removed")
		}
	}
	for i, p := range w.People {
		fmt.Fprintf(&s, "\nperson %s:", wallPersonID(i))
		for _, g := range p.Grants {
			fmt.Fprintf(&s, " %s over %s %s until %q revoked %v;", g.Role, g.ScopeKind, g.ScopeID, g.Until, g.Revoked)
		}
		for _, m := range p.Members {
			fmt.Fprintf(&s, " in organisation %d, ended %v;", m.Organisation, m.Ended)
		}
	}
	return s.String()
}

// public is who is not signed in, among the numbers of people.
const public = -1

// viewer says by the world alone who asks.
func (w wallWorld) viewer(person int) programme.Viewer {
	if person == public {
		return programme.Viewer{}
	}
	v := programme.Viewer{PersonID: wallPersonID(person)}
	for _, g := range w.People[person].Grants {
		if !g.Revoked {
			v.Grants = append(v.Grants, g.ViewerGrant)
		}
	}
	for _, m := range w.People[person].Members {
		if !m.Ended {
			v.Organisations = append(v.Organisations, wallOrganisation(m.Organisation))
		}
	}
	return v
}

func (w wallWorld) access(i int) programme.ActionAccess {
	a := w.Actions[i]
	x := w.contractAccess(a.Contract)
	x.ActionID, x.Confidentiality, x.Removed = wallActionID(i), a.Level, a.Removed
	x.OwnerIDs, x.PartnerIDs, x.FunderIDs, x.PilotIDs = wallNames(a.Owners, wallOrganisation), wallNames(a.Partners, wallOrganisation), wallNames(a.Funders, wallOrganisation), wallNames(a.Pilot, wallPersonID)
	return x
}

func (w wallWorld) contractAccess(i int) programme.ActionAccess {
	c := w.Contracts[i]
	return programme.ActionAccess{TerritoryID: wallTerritory(c.Territory), RegionIDs: w.Regions[c.Territory], SignatoryIDs: wallNames(c.Signatories, wallOrganisation)}
}

func wallNames(list []int, name func(int) string) []string {
	var out []string
	for _, i := range list {
		out = append(out, name(i))
	}
	return out
}

// wallSet is a set of actions, bit i for the i-th. Each action's money is its own power of two, so
// that a sum is the set of what was summed.
type wallSet int64

func (s wallSet) has(i int) bool { return s&(1<<i) != 0 }

func (s wallSet) String() string {
	list := []string{}
	for i := range 63 {
		if s.has(i) {
			list = append(list, string(wallActionID(i)))
		}
	}
	return "{" + strings.Join(list, " ") + "}"
}

// listed is what the lists of a person hold; opened what opens by its address: a removed sheet too,
// for who may bring it back.
func (w wallWorld) listed(person int) (s wallSet) {
	for i, a := range w.Actions {
		if !a.Removed && programme.See(w.viewer(person), w.access(i), wallToday) {
			s |= 1 << i
		}
	}
	return s
}

func (w wallWorld) opened(person int) (s wallSet) {
	for i, a := range w.Actions {
		if a.Removed && programme.May(w.viewer(person), programme.RemoveAction, w.access(i), wallToday) {
			s |= 1 << i
		}
	}
	return s | w.listed(person)
}

func (w wallWorld) seesContract(person, i int) bool {
	return programme.SeeContractOf(w.viewer(person), w.Contracts[i].State, w.contractAccess(i), wallToday)
}

// where gives the actions that fit.
func (w wallWorld) where(fits func(a wallAction, c wallContract) bool) (s wallSet) {
	for i, a := range w.Actions {
		if fits(a, w.Contracts[a.Contract]) {
			s |= 1 << i
		}
	}
	return s
}

func (w wallWorld) ofContract(i int) wallSet {
	return w.where(func(a wallAction, _ wallContract) bool { return a.Contract == i })
}

func (w wallWorld) ofTerritory(i int) wallSet {
	return w.where(func(_ wallAction, c wallContract) bool { return c.Territory == i })
}

func (w wallWorld) ofRegion(id string) wallSet {
	return w.where(func(_ wallAction, c wallContract) bool { return slices.Contains(w.Regions[c.Territory], id) })
}

// wallCents is what the line of an action holds, in every stage; its cost is twice that.
func wallCents(i int) int64 { return 1 << i }

// wallTables are emptied before each world, in this order.
var wallTables = []string{"programme_money", "programme_step", "programme_line", "programme_cost", "programme_link", "programme_party", "programme_pilot",
	"programme_action_axis", "programme_content", "programme_action", "programme_axis", "programme_signatory", "programme_contract",
	"territory_span", "territory_territory", "account_token", "account_session", "account_grant", "account_membership", "account_person", "account_organisation"}

// write makes the world the whole content of the database.
func (w wallWorld) write(tx db.Tx) error {
	for _, t := range wallTables {
		if _, err := tx.Exec("delete from " + t); err != nil {
			return err
		}
	}
	if err := w.writePeople(tx); err != nil {
		return err
	}
	ts := newBulk(tx, "territory_territory", "id, name, name_key, region_id, created_at, updated_at")
	sp := newBulk(tx, "territory_span", "territory_id, region_id")
	for i, regions := range w.Regions {
		ts.add(wallTerritory(i), "Territoire "+wallTerritory(i), "territoire", regions[0], 0, 0)
		for _, r := range regions {
			sp.add(wallTerritory(i), r)
		}
	}
	ks := newBulk(tx, "programme_contract", "id, territory_id, code, title, phase, state, created_at, updated_at")
	ax := newBulk(tx, "programme_axis", "id, contract_id, code, label_fr, position")
	sg := newBulk(tx, "programme_signatory", "id, contract_id, organisation_id, organisation_name, college, position")
	for i, c := range w.Contracts {
		ks.add(wallContractID(i), wallTerritory(c.Territory), fmt.Sprintf("T%d", c.Territory), fmt.Sprintf("CONTRACT-%02d", i), c.Phase, c.State, 0, 0)
		ax.add(fmt.Sprintf("x%d", i), wallContractID(i), "axis", "Axe", 0)
		for _, o := range c.Signatories {
			sg.add(fmt.Sprintf("s%d-%d", i, o), wallContractID(i), wallOrganisation(o), "Organisation", "public", 0)
		}
	}
	for _, b := range []*bulk{ts, sp, ks, ax, sg} {
		if b.flush(); b.err != nil {
			return b.err
		}
	}
	return w.writeActions(tx)
}

func (w wallWorld) writePeople(tx db.Tx) error {
	og := newBulk(tx, "account_organisation", "id, kind, name, name_key, created_at, updated_at")
	for i := range wallOrganisations {
		og.add(wallOrganisation(i), "company", "Organisation", "organisation", 0, 0)
	}
	og.add("purse", "operator", "Financeur", "financeur", 0, 0)
	pe := newBulk(tx, "account_person", "id, email, name, created_at")
	gr := newBulk(tx, "account_grant", "id, person_id, role, scope_kind, scope_id, until_on, created_at, revoked_at")
	me := newBulk(tx, "account_membership", "person_id, organisation_id, role, ends_on, created_at")
	for i, p := range w.People {
		pe.add(wallPersonID(i), wallPersonID(i)+"@example.org", "Personne", 0)
		for n, g := range p.Grants {
			revoked := 0
			if g.Revoked {
				revoked = 1
			}
			gr.add(fmt.Sprintf("g%d-%d", i, n), wallPersonID(i), g.Role, g.ScopeKind, g.ScopeID, g.Until, 0, revoked)
		}
		for _, m := range p.Members {
			ends := when.None
			if m.Ended {
				ends = wallToday.AddDays(-1)
			}
			me.add(wallPersonID(i), wallOrganisation(m.Organisation), "member", ends, 0)
		}
	}
	for _, b := range []*bulk{og, pe, gr, me} {
		if b.flush(); b.err != nil {
			return b.err
		}
	}
	return nil
}

// writeActions writes each action with one line that went the whole way, a blocker's mark, and a
// link to the action before it.
func (w wallWorld) writeActions(tx db.Tx) error {
	ac := newBulk(tx, "programme_action", `id, contract_id, territory_id, reference, title, title_key, commitment, priority, confidentiality, status, created_at, updated_at, removed_at,
		cost_cents, plan_cents, to_find_cents, open_blockers`)
	co := newBulk(tx, "programme_content", "action_id")
	on := newBulk(tx, "programme_action_axis", "action_id, axis_id")
	pa := newBulk(tx, "programme_party", "action_id, organisation_id, organisation_name, kind")
	pi := newBulk(tx, "programme_pilot", "action_id, position, person_id, name")
	li := newBulk(tx, "programme_line", "id, action_id, contract_id, funder_id, funder_name, nature, year, created_at, updated_at, stage, stage_on, "+amountList)
	mo := newBulk(tx, "programme_money", "step_id, line_id, action_id, contract_id, effective_on, recorded_at, "+amountList)
	ln := newBulk(tx, "programme_link", "action_id, other_id, created_at")
	for i, a := range w.Actions {
		id, contract, line := wallActionID(i), wallContractID(a.Contract), programme.LineID(fmt.Sprintf("l%d", i))
		removed := 0
		if a.Removed {
			removed = 1
		}
		ac.add(id, contract, wallTerritory(w.Contracts[a.Contract].Territory), fmt.Sprintf("WALL-%02d", i), "Mur", "mur", "firm", "normal", a.Level, "under_way", 0, 0, removed,
			2*wallCents(i), wallCents(i), wallCents(i), 1)
		co.add(id)
		on.add(id, fmt.Sprintf("x%d", a.Contract))
		pa.add(id, "purse", "Financeur", "funder")
		for kind, list := range map[string][]int{"owner": a.Owners, "partner": a.Partners, "funder": a.Funders} {
			for _, o := range list {
				pa.add(id, wallOrganisation(o), "Organisation", kind)
			}
		}
		for n, p := range a.Pilot {
			pi.add(id, n, wallPersonID(p), "Personne")
		}
		step := programme.Step{ID: programme.StepID("s" + string(line)), LineID: line, Kind: programme.Paid, EffectiveOn: wallToday.AddDays(-30), AmountCents: wallCents(i), RecordedAt: 1}
		s := programme.Fold([]programme.Step{step}, programme.AsOf{})
		li.add(append([]any{line, id, contract, "purse", "Financeur", "grant", 2026, 0, 0, s.Stage, s.StageOn}, amounts(s.Amounts)...)...)
		for _, x := range programme.Deltas([]programme.Step{step}) {
			mo.add(append([]any{x.StepID, x.LineID, id, contract, x.EffectiveOn, x.RecordedAt}, amounts(x.Amounts)...)...)
		}
		if i > 0 {
			ln.add(id, wallActionID(i-1), 0)
		}
	}
	for _, b := range []*bulk{ac, co, on, pa, pi, li, mo, ln} {
		if b.flush(); b.err != nil {
			return b.err
		}
	}
	return nil
}

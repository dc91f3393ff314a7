package programme

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/territory"
	"bassin/internal/when"
)

// contractView is a contract with all that its page shows, for one reader.
type contractView struct {
	contractHead
	Regions     []territory.Region
	Axes        []axisCount
	Signatories []Signatory
	Objectives  []objectiveNode
	Rows        []Row   // of the actions that the reader sees
	Money       Amounts // as of On
	ToFindCents int64   // as of On
	Counts      Counts  // as it stands
	Inside      bool    // the reader is a party: history is shown
	History     []account.Entry
	On          when.Date // the past day that money is shown as of; none: as it stands
	OnWrong     bool      // a date was asked for that cannot be read
}

type axisCount struct {
	Axis
	Actions int
}

// objectiveNode is an objective with those below it, in the order of the page.
type objectiveNode struct {
	Objective
	Depth   int
	Actions int // that stand on it
	Below   int // objectives right below it
}

// tree puts objectives below their parents. One whose parent is gone stands at the top.
func tree(list []Objective, actions map[ObjectiveID]int) []objectiveNode {
	known := map[ObjectiveID]bool{}
	for _, o := range list {
		known[o.ID] = true
	}
	children := map[ObjectiveID][]Objective{}
	for _, o := range list {
		parent := o.ParentID
		if !known[parent] || parent == o.ID {
			parent = ""
		}
		children[parent] = append(children[parent], o)
	}
	var out []objectiveNode
	seen := map[ObjectiveID]bool{}
	var walk func(parent ObjectiveID, depth int)
	walk = func(parent ObjectiveID, depth int) {
		for _, o := range children[parent] {
			if !seen[o.ID] { // a ring of parents must not hang the page
				seen[o.ID] = true
				out = append(out, objectiveNode{o, depth, actions[o.ID], len(children[o.ID])})
				walk(o.ID, depth+1)
			}
		}
	}
	walk("", 0)
	return out
}

// readContract reads a contract for its page: a dozen queries however many actions it holds.
func readContract(tx db.Tx, by account.Actor, id ContractID, on when.Date) (contractView, error) {
	var x contractView
	var err error
	if x.contractHead, err = headOf(tx, by, id); err != nil {
		return x, err
	}
	x.On = on
	if x.Signatories, err = listSignatories(tx, id); err != nil {
		return x, err
	}
	regions, err := territory.RegionsOf(tx, territory.ID(x.TerritoryID))
	if err != nil {
		return x, err
	}
	for _, r := range regions {
		if g, ok := territory.RegionByID(r); ok {
			x.Regions = append(x.Regions, g)
		}
	}
	if err := x.readRows(tx, by); err != nil {
		return x, err
	}
	if err := x.readFrame(tx); err != nil {
		return x, err
	}
	access := ActionAccess{TerritoryID: x.TerritoryID, RegionIDs: texts(regions), Confidentiality: ForContract}
	for _, s := range x.Signatories {
		access.SignatoryIDs = append(access.SignatoryIDs, s.OrganisationID)
	}
	if x.Inside = May(viewerOf(by), SeeContract, access, tx.Today()); x.Inside {
		x.History, err = account.History(tx, "contract", string(id), 0, historyShort)
	}
	return x, err
}

// historyShort is how much of a history a page shows before its own page.
const historyShort = 8

func (x *contractView) readRows(tx db.Tx, by account.Actor) error {
	f := Filter{ContractID: x.ID}
	var err error
	if x.Rows, _, err = ListActions(tx, by, f, 0, 0); err != nil {
		return err
	}
	if err := WithMoney(tx, x.ID, x.Rows, AsOf{On: x.On}); err != nil {
		return err
	}
	for _, r := range x.Rows {
		x.Money = x.Money.Plus(r.Money)
		x.ToFindCents += r.stillToFind(r.Money.PlanCents())
	}
	x.Counts = Count(x.Rows, tx.Today())
	return nil
}

// Count counts rows; the same as countWhere does in SQL.
func Count(rows []Row, today when.Date) Counts {
	var c Counts
	for _, r := range rows {
		c.All++
		c.CostCents, c.PlanCents, c.ToFindCents = c.CostCents+r.CostCents, c.PlanCents+r.PlanCents, c.ToFindCents+r.stillToFind(r.PlanCents)
		if r.Late(today) {
			c.Late++
		}
		if r.Blocked() {
			c.Blocked++
		}
		if r.Unfunded() {
			c.Unfunded++
		}
		if r.Silent(today) {
			c.Silent++
		}
	}
	return c
}

// readFrame reads axes and objectives, with how many of the reader's actions stand on each.
func (x *contractView) readFrame(tx db.Tx) error {
	ids := idsOf(x.Rows)
	axes, err := listAxes(tx, x.ID)
	if err != nil {
		return err
	}
	onAxis := map[AxisID]int{}
	onObjective := map[ObjectiveID]int{}
	if len(ids) > 0 {
		list, err := listAxesAmong(tx, ids)
		if err != nil {
			return err
		}
		for _, a := range list {
			onAxis[a.AxisID]++
		}
		if onObjective, err = countObjectives(tx, ids); err != nil {
			return err
		}
	}
	for _, a := range axes {
		x.Axes = append(x.Axes, axisCount{a, onAxis[a.ID]})
	}
	objectives, err := listObjectives(tx, x.ID)
	x.Objectives = tree(objectives, onObjective)
	return err
}

// college gives the signatories of one college.
func (x contractView) college(c College) []Signatory {
	return slices.DeleteFunc(slices.Clone(x.Signatories), func(s Signatory) bool { return s.College != c })
}

// contractRow is a contract in a list, with what the reader sees of its actions.
type contractRow struct {
	Contract
	Place string
	Counts
	PaidCents int64
}

// contractFilter chooses contracts.
type contractFilter struct {
	RegionID    string
	TerritoryID string
	State       ContractState
	Text        string
	After       ContractID // API: beyond this one, by id
	Limit       int
	Offset      int
	byID        bool
}

// readContracts gives a page of the contracts that the actor may see, and how many there are.
func readContracts(tx db.Tx, by account.Actor, f contractFilter) ([]contractRow, int, error) {
	list, total, err := listVisibleContracts(tx, by, f)
	if err != nil || len(list) == 0 {
		return nil, total, err
	}
	ids, places := make([]ContractID, len(list)), make([]territory.ID, len(list))
	for i, c := range list {
		ids[i], places[i] = c.ID, territory.ID(c.TerritoryID)
	}
	names, err := territory.ByIDs(tx, places)
	if err != nil {
		return nil, 0, err
	}
	counts, err := countByContract(tx, by, ids)
	if err != nil {
		return nil, 0, err
	}
	rows := make([]contractRow, len(list))
	for i, c := range list {
		n := counts[c.ID]
		rows[i] = contractRow{c, names[territory.ID(c.TerritoryID)].Name, n.Counts, n.PaidCents}
	}
	return rows, total, nil
}

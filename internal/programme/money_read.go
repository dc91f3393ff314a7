package programme

import (
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// EndOf is the choice of what was known by the end of a day in France.
func EndOf(day when.Date) when.Time {
	t := day.Time()
	midnight := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, db.Paris)
	return when.At(midnight) - 1
}

// ContractMoney gives the money of a contract as of a day (zero: as it stands), grouped, over the
// actions that the actor may see.
func ContractMoney(tx db.Tx, by account.Actor, id ContractID, at AsOf, group By) (MoneySummary, error) {
	m := MoneySummary{At: at, By: group}
	if !in(group, Bys()) {
		return m, fault.New(fault.NotFound, "fault.not_found")
	}
	var err error
	if m.Contract, err = contractFor(tx, by, id); err != nil {
		return m, err
	}
	which := func() (*db.Where, error) { // each query numbers its own arguments
		return Filter{ContractID: id}.where(tx, by)
	}
	w, err := which()
	if err != nil {
		return m, err
	}
	if m.Actions, m.CostCents, err = sumCosts(tx, w); err != nil {
		return m, err
	}
	column := group
	if group == ByAxis {
		column = byAction
	}
	money, lines, err := groupMoney(tx, which, id, column, at)
	if err != nil {
		return m, err
	}
	m.group(money, lines)
	if group != ByAxis {
		return m, nil
	}
	if m.Axes, err = listAxes(tx, id); err != nil {
		return m, err
	}
	axes, err := listActionAxes(tx, id)
	if err != nil {
		return m, err
	}
	m.spread(axes, lines)
	return m, nil
}

// Requests gives what was requested of all funders of a contract and what of it was granted, over the actions that
// the actor may see: the total of ContractMoney, without its groups and delays.
func Requests(tx db.Tx, by account.Actor, id ContractID) (MoneyGroup, error) {
	var total MoneyGroup
	w, err := Filter{ContractID: id}.where(tx, by)
	if err != nil {
		return total, err
	}
	money, err := sumGroupsNow(tx, w, id, ByNature)
	for _, g := range money {
		total = total.plus(g)
	}
	return total, err
}

// groupMoney reads the sums of each group and the days of its lines. The days are those that are
// known today, also where the sums are as known then: the pages say so.
func groupMoney(tx db.Tx, which func() (*db.Where, error), id ContractID, by By, at AsOf) ([]MoneyGroup, []dated, error) {
	w, err := which()
	if err != nil {
		return nil, nil, err
	}
	var money []MoneyGroup
	if at.On == when.None {
		money, err = sumGroupsNow(tx, w, id, by)
	} else {
		money, err = sumGroupsAsOf(tx, w, id, by, at)
	}
	if err != nil {
		return nil, nil, err
	}
	if w, err = which(); err != nil {
		return nil, nil, err
	}
	lines, err := listDated(tx, w, id, by, at.KnownBy)
	if at.On != when.None {
		for i := range lines {
			lines[i] = lines[i].on(at.On)
		}
	}
	return money, lines, err
}

package overview

import (
	"bassin/internal/programme"
	"bassin/internal/web"
	"bassin/internal/when"
)

// territoryTotals is a territory with its money and its trouble, or the sum of several.
type territoryTotals struct {
	TerritoryID     string
	Name            string
	Actions         int64
	Late            int64
	Blocked         int64
	NewsOn          when.Date
	AnnouncedCents  int64 // by the territory's contracts
	AskedCents      int64
	DecidedCents    int64
	ContractedCents int64
	PaidCents       int64
	ToFindCents     int64
}

// totalKinds are the stages that are summed over regions and the nation.
func totalKinds() []programme.Kind {
	return []programme.Kind{programme.Asked, programme.Decided, programme.Contracted, programme.Paid}
}

// of gives the money that has reached a stage.
func (t territoryTotals) of(k programme.Kind) int64 {
	switch k {
	case programme.Asked:
		return t.AskedCents
	case programme.Decided:
		return t.DecidedCents
	case programme.Contracted:
		return t.ContractedCents
	case programme.Paid:
		return t.PaidCents
	}
	return 0
}

// sumTotals adds up the money of some territories.
func sumTotals(list []territoryTotals) territoryTotals {
	var sum territoryTotals
	for _, t := range list {
		sum.Actions += t.Actions
		sum.AnnouncedCents += t.AnnouncedCents
		sum.AskedCents += t.AskedCents
		sum.DecidedCents += t.DecidedCents
		sum.ContractedCents += t.ContractedCents
		sum.PaidCents += t.PaidCents
		sum.ToFindCents += t.ToFindCents
	}
	return sum
}

func (t territoryTotals) funnel(v *web.View) web.Funnel {
	f := web.Funnel{Caption: v.T("overview.money.caption", "announced_cents", t.AnnouncedCents), Gap: t.ToFindCents}
	for _, k := range totalKinds() {
		f.Rows = append(f.Rows, web.MoneyPart{Step: programme.LookOf(k), Cents: t.of(k)})
	}
	return programme.Shared(v, f, t.AnnouncedCents, 0)
}

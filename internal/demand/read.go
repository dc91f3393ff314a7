package demand

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/territory"
)

// Wanted is what figures are asked for, as an address says it.
type Wanted struct {
	Where    string // ti-7602, region-76, france, ours; "": where who asks works, else france
	Process  park.Process
	From, To string // months; "": a year, this month
}

// The places that are no territory.
const (
	nation       = "france"
	ours         = "ours"
	regionPrefix = "region-"
)

// yearMonths is the time that is shown when nobody chooses.
const yearMonths = 12

// placeOf is where somebody works: the territory that they lead, else that of an organisation of theirs.
func placeOf(tx db.Tx, by account.Actor) (string, error) {
	if led := append(by.Scoped(account.ProjectLead), by.Scoped(account.LeadPair)...); len(led) > 0 {
		return led[0], nil
	}
	if regions := append(by.Scoped(account.RegionSteering), by.Scoped(account.StateServices)...); len(regions) > 0 {
		return regionPrefix + regions[0], nil
	}
	list, err := account.OrganisationsByID(tx, by.Organisations())
	for _, o := range list {
		if o.TerritoryID != "" {
			return o.TerritoryID, err
		}
	}
	return nation, err
}

// filterFor reads what is wanted for somebody who is signed in: all may see the figures, since small ones are hidden, and
// nobody's parts stand in them; one's own organisations' are shown whole.
func filterFor(tx db.Tx, by account.Actor, w *Wanted) (f Filter, err error) {
	if !by.Known() {
		return f, fault.New(fault.Forbidden, "demand.forbidden")
	}
	if w.Where == "" {
		if w.Where, err = placeOf(tx, by); err != nil {
			return f, err
		}
	}
	now := monthOf(tx.Today())
	if !validMonth(w.To) || w.To > now {
		w.To = now
	}
	if !validMonth(w.From) || w.From > w.To {
		w.From = back(w.To, yearMonths-1)
	}
	if !w.Process.Known() {
		w.Process = ""
	}
	f = Filter{From: w.From, To: w.To, Process: w.Process}
	switch {
	case w.Where == nation:
	case w.Where == ours:
		f.Ours = true
		f.Askers, err = asksOf(tx, by)
	case len(w.Where) > len(regionPrefix) && w.Where[:len(regionPrefix)] == regionPrefix:
		id := territory.RegionID(w.Where[len(regionPrefix):])
		if _, ok := territory.RegionByID(id); !ok {
			return f, fault.New(fault.NotFound, "fault.not_found")
		}
		list, err := territory.InRegions(tx, []territory.RegionID{id})
		f.Territories = []string{}
		for _, t := range list {
			f.Territories = append(f.Territories, string(t))
		}
		return f, err
	default:
		id, ok := territory.ParseID(w.Where)
		if !ok {
			return f, fault.New(fault.NotFound, "fault.not_found")
		}
		if _, err := territory.Get(tx, id); err != nil {
			return f, err
		}
		f.Territories = []string{string(id)}
	}
	return f, err
}

// read gives the figures that are wanted, and fills in what was left open.
func read(tx db.Tx, by account.Actor, w *Wanted) (x Figures, err error) {
	f, err := filterFor(tx, by, w)
	if err != nil {
		return x, err
	}
	return count(tx, f)
}

// count counts what a filter lets through.
func count(tx db.Tx, f Filter) (x Figures, err error) {
	first, err := firstMonth(tx)
	if err != nil {
		return x, err
	}
	if first != "" && f.From < first { // before, nothing was noted
		f.From = min(first, f.To)
	}
	x.Ours = f.Ours
	months, err := listMonths(tx, f)
	if err != nil {
		return x, err
	}
	x.Months, x.Total = monthsOf(months, f)
	reasons, err := listReasons(tx, f, OfPart)
	if err != nil {
		return x, err
	}
	x.Gaps, x.Faults = gapsOf(reasons, f)
	orders, err := listReasons(tx, f, OfOrder)
	if err != nil {
		return x, err
	}
	for _, r := range orders {
		x.Orders = append(x.Orders, Gap{Process: park.Process(r.Process), Reason: r.Reason, Parts: shown(r.Parts, r.Askers(), f.Ours)})
	}
	boxes, err := listBoxes(tx, f)
	x.Boxes = boxesOf(boxes, x.Gaps)
	for _, c := range chambersOf(x.Boxes) {
		x.Chambers = append(x.Chambers, x.try(c.Process, c.MM))
	}
	return x, err
}

// GapsOf gives the gaps of a territory over the last year, for its home.
func GapsOf(tx db.Tx, by account.Actor, id territory.ID) (Figures, error) {
	return read(tx, by, &Wanted{Where: string(id)})
}

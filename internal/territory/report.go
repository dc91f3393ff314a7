package territory

import (
	"bassin/internal/account"
	"bassin/internal/when"
)

// ImportID names one import.
type ImportID string

// Report tells what an import did, line by line where there is something to say. It is kept with
// the import in no language: notes and items are said in the reader's.
type Report struct {
	ID       ImportID
	FileName string
	FileHash string // SHA-256 of the file
	Form     Form
	Encoding string
	Lines    int
	At       when.Time
	By       string // who imported, by name

	Territories, Groupings, Communes Tally
	Spans                            int // regions newly known to hold a part of a territory

	Items         []Item // at most MaxNotes of each outcome
	Rejected      []Note // at most MaxNotes
	RejectedCount int
	Remarks       []Note // at most MaxNotes
	RemarkCount   int
}

// Tally counts the outcomes of one kind of thing.
type Tally struct{ Added, Changed, Unchanged, Kept, Gone int }

// Outcome is what became of a thing that a list names.
type Outcome string

// The outcomes. What is gone stands in the base and not in the list; what is kept has in the base
// a name that was given by hand and differs from the list's.
const (
	Added     Outcome = "added"
	Changed   Outcome = "changed"
	Kept      Outcome = "kept"
	Gone      Outcome = "gone"
	Unchanged Outcome = "unchanged"
)

// Outcomes lists those that have items, in the order of the report.
func Outcomes() []Outcome { return []Outcome{Added, Changed, Kept, Gone} }

// Thing says what an item is about.
type Thing string

// The things of a list; a span is a region in which a territory lies besides its lead region.
const (
	TerritoryThing Thing = "territory"
	GroupingThing  Thing = "grouping"
	CommuneThing   Thing = "commune"
	SpanThing      Thing = "span"
)

// Item is one thing that an import added, changed, kept or missed.
type Item struct {
	Outcome   Outcome
	Thing     Thing
	Territory ID
	Member    string // SIREN, INSEE code or region; "" for the territory itself
	Name      string // as it now stands
	Other     string // changed: the name before; kept: the name in the list
	Line      int    // in the file; 0 for what is gone
}

// Total adds up the kinds of things.
func (r Report) Total() Tally {
	t := Tally{Added: r.Spans}
	for _, x := range []Tally{r.Territories, r.Groupings, r.Communes} {
		t.Added += x.Added
		t.Changed += x.Changed
		t.Unchanged += x.Unchanged
		t.Kept += x.Kept
		t.Gone += x.Gone
	}
	return t
}

// Of gives the items of one outcome.
func (r Report) Of(o Outcome) []Item {
	var out []Item
	for _, x := range r.Items {
		if x.Outcome == o {
			out = append(out, x)
		}
	}
	return out
}

// Count gives how many things had the outcome, also those beyond MaxNotes.
func (r Report) Count(o Outcome) int {
	t := r.Total()
	return map[Outcome]int{Added: t.Added, Changed: t.Changed, Kept: t.Kept, Gone: t.Gone, Unchanged: t.Unchanged}[o]
}

// Findings reports whether something of the file was refused.
func (r Report) Findings() bool { return r.RejectedCount > 0 }

// None reports whether the import changed nothing.
func (r Report) None() bool { t := r.Total(); return t.Added+t.Changed == 0 }

// reporter gathers the items of a report.
type reporter struct {
	report  *Report
	listing Listing
	count   map[Outcome]int
}

func (p *reporter) item(o Outcome, thing Thing, id ID, member, name, other string) {
	if p.count[o]++; p.count[o] > MaxNotes {
		return
	}
	x := Item{Outcome: o, Thing: thing, Territory: id, Member: member, Name: name, Other: other}
	if o != Gone && thing != SpanThing {
		x.Line = p.listing.Line(id, member)
	}
	p.report.Items = append(p.report.Items, x)
}

// oneName gives each grouping the first name that the list has for it: one that stands in two
// territories under two names would otherwise change its name at every import.
func oneName(l Listing) Listing {
	first := map[account.SIREN]string{}
	list := make([]Grouping, len(l.Groupings))
	for i, g := range l.Groupings {
		if first[g.SIREN] == "" {
			first[g.SIREN] = g.Name
		}
		list[i] = g
	}
	for i := range list {
		list[i].Name = first[list[i].SIREN]
	}
	l.Groupings = list
	return l
}

// settle takes the changes of names apart: those that the list may make, and those of names given
// by hand, which stay and are told.
func settle[T any](c Changes[T], byHand func(T) bool) (change, keep []Change[T]) {
	for _, x := range c.Changed {
		if byHand(x.Before) {
			keep = append(keep, x)
		} else {
			change = append(change, x)
		}
	}
	return change, keep
}

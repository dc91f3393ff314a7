package making

import (
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// Build is one build of pieces of an order; an order's pieces come of one or of several (decision 55).
type Build struct {
	OrderID  OrderID
	Seq      int // from 1
	Pieces   int
	Again    int    // of them, that did not succeed and are built again
	Together string // the batch that it is part of; "": by itself
	Lot      string
	Settings string
	Operator string
	BegunAt  when.Time
	EndedAt  when.Time // 0: under way
}

// redone is the step that says that pieces did not succeed.
const redone State = "redone"

// redoField is the field of a form that says how many pieces of a build did not succeed.
func redoField(seq int) string { return "pieces_" + strconv.Itoa(seq) }

// Good is how many of its pieces succeeded; none while it is under way.
func (b Build) Good() int {
	if b.EndedAt == 0 {
		return 0
	}
	return b.Pieces - b.Again
}

// check gathers what is wrong with what was built.
func (b *Build) check() error {
	var wrong fault.Fields
	b.Lot, b.Settings, b.Operator = strings.TrimSpace(b.Lot), strings.TrimSpace(b.Settings), strings.TrimSpace(b.Operator)
	wrong.Text("lot", b.Lot, 1, 120)
	wrong.Text("settings", b.Settings, 0, 2000)
	wrong.Text("operator", b.Operator, 1, 120)
	return wrong.Err()
}

// Waiting is how many pieces wait for a build that has not begun.
func (o Order) Waiting() int {
	switch o.State {
	case Accepted, Building, Partly:
		return max(0, o.Quantity-o.Made-o.InBuild)
	}
	return 0
}

// ToBuild is how many pieces the build has that is under way, or else the next one.
func (o Order) ToBuild() int {
	switch o.State {
	case Building:
		return o.InBuild
	case Partly:
		return o.Waiting()
	}
	return o.Quantity
}

// Partial tells whether its pieces do not all stand at the same point: some are made or being built while others wait.
func (o Order) Partial() bool {
	n := o.Made + o.InBuild
	return o.State == Partly || o.State == Building && n > 0 && (n < o.Quantity || o.Made > 0)
}

// begin takes pieces into a build.
func (o *Order) begin(n int) error {
	if n < 1 || n > o.Quantity-o.Made {
		return fault.New(fault.Conflict, "making.wrong.pieces", "count", o.Quantity-o.Made)
	}
	o.InBuild = n
	return nil
}

// restart takes back all pieces of an order that were made, and gives their builds as they are then.
func (o *Order) restart(builds []Build) []Build {
	for i := range builds {
		builds[i].Again = builds[i].Pieces
	}
	o.Made = 0
	return builds
}

// end counts the pieces of the build that was under way, and tells to which state that takes the order.
func (o *Order) end() State {
	o.Made, o.InBuild = o.Made+o.InBuild, 0
	if o.Made >= o.Quantity {
		return Built
	}
	return Partly
}

// redo takes pieces back that did not succeed: so many of each build.
func (o *Order) redo(builds []Build, of map[int]int) ([]Build, error) {
	var changed []Build
	var wrong fault.Fields
	for seq, n := range of {
		i := slices.IndexFunc(builds, func(b Build) bool { return b.Seq == seq })
		switch {
		case n == 0:
		case i < 0 || n < 0 || n > builds[i].Good():
			most := 0
			if i >= 0 {
				most = builds[i].Good()
			}
			wrong.Add(redoField(seq), "fault.number", "min", 0, "max", most)
		default:
			b := builds[i]
			b.Again += n
			o.Made -= n
			changed = append(changed, b)
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	if len(changed) == 0 {
		return nil, fault.New(fault.Invalid, "making.wrong.none_again")
	}
	return changed, nil
}

// mayRedo tells whether somebody may say that pieces did not succeed.
func (o Order) mayRedo(by account.Actor) bool {
	return (o.State == Built || o.State == Partly) && o.Made > 0 && o.May(by, Partly)
}

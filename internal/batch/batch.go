package batch

import (
	"encoding/json"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/when"
)

// ID names a batch.
type ID string

// State is how far a batch is.
type State string

// The states.
const (
	Planned   State = "planned"
	Building  State = "building"
	Built     State = "built"
	Dissolved State = "dissolved"
)

// Key is the text key of the state.
func (s State) Key() string { return "batch.state." + string(s) }

// Open tells whether its orders begin or end with it.
func (s State) Open() bool { return s == Planned || s == Building }

// Batch is several orders that are built together.
type Batch struct {
	ID         ID
	Number     int64 // within its maker
	MakerID    account.OrganisationID
	MachineID  park.MachineID
	Machine    string
	Process    park.Process
	MaterialID park.MaterialID
	Material   string
	State      State
	SpacingMM  float64 `db:"spacing_mm"`
	MostRounds int     // plates or chambers; 0: as many as it takes
	Hours      float64
	Layout     string // JSON
	LayoutJob  string
	Lot        string
	Settings   string
	Operator   string
	PersonID   account.PersonID
	CreatedAt  when.Time
	UpdatedAt  when.Time
	Version    int64
}

// Code is how people name a batch: FG-0007.
func (b Batch) Code() string { return fmt.Sprintf("FG-%04d", b.Number) }

// URL is the address of the batch's page.
func (b Batch) URL() string { return batchesURL + "/" + string(b.ID) }

// seenBy tells whether somebody is of the maker's people; to requesters it is not there.
func (b Batch) seenBy(by account.Actor) bool {
	return by.Known() && !by.System() && slices.Contains(by.Organisations(), b.MakerID)
}

// powder tells whether pieces lie above each other.
func powder(p park.Process) bool { return p == park.SLS || p == park.MJF }

// spacingOf is the least distance between pieces that is taken unless the maker says another, in millimetres.
func spacingOf(p park.Process) float64 {
	if powder(p) {
		return 5
	}
	return 2
}

const (
	maxOrders  = 100
	maxPieces  = 2000 // of all orders: laying them takes its time
	maxSpacing = 100
	maxRounds  = 1000
)

// fits says why an order may not come into the batch.
func (b Batch) fits(o making.Order) error {
	switch {
	case o.MakerID != b.MakerID:
		return fault.New(fault.NotFound, "fault.not_found")
	case o.Waiting() == 0:
		return fault.New(fault.Conflict, "batch.wrong.not_accepted", "code", o.Code())
	case o.MachineID != b.MachineID || o.MaterialID != b.MaterialID:
		return fault.New(fault.Conflict, "batch.wrong.other", "code", o.Code())
	}
	return nil
}

// Member is an order of a batch.
type Member struct {
	BatchID ID
	OrderID making.OrderID
	Share   float64
	Pieces  int // of the order that are built with the batch: all that wait, and once it has begun those that were laid
}

// Layout is how the pieces of a batch lie, each on its plate or in its chamber.
type Layout struct {
	Rounds   int       `json:"rounds"` // plates or chambers
	Filling  []float64 `json:"filling"`
	HeightMM float64   `json:"height_mm"` // the most that is used
	Places   []Place   `json:"places"`
	Left     []Left    `json:"left,omitempty"`
	At       when.Time `json:"at"`
}

// Place is where one piece lies. Its outline is seen from above; where the maker sees figures alone it is a box.
type Place struct {
	Order   making.OrderID `json:"order"`
	Copy    int            `json:"copy"` // from 1
	Round   int            `json:"round"`
	At      mesh.Transform `json:"at"`
	Boxed   bool           `json:"boxed,omitempty"`
	Outline [][][2]float64 `json:"outline,omitempty"`
	FromMM  [3]float64     `json:"from_mm"` // of what it takes
	ToMM    [3]float64     `json:"to_mm"`
}

// Left is how many pieces of an order could not be laid, and why.
type Left struct {
	Order making.OrderID `json:"order"`
	Count int            `json:"count"`
	Why   string         `json:"why"`
}

// Placed counts the pieces of an order that are laid.
func (l Layout) Placed(id making.OrderID) (n int) {
	for _, p := range l.Places {
		if p.Order == id {
			n++
		}
	}
	return n
}

// Of counts the pieces of an order that could not be laid.
func (l Layout) Of(id making.OrderID) (n int) {
	for _, x := range l.Left {
		if x.Order == id {
			n += x.Count
		}
	}
	return n
}

// Out counts the pieces that could not be laid.
func (l Layout) Out() (n int) {
	for _, x := range l.Left {
		n += x.Count
	}
	return n
}

// LayoutOf reads the layout; false when nothing is laid yet.
func (b Batch) LayoutOf() (l Layout, ok bool) {
	if b.Layout == "" || json.Unmarshal([]byte(b.Layout), &l) != nil {
		return Layout{}, false
	}
	return l, true
}

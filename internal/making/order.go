package making

import (
	"fmt"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/when"
)

// OrderID names an order.
type OrderID string

// State is how far an order is.
type State string

// The states, in their order; refused and withdrawn end it.
const (
	Requested State = "requested"
	Quoted    State = "quoted"
	Accepted  State = "accepted"
	Building  State = "building"
	Partly    State = "partly" // some pieces are made, others wait for another build
	Built     State = "built"
	Inspected State = "inspected"
	Delivered State = "delivered"
	Rated     State = "rated"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// States lists them in the order of filters.
func States() []State {
	return []State{Requested, Quoted, Accepted, Building, Partly, Built, Inspected, Delivered, Rated, Refused, Withdrawn}
}

// Key is the text key of the state.
func (s State) Key() string { return "making.state." + string(s) }

// Over tells whether nothing more is to come.
func (s State) Over() bool { return s == Rated || s == Refused || s == Withdrawn }

// Certified tells whether a certificate can be given.
func (s State) Certified() bool { return s == Inspected || s == Delivered || s == Rated }

// Shows is what the maker sees of the part.
type Shows string

// What is shown; each holds what stands before it.
const (
	Figures Shows = "figures" // size, volume, surface
	Picture Shows = "picture" // in three dimensions too
	File    Shows = "file"    // and can be saved, which building needs
)

// Key is the text key of what is shown.
func (s Shows) Key() string { return "making.shows." + string(s) }

// AllShows lists them in the order of forms.
func AllShows() []Shows { return []Shows{File, Picture, Figures} }

// Side is who acts.
type Side string

// The sides.
const (
	Requester Side = "requester"
	Maker     Side = "maker"
)

// Key is the text key of the side.
func (s Side) Key() string { return "making.side." + string(s) }

// Order is a part on its way to be made.
type Order struct {
	ID             OrderID
	Number         int64 // within its maker
	PartID         additive.PartID
	Revision       int
	RevisionLabel  string
	Title          string
	PartCode       string
	FileName       string
	FileHash       string
	HolderID       string
	Requester      string
	OrganisationID account.OrganisationID
	PersonID       account.PersonID
	MakerID        account.OrganisationID
	Maker          string
	MachineID      park.MachineID
	Machine        string
	Process        park.Process
	MaterialID     park.MaterialID
	Material       string
	Quantity       int
	Made           int // pieces
	InBuild        int // pieces of the build that is under way
	Shows          Shows
	Tolerance      string
	Note           string
	NeededOn       when.Date
	State          State
	LeastCents     int64
	LikelyCents    int64
	MostCents      int64
	Hours          float64
	LikelyHours    float64 // as estimated, before the machine's history changed it
	PriceCents     int64
	ReadyOn        when.Date
	ValidOn        when.Date
	Automatic      bool
	Answer         string
	Lot            string // of the last build, as are settings and operator
	Settings       string
	Operator       string
	Conform        bool
	InspectedOn    when.Date
	Rating         int
	RatingText     string
	CreatedAt      when.Time
	UpdatedAt      when.Time
	Version        int64
}

// Code is how people name an order: CF-0042. It counts by maker: where a reader may know several makers, Ref stands instead.
func (o Order) Code() string { return fmt.Sprintf("CF-%04d", o.Number) }

// Ref names an order among those of all makers.
func (o Order) Ref() string { return o.Code() + ", " + o.Maker }

// URL is the address of the order's page.
func (o Order) URL() string { return ordersURL + "/" + string(o.ID) }

// Sides are those on which somebody stands: who holds the part, and the people of the machine's owner. On none, the order is
// not there.
func (o Order) Sides(by account.Actor) (list []Side) {
	if slices.Contains(additive.Holders(by), o.HolderID) {
		list = append(list, Requester)
	}
	if by.Known() && !by.System() && slices.Contains(by.Organisations(), o.MakerID) {
		list = append(list, Maker)
	}
	return list
}

// pictureURL is the address of the picture of the part, for who may see it.
func (o Order) pictureURL() string { return o.URL() + "/picture" }

// MaySee tells whether somebody may see so much of the part: the requester's people all, the maker's as far as the request
// says, and nothing once it was refused or withdrawn.
func (o Order) MaySee(by account.Actor, what Shows) bool {
	sides := o.Sides(by)
	switch {
	case slices.Contains(sides, Requester):
		return true
	case !slices.Contains(sides, Maker) || o.State == Refused || o.State == Withdrawn:
		return false
	}
	rank := []Shows{Figures, Picture, File}
	return slices.Index(rank, what) <= slices.Index(rank, o.Shows)
}

// move is one step that an order can take.
type move struct {
	from []State
	side Side
}

var moves = map[State]move{
	Quoted:    {[]State{Requested, Quoted}, Maker},
	Refused:   {[]State{Requested, Quoted, Accepted}, Maker},
	Withdrawn: {[]State{Requested, Quoted, Accepted}, Requester},
	Accepted:  {[]State{Quoted}, Requester},
	Building:  {[]State{Accepted, Partly, Built}, Maker}, // again, when a build has failed
	Partly:    {[]State{Building, Partly, Built}, Maker}, // also when pieces did not succeed
	Built:     {[]State{Building}, Maker},
	Inspected: {[]State{Built}, Maker},
	Delivered: {[]State{Inspected}, Maker},
	Rated:     {[]State{Delivered}, Requester},
}

// May tells whether somebody may take the order to a state now.
func (o Order) May(by account.Actor, to State) bool {
	m, ok := moves[to]
	return ok && slices.Contains(m.from, o.State) && slices.Contains(o.Sides(by), m.side)
}

// step takes the order to a state, or says why not.
func (o *Order) step(by account.Actor, to State) (Side, error) {
	m := moves[to]
	switch {
	case !slices.Contains(o.Sides(by), m.side):
		return "", fault.New(fault.Forbidden, "making.forbidden."+string(m.side))
	case !slices.Contains(m.from, o.State):
		return "", fault.New(fault.Conflict, "making.wrong.state", "state_key", o.State.Key())
	}
	o.State = to
	return m.side, nil
}

const (
	maxNote      = 4000
	maxPrice     = 1_000_000_000 // cents
	maxValidDays = 366
)

// checkRequest gathers what is wrong with a request.
func (o *Order) checkRequest(today when.Date) error {
	var wrong fault.Fields
	if o.Quantity < 1 || o.Quantity > maxQuantity {
		wrong.Add("quantity", "fault.number", "min", 1, "max", maxQuantity)
	}
	if !slices.Contains(AllShows(), o.Shows) {
		wrong.Add("shows", "fault.choice")
	}
	o.Tolerance, o.Note = strings.TrimSpace(o.Tolerance), strings.TrimSpace(o.Note)
	wrong.Text("tolerance", o.Tolerance, 0, 500)
	wrong.Text("note", o.Note, 0, maxNote)
	if o.NeededOn != when.None && (!o.NeededOn.Valid() || o.NeededOn < today) {
		wrong.Add("needed_on", "making.wrong.past")
	}
	return wrong.Err()
}

// checkQuote gathers what is wrong with a quote.
func (o *Order) checkQuote(today when.Date) error {
	var wrong fault.Fields
	if o.PriceCents <= 0 || o.PriceCents > maxPrice {
		wrong.Add("price_cents", "making.wrong.price")
	}
	if !o.ReadyOn.Valid() || o.ReadyOn < today {
		wrong.Add("ready_on", "making.wrong.past")
	}
	if !o.ValidOn.Valid() || o.ValidOn < today || o.ValidOn.Sub(today) > maxValidDays {
		wrong.Add("valid_on", "making.wrong.valid")
	}
	o.Answer = strings.TrimSpace(o.Answer)
	wrong.Text("answer", o.Answer, 0, maxNote)
	return wrong.Err()
}

// Expired tells whether the quote holds no more.
func (o Order) Expired(today when.Date) bool {
	return o.State == Quoted && o.ValidOn != when.None && o.ValidOn < today
}

// Measure is one thing that the inspection looked at.
type Measure struct {
	ID         string
	OrderID    OrderID
	Name       string
	NominalMM  float64 `db:"nominal_mm"`
	LowerMM    float64 `db:"lower_mm"` // deviations that are allowed: −0.2
	UpperMM    float64 `db:"upper_mm"`
	MeasuredMM float64 `db:"measured_mm"`
	At         when.Time
}

// Deviation is how far the measure is from its nominal.
func (m Measure) Deviation() float64 { return m.MeasuredMM - m.NominalMM }

// roundMM is below what anything measures: sums of decimals that are written exactly must not fail by a digit.
const roundMM = 1e-9

// Holds tells whether the measure keeps to its tolerance.
func (m Measure) Holds() bool {
	return m.Deviation() >= m.LowerMM-roundMM && m.Deviation() <= m.UpperMM+roundMM
}

func (m *Measure) check() error {
	var wrong fault.Fields
	m.Name = strings.Join(strings.Fields(m.Name), " ")
	wrong.Text("name", m.Name, 1, 120)
	if !(m.NominalMM > 0 && m.NominalMM < 1e6) {
		wrong.Add("nominal_mm", "making.wrong.length")
	}
	if !(m.MeasuredMM > 0 && m.MeasuredMM < 1e6) {
		wrong.Add("measured_mm", "making.wrong.length")
	}
	if !(m.LowerMM <= m.UpperMM && m.LowerMM > -1e6 && m.UpperMM < 1e6) {
		wrong.Add("upper_mm", "making.wrong.tolerance")
	}
	return wrong.Err()
}

// Conforms tells whether all measures hold.
func Conforms(list []Measure) bool {
	return !slices.ContainsFunc(list, func(m Measure) bool { return !m.Holds() })
}

// Step is what became of an order.
type Step struct {
	OrderID  OrderID
	Seq      int
	State    State
	At       when.Time
	PersonID account.PersonID
	Side     Side
	Note     string
	Pieces   int // that it is about; 0: all
}

// Photo is a picture of what was made.
type Photo struct {
	ID      string
	OrderID OrderID
	Hash    string
	Size    int64
	Type    string
	Name    string
	At      when.Time
}

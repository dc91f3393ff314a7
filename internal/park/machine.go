package park

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// MachineID names a machine.
type MachineID string

// AskedBy says who may ask for a machine.
type AskedBy string

// Who may ask; the owner's people always may.
const (
	Ours      AskedBy = "ours" // nobody else
	Partners  AskedBy = "partners"
	Territory AskedBy = "territory"
	Everyone  AskedBy = "everyone" // who is signed in
)

// Key is the text key of who may ask.
func (a AskedBy) Key() string { return "park.asked_by." + string(a) }

// AskedBys lists them in the order of forms.
func AskedBys() []AskedBy { return []AskedBy{Everyone, Territory, Partners, Ours} }

// Machine makes parts.
type Machine struct {
	ID             MachineID
	OrganisationID account.OrganisationID
	TerritoryID    string // of the organisation
	Process        Process
	Name           string
	NameKey        string
	Model          string
	AskedBy        AskedBy
	XMM            float64 `db:"x_mm"`
	YMM            float64 `db:"y_mm"`
	ZMM            float64 `db:"z_mm"`
	LeastLayerMM   float64 `db:"least_layer_mm"`
	MostLayerMM    float64 `db:"most_layer_mm"`
	Rates
	Opening
	Figures   string // JSON of its own, by name
	Note      string
	CreatedAt when.Time
	UpdatedAt when.Time
	Version   int64
	RemovedAt when.Time
}

// Rates are what a machine costs and up to where its quotes are made without its owner. Its people alone see them.
type Rates struct {
	HourCents     int64
	SetupCents    int64 // once an order
	PartCents     int64 // each part: taking out, cleaning
	MarginPercent int64 // of the price
	AutoCents     int64 // up to which price quotes are made without its owner; 0: none
	LeadDays      int64 // around the building: preparation, finishing, sending
}

// URL is the address of the machine's page.
func (m Machine) URL() string { return machinesURL + "/" + string(m.ID) }

const (
	maxSideMM  = 20_000
	maxLayerMM = 20
	maxHour    = 1_000_000 // cents
	maxMargin  = 90
	maxLead    = 365
)

// check gathers what is wrong with a machine. Partners are those it is open to.
func (m *Machine) check(partners int) error {
	var wrong fault.Fields
	m.Name, m.Model, m.Note = strings.Join(strings.Fields(m.Name), " "), strings.Join(strings.Fields(m.Model), " "), strings.TrimSpace(m.Note)
	m.NameKey = account.Fold(m.Name + " " + m.Model)
	wrong.Text("name", m.Name, 1, maxName)
	wrong.Text("model", m.Model, 0, maxName)
	wrong.Text("note", m.Note, 0, 4000)
	if !m.Process.Known() {
		wrong.Add("process", "fault.choice")
	}
	switch {
	case !slices.Contains(AskedBys(), m.AskedBy):
		wrong.Add("asked_by", "fault.choice")
	case m.AskedBy == Territory && m.TerritoryID == "":
		wrong.Add("asked_by", "park.wrong.no_territory")
	case m.AskedBy == Partners && partners == 0:
		wrong.Add("partners", "park.wrong.no_partner")
	}
	for _, x := range []struct {
		name     string
		mm, most float64
	}{{"x_mm", m.XMM, maxSideMM}, {"y_mm", m.YMM, maxSideMM}, {"z_mm", m.ZMM, maxSideMM}, {"least_layer_mm", m.LeastLayerMM, maxLayerMM}, {"most_layer_mm", m.MostLayerMM, maxLayerMM}} {
		if !(x.mm > 0 && x.mm <= x.most) {
			wrong.Add(x.name, "park.wrong.value", "most", x.most)
		}
	}
	if m.MostLayerMM < m.LeastLayerMM && !wrong.Has("most_layer_mm") {
		wrong.Add("most_layer_mm", "park.wrong.layers")
	}
	for _, x := range []struct {
		name        string
		value, most int64
	}{{"hour_cents", m.HourCents, maxHour}, {"setup_cents", m.SetupCents, maxHour}, {"part_cents", m.PartCents, maxHour}, {"auto_cents", m.AutoCents, 100 * maxHour}} {
		if x.value < 0 || x.value > x.most {
			wrong.Add(x.name, "park.wrong.cents", "max_cents", x.most)
		}
	}
	if m.MarginPercent < 0 || m.MarginPercent > maxMargin {
		wrong.Add("margin_percent", "fault.number", "min", 0, "max", maxMargin)
	}
	if m.LeadDays < 0 || m.LeadDays > maxLead {
		wrong.Add("lead_days", "fault.number", "min", 0, "max", maxLead)
	}
	m.Opening.check(&wrong)
	m.checkFigures(&wrong)
	return wrong.Err()
}

// Own gives the machine's own figures: of its settings, never rules.
func (m Machine) Own() map[Name]float64 {
	own := map[Name]float64{}
	if json.Unmarshal([]byte(m.Figures), &own) != nil {
		return nil
	}
	return own
}

// SetOwn keeps the machine's own figures.
func (m *Machine) SetOwn(own map[Name]float64) error {
	b, err := json.Marshal(own)
	m.Figures = string(b)
	return err
}

func (m Machine) checkFigures(wrong *fault.Fields) {
	for n, value := range m.Own() {
		k, ok := KindOf(m.Process, n)
		switch {
		case !ok:
			wrong.Add("figure_"+string(n), "fault.choice")
		case !k.takes(value):
			wrong.Add("figure_"+string(n), "park.wrong.value", "most", k.Most)
		}
	}
}

// FiguresOn are those that hold on the machine for a material: its own go before those of the library.
func (m Machine) FiguresOn(library Figures, id MaterialID) Figures {
	own := m.Own()
	var process Figures
	for _, f := range library {
		if _, has := own[f.Name]; f.Process == m.Process && !has {
			process = append(process, f)
		}
	}
	out := process.For(id)
	for n, value := range own {
		out = append(out, Figure{Process: m.Process, Name: n, Value: value, Source: m.Name})
	}
	return out
}

// Holds tells whether a box fits into the machine, turned about the vertical if need be.
func (m Machine) Holds(size [3]float64) bool {
	a, b := math.Min(size[0], size[1]), math.Max(size[0], size[1])
	return size[2] <= m.ZMM && a <= math.Min(m.XMM, m.YMM) && b <= math.Max(m.XMM, m.YMM)
}

// HoldsTurned tells whether a box fits into the machine when it lies on another of its sides.
func (m Machine) HoldsTurned(size [3]float64) bool {
	return m.Holds([3]float64{size[1], size[2], size[0]}) || m.Holds([3]float64{size[2], size[0], size[1]})
}

// ours tells whether the actor belongs to whom the machine belongs to: they see its rates and work with it.
func (m Machine) ours(by account.Actor) bool {
	return slices.Contains(by.Organisations(), m.OrganisationID)
}

// mayEdit decides who changes the machine: who manages its organisation.
func (m Machine) mayEdit(by account.Actor) bool { return by.Manages(m.OrganisationID) }

// Ours tells whether the actor belongs to whom the machine belongs to.
func (m Machine) Ours(by account.Actor) bool { return m.ours(by) }

// MayEdit tells whether the actor changes the machine.
func (m Machine) MayEdit(by account.Actor) bool { return m.mayEdit(by) }

// Reach is how far somebody sees into the park of others.
type Reach struct {
	Known         bool // signed in
	Organisations []account.OrganisationID
	Territories   []string
}

// Reaches tells whether the machine can be seen and asked for from there.
func (r Reach) Reaches(m Machine, partners []account.OrganisationID) bool {
	switch {
	case !r.Known:
		return false
	case slices.Contains(r.Organisations, m.OrganisationID) || m.AskedBy == Everyone:
		return true
	case m.AskedBy == Territory:
		return m.TerritoryID != "" && slices.Contains(r.Territories, m.TerritoryID)
	case m.AskedBy == Partners:
		return slices.ContainsFunc(partners, func(id account.OrganisationID) bool { return slices.Contains(r.Organisations, id) })
	}
	return false
}

// Stock is a material that a machine has.
type Stock struct {
	MachineID  MachineID
	MaterialID MaterialID
	Material   string  // its name
	Density    float64 // g/cm³; 0: not known
	PriceCents int64   // of a kilogram, as the owner counts it
	Grams      int64   // left; 0: not counted
	Lot        string
	UpdatedAt  when.Time
}

func (s *Stock) check() error {
	var wrong fault.Fields
	s.Lot = strings.Join(strings.Fields(s.Lot), " ")
	if s.PriceCents <= 0 || s.PriceCents > maxPrice {
		wrong.Add("price_cents", "park.wrong.cents", "max_cents", int64(maxPrice))
	}
	if s.Grams < 0 || s.Grams > 1_000_000_000 {
		wrong.Add("grams", "fault.number", "min", 0, "max", 1_000_000_000)
	}
	wrong.Text("lot", s.Lot, 0, maxName)
	return wrong.Err()
}

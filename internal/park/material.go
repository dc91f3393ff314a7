package park

import (
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// MaterialID names a material.
type MaterialID string

// Material is what a process is fed with.
type Material struct {
	ID         MaterialID
	Process    Process
	Name       string
	NameKey    string
	Density    float64 // g/cm³ of a part; 0: not known
	PriceCents int64   // of a kilogram, before tax; 0: not known
	Source     string
	CreatedAt  when.Time
	UpdatedAt  when.Time
	Version    int64
	RemovedAt  when.Time
}

const (
	maxName    = 120
	maxDensity = 25        // osmium has 22.6
	maxPrice   = 1_000_000 // cents of a kilogram
)

func (m *Material) check() error {
	var wrong fault.Fields
	m.Name, m.Source = strings.Join(strings.Fields(m.Name), " "), strings.Join(strings.Fields(m.Source), " ")
	m.NameKey = account.Fold(m.Name)
	if !m.Process.Known() {
		wrong.Add("process", "fault.choice")
	}
	wrong.Text("name", m.Name, 1, maxName)
	if !(m.Density >= 0 && m.Density <= maxDensity) {
		wrong.Add("density", "park.wrong.value", "most", float64(maxDensity))
	}
	if m.PriceCents < 0 || m.PriceCents > maxPrice {
		wrong.Add("price_cents", "park.wrong.cents", "max_cents", int64(maxPrice))
	}
	least := 0
	if m.Density > 0 || m.PriceCents > 0 {
		least = 1
	}
	wrong.Text("source", m.Source, least, maxSource)
	return wrong.Err()
}

package making

import (
	"math"
	"slices"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/mesh"
	"bassin/internal/park"
)

// Joint is what one order brings into a build with others.
type Joint struct {
	Piece    Piece
	Quantity int
	Hours    float64 // by itself, at the longest
	Likely   float64
}

// Of is what so many of its pieces bring.
func (j Joint) Of(n int) Joint {
	if j.Quantity > 0 {
		j.Hours, j.Likely = j.Hours*float64(n)/float64(j.Quantity), j.Likely*float64(n)/float64(j.Quantity)
	}
	j.Quantity = n
	return j
}

// Weight is what of a build's time an order answers for (decision 49): its volume in a bed of powder, its own time where
// pieces are laid one after the other, its box where they share layers.
func (j Joint) Weight(p park.Process) float64 {
	n := float64(j.Quantity)
	switch p {
	case park.SLS, park.MJF:
		return n * j.Piece.VolumeMM3
	case park.FDM:
		return j.Likely
	}
	s := j.Piece.SizeMM
	return n * s[0] * s[1] * s[2]
}

// Shares are the parts of a build that orders answer for; alike where nothing is known of them.
func Shares(p park.Process, list []Joint) []float64 {
	sum, out := 0.0, make([]float64, len(list))
	for i, j := range list {
		out[i] = j.Weight(p)
		sum += out[i]
	}
	for i := range out {
		if sum > 0 {
			out[i] /= sum
		} else {
			out[i] = 1 / float64(len(list))
		}
	}
	return out
}

// HoursTogether is how long a build of several orders takes at the longest: on so many plates or in so many chambers, up to a
// height; without a height it is guessed. Where a figure is not known it is the sum of what each takes.
func HoursTogether(m park.Machine, library park.Figures, material park.Stock, list []Joint, heightMM float64, rounds int) float64 {
	e := &effort{process: m.Process, figures: m.FiguresOn(library, material.MaterialID)}
	sum, volume, tallest := 0.0, 0.0, 0.0
	list = slices.DeleteFunc(slices.Clone(list), func(j Joint) bool { return j.Quantity == 0 })
	for _, j := range list {
		sum += j.Hours
		volume += float64(j.Quantity) * j.Piece.VolumeMM3
		tallest = math.Max(tallest, j.Piece.Best(m.Process).SizeMM[2])
	}
	n := math.Max(1, float64(rounds))
	seconds := 0.0
	switch m.Process {
	case park.MSLA:
		if heightMM <= 0 {
			heightMM = tallest
		}
		one, _ := e.masked(m, Piece{SizeMM: [3]float64{0, 0, heightMM}}, 1)
		seconds = n * one.Most
	case park.SLS, park.MJF:
		if share := e.of(park.PackingLeast) / 100; heightMM <= 0 && share > 0 {
			heightMM = math.Min(m.ZMM, volume/share/(m.XMM*m.YMM))
		}
		seconds = n * (3600*e.of(park.HeatTime) + e.layers(heightMM)*e.of(park.LayerTime))
	case park.LPBF, park.SLA:
		for _, j := range list {
			t, _ := e.laser(m, j.Piece.Best(m.Process), float64(j.Quantity))
			seconds += t.Most - e.recoat.Most
		}
		if heightMM <= 0 {
			heightMM = tallest
		}
		seconds += n * e.layers(e.stood(heightMM)) * e.of(park.RecoatMost)
	}
	if len(e.missing) > 0 || !(seconds > 0) {
		return sum
	}
	return seconds / 3600
}

// OrderFor reads an order for who stands on a side of it; of others it is not found.
func OrderFor(tx db.Tx, by account.Actor, id OrderID) (Order, error) { return seen(tx, by, id) }

// JointOf reads what an order brings into a build, with the revision that is built and the unit of its file.
func JointOf(tx db.Tx, o Order) (Joint, additive.Revision, mesh.Unit, error) {
	j := Joint{Quantity: o.Quantity, Hours: o.Hours, Likely: o.LikelyHours}
	if j.Likely <= 0 {
		j.Likely = o.Hours
	}
	r, err := additive.RevisionOf(tx, o.PartID, o.Revision)
	if err != nil || r.State != additive.Checked {
		return j, r, mesh.Unknown, err
	}
	report, err := r.ReportOf()
	if err != nil {
		return j, r, mesh.Unknown, err
	}
	m := report.Measured(r.Unit)
	j.Piece, err = pieceOf(additive.Examined{Report: report, Measures: m}, r)
	return j, r, m.Unit, err
}

// hoursOf is for how long the machine is taken for so many pieces of an order: what was computed for all of them, changed as the
// formula of the process changes with their number.
func hoursOf(tx db.Tx, o Order, n int) (float64, error) {
	if n >= o.Quantity || n <= 0 || o.Hours <= 0 {
		return o.Hours * float64(min(n, 1)), nil
	}
	j, _, _, err := JointOf(tx, o)
	if err != nil {
		return 0, err
	}
	m, err := park.MachineOf(tx, o.MachineID)
	if err != nil {
		return 0, err
	}
	library, err := park.Library(tx)
	if err != nil {
		return 0, err
	}
	stock := park.Stock{MachineID: o.MachineID, MaterialID: o.MaterialID}
	whole, some := EffortOf(m, library, stock, j.Piece, o.Quantity), EffortOf(m, library, stock, j.Piece, n)
	if len(whole.Missing) > 0 || !(whole.Hours.Most > 0) || !(some.Hours.Most > 0) {
		return j.Of(n).Hours, nil
	}
	return o.Hours * some.Hours.Most / whole.Hours.Most, nil
}

// CodeOf makes the code of an address that labels carry.
func CodeOf(url string) (Code, error) { return codeOf(url) }

package making

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/calibration"
	"bassin/internal/park"
	"bassin/internal/when"
)

// Offer is what a machine would ask for a part.
type Offer struct {
	park.Available
	Material park.Stock
	Verdict  additive.Verdict
	Effort   Effort
	Price    Price
	ReadyOn  when.Date // when.None: not within a year
	KM       float64   // to the owner; −1: not known
	Factor   calibration.Factor
}

// Automatic tells whether a quote at this price needs nobody: within what the owner allows, at a likely price that is known.
func (o Offer) Automatic() bool {
	return o.Effort.Known() && o.Price.Likely > 0 && o.Price.Likely <= o.AutoCents && o.ReadyOn != when.None
}

// Never tells whether the machine is computed and has no time for it within a year.
func (o Offer) Never() bool { return o.Effort.Known() && o.ReadyOn == when.None }

// Wanted is what offers are asked for.
type Wanted struct {
	Piece    Piece
	Quantity int
	Judged   []additive.Judged
	From     account.Organisation // who asks, for the distance
	Now      time.Time            // of the place
	Factors  map[park.MachineID]calibration.Factor
}

// maxQuantity bounds an order.
const maxQuantity = 10_000

// Offers are those of all machines that hold the part, for each material they have, where the process's verdict is not
// against it.
func Offers(x Wanted, library park.Figures, list []park.Available) []Offer {
	var out []Offer
	for _, a := range list {
		i := slices.IndexFunc(x.Judged, func(j additive.Judged) bool { return j.Process == a.Process })
		if i < 0 || x.Judged[i].Verdict == additive.NotSo || !a.Holds(x.Piece.SizeMM) && !a.HoldsTurned(x.Piece.SizeMM) {
			continue
		}
		for _, s := range a.Stock {
			o := Offer{Available: a, Material: s, Verdict: x.Judged[i].Verdict, KM: distance(x.From, a.Owner)}
			o.Factor = x.Factors[a.ID]
			o.Effort = EffortOf(a.Machine, library, s, x.Piece, x.Quantity).calibrated(o.Factor)
			o.Price = PriceOf(a.Machine, s, o.Effort, x.Quantity)
			o.ReadyOn = readyOn(a, o.Effort, x.Now)
			out = append(out, o)
		}
	}
	return out
}

// readyOn is the day on which an order is there at the latest: after what the machine has to do, its longest build, and the
// owner's days around it.
func readyOn(a park.Available, e Effort, now time.Time) when.Date {
	if !e.Known() {
		return when.None
	}
	_, ends, ok := a.Opening.Ready(now, park.Length(e.Hours.Most), a.Slots)
	if !ok {
		return when.None
	}
	return when.At(ends).Date(now.Location()).AddDays(int(a.LeadDays))
}

const earthKM = 6371

// distance is that between two organisations as the crow flies, in kilometres; −1 when one's place is not known.
func distance(a, b account.Organisation) float64 {
	if a.ID == b.ID && a.ID != "" {
		return 0
	}
	if a.Latitude == 0 && a.Longitude == 0 || b.Latitude == 0 && b.Longitude == 0 {
		return -1
	}
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	u, v := math.Sin(rad(b.Latitude-a.Latitude)/2), math.Sin(rad(b.Longitude-a.Longitude)/2)
	return 2 * earthKM * math.Asin(math.Sqrt(math.Min(1, u*u+math.Cos(rad(a.Latitude))*math.Cos(rad(b.Latitude))*v*v)))
}

// Sorts are the columns by which offers are sorted.
var Sorts = []string{"price", "ready", "process", "owner", "distance"}

// SortOffers puts offers in order; what is not known comes last either way.
func SortOffers(list []Offer, column string, descending bool) {
	key := func(o Offer) (unknown bool, n float64, text string) {
		switch column {
		case "ready":
			return o.ReadyOn == when.None, 0, string(o.ReadyOn)
		case "process":
			return false, float64(slices.Index(park.Processes(), o.Process)), ""
		case "owner":
			return false, 0, account.Fold(o.Owner.Label())
		case "distance":
			return o.KM < 0, o.KM, ""
		}
		return !o.Effort.Known(), float64(o.Price.Likely), ""
	}
	slices.SortStableFunc(list, func(a, b Offer) int {
		ua, na, ta := key(a)
		ub, nb, tb := key(b)
		if ua != ub {
			if ua {
				return 1
			}
			return -1
		}
		c := cmp.Or(cmp.Compare(na, nb), strings.Compare(ta, tb))
		if descending {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(a.Price.Likely, b.Price.Likely), strings.Compare(string(a.ID), string(b.ID)), strings.Compare(string(a.Material.MaterialID), string(b.Material.MaterialID)))
	})
}

// Break is what one piece costs in an order of so many.
type Break struct {
	Quantity  int
	UnitCents int64
}

// breaks are the quantities that are compared.
var breaks = []int{1, 5, 10, 50, 100}

// BreaksOf are those of an offer; none when its price is not known.
func BreaksOf(o Offer, library park.Figures, x Piece) []Break {
	if !o.Effort.Known() {
		return nil
	}
	list := make([]Break, len(breaks))
	for i, n := range breaks {
		of := Offer{Price: PriceOf(o.Machine, o.Material, EffortOf(o.Machine, library, o.Material, x, n).calibrated(o.Factor), n)}
		list[i] = Break{n, of.each(n)}
	}
	return list
}

package demand

import (
	"math"
	"slices"

	"bassin/internal/additive"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/park"
)

// Kind is what an outcome is of.
type Kind string

// The kinds.
const (
	OfPart  Kind = "part"
	OfOrder Kind = "order"
)

// Verdict says whether something could be made.
type Verdict string

// The verdicts.
const (
	Could    Verdict = "could"
	WithCare Verdict = "care"
	Not      Verdict = "not"
)

// Verdicts lists them in the order of pages.
func Verdicts() []Verdict { return []Verdict{Could, WithCare, Not} }

// Key is the text key of the verdict.
func (v Verdict) Key() string { return "demand.verdict." + string(v) }

// Reason is why something was not made.
type Reason string

// The reasons. Those of the part come first: no machine mends them.
const (
	Mesh       Reason = "mesh"        // the file bounds no volume
	Walls      Reason = "walls"       // too thin for the process
	NoMachine  Reason = "no_machine"  // of the process, that may be asked for
	TooLarge   Reason = "too_large"   // for all of them
	NoMaterial Reason = "no_material" // where it would fit
	NoTime     Reason = "no_time"     // within a year
	Refused    Reason = "refused"     // by all who were asked
	Withdrawn  Reason = "withdrawn"   // a request, by who asked
	Cancelled  Reason = "cancelled"   // an order that was accepted
)

// Key is the text key of the reason.
func (r Reason) Key() string { return "demand.reason." + string(r) }

// mendable are the reasons that a machine, its stock or its time could mend, the nearest to a made part first.
var mendable = []Reason{NoTime, NoMaterial, TooLarge, NoMachine, Refused}

// Mendable tells whether a machine could mend it.
func (r Reason) Mendable() bool { return slices.Contains(mendable, r) }

// Outcome is what became of a demand, for a process or as a whole.
type Outcome struct {
	ID          string
	Month       string // 2026-03
	Kind        Kind
	Trace       string
	Asker       string
	TerritoryID string
	Process     park.Process // "": of the part as a whole
	Verdict     Verdict
	Reason      Reason
	Alone       bool  // nothing else could make it either
	LongMM      int64 `db:"long_mm"` // sides of the box, rounded up
	MiddleMM    int64 `db:"middle_mm"`
	ShortMM     int64 `db:"short_mm"`
	LackMM      int64 `db:"lack_mm"` // by how much the nearest machine is too small
}

// classMM is the step to which sizes are rounded up: a machine that holds the class holds the part, and the class
// does not name a part.
const classMM = 10

func class(mm float64) int64 { return int64(math.Ceil(mm/classMM-1e-9)) * classMM }

// sides are those of a box, the longest first.
func sides(size [3]float64) [3]float64 {
	s := size[:]
	list := slices.Clone(s)
	slices.Sort(list)
	return [3]float64{list[2], list[1], list[0]}
}

// lack is by how much a machine is too small for a box, however it is laid: of its sides the one that lacks most.
func lack(m park.Machine, size [3]float64) float64 {
	part, room := sides(size), sides([3]float64{m.XMM, m.YMM, m.ZMM})
	most := 0.0
	for i := range part {
		most = math.Max(most, part[i]-room[i])
	}
	return most
}

// outcomesOf tells what became of a part, for each process and, first, as a whole.
func outcomesOf(x making.Weighed) []Outcome {
	s := sides(x.Piece.SizeMM)
	box := Outcome{Kind: OfPart, LongMM: class(s[0]), MiddleMM: class(s[1]), ShortMM: class(s[2])}
	whole, list := box, []Outcome{}
	whole.Verdict = Not
	for _, j := range x.Judged {
		o := box
		o.Process = j.Process
		o.Verdict, o.Reason = outcomeOf(j, x)
		if o.Reason == TooLarge {
			o.LackMM = class(nearest(x.Available, j.Process, x.Piece.SizeMM))
		}
		if slices.Index(Verdicts(), o.Verdict) < slices.Index(Verdicts(), whole.Verdict) {
			whole.Verdict = o.Verdict
		}
		list = append(list, o)
	}
	if whole.Verdict == Not {
		whole.Reason = wholeReason(list)
		for i := range list {
			list[i].Alone = true
		}
	}
	return append([]Outcome{whole}, list...)
}

// outcomeOf is that of one process.
func outcomeOf(j additive.Judged, x making.Weighed) (Verdict, Reason) {
	blocked := func(keys ...string) bool {
		return slices.ContainsFunc(j.Judgements, func(g additive.Judgement) bool {
			return g.Severity == mesh.Blocking && slices.Contains(keys, g.Key)
		})
	}
	offers := slices.DeleteFunc(slices.Clone(x.Offers), func(o making.Offer) bool { return o.Process != j.Process })
	timely := slices.DeleteFunc(slices.Clone(offers), making.Offer.Never)
	has := slices.ContainsFunc(x.Available, func(a park.Available) bool { return a.Process == j.Process })
	switch {
	case blocked("mesh"):
		return Not, Mesh
	case blocked("thin", "thin-standing", "flat"):
		return Not, Walls
	case !has:
		return Not, NoMachine
	case blocked("too-large"):
		return Not, TooLarge
	case len(offers) == 0:
		return Not, NoMaterial
	case len(timely) == 0:
		return Not, NoTime
	case j.Verdict == additive.WithCare:
		return WithCare, ""
	}
	return Could, ""
}

// nearest is by how much the nearest machine of a process is too small.
func nearest(list []park.Available, p park.Process, size [3]float64) float64 {
	least := math.Inf(1)
	for _, a := range list {
		if a.Process == p {
			least = math.Min(least, lack(a.Machine, size))
		}
	}
	return least
}

// wholeReason is why a part could not be made at all: what is nearest to a made part, else what is wrong with the part.
func wholeReason(list []Outcome) Reason {
	for _, r := range append(slices.Clone(mendable), Walls, Mesh) {
		if slices.ContainsFunc(list, func(o Outcome) bool { return o.Reason == r }) {
			return r
		}
	}
	return ""
}

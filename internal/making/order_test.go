package making

import (
	"testing"

	"bassin/internal/account"
)

func member(id string, of ...account.OrganisationID) account.Actor {
	a := account.Actor{ID: account.PersonID(id)}
	for _, o := range of {
		a.Memberships = append(a.Memberships, account.Membership{OrganisationID: o, Role: account.Member})
	}
	return a
}

func TestWhoMovesAnOrder(t *testing.T) {
	asks, makes, other := member("a", "office"), member("m", "shop"), member("x", "far")
	for _, c := range []struct {
		from, to    State
		asks, makes bool
	}{
		{Requested, Quoted, false, true}, {Requested, Refused, false, true}, {Requested, Withdrawn, true, false}, {Requested, Accepted, false, false},
		{Quoted, Quoted, false, true}, {Quoted, Accepted, true, false}, {Quoted, Withdrawn, true, false}, {Quoted, Building, false, false},
		{Accepted, Building, false, true}, {Accepted, Withdrawn, true, false}, {Accepted, Refused, false, true}, {Building, Withdrawn, false, false}, {Accepted, Quoted, false, false},
		{Building, Built, false, true}, {Building, Inspected, false, false}, {Built, Inspected, false, true}, {Built, Building, false, true},
		{Inspected, Delivered, false, true}, {Delivered, Rated, true, false}, {Rated, Rated, false, false}, {Refused, Quoted, false, false}, {Withdrawn, Accepted, false, false},
	} {
		o := Order{HolderID: "office", MakerID: "shop", State: c.from}
		if a, m, x := o.May(asks, c.to), o.May(makes, c.to), o.May(other, c.to); a != c.asks || m != c.makes || x {
			t.Errorf("%s to %s: requester %v, maker %v, others %v", c.from, c.to, a, m, x)
		}
	}
	for from := range moves {
		for _, to := range States() {
			o := Order{HolderID: "office", MakerID: "shop", State: from}
			_, err := o.step(makes, to)
			if m, ok := moves[to]; ok && (err == nil) != (m.side == Maker && (Order{HolderID: "office", MakerID: "shop", State: from}).May(makes, to)) {
				t.Errorf("step and May differ from %s to %s: %v", from, to, err)
			}
		}
	}
}

func TestWhatTheMakerSees(t *testing.T) {
	asks, makes, other := member("a", "office"), member("m", "shop"), member("x", "far")
	for _, c := range []struct {
		shows Shows
		state State
		what  Shows
		makes bool
	}{
		{Figures, Requested, Figures, true}, {Figures, Requested, Picture, false}, {Figures, Accepted, File, false},
		{Picture, Requested, Picture, true}, {Picture, Building, File, false}, {File, Requested, File, true}, {File, Rated, File, true},
		{File, Withdrawn, Figures, false}, {File, Refused, File, false},
	} {
		o := Order{HolderID: "office", MakerID: "shop", Shows: c.shows, State: c.state}
		if a, m, x := o.MaySee(asks, c.what), o.MaySee(makes, c.what), o.MaySee(other, c.what); !a || m != c.makes || x {
			t.Errorf("%s shown, %s, asked for %s: requester %v, maker %v, others %v", c.shows, c.state, c.what, a, m, x)
		}
	}
}

func TestMeasuresHold(t *testing.T) {
	for _, c := range []struct {
		nominal, lower, upper, measured float64
		want                            bool
	}{{20, -0.1, 0.1, 20.1, true}, {20, -0.1, 0.1, 20.11, false}, {20, -0.1, 0.1, 19.9, true}, {20, 0, 0.021, 19.999, false}, {0.3, -0.1, 0.1, 0.2, true}} {
		m := Measure{Name: "x", NominalMM: c.nominal, LowerMM: c.lower, UpperMM: c.upper, MeasuredMM: c.measured}
		if m.Holds() != c.want || m.check() != nil {
			t.Errorf("%+v: %v (%v)", c, m.Holds(), m.check())
		}
	}
	if (&Measure{Name: "x", NominalMM: 1, MeasuredMM: 1, LowerMM: 0.2, UpperMM: 0.1}).check() == nil {
		t.Error("an upper deviation below the lower is taken")
	}
}

// The steps of an order grow with its state, and end with the last.
func TestStepsDone(t *testing.T) {
	before := 0
	for _, s := range []State{Requested, Quoted, Accepted, Building, Partly, Built, Inspected, Delivered, Rated} {
		n, ok := stepsDone(s)
		if !ok || n < before || n > len(stepNames) {
			t.Errorf("%s: %d, %v after %d", s, n, ok, before)
		}
		before = n
	}
	if before != len(stepNames) {
		t.Errorf("a rated order has %d steps, want %d", before, len(stepNames))
	}
	for _, s := range []State{Refused, Withdrawn} {
		if _, ok := stepsDone(s); ok {
			t.Errorf("%s goes on", s)
		}
	}
}

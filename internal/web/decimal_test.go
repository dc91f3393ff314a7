package web

import "testing"

func TestDecimal(t *testing.T) {
	for typed, want := range map[string]float64{"": 0, "0,8": 0.8, "0.8": 0.8, " 1 250,5 ": 1250.5, "1\u202f250": 1250, "−0,2": -0.2, "-3": -3} {
		f := NewForm("", "x", typed)
		if got := f.Decimal("x"); got != want || f.Err() != nil {
			t.Errorf("%q: %v (%v), want %v", typed, got, f.Err(), want)
		}
	}
	for _, typed := range []string{"large", "1,2,3", "NaN", "Inf", "1e5", "0x10", "--1"} {
		f := NewForm("", "x", typed)
		if got := f.Decimal("x"); got != 0 || f.Err() == nil {
			t.Errorf("%q is taken for %v", typed, got)
		}
	}
}

package cost

import (
	"testing"

	"bassin/internal/when"

	"pgregory.net/rapid"
)

func TestParseHours(t *testing.T) {
	for text, want := range map[string]int64{"": 0, " ": 0, "–": 0, "7": 420, "0": 0, "7h": 420, "1h30": 90, "1:30": 90, "1 h 05": 65, "1h5": 65, "1,5": 90, "1.25 h": 75, "0,1": 6, "7,75": 465,
		"90 min": 90, "45mn": 45, "12h30min": 750} {
		if got, ok := ParseHours(text); !ok || got != want {
			t.Errorf("%q: got %d %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"x", "-1", "-5 min", "1h75", "1e3", "123", "25h", "99999 min", "7 jours", "١", "1h30h"} {
		if got, ok := ParseHours(text); ok {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

// TestWrittenReadsBack: what the sheet shows is what it reads.
func TestWrittenReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.Int64Range(0, MaxDay).Draw(t, "minutes")
		if got, ok := ParseHours(Written(m)); !ok || got != m {
			t.Fatalf("%d is written %q, read as %d %v", m, Written(m), got, ok)
		}
	})
}

func FuzzParseHours(f *testing.F) {
	f.Add("1h30")
	f.Add("1,5")
	f.Fuzz(func(t *testing.T, text string) {
		if m, ok := ParseHours(text); ok && (m < 0 || m > MaxDay) {
			t.Errorf("%q is read as %d", text, m)
		}
	})
}

func TestRatesHoldFromADayOn(t *testing.T) {
	rates := Rates{{Role: "Ingénieur", FromOn: "2026-01-01", Cents: 6000}, {Role: "ingenieur", FromOn: "2026-07-01", Cents: 6600}, {Role: "Opérateur", FromOn: "2026-03-01", Cents: 4000}}
	for _, c := range []struct {
		role string
		on   when.Date
		want int64
	}{{"Ingénieur", "2025-12-31", 0}, {"Ingénieur", "2026-01-01", 6000}, {"INGÉNIEUR", "2026-06-30", 6000}, {"Ingénieur", "2026-07-01", 6600}, {"Opérateur", "2026-02-28", 0}, {"Soudeur", "2026-07-01", 0}, {"", "2026-07-01", 0}} {
		if got, ok := rates.On(c.role, c.on); got != c.want || ok != (c.want > 0) {
			t.Errorf("%s on %s: got %d %v, want %d", c.role, c.on, got, ok, c.want)
		}
	}
	if got := rates.Roles(); len(got) != 2 {
		t.Errorf("roles: %q", got)
	}
	if got := Of(50, 6001); got != 5001 { // 5000.83
		t.Errorf("50 minutes at 60.01: got %d", got)
	}
}

func books() Books {
	return Books{
		Today: "2026-03-15",
		Rates: Rates{{Role: "Ingénieur", FromOn: "2026-01-01", Cents: 6000}, {Role: "Opérateur", FromOn: "2026-01-01", Cents: 4000}},
		Staff: []Staff{{PersonID: "ana", Role: "Ingénieur"}},
		Lines: []Line{{Category: Labour, StageID: "s1", Cents: 500_000}, {Category: Material, Cents: 200_000}},
		Purchases: []Purchase{
			{Category: Material, State: Planned, Cents: 10_000, OnDay: "2026-05-01"}, {Category: Material, State: Ordered, Cents: 20_000, OnDay: "2026-02-01"},
			{Category: Material, State: Invoiced, StageID: "s1", Cents: 30_000, OnDay: "2026-01-20"}, {Category: Travel, State: Paid, Cents: 5_000, OnDay: "2026-03-01"},
			{Category: Other, State: Cancelled, Cents: 99_000, OnDay: "2026-03-01"},
		},
		Worked: []Worked{{StageID: "s1", OnDay: "2026-02-03", Role: "Ingénieur", Minutes: 120}, {OnDay: "2026-02-03", Minutes: 60}},
		Left:   []Left{{PersonID: "ana", StageID: "s1", Minutes: 60}, {Minutes: 60}, {PersonID: "bo", Minutes: 30}},
	}
}

func TestSummary(t *testing.T) {
	s := books().Summary()
	if want := (Sum{Budget: 700_000, Committed: 67_000, Spent: 47_000, ToCome: 21_000}); s.Whole != want {
		t.Errorf("whole: got %+v, want %+v", s.Whole, want)
	}
	if want := (Sum{Budget: 500_000, Committed: 12_000, Spent: 12_000, ToCome: 11_000}); s.ByCategory[Labour] != want {
		t.Errorf("labour: got %+v, want %+v", s.ByCategory[Labour], want)
	}
	if want := (Sum{Budget: 500_000, Committed: 42_000, Spent: 42_000, ToCome: 6_000}); s.ByStage["s1"] != want {
		t.Errorf("stage: got %+v, want %+v", s.ByStage["s1"], want)
	}
	if s.Minutes != 180 || s.LeftFor != 150 || s.Unrated != 90 {
		t.Errorf("minutes: %d worked, %d left, %d without a rate", s.Minutes, s.LeftFor, s.Unrated)
	}
	if s.Whole.Forecast() != 88_000 || s.Whole.Over() != -612_000 {
		t.Errorf("forecast %d, over %d", s.Whole.Forecast(), s.Whole.Over())
	}
}

// TestSummaryAddsUp: categories and stages are two ways to cut the same whole, and what was spent
// by the end is the last month's sum.
func TestSummaryAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := books()
		for i := range b.Purchases {
			b.Purchases[i].State = rapid.SampledFrom(PurchaseStates()).Draw(t, "state")
			b.Purchases[i].Cents = rapid.Int64Range(1, MaxCents).Draw(t, "cents")
		}
		for i := range b.Worked {
			b.Worked[i].Minutes = rapid.Int64Range(0, MaxDay).Draw(t, "minutes")
			b.Worked[i].OnDay = when.Date("2024-01-01").AddDays(rapid.IntRange(0, 800).Draw(t, "day"))
		}
		s := b.Summary()
		var byCategory, byStage Sum
		for _, x := range s.ByCategory {
			byCategory.add(x)
		}
		for _, x := range s.ByStage {
			byStage.add(x)
		}
		if byCategory != s.Whole || byStage != s.Whole {
			t.Fatalf("whole %+v, by category %+v, by stage %+v", s.Whole, byCategory, byStage)
		}
		months := b.ByMonth()
		if n := len(months); n > 0 && months[n-1].Spent != s.Whole.Spent || n == 0 && s.Whole.Spent != 0 {
			t.Fatalf("spent %d, by month %+v", s.Whole.Spent, months)
		}
		for i := range months[min(1, len(months)):] {
			if months[i].Spent > months[i+1].Spent || months[i].EndsOn >= months[i+1].EndsOn {
				t.Fatalf("months go back: %+v", months)
			}
		}
	})
}

func TestWeekBeginsOnMonday(t *testing.T) {
	for d, want := range map[when.Date]when.Date{"2026-03-02": "2026-03-02", "2026-03-08": "2026-03-02", "2026-03-09": "2026-03-09", "2026-01-01": "2025-12-29"} {
		if got := Monday(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}

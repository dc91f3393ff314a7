package schedule

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bassin/internal/when"
)

func mustCompile(t testing.TB, rules ...Rules) *Calendar {
	t.Helper()
	c, err := Compile(rules...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// french is Monday to Friday, 7 h, without the public holidays.
func french(t testing.TB) *Calendar {
	return mustCompile(t, Rules{Name: "France", Week: Weekdays(), Holidays: France})
}

func TestEveryDayIsReadAndWritten(t *testing.T) {
	at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := range days {
		want := when.Date(at.Format(time.DateOnly))
		if got := dateOf(d); got != want {
			t.Fatalf("day %d is %s, want %s", d, got, want)
		}
		if got, ok := dayOf(want); !ok || got != d {
			t.Fatalf("dayOf(%s) = %d, %v, want %d", want, got, ok, d)
		}
		if weekday(d) != at.Weekday() {
			t.Fatalf("%s is a %s, want %s", want, weekday(d), at.Weekday())
		}
		at = at.AddDate(0, 0, 1)
	}
	if at.Year() != 2201 {
		t.Errorf("the days end before %s", at)
	}
	for _, bad := range []when.Date{"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "1899-12-31", "2201-01-01", "2026-1-01x", "2026/01/01", "２026-01"} {
		if _, ok := dayOf(bad); ok {
			t.Errorf("%q is taken for a day", bad)
		}
	}
}

// Easter Sundays as the Institut de mécanique céleste publishes them, with the earliest and the
// latest that the calendar allows within our years.
func TestEaster(t *testing.T) {
	for year, want := range map[int]when.Date{
		1913: "1913-03-23", 1943: "1943-04-25", 1954: "1954-04-18", 2000: "2000-04-23", 2008: "2008-03-23",
		2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2038: "2038-04-25", 2049: "2049-04-18",
	} {
		if got := dateOf(easter(year)); got != want {
			t.Errorf("Easter %d is %s, want %s", year, got, want)
		}
	}
}

func TestHolidaysOf2026(t *testing.T) {
	want := []PublicHoliday{
		{"2026-01-01", NewYear}, {"2026-04-06", EasterMonday}, {"2026-05-01", LabourDay}, {"2026-05-08", Victory},
		{"2026-05-14", Ascension}, {"2026-05-25", WhitMonday}, {"2026-07-14", NationalDay}, {"2026-08-15", Assumption},
		{"2026-11-01", AllSaints}, {"2026-11-11", Armistice}, {"2026-12-25", Christmas},
	}
	if got := France.In(2026); !slices.Equal(got, want) {
		t.Errorf("France: %v", got)
	}
	want = append(want, PublicHoliday{"2026-04-03", GoodFriday}, PublicHoliday{"2026-12-26", SaintStephensDay})
	if got := AlsaceMoselle.In(2026); !slices.Equal(got, want) {
		t.Errorf("Alsace-Moselle: %v", got)
	}
	if got := NoHolidays.In(2026); got != nil {
		t.Errorf("none: %v", got)
	}
	if got := France.In(2500); got != nil {
		t.Errorf("2500: %v", got)
	}
}

func TestWorkOfADay(t *testing.T) {
	project := Rules{
		Name: "Projet", Week: Weekdays(), Holidays: France,
		Closed: []Span{{"2026-08-03", "2026-08-21", "Congés d’été"}, {"2026-05-15", "2026-05-15", "Pont"}},
		Extra:  []Extra{{"2026-06-06", 4 * Hour, "Samedi travaillé"}, {"2026-08-21", 7 * Hour, "Reprise"}, {"2026-05-08", 7 * Hour, "Récupération"}},
	}
	short := Rules{Name: "Atelier", Week: [7]Minutes{0, 8 * Hour, 8 * Hour, 8 * Hour, 8 * Hour, 4 * Hour, 8 * Hour}}
	alone, both := mustCompile(t, project), mustCompile(t, project, short)
	for _, x := range []struct {
		day         when.Date
		alone, both Minutes
		closure     string
		holiday     Holiday
	}{
		{"2026-06-01", 7 * Hour, 7 * Hour, "", ""},
		{"2026-06-05", 7 * Hour, 4 * Hour, "", ""}, // the workshop's short Friday
		{"2026-06-06", 4 * Hour, 4 * Hour, "", ""}, // a Saturday that both work
		{"2026-06-07", 0, 0, "", ""},               // a Sunday needs no reason
		{"2026-05-14", 0, 0, "", Ascension},
		{"2026-05-15", 0, 0, "Pont", ""},
		{"2026-05-08", 7 * Hour, 4 * Hour, "", ""}, // extra wins over the holiday
		{"2026-08-14", 0, 0, "Congés d’été", ""},
		{"2026-08-21", 7 * Hour, 4 * Hour, "", ""}, // extra wins over the closure
		{"2300-01-01", 0, 0, "", ""},
	} {
		if got := alone.On(x.day); got != x.alone {
			t.Errorf("%s: %d minutes, want %d", x.day, got, x.alone)
		}
		if got := both.On(x.day); got != x.both {
			t.Errorf("%s: both work %d minutes, want %d", x.day, got, x.both)
		}
		if closure, holiday := alone.Off(x.day); closure != x.closure || holiday != x.holiday {
			t.Errorf("%s is off for %q %q, want %q %q", x.day, closure, holiday, x.closure, x.holiday)
		}
	}
	if alone.UsualDay() != 7*Hour || both.UsualDay() != 7*Hour {
		t.Errorf("usual days of %d and %d minutes", alone.UsualDay(), both.UsualDay())
	}
	if both.Name() != "Projet ∩ Atelier" {
		t.Errorf("name %q", both.Name())
	}
}

func TestCompileRefuses(t *testing.T) {
	monday, tuesday := Rules{Name: "Lundi"}, Rules{Name: "Mardi"}
	monday.Week[time.Monday], tuesday.Week[time.Tuesday] = Hour, Hour
	for name, x := range map[string]struct {
		rules []Rules
		want  Fault
	}{
		"no day":             {[]Rules{{Name: "Vide"}}, Fault{Kind: NoWork, Calendar: "Vide"}},
		"no rules":           {nil, Fault{Kind: NoWork}},
		"nothing in common":  {[]Rules{monday, tuesday}, Fault{Kind: NoWork, Calendar: "Lundi ∩ Mardi"}},
		"closed for ever":    {[]Rules{{Name: "Fermé", Week: Weekdays(), Closed: []Span{{"1900-01-01", "2200-12-31", ""}}}}, Fault{Kind: NoWork, Calendar: "Fermé"}},
		"25 hours":           {[]Rules{{Name: "Long", Week: [7]Minutes{25 * Hour}}}, Fault{Kind: BadCalendar, Calendar: "Long"}},
		"less than nothing":  {[]Rules{{Name: "Négatif", Week: [7]Minutes{-1}}}, Fault{Kind: BadCalendar, Calendar: "Négatif"}},
		"unknown holidays":   {[]Rules{{Name: "Mars", Week: Weekdays(), Holidays: "mars"}}, Fault{Kind: BadCalendar, Calendar: "Mars"}},
		"closure backwards":  {[]Rules{{Name: "Retour", Week: Weekdays(), Closed: []Span{{"2026-08-02", "2026-08-01", ""}}}}, Fault{Kind: BadDate, Calendar: "Retour", Date: "2026-08-02"}},
		"extra on no day":    {[]Rules{{Name: "Jour", Week: Weekdays(), Extra: []Extra{{"2026-02-30", Hour, ""}}}}, Fault{Kind: BadDate, Calendar: "Jour", Date: "2026-02-30"}},
		"extra of 25 hours":  {[]Rules{{Name: "Extra", Week: Weekdays(), Extra: []Extra{{"2026-02-28", 25 * Hour, ""}}}}, Fault{Kind: BadCalendar, Calendar: "Extra", Date: "2026-02-28"}},
		"the second is read": {[]Rules{monday, {Name: "Long", Week: [7]Minutes{25 * Hour}}}, Fault{Kind: BadCalendar, Calendar: "Long"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Compile(x.rules...)
			var faults *Faults
			if !errors.As(err, &faults) || len(*faults) != 1 || !same((*faults)[0], x.want) {
				t.Errorf("got %v, want %v", err, x.want)
			}
		})
	}
}

func same(a, b Fault) bool {
	return a.Kind == b.Kind && slices.Equal(a.Tasks, b.Tasks) && a.Link == b.Link && a.Calendar == b.Calendar && a.Resource == b.Resource && a.Date == b.Date
}

func TestExtraDaysAloneAreEnough(t *testing.T) {
	c := mustCompile(t, Rules{Name: "Un jour", Extra: []Extra{{"2026-06-06", 4 * Hour, ""}}})
	if c.UsualDay() != 7*Hour || c.On("2026-06-06") != 4*Hour {
		t.Errorf("usual %d, on the day %d", c.UsualDay(), c.On("2026-06-06"))
	}
	if got := c.begin(0).Date(); got != "2026-06-06" {
		t.Errorf("work begins on %s", got)
	}
	if got := c.end(4 * 60).Date(); got != "2026-06-06" {
		t.Errorf("work ends on %s", got)
	}
}

func TestWorkingDays(t *testing.T) {
	c := french(t)
	for _, x := range []struct {
		a, b when.Date
		want int
	}{
		{"2026-04-30", "2026-04-30", 0},
		{"2026-04-29", "2026-04-30", 1},
		{"2026-04-30", "2026-05-04", 1}, // over 1 May and the weekend
		{"2026-05-04", "2026-04-30", -1},
		{"2026-05-02", "2026-05-04", 0}, // Saturday to Monday
		{"2026-01-01", "2027-01-01", 252},
		{"", "2026-05-04", 0},
	} {
		if got := c.WorkingDays(x.a, x.b); got != x.want {
			t.Errorf("from %s to %s: %d days, want %d", x.a, x.b, got, x.want)
		}
	}
}

// anyCalendar draws a calendar of odd hours with closures and extra days around June 2026.
func anyCalendar(t *rapid.T, maxMinutes int) Rules {
	r := Rules{Name: "C", Holidays: rapid.SampledFrom([]Holidays{NoHolidays, France, AlsaceMoselle}).Draw(t, "holidays")}
	for d := range r.Week {
		r.Week[d] = Minutes(rapid.IntRange(0, maxMinutes).Draw(t, "work"))
	}
	r.Week[rapid.IntRange(0, 6).Draw(t, "sure")] = Minutes(rapid.IntRange(1, maxMinutes).Draw(t, "work"))
	june, _ := dayOf("2026-06-01")
	for range rapid.IntRange(0, 2).Draw(t, "closures") {
		from := june + rapid.IntRange(-5, 20).Draw(t, "from")
		r.Closed = append(r.Closed, Span{dateOf(from), dateOf(from + rapid.IntRange(0, 6).Draw(t, "long")), "F"})
	}
	for range rapid.IntRange(0, 2).Draw(t, "extras") {
		day := june + rapid.IntRange(-5, 20).Draw(t, "day")
		r.Extra = append(r.Extra, Extra{dateOf(day), Minutes(rapid.IntRange(0, maxMinutes).Draw(t, "extra")), "E"})
	}
	return r
}

// Every place on the axis of work is found again from its moments, and bounds are tight: compared
// with counting minute by minute.
func TestCalendarAgainstCounting(t *testing.T) {
	june, _ := dayOf("2026-06-01")
	rapid.Check(t, func(t *rapid.T) {
		c, err := Compile(anyCalendar(t, rapid.SampledFrom([]int{3, 7, dayLength}).Draw(t, "max")))
		if err != nil {
			t.Fatal(err)
		}
		k := c.work(morning(june))
		for d := june; d < june+30; d++ {
			open := int32(c.On(dateOf(d)))
			for _, x := range []int32{0, 1, open / 2, open - 1, open, open + 1, dayLength} {
				if x < 0 || x > dayLength {
					continue
				}
				m := morning(d) + Moment(x)
				got := c.work(m)
				if want := k + min(x, open); got != want {
					t.Fatalf("work(%s+%d) = %d, want %d", m.Date(), x, got, want)
				}
				if b := c.begin(got); c.work(b) != got || !c.opens(b) || x < open && b != m || b < c.end(got) {
					t.Fatalf("begin(%d) = %s+%d for %s+%d", got, b.Date(), b.minute(), m.Date(), x)
				}
				if e := c.end(got); c.work(e) != got || !c.closes(e) || x > 0 && x <= open && e != m {
					t.Fatalf("end(%d) = %s+%d for %s+%d", got, e.Date(), e.minute(), m.Date(), x)
				}
				if f := c.finishFrom(m); c.end(f) < m || c.end(f-1) >= m {
					t.Fatalf("finishFrom(%s+%d) = %d", m.Date(), x, f)
				}
				if s := c.startBy(m); c.begin(s) > m || c.begin(s+1) <= m {
					t.Fatalf("startBy(%s+%d) = %d", m.Date(), x, s)
				}
				if up, down := c.up(m), c.down(m); up < m || down > m || c.work(up) != got || c.work(down) != got {
					t.Fatalf("up and down of %s+%d are %v %v", m.Date(), x, up, down)
				}
			}
			k += open
		}
	})
}

// What forward moves on, backward moves back to the latest moment that arrives in time.
func TestShiftHasItsMirror(t *testing.T) {
	june, _ := dayOf("2026-06-01")
	rapid.Check(t, func(t *rapid.T) {
		c, err := Compile(anyCalendar(t, 4))
		if err != nil {
			t.Fatal(err)
		}
		n := &network{cals: []*Calendar{c}}
		moment := func(name string) Moment {
			return morning(june+rapid.IntRange(0, 20).Draw(t, name)) + Moment(rapid.IntRange(0, 5).Draw(t, name))
		}
		lag := int32(rapid.IntRange(-9, 9).Draw(t, "lag"))
		to := moment("to")
		latest := n.before(arc{lag: lag}, &bounds{to, to})
		if got := c.shift(latest, lag); got > to {
			t.Fatalf("%v and %d min is %v, after %v", latest, lag, got, to)
		}
		if m := moment("m"); m > latest && c.shift(m, lag) <= to {
			t.Fatalf("%v would do as well, after %v", m, latest)
		}
	})
}

package schedule

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bassin/internal/when"
)

// workshop has one printer, 24 h a day but for the weekend, and Ana at half time, away on Tuesday
// 2 June 2026. The day of people has 7 h.
func workshop(t testing.TB) (Plan, []Resource) {
	people := french(t)
	machine := mustCompile(t, Rules{Name: "Machine", Week: [7]Minutes{0, dayLength, dayLength, dayLength, dayLength, dayLength, 0}})
	p := Plan{Start: "2026-06-01", Calendars: []*Calendar{people, machine}}
	return p, []Resource{
		{ID: "imprimante", Calendar: machine, Units: 100},
		{ID: "Ana", Calendar: people, Units: 50, Absences: []Span{{"2026-06-02", "2026-06-02", "Congé"}}},
	}
}

func TestBook(t *testing.T) {
	p, rs := workshop(t)
	p.Tasks = []Task{
		{ID: "lot 1", Work: 36 * Hour, Calendar: 1},                          // Monday and half of Tuesday
		{ID: "lot 2", Work: 24 * Hour, Calendar: 1, NotBefore: "2026-06-02"}, // Tuesday
		{ID: "contrôle", Work: 3 * day},                                      // Monday to Wednesday
		{ID: "rapport", Work: 2 * day, NotBefore: "2026-06-05"},              // Friday and Monday
		{ID: "fait", Work: day, Begun: "2026-06-01", Finished: "2026-06-01"},
	}
	as := []Assignment{{0, 0, 100}, {1, 0, 100}, {2, 1, 50}, {3, 1, 60}, {4, 1, 100}}
	b, err := Book(p, rs, as)
	if err != nil {
		t.Fatal(err)
	}
	want := []Load{
		{0, []DayLoad{{"2026-06-01", 1440, 1440, []int{0}}, {"2026-06-02", 2160, 1440, []int{0, 1}}}},
		{1, []DayLoad{
			{"2026-06-01", 210, 210, []int{2}}, {"2026-06-02", 210, 0, []int{2}}, {"2026-06-03", 210, 210, []int{2}}, {"2026-06-04", 0, 210, nil},
			{"2026-06-05", 252, 210, []int{3}}, {"2026-06-06", 0, 0, nil}, {"2026-06-07", 0, 0, nil}, {"2026-06-08", 252, 210, []int{3}},
		}},
	}
	if got := fmt.Sprint(b.Loads); got != fmt.Sprint(want) {
		t.Errorf("loads\n%v, want\n%v", got, want)
	}
	conflicts := []Conflict{
		{0, "2026-06-02", "2026-06-02", 720, []int{0, 1}},
		{1, "2026-06-02", "2026-06-02", 210, []int{2}},
		{1, "2026-06-05", "2026-06-08", 84, []int{3}}, // the weekend does not break it
	}
	if got := fmt.Sprint(b.Conflicts); got != fmt.Sprint(conflicts) {
		t.Errorf("conflicts\n%v, want\n%v", got, conflicts)
	}
	weeks := []DayLoad{{"2026-06-01", 882, 840, []int{2, 3}}, {"2026-06-08", 252, 210, []int{3}}}
	if got := fmt.Sprint(b.Loads[1].Weeks()); got != fmt.Sprint(weeks) {
		t.Errorf("weeks\n%v, want\n%v", got, weeks)
	}
}

func TestBookRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		resource Resource
		a        Assignment
		want     Fault
	}{
		"no calendar":       {Resource{ID: "R", Units: 100}, Assignment{0, 0, 100}, Fault{Kind: UnknownCalendar, Resource: "R"}},
		"no units":          {Resource{ID: "R", Calendar: french(t)}, Assignment{0, 0, 100}, Fault{Kind: BadUnits, Resource: "R"}},
		"absence backwards": {Resource{ID: "R", Calendar: french(t), Units: 100, Absences: []Span{{"2026-06-02", "2026-06-01", ""}}}, Assignment{0, 0, 100}, Fault{Kind: BadDate, Resource: "R", Date: "2026-06-02"}},
		"unknown resource":  {Resource{ID: "R", Calendar: french(t), Units: 100}, Assignment{0, 1, 100}, Fault{Kind: UnknownResource}},
		"unknown task":      {Resource{ID: "R", Calendar: french(t), Units: 100}, Assignment{9, 0, 100}, Fault{Kind: UnknownTask, Resource: "R"}},
		"nothing asked":     {Resource{ID: "R", Calendar: french(t), Units: 100}, Assignment{0, 0, 0}, Fault{Kind: BadUnits, Resource: "R", Tasks: []string{"étude"}}},
		"summary":           {Resource{ID: "R", Calendar: french(t), Units: 100}, Assignment{4, 0, 100}, Fault{Kind: BadUnits, Resource: "R", Tasks: []string{"lot"}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := chantier(t)
			p.Tasks = append(p.Tasks, Task{ID: "lot"})
			p.Tasks[1].Parent = 5
			_, err := Book(p, []Resource{x.resource}, []Assignment{x.a})
			_, err2 := Level(p, []Resource{x.resource}, []Assignment{x.a})
			var faults *Faults
			if !errors.As(err, &faults) || len(*faults) != 1 || !same((*faults)[0], x.want) || fmt.Sprint(err) != fmt.Sprint(err2) {
				t.Errorf("got %v and %v, want %v", err, err2, x.want)
			}
		})
	}
}

func TestLevel(t *testing.T) {
	type dates struct {
		id            string
		start, finish when.Date
	}
	for name, x := range map[string]struct {
		change func(*Plan)
		units  int
		want   []dates
		moves  []Moving
		unfit  []int
	}{
		"montage first: achat has float": {
			units: 100,
			want:  []dates{{"achat", "2026-06-10", "2026-06-11"}, {"montage", "2026-06-04", "2026-06-09"}, {"essais", "2026-06-12", "2026-06-12"}},
			moves: []Moving{{1, "2026-06-10"}},
		},
		"achat goes before": {
			units: 100, change: func(p *Plan) { p.Tasks[1].Priority = 1 },
			want:  []dates{{"achat", "2026-06-04", "2026-06-05"}, {"montage", "2026-06-08", "2026-06-11"}, {"essais", "2026-06-12", "2026-06-12"}},
			moves: []Moving{{2, "2026-06-08"}},
		},
		"both at half time": {
			units: 50,
			want:  []dates{{"achat", "2026-06-04", "2026-06-05"}, {"montage", "2026-06-04", "2026-06-09"}, {"essais", "2026-06-10", "2026-06-10"}},
		},
		"a fixed task stays": {
			units: 100, change: func(p *Plan) { p.Tasks[1].Mode, p.Tasks[1].Begin = Fixed, "2026-06-09" },
			want:  []dates{{"achat", "2026-06-09", "2026-06-10"}, {"montage", "2026-06-11", "2026-06-16"}, {"essais", "2026-06-17", "2026-06-17"}},
			moves: []Moving{{2, "2026-06-11"}},
		},
		"more than there is": {
			units: 101,
			want:  []dates{{"achat", "2026-06-04", "2026-06-05"}, {"montage", "2026-06-04", "2026-06-09"}, {"essais", "2026-06-10", "2026-06-10"}},
			unfit: []int{2, 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := chantier(t)
			if x.change != nil {
				x.change(&p)
			}
			rs := []Resource{{ID: "Ana", Calendar: p.Calendars[0], Units: 100}}
			l, err := Level(p, rs, []Assignment{{1, 0, x.units}, {2, 0, x.units}})
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range x.want {
				if d := l.Schedule.Tasks[i+1]; d.Start.Date() != w.start || d.Finish.Date() != w.finish {
					t.Errorf("%s from %s to %s, want %s to %s", w.id, d.Start.Date(), d.Finish.Date(), w.start, w.finish)
				}
			}
			if !slices.Equal(l.Moves, x.moves) || !slices.Equal(l.Unfit, x.unfit) {
				t.Errorf("moves %v, unfit %v; want %v, %v", l.Moves, l.Unfit, x.moves, x.unfit)
			}
		})
	}
}

// A levelled plan, once its moves are applied, is the one that was shown, and nobody is booked
// twice but by what does not fit.
func TestLevelKeepsItsWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		before, err := Compute(p)
		if err != nil {
			t.Fatal(err)
		}
		var rs []Resource
		for range rapid.IntRange(1, 2).Draw(t, "resources") {
			rs = append(rs, Resource{ID: "R", Calendar: rapid.SampledFrom(p.Calendars).Draw(t, "calendar"), Units: rapid.IntRange(50, 200).Draw(t, "units")})
		}
		var as []Assignment
		for i := range p.Tasks {
			p.Tasks[i].Priority = rapid.IntRange(0, 1).Draw(t, "priority")
			for range rapid.IntRange(0, 2).Draw(t, "assigned") {
				if !before.Tasks[i].Summary {
					as = append(as, Assignment{i, rapid.IntRange(0, len(rs)-1).Draw(t, "resource"), rapid.IntRange(1, 120).Draw(t, "asks")})
				}
			}
		}
		l, err := Level(p, rs, as)
		if err != nil {
			t.Fatal(err)
		}
		o, err := WhatIf(p, l.Changes()...)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range l.Schedule.Tasks {
			if now := o.Schedule.Tasks[i]; now.Start != d.Start || now.Finish != d.Finish {
				t.Fatalf("task %d was shown at %s, and stands at %s", i, moments(d), moments(now))
			}
			if d.Start < before.Tasks[i].Start {
				t.Fatalf("task %d moved to before where it could begin", i)
			}
		}
		b, err := Book(o.Plan, rs, as)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range b.Conflicts {
			if !slices.ContainsFunc(c.Tasks, func(i int) bool { return slices.Contains(l.Unfit, i) }) {
				t.Fatalf("still booked twice: %+v", c)
			}
		}
	})
}

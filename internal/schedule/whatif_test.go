package schedule

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"bassin/internal/when"
)

// chantier is a small plan from Monday 1 June 2026: étude 3 d, then achat 2 d and montage 4 d side
// by side, then essais 1 d after both.
func chantier(t testing.TB) Plan {
	return Plan{
		Start: "2026-06-01", Calendars: []*Calendar{french(t)},
		Tasks: []Task{{ID: "étude", Work: 3 * day}, {ID: "achat", Work: 2 * day}, {ID: "montage", Work: 4 * day}, {ID: "essais", Work: day}},
		Links: []Link{{0, 1, FS, 0}, {0, 2, FS, 0}, {1, 3, FS, 0}, {2, 3, FS, 0}},
	}
}

func TestWhatIf(t *testing.T) {
	type move struct {
		id            string
		start, finish int
	}
	for name, x := range map[string]struct {
		plan                     func(*Plan)
		change                   []Change
		moves                    []move
		end                      when.Date
		shift                    int
		critical, relieved, late []string
	}{
		"nothing": {end: "2026-06-10"},
		"within the float": {
			change: []Change{Move("achat", "2026-06-08")}, end: "2026-06-10",
			moves: []move{{"achat", 2, 2}}, critical: []string{"achat"},
		},
		"past the float": {
			change: []Change{Move("achat", "2026-06-09")}, end: "2026-06-11", shift: 1,
			moves: []move{{"achat", 3, 3}, {"essais", 1, 1}}, critical: []string{"achat"}, relieved: []string{"étude", "montage"},
		},
		"a deadline is passed": {
			plan:   func(p *Plan) { p.Tasks[3].Deadline = "2026-06-10" },
			change: []Change{ChangeTask("montage", func(t *Task) { t.Work = 5 * day })}, end: "2026-06-11", shift: 1,
			moves: []move{{"montage", 0, 1}, {"essais", 1, 1}}, late: []string{"essais"},
		},
		"two weeks at once": {
			change: []Change{AddLink("achat", "montage", FS, 0), Move("étude", "2026-06-03")}, end: "2026-06-16", shift: 4,
			moves:    []move{{"étude", 2, 2}, {"achat", 2, 2}, {"montage", 4, 4}, {"essais", 4, 4}},
			critical: []string{"achat"},
		},
		"a link less": {
			change: []Change{RemoveLink(1)}, end: "2026-06-08", shift: -2,
			moves: []move{{"montage", -3, -3}, {"essais", -2, -2}}, critical: []string{"achat"}, relieved: []string{"montage"},
		},
		"a new task": {
			change: []Change{func(p *Plan) error {
				p.Tasks = append(p.Tasks, Task{ID: "formation", Work: 2 * day})
				return nil
			}}, end: "2026-06-10", moves: []move{{"formation", 0, 0}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := chantier(t)
			if x.plan != nil {
				x.plan(&p)
			}
			links, tasks := slices.Clone(p.Links), slices.Clone(p.Tasks)
			o, err := WhatIf(p, x.change...)
			if err != nil {
				t.Fatal(err)
			}
			var moves []move
			for _, s := range o.Drift.Tasks {
				moves = append(moves, move{s.ID, s.Start, s.Finish})
			}
			if fmt.Sprint(moves) != fmt.Sprint(x.moves) {
				t.Errorf("moves %v, want %v", moves, x.moves)
			}
			if o.Drift.Was != "2026-06-10" || o.Drift.Now != x.end || o.Drift.End != x.shift {
				t.Errorf("end from %s to %s, %d days; want %s, %d", o.Drift.Was, o.Drift.Now, o.Drift.End, x.end, x.shift)
			}
			if !slices.Equal(o.NewlyCritical, x.critical) || !slices.Equal(o.Relieved, x.relieved) || !slices.Equal(o.NewlyLate, x.late) {
				t.Errorf("newly critical %v, relieved %v, late %v", o.NewlyCritical, o.Relieved, o.NewlyLate)
			}
			if !slices.Equal(p.Links, links) || !slices.Equal(p.Tasks, tasks) {
				t.Error("the plan itself was changed")
			}
		})
	}
}

func TestWhatIfRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		change Change
		want   Fault
	}{
		"unknown task":      {Move("peinture", "2026-06-08"), Fault{Kind: UnknownTask, Tasks: []string{"peinture"}}},
		"no day":            {Move("achat", "demain"), Fault{Kind: BadDate, Tasks: []string{"achat"}, Date: "demain"}},
		"unknown end":       {AddLink("achat", "peinture", FS, 0), Fault{Kind: UnknownTask, Tasks: []string{"peinture"}}},
		"unknown link":      {RemoveLink(4), Fault{Kind: UnknownLink, Link: 5}},
		"what makes a ring": {AddLink("essais", "étude", FS, 0), Fault{Kind: Cycle, Tasks: []string{"étude", "montage", "essais"}}}, // or by achat, as short
	} {
		t.Run(name, func(t *testing.T) {
			_, err := WhatIf(chantier(t), x.change)
			var faults *Faults
			if !errors.As(err, &faults) || len(*faults) != 1 || !same((*faults)[0], x.want) {
				t.Errorf("got %v, want %v", err, x.want)
			}
		})
	}
}

func TestMoveKeepsTheKindOfDates(t *testing.T) {
	for name, x := range map[string]struct {
		task          Task
		to            when.Date
		start, finish when.Date
	}{
		"automatic":             {Task{Work: 3 * day}, "2026-06-05", "2026-06-05", "2026-06-09"},
		"fixed":                 {Task{Work: 3 * day, Mode: Fixed, Begin: "2026-06-01"}, "2026-06-05", "2026-06-05", "2026-06-09"},
		"manual":                {Task{Mode: Manual, Begin: "2026-06-01", End: "2026-06-03"}, "2026-06-05", "2026-06-05", "2026-06-09"},
		"manual, on a weekend":  {Task{Mode: Manual, Begin: "2026-06-06", End: "2026-06-07"}, "2026-06-13", "2026-06-13", "2026-06-14"},
		"manual, to a Saturday": {Task{Mode: Manual, Begin: "2026-06-01", End: "2026-06-01"}, "2026-06-06", "2026-06-06", "2026-06-08"},
	} {
		t.Run(name, func(t *testing.T) {
			x.task.ID = "A"
			o, err := WhatIf(Plan{Start: "2026-06-01", Calendars: []*Calendar{french(t)}, Tasks: []Task{x.task}}, Move("A", x.to))
			if err != nil {
				t.Fatal(err)
			}
			if d := o.Schedule.Tasks[0]; d.Start.Date() != x.start || d.Finish.Date() != x.finish {
				t.Errorf("from %s to %s, want %s to %s", d.Start.Date(), d.Finish.Date(), x.start, x.finish)
			}
		})
	}
}

func TestDrift(t *testing.T) {
	p := chantier(t)
	base := append(Baseline(p, mustCompute(t, p)), Held{"peinture", "2026-06-11", "2026-06-12"})
	p.Tasks[0].Work = 4 * day
	p.Tasks[2].ID, p.Tasks[2].Work = "montage bis", 2*day
	d := Drift(base, p, mustCompute(t, p))
	want := []Shift{
		{"étude", Held{"étude", "2026-06-01", "2026-06-03"}, Held{"étude", "2026-06-01", "2026-06-04"}, 0, 1},
		{"achat", Held{"achat", "2026-06-04", "2026-06-05"}, Held{"achat", "2026-06-05", "2026-06-08"}, 1, 1},
		{"montage bis", Held{}, Held{"montage bis", "2026-06-05", "2026-06-08"}, 0, 0},
		{"essais", Held{"essais", "2026-06-10", "2026-06-10"}, Held{"essais", "2026-06-09", "2026-06-09"}, -1, -1},
		{"montage", Held{"montage", "2026-06-04", "2026-06-09"}, Held{}, 0, 0},
		{"peinture", Held{"peinture", "2026-06-11", "2026-06-12"}, Held{}, 0, 0},
	}
	if !slices.Equal(d.Tasks, want) {
		t.Errorf("got %v\nwant %v", d.Tasks, want)
	}
	if d.Was != "2026-06-12" || d.Now != "2026-06-09" || d.End != -3 {
		t.Errorf("end from %s to %s, %d days", d.Was, d.Now, d.End)
	}
	if late := d.Late(); len(late) != 2 || late[0].ID != "étude" || late[1].ID != "achat" {
		t.Errorf("late: %v", late)
	}
}

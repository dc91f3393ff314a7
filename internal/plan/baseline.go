package plan

import (
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
	"strings"
)

// BaselineID names a baseline.
type BaselineID string

// Baseline is the dates of a plan as they were once agreed.
type Baseline struct {
	ID        BaselineID
	ProjectID project.ID
	Name      string
	EndsOn    when.Date
	TakenBy   string
	TakenAt   when.Time
}

func (b *Baseline) tidy() error {
	var wrong fault.Fields
	b.Name = strings.Join(strings.Fields(b.Name), " ")
	wrong.Text("name", b.Name, 1, 100)
	return wrong.Err()
}

// Shift is how far a task has moved since a baseline, in working days.
type Shift struct {
	Task          Task
	Was, Now      schedule.Held
	Start, Finish int
	New, Gone     bool
}

// Drifted is a plan held against a baseline.
type Drifted struct {
	Baseline Baseline
	Shifts   []Shift // of tasks that moved, are new or are gone, in the order of the outline
	Same     int
	Was, Now when.Date
	Days     int
}

// heldTask is a row of a baseline.
type heldTask struct {
	TaskID            TaskID
	EarlyOn, FinishOn when.Date
}

// drift holds the plan against a baseline, by the dates that are stored.
func (n *network) drift(b Baseline, held []heldTask) (Drifted, error) {
	s, err := schedule.Compute(n.plan)
	if err != nil {
		return Drifted{}, n.wrong(err)
	}
	base := make([]schedule.Held, len(held))
	for i, h := range held {
		base[i] = schedule.Held{ID: string(h.TaskID), Start: h.EarlyOn, Finish: h.FinishOn}
	}
	d := schedule.Drift(base, n.plan, s)
	out := Drifted{Baseline: b, Was: d.Was, Now: d.Now, Days: d.End}
	for _, x := range d.Tasks {
		i, there := n.index[TaskID(x.ID)]
		switch {
		case !there:
			out.Shifts = append(out.Shifts, Shift{Was: x.Was, Gone: true})
		case x.Was == schedule.Held{}:
			out.Shifts = append(out.Shifts, Shift{Task: n.tasks[i], Now: x.Now, New: true})
		case !x.Moved():
			out.Same++
		default:
			out.Shifts = append(out.Shifts, Shift{Task: n.tasks[i], Was: x.Was, Now: x.Now, Start: x.Start, Finish: x.Finish})
		}
	}
	return out, nil
}

package programme

import (
	"bassin/internal/fault"
	"bassin/internal/when"
)

// MilestoneID names a milestone.
type MilestoneID string

// Milestone is a day by which something must stand.
type Milestone struct {
	ID        MilestoneID
	ActionID  ActionID
	Title     string
	DueOn     when.Date // none: not fixed yet
	ReachedOn when.Date // none: not reached
	Note      string
	Position  int
	CreatedAt when.Time
	UpdatedAt when.Time
	Version   int64
}

// Reached reports whether it stands.
func (m Milestone) Reached() bool { return m.ReachedOn != when.None }

// late gives the days by which an unreached milestone has passed, 0 when it has not.
func (m Milestone) late(today when.Date) int {
	if m.Reached() || !m.DueOn.Valid() || today <= m.DueOn {
		return 0
	}
	return today.Sub(m.DueOn)
}

func (m Milestone) validate(today when.Date) error {
	var wrong fault.Fields
	text(&wrong, "title", m.Title, 1, 200)
	text(&wrong, "note", m.Note, 0, 2000)
	anyDay(&wrong, "due_on", m.DueOn)
	past(&wrong, "reached_on", m.ReachedOn, today)
	return wrong.Err()
}

// reach marks the milestone as standing since a day.
func (m *Milestone) reach(on, today when.Date) error {
	if m.Reached() {
		return fault.New(fault.Conflict, "programme.milestone.already_reached", "reached_on", m.ReachedOn)
	}
	var wrong fault.Fields
	happened(&wrong, "reached_on", on, today)
	if err := wrong.Err(); err != nil {
		return err
	}
	m.ReachedOn = on
	return nil
}

// NextMilestone gives the first unreached milestone by due day; those without a day come last.
func NextMilestone(list []Milestone) (Milestone, bool) {
	var next Milestone
	found := false
	for _, m := range list {
		switch {
		case m.Reached():
		case !found, next.DueOn == when.None && m.DueOn != when.None,
			m.DueOn != when.None && m.DueOn < next.DueOn:
			next, found = m, true
		}
	}
	return next, found
}

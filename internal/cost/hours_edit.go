package cost

import (
	"context"
	"fmt"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Cell is one field of a week: what somebody says they worked on a task on a day, and what stood
// there when they were shown it.
type Cell struct {
	TaskID       plan.TaskID
	OnDay        when.Date
	Minutes, Was int64
	Note         *string // left as it is when nil
}

// maxCells bounds one form: two hundred tasks in a week.
const maxCells = 1400

// Write notes hours of the actor, all or none of them. A cell that somebody changed meanwhile, in
// another window, is a conflict that says what stands there. No minutes remove what stood.
func (s *Service) Write(ctx context.Context, by account.Actor, id project.ID, cells []Cell) error {
	if len(cells) > maxCells {
		return fault.New(fault.TooLarge, "cost.wrong.many", "max", maxCells)
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		role, err := roleOf(tx, id, by.ID)
		if err != nil {
			return err
		}
		tasks := make([]plan.TaskID, 0, len(cells))
		for _, c := range cells {
			if c.TaskID != "" {
				tasks = append(tasks, c.TaskID)
			}
		}
		known, err := plan.Briefs(tx, id, tasks)
		if err != nil {
			return err
		}
		sum, touched := int64(0), false
		for _, c := range cells {
			if _, ok := known[c.TaskID]; c.TaskID != "" && !ok {
				return fault.New(fault.NotFound, "fault.not_found")
			}
			changed, err := writeCell(tx, by, id, role, c)
			if err != nil {
				return err
			}
			sum, touched = sum+changed, touched || changed != 0 || c.Note != nil
		}
		if !touched {
			return nil
		}
		return record(tx, by, id, "cost.hours.write", "hours", string(by.ID), map[string]any{"hours": spaced(max(sum, -sum)), "less": sum < 0, "from_on": cells[0].OnDay})
	})
	if err != nil {
		return fmt.Errorf("write hours in %s: %w", id, err)
	}
	return nil
}

// writeCell gives by how many minutes the cell changed.
func writeCell(tx db.Tx, by account.Actor, id project.ID, role string, c Cell) (int64, error) {
	old, err := getHours(tx, id, by.ID, c.TaskID, c.OnDay)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return 0, err
	}
	if old.Minutes != c.Was {
		return 0, fault.New(fault.Conflict, "cost.wrong.stale", "on_day", c.OnDay, "hours", shown(old.Minutes))
	}
	h := old
	h.ProjectID, h.PersonID, h.PersonName, h.TaskID, h.OnDay, h.Minutes = id, by.ID, by.Name, c.TaskID, c.OnDay, c.Minutes
	if c.Note != nil {
		h.Note = *c.Note
	}
	if err := h.check(tx.Today()); err != nil {
		return 0, err
	}
	all, err := minutesOn(tx, by.ID, c.OnDay, old.ID)
	switch {
	case err != nil:
		return 0, err
	case all+h.Minutes > MaxDay:
		var wrong fault.Fields
		wrong.Add("minutes", "cost.wrong.day", "on_day", c.OnDay, "hours", shown(all+h.Minutes))
		return 0, wrong.Err()
	case old.ID == "" && h.Minutes == 0:
		return 0, nil
	case old.ID == "":
		h.ID, h.Role, h.CreatedAt, h.UpdatedAt = HoursID(db.NewID()), role, tx.Now(), tx.Now()
		return h.Minutes, insertHours(tx, h)
	case h.Minutes == 0:
		return -old.Minutes, deleteHours(tx, old)
	}
	return h.Minutes - old.Minutes, saveHours(tx, h)
}

// shown writes minutes, none as "0h".
func shown(minutes int64) string {
	if minutes == 0 {
		return "0h"
	}
	return Written(minutes)
}

// spaced gives minutes for reading, as French and English write them: "2 h 30".
func spaced(minutes int64) string {
	const space = "\u00a0"
	h, m, _ := strings.Cut(Written(minutes), "h")
	return strings.TrimSuffix(h+space+"h"+space+m, space)
}

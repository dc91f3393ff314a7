package cost

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
		for _, c := range cells {
			if _, ok := known[c.TaskID]; c.TaskID != "" && !ok {
				return fault.New(fault.NotFound, "fault.not_found")
			}
		}
		x, err := readDays(tx, by, id, cells)
		if err != nil {
			return err
		}
		sum, touched := int64(0), false
		for _, c := range cells {
			changed, err := x.set(by, id, c, tx.Today())
			if err != nil {
				return err
			}
			sum, touched = sum+changed, touched || changed != 0 || c.Note != nil
		}
		if !touched {
			return nil
		}
		if err := x.write(tx, role); err != nil {
			return err
		}
		return record(tx, by, id, "cost.hours.write", "hours", string(by.ID), map[string]any{"hours": spaced(max(sum, -sum)), "less": sum < 0, "from_on": cells[0].OnDay})
	})
	if err != nil {
		return fmt.Errorf("write hours in %s: %w", id, err)
	}
	return nil
}

// Add puts minutes to what the actor worked on a task on a day.
func (s *Service) Add(ctx context.Context, by account.Actor, id project.ID, task plan.TaskID, on when.Date, minutes int64) error {
	c := Cell{TaskID: task, OnDay: on}
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		list, err := listHoursOn(tx, id, by.ID, []when.Date{on})
		for _, h := range list {
			if h.TaskID == task {
				c.Was = h.Minutes
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	c.Minutes = c.Was + minutes
	return s.Write(ctx, by, id, []Cell{c})
}

// place is where hours stand: a task, or none, on a day.
type place struct {
	TaskID plan.TaskID
	OnDay  when.Date
}

// days are what somebody worked on some days, and what is to be written of it.
type days struct {
	here map[place]Hours
	all  map[when.Date]int64 // in all projects
	was  map[place]Hours     // of what changed
}

// readDays reads what stands on the days of the cells, in three statements however many they are.
func readDays(tx db.Tx, by account.Actor, id project.ID, cells []Cell) (days, error) {
	x := days{here: map[place]Hours{}, all: map[when.Date]int64{}, was: map[place]Hours{}}
	var on []when.Date
	for _, c := range cells {
		if !slices.Contains(on, c.OnDay) {
			on = append(on, c.OnDay)
		}
	}
	if len(on) == 0 {
		return x, nil
	}
	if err := lockHours(tx, by.ID, on); err != nil {
		return x, err
	}
	list, err := listHoursOn(tx, id, by.ID, on)
	if err != nil {
		return x, err
	}
	for _, h := range list {
		x.here[place{h.TaskID, h.OnDay}] = h
	}
	sums, err := minutesOn(tx, by.ID, on)
	for _, s := range sums {
		x.all[s.OnDay] = s.Minutes
	}
	return x, err
}

// set changes one cell and gives by how many minutes.
func (x *days) set(by account.Actor, id project.ID, c Cell, today when.Date) (int64, error) {
	at := place{c.TaskID, c.OnDay}
	old := x.here[at]
	if old.Minutes != c.Was {
		return 0, fault.New(fault.Conflict, "cost.wrong.stale", "on_day", c.OnDay, "hours", shown(old.Minutes))
	}
	h := old
	h.ProjectID, h.PersonID, h.PersonName, h.TaskID, h.OnDay, h.Minutes = id, by.ID, by.Name, c.TaskID, c.OnDay, c.Minutes
	if c.Note != nil {
		h.Note = *c.Note
	}
	if err := h.check(today); err != nil {
		return 0, err
	}
	changed := h.Minutes - old.Minutes
	if all := x.all[c.OnDay] + changed; all > MaxDay {
		var wrong fault.Fields
		wrong.Add("minutes", "cost.wrong.day", "on_day", c.OnDay, "hours", shown(all))
		return 0, wrong.Err()
	}
	if old.Minutes == 0 && h.Minutes == 0 {
		return 0, nil
	}
	x.all[c.OnDay] += changed
	if _, again := x.was[at]; !again {
		x.was[at] = old
	}
	x.here[at] = h
	return changed, nil
}

// write stores what changed, in a statement for what is there and one for what is no more.
func (x *days) write(tx db.Tx, role string) error {
	var saved, gone []Hours
	for at, old := range x.was {
		switch h := x.here[at]; {
		case h.Minutes == 0 && old.ID == "":
		case h.Minutes == 0:
			gone = append(gone, old)
		case old.ID == "":
			h.ID, h.Role, h.CreatedAt = HoursID(db.NewID()), role, tx.Now()
			saved = append(saved, h)
		default:
			saved = append(saved, h)
		}
	}
	return errors.Join(saveHours(tx, saved), deleteHours(tx, gone))
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

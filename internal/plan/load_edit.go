package plan

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/schedule"
	"bassin/internal/when"
)

// maxResources bounds the machines of a project.
const maxResources = 200

// AddResource adds a machine that tasks can book.
func (s *Service) AddResource(ctx context.Context, by account.Actor, r Resource) (Resource, error) {
	err := s.resources(ctx, by, r.ProjectID, func(tx db.Tx) error {
		if err := r.tidy(); err != nil {
			return err
		}
		list, err := listResources(tx, r.ProjectID)
		if err != nil {
			return err
		}
		if len(list) >= maxResources {
			return fault.New(fault.Conflict, "plan.wrong.many_resources", "most", maxResources)
		}
		r.ID, r.Version, r.RemovedAt = ResourceID(db.NewID()), 1, 0
		if err := insertResource(tx, r); err != nil {
			return err
		}
		return recordPlan(tx, by, r.ProjectID, "plan.resource.add", map[string]any{"name": r.Name})
	})
	return r, err
}

// SaveResource changes a machine that was read at r.Version.
func (s *Service) SaveResource(ctx context.Context, by account.Actor, r Resource) error {
	return s.resources(ctx, by, r.ProjectID, func(tx db.Tx) error {
		old, err := liveResource(tx, r.ProjectID, r.ID)
		if err != nil {
			return err
		}
		if err := r.tidy(); err != nil {
			return err
		}
		if err := saveResource(tx, r); err != nil {
			return err
		}
		return recordPlan(tx, by, r.ProjectID, "plan.resource.save", map[string]any{"name": r.Name, "changes": account.Changes(old, r)})
	})
}

// RemoveResource takes a machine off the lists, RestoreResource brings it back with its bookings.
func (s *Service) RemoveResource(ctx context.Context, by account.Actor, id project.ID, resource ResourceID) (Resource, error) {
	return s.shelveResource(ctx, by, id, resource, "plan.resource.remove", true)
}

// RestoreResource brings a machine back.
func (s *Service) RestoreResource(ctx context.Context, by account.Actor, id project.ID, resource ResourceID) (Resource, error) {
	return s.shelveResource(ctx, by, id, resource, "plan.resource.restore", false)
}

func (s *Service) shelveResource(ctx context.Context, by account.Actor, id project.ID, resource ResourceID, verb string, away bool) (r Resource, err error) {
	err = s.resources(ctx, by, id, func(tx db.Tx) error {
		if r, err = getResource(tx, id, resource); err != nil || away == (r.RemovedAt != 0) {
			return err
		}
		at := when.Time(0)
		if away {
			at = tx.Now()
		}
		if err := saveResourceRemoved(tx, r, at); err != nil {
			return err
		}
		return recordPlan(tx, by, id, verb, map[string]any{"name": r.Name})
	})
	return r, err
}

func liveResource(tx db.Tx, id project.ID, resource ResourceID) (Resource, error) {
	r, err := getResource(tx, id, resource)
	if err == nil && r.RemovedAt != 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return r, err
}

// SetCapacity says how much of their time somebody has for the project.
func (s *Service) SetCapacity(ctx context.Context, by account.Actor, id project.ID, c Capacity) error {
	return s.resources(ctx, by, id, func(tx db.Tx) error {
		if err := c.check(); err != nil {
			return err
		}
		members, err := project.MembersOf(tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(members, func(m account.Held) bool { return m.PersonID == c.PersonID })
		if i < 0 {
			var wrong fault.Fields
			wrong.Add("person", "plan.wrong.person")
			return wrong.Err()
		}
		if err := saveCapacity(tx, id, c.PersonID, c.Units); err != nil {
			return err
		}
		return recordPlan(tx, by, id, "plan.capacity.save", map[string]any{"name": members[i].Name, "units": c.Units})
	})
}

func (s *Service) resources(ctx context.Context, by account.Actor, id project.ID, do func(tx db.Tx) error) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Manage); err != nil {
			return err
		}
		return do(tx)
	})
	if err != nil {
		return fmt.Errorf("change what %s has: %w", id, err)
	}
	return nil
}

// Book lets a task need a machine, for a part of its time; booked before, the part changes.
func (s *Service) Book(ctx context.Context, by account.Actor, b Booking) error {
	return s.items(ctx, by, b.ProjectID, b.TaskID, func(tx db.Tx, t Task) error {
		var wrong fault.Fields
		if b.Units < 1 || b.Units > maxUnits {
			wrong.Add("units", "plan.wrong.bad_units")
		}
		r, err := liveResource(tx, b.ProjectID, b.ResourceID)
		if fault.Is(err, fault.NotFound) {
			wrong.Add("resource", "fault.choice")
		} else if err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if t.Summary || t.Milestone() {
			return fault.New(fault.Conflict, "plan.wrong.books_nothing")
		}
		if err := saveBooking(tx, b); err != nil {
			return err
		}
		return record(tx, by, t, "plan.booking.save", map[string]any{"name": r.Name, "units": b.Units})
	})
}

// Unbook takes a machine away from a task.
func (s *Service) Unbook(ctx context.Context, by account.Actor, b Booking) error {
	return s.items(ctx, by, b.ProjectID, b.TaskID, func(tx db.Tx, t Task) error {
		r, err := getResource(tx, b.ProjectID, b.ResourceID)
		if err != nil {
			return err
		}
		if err := deleteBooking(tx, b); err != nil {
			return err
		}
		return record(tx, by, t, "plan.booking.remove", map[string]any{"name": r.Name})
	})
}

// loadWeeks is how many weeks the load is shown for.
const loadWeeks = 10

// asked is what the load follows from beside the dates.
type asked struct {
	givers   []giver
	assigned []Assignee
	booked   []Booking
	machines []Resource
}

// askedOf reads who and what is asked for, and by which tasks.
func (s *Service) askedOf(tx db.Tx, a project.Access, p Plan, cal *schedule.Calendar) (x asked, err error) {
	members, err := project.MembersOf(tx, a.ID)
	if err != nil {
		return x, err
	}
	if x.assigned, err = listAllAssignees(tx, a.ID); err != nil {
		return x, err
	}
	capacity, err := listCapacity(tx, a.ID)
	if err != nil {
		return x, err
	}
	x.givers = giversOf(members, x.assigned, capacity, cal)
	closures, err := listClosures(tx, a.ID)
	if err != nil {
		return x, err
	}
	if x.machines, err = listResources(tx, a.ID); err != nil {
		return x, err
	}
	for _, r := range x.machines {
		cal, err := s.compiled(r.rules(p.Rules(closures)))
		if err != nil {
			return x, wrongOf(err, func(id string) string { return id })
		}
		x.givers = append(x.givers, giver{Loaded{Name: r.Name, Resource: r.ID, Units: r.Units}, cal})
	}
	x.booked, err = listBookings(tx, a.ID)
	return x, err
}

// loadOf computes the load of everybody and everything, from a Monday on.
func (s *Service) loadOf(tx db.Tx, a project.Access, p Plan, from when.Date) ([]Loaded, []Resource, error) {
	n, err := s.network(tx, a, p)
	if err != nil {
		return nil, nil, err
	}
	x, err := s.askedOf(tx, a, p, n.calendar)
	if err != nil {
		return nil, nil, err
	}
	list, err := n.loads(x.givers, x.assigned, x.booked, from, loadWeeks)
	return list, x.machines, err
}
